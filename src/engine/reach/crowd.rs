//! People tied to the core of a network: at which core node a walk must be by when to have come to them.
#![expect(
    clippy::inline_always,
    reason = "vector code takes its caller's processor features only inlined"
)]

use crate::street::EdgePosition;
use crate::units::WalkTime;

use super::Ground;
use super::core::{Core, join};
use super::landing::needed;
use super::lanes::Labels;
use super::people::Spots;
use super::rows::Rows;

/// Reaching `node` by `by` ms reaches the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gate {
    /// Core node.
    pub(super) node: u32,
    /// Latest label at the node, inclusive.
    pub(super) by: u32,
}

/// A point seen from one of its later gates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Later {
    pub(super) point: u32,
    /// Which of the point's gates this is; at least 1.
    pub(super) gate: u32,
}

/// Points seen from a later gate whose first gates are at one node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shadow {
    /// The node of the first gates.
    pub(super) first: u32,
    /// Whoever is there by then counts none of these points here.
    pub(super) by: u32,
    /// Range of the laters.
    pub(super) range: (u32, u32),
}

/// People by core node.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    /// Gates of every point.
    gates: Rows<Gate>,
    /// At every node the people whose first gate is there: latest labels, ascending, and the weights of each.
    entries: Rows<u32>,
    weights: Vec<i64>,
    /// Sums over the entries of every node.
    totals: Vec<i64>,
    shadows: Rows<Shadow>,
    laters: Rows<Later>,
    /// At every node the points with a gate there.
    points: Rows<u32>,
}

type Place = (EdgePosition, WalkTime);

/// Appends the gates of one point, by node, none that another makes needless. `found` is scratch.
fn gates_of(
    ground: &Ground,
    core: &Core,
    (places, cutoff): (&[Place], u32),
    found: &mut Vec<(u32, u32)>,
    gates: &mut Vec<Gate>,
) {
    found.clear();
    for &(position, access) in places {
        for side in ground.sides(position) {
            for (node, rest) in needed(ground, side) {
                let rest = rest.plus(access).as_ms();
                let anchors = core.back(node.0).map(|at| (at.node, join(at.cost, rest)));
                found.extend(anchors.filter(|&(_, rest)| rest <= cutoff));
            }
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|gate| gate.0);
    let is_needed = |&(node, rest): &(u32, u32)| {
        found.len() == 1
            || !core.of(node).iter().any(|&(to, cost)| {
                let over = found.iter().find(|gate| gate.0 == to).map(|gate| gate.1);
                // Of two with nothing between them the first stays.
                over.is_some_and(|over| join(cost, over) <= rest && (over < rest || to < node))
            })
    };
    let needed = found.iter().copied().filter(is_needed);
    gates.extend(needed.map(|(node, rest)| Gate { node, by: cutoff - rest }));
}

impl Crowd {
    /// Ties the points of `placed` that anybody is at to the core.
    pub(super) fn new(ground: &Ground, core: &Core, people: &Spots, cutoff: u32) -> Self {
        let placed = people.placed.all().iter();
        let places = placed.map(|&(position, access, point)| (point, (position, access)));
        let places: Rows<Place> = Rows::gather(people.placed.points(), places);
        let gates = Rows::build(places.len(), Vec::new, |found, point, gates| {
            gates_of(ground, core, (places.of(point), cutoff), found, gates);
        });
        let (entered, (laters, shadows)) =
            rayon::join(|| enter(&gates, core, people), || shade(&gates, core));
        let Entered { entries, weights, totals } = entered;
        Self { gates, entries, weights, totals, shadows, laters, points: Rows::default() }
    }

    /// Lists points at all their gates.
    pub(super) fn list_points(&mut self, core: &Core) {
        let at = all_points(&self.gates)
            .flat_map(|point| self.gates.of(point).iter().map(move |gate| (gate.node, point)));
        self.points = Rows::gather(core.len(), at);
    }

    /// The points with a gate at a core node, once they were listed.
    pub(super) fn points(&self, node: u32) -> &[u32] {
        self.points.of(node)
    }

    /// The gates of a point, first first.
    #[inline]
    pub(super) fn gates(&self, point: u32) -> &[Gate] {
        self.gates.of(point)
    }

    /// Entries of a core node: latest labels in ascending order, and where their weights begin.
    #[inline(always)]
    pub(super) fn entries(&self, node: u32) -> (&[u32], usize) {
        (self.entries.of(node), self.entries.range(node).start)
    }

    /// Weights of entry `entry`, by group.
    #[inline(always)]
    pub(super) fn weights(&self, entry: usize, groups: usize) -> &[i64] {
        &self.weights[entry * groups..(entry + 1) * groups]
    }

    /// Sums over a node's entries, by group.
    #[inline(always)]
    pub(super) fn totals(&self, node: u32, groups: usize) -> &[i64] {
        &self.totals[node as usize * groups..(node as usize + 1) * groups]
    }

    /// Points at their later gates at a core node.
    #[inline(always)]
    pub(super) fn shadows(&self, node: u32) -> &[Shadow] {
        self.shadows.of(node)
    }

    /// The points of a shadow.
    #[inline(always)]
    pub(super) fn laters(&self, shadow: &Shadow) -> &[Later] {
        &self.laters.all()[shadow.range.0 as usize..shadow.range.1 as usize]
    }
}

fn all_points(gates: &Rows<Gate>) -> std::ops::Range<u32> {
    0..gates.len() as u32
}

/// People at the nodes of their first gates.
struct Entered {
    /// At every node the latest labels, ascending.
    entries: Rows<u32>,
    /// The weights of each, by group.
    weights: Vec<i64>,
    /// Sums over the entries of every node, by group.
    totals: Vec<i64>,
}

/// Sums people by their first gate.
fn enter(gates: &Rows<Gate>, core: &Core, people: &Spots) -> Entered {
    let groups = people.groups;
    let firsts = all_points(gates).filter_map(|point| {
        let first = gates.of(point).first()?;
        Some((first.node, (first.by, point)))
    });
    let firsts = Rows::gather(core.len(), firsts).sorted_by_key(|&first| first);
    let by_label = |node| firsts.of(node).chunk_by(|a, b| a.0 == b.0);
    let entries = Rows::build(
        core.len(),
        || (),
        |(), node, entries| entries.extend(by_label(node).map(|same| same[0].0)),
    );
    let mut weights = Vec::with_capacity(entries.all().len() * groups);
    let mut totals = vec![0; core.len() * groups];
    for (node, totals) in (0..core.len() as u32).zip(totals.chunks_exact_mut(groups)) {
        for same in by_label(node) {
            for (group, total) in totals.iter_mut().enumerate() {
                let sum = same.iter().map(|&(_, point)| people.weight(point, group)).sum();
                weights.push(sum);
                *total += sum;
            }
        }
    }
    Entered { entries, weights, totals }
}

/// Points at their later gates, and what hides them from there.
fn shade(gates: &Rows<Gate>, core: &Core) -> (Rows<Later>, Rows<Shadow>) {
    let laters = all_points(gates).flat_map(|point| {
        let all = gates.of(point);
        all.iter()
            .zip(0_u32..)
            .skip(1)
            .map(move |(at, gate)| (at.node, (all[0].node, Later { point, gate })))
    });
    let laters = Rows::gather(core.len(), laters)
        .sorted_by_key(|&(first, later): &(u32, Later)| (first, later.point));
    let first_of = |later: &Later| gates.of(later.point)[0];
    let shadows = Rows::build(
        core.len(),
        || (),
        |(), node, shadows| {
            let mut start = laters.range(node).start as u32;
            for same in laters.of(node).chunk_by(|a, b| a.0 == b.0) {
                let by = same.iter().map(|(_, later)| first_of(later).by).min().unwrap_or(0);
                let range = (start, start + same.len() as u32);
                shadows.push(Shadow { first: same[0].0, by, range });
                start = range.1;
            }
        },
    );
    let laters = Rows::build(
        core.len(),
        || (),
        |(), node, out| out.extend(laters.of(node).iter().map(|&(_, later)| later)),
    );
    (laters, shadows)
}

/// The greatest label of any lane.
#[inline(always)]
pub(super) fn latest(labels: &Labels) -> u32 {
    labels.iter().fold(0, |latest, &label| latest.max(label))
}
