//! Where searches start.

use crate::ids::EdgeId;
use crate::street::{EdgePosition, Impedance, Snapped, StreetGraph};
use crate::units::WalkTime;

/// A start of a search: an entrance of a facility, an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seed {
    /// Where on the network.
    pub position: EdgePosition,
    /// Time of its access leg.
    pub access: WalkTime,
    /// Whose it is; ties between owners go to the smaller number.
    pub owner: u32,
}

/// Seeds, sorted by edge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seeds(Vec<Seed>);

impl Seeds {
    /// Seeds in their one order.
    pub fn new(mut seeds: Vec<Seed>) -> Self {
        seeds.sort_unstable();
        seeds.dedup();
        Self(seeds)
    }

    /// Seeds of snapped points, each with its owner. A point on private ground also gets the side that is
    /// entered from outside.
    pub fn of_snaps<'a>(
        graph: &StreetGraph,
        impedance: &Impedance,
        snaps: impl IntoIterator<Item = (u32, &'a Snapped)>,
    ) -> Self {
        let mut seeds = Vec::new();
        for (owner, snap) in snaps {
            let access = impedance.access(snap.access_mm);
            seeds.push(Seed { position: snap.position, access, owner });
            if let Some(edge) = graph.find_twin(snap.position.edge) {
                let position = EdgePosition { edge, offset_mm: snap.position.offset_mm };
                seeds.push(Seed { position, access, owner });
            }
        }
        Self::new(seeds)
    }

    /// Starts of walks away from a point with these ties, owned by 0: on private ground only the side that one
    /// leaves by.
    pub fn of_leaving(impedance: &Impedance, ties: &[Snapped]) -> Self {
        let seed = |tie: &Snapped| Seed {
            position: tie.position,
            access: impedance.access(tie.access_mm),
            owner: 0,
        };
        Self::new(ties.iter().map(seed).collect())
    }

    /// Takes `removed` away and puts `added` in.
    pub fn exchange(&mut self, removed: &[Seed], added: &[Seed]) {
        if !removed.is_empty() {
            self.0.retain(|seed| !removed.contains(seed));
        }
        if !added.is_empty() {
            self.0.extend_from_slice(added);
            self.0.sort_unstable();
            self.0.dedup();
        }
    }

    /// All seeds in order.
    pub fn all(&self) -> &[Seed] {
        &self.0
    }

    /// The seeds on `edge`.
    pub fn on(&self, edge: EdgeId) -> &[Seed] {
        let first = self.0.partition_point(|seed| seed.position.edge < edge);
        let count = self.0[first..].partition_point(|seed| seed.position.edge == edge);
        &self.0[first..first + count]
    }
}
