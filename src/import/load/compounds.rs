//! Homes behind the wall of a compound: which way they go out.

use crate::demand::{DemandLayer, Origin};
use crate::import::osm::Compound;
use crate::import::{IssueKind, IssueLog};
use crate::spatial::Front;
use crate::spatial::locator::AreaLocator;
use crate::units::Persons;

/// Lets homes in compounds out by the gates of their own wall, and says how many there are.
///
/// From the door, a gate is one more way out beside whatever streets are in sight inside. From the gate, the walk
/// begins there, and the way to it inside is not counted. A home in several compounds belongs to the smallest.
pub(super) fn let_out(
    demand: &mut DemandLayer,
    compounds: &[Compound],
    (origin, source): (Origin, &str),
    issues: &mut IssueLog,
) {
    if compounds.is_empty() {
        return;
    }
    let sizes: Vec<f64> = compounds.iter().map(|compound| compound.area.area_m2()).collect();
    let locator = AreaLocator::new(compounds.iter().map(|compound| &compound.area));
    let (mut homes, mut people) = (0, Persons::ZERO);
    for point in &mut demand.points {
        let around = locator.containing(point.place).into_iter().map(|at| at as usize);
        let own = around.min_by(|&a, &b| sizes[a].total_cmp(&sizes[b]));
        let Some(own) = own.filter(|_| point.front != Front::Street) else { continue };
        homes += 1;
        people += point.persons.first().copied().unwrap_or(Persons::ZERO);
        let gates = &compounds[own].gates;
        point.front = match origin {
            Origin::Gate => Front::of_doors(gates),
            Origin::Door => Front::walled(std::mem::take(&mut point.front), gates),
        };
    }
    if homes > 0 && origin == Origin::Gate {
        let reason = format!(
            "the walks of {homes} homes with {people} people begin at the gates of {} walled compounds, as \
             `origin = \"gate\"` asks; the way from door to gate is not counted",
            compounds.len()
        );
        issues.note(IssueKind::Estimated, source, "demand", reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::{DemandPoint, DemandUnit};
    use crate::spatial::{Area, LonLat};

    fn at(x: i32, y: i32) -> LonLat {
        LonLat::from_e7(x * 1_000, y * 1_000).unwrap()
    }

    fn square(west: i32, east: i32) -> Area {
        Area::from_ring(vec![at(west, west), at(east, west), at(east, east), at(west, east)])
    }

    /// A compound of 0–9 with one of 2–4 inside it; homes at 1, 3 and outside at 20.
    fn fronts(origin: Origin) -> Vec<Front> {
        let compound =
            |key: &str, area, gate| Compound { key: key.to_owned(), area, gates: vec![gate] };
        let compounds =
            [compound("way/1", square(0, 9), at(0, 5)), compound("way/2", square(2, 4), at(2, 3))];
        let home = |x: i32| DemandPoint {
            key: x.to_string(),
            place: at(x, x),
            front: Front::Point,
            persons: vec![Persons::from_micro(3_000_000)],
            zone: None,
        };
        let mut demand = DemandLayer {
            points: [1, 3, 20].map(home).to_vec().into(),
            unit: DemandUnit::Persons,
            ..DemandLayer::default()
        };
        let mut issues = IssueLog::default();
        let_out(&mut demand, &compounds, (origin, "study"), &mut issues);
        assert_eq!(issues.issues().len(), usize::from(origin == Origin::Gate));
        demand.points.iter().map(|point| point.front.clone()).collect()
    }

    #[test]
    fn a_walk_begins_at_the_gate_of_the_smallest_compound_around_the_home() {
        let gate = |x, y| Front::of_doors(&[at(x, y)]);
        assert_eq!(fronts(Origin::Gate), [gate(0, 5), gate(2, 3), Front::Point]);
    }

    #[test]
    fn from_the_door_the_gates_are_further_ways_out() {
        let walled = |x, y| Front::walled(Front::Point, &[at(x, y)]);
        assert_eq!(fronts(Origin::Door), [walled(0, 5), walled(2, 3), Front::Point]);
    }
}
