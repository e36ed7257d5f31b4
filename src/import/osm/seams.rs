//! Seams: ways that end at the very same place on two nodes, as merged extracts leave them.

use super::locate::Ground;
use super::streets::Piece;
use crate::spatial::LonLat;

/// Makes one place of several nodes at the same coordinates where nothing but ends of ways of one level meets: gives
/// how many nodes were joined to another. `rank` is the place of each slot.
pub(super) fn join_seams(ground: &Ground, pieces: &[Piece], rank: &mut [u32]) -> usize {
    let mut is_inner = vec![false; rank.len()];
    let mut ends: Vec<(LonLat, u32, i16)> = Vec::with_capacity(pieces.len() * 2);
    for piece in pieces {
        let (Some(&first), Some(&last)) = (piece.slots.first(), piece.slots.last()) else {
            continue;
        };
        for &slot in &piece.slots[1..piece.slots.len() - 1] {
            is_inner[slot as usize] = true;
        }
        if first == last {
            is_inner[first as usize] = true;
        }
        let at = |slot: u32| Some((ground.place(slot)?, slot, piece.level));
        ends.extend([first, last].into_iter().filter_map(at));
    }
    ends.retain(|end| !is_inner[end.1 as usize]);
    ends.sort_unstable();
    ends.dedup();
    let mut joined = 0;
    for here in ends.chunk_by(|a, b| a.0 == b.0) {
        let level = here[0].2;
        if here.iter().any(|end| end.2 != level) {
            continue;
        }
        for end in &here[1..] {
            rank[end.1 as usize] = rank[here[0].1 as usize];
            joined += 1;
        }
    }
    joined
}
