//! A plan on a published instance against its file.

use anyhow::Context;

use super::file::Plan;
use super::{Checked, FetchPublished, Log, Published, Reject, Serving, form, reject};
use crate::import::plan_file::PlanFile;

/// The instance is that of a published file.
pub(super) fn agrees(
    plan: &Plan,
    (found, shown): (FetchPublished, &str),
    log: &mut Log,
) -> anyhow::Result<Checked> {
    let (hash, serving) = match plan {
        Plan::Cover(file) => (&file.study_hash, Serving::Within(radius_of(file)?)),
        Plan::Assign(file) => (&file.study_hash, Serving::Nearest),
        Plan::Program(_) => anyhow::bail!(
            "plans of this problem are made on studies only: give --study instead of --instance"
        ),
    };
    let (own, ways) = found(serving)?;
    if own != *hash {
        return Ok(reject(format!(
            "the plan is for another instance: its hash is {hash}, that of {shown} is {own}"
        )));
    }
    let is_so = match is_one_of(plan, &ways) {
        Ok(is_so) => is_so,
        Err(reason) => return Ok(Err(reason)),
    };
    if !is_so {
        return Ok(reject(format!("the distances of the file are not those of {shown}")));
    }
    log.holds(
        format!("the distances: worked out again from {shown}"),
        format!("距离：由 {shown} 重新算出"),
    );
    Ok(Ok(()))
}

/// Whether the plan's instance is the published one by some way of measuring.
fn is_one_of(plan: &Plan, ways: &[Published]) -> Result<bool, Reject> {
    match plan {
        Plan::Assign(file) => {
            let instance = form::assign(file)?;
            Ok(ways.iter().any(|way| {
                matches!(way, Published::Nearest(found)
                    if found.with_statuses(&file.instance.statuses).as_ref() == Ok(&instance))
            }))
        }
        Plan::Cover(file) => {
            let instance = form::cover(file)?;
            Ok(ways.iter().any(|way| {
                matches!(way, Published::Within(found, sites)
                    if found.with_statuses(&file.instance.statuses).ok() == instance
                        && instance.is_some()
                        && *sites == file.instance.sites)
            }))
        }
        Plan::Program(_) => Ok(false),
    }
}

/// The distance that a covering plan on a published instance says it covers within.
fn radius_of(file: &PlanFile) -> anyhow::Result<f64> {
    let said = file.ask.candidates.first().and_then(|words| words.strip_prefix(WITHIN));
    let radius = said.and_then(|words| words.parse().ok());
    radius.context("the plan was made on a study, not on an instance: give --study")
}

/// What a covering plan on a published instance says of its candidates, before the distance.
pub(crate) const WITHIN: &str = "instance within ";
