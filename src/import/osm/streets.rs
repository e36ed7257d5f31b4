//! Kept ways → street ingredients.

use std::collections::BTreeSet;

use super::locate::{Ground, TaggedNode};
use super::square::{self, Plaza, Spots};
use super::tags::street::{Shape, StreetTag, elevated_in_china};
use super::{rings, seams};
use crate::import::{IssueKind, IssueLog};
use crate::spatial::LonLat;
use crate::street::{
    BarrierKind, NodeBarrier, NodeCrossing, StreetClass, StreetIngredients, StreetTraits, StreetWay,
};

/// From which length on a slope counts, in metres: the longest run of a ramp at 1:12
/// (US 1991 ADA standards, 4.8.2: a rise of 760 mm).
const STEEP_RUN_M: f64 = 9.0;

/// A walkable line over slots.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Id of the way, or minus the id of the relation or lift node it is made from.
    pub(super) source_id: i64,
    pub(super) class: StreetClass,
    pub(super) traits: StreetTraits,
    pub(super) name: u32,
    /// Storey in halves.
    pub(super) level: i16,
    pub(super) slots: Vec<u32>,
}

/// What the street part of a file gave besides the ingredients.
#[derive(Debug, Default)]
pub(super) struct StreetNotes {
    /// Slots that streets run over, a bit each.
    pub(super) on_street: Vec<bool>,
    /// Places in the ingredients that are a second storey of a lift.
    pub(super) lift_places: usize,
    /// Nodes joined to another at the same place.
    pub(super) seams: usize,
}

/// Makes the ingredients. `names` are those of all kept ways.
pub(super) fn build_streets(
    ground: &Ground,
    names: &[String],
    source: &str,
    issues: &mut IssueLog,
) -> (StreetIngredients, StreetNotes) {
    let mut drawing = Drawing::default();
    for way in &ground.ways {
        let Some(street) = way.meaning.street else { continue };
        let slots = ground.slots(way);
        let is_closed = slots.len() >= 4 && slots.first() == slots.last();
        let template = piece_of(way.id, street, way.meaning.name, way.meaning.level);
        let template = settled(ground, street, slots, template);
        if street.shape != Shape::Line && is_closed && ground.is_whole(way) {
            let rings = vec![slots.to_vec()];
            drawing.plazas.push(Plaza { template, shape: street.shape, rings });
        } else if street.shape != Shape::Surface {
            drawing.add_line(ground, &template, slots);
        }
    }
    drawing.add_relations(ground, source, issues);
    drawing.note_cuts(source, issues);
    let mut spots = Spots::new(ground);
    let mut pieces = square::pave(&mut spots, drawing, source, issues);
    pieces.sort_by_key(|piece| piece.source_id);
    let (streets, notes) = assemble((ground, &spots), pieces, names);
    if notes.seams > 0 {
        let reason = format!(
            "{} ends of ways lie at the very same place as another on a node of their own and are joined to it; \
             join the nodes in the map",
            notes.seams
        );
        issues.note(IssueKind::Duplicate, source, "", reason);
    }
    (streets, notes)
}

/// Lines and squares before they are joined.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub(super) lines: Vec<Piece>,
    pub(super) plazas: Vec<Plaza>,
    /// Ways that lack nodes, with how many.
    cut: Vec<(i64, usize)>,
}

fn piece_of(source_id: i64, street: StreetTag, name: u32, level: i16) -> Piece {
    let StreetTag { class, traits, .. } = street;
    Piece { source_id, class, traits, name, level, slots: Vec::new() }
}

/// `template` with what only places tell: whether a trunk road is an elevated one in China, and whether a slope
/// that is tagged goes on for longer than a ramp at a kerb.
fn settled(ground: &Ground, street: StreetTag, slots: &[u32], mut template: Piece) -> Piece {
    let places = || slots.iter().filter_map(|&slot| ground.place(slot));
    if let Some(place) = places().next() {
        template.traits |= elevated_in_china(street, template.level, place);
    }
    if street.traits.contains(StreetTraits::STEEP) {
        let places: Vec<LonLat> = places().collect();
        template.traits.set(StreetTraits::STEEP, rings::length_m(&places) >= STEEP_RUN_M);
    }
    template
}

impl Drawing {
    /// Adds a way, cut where a node is not in the file.
    fn add_line(&mut self, ground: &Ground, template: &Piece, slots: &[u32]) {
        let mut missing = 0;
        let mut run: Vec<u32> = Vec::with_capacity(slots.len());
        for &slot in slots {
            if ground.place(slot).is_none() {
                missing += 1;
                self.end_run(template, &mut run);
            } else if run.last() != Some(&slot) {
                run.push(slot);
            }
        }
        self.end_run(template, &mut run);
        if missing > 0 {
            self.cut.push((template.source_id, missing));
        }
    }

    fn end_run(&mut self, template: &Piece, run: &mut Vec<u32>) {
        let slots = std::mem::take(run);
        if slots.len() >= 2 {
            self.lines.push(Piece { slots, ..template.clone() });
        }
    }

    /// Squares drawn as multipolygons.
    fn add_relations(&mut self, ground: &Ground, source: &str, issues: &mut IssueLog) {
        for relation in &ground.relations {
            let Some(street) = relation.meaning.street else { continue };
            let meaning = &relation.meaning;
            let template = piece_of(-relation.id, street, meaning.name, meaning.level);
            let (rings, faults) = rings::slot_rings(ground, relation);
            if faults > 0 {
                issues.note(
                    IssueKind::ReferenceMissing,
                    source,
                    format!("relation/{}", relation.id),
                    "some edges of this square are not in the file; the others are kept",
                );
            }
            if !rings.is_empty() {
                self.plazas.push(Plaza { template, shape: street.shape, rings });
            }
        }
    }

    fn note_cuts(&self, source: &str, issues: &mut IssueLog) {
        for &(id, missing) in &self.cut {
            issues.note(
                IssueKind::ReferenceMissing,
                source,
                format!("way/{id}"),
                format!("{missing} of its nodes are not in the file; the way is cut there"),
            );
        }
    }
}

/// Numbers places by node id, then those made for squares, and fills the ingredients.
fn assemble(
    (ground, spots): (&Ground, &Spots<'_>),
    mut pieces: Vec<Piece>,
    names: &[String],
) -> (StreetIngredients, StreetNotes) {
    let mut on_street = vec![false; spots.len()];
    for slot in pieces.iter().flat_map(|piece| &piece.slots) {
        on_street[*slot as usize] = true;
    }
    let mut streets = StreetIngredients::default();
    let mut rank = vec![u32::MAX; spots.len()];
    for (slot, place) in (0_u32..).zip(&mut rank) {
        if on_street[slot as usize]
            && let Some(spot) = spots.place(slot)
        {
            *place = streets.places.len() as u32;
            streets.places.push(spot);
        }
    }
    let joined = seams::join_seams(ground, &pieces, &mut rank);
    for piece in &mut pieces {
        for slot in &mut piece.slots {
            *slot = rank[*slot as usize];
        }
    }
    let lifts = super::lift::split_lifts(ground, &rank, &mut pieces, &mut streets.places);
    pieces.sort_by_key(|piece| piece.source_id);
    fill_ways(&mut streets, &pieces, names);
    fill_barriers(&mut streets, ground, &rank);
    fill_crossings(&mut streets, ground, &rank);
    (streets, StreetNotes { on_street, lift_places: lifts, seams: joined })
}

fn fill_ways(streets: &mut StreetIngredients, pieces: &[Piece], names: &[String]) {
    let mut used: Vec<u32> = pieces.iter().map(|piece| piece.name).collect();
    used.push(0);
    used.sort_unstable();
    used.dedup();
    used.sort_by(|&a, &b| names[a as usize].cmp(&names[b as usize]));
    let mut position = vec![0_u32; names.len()];
    for (at, &name) in (0_u32..).zip(&used) {
        position[name as usize] = at;
    }
    streets.names = used.iter().map(|&name| names[name as usize].clone()).collect();
    streets.way_places.reserve_exact(pieces.iter().map(|piece| piece.slots.len()).sum());
    streets.ways.reserve_exact(pieces.len());
    for piece in pieces {
        let start = streets.way_places.len();
        streets.way_places.extend_from_slice(&piece.slots);
        streets.ways.push(StreetWay {
            source_id: piece.source_id,
            class: piece.class,
            traits: piece.traits,
            name: position[piece.name as usize],
            places: start..streets.way_places.len(),
        });
    }
}

fn fill_barriers(streets: &mut StreetIngredients, ground: &Ground, rank: &[u32]) {
    let own_ways = streets.ways.iter().filter(|way| way.class.is_own_way());
    let mut is_walked_across = vec![false; streets.places.len()];
    for place in own_ways.flat_map(|way| &streets.way_places[way.places.clone()]) {
        is_walked_across[*place as usize] = true;
    }
    for node in &ground.nodes {
        let Some(slot) = node.slot else { continue };
        let (place, kind) = (rank[slot as usize], node.barrier.unwrap_or(BarrierKind::Gate));
        if place == u32::MAX || node.barrier.is_none() && node.wheels.is_empty() {
            continue;
        }
        // The kerbs of a crossing lie beside the carriageway: nobody who walks along it meets them.
        let is_beside = node.crossing.is_some() && !is_walked_across[place as usize];
        if !is_beside || node.barrier.is_some() {
            let traits = if is_beside { StreetTraits::empty() } else { node.wheels };
            streets.barriers.push(NodeBarrier { place, source_id: node.id, kind, traits });
        }
    }
    streets.barriers.sort_by_key(|barrier| barrier.place);
}

fn fill_crossings(streets: &mut StreetIngredients, ground: &Ground, rank: &[u32]) {
    for node in &ground.nodes {
        let (Some(kind), Some(slot)) = (node.crossing, node.slot) else { continue };
        let place = rank[slot as usize];
        if place != u32::MAX {
            streets.crossings.push(NodeCrossing { place, kind });
        }
    }
    streets.crossings.sort_by_key(|crossing| crossing.place);
}

/// The box around all places.
pub(super) fn bounds_of(places: &[LonLat]) -> Option<crate::spatial::BoundingBox> {
    crate::spatial::BoundingBox::around(places.iter().copied())
}

/// Says once how many walls run over the node of a street that nobody tagged: whether one can pass is not known
/// (<https://wiki.openstreetmap.org/wiki/Barriers#Linear_barriers>), and as most routers do it is taken as open.
pub(super) fn note_untagged_crossings(
    ground: &Ground,
    on_street: &[bool],
    source: &str,
    issues: &mut IssueLog,
) {
    let tells = |node: &&TaggedNode| node.barrier.is_some() || node.way_in;
    let tagged: BTreeSet<u32> =
        ground.nodes.iter().filter(tells).filter_map(|node| node.slot).collect();
    let untold =
        |&&slot: &&u32| on_street.get(slot as usize) == Some(&true) && !tagged.contains(&slot);
    let crossings = ground.wall_slots.iter().filter(untold).count();
    if crossings > 0 {
        let reason = format!(
            "{crossings} places where a wall or fence runs over a street and no gate is mapped are taken as open; \
             tag the node barrier=gate, entrance or wall to decide"
        );
        issues.note(IssueKind::Estimated, source, "", reason);
    }
}
