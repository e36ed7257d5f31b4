//! Second look at a file: where the nodes of the kept ways lie, and the nodes that mean something themselves.

use rayon::prelude::*;

use super::OsmParts;
use super::block::{Block, Kinds, RawNode, Scratch};
use super::feature::{FacilityTag, Names};
use super::members::SiteNodes;
use super::scan::{Hunt, Kept, KeptRelation, KeptWay};
use super::source::{Pass, Source};
use super::tags::Tags;
use super::tags::access::{Access, walk_access};
use super::tags::barrier::{barrier_of, is_door, is_gate, is_way_in};
use super::tags::basemap::place_of;
use super::tags::crossing::crossing_of;
use super::tags::node::{limits_at, wheels_at};
use super::tags::traits::traits_of;
use super::wire::Fault;
use crate::import::ImportError;
use crate::progress::Progress;
use crate::spatial::LonLat;
use crate::street::{BarrierKind, CrossingKind, StreetClass, StreetTraits};

/// No such node.
const NOWHERE: [i32; 2] = [i32::MIN, i32::MIN];
/// A node of a way that is not in the file.
const NO_SLOT: u32 = u32::MAX;

/// A node that means something.
#[derive(Clone, Debug)]
pub(super) struct TaggedNode {
    pub(super) id: i64,
    pub(super) place: LonLat,
    /// Its slot, when it lies on a kept way.
    pub(super) slot: Option<u32>,
    pub(super) barrier: Option<BarrierKind>,
    /// What it means to wheels besides.
    pub(super) wheels: StreetTraits,
    pub(super) crossing: Option<CrossingKind>,
    /// The traits of the lift that it is.
    pub(super) lift: Option<StreetTraits>,
    /// A gate in a wall, whoever may pass it.
    pub(super) is_gate: bool,
    /// One enters there; off the kept ways only gates are told.
    pub(super) way_in: bool,
    /// A door, private ones too.
    pub(super) door: bool,
    /// What a door or gate is to who goes in by it.
    pub(super) limits: StreetTraits,
    pub(super) facility: Option<Box<FacilityTag>>,
    pub(super) place_name: Option<Box<(Names, &'static str)>>,
}

/// The kept ways with their nodes located. A slot is the rank of a node among all nodes of kept ways.
#[derive(Debug, Default)]
pub(super) struct Ground {
    /// Ways, sorted by id.
    pub(super) ways: Vec<KeptWay>,
    /// Relations, sorted by id.
    pub(super) relations: Vec<KeptRelation>,
    /// Nodes that mean something, sorted by id.
    pub(super) nodes: Vec<TaggedNode>,
    /// The nodes of kept ways that a wall or fence runs over, ends aside, sorted.
    pub(super) wall_slots: Vec<u32>,
    slots: Vec<u32>,
    coordinates: Vec<[i32; 2]>,
    /// All nodes of the file.
    pub(super) nodes_seen: usize,
    /// Nodes whose coordinates are not on earth.
    pub(super) nodes_off_earth: usize,
    /// Strings that are not UTF-8.
    pub(super) bad_strings: usize,
}

impl Ground {
    /// The slots of a way; [`Ground::place`] says which of them are in the file.
    pub(super) fn slots(&self, way: &KeptWay) -> &[u32] {
        &self.slots[way.start..way.start + way.len as usize]
    }

    /// Where the node of `slot` lies; `None` when it is not in the file.
    pub(super) fn place(&self, slot: u32) -> Option<LonLat> {
        let [lon, lat] = *self.coordinates.get(slot as usize)?;
        LonLat::from_e7(lon, lat)
    }

    /// How many slots there are.
    pub(super) fn slot_count(&self) -> usize {
        self.coordinates.len()
    }

    /// The way with this id.
    pub(super) fn find_way(&self, id: i64) -> Option<&KeptWay> {
        let at = self.ways.binary_search_by_key(&id, |way| way.id).ok()?;
        self.ways.get(at)
    }

    /// Where one enters a site, and where its other member nodes lie; those that are in the file.
    pub(super) fn site_places(&self, relation: &KeptRelation) -> [Vec<LonLat>; 2] {
        let SiteNodes { start, doors, others } = relation.nodes;
        let middle = start + doors as usize;
        [start..middle, middle..middle + others as usize]
            .map(|range| self.slots[range].iter().filter_map(|&slot| self.place(slot)).collect())
    }

    /// The places of a way that are in the file.
    pub(super) fn line(&self, way: &KeptWay) -> Vec<LonLat> {
        self.slots(way).iter().filter_map(|&slot| self.place(slot)).collect()
    }

    /// Whether a way has nodes, and all of them are in the file.
    pub(super) fn is_whole(&self, way: &KeptWay) -> bool {
        let slots = self.slots(way);
        !slots.is_empty() && slots.iter().all(|&slot| self.place(slot).is_some())
    }
}

/// Reads the nodes that `kept` needs.
pub(super) fn locate(
    source: &Source,
    kept: Kept,
    hunt: Hunt<'_>,
    progress: &dyn Progress,
) -> Result<Ground, ImportError> {
    let ids = SortedIds::new(kept.refs.clone());
    let mut ground = Ground { coordinates: vec![NOWHERE; ids.len()], ..Ground::default() };
    let pass = Pass { progress, needs: Kinds::NODES, number: 2, of: 3 };
    let work = |block: &Block<'_>| locate_block(block, &ids, hunt);
    source.each(&kept.node_blocks, pass, work, |_, found| {
        for (slot, coordinates) in found.located {
            let place = &mut ground.coordinates[slot as usize];
            if *place == NOWHERE {
                *place = coordinates;
            }
        }
        ground.nodes.extend(found.tagged);
        ground.nodes_seen += found.seen;
        ground.nodes_off_earth += found.off_earth;
        ground.bad_strings += found.bad_strings;
    })?;
    ground.nodes.sort_by_key(|node| node.id);
    ground.nodes.dedup_by_key(|node| node.id);
    ground.slots = slots_of(&kept.refs, &ids);
    ground.wall_slots = slots_of(&kept.wall_refs, &ids);
    ground.wall_slots.sort_unstable();
    ground.wall_slots.dedup();
    ground.ways = kept.ways;
    ground.relations = kept.relations;
    Ok(ground)
}

/// The rank of each ref among the ids.
fn slots_of(refs: &[i64], ids: &SortedIds) -> Vec<u32> {
    const CHUNK: usize = 1 << 14;
    refs.par_chunks(CHUNK)
        .flat_map_iter(|chunk| {
            let mut last = 0;
            chunk.iter().map(move |&id| ids.rank(id, &mut last).unwrap_or(NO_SLOT))
        })
        .collect()
}

/// Node ids in order, each once, with a table of where each stretch of ids starts: a look-up is a division and
/// a search among a handful.
struct SortedIds {
    ids: Vec<i64>,
    starts: Vec<u32>,
    shift: u32,
}

impl SortedIds {
    fn new(mut ids: Vec<i64>) -> Self {
        ids.par_sort_unstable();
        ids.dedup();
        let (Some(&first), Some(&last)) = (ids.first(), ids.last()) else {
            return Self { ids, starts: Vec::new(), shift: 0 };
        };
        let span = last.wrapping_sub(first) as u64;
        let mut shift = 0;
        while span >> shift > 2 * ids.len() as u64 {
            shift += 1;
        }
        let mut starts = vec![0_u32; (span >> shift) as usize + 2];
        let mut bucket = 0;
        for (&id, at) in ids.iter().zip(0_u32..) {
            let home = (id.wrapping_sub(first) as u64 >> shift) as usize;
            while bucket < home {
                bucket += 1;
                starts[bucket] = at;
            }
        }
        starts[bucket + 1] = ids.len() as u32;
        Self { ids, starts, shift }
    }

    fn len(&self) -> usize {
        self.ids.len()
    }

    /// The rank of `id`; `last` is the rank found before, as ids come in runs.
    #[inline]
    fn rank(&self, id: i64, last: &mut u32) -> Option<u32> {
        let next = *last + 1;
        if self.ids.get(next as usize) == Some(&id) {
            *last = next;
            return Some(next);
        }
        let first = *self.ids.first()?;
        if id < first {
            return None;
        }
        let home = (id.wrapping_sub(first) as u64 >> self.shift) as usize;
        let from = *self.starts.get(home)?;
        let to = *self.starts.get(home + 1)?;
        let stretch = self.ids.get(from as usize..to as usize)?;
        let at = from + stretch.binary_search(&id).ok()? as u32;
        *last = at;
        Some(at)
    }
}

/// What one block gave.
#[derive(Default)]
struct Found {
    located: Vec<(u32, [i32; 2])>,
    tagged: Vec<TaggedNode>,
    seen: usize,
    off_earth: usize,
    bad_strings: usize,
}

fn locate_block(block: &Block<'_>, ids: &SortedIds, hunt: Hunt<'_>) -> Result<Found, Fault> {
    let mut found = Found { bad_strings: block.bad_strings, ..Found::default() };
    let keys = interesting_keys(block, hunt);
    let strings = block.strings();
    let mut last = 0;
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    let mut see = |node: RawNode<'_>| {
        found.seen += 1;
        let Some(place) = node.place else {
            found.off_earth += 1;
            return;
        };
        let slot = ids.rank(node.id, &mut last);
        if let Some(slot) = slot {
            found.located.push((slot, [place.lon_e7(), place.lat_e7()]));
        }
        if node.tags.chunks_exact(2).any(|tag| keys[tag[0] as usize]) {
            pairs.clear();
            pairs.extend(
                node.tags
                    .chunks_exact(2)
                    .map(|tag| (strings[tag[0] as usize], strings[tag[1] as usize])),
            );
            found.tagged.extend(tagged_node((node.id, place, slot), Tags::new(&pairs), hunt));
        }
    };
    block.nodes(&mut Scratch::default(), &mut see)?;
    Ok(found)
}

fn interesting_keys(block: &Block<'_>, hunt: Hunt<'_>) -> Vec<bool> {
    let facilities = hunt.parts.contains(OsmParts::FACILITIES);
    block
        .strings()
        .iter()
        .map(|&key| match key {
            "barrier" | "entrance" | "door" | "building:entrance" | "highway" | "access"
            | "access:conditional" | "foot" | "foot:conditional" | "ford" | "kerb"
            | "kerb:left" | "kerb:right" | "kerb:height" | "sloped_curb" => true,
            "place" => hunt.parts.contains(OsmParts::BASEMAP),
            _ => facilities && hunt.matcher.knows_key(key),
        })
        .collect()
}

fn tagged_node(
    (id, place, slot): (i64, LonLat, Option<u32>),
    tags: Tags<'_>,
    hunt: Hunt<'_>,
) -> Option<TaggedNode> {
    let parts = hunt.parts;
    let named = parts.contains(OsmParts::BASEMAP);
    let place_name = if named { place_of(tags) } else { None };
    let place_name = place_name
        .map(|kind| Box::new((Names::of(tags), kind)))
        .filter(|name| !name.0.name.is_empty());
    let facility = if parts.contains(OsmParts::FACILITIES) {
        FacilityTag::of(tags, hunt.matcher).map(Box::new)
    } else {
        None
    };
    let mut node = TaggedNode {
        id,
        place,
        slot,
        barrier: None,
        wheels: StreetTraits::empty(),
        crossing: None,
        lift: None,
        is_gate: false,
        way_in: false,
        door: false,
        limits: StreetTraits::empty(),
        facility,
        place_name,
    };
    // A gate in a fence is one whether or not the fence is kept: what is read for the map decides nothing.
    let is_public_gate =
        || parts.contains(OsmParts::FACILITIES) && is_way_in(tags) && barrier_of(tags).is_some();
    if slot.is_none() && is_public_gate() {
        node.barrier = barrier_of(tags);
        node.way_in = true;
    }
    if is_gate(tags) && (slot.is_some() || parts.contains(OsmParts::COMPOUNDS)) {
        node.is_gate = true;
        node.barrier = barrier_of(tags);
    }
    if slot.is_some() {
        node.barrier = barrier_of(tags);
        node.wheels = wheels_at(tags);
        node.crossing = crossing_of(tags);
        node.lift = lift_of(tags);
        node.way_in = is_way_in(tags);
        node.door = is_door(tags);
        if tags.is("highway", "elevator") && node.lift.is_none() {
            node.barrier = Some(BarrierKind::Closed);
        }
    }
    if node.way_in || node.door {
        node.limits = limits_at(tags);
    }
    let means_something = node.facility.is_some()
        || node.place_name.is_some()
        || node.barrier.is_some()
        || !node.wheels.is_empty()
        || node.crossing.is_some()
        || node.lift.is_some()
        || node.way_in
        || node.door;
    means_something.then_some(node)
}

/// `highway=elevator` on a node: a lift between the levels of the ways that meet there
/// (<https://wiki.openstreetmap.org/wiki/Tag:highway=elevator>).
fn lift_of(tags: Tags<'_>) -> Option<StreetTraits> {
    if !tags.is("highway", "elevator") || tags.is_out_of_use() {
        return None;
    }
    let mut traits = traits_of(tags, StreetClass::Elevator);
    let verdict = walk_access(tags, Access::Allowed);
    traits.set(StreetTraits::PRIVATE, verdict.access == Access::Private);
    traits.set(StreetTraits::CONDITIONAL, verdict.conditional);
    (verdict.access != Access::No).then_some(traits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_rank_is_that_of_a_plain_search(
            mut ids in prop::collection::vec(prop_oneof![0_i64..60, any::<i64>(), 5_000_000_000_i64..5_000_000_300], 0..80),
            asked in prop::collection::vec(prop_oneof![0_i64..60, any::<i64>(), 5_000_000_000_i64..5_000_000_300], 0..40),
        ) {
            let sorted = SortedIds::new(ids.clone());
            ids.sort_unstable();
            ids.dedup();
            let mut last = 0;
            for id in asked.into_iter().chain(ids.clone()) {
                let plain = ids.binary_search(&id).ok().map(|at| at as u32);
                prop_assert_eq!(sorted.rank(id, &mut last), plain);
            }
        }
    }
}
