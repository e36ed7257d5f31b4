//! Branch and bound for one covering problem: a cover, or the proof that there is none.

use std::rc::Rc;

use super::bound::{Rest, SCALE, improve};
use super::cover::{Cover, greedy_cover, minimal_rows};
use crate::ids::SiteId;
use crate::placement::assign_solution::{AssignCertificate, Budget, Proof};
use crate::placement::certificate::ProofNode;

/// Whether few enough sites cover all rows.
pub(super) enum Answer {
    /// They do.
    Plan(Vec<SiteId>),
    /// They cannot.
    NoPlan(AssignCertificate),
    /// The budget was over first.
    Unknown,
}

/// A node to be worked on.
struct Open {
    place: u32,
    parent: Rc<(Rest, Vec<i64>)>,
    decisions: Vec<(u32, bool)>,
    inside: Vec<u32>,
}

struct Tree<'a, 'b> {
    cover: &'a Cover,
    budget: &'a mut Budget<'b>,
    proof: Proof,
    stack: Vec<Open>,
}

/// Decides whether the cover exists; reduces it first.
pub(super) fn decide(cover: &mut Cover, budget: &mut Budget<'_>) -> Answer {
    if let Some(plan) = cover.greedy() {
        return Answer::Plan(plan);
    }
    cover.reduce();
    let sites = cover.sites.len();
    let mut used = vec![false; sites];
    for &site in cover.sites_of.iter().flatten() {
        used[site as usize] = true;
    }
    let free: Vec<u32> = (0..sites as u32).filter(|&site| used[site as usize]).collect();
    let root = Rest {
        rows: (0..cover.rows.len() as u32).collect(),
        sites_of: cover.sites_of.clone(),
        free,
        count: cover.count,
        sums: vec![0; sites],
        order: Vec::new(),
    };
    let prices = root.packing();
    let mut tree = Tree { cover, budget, proof: Proof::default(), stack: Vec::new() };
    let place = tree.proof.reserve();
    let parent = Rc::new((root, prices));
    tree.stack.push(Open { place, parent, decisions: Vec::new(), inside: Vec::new() });
    while let Some(open) = tree.stack.pop() {
        if tree.budget.is_over() {
            return Answer::Unknown;
        }
        if let Some(chosen) = tree.work_on(open) {
            return Answer::Plan(cover.plan(&chosen));
        }
    }
    Answer::NoPlan(tree.proof.certificate(SCALE, cover.dominated.clone()))
}

impl Tree<'_, '_> {
    /// Works on a node; returns the sites of a cover when it finds one.
    fn work_on(&mut self, open: Open) -> Option<Vec<u32>> {
        let Open { mut place, parent, decisions, mut inside } = open;
        let is_root = decisions.is_empty();
        let first = self.decided(&parent.0, &parent.1, &decisions);
        let Some((mut rest, mut prices)) = first else {
            self.proof.fill(place, ProofNode::OverCount);
            return None;
        };
        loop {
            if rest.rows.is_empty() {
                return Some(inside);
            }
            if let Some(row) = rest.sites_of.iter().position(Vec::is_empty) {
                let row = self.cover.rows[rest.rows[row] as usize];
                self.proof.fill(place, ProofNode::RowUnreached { row });
                return None;
            }
            if let Some(row) = rest.sites_of.iter().position(|sites| sites.len() == 1) {
                let site = rest.sites_of[row][0];
                place = self.force(place, site, self.cover.rows[rest.rows[row] as usize]);
                inside.push(site);
                let Some(next) = self.decided(&rest, &prices, &[(site, true)]) else {
                    self.proof.fill(place, ProofNode::OverCount);
                    return None;
                };
                (rest, prices) = next;
                continue;
            }
            let proof;
            (prices, proof) =
                improve(&mut rest, prices, if is_root { 400 } else { 60 }, self.budget);
            if proof > 0 {
                let multipliers = self.keep(&rest, &prices);
                self.proof.fill(place, ProofNode::Bounded { multipliers });
                return None;
            }
            if let Some(chosen) = self.greedy(&rest) {
                return Some(inside.into_iter().chain(chosen).collect());
            }
            let fixed = rest.fixed(proof);
            if fixed.is_empty() {
                self.branch(place, rest, prices, &inside);
                return None;
            }
            let multipliers = self.keep(&rest, &prices);
            let then = self.proof.reserve();
            let sites = fixed
                .iter()
                .map(|&(site, inside)| (self.cover.sites[site as usize], inside))
                .collect();
            self.proof.fill(place, ProofNode::Fix { multipliers, sites, then });
            place = then;
            inside.extend(fixed.iter().filter(|(_, inside)| *inside).map(|(site, _)| *site));
            let Some(next) = self.decided(&rest, &prices, &fixed) else {
                self.proof.fill(place, ProofNode::OverCount);
                return None;
            };
            (rest, prices) = next;
        }
    }

    /// The rest after more decisions, with the prices of the rows that stay.
    fn decided(
        &self,
        rest: &Rest,
        prices: &[i64],
        decisions: &[(u32, bool)],
    ) -> Option<(Rest, Vec<i64>)> {
        let mut state = vec![0_u8; self.cover.sites.len()];
        for &(site, inside) in decisions {
            state[site as usize] = if inside { 1 } else { 2 };
        }
        let inside = decisions.iter().filter(|(_, inside)| *inside).count();
        let count = rest.count.checked_sub(inside)?;
        let (mut rows, mut sites_of, mut left) = (Vec::new(), Vec::new(), Vec::new());
        for (at, sites) in rest.sites_of.iter().enumerate() {
            if sites.iter().all(|&site| state[site as usize] != 1) {
                rows.push(rest.rows[at]);
                left.push(prices[at]);
                sites_of.push(
                    sites.iter().copied().filter(|&site| state[site as usize] == 0).collect(),
                );
            }
        }
        if !decisions.is_empty() {
            let kept = minimal_rows(&sites_of, self.cover.sites.len());
            retain(&mut rows, &kept);
            retain(&mut left, &kept);
            retain(&mut sites_of, &kept);
        }
        let free = rest.free.iter().copied().filter(|&site| state[site as usize] == 0).collect();
        let sums = vec![0; self.cover.sites.len()];
        Some((Rest { rows, sites_of, free, count, sums, order: Vec::new() }, left))
    }

    /// A site is inside, because without it `row` has no site.
    fn force(&mut self, place: u32, site: u32, row: u32) -> u32 {
        let (inside, outside) = (self.proof.reserve(), self.proof.reserve());
        let site = self.cover.sites[site as usize];
        self.proof.fill(place, ProofNode::Branch { site, inside, outside });
        self.proof.fill(outside, ProofNode::RowUnreached { row });
        inside
    }

    fn keep(&mut self, rest: &Rest, prices: &[i64]) -> u32 {
        let rows = rest.rows.iter().map(|&row| row as usize);
        let list: Vec<(usize, i64)> = rows.zip(prices.iter().copied()).collect();
        self.proof.keep(self.cover.spread(&list))
    }

    /// A cover of the rows left, those sites first that the prices like best.
    fn greedy(&self, rest: &Rest) -> Option<Vec<u32>> {
        let mut rows_of = vec![Vec::new(); self.cover.sites.len()];
        for (row, sites) in rest.sites_of.iter().enumerate() {
            for &site in sites {
                rows_of[site as usize].push(row as u32);
            }
        }
        let liked = greedy_cover(&rest.sites_of, &rows_of, rest.count);
        liked.or_else(|| {
            let tight: Vec<Vec<u32>> =
                rest.sites_of.iter().map(|sites| tight(rest, sites)).collect();
            for rows in &mut rows_of {
                rows.clear();
            }
            for (row, sites) in tight.iter().enumerate() {
                for &site in sites {
                    rows_of[site as usize].push(row as u32);
                }
            }
            greedy_cover(&tight, &rows_of, rest.count)
        })
    }

    /// Branches on the best liked site of the row with the fewest sites.
    fn branch(&mut self, place: u32, rest: Rest, prices: Vec<i64>, inside: &[u32]) {
        let row = rest.sites_of.iter().min_by_key(|sites| sites.len());
        let best = row.into_iter().flatten().copied();
        let site = best
            .max_by_key(|&site| (rest.sums[site as usize], std::cmp::Reverse(site)))
            .unwrap_or(0);
        let (with, without) = (self.proof.reserve(), self.proof.reserve());
        let id = self.cover.sites[site as usize];
        self.proof.fill(place, ProofNode::Branch { site: id, inside: with, outside: without });
        let parent = Rc::new((rest, prices));
        for (place, decision) in [(without, false), (with, true)] {
            let mut inside = inside.to_vec();
            if decision {
                inside.push(site);
            }
            let (parent, decisions) = (Rc::clone(&parent), vec![(site, decision)]);
            self.stack.push(Open { place, parent, decisions, inside });
        }
    }
}

fn retain<T>(items: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    items.retain(|_| *kept.next().unwrap_or(&true));
}

/// The sites of a row whose rows are worth most.
fn tight(rest: &Rest, sites: &[u32]) -> Vec<u32> {
    let most = sites.iter().map(|&site| rest.sums[site as usize]).max().unwrap_or(0);
    sites.iter().copied().filter(|&site| rest.sums[site as usize] * 10 >= most * 9).collect()
}
