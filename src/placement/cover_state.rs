//! A set of chosen sites on a model with what each move would change, kept up to date move by move.

use super::ledger::Ledger;
use super::model::Model;

/// Chosen sites, how often each class is covered, and what adding or removing each site would change.
#[derive(Clone)]
pub(super) struct CoverState<'m, 'r> {
    pub(super) model: &'m Model,
    pub(super) ledger: Ledger<'r>,
    /// Weight of a class in the search (not always the model's own).
    pub(super) weight: Vec<i64>,
    pub(super) chosen: Vec<bool>,
    count: Vec<u32>,
    /// Exclusive or of the chosen sites of a class: the only one when there is one.
    only: Vec<u32>,
    /// Weight a site not chosen would newly cover.
    pub(super) gain: Vec<i64>,
    /// Weight only this chosen site covers.
    pub(super) loss: Vec<i64>,
    pub(super) covered: i64,
    pub(super) work: u64,
}

impl<'m, 'r> CoverState<'m, 'r> {
    pub(super) fn new(model: &'m Model, ledger: Ledger<'r>) -> Self {
        let sites = model.site_count();
        let gain = (0..sites as u32)
            .map(|site| {
                model.rows_of.get(site).iter().map(|&class| model.weight[class as usize]).sum()
            })
            .collect();
        Self {
            model,
            ledger,
            weight: model.weight.clone(),
            chosen: vec![false; sites],
            count: vec![0; model.class_count()],
            only: vec![0; model.class_count()],
            gain,
            loss: vec![0; sites],
            covered: 0,
            work: model.rows_of.pairs() as u64,
        }
    }

    pub(super) fn allows(&self, site: usize) -> bool {
        !self.chosen[site] && self.ledger.allows(self.model.sites[site], self.model.cost[site])
    }

    pub(super) fn leaves_room(&self, site: usize) -> bool {
        self.ledger.leaves_room(self.model.sites[site])
    }

    pub(super) fn add(&mut self, site: usize) {
        let model = self.model;
        self.chosen[site] = true;
        self.ledger.add(model.sites[site], model.cost[site]);
        self.loss[site] = 0;
        for &class in model.rows_of.get(site as u32) {
            let at = class as usize;
            let weight = self.weight[at];
            self.count[at] += 1;
            self.only[at] ^= site as u32;
            match self.count[at] {
                1 => {
                    self.covered += weight;
                    self.loss[site] += weight;
                    let sites = model.sites_of.get(class);
                    for &other in sites {
                        self.gain[other as usize] -= weight;
                    }
                    self.work += sites.len() as u64;
                }
                2 => self.loss[(self.only[at] ^ site as u32) as usize] -= weight,
                _ => {}
            }
        }
        self.work += model.rows_of.get(site as u32).len() as u64;
    }

    pub(super) fn remove(&mut self, site: usize) {
        let model = self.model;
        self.chosen[site] = false;
        self.ledger.remove(model.sites[site], model.cost[site]);
        for &class in model.rows_of.get(site as u32) {
            let at = class as usize;
            let weight = self.weight[at];
            self.count[at] -= 1;
            self.only[at] ^= site as u32;
            match self.count[at] {
                0 => {
                    self.covered -= weight;
                    let sites = model.sites_of.get(class);
                    for &other in sites {
                        self.gain[other as usize] += weight;
                    }
                    self.work += sites.len() as u64;
                }
                1 => self.loss[self.only[at] as usize] += weight,
                _ => {}
            }
        }
        self.loss[site] = 0;
        self.work += model.rows_of.get(site as u32).len() as u64;
    }

    /// Raises the weight of an uncovered class by one.
    pub(super) fn raise(&mut self, class: u32) {
        self.weight[class as usize] += 1;
        for &site in self.model.sites_of.get(class) {
            self.gain[site as usize] += 1;
        }
        self.work += self.model.sites_of.get(class).len() as u64;
    }

    pub(super) fn is_covered(&self, class: u32) -> bool {
        self.count[class as usize] > 0
    }

    /// The chosen sites, in order.
    pub(super) fn plan(&self) -> Vec<usize> {
        (0..self.chosen.len()).filter(|&site| self.chosen[site]).collect()
    }

    /// Makes `plan` (sorted) the chosen sites.
    pub(super) fn become_plan(&mut self, plan: &[usize]) {
        for site in self.plan() {
            if plan.binary_search(&site).is_err() {
                self.remove(site);
            }
        }
        for &site in plan {
            if !self.chosen[site] {
                self.add(site);
            }
        }
    }
}
