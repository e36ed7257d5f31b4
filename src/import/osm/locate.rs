//! Second look at a file: where the nodes of the kept ways lie, and the nodes that mean something themselves.

use rayon::prelude::*;

use super::OsmParts;
use super::block::{Block, Kinds, RawNode, Scratch};
use super::feature::{FacilityTag, Names};
use super::scan::{Hunt, Kept, KeptRelation, KeptWay};
use super::source::{Pass, Source};
use super::tags::Tags;
use super::tags::access::{Access, foot_access_with_conditions};
use super::tags::barrier::{barrier_of, is_door, is_way_in};
use super::tags::basemap::place_of;
use super::tags::traits::traits_of;
use super::wire::Fault;
use crate::import::ImportError;
use crate::progress::Progress;
use crate::spatial::LonLat;
use crate::street::{BarrierKind, StreetClass, StreetTraits};

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
    /// The traits of the lift that it is.
    pub(super) lift: Option<StreetTraits>,
    /// One enters there.
    pub(super) way_in: bool,
    /// A door, private ones too.
    pub(super) door: bool,
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

    /// The places of a way that are in the file.
    pub(super) fn line(&self, way: &KeptWay) -> Vec<LonLat> {
        self.slots(way).iter().filter_map(|&slot| self.place(slot)).collect()
    }

    /// Whether all nodes of a way are in the file.
    pub(super) fn is_whole(&self, way: &KeptWay) -> bool {
        self.slots(way).iter().all(|&slot| self.place(slot).is_some())
    }
}

/// Reads the nodes that `kept` needs.
pub(super) fn locate(
    source: &Source,
    kept: Kept,
    hunt: Hunt<'_>,
    progress: &dyn Progress,
) -> Result<Ground, ImportError> {
    let mut ids = kept.refs.clone();
    ids.par_sort_unstable();
    ids.dedup();
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
    ground.ways = kept.ways;
    ground.relations = kept.relations;
    Ok(ground)
}

/// The rank of each ref among `ids`.
fn slots_of(refs: &[i64], ids: &[i64]) -> Vec<u32> {
    const CHUNK: usize = 1 << 14;
    refs.par_chunks(CHUNK)
        .flat_map_iter(|chunk| {
            let mut ranks = Ranks { ids, at: 0 };
            chunk.iter().map(move |&id| ranks.find(id).unwrap_or(NO_SLOT))
        })
        .collect()
}

/// Finds ids that come in runs: looks near the last one first.
struct Ranks<'a> {
    ids: &'a [i64],
    at: usize,
}

impl Ranks<'_> {
    #[inline]
    fn find(&mut self, id: i64) -> Option<u32> {
        let ids = self.ids;
        let last = *ids.get(self.at)?;
        let (mut low, mut high) = (self.at, self.at);
        let mut step = 1;
        if id >= last {
            while high < ids.len() && ids[high] < id {
                low = high;
                high += step;
                step *= 2;
            }
            high = high.saturating_add(1).min(ids.len());
        } else {
            while low > 0 && ids[low] > id {
                high = low;
                low = low.saturating_sub(step);
                step *= 2;
            }
        }
        let at = low + ids[low..high].partition_point(|&other| other < id);
        self.at = at.min(ids.len() - 1);
        (ids.get(at) == Some(&id)).then_some(at as u32)
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

fn locate_block(block: &Block<'_>, ids: &[i64], hunt: Hunt<'_>) -> Result<Found, Fault> {
    let mut found = Found { bad_strings: block.bad_strings, ..Found::default() };
    let keys = interesting_keys(block, hunt);
    let strings = block.strings();
    let mut ranks = Ranks { ids, at: 0 };
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    let mut see = |node: RawNode<'_>| {
        found.seen += 1;
        let Some(place) = node.place else {
            found.off_earth += 1;
            return;
        };
        let slot = ranks.find(node.id);
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
            "barrier" | "entrance" | "door" | "building:entrance" | "highway" => true,
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
        lift: None,
        way_in: false,
        door: false,
        facility,
        place_name,
    };
    if slot.is_some() {
        node.barrier = barrier_of(tags);
        node.lift = lift_of(tags);
        node.way_in = is_way_in(tags);
        node.door = is_door(tags);
        if tags.is("highway", "elevator") && node.lift.is_none() {
            node.barrier = Some(BarrierKind::Closed);
        }
    }
    let means_something = node.facility.is_some()
        || node.place_name.is_some()
        || node.barrier.is_some()
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
    let (access, conditional) = foot_access_with_conditions(tags, Access::Allowed);
    traits.set(StreetTraits::PRIVATE, access == Access::Private);
    traits.set(StreetTraits::CONDITIONAL, conditional);
    (access != Access::No).then_some(traits)
}
