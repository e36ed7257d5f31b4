//! Leaving out points that nobody would see.

use super::grid::Unit;

/// The points of `line` that are farther than `tolerance` units from the line without them; ends stay.
///
/// Reference: D. Douglas and T. Peucker, "Algorithms for the reduction of the number of points required to
/// represent a digitized line or its caricature", Cartographica 10, 1973.
pub(super) fn simplify(line: &[Unit], tolerance: f64) -> Vec<Unit> {
    if line.len() < 3 {
        return line.to_vec();
    }
    let mut keep = vec![false; line.len()];
    (keep[0], keep[line.len() - 1]) = (true, true);
    let mut spans = vec![(0, line.len() - 1)];
    while let Some((first, last)) = spans.pop() {
        let (a, b) = (line[first], line[last]);
        let farthest = (first + 1..last)
            .map(|middle| (squared_distance(line[middle], a, b), middle))
            .max_by(|x, y| x.0.total_cmp(&y.0).then(y.1.cmp(&x.1)));
        if let Some((distance, middle)) = farthest
            && distance > tolerance * tolerance
        {
            keep[middle] = true;
            spans.extend([(first, middle), (middle, last)]);
        }
    }
    line.iter().zip(keep).filter(|(_, keep)| *keep).map(|(point, _)| *point).collect()
}

/// Squared distance of `point` from the segment `a`–`b`.
fn squared_distance(point: Unit, a: Unit, b: Unit) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 {
        (((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (x, y) = (a[0] + dx * along - point[0], a[1] + dy * along - point[1]);
    x * x + y * y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bump_stays_and_a_wobble_goes() {
        let line = [[0.0, 0.0], [10.0, 0.4], [20.0, 0.0], [30.0, 8.0], [40.0, 0.0]];
        assert_eq!(simplify(&line, 1.0), [[0.0, 0.0], [20.0, 0.0], [30.0, 8.0], [40.0, 0.0]]);
    }

    #[test]
    fn a_closed_ring_keeps_its_corners() {
        let ring = [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0], [0.0, 0.0]];
        assert_eq!(simplify(&ring, 1.0), ring);
    }
}
