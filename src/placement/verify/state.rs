//! Which sites are decided on the way through the branch tree, and what the rules say then.

use crate::ids::{Id, SiteId};
use crate::placement::instance::{CoverInstance, SiteStatus};
use crate::placement::problem::{CoverProblem, Objective};

/// What is decided of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Open,
    Inside,
    Outside,
}

/// Whether `row` can matter: it is not settled, and must be covered or weighs something.
fn counts(instance: &CoverInstance, problem: &CoverProblem, row: usize) -> bool {
    let all = matches!(problem.objective, Objective::CoverAll { .. });
    !instance.is_settled(row) && (all || instance.weight(row) > 0)
}

/// Decisions with what the rules count, undone in reverse.
pub(super) struct State<'a> {
    pub(super) instance: &'a CoverInstance,
    pub(super) problem: &'a CoverProblem,
    sides: Vec<Side>,
    row_left: Vec<bool>,
    groups_of: Vec<Vec<u32>>,
    conflicts_of: Vec<Vec<u32>>,
    group_inside: Vec<u32>,
    group_left: Vec<u32>,
    count: u64,
    cost: i64,
    trail: Vec<SiteId>,
}

impl<'a> State<'a> {
    /// All sites that may be chosen open, all others outside.
    pub(super) fn new(instance: &'a CoverInstance, problem: &'a CoverProblem) -> Self {
        let sides: Vec<Side> = instance
            .sites()
            .map(|site| if instance.is_open_to_choice(site) { Side::Open } else { Side::Outside })
            .collect();
        let rules = &problem.rules;
        let (mut groups_of, mut conflicts_of) = (Vec::new(), Vec::new());
        if !rules.groups.is_empty() {
            groups_of = vec![Vec::new(); sides.len()];
            for (group, rule) in rules.groups.iter().enumerate() {
                for site in &rule.sites {
                    groups_of[site.index()].push(group as u32);
                }
            }
        }
        if !rules.conflicts.is_empty() {
            conflicts_of = vec![Vec::new(); sides.len()];
            for (pair, (a, b)) in rules.conflicts.iter().enumerate() {
                conflicts_of[a.index()].push(pair as u32);
                conflicts_of[b.index()].push(pair as u32);
            }
        }
        let left = |sites: &Vec<SiteId>| {
            sites.iter().filter(|site| sides[site.index()] == Side::Open).count() as u32
        };
        let group_left = rules.groups.iter().map(|rule| left(&rule.sites)).collect();
        Self {
            instance,
            problem,
            row_left: (0..instance.row_count()).map(|row| counts(instance, problem, row)).collect(),
            groups_of,
            conflicts_of,
            group_inside: vec![0; rules.groups.len()],
            group_left,
            count: 0,
            cost: 0,
            trail: Vec::new(),
            sides,
        }
    }

    pub(super) fn side(&self, site: SiteId) -> Side {
        self.sides[site.index()]
    }

    pub(super) fn is_open(&self, site: SiteId) -> bool {
        self.sides.get(site.index()) == Some(&Side::Open)
    }

    pub(super) fn is_left(&self, row: u32) -> bool {
        self.row_left.get(row as usize) == Some(&true)
    }

    pub(super) fn drop_row(&mut self, row: u32) {
        self.row_left[row as usize] = false;
    }

    /// The open sites that cover `row`.
    pub(super) fn open_sites(&self, row: u32) -> impl Iterator<Item = SiteId> + '_ {
        let sites = self.instance.sites_of(row as usize).iter().map(|&site| SiteId(site));
        sites.filter(|site| self.side(*site) == Side::Open)
    }

    /// Decides that `site` is inside for good; its rows need no more cover.
    pub(super) fn require(&mut self, site: SiteId) {
        debug_assert!(self.instance.status(site) != SiteStatus::Forbidden);
        self.decide(site, Side::Inside);
        for &row in self.instance.rows_of(site) {
            self.row_left[row as usize] = false;
        }
    }

    fn groups(&self, site: SiteId) -> &[u32] {
        self.groups_of.get(site.index()).map_or(&[], Vec::as_slice)
    }

    fn conflicts(&self, site: SiteId) -> &[u32] {
        self.conflicts_of.get(site.index()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn in_group(&self, site: SiteId) -> bool {
        !self.groups(site).is_empty()
    }

    pub(super) fn in_conflict(&self, site: SiteId) -> bool {
        !self.conflicts(site).is_empty()
    }

    /// How many decisions there are.
    pub(super) fn depth(&self) -> usize {
        self.trail.len()
    }

    /// Decides an open site.
    pub(super) fn decide(&mut self, site: SiteId, to: Side) {
        self.sides[site.index()] = to;
        self.trail.push(site);
        for at in 0..self.groups(site).len() {
            let group = self.groups_of[site.index()][at] as usize;
            match to {
                Side::Inside => self.group_inside[group] += 1,
                _ => self.group_left[group] -= 1,
            }
        }
        if to == Side::Inside {
            self.count += 1;
            self.cost += self.instance.cost(site);
        }
    }

    /// Takes back all but the first `depth` decisions.
    pub(super) fn undo_to(&mut self, depth: usize) {
        while self.trail.len() > depth
            && let Some(site) = self.trail.pop()
        {
            let side = std::mem::replace(&mut self.sides[site.index()], Side::Open);
            for at in 0..self.groups(site).len() {
                let group = self.groups_of[site.index()][at] as usize;
                match side {
                    Side::Inside => self.group_inside[group] -= 1,
                    _ => self.group_left[group] += 1,
                }
            }
            if side == Side::Inside {
                self.count -= 1;
                self.cost -= self.instance.cost(site);
            }
        }
    }

    /// Whether a rule breaks at once when the open `site` does not go `to` that side.
    pub(super) fn must_be(&self, site: SiteId, to: Side) -> bool {
        let rules = &self.problem.rules;
        if to == Side::Inside {
            let groups = self.groups(site).iter().map(|&group| group as usize);
            let needed =
                groups.into_iter().any(|group| self.group_left[group] <= rules.groups[group].min);
            return needed
                || self.instance.rows_of(site).iter().any(|&row| self.only_site(row, site));
        }
        rules.max_sites.is_some_and(|allowed| self.count >= u64::from(allowed))
            || rules.budget.is_some_and(|budget| self.cost + self.instance.cost(site) > budget)
            || self.conflicts(site).iter().any(|&pair| {
                let (a, b) = rules.conflicts[pair as usize];
                (a != site && self.side(a) == Side::Inside)
                    || (b != site && self.side(b) == Side::Inside)
            })
            || self
                .groups(site)
                .iter()
                .any(|&group| self.group_inside[group as usize] >= rules.groups[group as usize].max)
    }

    fn only_site(&self, row: u32, site: SiteId) -> bool {
        matches!(self.problem.objective, Objective::CoverAll { .. })
            && self
                .instance
                .sites_of(row as usize)
                .iter()
                .all(|&other| other == site.0 || self.side(SiteId(other)) == Side::Outside)
    }

    pub(super) fn row_unreached(&self, row: u32) -> bool {
        matches!(self.problem.objective, Objective::CoverAll { .. })
            && (row as usize) < self.row_left.len()
            && !self.instance.is_settled(row as usize)
            && self
                .instance
                .sites_of(row as usize)
                .iter()
                .all(|&site| self.side(SiteId(site)) == Side::Outside)
    }

    pub(super) fn over_count(&self) -> bool {
        self.problem.rules.max_sites.is_some_and(|allowed| self.count > u64::from(allowed))
    }

    pub(super) fn over_budget(&self) -> bool {
        self.problem.rules.budget.is_some_and(|budget| self.cost > budget)
    }

    pub(super) fn conflict_broken(&self, pair: usize) -> bool {
        self.problem.rules.conflicts.get(pair).is_some_and(|&(a, b)| {
            a != b && self.side(a) == Side::Inside && self.side(b) == Side::Inside
        })
    }

    pub(super) fn group_broken(&self, group: usize) -> bool {
        self.problem.rules.groups.get(group).is_some_and(|rule| {
            self.group_inside[group] > rule.max || self.group_left[group] < rule.min
        })
    }

    pub(super) fn target_missed(&self) -> bool {
        let Objective::CoverWeight { target, .. } = self.problem.objective else { return false };
        let left: Vec<SiteId> =
            self.instance.sites().filter(|site| self.side(*site) != Side::Outside).collect();
        self.instance.covered_weight(&left) < target
    }
}
