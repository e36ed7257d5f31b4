//! The search around one point that tells which of its ties are needless.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::ids::NodeId;
use crate::reach::Ground;
use crate::reach::seed::Seed;
use crate::street::{EdgePosition, Tracks};
use crate::units::WalkTime;

/// By how many milliseconds a way must be shorter to outrun a leg: each part of an edge is rounded by half a one.
const MARGIN_MS: u32 = 3;

/// A search that goes on as ties are added, only as far as it is asked.
#[derive(Debug)]
pub(super) struct LocalSearch<'a> {
    ground: Ground<'a>,
    tracks: &'a Tracks,
    times: Vec<u32>,
    touched: Vec<u32>,
    queue: BinaryHeap<Reverse<(u32, u32)>>,
    seeds: Vec<Seed>,
}

impl<'a> LocalSearch<'a> {
    pub(super) fn new(ground: Ground<'a>) -> Self {
        Self {
            ground,
            tracks: ground.tracks(),
            times: vec![u32::MAX; ground.graph.node_count()],
            touched: Vec::new(),
            queue: BinaryHeap::new(),
            seeds: Vec::new(),
        }
    }

    /// Forgets all ties.
    pub(super) fn clear(&mut self) {
        for &node in &self.touched {
            self.times[node as usize] = u32::MAX;
        }
        self.touched.clear();
        self.queue.clear();
        self.seeds.clear();
    }

    /// Adds a tie, on both sides of private ground where it is walked to.
    pub(super) fn seed(&mut self, position: EdgePosition, access: WalkTime) {
        let twin = match self.ground.direction {
            crate::reach::Direction::From => None,
            crate::reach::Direction::Toward => self.ground.graph.find_twin(position.edge),
        };
        let entered = twin.map(|edge| EdgePosition { edge, ..position });
        for position in std::iter::once(position).chain(entered) {
            let seed = Seed { position, access, owner: 0 };
            for (node, time) in self.ground.ways_out(&seed) {
                self.offer(node.0, time.as_ms());
            }
            self.seeds.push(seed);
        }
    }

    /// Whether the ties so far lead to `position` sooner than a leg of `leg` does.
    pub(super) fn outruns(&mut self, position: EdgePosition, leg: WalkTime) -> bool {
        if self.seeds.is_empty() {
            return false;
        }
        let leg = leg.as_ms();
        while let Some(&Reverse((time, node))) = self.queue.peek() {
            if time >= leg {
                break;
            }
            self.queue.pop();
            if self.times[node as usize] == time {
                for track in self.tracks.of(node) {
                    self.offer(track.target, time + track.cost());
                }
            }
        }
        let ground = self.ground;
        let by_now = |time: WalkTime| time.as_ms().saturating_add(MARGIN_MS) <= leg;
        ground.sides(position).any(|side| {
            let over = |(node, part): (NodeId, WalkTime)| {
                WalkTime::from_ms(self.times[node.0 as usize]).plus(part)
            };
            let along = |seed: &Seed| {
                let way = ground.along(side.edge, seed.position.offset_mm, side.offset_mm);
                seed.access.plus(way)
            };
            ground.ways_in(side).into_iter().map(over).any(by_now)
                || self.seeds.iter().filter(|s| s.position.edge == side.edge).map(along).any(by_now)
        })
    }

    fn offer(&mut self, node: u32, time: u32) {
        let known = &mut self.times[node as usize];
        if time < *known {
            if *known == u32::MAX {
                self.touched.push(node);
            }
            *known = time;
            self.queue.push(Reverse((time, node)));
        }
    }
}
