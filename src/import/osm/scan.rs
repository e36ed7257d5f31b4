//! First look at a file: which ways and relations are kept, and what their tags mean.

use std::collections::{BTreeSet, HashMap};

use super::OsmParts;
use super::block::{Block, Kinds, Scratch};
use super::feature::{BoundaryTag, FacilityTag};
use super::matcher::Matcher;
use super::members::{SiteNodes, members_of, site_members};
use super::source::{Pass, Source};
use super::tags::Tags;
use super::tags::access::is_sent_to_sidepath;
use super::tags::basemap::{BaseTag, Theme, base_of, wall_of};
use super::tags::building::{BuildingTag, building_of};
use super::tags::compound::{CompoundTag, compound_of};
use super::tags::street::{Shape, StreetTag, class_as_ground, street_of};
use super::wire::Fault;
use crate::import::ImportError;

pub(super) use super::members::Role;

/// What a read is after.
#[derive(Clone, Copy)]
pub(super) struct Hunt<'a> {
    pub(super) parts: OsmParts,
    /// Those of them that only a map is drawn from.
    pub(super) map_only: OsmParts,
    pub(super) matcher: &'a Matcher,
}

/// What the tags of a way or relation mean.
#[derive(Clone, Debug, Default)]
pub(super) struct Meaning {
    pub(super) street: Option<StreetTag>,
    pub(super) building: Option<BuildingTag>,
    /// Storey it lies on, in halves; see [`level_of`].
    pub(super) level: i16,
    /// Position of its name in [`Kept::names`].
    pub(super) name: u32,
    pub(super) extra: Option<Box<Extra>>,
}

/// What only some ways and relations are.
#[derive(Clone, Debug, Default)]
pub(super) struct Extra {
    pub(super) facility: Option<FacilityTag>,
    pub(super) boundary: Option<BoundaryTag>,
    pub(super) base: Option<BaseTag>,
    /// The wall around it, when `base` is something else.
    pub(super) wall: Option<BaseTag>,
    /// The ground of what may be a walled compound.
    pub(super) compound: Option<CompoundTag>,
    /// A road whose walkers are sent to a path beside it.
    pub(super) sidepath: bool,
}

impl Meaning {
    /// Whether it means something beside the parts that only a map is drawn from.
    fn is_more_than(&self, map_only: OsmParts) -> bool {
        let extra = self.extra.as_deref();
        self.street.is_some()
            || extra.is_some_and(|extra| extra.facility.is_some() || extra.boundary.is_some())
            || self.building.is_some()
            || extra.and_then(|extra| extra.base).is_some_and(|base| {
                base.theme != Theme::Green || !map_only.contains(OsmParts::BASEMAP)
            })
    }
}

impl Extra {
    fn is_empty(&self) -> bool {
        self.facility.is_none()
            && self.boundary.is_none()
            && self.base.is_none()
            && self.wall.is_none()
            && self.compound.is_none()
            && !self.sidepath
    }
}

/// A way worth keeping: tagged so, or a member of a relation that is.
#[derive(Clone, Debug)]
pub(super) struct KeptWay {
    pub(super) id: i64,
    /// Where its nodes start in [`Kept::refs`].
    pub(super) start: usize,
    /// How many nodes it has.
    pub(super) len: u32,
    pub(super) meaning: Meaning,
}

/// A multipolygon or boundary worth keeping.
#[derive(Clone, Debug)]
pub(super) struct KeptRelation {
    pub(super) id: i64,
    /// Member ways in order.
    pub(super) members: Vec<(i64, Role)>,
    pub(super) meaning: Meaning,
    /// The nodes of a site.
    pub(super) nodes: SiteNodes,
}

/// All that is kept, ways and relations sorted by id.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) ways: Vec<KeptWay>,
    pub(super) refs: Vec<i64>,
    /// Nodes that a wall or fence runs over, its ends aside, which do not cut the street they touch. The wall
    /// itself is kept for the map alone.
    pub(super) wall_refs: Vec<i64>,
    pub(super) relations: Vec<KeptRelation>,
    /// Names; the first is empty.
    pub(super) names: Vec<String>,
    /// Blocks that hold nodes.
    pub(super) node_blocks: Vec<usize>,
    pub(super) ways_seen: usize,
    pub(super) relations_seen: usize,
    pub(super) highways_seen: usize,
    /// Strings that are not UTF-8.
    pub(super) bad_strings: usize,
    /// Ways and relations that came twice.
    pub(super) twice: usize,
    /// Relations with the tags of a place, of a type that is not read.
    pub(super) odd_places: usize,
}

/// Reads the ways and relations of `source`.
pub(super) fn scan(
    source: &Source,
    hunt: Hunt<'_>,
    progress: &dyn crate::progress::Progress,
) -> Result<Kept, ImportError> {
    let all: Vec<usize> = (0..source.len()).collect();
    let needs = Kinds::WAYS | Kinds::RELATIONS;
    let mut kept = Kept { names: vec![String::new()], ..Kept::default() };
    let mut names = HashMap::from([(String::new(), 0)]);
    let mut way_blocks = Vec::new();
    let pass = Pass { progress, needs, number: 0, of: 3 };
    source.each(
        &all,
        pass,
        |block| scan_block(block, hunt),
        |at, found| {
            if found.kinds.contains(Kinds::NODES) {
                kept.node_blocks.push(at);
            }
            if found.kinds.contains(Kinds::WAYS) {
                way_blocks.push(at);
            }
            kept.take(found, &mut names);
        },
    )?;
    drop(names);
    kept.sort(hunt.map_only);
    let missing = kept.missing_members();
    if !missing.is_empty() {
        let pass = Pass { progress, needs: Kinds::WAYS, number: 1, of: 3 };
        let fetch = |block: &Block<'_>| fetch_block(block, &missing);
        let mut unnamed = HashMap::new();
        source.each(&way_blocks, pass, fetch, |_, found| kept.take(found, &mut unnamed))?;
        kept.sort(hunt.map_only);
    }
    Ok(kept)
}

/// What one block gave.
struct Found {
    kinds: Kinds,
    kept: Kept,
}

impl Kept {
    /// Appends what a block gave.
    fn take(&mut self, found: Found, names: &mut HashMap<String, u32>) {
        let found = found.kept;
        let offset = self.refs.len();
        let map: Vec<u32> = found
            .names
            .into_iter()
            .map(|name| {
                *names.entry(name).or_insert_with_key(|name| {
                    self.names.push(name.clone());
                    (self.names.len() - 1) as u32
                })
            })
            .collect();
        let rename = |mut meaning: Meaning| {
            meaning.name = map.get(meaning.name as usize).copied().unwrap_or(0);
            meaning
        };
        self.refs.extend_from_slice(&found.refs);
        self.wall_refs.extend_from_slice(&found.wall_refs);
        self.ways.extend(found.ways.into_iter().map(|way| KeptWay {
            start: way.start + offset,
            meaning: rename(way.meaning),
            ..way
        }));
        self.relations.extend(found.relations.into_iter().map(|relation| KeptRelation {
            meaning: rename(relation.meaning),
            nodes: SiteNodes { start: relation.nodes.start + offset, ..relation.nodes },
            ..relation
        }));
        self.ways_seen += found.ways_seen;
        self.relations_seen += found.relations_seen;
        self.highways_seen += found.highways_seen;
        self.bad_strings += found.bad_strings;
        self.odd_places += found.odd_places;
    }

    /// Sorts by id; of two with one id the first in the file stays, and is counted unless only the map has need
    /// of it.
    fn sort(&mut self, map_only: OsmParts) {
        let twice = &mut self.twice;
        self.ways.sort_by_key(|way| way.id);
        self.ways.dedup_by(|second, first| {
            let same = second.id == first.id;
            *twice += usize::from(same && first.meaning.is_more_than(map_only));
            same
        });
        self.relations.sort_by_key(|relation| relation.id);
        self.relations.dedup_by(|second, first| {
            let same = second.id == first.id;
            *twice += usize::from(same && first.meaning.is_more_than(map_only));
            same
        });
    }

    /// Member ways of kept relations that were not kept for their own tags.
    fn missing_members(&self) -> BTreeSet<i64> {
        self.relations
            .iter()
            .flat_map(|relation| relation.members.iter().map(|member| member.0))
            .filter(|&id| self.find_way(id).is_none())
            .collect()
    }

    /// The way with this id.
    pub(super) fn find_way(&self, id: i64) -> Option<&KeptWay> {
        let at = self.ways.binary_search_by_key(&id, |way| way.id).ok()?;
        self.ways.get(at)
    }
}

/// What ground and lines beside the streets are read for.
const DRAWN: OsmParts = OsmParts::BASEMAP.union(OsmParts::OBSTACLES);

/// Which strings of a block are keys worth a look.
fn interesting_keys(block: &Block<'_>, hunt: Hunt<'_>) -> Vec<bool> {
    let parts = hunt.parts;
    block
        .strings()
        .iter()
        .map(|&key| match key {
            "highway" | "railway" => true,
            "public_transport" | "man_made" | "route" | "indoor" | "area:highway" => {
                parts.contains(OsmParts::STREETS) || hunt.matcher.knows_key(key)
            }
            "building" => {
                parts.intersects(OsmParts::BUILDINGS | OsmParts::OBSTACLES)
                    || hunt.matcher.knows_key(key)
            }
            "boundary" => parts.contains(OsmParts::BOUNDARIES),
            "barrier" => {
                parts.intersects(DRAWN.union(OsmParts::STREETS).union(OsmParts::COMPOUNDS))
            }
            "landuse" if parts.contains(OsmParts::COMPOUNDS) => true,
            "natural" | "waterway" | "leisure" | "landuse" => {
                parts.intersects(DRAWN) || hunt.matcher.knows_key(key)
            }
            _ => hunt.matcher.knows_key(key),
        })
        .collect()
}

fn scan_block(block: &Block<'_>, hunt: Hunt<'_>) -> Result<Found, Fault> {
    let mut kept = Kept { bad_strings: block.bad_strings, ..Kept::default() };
    kept.names.push(String::new());
    if !block.kinds.intersects(Kinds::WAYS | Kinds::RELATIONS) {
        return Ok(Found { kinds: block.kinds, kept });
    }
    let keys = interesting_keys(block, hunt);
    let wants = |tags: &[u32]| tags.chunks_exact(2).any(|tag| keys[tag[0] as usize]);
    let mut reader =
        TagReader { strings: block.strings(), pairs: Vec::new(), names: HashMap::new() };
    let mut scratch = Scratch::default();
    let way_wants = |_: i64, tags: &[u32]| wants(tags);
    let seen = block.ways(&mut scratch, &way_wants, &mut |id, scratch| {
        let tags = reader.load(&scratch.tags);
        kept.highways_seen += usize::from(tags.has("highway"));
        if is_wall(tags) && scratch.refs.len() > 2 {
            kept.wall_refs.extend_from_slice(&scratch.refs[1..scratch.refs.len() - 1]);
        }
        let meaning = way_meaning(tags, hunt);
        if let Some(mut meaning) = meaning.filter(|_| scratch.refs.len() >= 2) {
            reader.name(&mut meaning, &mut kept.names);
            let start = kept.refs.len();
            kept.refs.extend_from_slice(&scratch.refs);
            kept.ways.push(KeptWay { id, start, len: scratch.refs.len() as u32, meaning });
        }
    })?;
    kept.ways_seen = seen;
    kept.relations_seen = block.relations(&mut scratch, &wants, &mut |id, scratch| {
        let tags = reader.load(&scratch.tags);
        kept.odd_places += usize::from(is_odd_place(tags, hunt));
        let is_site = tags.is("type", "site");
        if let Some(mut meaning) = relation_meaning(tags, hunt) {
            reader.name(&mut meaning, &mut kept.names);
            let (members, nodes) = if is_site {
                site_members(&scratch.members, block.strings(), &mut kept.refs)
            } else {
                (members_of(&scratch.members, block.strings()), SiteNodes::default())
            };
            kept.relations.push(KeptRelation { id, members, meaning, nodes });
        }
    })?;
    Ok(Found { kinds: block.kinds, kept })
}

/// A relation with the tags of a place that is not read. Routes and the like hold things, they are none.
fn is_odd_place(tags: Tags<'_>, hunt: Hunt<'_>) -> bool {
    let known = [
        "multipolygon",
        "boundary",
        "site",
        "route",
        "route_master",
        "building",
        "public_transport",
    ];
    hunt.parts.contains(OsmParts::FACILITIES)
        && !tags.is_any("type", &known)
        && FacilityTag::of(tags, hunt.matcher).is_some()
}

/// Turns positions in a string table into tags, and keeps names.
struct TagReader<'b, 'a> {
    strings: &'b [&'a str],
    pairs: Vec<(&'a str, &'a str)>,
    names: HashMap<&'a str, u32>,
}

impl TagReader<'_, '_> {
    fn load(&mut self, tags: &[u32]) -> Tags<'_> {
        self.pairs.clear();
        self.pairs.extend(
            tags.chunks_exact(2)
                .map(|tag| (self.strings[tag[0] as usize], self.strings[tag[1] as usize])),
        );
        Tags::new(&self.pairs)
    }

    /// Gives a street or a piece of the basemap its name.
    fn name(&mut self, meaning: &mut Meaning, names: &mut Vec<String>) {
        let has_base = meaning.extra.as_ref().is_some_and(|extra| extra.base.is_some());
        if meaning.street.is_none() && !has_base {
            return;
        }
        let Some(&(_, name)) = self.pairs.iter().find(|pair| pair.0 == "name") else { return };
        meaning.name = *self.names.entry(name).or_insert_with(|| {
            names.push(name.to_owned());
            (names.len() - 1) as u32
        });
    }
}

fn is_wall(tags: Tags<'_>) -> bool {
    wall_of(tags).is_some() && !tags.is_out_of_use()
}

fn way_meaning(tags: Tags<'_>, hunt: Hunt<'_>) -> Option<Meaning> {
    let parts = hunt.parts;
    let street = if parts.contains(OsmParts::STREETS) { street_of(tags) } else { None };
    let built = parts.intersects(OsmParts::BUILDINGS | OsmParts::OBSTACLES);
    let building = if built { building_of(tags) } else { None };
    let level = if street.is_some() { level_of(tags) } else { 0 };
    let extra = extra_of(tags, hunt);
    let is_any = street.is_some() || building.is_some() || extra.is_some();
    is_any.then_some(Meaning { street, building, level, name: 0, extra })
}

fn extra_of(tags: Tags<'_>, hunt: Hunt<'_>) -> Option<Box<Extra>> {
    let parts = hunt.parts;
    let sidepath = parts.contains(OsmParts::STREETS) && is_sent_to_sidepath(tags);
    let mut extra = Extra { sidepath, ..Extra::default() };
    if parts.contains(OsmParts::FACILITIES) {
        extra.facility = FacilityTag::of(tags, hunt.matcher);
    }
    if parts.contains(OsmParts::BOUNDARIES) {
        extra.boundary = BoundaryTag::of(tags);
    }
    if parts.contains(OsmParts::COMPOUNDS) {
        extra.compound = compound_of(tags);
    }
    if parts.intersects(DRAWN) && !tags.is_out_of_use() {
        let drawn =
            |base: &BaseTag| base.theme != Theme::Green || parts.contains(OsmParts::BASEMAP);
        extra.base = base_of(tags).filter(drawn);
        let other = extra.base.is_some_and(|base| base.theme != Theme::Wall);
        extra.wall = if other || extra.base.is_none() { wall_of(tags) } else { None };
    }
    (!extra.is_empty()).then(|| Box::new(extra))
}

fn relation_meaning(tags: Tags<'_>, hunt: Hunt<'_>) -> Option<Meaning> {
    if tags.is("type", "boundary") {
        let boundary = BoundaryTag::of(tags)?;
        let extra = Extra { boundary: Some(boundary), ..Extra::default() };
        let wanted = hunt.parts.contains(OsmParts::BOUNDARIES);
        return wanted.then(|| Meaning { extra: Some(Box::new(extra)), ..Meaning::default() });
    }
    if tags.is("type", "site") {
        let facilities = hunt.parts.contains(OsmParts::FACILITIES);
        let facility = if facilities { FacilityTag::of(tags, hunt.matcher) } else { None };
        let extra = Some(Box::new(Extra { facility: Some(facility?), ..Extra::default() }));
        return Some(Meaning { extra, ..Meaning::default() });
    }
    if !tags.is("type", "multipolygon") {
        return None;
    }
    let mut meaning = way_meaning(tags, hunt)?;
    // A street drawn as a multipolygon is ground, area=yes or not.
    if let Some(street) = meaning.street.as_mut()
        && street.shape == Shape::Line
    {
        street.shape = Shape::Ground;
        street.class = class_as_ground(street.class);
    }
    Some(meaning)
}

/// The levels that a place is on, in halves; none when one of them is the ground or cannot be read.
pub(super) fn levels_off_ground(tags: Tags<'_>) -> Vec<i16> {
    let Some(told) = tags.get("level").or_else(|| tags.get("layer")) else { return Vec::new() };
    let level = |text: &str| {
        let level = text.trim().parse::<f32>().ok().filter(|level| level.abs() < 1000.0)?;
        Some((level * 2.0).round() as i16)
    };
    let levels: Option<Vec<i16>> = told.split(';').map(level).collect();
    levels.filter(|levels| !levels.contains(&0)).unwrap_or_default()
}

/// The storey in halves (`level`, else `layer`, else the ground): the lowest of several
/// (<https://wiki.openstreetmap.org/wiki/Key:level>).
fn level_of(tags: Tags<'_>) -> i16 {
    ["level", "layer"]
        .into_iter()
        .find_map(|key| tags.get(key)?.split(';').next()?.trim().parse::<f32>().ok())
        .filter(|level| level.abs() < 1000.0)
        .map_or(0, |level| (level * 2.0).round() as i16)
}

/// Keeps the ways with these ids, without their tags: edges of multipolygons.
fn fetch_block(block: &Block<'_>, missing: &BTreeSet<i64>) -> Result<Found, Fault> {
    let mut kept = Kept::default();
    let mut scratch = Scratch::default();
    let wants = |id: i64, _: &[u32]| missing.contains(&id);
    block.ways(&mut scratch, &wants, &mut |id, scratch| {
        let start = kept.refs.len();
        kept.refs.extend_from_slice(&scratch.refs);
        let len = scratch.refs.len() as u32;
        kept.ways.push(KeptWay { id, start, len, meaning: Meaning::default() });
    })?;
    Ok(Found { kinds: block.kinds, kept })
}
