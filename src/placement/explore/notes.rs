//! What an exploration notes for the certificate.

use super::super::certificate::{Multipliers, ProofNode};
use super::super::dual::Proven;
use super::super::model::{COVERED, DEAD, Kind, Model};
use super::Explorer;

impl Explorer<'_, '_> {
    /// Makes `slot` a leaf with the better of its own bound and its parent's.
    pub(super) fn leave_open(
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

    pub(super) fn note_whole(&mut self, model: &Model, proven: &Proven) -> u32 {
        let set = self.spread(model, proven);
        self.note(set)
    }

    pub(super) fn note(&mut self, mut set: Multipliers) -> u32 {
        while set.rows.last() == Some(&0) {
            set.rows.pop();
        }
        self.noted += set.rows.len() as u64 + 10;
        self.sets.push(set);
        self.sets.len() as u32 - 1
    }

    /// A set over the root's classes: what a class of the model has is spread over the root classes in it.
    pub(super) fn spread(&self, model: &Model, proven: &Proven) -> Multipliers {
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
