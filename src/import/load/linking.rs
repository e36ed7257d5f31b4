//! What meets the streets badly, said as issues.

use std::collections::BTreeSet;

use crate::import::{IssueKind, IssueLog};
use crate::reach::LinkedWalker;
use crate::scenario::{Baseline, LinkIssue};

/// Notes what snapping noticed: everything for the first profile, and for the others what they alone miss.
pub(super) fn note(baseline: &Baseline, study: &str, issues: &mut IssueLog) {
    let mut known: BTreeSet<(u8, u32)> = BTreeSet::new();
    for (rank, walker) in baseline.walkers().iter().enumerate() {
        for issue in baseline.link_issues(walker) {
            let is_new = failure(&issue).map(|failure| known.insert(failure));
            let of_all = matches!(issue, LinkIssue::IslandPeople(_));
            if of_all || is_new.unwrap_or(rank == 0) {
                note_one(baseline, (study, walker), &issue, issues);
            }
        }
    }
}

/// What could not be snapped at all, as something to remember.
fn failure(issue: &LinkIssue) -> Option<(u8, u32)> {
    match issue {
        LinkIssue::FacilityUnlinked(id) => Some((0, id.0)),
        LinkIssue::DemandUnlinked(id) => Some((1, id.0)),
        _ => None,
    }
}

fn note_one(
    baseline: &Baseline,
    (study, walker): (&str, &LinkedWalker),
    issue: &LinkIssue,
    issues: &mut IssueLog,
) {
    let limit = baseline.limits.snap_distance.0;
    let who = &walker.profile.id;
    let facility = |id: crate::ids::FacilityId| {
        let facility = &baseline.facilities.facilities[id];
        (format!("facilities/{}", facility.layer), facility.key.clone())
    };
    let home = |id: crate::ids::DemandPointId| {
        ("demand".to_owned(), baseline.demand.points[id].key.clone())
    };
    let no_street = format!(
        "no street that {who} may walk within {limit} m; raise `snap_distance_m` or check the coordinate system"
    );
    let forced = format!(
        "no street within {limit} m is in sight: its way leads over a wall, water, tracks or a building, or to a \
         street off the ground; map the gate or the path that is lacking"
    );
    let (kind, (source, feature), reason) = match *issue {
        LinkIssue::FacilityUnlinked(id) => {
            (IssueKind::SnapFailed, facility(id), format!("{no_street}; it serves nobody"))
        }
        LinkIssue::DemandUnlinked(id) => (
            IssueKind::SnapFailed,
            home(id),
            if walker.has_street(id) {
                format!("{no_street}; its people count as not covered")
            } else {
                format!("{no_street}; its people are counted apart")
            },
        ),
        LinkIssue::FacilityFar(id, leg) => (
            IssueKind::SnapFar,
            facility(id),
            format!("{:.0} m from the nearest street; the way there is counted", leg.0),
        ),
        LinkIssue::DemandFar(id, leg) => (
            IssueKind::SnapFar,
            home(id),
            format!("{:.0} m from the nearest street; the way there is counted", leg.0),
        ),
        LinkIssue::FacilityForced(id) => (IssueKind::LegForced, facility(id), forced),
        LinkIssue::DemandForced(id) => (IssueKind::LegForced, home(id), forced),
        LinkIssue::IslandPeople(persons) => (
            IssueKind::Island,
            (study.to_owned(), format!("profile/{who}")),
            format!("{persons} people live on streets that {who} cannot leave"),
        ),
        LinkIssue::FacilityOnIsland(id) => {
            (IssueKind::Island, facility(id), "on streets cut off from the rest".to_owned())
        }
        LinkIssue::DemandOnIsland(id) => {
            (IssueKind::Island, home(id), "on streets cut off from the rest".to_owned())
        }
        LinkIssue::DemandOutside(id) => (
            IssueKind::OutsideZones,
            home(id),
            "lies in no zone; its people count nowhere".to_owned(),
        ),
        LinkIssue::Island(edge, length) => {
            let way = baseline.graph.edges()[edge].source_id;
            let reason = format!("{:.0} m of street cut off from the rest for {who}", length.0);
            (IssueKind::Island, (study.to_owned(), format!("way/{way}")), reason)
        }
    };
    issues.note(kind, source, feature, reason);
}
