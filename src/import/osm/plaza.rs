//! Open ground: its outline is walkable, and so is the straight line between any two places where other ways
//! reach it, when that line stays on it (<https://wiki.openstreetmap.org/wiki/Key:area>,
//! <https://wiki.openstreetmap.org/wiki/Tag:highway=pedestrian#Squares_and_plazas>).

use rayon::prelude::*;

use super::chord::stays_on;
use super::locate::Ground;
use super::rings;
use super::streets::{Drawing, Piece};
use super::tags::street::Shape;
use crate::import::{IssueKind, IssueLog};
use crate::spatial::Area;

/// Entries of one square between which straight lines are drawn; beyond, its outline alone is walkable.
pub(super) const ENTRIES_MAX: usize = 24;

/// Open ground before it is paved.
#[derive(Clone, Debug)]
pub(super) struct Plaza {
    /// What its lines are made like.
    pub(super) template: Piece,
    /// Whether it counts by itself.
    pub(super) shape: Shape,
    /// Closed rings of slots, outer and inner.
    pub(super) rings: Vec<Vec<u32>>,
}

/// The lines of `drawing` and those over its squares.
pub(super) fn pave(
    ground: &Ground,
    drawing: Drawing,
    source: &str,
    issues: &mut IssueLog,
) -> Vec<Piece> {
    let Drawing { lines, plazas, .. } = drawing;
    if plazas.is_empty() {
        return lines;
    }
    let uses = count_uses(ground, &lines, &plazas);
    let paved: Vec<Paved> = plazas.par_iter().map(|plaza| pave_one(ground, plaza, &uses)).collect();
    let mut pieces = lines;
    for (plaza, paved) in plazas.iter().zip(paved) {
        if paved.entries > ENTRIES_MAX {
            issues.note(
                IssueKind::Estimated,
                source,
                feature_of(plaza.template.source_id),
                format!(
                    "{} ways reach this square, more than {ENTRIES_MAX}; one walks along its edge, \
                     not across",
                    paved.entries
                ),
            );
        }
        pieces.extend(paved.pieces);
    }
    pieces
}

/// `way/5`, or `relation/5` for made-up negative ids.
pub(super) fn feature_of(source_id: i64) -> String {
    if source_id < 0 { format!("relation/{}", -source_id) } else { format!("way/{source_id}") }
}

/// How many ways and squares run over each slot, counted up to 2.
fn count_uses(ground: &Ground, lines: &[Piece], plazas: &[Plaza]) -> Vec<u8> {
    let mut uses = vec![0_u8; ground.slot_count()];
    let mut last = vec![i64::MIN; ground.slot_count()];
    let mut count = |id: i64, slots: &[u32]| {
        for &slot in slots {
            if last[slot as usize] != id {
                last[slot as usize] = id;
                uses[slot as usize] = uses[slot as usize].saturating_add(1);
            }
        }
    };
    for line in lines {
        count(line.source_id, &line.slots);
    }
    for plaza in plazas {
        for ring in &plaza.rings {
            count(plaza.template.source_id, ring);
        }
    }
    uses
}

struct Paved {
    pieces: Vec<Piece>,
    entries: usize,
}

fn pave_one(ground: &Ground, plaza: &Plaza, uses: &[u8]) -> Paved {
    let mut pieces: Vec<Piece> = plaza
        .rings
        .iter()
        .map(|ring| {
            let mut slots = ring.clone();
            slots.dedup();
            Piece { slots, ..plaza.template.clone() }
        })
        .collect();
    // (ring, position on it) of each entry, in order along the rings.
    let mut entries: Vec<(usize, usize)> = Vec::new();
    for (at, ring) in plaza.rings.iter().enumerate() {
        let corners = 0..ring.len() - 1;
        entries.extend(corners.filter(|&c| uses[ring[c] as usize] >= 2).map(|c| (at, c)));
    }
    let count = entries.len();
    if plaza.shape == Shape::Surface && count < 2 {
        return Paved { pieces: Vec::new(), entries: 0 };
    }
    if (2..=ENTRIES_MAX).contains(&count)
        && let Some(area) = rings::area_of_slots(ground, &plaza.rings)
    {
        pieces.extend(chords(ground, plaza, &area, &entries));
    }
    Paved { pieces, entries: count }
}

fn chords(ground: &Ground, plaza: &Plaza, area: &Area, entries: &[(usize, usize)]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (at, &from) in entries.iter().enumerate() {
        for &to in &entries[at + 1..] {
            let slots = vec![plaza.rings[from.0][from.1], plaza.rings[to.0][to.1]];
            if slots[0] == slots[1] || are_neighbors(plaza, from, to) {
                continue;
            }
            let (Some(a), Some(b)) = (ground.place(slots[0]), ground.place(slots[1])) else {
                continue;
            };
            if stays_on(area, a, b) {
                pieces.push(Piece { slots, ..plaza.template.clone() });
            }
        }
    }
    pieces
}

/// Whether two corners are joined by an edge of the outline.
fn are_neighbors(plaza: &Plaza, from: (usize, usize), to: (usize, usize)) -> bool {
    let corners = plaza.rings[from.0].len() - 1;
    from.0 == to.0 && (from.1.abs_diff(to.1) == 1 || from.1.abs_diff(to.1) == corners - 1)
}
