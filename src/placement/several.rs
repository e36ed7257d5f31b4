//! From a study to centers with several functions: one need a promise, over the same homes and sites.

use crate::ids::{DemandPointId, SiteId};
use crate::progress::Progress;

use super::candidate::Candidate;
use super::instance::CoverInstance;
use super::multi_function::{Module, MultiFunctionInstance};
use super::plan::{Need, PlanError, ReachLists};

/// A promise that a center can fulfil.
#[derive(Debug)]
pub struct Promised<'a> {
    /// Who needs it.
    pub need: Need<'a>,
    /// What its part of a center costs, in thousandths.
    pub cost: i64,
}

/// Centers of a study.
#[derive(Debug)]
pub struct Several {
    /// The homes of the rows: whoever lacks one of the promises.
    pub rows: Vec<DemandPointId>,
    /// Sites are the candidates, then one for all that is open today.
    pub instance: MultiFunctionInstance,
}

/// Finds whom the candidates would newly reach with each promise. A candidate houses the promises whose functions
/// it names, all of them when it names none.
///
/// # Errors
/// When there are too many pairs, a number does not fit, or the user asked to stop.
pub fn gather(
    promises: &[Promised],
    candidates: &[Candidate],
    progress: &dyn Progress,
) -> Result<Several, PlanError> {
    let mut rows: Vec<DemandPointId> =
        promises.iter().flat_map(|promised| promised.need.rows.iter().copied()).collect();
    rows.sort_unstable();
    rows.dedup();
    let mut functions = Vec::with_capacity(promises.len());
    for promised in promises {
        functions.push(function(&promised.need, &rows, candidates, progress)?);
    }
    let group = promises[0].need.group;
    let points = &promises[0].need.site.demand.points;
    let persons = rows.iter().map(|&id| points[id].persons[group.0 as usize].as_micro()).collect();
    let mut modules = Vec::new();
    for (site, candidate) in (0_u32..).zip(candidates) {
        for (function, promised) in (0_u32..).zip(promises) {
            if houses(candidate, &promised.need) {
                modules.push(Module { site: SiteId(site), function, cost: promised.cost });
            }
        }
    }
    Ok(Several { rows, instance: MultiFunctionInstance { functions, modules, persons } })
}

/// Whether a candidate can offer what the need asks for.
fn houses(candidate: &Candidate, need: &Need) -> bool {
    let taxonomy = need.site.taxonomy;
    let mut asked = need.rule.functions.iter().filter_map(|id| taxonomy.find(id));
    candidate.functions.is_empty() || asked.any(|id| candidate.functions.contains(&id))
}

fn function(
    need: &Need,
    rows: &[DemandPointId],
    candidates: &[Candidate],
    progress: &dyn Progress,
) -> Result<CoverInstance, PlanError> {
    let points = &need.site.demand.points;
    let all = Need {
        rows: rows.to_vec(),
        persons: rows.iter().map(|&id| points[id].persons[need.group.0 as usize]).collect(),
        ..need.clone()
    };
    let reach: ReachLists = all.reach(candidates, progress)?;
    let settled: Vec<u32> = (0_u32..)
        .zip(rows)
        .filter(|&(_, id)| need.rows.binary_search(id).is_err())
        .map(|(row, _)| row)
        .collect();
    all.with_settled(candidates, &reach, &settled)
}
