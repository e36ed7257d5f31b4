//! What a plan tells must follow from what it chose: the list of sites, who is claimed, the figures.

use std::collections::BTreeMap;

use crate::import::plan_file::{Choice, ChosenSite, PlanSummary};
use crate::placement::candidate::COST_UNIT;
use crate::placement::{CoverInstance, Proof, SiteStatus, SolutionStatus};
use crate::spatial::LonLat;
use crate::units::Persons;

use super::differ::same;
use super::file::Head;
use super::{Checked, reject};

/// A claim: number of a demand point, position of the choice that serves it, time in whole milliseconds.
pub(super) type Claim = (u32, u32, u32);

/// The status of a solution in Chinese.
pub(super) fn status_zh(status: &SolutionStatus) -> &'static str {
    match status {
        SolutionStatus::Optimal => "已证明最优",
        SolutionStatus::Feasible => "可行，未证明最优",
        SolutionStatus::Infeasible { .. } => "无可行方案",
        SolutionStatus::Cancelled => "中途停止",
        SolutionStatus::Unsolved => "未求出",
    }
}

/// A chosen site as it must be told.
#[derive(Clone, Debug)]
pub(in crate::delivery) struct Told {
    /// Its position among the choices.
    pub(super) site: u32,
    /// Who it newly covers beyond those before it, or who goes there, as files count it.
    pub(super) gain: f64,
    /// Its id in the instance.
    pub(super) id: String,
    /// What it costs, in thousandths; `None` where the instance has no costs.
    pub(super) cost: Option<i64>,
    /// What may be done with it.
    pub(super) status: SiteStatus,
}

impl Told {
    /// A step of a plan over people: `first` is the position of the first site of `instance`, `ids` all ids.
    pub(super) fn of(
        (site, gain): (crate::ids::SiteId, i64),
        instance: &CoverInstance,
        (first, ids): (u32, &[String]),
    ) -> Self {
        let position = first + site.0;
        Self {
            site: position,
            gain: Persons::from_micro(gain).count(),
            id: ids.get(position as usize).cloned().unwrap_or_default(),
            cost: Some(instance.cost(site)),
            status: instance.status(site),
        }
    }
}

/// The list of sites is what was chosen, in its order, each called, drawn and priced as the choice that it is.
pub(super) fn sites(
    head: &Head,
    told: &[Told],
    choice_of: &dyn Fn(u32) -> Option<usize>,
) -> Checked {
    if head.sites.len() != told.len() {
        return reject(format!(
            "{} sites are told, but {} are chosen",
            head.sites.len(),
            told.len()
        ));
    }
    for (at, (said, told)) in head.sites.iter().zip(told).enumerate() {
        let mut found = ChosenSite {
            site: told.site,
            id: told.id.clone(),
            gain_persons: told.gain,
            ..said.clone()
        };
        if let Some(cost) = told.cost {
            found.cost = cost as f64 / COST_UNIT as f64;
        }
        if head.ask.rule.is_none() {
            // Sites of a published instance are nothing but their numbers.
            (found.name, found.stands) = (String::new(), Vec::new());
        }
        if let Some(choice) = choice_of(told.site).and_then(|at| head.choices.get(at)) {
            found = drawn(choice, &found);
        }
        same(&format!("sites[{at}]"), said, &found)?;
        let fits = match said.standing.as_str() {
            "required" => told.status == SiteStatus::Required,
            "candidate" | "applied" | "upgrade" => told.status == SiteStatus::Free,
            _ => false,
        };
        if !fits {
            return reject(format!(
                "sites[{at}].standing is said to be {:?}, which is not what may be done with the site",
                said.standing
            ));
        }
    }
    Ok(())
}

/// The site as its choice has it.
pub(super) fn drawn(choice: &Choice, site: &ChosenSite) -> ChosenSite {
    let place = LonLat::from_e7(choice.place.0, choice.place.1);
    ChosenSite {
        id: choice.id.clone(),
        name: choice.name.clone(),
        lon: place.map_or(f64::NAN, LonLat::lon),
        lat: place.map_or(f64::NAN, LonLat::lat),
        standing: choice.standing.id().to_owned(),
        cost: choice.cost as f64 / COST_UNIT as f64,
        stands: choice.stands.clone(),
        ..site.clone()
    }
}

/// How people of a home are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// All to one site.
    Together,
    /// Perhaps to several; the home is then claimed for each.
    Split,
}

/// Every home that the answer covers is claimed, by a choice that covers it, and no other.
pub(super) fn claims(
    said: &[Vec<Claim>],
    homes: &[BTreeMap<u32, Vec<u32>>],
    sent: Sent,
) -> Checked {
    if said.len() != homes.len() {
        return reject("there are claims for more or fewer promises than there are");
    }
    for (claims, homes) in said.iter().zip(homes) {
        let mut left: BTreeMap<u32, Vec<u32>> = homes.clone();
        for &(point, site, _) in claims {
            let Some(may) = left.get_mut(&point) else {
                return reject(format!("demand point {point} is claimed twice, or not covered"));
            };
            let Some(at) = may.iter().position(|&other| other == site) else {
                return reject(format!("demand point {point} is not within reach of site {site}"));
            };
            if sent == Sent::Split {
                may.swap_remove(at);
            } else {
                may.clear();
            }
            if may.is_empty() {
                left.remove(&point);
            }
        }
        if let Some((point, _)) = left.first_key_value() {
            return reject(format!("demand point {point} is covered, but not claimed"));
        }
    }
    Ok(())
}

/// What the summary must come to.
pub(super) struct Figures<'a> {
    pub(super) proof: &'a Proof,
    /// Sites that open.
    pub(super) sites: usize,
    /// What they cost, in thousandths.
    pub(super) cost: i64,
    /// Millionths of a person newly covered.
    pub(super) newly: i64,
}

/// The figures of the summary follow from the answer; who is covered today is for the study to say.
pub(super) fn figures(said: &PlanSummary, found: &Figures) -> Checked {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (1.0 + b.abs());
    let newly = Persons::from_micro(found.newly).count();
    let after = said.covered_before + newly;
    if !near(said.covered_after, after) {
        return reject(format!(
            "summary.covered_after is said to be {}, but is {after}",
            said.covered_after
        ));
    }
    let share = |part: f64| (said.persons > 0.0).then(|| part / said.persons);
    let summary = PlanSummary {
        status: found.proof.status.id().to_owned(),
        covered_after: said.covered_after,
        share_before: share(said.covered_before),
        share_after: share(said.covered_after),
        sites: found.sites,
        cost: found.cost as f64 / COST_UNIT as f64,
        optimality_gap: found.proof.gap,
        ..said.clone()
    };
    let in_range = |people: f64| people.is_finite() && people >= 0.0;
    if !in_range(said.persons) || !in_range(said.covered_before) {
        return reject("summary.persons or summary.covered_before is no number of people");
    }
    same("summary", said, &summary)
}
