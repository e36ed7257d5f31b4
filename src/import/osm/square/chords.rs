//! Which straight lines over open ground are drawn: those that a shortest walk may use.
//!
//! A shortest walk over open ground turns only at corners that jut into it, and passes such a corner with the
//! obstacle on one side. Lines between two places where walks begin and end are therefore all drawn, lines to a
//! corner only when what stands there lies on one side of them; no walk between the places gets longer by what is
//! left out (T. Lozano-Pérez and M. A. Wesley, An algorithm for planning collision-free paths among polyhedral
//! obstacles, CACM 22, 1979).

use std::collections::BTreeSet;

use super::grid::{Point, side};
use super::sight::Sight;

/// Corners of one square of which all pairs are looked at.
const CORNERS_MAX: usize = 2_000;
/// Corners that each corner of a square beyond the limits looks at, in an order along the ground.
const NEAR: usize = 32;
/// Pairs of ends of all squares together.
const PAIRS_MAX: usize = 6_000_000;
/// Ends of one square of which all pairs are drawn.
pub(super) const ENDS_MAX: usize = 1_000;
/// The same for squares that are many and large.
const ENDS_MIN: usize = 60;

/// What a place on open ground is to walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Walks begin and end there.
    End,
    /// Homes and shops may be near: lines run from there to ends.
    Stop,
    /// Walks may turn there.
    Turn,
}

/// A place on open ground.
#[derive(Clone, Debug)]
pub(super) struct Corner {
    pub(super) slot: u32,
    pub(super) at: Point,
    /// Its place in an order along the ground.
    pub(super) order: u64,
    /// What it is to walks.
    pub(super) role: Role,
    /// The other ends of the walls that meet there.
    pub(super) walls: Vec<Point>,
}

/// How many ends of one square have all their pairs drawn when squares have as many as `counts`.
pub(super) fn ends_of_each(counts: &[usize]) -> usize {
    let mut most = ENDS_MAX;
    let pairs = |most: usize| -> usize {
        counts.iter().map(|&count| count.min(most) * count.min(most) / 2).sum()
    };
    while most > ENDS_MIN && pairs(most) > PAIRS_MAX {
        most /= 2;
    }
    most
}

/// Whether a walk from `from` may go on at, or end in, `to`.
fn leads_on(from: &Corner, to: &Corner) -> bool {
    match to.role {
        Role::End => true,
        Role::Stop => from.role == Role::End,
        Role::Turn if from.role == Role::Stop => false,
        Role::Turn => {
            let mut sides = to.walls.iter().map(|&wall| side(from.at, to.at, wall));
            let (left, right) = sides
                .by_ref()
                .fold((false, false), |(left, right), side| (left || side > 0, right || side < 0));
            !(left && right)
        }
    }
}

/// The lines over the ground of `sight`, as slots, the lower first, sorted. `edges` are there already. Of more than
/// `most` ends, or of very many corners, near ones and some far ones are joined; the second value says so.
pub(super) fn draw(
    sight: &Sight,
    mut corners: Vec<Corner>,
    edges: &BTreeSet<[u32; 2]>,
    most: usize,
) -> (Vec<[u32; 2]>, bool) {
    corners.sort_by_key(|corner| (corner.order, corner.slot));
    let ends = corners.iter().filter(|corner| corner.role == Role::End).count();
    let is_all = ends <= most && corners.len() <= CORNERS_MAX;
    let mut chords = Vec::new();
    let mut look = |a: &Corner, b: &Corner| {
        let chord = [a.slot.min(b.slot), a.slot.max(b.slot)];
        let is_new = || a.slot != b.slot && !edges.contains(&chord);
        if leads_on(a, b) && leads_on(b, a) && is_new() && sight.is_clear(a.at, b.at) {
            chords.push(chord);
        }
    };
    if is_all {
        for (at, corner) in corners.iter().enumerate() {
            corners[at + 1..].iter().for_each(|other| look(corner, other));
        }
    } else {
        let hubs: Vec<&Corner> = hubs_of(&corners, most);
        for (at, corner) in corners.iter().enumerate() {
            corners[at + 1..].iter().take(NEAR).for_each(|other| look(corner, other));
        }
        for (at, corner) in hubs.iter().enumerate() {
            hubs[at + 1..].iter().for_each(|other| look(corner, other));
        }
    }
    chords.sort_unstable();
    chords.dedup();
    (chords, !is_all)
}

/// Corners spread evenly, of which all pairs are looked at: up to `most` ends and as many others.
fn hubs_of(corners: &[Corner], most: usize) -> Vec<&Corner> {
    let spread = |role: Role| {
        let of_kind: Vec<&Corner> = corners.iter().filter(|corner| corner.role == role).collect();
        let step = of_kind.len().div_ceil(most).max(1);
        of_kind.into_iter().step_by(step).collect::<Vec<_>>()
    };
    let mut hubs = spread(Role::End);
    hubs.extend(spread(Role::Turn));
    hubs
}
