//! Which areas hold a place, for many places: boxes first, then only the edges at the place's latitude.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::area::{Side, edge_side};
use super::{Area, AreaPolygon, LonLat};

type Corner = [i32; 2];

/// Edges a strip should hold, about.
const EDGES_PER_STRIP: usize = 8;
/// How often an edge may lie in a further strip, on average.
const COPIES_PER_EDGE: u64 = 4;
/// Most strips of one ring.
const STRIPS_MAX: usize = 4_096;

/// Areas that can be found by a place in them. Answers are those of [`Area::contains`].
#[derive(Clone, Debug, Default)]
pub struct AreaLocator {
    boxes: RTree<GeomWithData<Rectangle<Corner>, u32>>,
    areas: Vec<Vec<StripedPolygon>>,
}

/// A polygon made ready for many questions.
#[derive(Clone, Debug)]
pub(super) struct StripedPolygon {
    pub(super) outer: StripedRing,
    pub(super) holes: Vec<StripedRing>,
}

/// A ring's edges sorted into strips of latitude; an edge is in every strip it touches.
#[derive(Clone, Debug)]
pub(super) struct StripedRing {
    south: i64,
    height: i64,
    starts: Vec<u32>,
    edges: Vec<(LonLat, LonLat)>,
}

impl AreaLocator {
    /// A locator of `areas`; each is known by its position in the iterator.
    pub fn new<'a>(areas: impl IntoIterator<Item = &'a Area>) -> Self {
        let mut boxes = Vec::new();
        let mut striped = Vec::new();
        for (area, id) in areas.into_iter().zip(0_u32..) {
            for part in &area.polygons {
                let Some(bounds) = super::BoundingBox::around(part.outer.iter().copied()) else {
                    continue;
                };
                let corners = [bounds.min, bounds.max].map(|c| [c.lon_e7(), c.lat_e7()]);
                let rectangle = Rectangle::from_corners(corners[0], corners[1]);
                boxes.push(GeomWithData::new(rectangle, id));
            }
            striped.push(area.polygons.iter().map(StripedPolygon::new).collect());
        }
        Self { boxes: RTree::bulk_load(boxes), areas: striped }
    }

    /// Positions of the areas that contain `place`, boundary included; ascending, once each.
    pub fn containing(&self, place: LonLat) -> Vec<u32> {
        let corner = [place.lon_e7(), place.lat_e7()];
        let mut found: Vec<u32> = self
            .boxes
            .locate_in_envelope_intersecting(AABB::from_point(corner))
            .map(|item| item.data)
            .collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|&id| self.areas[id as usize].iter().any(|part| part.contains(place)));
        found
    }
}

impl StripedPolygon {
    /// A polygon made ready.
    pub(super) fn new(part: &AreaPolygon) -> Self {
        Self {
            outer: StripedRing::new(&part.outer),
            holes: part.holes.iter().map(|hole| StripedRing::new(hole)).collect(),
        }
    }

    /// Whether `place` lies inside, not on any ring.
    pub(super) fn holds_inside(&self, place: LonLat) -> bool {
        self.outer.side(place) == Side::Inside
            && self.holes.iter().all(|hole| hole.side(place) == Side::Outside)
    }

    fn contains(&self, place: LonLat) -> bool {
        self.outer.side(place) != Side::Outside
            && self.holes.iter().all(|hole| hole.side(place) != Side::Inside)
    }
}

impl StripedRing {
    fn new(ring: &[LonLat]) -> Self {
        let lats = || ring.iter().map(|place| i64::from(place.lat_e7()));
        let (south, north) = (lats().min().unwrap_or(0), lats().max().unwrap_or(0));
        let strips = strip_count(ring, north - south);
        let height = (north - south) / strips as i64 + 1;
        let mut by_strip: Vec<Vec<(LonLat, LonLat)>> = vec![Vec::new(); strips];
        for pair in ring.windows(2) {
            let (low, high) =
                (pair[0].lat_e7().min(pair[1].lat_e7()), pair[0].lat_e7().max(pair[1].lat_e7()));
            let strip = |lat: i32| ((i64::from(lat) - south) / height) as usize;
            for edges in &mut by_strip[strip(low)..=strip(high)] {
                edges.push((pair[0], pair[1]));
            }
        }
        let mut starts = vec![0_u32];
        let mut edges = Vec::new();
        for strip in by_strip {
            edges.extend(strip);
            starts.push(edges.len() as u32);
        }
        Self { south, height, starts, edges }
    }

    /// Where `place` lies to the ring.
    pub(super) fn side(&self, place: LonLat) -> Side {
        let above = i64::from(place.lat_e7()) - self.south;
        let strip = above.div_euclid(self.height);
        let Some(&[start, end]) = usize::try_from(strip)
            .ok()
            .and_then(|strip| self.starts.get(strip..)?.first_chunk::<2>())
        else {
            return Side::Outside;
        };
        edge_side(self.edges[start as usize..end as usize].iter().copied(), place)
    }
}

/// Strips for a ring that spans `span`: few edges a strip, but long edges copied few times in all.
fn strip_count(ring: &[LonLat], span: i64) -> usize {
    let climb: u64 =
        ring.windows(2).map(|pair| u64::from(pair[0].lat_e7().abs_diff(pair[1].lat_e7()))).sum();
    let copies = COPIES_PER_EDGE * ring.len() as u64 * span.unsigned_abs() / climb.max(1);
    (ring.len() / EDGES_PER_STRIP).min(copies as usize).clamp(1, STRIPS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A star of `n` corners around (`x`, `y`), with a hole like it, in steps of 1e-7 degrees.
    fn star(x: i32, y: i32, radii: &[i32]) -> Area {
        let ring = |share: f64| -> Vec<LonLat> {
            let corner = |i: usize| {
                let angle = i as f64 / radii.len() as f64 * std::f64::consts::TAU;
                let radius = f64::from(radii[i % radii.len()]) * share;
                LonLat::from_e7(
                    x + (radius * angle.cos()).round() as i32,
                    y + (radius * angle.sin()).round() as i32,
                )
                .unwrap()
            };
            (0..=radii.len()).map(corner).collect()
        };
        Area { polygons: vec![AreaPolygon { outer: ring(1.0), holes: vec![ring(0.4)] }] }
    }

    proptest! {
        #[test]
        fn the_locator_answers_as_a_plain_scan_does(
            radii in prop::collection::vec(1..30_i32, 3..60),
            centers in prop::collection::vec((-20..20_i32, -20..20_i32), 1..6),
            asked in prop::collection::vec((-50..50_i32, -50..50_i32), 40),
        ) {
            let areas: Vec<Area> = centers.iter().map(|&(x, y)| star(x, y, &radii)).collect();
            let locator = AreaLocator::new(&areas);
            for (x, y) in asked {
                let place = LonLat::from_e7(x, y).unwrap();
                let scan: Vec<u32> =
                    (0..).zip(&areas).filter(|(_, a)| a.contains(place)).map(|(i, _)| i).collect();
                prop_assert_eq!(locator.containing(place), scan);
            }
        }
    }

    #[test]
    fn a_ring_of_long_edges_is_not_copied_into_every_strip() {
        let zigzag: Vec<LonLat> = (0..100_001)
            .map(|i| LonLat::from_e7(i, if i % 2 == 0 { 0 } else { 900_000_000 }).unwrap())
            .collect();
        let ring = StripedRing::new(&zigzag);
        assert!(ring.edges.len() <= 6 * zigzag.len(), "{}", ring.edges.len());
    }

    #[test]
    fn an_area_without_rings_holds_nothing() {
        let empty = [Area::default(), Area::from_ring(Vec::new())];
        assert!(AreaLocator::new(&empty).containing(LonLat::from_e7(0, 0).unwrap()).is_empty());
    }
}
