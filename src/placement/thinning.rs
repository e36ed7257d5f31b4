//! Where a site could be when nobody says: junctions, thinned evenly to a number that is solved in seconds.

use std::collections::BTreeMap;

use crate::spatial::{BoundingBox, LocalFrame};

use super::candidate::Candidate;

/// Candidates that are taken when none are named, at most.
pub const CANDIDATES_BY_DEFAULT: usize = 1_500;

/// Sides of the squares in metres, of which each keeps one junction.
const SIDES_M: [f64; 12] =
    [50.0, 75.0, 100.0, 150.0, 200.0, 300.0, 400.0, 600.0, 800.0, 1_200.0, 2_400.0, 9_600.0];

/// The junctions of `all` within `bounds`; when they are too many, one in each square of the least side that
/// leaves few enough (nearest to its middle, then by order), and that side in metres.
pub fn thinned(
    mut all: Vec<Candidate>,
    bounds: BoundingBox,
    most: usize,
) -> (Vec<Candidate>, Option<f64>) {
    all.retain(|candidate| bounds.contains(candidate.place));
    if all.len() <= most {
        return (all, None);
    }
    let frame = LocalFrame::at(bounds.center());
    for side in SIDES_M {
        let mut best: BTreeMap<(i64, i64), (f64, usize)> = BTreeMap::new();
        for (at, candidate) in all.iter().enumerate() {
            let point = frame.to_planar(candidate.place);
            let (x, y) = (point.x / side, point.y / side);
            let off = (x - x.floor() - 0.5).hypot(y - y.floor() - 0.5);
            let entry = best.entry((x.floor() as i64, y.floor() as i64)).or_insert((off, at));
            if off < entry.0 {
                *entry = (off, at);
            }
        }
        if best.len() <= most {
            let mut kept: Vec<usize> = best.into_values().map(|entry| entry.1).collect();
            kept.sort_unstable();
            let mut places = kept.into_iter().peekable();
            let mut at = 0;
            all.retain(|_| {
                let keep = places.next_if_eq(&at).is_some();
                at += 1;
                keep
            });
            return (all, Some(side));
        }
    }
    all.truncate(most);
    (all, Some(f64::INFINITY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::LonLat;

    #[test]
    fn one_junction_of_each_square_is_kept_and_all_when_they_are_few() {
        let place =
            |i: u32| LonLat::new(0.001 * f64::from(i % 40), 0.001 * f64::from(i / 40)).unwrap();
        let all: Vec<Candidate> =
            (0..1_600).map(|i| Candidate::at(i.to_string(), place(i))).collect();
        let bounds = BoundingBox::around(all.iter().map(|c| c.place)).unwrap();
        let (few, side) = thinned(all.clone(), bounds, 400);
        assert!(few.len() <= 400 && few.len() > 100, "{}", few.len());
        assert!(side.is_some());
        let (same, side) = thinned(all.clone(), bounds, 1_600);
        assert_eq!((same.len(), side), (all.len(), None));
    }
}
