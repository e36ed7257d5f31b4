//! Where a gate might help: street parts that lie close but walk far apart.
//!
//! Along every street a person may use, a place is looked at every few meters; where another street lies within
//! `gap` in a straight line that nothing fixed (a building, water) crosses, and the walk there is longer than
//! `walk`, a gate could open. Of gates near each other the one that saves the longest walk is kept. What a gate is
//! worth to people is for [`super::gate_reach`] to say.

use crate::ids::EdgeId;
use crate::reach::{Ground, Search, Seed, Seeds};
use crate::spatial::frame::ground_distance;
use crate::spatial::{Area, BoundingBox, BoxIndex, LocalFrame, LonLat, PlanarPoint};
use crate::street::{EdgePosition, Impedance, Snapper, StreetGraph};
use crate::units::{Meters, MetersPerSecond, WalkTime};

use super::gate_reach::Gate;

/// What makes two street parts close, and far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateSearch {
    /// Longest straight line between the two sides, inclusive.
    pub gap: Meters,
    /// Shortest walk that is worth a gate, inclusive.
    pub walk: Meters,
    /// A place is looked at every so many meters along a street.
    pub every: Meters,
    /// Gates nearer to each other than this, on both sides, are one.
    pub spacing: Meters,
}

impl Default for GateSearch {
    fn default() -> Self {
        Self { gap: Meters(30.0), walk: Meters(400.0), every: Meters(20.0), spacing: Meters(60.0) }
    }
}

/// Two sides of a gate that could open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateCandidate {
    /// One side.
    pub from: EdgePosition,
    /// The other side.
    pub to: EdgePosition,
    /// The two sides as places.
    pub places: (LonLat, LonLat),
    /// The straight line between them.
    pub gap: Meters,
    /// The walk between them as things stand, when it was measured: to three times what was asked, and to ten times
    /// where few are longer.
    pub walk: Option<Meters>,
}

impl GateCandidate {
    /// The gate, passed at `speed`.
    pub fn gate(&self, speed: MetersPerSecond) -> Gate {
        let crossing = speed.time_for_mm(self.gap.as_mm());
        Gate { from: self.from, to: self.to, crossing }
    }
}

/// What a gate cannot lead through.
#[derive(Debug)]
pub struct Fixed<'a> {
    areas: &'a [Area],
    index: BoxIndex,
}

impl<'a> Fixed<'a> {
    /// Buildings, water and other areas that no gate leads through.
    pub fn new(areas: &'a [Area]) -> Self {
        let boxes = areas.iter().enumerate();
        let boxes = boxes.filter_map(|(at, area)| Some((at as u32, area.bounding_box()?)));
        Self { areas, index: BoxIndex::new(boxes) }
    }

    /// Whether some area lies on the straight line from `a` to `b`.
    pub fn lies_between(&self, a: LonLat, b: LonLat) -> bool {
        let Some(window) = BoundingBox::around([a, b]) else { return false };
        self.index.touching(window).into_iter().any(|area| {
            let area = &self.areas[area as usize];
            area.contains(a) || area.contains(b) || crosses(area, a, b)
        })
    }
}

/// Whether the straight line from `a` to `b` meets a ring of `area`.
fn crosses(area: &Area, a: LonLat, b: LonLat) -> bool {
    let frame = LocalFrame::at(a);
    let (from, to) = (frame.to_planar(a), frame.to_planar(b));
    let rings = area.polygons.iter().flat_map(|p| std::iter::once(&p.outer).chain(&p.holes));
    rings.flat_map(|ring| ring.windows(2)).any(|side| {
        let (c, d) = (frame.to_planar(side[0]), frame.to_planar(side[1]));
        turn(from, to, c) * turn(from, to, d) <= 0.0 && turn(c, d, from) * turn(c, d, to) <= 0.0
    })
}

/// Twice the signed area of a triangle.
fn turn(a: PlanarPoint, b: PlanarPoint, c: PlanarPoint) -> f64 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// Gates that could open, those that save the longest walk first, then the shortest gap, then by position.
/// `meters` are the times of the metre yardstick, in which a millisecond stands for a millimetre.
pub fn find_gates(
    (graph, meters): (&StreetGraph, &Impedance),
    snapper: &Snapper,
    fixed: &Fixed,
    wanted: GateSearch,
) -> Vec<GateCandidate> {
    let mut search = Search::new(graph.node_count());
    let mut found: Vec<GateCandidate> = Vec::new();
    for (edge, facts) in graph.edges().enumerate() {
        if !meters.is_walkable(edge) || graph.is_entering_side(edge) {
            continue;
        }
        let step = wanted.every.as_mm().max(1_000);
        let stops = (facts.length_mm / step).max(1);
        for stop in 0..=stops {
            let offset_mm =
                (u64::from(facts.length_mm) * u64::from(stop) / u64::from(stops)) as u32;
            let from = EdgePosition { edge, offset_mm };
            let near = near((graph, meters), snapper, from, wanted);
            if near.is_empty() {
                continue;
            }
            found.extend(far(&mut search, (graph, meters), (from, &near), wanted));
        }
    }
    found.retain(|gate| !fixed.lies_between(gate.places.0, gate.places.1));
    measure(&mut search, (graph, meters), &mut found, wanted);
    thin_out(found, wanted.spacing)
}

/// The nearest position, within the gap of a position, of every other street of larger id, and of the same street
/// where it bends back, unless the two are a short walk apart over the end they share.
fn near(
    (graph, meters): (&StreetGraph, &Impedance),
    snapper: &Snapper,
    from: EdgePosition,
    wanted: GateSearch,
) -> Vec<(EdgePosition, LonLat, Meters)> {
    let place = graph.place_at(from.edge, from.offset_mm);
    let ground = &Ground::from(graph, meters);
    let far_mm = wanted.walk.as_mm();
    snapper
        .edges_near(place, wanted.gap)
        .into_iter()
        .filter(|&edge| edge >= from.edge && meters.is_walkable(edge))
        .filter(|&edge| !graph.is_entering_side(edge))
        .filter_map(|edge| {
            let least_mm =
                if edge == from.edge { from.offset_mm.saturating_add(far_mm) } else { 0 };
            let offset_mm = project(graph, (edge, least_mm), place)?;
            let there = graph.place_at(edge, offset_mm);
            let distance = ground_distance(place, there);
            let position = EdgePosition { edge, offset_mm };
            let is_near = distance.0 <= wanted.gap.0 && distance.0 > 0.0;
            let is_far = || over_shared_end(ground, from, position).as_ms() >= far_mm;
            (is_near && is_far()).then_some((position, there, distance))
        })
        .collect()
}

/// The walk from one position to another over an end that their streets share, or along the one street both lie on.
fn over_shared_end(ground: &Ground, from: EdgePosition, to: EdgePosition) -> WalkTime {
    let ends = |edge: EdgeId| [ground.graph.edges()[edge].from, ground.graph.edges()[edge].to];
    let along =
        (from.edge == to.edge).then(|| ground.along(from.edge, from.offset_mm, to.offset_mm));
    let (out, into) = (ground.out_of(from), ground.into(to));
    let out = ends(from.edge).into_iter().zip([out.0, out.1]);
    let over = out.flat_map(|(end, first)| {
        let into = ends(to.edge).into_iter().zip([into.0, into.1]);
        into.filter(move |(other, _)| *other == end).map(move |(_, last)| first.plus(last))
    });
    over.chain(along).min().unwrap_or(WalkTime::UNREACHABLE)
}

/// The offset on `edge` nearest to `place`, `least_mm` or more; `None` when the edge is not that long.
fn project(graph: &StreetGraph, (edge, least_mm): (EdgeId, u32), place: LonLat) -> Option<u32> {
    let frame = LocalFrame::at(place);
    let shape: Vec<PlanarPoint> = graph.shape(edge).iter().map(|&p| frame.to_planar(p)).collect();
    let of = |side: &[PlanarPoint]| (side[1].x - side[0].x).hypot(side[1].y - side[0].y);
    let drawn: f64 = shape.windows(2).map(of).sum();
    let whole = f64::from(graph.edges()[edge].length_mm);
    if drawn <= 0.0 || f64::from(least_mm) > whole {
        return (least_mm == 0).then_some(0);
    }
    let least = f64::from(least_mm) / whole * drawn;
    let (mut before, mut best) = (0.0, (f64::INFINITY, 0.0));
    for side in shape.windows(2) {
        let (dx, dy, length) = (side[1].x - side[0].x, side[1].y - side[0].y, of(side));
        if length > 0.0 && before + length >= least {
            let nearest = -(side[0].x * dx + side[0].y * dy) / (length * length);
            let along = nearest.clamp(((least - before) / length).clamp(0.0, 1.0), 1.0);
            let distance = (side[0].x + along * dx).hypot(side[0].y + along * dy);
            if distance < best.0 {
                best = (distance, before + along * length);
            }
        }
        before += length;
    }
    Some((best.1 / drawn * whole).round().clamp(f64::from(least_mm), whole) as u32)
}

/// Those of the near positions whose walk is long.
fn far(
    search: &mut Search,
    (graph, meters): (&StreetGraph, &Impedance),
    (from, near): (EdgePosition, &[(EdgePosition, LonLat, Meters)]),
    wanted: GateSearch,
) -> Vec<GateCandidate> {
    let ground = &Ground::from(graph, meters);
    look_around(search, ground, from, Meters(wanted.walk.0 * 3.0));
    let place = graph.place_at(from.edge, from.offset_mm);
    let candidates = near.iter().filter_map(|&(to, there, gap)| {
        let walk = walk_to(search, ground, (from, to));
        let long = walk.is_none_or(|walk| walk.0 >= wanted.walk.0);
        long.then_some(GateCandidate { from, to, places: (place, there), gap, walk })
    });
    candidates.collect()
}

/// Gates farther apart on foot than was looked at that are measured farther out.
const MEASURED_MAX: usize = 500;

/// Measures the longest walks, when there are few, so that the gate that saves most comes first.
fn measure(
    search: &mut Search,
    (graph, meters): (&StreetGraph, &Impedance),
    found: &mut [GateCandidate],
    wanted: GateSearch,
) {
    let mut farther: Vec<&mut GateCandidate> =
        found.iter_mut().filter(|gate| gate.walk.is_none()).collect();
    if farther.len() > MEASURED_MAX {
        return;
    }
    let ground = &Ground::from(graph, meters);
    for gate in &mut farther {
        look_around(search, ground, gate.from, Meters(wanted.walk.0 * 10.0));
        gate.walk = walk_to(search, ground, (gate.from, gate.to));
    }
}

/// Searches out of a position as far as `bound`.
fn look_around(search: &mut Search, ground: &Ground, from: EdgePosition, bound: Meters) {
    let seeds = Seeds::new(vec![Seed { position: from, access: WalkTime::ZERO, owner: 0 }]);
    search.run(ground, &seeds, WalkTime::from_ms(bound.as_mm().min(i32::MAX as u32)));
}

/// The walk to a position from where was last looked around.
fn walk_to(
    search: &Search,
    ground: &Ground,
    (from, to): (EdgePosition, EdgePosition),
) -> Option<Meters> {
    let edge = ground.graph.edges()[to.edge];
    let (beginning, end) = ground.into(to);
    let around = search.time(edge.from).plus(beginning).min(search.time(edge.to).plus(end));
    let walk = around.min(over_shared_end(ground, from, to));
    walk.reached().map(|walk| Meters::from_mm(walk.as_ms()))
}

/// The best gates of which no two have both sides within `spacing` of each other.
fn thin_out(mut found: Vec<GateCandidate>, spacing: Meters) -> Vec<GateCandidate> {
    let walk = |gate: &GateCandidate| gate.walk.map_or(f64::INFINITY, |walk| walk.0);
    found.sort_by(|a, b| {
        let longer = walk(b).total_cmp(&walk(a)).then(a.gap.0.total_cmp(&b.gap.0));
        longer.then((a.from, a.to).cmp(&(b.from, b.to)))
    });
    let mut kept: Vec<GateCandidate> = Vec::new();
    for gate in found {
        let near = |a: LonLat, b: LonLat| ground_distance(a, b).0 < spacing.0;
        let (a, b) = gate.places;
        let same = kept.iter().any(|other| {
            let (c, d) = other.places;
            (near(a, c) && near(b, d)) || (near(a, d) && near(b, c))
        });
        if !same {
            kept.push(gate);
        }
    }
    kept
}
