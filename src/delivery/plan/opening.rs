//! What a plan opens, so that it can be taken into a scenario.

use crate::ids::SiteId;
use crate::placement::candidate::Candidate;
use crate::spatial::LonLat;

/// One thing that a plan opens.
#[derive(Clone, Debug)]
pub(crate) enum Opening {
    /// A site.
    Site {
        candidate: Candidate,
        /// Positions of the promises it keeps, among those of the plan.
        promises: Vec<usize>,
    },
    /// A gate between two sides.
    Gate {
        /// Its id among the choices.
        key: String,
        /// A place on either side.
        sides: [LonLat; 2],
    },
}

impl Opening {
    /// Sites that keep the promise at position `promise`.
    pub(crate) fn sites(candidates: &[Candidate], chosen: &[SiteId], promise: usize) -> Vec<Self> {
        let site = |site: &SiteId| Self::Site {
            candidate: candidates[site.0 as usize].clone(),
            promises: vec![promise],
        };
        chosen.iter().map(site).collect()
    }
}
