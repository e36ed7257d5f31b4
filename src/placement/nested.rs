//! From a study to two tiers: stations of one promise, each within the walk of a center of another.

use crate::ids::{FacilityId, SiteId};
use crate::progress::Progress;
use crate::reach::{CostMatrix, Ground, Placed, Seeds};

use super::candidate::Candidate;
use super::instance::{SiteFacts, SiteStatus};
use super::plan::{Need, PlanError, ReachLists};
use super::two_tier::TwoTierInstance;

/// Stations and centers of a study.
#[derive(Debug)]
pub struct Nested {
    /// Whom each station would reach, rows of the stations' need.
    pub stations: ReachLists,
    /// Whom each center would reach, rows of the centers' need.
    pub centers: ReachLists,
    /// Centers are the candidates, then what is open today.
    pub instance: TwoTierInstance,
}

/// Finds whom stations and centers would newly cover, and which station is within the cutoff of which center,
/// from door to door.
///
/// # Errors
/// When there are too many pairs, a number does not fit, or the user asked to stop.
pub fn nest(
    (station, center): (&Need, &Need),
    (stations, centers): (&[Candidate], &[Candidate]),
    progress: &dyn Progress,
) -> Result<Nested, PlanError> {
    let below = station.reach(stations, progress)?;
    let above = center.reach(centers, progress)?;
    let mut builder = center.sites(centers, &above)?;
    for _ in &center.serving {
        let facts = SiteFacts { cost: 0, bonus: 0, status: SiteStatus::Existing };
        builder.add_site(&[], facts)?;
    }
    let instance = TwoTierInstance {
        stations: station.instance(stations, &below)?,
        centers: builder.build(),
        over: over(center, stations, centers),
    };
    Ok(Nested { stations: below, centers: above, instance })
}

/// For each station the centers within whose cutoff it lies.
fn over(center: &Need, stations: &[Candidate], centers: &[Candidate]) -> Vec<Vec<SiteId>> {
    let (graph, impedance) = (center.site.graph, center.impedance());
    let ground = Ground::toward(graph, impedance);
    let of_facility = |&id: &FacilityId| center.walker.seeds(graph, impedance, &[id]);
    let seeds: Vec<Seeds> = centers
        .iter()
        .map(|candidate| center.seeds(candidate, 0))
        .chain(center.serving.iter().map(of_facility))
        .collect();
    let mut doors = Vec::new();
    for (station, candidate) in (0_u32..).zip(stations) {
        for stand in &candidate.stands {
            doors.push((stand.position, impedance.access(stand.access_mm), station));
        }
    }
    let columns = Placed::new(graph.edge_count(), stations.len(), doors);
    let matrix = CostMatrix::within(&ground, &seeds, &columns, center.cutoff);
    let mut over = vec![Vec::new(); stations.len()];
    for row in 0..matrix.rows() {
        for &(station, _) in matrix.row(row) {
            over[station as usize].push(SiteId(row as u32));
        }
    }
    over
}
