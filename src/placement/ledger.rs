//! What the rules allow beside the sites chosen so far.

use super::problem::SiteRules;
use crate::ids::Id;

/// Counts of the chosen sites against the rules.
#[derive(Clone, Debug)]
pub(super) struct Ledger<'a> {
    rules: &'a SiteRules,
    groups_of: Vec<Vec<u32>>,
    rivals_of: Vec<Vec<u32>>,
    group_count: Vec<u32>,
    rivals: Vec<u32>,
    count: u32,
    cost: i64,
    /// How many more sites the groups' minima ask for.
    missing: u32,
    /// How many sites groups have beyond their maxima, and how many conflicts have both sites.
    excess: u32,
}

impl<'a> Ledger<'a> {
    /// Nothing chosen of `sites` sites.
    pub(super) fn new(rules: &'a SiteRules, sites: usize) -> Self {
        let mut groups_of = vec![Vec::new(); if rules.groups.is_empty() { 0 } else { sites }];
        for (group, rule) in rules.groups.iter().enumerate() {
            for site in &rule.sites {
                groups_of[site.index()].push(group as u32);
            }
        }
        let with_rivals = if rules.conflicts.is_empty() { 0 } else { sites };
        let mut rivals_of = vec![Vec::new(); with_rivals];
        for (a, b) in &rules.conflicts {
            rivals_of[a.index()].push(b.0);
            rivals_of[b.index()].push(a.0);
        }
        Self {
            rules,
            groups_of,
            rivals_of,
            group_count: vec![0; rules.groups.len()],
            rivals: vec![0; with_rivals],
            count: 0,
            cost: 0,
            missing: rules.groups.iter().map(|rule| rule.min).sum(),
            excess: 0,
        }
    }

    fn groups(&self, site: u32) -> &[u32] {
        self.groups_of.get(site as usize).map_or(&[], Vec::as_slice)
    }

    /// Notes that `site` of cost `cost` is chosen.
    pub(super) fn add(&mut self, site: u32, cost: i64) {
        self.count += 1;
        self.cost += cost;
        for at in 0..self.groups(site).len() {
            let group = self.groups_of[site as usize][at] as usize;
            self.group_count[group] += 1;
            self.missing -= u32::from(self.group_count[group] <= self.rules.groups[group].min);
            self.excess += u32::from(self.group_count[group] > self.rules.groups[group].max);
        }
        self.excess += self.rivals.get(site as usize).copied().unwrap_or(0);
        for at in 0..self.rivals_of.get(site as usize).map_or(0, Vec::len) {
            self.rivals[self.rivals_of[site as usize][at] as usize] += 1;
        }
    }

    /// Notes that `site` of cost `cost` is chosen no more.
    pub(super) fn remove(&mut self, site: u32, cost: i64) {
        self.count -= 1;
        self.cost -= cost;
        for at in 0..self.groups(site).len() {
            let group = self.groups_of[site as usize][at] as usize;
            self.missing += u32::from(self.group_count[group] <= self.rules.groups[group].min);
            self.excess -= u32::from(self.group_count[group] > self.rules.groups[group].max);
            self.group_count[group] -= 1;
        }
        for at in 0..self.rivals_of.get(site as usize).map_or(0, Vec::len) {
            self.rivals[self.rivals_of[site as usize][at] as usize] -= 1;
        }
        self.excess -= self.rivals.get(site as usize).copied().unwrap_or(0);
    }

    /// Whether `site` of cost `cost` can be added without breaking a rule at once.
    pub(super) fn allows(&self, site: u32, cost: i64) -> bool {
        self.rules.max_sites.is_none_or(|most| self.count < most)
            && self.rules.budget.is_none_or(|budget| self.cost + cost <= budget)
            && self.rivals.get(site as usize).is_none_or(|rivals| *rivals == 0)
            && self.groups(site).iter().all(|&group| {
                self.group_count[group as usize] < self.rules.groups[group as usize].max
            })
    }

    /// Whether `site` helps a group that has too few, or enough places stay for those groups without it.
    pub(super) fn leaves_room(&self, site: u32) -> bool {
        if self.missing == 0 {
            return true;
        }
        let helps = self
            .groups(site)
            .iter()
            .any(|&group| self.group_count[group as usize] < self.rules.groups[group as usize].min);
        helps || self.rules.max_sites.is_some_and(|most| self.count + self.missing < most)
    }

    /// Whether all groups have enough and no rule is broken.
    pub(super) fn is_complete(&self) -> bool {
        self.missing == 0 && !self.is_broken()
    }

    /// Whether the chosen sites break a rule that more sites cannot mend.
    pub(super) fn is_broken(&self) -> bool {
        self.excess > 0 || self.is_over_count() || self.is_over_budget()
    }

    /// Whether there are more sites than allowed.
    pub(super) fn is_over_count(&self) -> bool {
        self.rules.max_sites.is_some_and(|most| self.count > most)
    }

    /// Whether the sites cost more than the budget.
    pub(super) fn is_over_budget(&self) -> bool {
        self.rules.budget.is_some_and(|budget| self.cost > budget)
    }

    /// How many sites may still be added.
    pub(super) fn places_left(&self) -> Option<u32> {
        self.rules.max_sites.map(|most| most.saturating_sub(self.count))
    }

    /// How much may still be spent.
    pub(super) fn money_left(&self) -> Option<i64> {
        self.rules.budget.map(|budget| budget - self.cost)
    }

    /// How many of `group` are chosen.
    pub(super) fn in_group(&self, group: usize) -> u32 {
        self.group_count[group]
    }

    /// The rules.
    pub(super) const fn rules(&self) -> &'a SiteRules {
        self.rules
    }
}
