//! Branch and bound over the decisions of a program.
//!
//! Best bound first (A. H. Land and A. G. Doig, "An automatic method of solving discrete programming problems",
//! Econometrica 28, 1960), each node bounded by multipliers of its relaxation. Work is counted in nodes and
//! iterations, never in seconds, so the same effort gives the same answer.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

use super::Program;
use super::model::multiplier;
use super::relaxation::{Iterate, Look, Relaxation};
use super::tree::{BranchTree, Leaf, TreeNode};

/// Knows what a plan is worth, apart from the program.
pub trait Judge {
    /// Value of a plan; `None` when it breaks a rule. `plan` holds the decisions.
    fn value(&self, plan: &[bool]) -> Option<i64>;
    /// An allowed plan near the decisions of a broken solution (0 to 1 each), if one is found.
    fn round(&self, guide: &[f64]) -> Option<Vec<bool>>;
}

/// Hears of better plans and bounds; may ask to stop.
pub trait Signal {
    /// A better plan or bound.
    fn improved(&self, value: Option<i64>, bound: i64, plan: &[bool]);
    /// Whether to stop.
    fn stop(&self) -> bool;
}

/// How much work is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Nodes of the branching tree at most.
    pub nodes: u64,
    /// Iterations on the relaxation at the root at most; a tenth of it at every other node.
    pub iterations: u64,
    /// Numbers a certificate may hold at most, which also bounds memory.
    pub proof_numbers: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self { nodes: 200_000, iterations: 20_000, proof_numbers: 20_000_000 }
    }
}

/// What the search ends with.
#[derive(Clone, Debug)]
pub struct Found {
    /// The best plan and its value.
    pub best: Option<(Vec<bool>, i64)>,
    /// No plan has a larger value; below every possible value when there is no plan.
    pub bound: i64,
    /// Whether the signal stopped it.
    pub stopped: bool,
    /// Whether the tree rules every plan out.
    pub infeasible: bool,
    /// What proves the bound.
    pub tree: BranchTree,
}

impl Found {
    /// Nothing, because a rule alone rules every plan out; needs no tree.
    pub fn refused() -> Self {
        Self { best: None, bound: 0, stopped: false, infeasible: true, tree: BranchTree::default() }
    }
}

struct Node {
    fixed: Vec<(u32, bool)>,
    multipliers: u32,
    start: Rc<Iterate>,
    place: u32,
}

struct Search<'a> {
    program: &'a Program,
    judge: &'a dyn Judge,
    relaxation: Relaxation,
    effort: Effort,
    unit: i64,
    floor: i64,
    best: Option<(Vec<bool>, i64)>,
    tree: BranchTree,
    numbers: u64,
}

enum Closed {
    Yes,
    No { bound: i64, start: Rc<Iterate>, branch: u32 },
}

/// Searches for the best plan. Values are multiples of `unit` (1 when nothing is known); `start` is a plan
/// known beforehand.
pub fn search(
    program: &Program,
    judge: &dyn Judge,
    (start, unit): (Option<Vec<bool>>, i64),
    effort: Effort,
    signal: &dyn Signal,
) -> Found {
    let floor = program.profits.iter().map(|&c| c.min(0)).sum::<i64>() - 1;
    let mut search = Search {
        program,
        judge,
        relaxation: Relaxation::new(program),
        effort,
        unit: unit.max(1),
        floor,
        best: None,
        tree: BranchTree::default(),
        numbers: 0,
    };
    if let Some(plan) = start {
        search.offer(plan);
    }
    search.run(signal)
}

impl Search<'_> {
    fn run(mut self, signal: &dyn Signal) -> Found {
        let nothing = self.keep(&[]);
        self.tree.nodes.push(TreeNode::Leaf(Leaf::Bounded(nothing)));
        let all = self.program.bound(&[], &[]).unwrap_or(i64::MAX);
        let start = Rc::new(self.relaxation.start());
        let mut nodes = vec![Node { fixed: vec![], multipliers: nothing, start, place: 0 }];
        let mut queue = BinaryHeap::from([(all, Reverse(0_usize))]);
        let (mut done, mut stopped, mut told) = (0_u64, false, i64::MAX);
        while let Some(&(bound, Reverse(id))) = queue.peek() {
            if bound <= self.threshold() {
                break;
            }
            stopped = signal.stop();
            if stopped || done >= self.effort.nodes || self.numbers >= self.effort.proof_numbers {
                break;
            }
            if bound < told && done > 0 {
                told = bound;
                self.tell(signal, bound);
            }
            queue.pop();
            done += 1;
            let before = self.value();
            match self.close(&mut nodes[id], bound, signal) {
                Closed::Yes => {}
                Closed::No { bound, start, branch } => {
                    self.split(&mut nodes, id, (branch, &start, bound), &mut queue);
                }
            }
            if self.value() > before {
                let open = queue.peek().map_or(self.threshold(), |&(bound, _)| bound);
                self.tell(signal, open.max(self.value()));
            }
        }
        let open = queue.peek().map_or(i64::MIN, |&(bound, _)| bound);
        let bound = open.max(self.best.as_ref().map_or(self.floor, |best| best.1));
        let infeasible = self.best.is_none() && open <= self.floor;
        Found { best: self.best, bound, stopped, infeasible, tree: self.tree }
    }

    fn tell(&self, signal: &dyn Signal, bound: i64) {
        match &self.best {
            Some((plan, value)) => signal.improved(Some(*value), bound, plan),
            None => signal.improved(None, bound, &[]),
        }
    }

    fn value(&self) -> i64 {
        self.best.as_ref().map_or(self.floor, |best| best.1)
    }

    /// A node whose bound is no more than this holds nothing better.
    fn threshold(&self) -> i64 {
        match &self.best {
            Some((_, value)) => value + self.unit - 1,
            None => self.floor,
        }
    }

    fn offer(&mut self, plan: Vec<bool>) {
        if let Some(value) = self.judge.value(&plan)
            && self.best.as_ref().is_none_or(|best| value > best.1)
        {
            self.best = Some((plan, value));
        }
    }

    /// Keeps multipliers for the proof; returns their position.
    fn keep(&mut self, multipliers: &[i64]) -> u32 {
        let sparse: Vec<(u32, i64)> = multipliers
            .iter()
            .enumerate()
            .filter(|&(_, &k)| k > 0)
            .map(|(row, &k)| (row as u32, k))
            .collect();
        self.numbers += sparse.len() as u64 + 1;
        self.tree.multipliers.push(sparse);
        self.tree.multipliers.len() as u32 - 1
    }

    fn split(
        &mut self,
        nodes: &mut Vec<Node>,
        id: usize,
        (branch, start, bound): (u32, &Rc<Iterate>, i64),
        queue: &mut BinaryHeap<(i64, Reverse<usize>)>,
    ) {
        let first = self.tree.nodes.len() as u32;
        let place = nodes[id].place as usize;
        self.tree.nodes[place] = TreeNode::Branch { decision: branch, zero: first, one: first + 1 };
        let multipliers = nodes[id].multipliers;
        for (side, one) in [false, true].into_iter().enumerate() {
            self.tree.nodes.push(TreeNode::Leaf(Leaf::Bounded(multipliers)));
            let mut fixed = nodes[id].fixed.clone();
            fixed.push((branch, one));
            let place = first + side as u32;
            queue.push((bound, Reverse(nodes.len())));
            nodes.push(Node { fixed, multipliers, start: Rc::clone(start), place });
        }
        nodes[id].fixed = Vec::new();
    }

    /// Bounds a node; closes it when nothing better is in it.
    fn close(&mut self, node: &mut Node, inherited: i64, signal: &dyn Signal) -> Closed {
        let mut fixed = vec![None; self.program.variables()];
        for &(decision, one) in &node.fixed {
            fixed[decision as usize] = Some(one);
        }
        if node.fixed.len() == self.program.decisions() {
            return self.complete(node, &fixed);
        }
        let (last, multipliers, bound) = self.bound(node, &fixed, signal);
        let bound = bound.min(inherited);
        if bound < inherited || node.place == 0 {
            node.multipliers = self.keep(&multipliers);
            self.tree.nodes[node.place as usize] = TreeNode::Leaf(Leaf::Bounded(node.multipliers));
        }
        let solution = self.relaxation.solution(&last);
        let guide = &solution[..self.program.decisions()];
        if bound > self.threshold()
            && let Some(plan) = self.judge.round(guide)
        {
            self.offer(plan);
        }
        if bound <= self.threshold() {
            return Closed::Yes;
        }
        let open = (0..guide.len()).filter(|&decision| fixed[decision].is_none());
        let branch = open.max_by(|&a, &b| {
            let broken = |at: usize| guide[at].min(1.0 - guide[at]);
            broken(a).total_cmp(&broken(b)).then(b.cmp(&a))
        });
        match branch {
            Some(branch) => Closed::No { bound, start: Rc::new(last), branch: branch as u32 },
            None => self.complete(node, &fixed),
        }
    }

    fn complete(&mut self, node: &Node, fixed: &[Option<bool>]) -> Closed {
        let decisions = &fixed[..self.program.decisions()];
        self.offer(decisions.iter().map(|&one| one == Some(true)).collect());
        self.tree.nodes[node.place as usize] = TreeNode::Leaf(Leaf::Complete);
        Closed::Yes
    }

    /// The best multipliers found at a node, the last iterate, and the exact bound.
    fn bound(
        &mut self,
        node: &Node,
        fixed: &[Option<bool>],
        signal: &dyn Signal,
    ) -> (Iterate, Vec<i64>, i64) {
        let root = node.fixed.is_empty();
        let most = if root { self.effort.iterations } else { self.effort.iterations / 10 };
        let mut best: Option<(f64, Vec<f64>)> = None;
        let mut next_round = 80;
        let profits: f64 = self.program.profits.iter().map(|&c| c.max(0) as f64).sum();
        let relaxation = std::mem::take(&mut self.relaxation);
        let last = relaxation.run(&node.start, fixed, &mut |iterate: &Iterate, look: &Look| {
            if best.as_ref().is_none_or(|best| look.dual < best.0) {
                best = Some((look.dual, relaxation.multipliers(iterate)));
            }
            if root && look.iterations >= next_round {
                next_round *= 2;
                let solution = relaxation.solution(iterate);
                if let Some(plan) = self.judge.round(&solution[..self.program.decisions()]) {
                    self.offer(plan);
                }
            }
            let target = self.threshold() as f64 + 0.5;
            // Multipliers that prove the rows impossible prove any bound when there are enough of them.
            let times = (profits - target + 1.0) / -look.ray * 1.01;
            if look.ray < 0.0 && times < 1e5 {
                let many = relaxation.multipliers(iterate).iter().map(|m| m * times).collect();
                best = Some((target - 1.0, many));
                return true;
            }
            let lowest = best.as_ref().map_or(f64::INFINITY, |best| best.0);
            let size = 1.0 + lowest.abs();
            let pulled = lowest < target - 1e-9 * size;
            let settled = (lowest - look.primal).abs() < 1e-6 * size && look.excess < 1e-6;
            let hopeless = look.excess < 1e-3
                && look.primal - 10.0 * (lowest - look.primal).abs() > target
                && !root;
            pulled || settled || hopeless || look.iterations >= most || signal.stop()
        });
        self.relaxation = relaxation;
        let mut multipliers = best.map_or_else(Vec::new, |best| best.1);
        self.program.polish(&mut multipliers, fixed, 2);
        let whole: Vec<i64> = multipliers.iter().map(|&m| multiplier(m)).collect();
        let bound = self.program.bound(&whole, &node.fixed).unwrap_or(i64::MAX);
        (last, whole, bound)
    }
}
