//! For every node or site, the people a walk reaches within a cutoff.
#![expect(
    clippy::inline_always,
    reason = "vector code takes its caller's processor features only inlined"
)]

use rayon::prelude::*;

use crate::ids::NodeId;
use crate::street::EdgePosition;
use crate::units::WalkTime;

use super::buckets::finite;
use super::core::Core;
use super::crowd::{Crowd, latest};
use super::decay::{Decay, WHOLE};
use super::landing::{Landings, Placed};
use super::lanes::{LANES, Labels, Lanes};
use super::people::{People, Spots};
use super::{Ground, Seed, Seeds};

/// The people within a cutoff of any node or site of a ground: each point counts once, however many ways lead
/// to it, with the access legs on both sides.
///
/// Toward sites ([`Ground::toward`]) the answer at a node is how many people could walk to a site there; over
/// the people nobody covers yet it is what one more site would gain.
#[derive(Debug)]
pub struct Accumulation<'a> {
    ground: Ground<'a>,
    people: Spots,
    cutoff: u32,
    decay: Option<&'a Decay>,
    core: Core,
    crowd: Crowd,
    /// Points around nodes off the core.
    landings: Landings,
}

/// Where one source starts.
enum Source<'a> {
    Node(NodeId),
    Site(&'a [Seed]),
}

impl<'a> Source<'a> {
    /// Labels at nodes that the search starts from.
    fn starts(&self, ground: &Ground, mut start: impl FnMut(NodeId, WalkTime)) {
        match self {
            Self::Node(node) => start(*node, WalkTime::ZERO),
            Self::Site(seeds) => {
                for seed in *seeds {
                    ground.ways_out(seed).into_iter().for_each(|(node, time)| start(node, time));
                }
            }
        }
    }

    /// Seeds on edges.
    fn seeds(&self) -> &'a [Seed] {
        match *self {
            Self::Node(_) => &[],
            Self::Site(seeds) => seeds,
        }
    }
}

impl<'a> Accumulation<'a> {
    /// Ties people to the streets; `cutoff` is inclusive and counts both access legs. With `decay` people count
    /// by its share at their time, and sums are rounded half up once.
    pub fn new(
        ground: &Ground<'a>,
        placed: &Placed,
        people: People,
        (cutoff, decay): (WalkTime, Option<&'a Decay>),
    ) -> Self {
        let cutoff = finite(cutoff);
        let (core, people) = rayon::join(
            || Core::new(ground),
            || Spots::gather(ground.graph.edge_count(), placed, &people),
        );
        let (mut crowd, landings) = rayon::join(
            || Crowd::new(ground, &core, &people, cutoff),
            || Landings::new(ground, &people.placed, cutoff, |node| core.is_off(node)),
        );
        if decay.is_some() {
            crowd.list_points(&core);
        }
        Self { ground: *ground, people, cutoff, decay, core, crowd, landings }
    }

    /// The people within the cutoff of every node: node by node, group by group within a node.
    pub fn at_nodes(&self) -> Vec<i64> {
        let nodes = self.ground.graph.node_count();
        self.batches(nodes, |node| Source::Node(NodeId(node as u32)))
    }

    /// The people within the cutoff of each site, its access legs counted: site by site, group by group.
    pub fn at_sites(&self, sites: &[Seeds]) -> Vec<i64> {
        self.batches(sites.len(), |site| Source::Site(sites[site].all()))
    }

    fn batches<'s>(&self, count: usize, source: impl Fn(usize) -> Source<'s> + Sync) -> Vec<i64> {
        let groups = self.people.groups;
        let mut sums = vec![0; count * groups];
        sums.par_chunks_mut(LANES * groups).enumerate().for_each_init(
            || Desk::new(self),
            |desk, (batch, sums)| {
                let first = batch * LANES;
                let sources: Vec<Source> = (first..count.min(first + LANES)).map(&source).collect();
                desk.batch(self, &sources, sums);
            },
        );
        sums
    }
}

/// What one thread works a batch out with.
struct Desk {
    lanes: Lanes,
    /// Times of nodes off the core around one source.
    local: Vec<u32>,
    queue: Vec<u32>,
    touched: Vec<u32>,
    found: Vec<(u32, u32)>,
    /// Sums by group and lane.
    sums: Vec<[i64; LANES]>,
    shares: Vec<[i128; LANES]>,
}

impl Desk {
    fn new(asked: &Accumulation) -> Self {
        Self {
            lanes: Lanes::new(asked.core.len(), asked.cutoff),
            local: vec![u32::MAX; asked.ground.graph.node_count()],
            queue: Vec::new(),
            touched: Vec::new(),
            found: Vec::new(),
            sums: vec![[0; LANES]; asked.people.groups],
            shares: vec![[0; LANES]; asked.people.groups],
        }
    }

    /// The sums of up to [`LANES`] sources.
    fn batch(&mut self, asked: &Accumulation, sources: &[Source], sums: &mut [i64]) {
        self.lanes.clear();
        for (lane, source) in sources.iter().enumerate() {
            source.starts(&asked.ground, |node, time| {
                for anchor in asked.core.out(node.0) {
                    let start = time.plus(WalkTime::from_ms(anchor.cost));
                    self.lanes.start(lane, anchor.node, start.as_ms());
                }
            });
        }
        self.sums.fill([0; LANES]);
        self.shares.fill([0; LANES]);
        self.walk(asked);
        for (lane, source) in sources.iter().enumerate() {
            self.around(asked, lane, source);
        }
        for (lane, sums) in sums.chunks_mut(asked.people.groups).enumerate() {
            for (group, sum) in sums.iter_mut().enumerate() {
                *sum = if asked.decay.is_some() {
                    ((self.shares[group][lane] + i128::from(WHOLE) / 2) / i128::from(WHOLE)) as i64
                } else {
                    self.sums[group][lane]
                };
            }
        }
    }

    /// All lanes over the core, and who is counted there.
    fn walk(&mut self, asked: &Accumulation) {
        #[cfg(target_arch = "x86_64")]
        {
            if has_avx512() {
                #[expect(
                    unsafe_code,
                    reason = "a quarter faster than with AVX2, Porto, all nodes"
                )]
                // SAFETY: the feature was detected.
                return unsafe { self.walk_avx512(asked) };
            }
            if is_x86_feature_detected!("avx2") {
                #[expect(unsafe_code, reason = "1.7 times as fast as without, Porto, all nodes")]
                // SAFETY: the feature was detected.
                return unsafe { self.walk_avx2(asked) };
            }
        }
        self.walk_anywhere(asked);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
    fn walk_avx512(&mut self, asked: &Accumulation) {
        self.walk_anywhere(asked);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn walk_avx2(&mut self, asked: &Accumulation) {
        self.walk_anywhere(asked);
    }

    #[inline(always)]
    fn walk_anywhere(&mut self, asked: &Accumulation) {
        self.lanes.run(&asked.core);
        match asked.decay {
            None if asked.people.groups == 1 => self.count_one(asked),
            None => self.count(asked),
            Some(decay) => self.weigh(asked, decay),
        }
    }

    /// Counts one group.
    #[inline(always)]
    fn count_one(&mut self, asked: &Accumulation) {
        let crowd = &asked.crowd;
        let (mut whole, mut sums) = (0, [0_i64; LANES]);
        for (node, labels) in self.lanes.reached() {
            let latest_label = latest(labels);
            let (entries, first) = crowd.entries(node);
            if entries.first().is_some_and(|&by| latest_label <= by) {
                whole += crowd.totals(node, 1)[0];
            } else {
                for (entry, &by) in entries.iter().enumerate() {
                    add(&mut sums, labels, by, crowd.weights(first + entry, 1)[0]);
                }
            }
            for (mask, later) in shaded(&self.lanes, crowd, (node, labels)) {
                let weight = asked.people.weight(later, 0);
                for lane in 0..LANES {
                    sums[lane] += weight & mask[lane];
                }
            }
        }
        self.sums[0] = sums.map(|sum| sum + whole);
    }

    /// Counts several groups.
    #[inline(always)]
    fn count(&mut self, asked: &Accumulation) {
        let (crowd, groups) = (&asked.crowd, asked.people.groups);
        for (node, labels) in self.lanes.reached() {
            let (entries, first) = crowd.entries(node);
            for (entry, &by) in entries.iter().enumerate() {
                for (sums, &weight) in
                    self.sums.iter_mut().zip(crowd.weights(first + entry, groups))
                {
                    add(sums, labels, by, weight);
                }
            }
            for (mask, later) in shaded(&self.lanes, crowd, (node, labels)) {
                for (group, sums) in self.sums.iter_mut().enumerate() {
                    let weight = asked.people.weight(later, group);
                    for lane in 0..LANES {
                        sums[lane] += weight & mask[lane];
                    }
                }
            }
        }
    }

    /// Counts by a decay's shares, point by point.
    fn weigh(&mut self, asked: &Accumulation, decay: &Decay) {
        for (node, _) in self.lanes.reached() {
            for &point in asked.crowd.points(node) {
                for lane in 0..LANES {
                    let time = via_core(&self.lanes, asked, point, lane);
                    // A point with several gates counts at the first that this lane came through.
                    if time <= asked.cutoff && first_gate(&self.lanes, asked, point, lane) == node {
                        let share = i128::from(decay.share(WalkTime::from_ms(time)));
                        for (group, shares) in self.shares.iter_mut().enumerate() {
                            shares[lane] += i128::from(asked.people.weight(point, group)) * share;
                        }
                    }
                }
            }
        }
    }

    /// What lies in the source's own piece off the core, or on its own edge, and is nearer that way.
    fn around(&mut self, asked: &Accumulation, lane: usize, source: &Source) {
        self.found.clear();
        self.spread(asked, source);
        for node in self.touched.drain(..) {
            let time = std::mem::replace(&mut self.local[node as usize], u32::MAX);
            let landings =
                asked.landings.of(node).iter().map(|&(rest, point)| (point, time + rest));
            self.found.extend(landings.filter(|&(_, time)| time <= asked.cutoff));
        }
        for seed in source.seeds() {
            self.along(asked, seed);
        }
        self.found.sort_unstable();
        self.found.dedup_by_key(|found| found.0);
        for &(point, time) in &self.found {
            let core = via_core(&self.lanes, asked, point, lane);
            match asked.decay {
                None if core > asked.cutoff => {
                    for (group, sums) in self.sums.iter_mut().enumerate() {
                        sums[lane] += asked.people.weight(point, group);
                    }
                }
                Some(decay) if time < core => {
                    let share = |time| i128::from(decay.share(WalkTime::from_ms(time)));
                    let known = if core <= asked.cutoff { share(core) } else { 0 };
                    for (group, shares) in self.shares.iter_mut().enumerate() {
                        let weight = i128::from(asked.people.weight(point, group));
                        shares[lane] += weight * (share(time) - known);
                    }
                }
                _ => {}
            }
        }
    }

    /// Times of the nodes off the core that a source reaches without touching it.
    fn spread(&mut self, asked: &Accumulation, source: &Source) {
        let Self { local, queue, touched, .. } = self;
        let mut offer = |queue: &mut Vec<u32>, node: u32, time: u32| {
            let label = &mut local[node as usize];
            if time <= asked.cutoff && time < *label {
                if *label == u32::MAX {
                    touched.push(node);
                }
                *label = time;
                queue.push(node);
            }
            *label
        };
        source.starts(&asked.ground, |node, time| {
            if asked.core.is_off(node.0) {
                offer(queue, node.0, time.as_ms());
            }
        });
        while let Some(node) = queue.pop() {
            let time = offer(queue, node, u32::MAX);
            for (next, cost) in asked.core.nearby(node) {
                offer(queue, next, time + cost);
            }
        }
    }

    /// Points on a seed's own edge.
    fn along(&mut self, asked: &Accumulation, seed: &Seed) {
        let edge = seed.position.edge;
        for side in std::iter::once(edge).chain(asked.ground.home(edge)) {
            for &(placed, access, point) in asked.people.placed.on(side) {
                let at = EdgePosition { edge, ..placed };
                let along = asked.ground.along(edge, seed.position.offset_mm, at.offset_mm);
                let time = seed.access.plus(along).plus(access).as_ms();
                if time <= asked.cutoff {
                    self.found.push((point, time));
                }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bw")
}

/// Adds `weight` to the lanes that came by `by`.
#[inline(always)]
fn add(sums: &mut [i64; LANES], labels: &Labels, by: u32, weight: i64) {
    for lane in 0..LANES {
        sums[lane] += if labels[lane] <= by { weight } else { 0 };
    }
}

/// Points that some lane reaches by a later gate at `node` and by none before it: all bits set in those lanes.
#[inline(always)]
fn shaded<'l>(
    lanes: &'l Lanes,
    crowd: &'l Crowd,
    (node, labels): (u32, &'l Labels),
) -> impl Iterator<Item = ([i64; LANES], u32)> + 'l {
    let lit = crowd.shadows(node).iter().filter(move |shadow| {
        // Every lane that comes here came to the first gates in time.
        lanes.of(shadow.first).is_none_or(|labels| latest(labels) > shadow.by)
    });
    lit.flat_map(move |shadow| crowd.laters(shadow)).map(move |later| {
        let gates = crowd.gates(later.point);
        let (before, own) = gates.split_at(later.gate as usize);
        let mut mask = [0_i64; LANES];
        for lane in 0..LANES {
            mask[lane] = -i64::from(labels[lane] <= own[0].by);
        }
        for gate in before {
            if let Some(labels) = lanes.of(gate.node) {
                for lane in 0..LANES {
                    mask[lane] &= -i64::from(labels[lane] > gate.by);
                }
            }
        }
        (mask, later.point)
    })
}

/// Least time of `lane` to a point over the core; above the cutoff when there is none within it.
fn via_core(lanes: &Lanes, asked: &Accumulation, point: u32, lane: usize) -> u32 {
    let through = asked.crowd.gates(point).iter().filter_map(|gate| {
        let label = lanes.of(gate.node)?[lane];
        (label <= gate.by).then(|| label + (asked.cutoff - gate.by))
    });
    through.min().unwrap_or(u32::MAX)
}

/// Node of the first gate that `lane` comes through in time.
fn first_gate(lanes: &Lanes, asked: &Accumulation, point: u32, lane: usize) -> u32 {
    let came = |gate: &&super::crowd::Gate| {
        lanes.of(gate.node).is_some_and(|labels| labels[lane] <= gate.by)
    };
    asked.crowd.gates(point).iter().find(came).map_or(u32::MAX, |gate| gate.node)
}
