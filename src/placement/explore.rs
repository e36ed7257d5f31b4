//! Branch and bound on what the reductions leave, noting a proof as it goes.
//!
//! At each node: what the rules fix, multipliers improved from the parent's, reduced-cost fixing, then a branch on the
//! site the averaged relaxed solution is least sure of, the side with the site first. Every decision rests on
//! whole-number bounds, so the notes are a certificate as they stand. When the work ends, the nodes still open
//! become leaves with the bound they have, and the least of those is the bound of the whole.

use super::certificate::{Certificate, Multipliers, ProofNode};
use super::dual::{Dual, Proven, SideRule};
use super::effort::Effort;
use super::finder::Finder;
use super::instance::CoverInstance;
use super::ledger::Ledger;
use super::model::{COVERED, DEAD, Fate, Kind, Model};
use super::problem::{CoverProblem, Objective};
use super::solution::{Improvement, optimality_gap};
use crate::ids::SiteId;

/// Steps at the root between two looks at the search, and at most.
const ROOT_STEPS: (usize, usize) = (60, 4000);
/// Steps at a node, in rounds.
const NODE_STEPS: (usize, usize) = (40, 5);
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
    maximizes: bool,
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
            maximizes: problem.maximizes(),
            root_weight: model.weight.clone(),
            first_row: vec![0; model.class_count()],
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
        for (row, class) in classes.iter().enumerate().rev() {
            if let Some(first) = self.first_row.get_mut(*class as usize) {
                *first = row as u32;
            }
        }
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
            match self.propagate(&start.model) {
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
        fixed.iter().for_each(|(site, fate)| fates[*site] = *fate);
        let named = fixed
            .iter()
            .map(|(site, fate)| (SiteId(start.model.sites[*site]), *fate == Fate::Inside));
        self.nodes[slot as usize] = ProofNode::Propagate { sites: named.collect(), then: 0 };
        self.shrink_to(slot, start, &fates, added)
    }

    /// What the rules fix at once, or the rule that leaves nothing.
    fn propagate(&mut self, model: &Model) -> Result<Vec<(usize, Fate)>, ProofNode> {
        let rules = self.ledger.rules();
        if self.ledger.is_broken() {
            return Err(self.broken_rule());
        }
        if model.kind == Kind::All
            && let Some(class) = model.place.iter().position(|place| *place == DEAD)
        {
            return Err(ProofNode::RowUnreached { row: self.first_row[class] });
        }
        if model.kind == Kind::Target {
            let reachable: i64 = model.weight.iter().sum();
            if model.covered + reachable < self.target {
                return Err(ProofNode::TargetMissed);
            }
        }
        if self.ledger.places_left().is_some_and(|left| left == 0 && model.site_count() > 0) {
            return Ok((0..model.site_count()).map(|site| (site, Fate::Outside)).collect());
        }
        let mut fixed = Vec::new();
        for (group, rule) in rules.groups.iter().enumerate() {
            let free: Vec<usize> = rule
                .sites
                .iter()
                .filter_map(|site| model.sites.binary_search(&site.0).ok())
                .collect();
            let left = self.ledger.in_group(group) + free.len() as u32;
            if left < rule.min {
                return Err(ProofNode::GroupCount { group: group as u32 });
            }
            let full = self.ledger.in_group(group) == rule.max;
            if !free.is_empty() && (full || left == rule.min) {
                // One site at a time: each may change what the rules say of the others.
                fixed.push((free[0], if full { Fate::Outside } else { Fate::Inside }));
                return Ok(self.unless_forbidden(model, fixed));
            }
        }
        for site in 0..model.site_count() {
            if !self.ledger.allows(model.sites[site], model.cost[site]) {
                fixed.push((site, Fate::Outside));
            }
        }
        if fixed.is_empty()
            && model.kind == Kind::All
            && let Some(class) =
                (0..model.class_count() as u32).find(|class| model.sites_of.get(*class).len() == 1)
        {
            fixed.push((model.sites_of.get(class)[0] as usize, Fate::Inside));
        }
        Ok(self.unless_forbidden(model, fixed))
    }

    /// The rule that the sites inside break.
    fn broken_rule(&self) -> ProofNode {
        if self.ledger.is_over_count() {
            return ProofNode::OverCount;
        }
        if self.ledger.is_over_budget() {
            return ProofNode::OverBudget;
        }
        let rules = self.ledger.rules();
        let has = |site: SiteId| self.inside.contains(&site.0);
        if let Some(pair) = rules.conflicts.iter().position(|(a, b)| has(*a) && has(*b)) {
            return ProofNode::Conflict { conflict: pair as u32 };
        }
        let over = |group: &usize| self.ledger.in_group(*group) > rules.groups[*group].max;
        let group = (0..rules.groups.len()).find(over).unwrap_or(0) as u32;
        ProofNode::GroupCount { group }
    }

    /// A site that one rule puts inside and another outside goes outside: the first rule then ends the node.
    fn unless_forbidden(&self, model: &Model, mut fixed: Vec<(usize, Fate)>) -> Vec<(usize, Fate)> {
        if let [(site, Fate::Inside)] = fixed[..]
            && !self.ledger.allows(model.sites[site], model.cost[site])
        {
            fixed[0].1 = Fate::Outside;
        }
        fixed
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
        let sign = if self.maximizes { -1 } else { 1 };
        let best = self.finder.best();
        let value = best.as_ref().map(|(_, value)| sign * *value);
        let low = low.map(|low| self.rounded(low));
        if let Some(low) = low {
            self.finder.note_bound(low);
        }
        let Some(low) = self.finder.bound() else { return };
        let least = best.as_ref().map_or(low, |(_, value)| low.min(*value));
        let bound = sign * least;
        let gap = value.map_or(1.0, |value| optimality_gap(self.maximizes, value, bound));
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
    fn search(&mut self, at_root: bool) {
        let spent = std::mem::take(&mut self.work).max(1000);
        let mut more = spent;
        let limit = if at_root { u64::MAX } else { self.effort.spent() / 2 };
        if self.finder.idle() < limit.max(2_000_000) {
            let before = self.finder.work();
            if self.finder.run(spent) {
                self.tell(None);
            }
            more += self.finder.work() - before;
        }
        self.stopped |= !self.effort.spend(more);
    }

    fn bound_node(&mut self, slot: u32, start: &mut Start, at: (usize, usize)) -> (Next, Proven) {
        let (depth, rounds) = at;
        let at_root = depth == 0 && slot == 0;
        let model = std::mem::replace(&mut start.model, empty_model());
        let given = (std::mem::take(&mut start.share), start.prices.as_slice());
        let mut dual = Dual::new(&model, &self.ledger, given, self.scale, self.target);
        let proven = self.improve(&mut dual, at_root);
        self.work += std::mem::take(&mut dual.work);
        if self.suggested < self.effort.spent() / 10 {
            let before = self.effort.spent();
            self.suggest(&model, &dual.mean);
            self.suggested += self.effort.spent() - before;
        }
        self.search(at_root);
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
    fn improve(&mut self, dual: &mut Dual<'_>, at_root: bool) -> Proven {
        let (steps, most) =
            if at_root { ROOT_STEPS } else { (NODE_STEPS.0, NODE_STEPS.0 * NODE_STEPS.1) };
        let (mut done, mut stalls) = (0, 0);
        let mut best: Option<Proven> = None;
        loop {
            let goal = self.goal();
            let aim = goal.map_or(dual.low() + dual.low().abs() * 0.02 + 1.0, |goal| {
                goal as f64 / self.scale as f64 + self.step as f64 * 0.01
            });
            let before = dual.low();
            if before < aim && !self.stopped {
                dual.improve(steps, aim);
            }
            done += steps;
            let proven = dual.proven();
            if best.as_ref().is_none_or(|best| proven.low > best.low) {
                best = Some(proven);
            }
            let low = best.as_ref().map_or(i128::MIN, |best| best.low);
            if at_root {
                self.suggest(dual.model(), &dual.mean);
                self.tell(Some(low));
                self.work += std::mem::take(&mut dual.work);
                self.search(true);
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

    /// Makes `slot` a leaf with the better of its own bound and its parent's.
    fn leave_open(
        &mut self,
        slot: u32,
        parent: Option<(Multipliers, i128)>,
        found: (&Model, &Proven),
    ) {
        let (model, proven) = found;
        let (multipliers, low) = match parent {
            Some((set, low)) if low >= proven.low => (self.note(set), low),
            _ => (self.note_whole(model, proven), proven.low),
        };
        self.nodes[slot as usize] = ProofNode::Bounded { multipliers };
        let low = self.rounded(low);
        self.open = Some(self.open.map_or(low, |open| open.min(low)));
    }

    fn note_whole(&mut self, model: &Model, proven: &Proven) -> u32 {
        let set = self.spread(model, proven);
        self.note(set)
    }

    fn note(&mut self, mut set: Multipliers) -> u32 {
        while set.rows.last() == Some(&0) {
            set.rows.pop();
        }
        self.noted += set.rows.len() as u64 + 10;
        self.sets.push(set);
        self.sets.len() as u32 - 1
    }

    /// A set over the root's classes: what a class of the model has is spread over the root classes in it.
    fn spread(&self, model: &Model, proven: &Proven) -> Multipliers {
        let unit = match model.kind {
            Kind::Gain => self.scale,
            Kind::Target => proven.set.target,
            Kind::All => 0,
        };
        let mut left = proven.set.rows.clone();
        let mut row = |(place, weight): (&u32, &i64)| {
            let whole = weight.saturating_mul(unit);
            match *place {
                COVERED => 0,
                DEAD => whole,
                class => {
                    let left = &mut left[class as usize];
                    let own = if model.kind == Kind::All { *left } else { whole.min(*left) };
                    *left -= own;
                    own
                }
            }
        };
        let mut rows: Vec<i64> = model.place.iter().zip(&self.root_weight).map(&mut row).collect();
        rows.push(self.unreached.saturating_mul(unit));
        Multipliers { rows, ..proven.set.clone() }
    }
}

/// What reduced costs say of a site: with it the other way nothing better is left.
fn fate_of(reduced: i128, low: i128, goal: Option<i128>) -> Fate {
    match goal {
        Some(goal) if reduced >= 0 && low + reduced >= goal => Fate::Outside,
        Some(goal) if reduced < 0 && low - reduced >= goal => Fate::Inside,
        _ => Fate::Free,
    }
}

/// The site whose averaged relaxed value is nearest to one half; ties by smaller reduced cost, then id.
fn least_sure(mean: &[f64], reduced: &[i128]) -> usize {
    let doubt = |site: usize| (mean[site].min(1.0 - mean[site]) * 50.0).round() as i64;
    (0..mean.len()).min_by_key(|&site| (-doubt(site), reduced[site], site)).unwrap_or(0)
}

fn empty_model() -> Model {
    use super::model::Csr;
    Model {
        kind: Kind::Gain,
        sites: Vec::new(),
        price: Vec::new(),
        cost: Vec::new(),
        rows_of: Csr::new(),
        sites_of: Csr::new(),
        weight: Vec::new(),
        place: Vec::new(),
        base: 0,
        covered: 0,
    }
}

/// Multipliers to start from: a feasible dual when all must be covered, else a share of each weight.
fn first_share(model: &Model) -> Vec<f64> {
    if model.kind != Kind::All {
        return vec![0.6; model.class_count()];
    }
    let part = |site: &u32| {
        model.price[*site as usize] as f64 / model.rows_of.get(*site).len().max(1) as f64
    };
    (0..model.class_count() as u32)
        .map(|class| model.sites_of.get(class).iter().map(part).fold(f64::INFINITY, f64::min))
        .collect()
}

/// How many times the real multipliers the whole numbers are: as fine as sums allow.
fn scale_of(instance: &CoverInstance, model: &Model) -> i64 {
    let prices: i64 = model.price.iter().map(|price| price.saturating_abs()).sum::<i64>().max(1);
    match model.kind {
        Kind::Gain => {
            ((1 << 60) / instance.total_weight().saturating_add(prices)).clamp(1, 1 << 20)
        }
        Kind::All => ((1 << 60) / prices).clamp(1, 1 << 24),
        Kind::Target => ((1 << 60) / prices).clamp(1, 1 << 44),
    }
}

/// What every value is a multiple of.
fn step_of(instance: &CoverInstance, problem: &CoverProblem) -> i64 {
    let mut step = 0_u64;
    let mut with = |value: i64| {
        let (mut a, mut b) = (step, value.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        step = a;
    };
    for site in instance.sites() {
        with(super::reduce::price_of(instance, problem.objective, site));
    }
    if problem.maximizes() {
        (0..instance.row_count())
            .filter(|row| !instance.is_settled(*row))
            .for_each(|row| with(instance.weight(row)));
    }
    step.max(1) as i64
}
