//! Plans made by jobs: what is asked, the search, what is told of it, and what can be done with it afterwards.

mod ask;
mod check;
mod search;
mod told;

use std::sync::Arc;

pub(super) use ask::PlaceRequest;
pub(super) use check::Verified;
pub(super) use search::run;

use super::app::App;
use super::problem::{Problem, ProblemKind};
use crate::coverage::Rule;
use crate::placement::candidate::Candidate;
use crate::placement::{CoverInstance, PlacementSolution};
use crate::scenario::{Edit, NewOffer};

/// A plan as it was found, with all that it was made from.
#[derive(Debug)]
pub(super) struct Plan {
    /// The study, as its scenario had it.
    pub(super) app: Arc<App>,
    /// Id of that scenario.
    pub(super) scenario: Option<String>,
    /// What is promised.
    pub(super) rule: Rule,
    /// Where sites could be.
    pub(super) candidates: Vec<Candidate>,
    /// What was solved.
    pub(super) instance: CoverInstance,
    /// The answer.
    pub(super) solution: PlacementSolution,
}

impl Plan {
    /// The edits that open its sites.
    ///
    /// # Errors
    /// When it has no sites.
    pub(super) fn edits(&self) -> Result<Vec<Edit>, Problem> {
        if self.solution.chosen.is_empty() {
            let detail = "the plan opens no site; there is nothing to take into a scenario";
            return Err(Problem::new(ProblemKind::CannotEdit, detail));
        }
        Ok(self
            .solution
            .chosen
            .iter()
            .map(|site| self.edit(&self.candidates[site.0 as usize]))
            .collect())
    }

    fn edit(&self, candidate: &Candidate) -> Edit {
        let offer = |function: &String| NewOffer {
            function: function.clone(),
            capacity: candidate.capacity,
        };
        let offers: Vec<NewOffer> = self.rule.functions.iter().take(1).map(offer).collect();
        let facilities = &self.app.baseline().facilities.facilities;
        match candidate.facility.and_then(|id| facilities.get(id)) {
            Some(facility) => Edit::UpgradeFacility {
                facility: facility.key.clone(),
                layer: Some(facility.layer.clone()),
                offers,
                tier: self.rule.tier.clone(),
                status: None,
            },
            None => Edit::OpenFacility {
                key: format!("plan/{}", candidate.key),
                name: told::name_of(&self.app, candidate),
                place: candidate.place,
                entrances: if candidate.doors == [candidate.place] {
                    Vec::new()
                } else {
                    candidate.doors.clone()
                },
                offers,
                tier: self.rule.tier.clone(),
            },
        }
    }
}
