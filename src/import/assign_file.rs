//! `solution.json` of problems where everybody goes to the nearest site (p-median, p-center).

use serde::{Deserialize, Serialize};

use crate::ids::{Id, SiteId};
use crate::placement::{AssignError, AssignInstance, AssignSolution, SiteStatus};
use crate::units::WalkTime;

use super::hash::text_sha256;
use super::plan_file::{Choice, ChosenSite, PlanAsk};

/// What the file says it is.
pub const ASSIGN_FORMAT: &str = "walkshed-assignment";
/// The version of the format: 2 since all places among which was chosen are listed; 1 is read too.
pub const ASSIGN_FORMAT_VERSION: u32 = 2;
/// Pairs of row and site that an instance may have: all of them are in the file.
pub const ASSIGN_PAIRS_MAX: usize = 20_000_000;

/// An assignment plan on disk; it holds the whole instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssignFile {
    /// [`ASSIGN_FORMAT`].
    pub format: String,
    /// [`ASSIGN_FORMAT_VERSION`].
    pub format_version: u32,
    /// Hash of the study, or of the instance file.
    pub study_hash: String,
    /// What was asked, as it was asked; the cutoff of the rule is the longest walk that was looked at.
    pub ask: PlanAsk,
    /// The figures a reader wants first; every one can be recomputed from the rest.
    pub summary: AssignSummary,
    /// The chosen sites by number; `gain_persons` is who goes there.
    pub sites: Vec<ChosenSite>,
    /// Where each row goes, by row: the chosen site (`null` for what is open today), time in milliseconds. Rows
    /// that nobody serves are not there.
    pub claims: Vec<(u32, Option<u32>, u32)>,
    /// Demand points without any way on foot to a candidate or to what is open; they are in no row.
    pub left_out: Vec<u32>,
    /// The places among which was chosen, as the sites of the instance; empty for a published instance.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// What was solved.
    pub instance: AssignRecord,
    /// The answer: problem, chosen sites, value, bound, status, certificate.
    pub solution: AssignSolution,
    /// SHA-256 over question, places and instance ([`super::plan_file::seal`]); empty in version 1.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seal: String,
    /// Where the numbers come from.
    #[serde(default)]
    pub provenance: serde_json::Value,
}

/// The figures of an assignment plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AssignSummary {
    /// `optimal`, `feasible`, `infeasible`, `cancelled`, `unsolved`.
    pub status: String,
    /// What walks are counted in: `min`, or `distance` for a published instance.
    pub unit: String,
    /// Everybody in the rows.
    pub persons: f64,
    /// Walks today.
    pub before: WalkFigures,
    /// Walks with the plan.
    pub after: WalkFigures,
    /// Sites to open.
    pub sites: usize,
    /// Relative distance between value and bound; 0 is proven optimal.
    pub optimality_gap: f64,
}

/// How far people walk to the nearest site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WalkFigures {
    /// People with a site.
    pub served: f64,
    /// Their mean walk; `null` when there is nobody.
    pub mean: Option<f64>,
    /// The longest walk of anybody; `null` when there is nobody.
    pub longest: Option<f64>,
}

impl WalkFigures {
    /// The walks to the nearest of `chosen` and what exists; `people` weights are one person, `walk`
    /// milliseconds one unit.
    pub fn of(instance: &AssignInstance, chosen: &[SiteId], (people, walk): (f64, f64)) -> Self {
        let (mut served, mut sum, mut longest) = (0_i64, 0_i128, None);
        for (row, time) in instance.nearest(chosen).into_iter().enumerate() {
            let weight = instance.weight(row);
            if let Some(time) = time.reached().filter(|_| weight > 0) {
                served += weight;
                sum += i128::from(weight) * i128::from(time.as_ms());
                longest = longest.max(Some(time.as_ms()));
            }
        }
        Self {
            served: served as f64 / people,
            mean: (served > 0).then(|| sum as f64 / served as f64 / walk),
            longest: longest.map(|ms| f64::from(ms) / walk),
        }
    }
}

/// An assignment instance on disk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AssignRecord {
    /// What weights are counted in: `milli-persons` or `demand`.
    pub weight_unit: String,
    /// SHA-256 over weights, statuses, existing times and lists in their canonical text.
    pub fingerprint: String,
    /// Weight of each row.
    pub weights: Vec<i64>,
    /// Number of the demand point of each row; empty for a published instance.
    pub points: Vec<u32>,
    /// Id of each site.
    pub sites: Vec<String>,
    /// Sites that are not free: position and what may be done with them.
    pub statuses: Vec<(u32, SiteStatus)>,
    /// Time of each row to the nearest existing site in milliseconds, `null` without one; empty when nobody has
    /// one.
    pub existing: Vec<Option<u32>>,
    /// By row, the sites that are nearer than the nearest existing one: site and milliseconds, nearest first.
    pub walks: Vec<Vec<(u32, u32)>>,
}

impl AssignRecord {
    /// The record of `instance`, whose sites are called `sites`.
    pub fn of(instance: &AssignInstance, weight_unit: &str, sites: Vec<String>) -> Self {
        let rows = 0..instance.row_count();
        let existing: Vec<Option<u32>> = rows
            .clone()
            .map(|row| instance.existing_time(row).reached().map(WalkTime::as_ms))
            .collect();
        let statuses = (0..instance.site_count())
            .map(|site| (site as u32, instance.status(SiteId::from_index(site))))
            .filter(|entry| entry.1 != SiteStatus::Free);
        let walks = rows.clone().map(|row| {
            instance.walks(row).iter().map(|walk| (walk.site.0, walk.ms)).collect::<Vec<_>>()
        });
        Self {
            weight_unit: weight_unit.to_owned(),
            fingerprint: assign_fingerprint(instance),
            weights: rows.clone().map(|row| instance.weight(row)).collect(),
            points: Vec::new(),
            sites,
            statuses: statuses.collect(),
            existing: if existing.iter().all(Option::is_none) { Vec::new() } else { existing },
            walks: walks.collect(),
        }
    }

    /// The instance.
    ///
    /// # Errors
    /// When the numbers do not fit together.
    pub fn build(&self) -> Result<AssignInstance, AssignError> {
        let count = self.sites.len();
        let mut statuses = vec![SiteStatus::Free; count];
        for &(site, status) in &self.statuses {
            if let Some(known) = statuses.get_mut(site as usize) {
                *known = status;
            }
        }
        let mut columns: Vec<Vec<(u32, WalkTime)>> = vec![Vec::new(); count];
        for (row, list) in self.walks.iter().enumerate() {
            for &(site, ms) in list {
                if let Some(column) = columns.get_mut(site as usize) {
                    column.push((row as u32, WalkTime::from_ms(ms)));
                }
            }
        }
        if let Some(first) = statuses.iter().position(|&s| s == SiteStatus::Existing) {
            let times = self.existing.iter().enumerate();
            let known = times.filter_map(|(row, ms)| Some((row as u32, WalkTime::from_ms((*ms)?))));
            columns[first] = known.collect();
        }
        let mut builder = AssignInstance::builder(self.weights.clone())?;
        for (column, status) in columns.iter().zip(statuses) {
            builder.add_site(column, status)?;
        }
        builder.build()
    }
}

/// SHA-256 over the instance: statuses, then weight, existing time and walks of each row.
pub fn assign_fingerprint(instance: &AssignInstance) -> String {
    let mut text = String::with_capacity(instance.pair_count() * 12 + 64);
    let push = |text: &mut String, number: i64| {
        text.push_str(&number.to_string());
        text.push(' ');
    };
    for site in 0..instance.site_count() {
        push(&mut text, instance.status(SiteId::from_index(site)) as i64);
    }
    for row in 0..instance.row_count() {
        text.push('\n');
        push(&mut text, instance.weight(row));
        push(&mut text, i64::from(instance.existing_time(row).as_ms()));
        for walk in instance.walks(row) {
            push(&mut text, i64::from(walk.site.0));
            push(&mut text, i64::from(walk.ms));
        }
    }
    text_sha256(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_comes_back_from_its_record_as_it_was() {
        let far = WalkTime::UNREACHABLE;
        let time = WalkTime::from_ms;
        let table = [time(5), time(9), time(7), far, far, far, time(0), time(2), far];
        let statuses = [SiteStatus::Free, SiteStatus::Required, SiteStatus::Existing];
        let instance = AssignInstance::from_table(&table, vec![3, 0, 2], &statuses).unwrap();
        let record = AssignRecord::of(&instance, "demand", vec![String::new(); 3]);
        assert_eq!(record.build().unwrap(), instance);
        assert_eq!(record.fingerprint, assign_fingerprint(&record.build().unwrap()));
        let mut other = record.clone();
        other.walks[2][1].1 = 3;
        assert_ne!(assign_fingerprint(&other.build().unwrap()), record.fingerprint);
    }

    #[test]
    fn figures_leave_out_who_is_not_served_and_who_is_nobody() {
        let time = WalkTime::from_ms;
        let table = [time(10), time(90), WalkTime::UNREACHABLE, time(40)];
        let free = [SiteStatus::Free];
        let instance = AssignInstance::from_table(&table, vec![3, 0, 2, 1], &free).unwrap();
        let found = WalkFigures::of(&instance, &[SiteId(0)], (1.0, 10.0));
        assert_eq!(found, WalkFigures { served: 4.0, mean: Some(1.75), longest: Some(4.0) });
        assert_eq!(WalkFigures::of(&instance, &[], (1.0, 1.0)), WalkFigures::default());
    }
}
