//! From a study to the walks between places: candidates and what is open today.

use crate::ids::SiteId;
use crate::progress::Progress;
use crate::reach::{CostMatrix, Ground, Placed, Seeds};
use crate::street::EdgePosition;
use crate::units::{WalkTime, Yardstick};

use super::candidate::Candidate;
use super::dispersion::{DispersionInstance, NO_WAY_MS};
use super::places::standing;
use super::plan::{Need, PlanError, ReachLists};

/// Sites, whom they reach, and the walks between them.
#[derive(Debug)]
pub struct Apart {
    /// Whom each candidate reaches.
    pub reach: ReachLists,
    /// A site for each candidate.
    pub instance: DispersionInstance,
    /// Milliseconds between each candidate and each of what is open today.
    pub open: Vec<Vec<u32>>,
}

impl Apart {
    /// Finds whom the candidates reach and how far they are from each other and from what is open: always in walking
    /// time, door to door, the lesser of both directions.
    ///
    /// # Errors
    /// When there are too many pairs, a number does not fit, or the user asked to stop.
    pub fn find(
        need: &Need,
        candidates: &[Candidate],
        progress: &dyn Progress,
    ) -> Result<Self, PlanError> {
        let reach = need.reach(candidates, progress)?;
        let cover = need.instance(candidates, &reach)?;
        let today: Vec<Candidate> = need.serving.iter().map(|&id| standing(need, id)).collect();
        let places: Vec<&Candidate> = candidates.iter().chain(&today).collect();
        let timed = Need { yardstick: Yardstick::Minutes, ..need.clone() };
        let toward = walks(&timed, &places);
        let between = |a: usize, b: usize| -> u32 {
            let (a_place, b_place) = (places[a], places[b]);
            if a_place.stands.is_empty() || b_place.stands.is_empty() {
                // What stands at no street is apart from nothing.
                return 0;
            }
            toward[a][b].min(toward[b][a])
        };
        let sites = candidates.len();
        let apart = (0..sites).map(|a| (0..a).map(|b| between(a, b)).collect()).collect();
        let open: Vec<Vec<u32>> =
            (0..sites).map(|a| (sites..places.len()).map(|b| between(a, b)).collect()).collect();
        let nearest = |walks: &Vec<u32>| walks.iter().copied().min().unwrap_or(NO_WAY_MS);
        let to_open = open.iter().map(nearest).collect();
        Ok(Self { reach, instance: DispersionInstance { cover, apart, to_open }, open })
    }

    /// The nearest of `chosen` and of what is open to a chosen site: its position among the candidates and then what is
    /// open, and how far it is.
    pub fn nearest(&self, site: SiteId, chosen: &[SiteId]) -> Option<(usize, u32)> {
        let at = site.0 as usize;
        let sites = self.instance.to_open.len();
        let others = chosen.iter().map(|other| other.0 as usize).filter(|&other| other != at);
        let others = others.map(|other| (other, self.instance.between(at, other)));
        let today = self.open[at].iter().enumerate().map(|(b, &ms)| (sites + b, ms));
        others.chain(today).min_by_key(|&(other, ms)| (ms, other))
    }
}

/// Milliseconds from each place (the inner list) to each other (the outer one).
fn walks(need: &Need, places: &[&Candidate]) -> Vec<Vec<u32>> {
    let impedance = need.impedance();
    let ground = Ground::toward(need.site.graph, impedance);
    let mut doors: Vec<(EdgePosition, WalkTime, u32)> = Vec::new();
    for (at, place) in (0_u32..).zip(places) {
        for stand in &place.stands {
            doors.push((stand.position, impedance.access(stand.access_mm), at));
        }
    }
    let columns = Placed::new(need.site.graph.edge_count(), places.len(), doors);
    let seeds: Vec<Seeds> = places.iter().map(|place| need.seeds(place, 0)).collect();
    let matrix = CostMatrix::within(&ground, &seeds, &columns, WalkTime::LONGEST);
    let row = |at: usize| {
        let mut row = vec![NO_WAY_MS; places.len()];
        for &(other, time) in matrix.row(at) {
            row[other as usize] = time.as_ms();
        }
        row
    };
    (0..places.len()).map(row).collect()
}
