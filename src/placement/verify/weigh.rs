//! The bound a multiplier set gives under the decisions taken so far, in exact integers.

use std::collections::BTreeMap;

use super::plan::price;
use super::rejection::Rejection;
use super::state::{Side, State};
use crate::ids::{Id, SiteId};
use crate::placement::certificate::{Certificate, Multipliers};
use crate::placement::instance::CoverInstance;
use crate::placement::problem::{CoverProblem, Objective};

/// How many sets are kept weighed at a time.
const KEPT: usize = 32;

/// A multiplier set summed up: the constant with the rows' part, and each site's reduced cost.
struct Weighed {
    constant: i128,
    reduced: Vec<i128>,
}

/// Weighs multiplier sets.
pub(super) struct Weighing<'a> {
    certificate: &'a Certificate,
    /// The classes of each site in a flat list, and where each site's begin.
    classes: Vec<u32>,
    begin: Vec<usize>,
    weights: Vec<i128>,
    unclassed: i128,
    claim: Option<i128>,
    step: i128,
    kept: BTreeMap<usize, Weighed>,
}

impl<'a> Weighing<'a> {
    /// Checks classes and multiplier sets.
    pub(super) fn new(
        state: &State<'_>,
        certificate: &'a Certificate,
        claim: Option<i128>,
    ) -> Result<Self, Rejection> {
        let instance = state.instance;
        let rows = instance.row_count();
        let found = certificate.classes.len();
        if found != rows && found != 0 {
            return Err(Rejection::WrongClassCount { found, rows });
        }
        let class_of = |row: usize| certificate.classes.get(row).copied().unwrap_or(row as u32);
        let count = (0..rows).map(class_of).filter(|class| *class != Certificate::NO_CLASS).max();
        let count = count.map_or(0, |last| last as usize + 1);
        if count > rows {
            return Err(Rejection::WrongClassCount { found: count, rows });
        }
        let mut first = vec![usize::MAX; count];
        let (mut class, mut weights, mut unclassed) =
            (vec![Certificate::NO_CLASS; rows], vec![0; count], 0);
        for row in (0..rows).filter(|row| !instance.is_settled(*row)) {
            let weight = i128::from(instance.weight(row));
            let own = class_of(row);
            if own == Certificate::NO_CLASS {
                unclassed += weight;
                continue;
            }
            weights[own as usize] += weight;
            let head = &mut first[own as usize];
            if *head == usize::MAX {
                *head = row;
                class[row] = own;
            } else if !same_sites(state, *head, row) {
                return Err(Rejection::UnequalClass { row });
            }
        }
        for (set, multipliers) in certificate.multipliers.iter().enumerate() {
            check_set(state.problem, set, multipliers, count)?;
        }
        let step = value_step(instance, state.problem);
        let (mut classes, mut begin) = (Vec::new(), vec![0]);
        for site in instance.sites() {
            if state.side(site) != Side::Outside {
                let own = instance.rows_of(site).iter().map(|&row| class[row as usize]);
                classes.extend(own.filter(|class| *class != Certificate::NO_CLASS));
            }
            begin.push(classes.len());
        }
        Ok(Self {
            certificate,
            classes,
            begin,
            weights,
            unclassed,
            claim,
            step,
            kept: BTreeMap::new(),
        })
    }

    /// The lower bound of the set under the decisions of `state`.
    pub(super) fn bound(
        &mut self,
        state: &State<'_>,
        node: usize,
        set: usize,
    ) -> Result<i128, Rejection> {
        if set >= self.certificate.multipliers.len() {
            return Err(Rejection::DanglingNode { node });
        }
        if !self.kept.contains_key(&set) {
            if self.kept.len() >= KEPT {
                self.kept.pop_first();
            }
            let weighed = self.weigh(state, &self.certificate.multipliers[set]);
            self.kept.insert(set, weighed);
        }
        let weighed = &self.kept[&set];
        let part = |site: SiteId| match state.side(site) {
            Side::Inside => weighed.reduced[site.index()],
            Side::Open => weighed.reduced[site.index()].min(0),
            Side::Outside => 0,
        };
        Ok(weighed.constant + state.instance.sites().map(part).sum::<i128>())
    }

    /// The reduced cost of a site under a set that was weighed just before.
    pub(super) fn reduced(&self, set: usize, site: usize) -> i128 {
        self.kept.get(&set).map_or(0, |weighed| weighed.reduced[site])
    }

    /// Whether a lower bound of the set proves the claim.
    pub(super) fn proves(&self, set: usize, low: i128) -> bool {
        if self.certificate.multipliers[set].objective == 0 {
            return low > 0;
        }
        let unit = i128::from(self.certificate.scale) * self.step;
        let steps = low.div_euclid(unit) + i128::from(low.rem_euclid(unit) != 0);
        self.claim.is_some_and(|claim| steps * self.step >= claim)
    }

    fn weigh(&self, state: &State<'_>, set: &Multipliers) -> Weighed {
        let (instance, problem) = (state.instance, state.problem);
        let rules = &problem.rules;
        let unit = i128::from(self.certificate.scale) * i128::from(set.objective);
        let mut constant = 0_i128;
        let row_of = |class: usize| i128::from(set.rows.get(class).copied().unwrap_or(0));
        match problem.objective {
            Objective::CoverAll { .. } => {
                constant += (0..self.weights.len()).map(row_of).sum::<i128>();
            }
            Objective::MostWeight => constant += self.rows_part(unit, row_of),
            Objective::CoverWeight { target, .. } => {
                let price = i128::from(set.target);
                constant += price * i128::from(target) + self.rows_part(price, row_of);
            }
        }
        constant -= i128::from(set.count) * i128::from(rules.max_sites.unwrap_or(0));
        constant -= i128::from(set.budget) * i128::from(rules.budget.unwrap_or(0));
        let mut reduced: Vec<i128> = instance
            .sites()
            .map(|site| {
                let own = match problem.objective {
                    Objective::MostWeight => -i128::from(instance.bonus(site)),
                    Objective::CoverAll { payment } | Objective::CoverWeight { payment, .. } => {
                        i128::from(price(instance, payment, site))
                    }
                };
                let own_classes =
                    &self.classes[self.begin[site.index()]..self.begin[site.index() + 1]];
                own * unit - own_classes.iter().map(|&class| row_of(class as usize)).sum::<i128>()
                    + i128::from(set.count)
                    + i128::from(set.budget) * i128::from(instance.cost(site))
            })
            .collect();
        for &(group, price) in &set.maxima {
            let rule = &rules.groups[group as usize];
            constant -= i128::from(price) * i128::from(rule.max);
            rule.sites.iter().for_each(|site| reduced[site.index()] += i128::from(price));
        }
        for &(group, price) in &set.minima {
            let rule = &rules.groups[group as usize];
            constant += i128::from(price) * i128::from(rule.min);
            rule.sites.iter().for_each(|site| reduced[site.index()] -= i128::from(price));
        }
        for &(pair, price) in &set.conflicts {
            let (a, b) = rules.conflicts[pair as usize];
            constant -= i128::from(price);
            reduced[a.index()] += i128::from(price);
            reduced[b.index()] += i128::from(price);
        }
        Weighed { constant, reduced }
    }

    /// The least the rows can bring when a unit of weight is worth `price`.
    fn rows_part(&self, price: i128, row_of: impl Fn(usize) -> i128) -> i128 {
        let classes = self.weights.iter().enumerate();
        let part = |(class, weight): (usize, &i128)| (row_of(class) - price * weight).min(0);
        classes.map(part).sum::<i128>() - price * self.unclassed
    }
}

fn same_sites(state: &State<'_>, one: usize, other: usize) -> bool {
    let left = |row: usize| {
        let sites = state.instance.sites_of(row).iter().map(|&site| SiteId(site));
        sites.filter(|site| state.side(*site) != Side::Outside)
    };
    left(one).eq(left(other))
}

fn check_set(
    problem: &CoverProblem,
    set: usize,
    multipliers: &Multipliers,
    classes: usize,
) -> Result<(), Rejection> {
    if multipliers.objective > 1 {
        return Err(Rejection::BadObjective { set });
    }
    let rules = &problem.rules;
    let all = [&multipliers.maxima, &multipliers.minima, &multipliers.conflicts];
    let mut values = multipliers
        .rows
        .iter()
        .chain([&multipliers.count, &multipliers.budget, &multipliers.target])
        .chain(all.into_iter().flatten().map(|(_, value)| value));
    if values.any(|value| *value < 0) {
        return Err(Rejection::NegativeMultiplier { set });
    }
    let in_range =
        |list: &[(u32, i64)], count: usize| list.iter().all(|(index, _)| (*index as usize) < count);
    let known = multipliers.rows.len() <= classes
        && (multipliers.count == 0 || rules.max_sites.is_some())
        && (multipliers.budget == 0 || rules.budget.is_some())
        && (multipliers.target == 0 || matches!(problem.objective, Objective::CoverWeight { .. }))
        && in_range(&multipliers.maxima, rules.groups.len())
        && in_range(&multipliers.minima, rules.groups.len())
        && in_range(&multipliers.conflicts, rules.conflicts.len());
    if known { Ok(()) } else { Err(Rejection::UnknownRule { set }) }
}

/// What every value is a multiple of.
fn value_step(instance: &CoverInstance, problem: &CoverProblem) -> i128 {
    let divisor = match problem.objective {
        Objective::MostWeight => {
            let rows = (0..instance.row_count()).filter(|row| !instance.is_settled(*row));
            let weights = rows.map(|row| instance.weight(row));
            let bonuses = instance.sites().map(|site| instance.bonus(site));
            weights.chain(bonuses).fold(0, divisor)
        }
        Objective::CoverAll { payment } | Objective::CoverWeight { payment, .. } => {
            instance.sites().map(|site| price(instance, payment, site)).fold(0, divisor)
        }
    };
    i128::from(divisor.max(1))
}

fn divisor(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
