//! The ground nearer to each of several places than to any other.

use geo::{Contains, Voronoi, VoronoiClip, VoronoiParams};

use super::{Area, BoundingBox, LocalFrame, LonLat};

/// One cell a place, in the order of `places`, cut to `bounds`; empty for a place whose cell cannot be found (two
/// places at one spot, fewer than three places in a row).
pub fn cells(places: &[LonLat], bounds: BoundingBox) -> Vec<Area> {
    let frame = LocalFrame::at(bounds.center());
    let point = |place: LonLat| {
        let planar = frame.to_planar(place);
        geo::Point::new(planar.x, planar.y)
    };
    let (min, max) = (point(bounds.min), point(bounds.max));
    let window = geo::Rect::new(min, max).to_polygon();
    let points: geo::MultiPoint<f64> = places.iter().map(|&place| point(place)).collect();
    let params = VoronoiParams::new().clip(VoronoiClip::Polygon(&window));
    let found = points.voronoi_cells_with_params(params).unwrap_or_default();
    places
        .iter()
        .map(|&place| {
            let own = found.iter().find(|cell| cell.contains(&point(place)));
            own.map(|cell| Area::from_geo(&frame, &geo::MultiPolygon(vec![cell.clone()])))
                .unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::frame::ground_distance;

    #[test]
    fn every_spot_lies_in_the_cell_of_its_nearest_place() {
        let at = |lon: f64, lat: f64| LonLat::new(lon, lat).unwrap();
        let places = [at(0.01, 45.01), at(0.04, 45.02), at(0.02, 45.05), at(0.045, 45.048)];
        let bounds = BoundingBox { min: at(0.0, 45.0), max: at(0.05, 45.06) };
        let cells = cells(&places, bounds);
        for step in 0..400 {
            let spot =
                at(0.001 + f64::from(step % 20) * 0.0024, 45.001 + f64::from(step / 20) * 0.0029);
            let mut order: Vec<usize> = (0..places.len()).collect();
            order.sort_by(|&a, &b| {
                ground_distance(spot, places[a]).0.total_cmp(&ground_distance(spot, places[b]).0)
            });
            let (near, next) = (
                ground_distance(spot, places[order[0]]).0,
                ground_distance(spot, places[order[1]]).0,
            );
            if next - near > 5.0 {
                assert!(cells[order[0]].contains(spot), "{spot}");
                assert!(!cells[order[1]].contains(spot), "{spot}");
            }
        }
    }
}
