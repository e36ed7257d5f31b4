//! A place clicked on the map, moved to the streets.

use crate::ids::FacilityId;
use crate::reach::{LinkedWalker, Route, Seed, Seeds};
use crate::server::app::App;
use crate::server::problem::{Problem, ProblemKind};
use crate::spatial::LonLat;
use crate::street::{Impedance, Snapped};

/// Where `walker` meets the streets from `place`, in every way; empty when nothing walkable is within the snap
/// distance.
pub(super) fn snap(app: &App, walker: &LinkedWalker, place: LonLat) -> Vec<Snapped> {
    app.baseline().ties(walker, place)
}

/// The starts of a search at a place tied to the streets.
pub(super) fn starts(impedance: &Impedance, ties: &[Snapped]) -> Seeds {
    Seeds::of_leaving(impedance, ties)
}

/// What is said where nothing walkable is near.
pub(super) fn no_street(app: &App, walker: &LinkedWalker, place: LonLat) -> String {
    let limit = app.baseline().limits.snap_distance.0;
    format!(
        "no walkable street within {limit:.0} m of {place} for profile {:?}; choose a place nearer to a \
         street or raise `snap_distance_m`",
        walker.profile.id
    )
}

/// Where `walker` meets the streets, or the refusal when nothing walkable is near.
pub(super) fn must_snap(
    app: &App,
    walker: &LinkedWalker,
    place: LonLat,
) -> Result<Vec<Snapped>, Problem> {
    let ties = snap(app, walker, place);
    if ties.is_empty() {
        return Err(Problem::new(ProblemKind::NoStreet, no_street(app, walker, place)));
    }
    Ok(ties)
}

/// The tie of `ties` that a walk begins by.
pub(super) fn departure<'a>(
    walker: &LinkedWalker,
    ties: &'a [Snapped],
    route: &Route,
) -> Option<&'a Snapped> {
    ties.iter().find(|tie| {
        tie.position == route.start.position
            && walker.impedance.access(tie.access_mm) == route.start_access
    })
}

/// The entrances of `facility` as ends of a walk, one a door (both sides of private ground).
pub(super) fn doors(
    app: &App,
    (walker, impedance): (&LinkedWalker, &Impedance),
    facility: FacilityId,
) -> Vec<Seed> {
    walker.seeds(&app.baseline().graph, impedance, &[facility]).all().to_vec()
}

/// How far a walk goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walked {
    street_mm: u64,
    access_mm: u64,
}

impl Walked {
    /// A walk from a place by one of its ties to a facility.
    pub(super) fn of(
        app: &App,
        walker: &LinkedWalker,
        (route, ties, facility): (&Route, &[Snapped], FacilityId),
    ) -> Self {
        let start = departure(walker, ties, route).map_or(0, |tie| tie.access_mm);
        let end = arrival(app, walker, (route, facility)).map_or(0, |tie| tie.access_mm);
        let access_mm = u64::from(start) + u64::from(end);
        Self { street_mm: route.street_mm(), access_mm }
    }

    /// Streets and both access legs, in metres.
    pub(super) fn whole_m(self) -> f64 {
        (self.street_mm + self.access_mm) as f64 / 1000.0
    }

    /// Both access legs, in metres.
    pub(super) fn access_m(self) -> f64 {
        self.access_mm as f64 / 1000.0
    }
}

/// The entrance of `facility` that `route` ends at, as it was snapped.
pub(super) fn arrival<'a>(
    app: &'a App,
    walker: &'a LinkedWalker,
    (route, facility): (&Route, FacilityId),
) -> Option<&'a Snapped> {
    let end = route.end.position;
    walker.facilities.of(facility).iter().find(|snapped| {
        let at = snapped.position;
        let twin = app.baseline().graph.find_twin(at.edge);
        at.offset_mm == end.offset_mm
            && (at.edge == end.edge || twin == Some(end.edge))
            && walker.impedance.access(snapped.access_mm) == route.end_access
    })
}
