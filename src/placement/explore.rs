//! Branch and bound on what the reductions leave, noting a proof as it goes.
//!
//! At each node: what the rules fix, multipliers improved from the parent's, reduced-cost fixing, then a branch on the
//! site the averaged relaxed solution is least sure of, the side with the site first. Every decision rests on
//! whole-number bounds, so the notes are a certificate as they stand. When the work ends, the nodes still open
//! become leaves with the bound they have, and the least of those is the bound of the whole.

mod notes;

use super::certificate::{Certificate, Multipliers, ProofNode};
use super::dual::{Dual, Proven};
use super::effort::Effort;
use super::finder::Finder;
use super::instance::CoverInstance;
use super::ledger::Ledger;
use super::model::{Fate, Kind, Model};
use super::outlook::{
    Outlook, Place, empty_model, fate_of, first_rows, first_share, least_sure, scale_of, step_of,
};
use super::problem::{CoverProblem, Objective};
use super::side_rows::SideRule;
use super::solution::{Improvement, optimality_gap};
use crate::ids::SiteId;

/// Steps at the root between two looks at the search, and at most.
const ROOT_STEPS: (usize, usize) = (60, 4000);
/// Steps at a node, in rounds.
const NODE_STEPS: (usize, usize) = (40, 5);
/// Work of the search between two looks at whether to stop.
const SEARCH_PIECE: u64 = 20_000_000;
/// Work on a bound between two such looks.
const BOUND_PIECE: usize = 400_000_000;
/// Most whole numbers that a certificate may hold.
const PROOF_LIMIT: u64 = 60_000_000;
/// Deepest nesting of branches taken.
const DEEPEST: usize = 400;

/// What the exploration found out.
pub(super) struct Explored {
    pub(super) certificate: Certificate,
    /// The least value any plan can have, as a minimum; `None` when no plan is left.
    pub(super) bound: Option<i64>,
    /// Whether no node was left open.
    pub(super) complete: bool,
}

/// What a node starts from.
struct Start {
    model: Model,
    share: Vec<f64>,
    prices: Vec<(SideRule, f64)>,
    /// What the parent proved, with the bound of this side of the branch.
    parent: Option<(Multipliers, i128)>,
}

/// Branch and bound.
pub(super) struct Explorer<'a, 'e> {
    instance: &'a CoverInstance,
    target: i64,
    problem: &'a CoverProblem,
    root_weight: Vec<i64>,
    /// A row of each root class.
    first_row: Vec<u32>,
    unreached: i64,
    scale: i64,
    step: i64,
    ledger: Ledger<'a>,
    inside: Vec<u32>,
    finder: Finder<'a>,
    effort: &'a mut Effort<'e>,
    nodes: Vec<ProofNode>,
    sets: Vec<Multipliers>,
    noted: u64,
    work: u64,
    /// Least bound of the open leaves, in steps of value; `None` while there is none.
    open: Option<i64>,
    stopped: bool,
    /// Work spent on suggestions.
    suggested: u64,
}

/// What a node came to.
enum Next {
    Leaf,
    Go(Vec<Fate>),
    Branch(usize),
}

impl<'a, 'e> Explorer<'a, 'e> {
    pub(super) fn new(
        instance: &'a CoverInstance,
        problem: &'a CoverProblem,
        (model, unreached): (&Model, i64),
        (ledger, inside): (Ledger<'a>, Vec<u32>),
        (finder, effort): (Finder<'a>, &'a mut Effort<'e>),
    ) -> Self {
        let target = match problem.objective {
            Objective::CoverWeight { target, .. } => target,
            _ => 0,
        };
        Self {
            instance,
            target,
            problem,
            root_weight: model.weight.clone(),
            first_row: Vec::new(),
            unreached,
            scale: scale_of(instance, model),
            step: step_of(instance, problem),
            ledger,
            inside,
            finder,
            effort,
            nodes: Vec::new(),
            sets: Vec::new(),
            noted: 0,
            work: 0,
            open: None,
            stopped: false,
            suggested: 0,
        }
    }

    /// Explores everything below `model`, or as much as the work allows.
    pub(super) fn run(mut self, model: Model, classes: Vec<u32>) -> (Explored, Finder<'a>) {
        let share = first_share(&model);
        self.first_row = first_rows(&classes, self.root_weight.len());
        self.reserve();
        self.explore(0, Start { model, share, prices: Vec::new(), parent: None }, 0);
        let best = self.finder.value();
        let bound = match (self.open, best) {
            (Some(open), Some(best)) => Some(open.min(best)),
            (open, best) => open.or(best),
        };
        let certificate = Certificate {
            scale: self.scale,
            reductions: Vec::new(),
            classes,
            multipliers: self.sets,
            nodes: self.nodes,
        };
        (Explored { certificate, bound, complete: self.open.is_none() }, self.finder)
    }

    fn reserve(&mut self) -> u32 {
        self.nodes.push(ProofNode::OverCount);
        self.nodes.len() as u32 - 1
    }

    /// The least bound, times the scale, that proves that nothing better is left.
    fn goal(&mut self) -> Option<i128> {
        let value = self.finder.value()?;
        Some((i128::from(value) - i128::from(self.step)) * i128::from(self.scale) + 1)
    }

    fn explore(&mut self, slot: u32, start: Start, depth: usize) {
        let (mut slot, mut start) = (slot, start);
        let (inside, mut added) = (self.inside.len(), Vec::new());
        let mut rounds = 0;
        loop {
            match self.outlook().propagate(&start.model) {
                Err(leaf) => {
                    self.nodes[slot as usize] = leaf;
                    break;
                }
                Ok(fates) if !fates.is_empty() => {
                    slot = self.fix_by_rules(slot, &mut start, &fates, &mut added);
                    continue;
                }
                Ok(_) => {}
            }
            let enough = match start.model.kind {
                Kind::Gain => start.model.site_count() == 0,
                Kind::All => start.model.class_count() == 0,
                Kind::Target => start.model.covered >= self.target,
            };
            if enough {
                self.offer();
            }
            let (next, proven) = self.bound_node(slot, &mut start, (depth, rounds));
            rounds += 1;
            match next {
                Next::Leaf => break,
                Next::Go(fates) => {
                    slot = self.shrink_to(slot, &mut start, &fates, &mut added);
                }
                Next::Branch(site) => {
                    slot = self.branch(slot, &mut start, site, (depth, &proven));
                    rounds = 0;
                }
            }
        }
        for id in added {
            self.ledger.remove(id, self.instance.cost(SiteId(id)));
        }
        self.inside.truncate(inside);
    }

    /// Explores the inside of a branch; returns the slot of its outside, of which `start` becomes the start.
    fn branch(&mut self, slot: u32, start: &mut Start, site: usize, at: (usize, &Proven)) -> u32 {
        let (depth, proven) = at;
        let (inside, outside) = (self.reserve(), self.reserve());
        let id = start.model.sites[site];
        self.nodes[slot as usize] = ProofNode::Branch { site: SiteId(id), inside, outside };
        let set = self.spread(&start.model, proven);
        let reduced = proven.reduced[site];
        let mut fates = vec![Fate::Free; start.model.site_count()];
        fates[site] = Fate::Inside;
        let (model, share) = start.model.shrunk(&fates, &start.share);
        let low = proven.low + reduced.max(0);
        let prices = start.prices.clone();
        self.ledger.add(id, self.instance.cost(SiteId(id)));
        self.inside.push(id);
        let parent = Some((set.clone(), low));
        self.explore(inside, Start { model, share, prices, parent }, depth + 1);
        self.inside.pop();
        self.ledger.remove(id, self.instance.cost(SiteId(id)));
        fates[site] = Fate::Outside;
        let (model, share) = start.model.shrunk(&fates, &start.share);
        start.model = model;
        start.share = share;
        start.parent = Some((set, proven.low - reduced.min(0)));
        outside
    }

    fn take_inside(&mut self, model: &Model, fates: &[Fate], added: &mut Vec<u32>) {
        for (site, _) in fates.iter().enumerate().filter(|(_, fate)| **fate == Fate::Inside) {
            let id = model.sites[site];
            self.ledger.add(id, self.instance.cost(SiteId(id)));
            self.inside.push(id);
            added.push(id);
        }
    }

    fn shrink_to(
        &mut self,
        slot: u32,
        start: &mut Start,
        fates: &[Fate],
        added: &mut Vec<u32>,
    ) -> u32 {
        self.take_inside(&start.model, fates, added);
        let (model, share) = start.model.shrunk(fates, &start.share);
        self.work += start.model.rows_of.pairs() as u64 * 2;
        (start.model, start.share) = (model, share);
        let next = self.reserve();
        if let ProofNode::Fix { then, .. } | ProofNode::Propagate { then, .. } =
            &mut self.nodes[slot as usize]
        {
            *then = next;
        }
        next
    }

    fn fix_by_rules(
        &mut self,
        slot: u32,
        start: &mut Start,
        fixed: &[(usize, Fate)],
        added: &mut Vec<u32>,
    ) -> u32 {
        let mut fates = vec![Fate::Free; start.model.site_count()];
        for (site, fate) in fixed {
            fates[*site] = *fate;
        }
        let named = fixed
            .iter()
            .map(|(site, fate)| (SiteId(start.model.sites[*site]), *fate == Fate::Inside));
        self.nodes[slot as usize] = ProofNode::Propagate { sites: named.collect(), then: 0 };
        self.shrink_to(slot, start, &fates, added)
    }

    fn outlook(&self) -> Outlook<'_> {
        Outlook {
            ledger: &self.ledger,
            inside: &self.inside,
            first_row: &self.first_row,
            target: self.target,
        }
    }

    /// Offers the sites inside as a plan.
    fn offer(&mut self) {
        let mut plan: Vec<SiteId> = self.inside.iter().map(|&site| SiteId(site)).collect();
        plan.sort_unstable();
        if self.ledger.is_complete() && self.finder.offer_exact(&plan) {
            self.tell(None);
        }
    }

    fn tell(&mut self, low: Option<i128>) {
        let sign = if self.problem.maximizes() { -1 } else { 1 };
        let best = self.finder.best();
        let value = best.as_ref().map(|(_, value)| sign * *value);
        let low = low.map(|low| self.rounded(low));
        if let Some(low) = low {
            self.finder.note_bound(low);
        }
        let Some(low) = self.finder.bound() else { return };
        let least = best.as_ref().map_or(low, |(_, value)| low.min(*value));
        let bound = sign * least;
        let gap = value.map_or(1.0, |value| optimality_gap(self.problem, value, bound));
        let chosen = best.map(|(plan, _)| plan).unwrap_or_default();
        self.effort.monitor().improved(&Improvement { value, bound, gap, chosen: &chosen });
    }

    /// A bound times the scale as the least value it allows.
    fn rounded(&self, low: i128) -> i64 {
        let unit = i128::from(self.scale) * i128::from(self.step);
        let steps = low.div_euclid(unit) + i128::from(low.rem_euclid(unit) != 0);
        (steps * i128::from(self.step)).clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
    }

    /// Lets the search run for as much work as the bounds took since, and accounts for both.
    fn search(&mut self, place: Place) {
        let at_root = place == Place::Root;
        let spent = std::mem::take(&mut self.work).max(1000);
        let mut more = spent;
        let limit = if at_root { u64::MAX } else { self.effort.spent() / 2 };
        if self.finder.idle() < limit.max(2_000_000) {
            let before = self.finder.work();
            let until = before + if at_root { spent / 6 } else { spent };
            while self.finder.work() < until && self.effort.goes_on() {
                let now = self.finder.work();
                if self.finder.run((until - now).min(SEARCH_PIECE)) {
                    self.tell(None);
                }
                if self.finder.work() == now {
                    break;
                }
            }
            more += self.finder.work() - before;
        }
        self.stopped |= !self.effort.spend(more);
    }

    fn bound_node(&mut self, slot: u32, start: &mut Start, at: (usize, usize)) -> (Next, Proven) {
        let (depth, rounds) = at;
        let place = if slot == 0 { Place::Root } else { Place::Below };
        let model = std::mem::replace(&mut start.model, empty_model());
        let given = (std::mem::take(&mut start.share), start.prices.as_slice());
        let mut dual = Dual::new(&model, &self.ledger, given, self.scale, self.target);
        let proven = self.improve(&mut dual, place);
        self.work += std::mem::take(&mut dual.work);
        if self.suggested < self.effort.spent() / 10 {
            let before = self.effort.spent();
            self.suggest(&model, &dual.mean);
            self.suggested += self.effort.spent() - before;
        }
        self.search(place);
        let prices = dual.side_prices();
        let (mean, share) = (std::mem::take(&mut dual.mean), std::mem::take(&mut dual.share));
        start.share = share;
        start.prices = prices;
        let next =
            self.decide(slot, start.parent.take(), (&model, &proven, &mean), (depth, rounds));
        start.model = model;
        (next, proven)
    }

    /// Improves the bound while that pays.
    fn improve(&mut self, dual: &mut Dual<'_>, place: Place) -> Proven {
        let at_root = place == Place::Root;
        let (steps, most) =
            if at_root { ROOT_STEPS } else { (NODE_STEPS.0, NODE_STEPS.0 * NODE_STEPS.1) };
        let piece = BOUND_PIECE / dual.model().rows_of.pairs().max(1);
        let pieces = steps.div_ceil(piece.clamp(20, steps));
        let (mut done, mut stalls) = (0, 0);
        let mut best = dual.plain();
        loop {
            let goal = self.goal();
            let aim = goal.map_or(dual.low() + dual.low().abs() * 0.02 + 1.0, |goal| {
                goal as f64 / self.scale as f64 + self.step as f64 * 0.01
            });
            let before = dual.low();
            for _ in 0..pieces {
                if dual.low() < aim && !self.stopped && self.effort.goes_on() {
                    dual.improve(steps / pieces, aim);
                }
            }
            done += steps;
            let proven = dual.proven();
            if best.as_ref().is_none_or(|best| proven.low > best.low) {
                best = Some(proven);
            }
            let low = best.as_ref().map_or(i128::MIN, |best| best.low);
            if at_root {
                if self.suggested <= self.effort.spent() / 12 {
                    let before = self.effort.spent();
                    self.suggest(dual.model(), &dual.mean);
                    self.suggested += self.effort.spent() - before;
                }
                self.tell(Some(low));
                self.work += std::mem::take(&mut dual.work);
                self.search(place);
            }
            let small = if at_root { 0.01 } else { 0.1 };
            stalls = if dual.low() - before < small * (aim - before) { stalls + 1 } else { 0 };
            let enough = goal.is_some_and(|goal| low >= goal) || done >= most || stalls >= 3;
            if enough || self.stopped || !self.effort.goes_on() {
                self.stopped |= !self.effort.goes_on();
                return best.unwrap_or_else(|| dual.proven());
            }
        }
    }

    /// Offers the search what the averaged relaxed solution is surest of.
    fn suggest(&mut self, model: &Model, mean: &[f64]) {
        let Some(places) = self.ledger.places_left() else { return };
        let mut order: Vec<usize> = (0..mean.len()).collect();
        order.sort_by(|a, b| mean[*b].total_cmp(&mean[*a]).then(a.cmp(b)));
        order.truncate(places as usize);
        let inside = self.inside.iter().copied();
        let sites: Vec<u32> = inside.chain(order.iter().map(|&site| model.sites[site])).collect();
        let before = self.finder.work();
        let better = self.finder.suggest(&sites);
        self.stopped |= !self.effort.spend(self.finder.work() - before);
        if better {
            self.tell(None);
        }
    }

    /// What to do after bounding: a leaf, fixed sites, or a branch.
    fn decide(
        &mut self,
        slot: u32,
        parent: Option<(Multipliers, i128)>,
        found: (&Model, &Proven, &[f64]),
        at: (usize, usize),
    ) -> Next {
        let (model, proven, mean) = found;
        let (depth, rounds) = at;
        let goal = self.goal();
        if goal.is_some_and(|goal| proven.low >= goal) {
            let multipliers = self.note_whole(model, proven);
            self.nodes[slot as usize] = ProofNode::Bounded { multipliers };
            return Next::Leaf;
        }
        if self.stopped || depth >= DEEPEST || self.noted > PROOF_LIMIT || model.site_count() == 0 {
            self.stopped = true;
            self.leave_open(slot, parent, (model, proven));
            return Next::Leaf;
        }
        let fates: Vec<Fate> =
            proven.reduced.iter().map(|reduced| fate_of(*reduced, proven.low, goal)).collect();
        let fixed = fates.iter().filter(|fate| **fate != Fate::Free).count();
        let many = fixed * 10 >= fates.len();
        if fixed > 0 && (many || rounds == 0) {
            let multipliers = self.note_whole(model, proven);
            let named = fates.iter().enumerate().filter(|(_, fate)| **fate != Fate::Free);
            let sites: Vec<_> = named
                .map(|(site, fate)| (SiteId(model.sites[site]), *fate == Fate::Inside))
                .collect();
            self.noted += sites.len() as u64;
            self.nodes[slot as usize] = ProofNode::Fix { multipliers, sites, then: 0 };
            return Next::Go(fates);
        }
        Next::Branch(least_sure(mean, &proven.reduced))
    }
}
