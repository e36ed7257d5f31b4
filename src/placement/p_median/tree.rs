//! Branch and bound on sites inside and outside, with a proof of what it closes.

use std::rc::Rc;

use super::dual::{Bound, Patience, Rest, improve};
use super::model::{Model, unit};
use super::search::Plan;
use crate::ids::SiteId;
use crate::placement::assign_solution::{Budget, Proof};
use crate::placement::assignment::{AssignInstance, AssignProblem};
use crate::placement::certificate::ProofNode;

/// The best plan so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Best {
    /// Its cost; `None` while no plan serves everybody.
    pub(super) value: Option<i64>,
    /// Its model sites.
    pub(super) chosen: Vec<u32>,
}

/// A node to be worked on.
struct Open {
    place: u32,
    parent: Rc<Rest>,
    decisions: Vec<(u32, bool)>,
    prices: Rc<Vec<i64>>,
    /// List of the prices above in the proof, if kept there, and the bound they proved for the parent.
    kept: Option<u32>,
    value: i128,
}

/// A branch and bound run.
pub(super) struct Tree<'a, 'b> {
    instance: &'a AssignInstance,
    problem: &'a AssignProblem,
    model: &'a Model,
    unit: i64,
    pub(super) scale: i64,
    pub(super) budget: &'a mut Budget<'b>,
    pub(super) best: Best,
    pub(super) proof: Proof,
    /// The least bound of a node closed so far, scaled; `None` before the first.
    lowest: Option<i128>,
    /// The last bound told.
    told: i64,
}

impl<'a, 'b> Tree<'a, 'b> {
    pub(super) fn new(
        instance: &'a AssignInstance,
        problem: &'a AssignProblem,
        model: &'a Model,
        scale: i64,
        budget: &'a mut Budget<'b>,
    ) -> Self {
        Self {
            instance,
            problem,
            model,
            unit: unit(instance, problem),
            scale,
            budget,
            best: Best::default(),
            proof: Proof::default(),
            lowest: None,
            told: 0,
        }
    }

    /// Takes a plan when it serves everybody and is cheaper than the best.
    pub(super) fn offer(&mut self, plan: &Plan<'_>) {
        if self.best.value.is_some_and(|value| plan.cost() >= value) {
            return;
        }
        let ids = self.model.ids(plan.chosen());
        if let Some(value) = self.problem.value(self.instance, &ids)
            && self.best.value.is_none_or(|best| value < best)
        {
            self.best = Best { value: Some(value), chosen: plan.chosen().to_vec() };
            self.budget.tell(Some(value), self.told, &ids);
        }
    }

    /// What no cheaper plan can be below; a bound from here on closes a node. Scaled.
    fn roof(&self) -> i128 {
        let goal = match (self.best.value, self.model.served_below) {
            (Some(value), _) => value - self.unit,
            (None, Some(most)) => most - 1,
            (None, None) => i64::MAX / self.scale - 1,
        };
        i128::from(goal) * i128::from(self.scale) + 1
    }

    fn target(&self) -> i128 {
        self.roof() + i128::from(self.unit) * i128::from(self.scale)
    }

    /// Works through the tree; returns the bound proven for all plans, scaled.
    pub(super) fn run(&mut self, mut root: Rest, prices: Vec<i64>) -> i128 {
        let prices = better_start(&mut root, prices);
        let place = self.proof.reserve();
        let required = 0..self.model.site_count() as u32;
        let decisions = required
            .filter(|&site| self.model.required[site as usize])
            .map(|site| (site, true))
            .collect();
        let mut stack = vec![Open {
            place,
            parent: Rc::new(root),
            decisions,
            prices: Rc::new(prices),
            kept: None,
            value: 0,
        }];
        while let Some(open) = stack.pop() {
            if self.budget.is_over() {
                self.give_up(&open);
            } else {
                self.work_on(&open, &mut stack);
            }
            self.tell_bound(&stack);
        }
        self.lowest.unwrap_or_else(|| self.roof())
    }

    /// Closes a node with the prices it came with.
    fn give_up(&mut self, open: &Open) {
        if let Some(kept) = open.kept {
            self.close(open.place, kept, open.value);
            return;
        }
        let Some(mut rest) = open.parent.decided(&open.decisions) else {
            self.proof.fill(open.place, ProofNode::OverCount);
            return;
        };
        let mut prices = open.prices.to_vec();
        rest.clamp(&mut prices);
        let value = rest.evaluate(&prices);
        self.close_with(open.place, &prices, value);
    }

    fn close_with(&mut self, place: u32, prices: &[i64], value: i128) {
        let kept = self.proof.keep(self.model.spread(prices));
        self.close(place, kept, value);
    }

    fn close(&mut self, place: u32, multipliers: u32, value: i128) {
        self.proof.fill(place, ProofNode::Bounded { multipliers });
        self.lowest = Some(self.lowest.map_or(value, |lowest| lowest.min(value)));
    }

    fn work_on(&mut self, open: &Open, stack: &mut Vec<Open>) {
        let mut place = open.place;
        let mut prices = open.prices.to_vec();
        let mut patience = if open.kept.is_none() { Patience::ROOT } else { Patience::NODE };
        let mut next = open.parent.decided(&open.decisions);
        loop {
            let Some(mut rest) = next else {
                self.proof.fill(place, ProofNode::OverCount);
                return;
            };
            if let Some(exact) = rest.exact_prices() {
                self.try_all(&rest);
                let value = rest.evaluate(&exact);
                self.close_with(place, &exact, value);
                return;
            }
            let bound = self.bound(&mut rest, &prices, patience);
            if bound.value >= self.roof() {
                self.close_with(place, &bound.prices, bound.value);
                return;
            }
            let fixed = rest.fixed(bound.value, self.roof());
            let kept = self.proof.keep(self.model.spread(&bound.prices));
            prices = bound.prices;
            if !fixed.is_empty() {
                place = self.fix(place, kept, &fixed);
            }
            next = rest.decided(&fixed);
            let few = fixed.len() * 10 <= rest.free.len();
            if few && next.as_ref().is_some_and(|next| next.exact_prices().is_none()) {
                break;
            }
            patience = Patience::NODE;
        }
        let Some(mut rest) = next else { return };
        rest.clamp(&mut prices);
        let value = rest.evaluate(&prices);
        self.branch(place, (rest, prices), value, stack);
    }

    /// Notes sites as decided; returns the place of what is left.
    fn fix(&mut self, place: u32, multipliers: u32, fixed: &[(u32, bool)]) -> u32 {
        let then = self.proof.reserve();
        let id = |&(site, inside): &(u32, bool)| (self.model.sites[site as usize], inside);
        let sites = fixed.iter().map(id).collect();
        self.proof.fill(place, ProofNode::Fix { multipliers, sites, then });
        then
    }

    /// Improves the prices; now and then makes a plan of the sites the bound likes.
    fn bound(&mut self, rest: &mut Rest, prices: &[i64], patience: Patience) -> Bound {
        let roof = self.roof();
        let bound = improve(rest, prices, (roof, self.target()), patience, self.budget);
        if bound.value < roof {
            self.try_liked(rest);
        }
        bound
    }

    /// A plan of the inside sites and those the bound likes best, interchanged.
    fn try_liked(&mut self, rest: &Rest) {
        let mut chosen: Vec<u32> = rest.inside.clone();
        chosen.extend_from_slice(rest.least());
        let mut plan = Plan::new(self.model, &chosen);
        plan.fill(self.problem.max_sites as usize, self.budget);
        plan.interchange(0, self.budget);
        self.offer(&plan);
    }

    fn try_all(&mut self, rest: &Rest) {
        let mut chosen: Vec<u32> = rest.inside.clone();
        if rest.count >= rest.free.len() {
            chosen.extend_from_slice(&rest.free);
        }
        self.offer(&Plan::new(self.model, &chosen));
    }

    fn branch(
        &mut self,
        place: u32,
        (rest, prices): (Rest, Vec<i64>),
        value: i128,
        stack: &mut Vec<Open>,
    ) {
        let site = rest.doubtful();
        let kept = self.proof.keep(self.model.spread(&prices));
        let (inside, outside) = (self.proof.reserve(), self.proof.reserve());
        self.proof.fill(
            place,
            ProofNode::Branch { site: self.model.sites[site as usize], inside, outside },
        );
        let (parent, prices) = (Rc::new(rest), Rc::new(prices));
        for (place, decision) in [(outside, false), (inside, true)] {
            stack.push(Open {
                place,
                parent: Rc::clone(&parent),
                decisions: vec![(site, decision)],
                prices: Rc::clone(&prices),
                kept: Some(kept),
                value,
            });
        }
    }

    /// The bound proven so far, as a value.
    fn tell_bound(&mut self, stack: &[Open]) {
        let open = stack.iter().map(|open| open.value);
        let Some(lowest) = open.chain(self.lowest).min() else { return };
        let bound = self.as_value(lowest);
        if bound > self.told {
            self.told = bound;
            self.budget.tell(self.best.value, bound, &self.model.ids(&self.best.chosen));
        }
    }

    /// Whether a scaled bound closes the question.
    pub(super) fn proves(&self, lowest: i128) -> bool {
        lowest >= self.roof()
    }

    /// The best plan's sites, sorted.
    pub(super) fn ids(&self) -> Vec<SiteId> {
        self.model.ids(&self.best.chosen)
    }

    /// A scaled bound as a bound on values: rounded up to a value a plan can have, at most the best.
    pub(super) fn as_value(&self, scaled: i128) -> i64 {
        let step = i128::from(self.scale) * i128::from(self.unit);
        let bound = (scaled.max(0) + step - 1) / step * i128::from(self.unit);
        let most = self.best.value.or(self.model.served_below).unwrap_or(i64::MAX);
        i64::try_from(bound).unwrap_or(i64::MAX).min(most)
    }
}

/// These prices or, when they prove more, the time to the nearest site of all: never a bound below 0.
fn better_start(root: &mut Rest, mut prices: Vec<i64>) -> Vec<i64> {
    let nearest = root.nearest_prices();
    root.clamp(&mut prices);
    if root.evaluate(&prices) < root.evaluate(&nearest) { nearest } else { prices }
}
