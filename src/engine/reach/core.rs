//! The core of a network: what is left when trees are pruned and chains of degree 2 are drawn together.
//!
//! Every walk between two nodes off the core either stays in one piece of what was taken off, or enters and
//! leaves by the piece's anchors: the one core node its tree hangs on, or the two its chain hangs between. So
//! a search over the core from a source's anchors, and a walk around its own piece, find everything exactly.

use rayon::prelude::*;

use crate::street::Tracks;

use super::Ground;
use super::rows::Rows;

/// No way.
pub(super) const NO_WAY: u32 = u32::MAX;

/// A core node that a node off the core hangs on, and the cost between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    /// Index among core nodes.
    pub(super) node: u32,
    /// Cost in ms.
    pub(super) cost: u32,
}

/// Both ways between two neighbors.
#[derive(Clone, Copy, Debug)]
struct Link {
    other: u32,
    /// Cost of going there, [`NO_WAY`] if one may not.
    out: u32,
    /// Cost of coming from there.
    back: u32,
}

/// A node off the core as the next node toward an anchor sees it; a core node has none.
#[derive(Clone, Copy, Debug)]
struct Hang {
    anchor: u32,
    out: u32,
    back: u32,
}

const NOWHERE: Hang = Hang { anchor: u32::MAX, out: NO_WAY, back: NO_WAY };

/// A network drawn together; costs are those of the labels' direction.
#[derive(Debug)]
pub(super) struct Core {
    /// Arcs between core nodes.
    arcs: Rows<(u32, u32)>,
    /// Core index of every node, `u32::MAX` off the core.
    index: Vec<u32>,
    /// Up to two anchors of every node off the core, as nodes.
    hangs: Vec<[Hang; 2]>,
    links: Rows<Link>,
}

/// All neighbors of every node, each once, with the least cost each way; by number.
fn links_of(ground: &Ground) -> Rows<Link> {
    let tracks = ground.tracks();
    let nodes = tracks.node_count();
    if ground.is_even() {
        return Rows::build(
            nodes,
            || (),
            |(), node, links: &mut Vec<Link>| {
                let start = links.len();
                links.extend(tracks.of(node).iter().map(|track| {
                    let cost = track.cost();
                    Link { other: track.target, out: cost, back: cost }
                }));
                merge(links, start);
            },
        );
    }
    let back = |node, other| {
        let arcs = tracks.of(other).iter().filter(|track| track.target == node);
        arcs.map(|track| track.cost()).min().unwrap_or(NO_WAY)
    };
    let one_way = one_way(tracks, back);
    Rows::build(
        nodes,
        || (),
        |(), node, links: &mut Vec<Link>| {
            let start = links.len();
            links.extend(tracks.of(node).iter().map(|track| {
                let other = track.target;
                Link { other, out: track.cost(), back: back(node, other) }
            }));
            links.extend_from_slice(one_way.of(node));
            merge(links, start);
        },
    )
}

/// Where one may come from but not go; `back(node, other)` is the cost of coming from `other`.
fn one_way(tracks: &Tracks, back: impl Fn(u32, u32) -> u32 + Sync) -> Rows<Link> {
    let back = &back;
    let found: Vec<(u32, Link)> = (0..tracks.node_count() as u32)
        .into_par_iter()
        .flat_map_iter(|node| {
            let arcs = tracks.of(node).iter();
            let lonely = arcs.filter(move |track| back(node, track.target) == NO_WAY);
            lonely.map(move |track| {
                (track.target, Link { other: node, out: NO_WAY, back: track.cost() })
            })
        })
        .collect();
    Rows::gather(tracks.node_count(), found.into_iter())
}

/// Puts the links from `start` on in order, those with one neighbor drawn together at the least cost each way.
fn merge(links: &mut Vec<Link>, start: usize) {
    links[start..].sort_unstable_by_key(|link| link.other);
    let mut kept = start;
    for at in start..links.len() {
        let link = links[at];
        if kept > start && links[kept - 1].other == link.other {
            let known = &mut links[kept - 1];
            (known.out, known.back) = (known.out.min(link.out), known.back.min(link.back));
        } else {
            links[kept] = link;
            kept += 1;
        }
    }
    links.truncate(kept);
}

/// The sum, [`NO_WAY`] when either is or the sum is no time.
pub(super) fn join(a: u32, b: u32) -> u32 {
    let sum = a.saturating_add(b);
    if sum > i32::MAX as u32 { NO_WAY } else { sum }
}

impl Core {
    /// Draws a network together.
    pub(super) fn new(ground: &Ground) -> Self {
        let links = links_of(ground);
        let nodes = links.len();
        let mut making = Making {
            links: &links,
            degree: (0..nodes as u32).map(|node| links.of(node).len() as u32).collect(),
            pruned: vec![false; nodes],
            hangs: vec![[NOWHERE; 2]; nodes],
            chained: vec![false; nodes],
            bridges: Vec::new(),
        };
        let order = making.prune();
        making.chain();
        making.settle(&order);
        let Making { pruned, hangs, chained, bridges, .. } = making;
        let mut index = vec![u32::MAX; nodes];
        let mut kept = Vec::new();
        for node in 0..nodes {
            if !pruned[node] && !chained[node] {
                index[node] = kept.len() as u32;
                kept.push(node as u32);
            }
        }
        let arcs = arcs(&links, &index, &kept, &bridges);
        Self { arcs, index, hangs, links }
    }

    /// How many core nodes there are.
    pub(super) fn len(&self) -> usize {
        self.arcs.len()
    }

    /// The arcs (core node, cost) of a core node.
    #[inline]
    pub(super) fn of(&self, node: u32) -> &[(u32, u32)] {
        self.arcs.of(node)
    }

    /// Core nodes that a label at `node` goes to: itself, or its anchors.
    pub(super) fn out(&self, node: u32) -> impl Iterator<Item = Anchor> + '_ {
        self.anchors(node, |hang| hang.out)
    }

    /// Core nodes that a label comes to `node` from.
    pub(super) fn back(&self, node: u32) -> impl Iterator<Item = Anchor> + '_ {
        self.anchors(node, |hang| hang.back)
    }

    fn anchors(&self, node: u32, cost: fn(&Hang) -> u32) -> impl Iterator<Item = Anchor> + '_ {
        let own = self.index[node as usize];
        let own = (own != u32::MAX).then_some(Anchor { node: own, cost: 0 });
        let hangs = self.hangs[node as usize].iter().filter_map(move |hang| {
            let cost = cost(hang);
            (cost != NO_WAY).then(|| Anchor { node: self.index[hang.anchor as usize], cost })
        });
        own.into_iter().chain(hangs)
    }

    /// Whether `node` was taken off.
    pub(super) fn is_off(&self, node: u32) -> bool {
        self.index[node as usize] == u32::MAX
    }

    /// Neighbors off the core that a label at `node` goes to, with the cost.
    pub(super) fn nearby(&self, node: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
        let off = move |link: &&Link| link.out != NO_WAY && self.is_off(link.other);
        self.links.of(node).iter().filter(off).map(|link| (link.other, link.out))
    }
}

struct Making<'a> {
    links: &'a Rows<Link>,
    degree: Vec<u32>,
    pruned: Vec<bool>,
    hangs: Vec<[Hang; 2]>,
    chained: Vec<bool>,
    /// (from, to, cost there, cost back) over a chain.
    bridges: Vec<(u32, u32, u32, u32)>,
}

impl Making<'_> {
    /// Takes leaves off until there are none; the order in which they went.
    fn prune(&mut self) -> Vec<u32> {
        let mut order: Vec<u32> =
            (0..self.degree.len() as u32).filter(|&node| self.degree[node as usize] == 1).collect();
        let mut done = 0;
        while done < order.len() {
            let node = order[done];
            done += 1;
            let links: &Rows<Link> = self.links;
            let parent = links.of(node).iter().find(|link| !self.pruned[link.other as usize]);
            // The last of a tree without a core stays as its core.
            let Some(&Link { other, out, back }) = parent else { continue };
            self.pruned[node as usize] = true;
            self.hangs[node as usize][0] = Hang { anchor: other, out, back };
            self.degree[other as usize] -= 1;
            if self.degree[other as usize] == 1 {
                order.push(other);
            }
        }
        order.retain(|&node| self.pruned[node as usize]);
        order
    }

    /// Takes the inner nodes of chains off and bridges them.
    fn chain(&mut self) {
        let is_inner = |making: &Self, node: u32| {
            !making.pruned[node as usize]
                && !making.chained[node as usize]
                && making.degree[node as usize] == 2
        };
        for start in 0..self.degree.len() as u32 {
            let is_end = !self.pruned[start as usize] && self.degree[start as usize] != 2;
            if is_end {
                self.chains_from(start, is_inner);
            }
        }
        // What is left are rings on their own: one node of each stays.
        for start in 0..self.degree.len() as u32 {
            if is_inner(self, start) {
                self.degree[start as usize] = 3;
                self.chains_from(start, is_inner);
            }
        }
    }

    fn chains_from(&mut self, start: u32, is_inner: impl Fn(&Self, u32) -> bool) {
        let links: &Rows<Link> = self.links;
        for &link in links.of(start) {
            if !is_inner(self, link.other) {
                continue;
            }
            // Walk to the other end, keeping (node, cost from start, cost to start).
            let mut walk = vec![(start, 0, 0), (link.other, link.out, link.back)];
            let (mut before, mut node) = (start, link.other);
            while is_inner(self, node) {
                self.chained[node as usize] = true;
                let next = |link: &&Link| link.other != before && !self.pruned[link.other as usize];
                let Some(&step) = links.of(node).iter().find(next) else { break };
                let &(_, there, back) = walk.last().unwrap_or(&(0, 0, 0));
                walk.push((step.other, join(there, step.out), join(back, step.back)));
                (before, node) = (node, step.other);
            }
            self.hang_chain(&walk);
        }
    }

    fn hang_chain(&mut self, walk: &[(u32, u32, u32)]) {
        let Some((&(end, there, back), inner)) = walk.split_last() else { return };
        let start = walk[0].0;
        if start != end {
            self.bridges.push((start, end, there, back));
        }
        // From the end backwards: (cost to the end, cost from the end).
        let (mut out, mut from) = (0, 0);
        let mut after = end;
        for &(node, from_start, to_start) in inner.iter().skip(1).rev() {
            let link = self.links.of(node).iter().find(|link| link.other == after);
            let step = link.copied().unwrap_or(Link { other: after, out: NO_WAY, back: NO_WAY });
            (out, from) = (join(step.out, out), join(from, step.back));
            after = node;
            self.hangs[node as usize] = [
                Hang { anchor: start, out: to_start, back: from_start },
                Hang { anchor: end, out, back: from },
            ];
        }
    }

    /// Hangs pruned nodes on core nodes: the last taken off are nearest to the core.
    fn settle(&mut self, order: &[u32]) {
        for &node in order.iter().rev() {
            let Hang { anchor, out, back } = self.hangs[node as usize][0];
            if self.pruned[anchor as usize] || self.chained[anchor as usize] {
                let over = |far: Hang| Hang {
                    anchor: far.anchor,
                    out: join(out, far.out),
                    back: join(far.back, back),
                };
                self.hangs[node as usize] = self.hangs[anchor as usize].map(over);
            }
        }
    }
}

/// The arcs between core nodes: those that were there, and the bridges.
fn arcs(
    links: &Rows<Link>,
    index: &[u32],
    kept: &[u32],
    bridges: &[(u32, u32, u32, u32)],
) -> Rows<(u32, u32)> {
    let at = |node: u32| index[node as usize];
    let over = bridges.iter().flat_map(|&(from, to, there, back)| {
        [(at(from), (at(to), there)), (at(to), (at(from), back))]
    });
    let over = Rows::gather(kept.len(), over);
    Rows::build(
        kept.len(),
        || (),
        |(), node, arcs: &mut Vec<(u32, u32)>| {
            let start = arcs.len();
            let beside = links.of(kept[node as usize]).iter();
            arcs.extend(beside.map(|link| (at(link.other), link.out)));
            arcs.extend_from_slice(over.of(node));
            arcs[start..].sort_unstable();
            let mut kept = start;
            for at in start..arcs.len() {
                let arc = arcs[at];
                let is_known = kept > start && arcs[kept - 1].0 == arc.0;
                if arc.0 != u32::MAX && arc.1 != NO_WAY && !is_known {
                    arcs[kept] = arc;
                    kept += 1;
                }
            }
            arcs.truncate(kept);
        },
    )
}
