//! OpenStreetMap extracts → streets, facilities, buildings, boundaries and the basemap.
//!
//! A file is looked at twice. The first look keeps the ways and relations whose tags mean something
//! ([`tags`]) and condenses those tags at once; the second finds where the nodes of the kept ways lie. Blocks
//! are unpacked and read in parallel and put together in file order, then sorted by id, so that the answer does
//! not depend on the number of threads or on the order in the file. Nothing is kept that is not needed, and no
//! map of all nodes is ever made.
//!
//! | file | what it does |
//! |---|---|
//! | `wire` `block` `source` | PBF: bytes → blocks → elements, with the limits of the format |
//! | `xml` `encode` | OSM XML, plain or packed → the same blocks |
//! | `tags/*` `matcher` `feature` | what tags mean |
//! | `scan` `members` `locate` | the two looks |
//! | `streets` `square/*` `lift` `seams` `rings` | geometry of the walking network and of areas |
//! | `told` | what tags leave to a decision, said |
//! | `facilities` `levels` `duplicates` `entrances` `buildings` `boundaries` `compounds` `obstacles` `basemap` | the layers |

pub mod tags;
pub mod matcher;
mod wire;
mod block;
mod source;
mod encode;
mod xml;
mod format;
mod feature;
mod members;
mod scan;
mod locate;
mod rings;
mod streets;
mod square;
mod lift;
mod seams;
mod told;
mod facilities;
mod levels;
mod duplicates;
mod entrances;
mod buildings;
mod boundaries;
mod compounds;
mod basemap;
mod obstacles;

use std::path::Path;

use locate::Ground;
use scan::{Hunt, Kept};

pub use basemap::{BaseArea, BaseLine, Basemap, Grade, PlaceName};
pub use boundaries::Boundary;
pub use buildings::{Building, BuildingUse};
pub use compounds::Compound;
pub use facilities::LAYER;
pub use feature::Names;
pub use matcher::{Matcher, MatcherError, parse_functions, standard_functions};

use super::{ImportError, IssueKind, IssueLog};
use crate::facility::{Facility, Taxonomy};
use crate::progress::{Progress, Stage};
use crate::spatial::BoundingBox;
use crate::street::{Obstacles, StreetIngredients};

bitflags::bitflags! {
    /// Parts of an extract.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct OsmParts: u8 {
        /// The walking network.
        const STREETS = 1;
        /// Facilities of the taxonomy.
        const FACILITIES = 2;
        /// Buildings, as a source of demand.
        const BUILDINGS = 4;
        /// Administrative boundaries, as zones.
        const BOUNDARIES = 8;
        /// Water, green, rail, walls and place names, for the map.
        const BASEMAP = 16;
        /// Walled compounds and their gates.
        const COMPOUNDS = 64;
        /// What stands between homes and streets: walls, water, tracks, buildings.
        const OBSTACLES = 32;
    }
}

/// What to take from an extract.
#[derive(Clone, Copy, Debug)]
pub struct OsmWants<'a> {
    /// The functions facilities are found for.
    pub taxonomy: &'a Taxonomy,
    /// The parts wanted; what is not wanted costs nothing.
    pub parts: OsmParts,
    /// Those of the parts that only a map is drawn from: what is odd in them is no issue of an audit.
    pub map_only: OsmParts,
}

impl<'a> OsmWants<'a> {
    /// These parts, all of them for more than the map.
    pub const fn new(taxonomy: &'a Taxonomy, parts: OsmParts) -> Self {
        Self { taxonomy, parts, map_only: OsmParts::empty() }
    }
}

/// What was seen in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OsmStats {
    /// Nodes in the blocks that were read.
    pub nodes: usize,
    /// Ways in the file.
    pub ways: usize,
    /// Relations in the file.
    pub relations: usize,
    /// Ways with `highway=*` that were looked at.
    pub highways: usize,
    /// Walkable ways taken, before cutting.
    pub walkable_ways: usize,
    /// Places added so that a lift has one a storey.
    pub lift_places: usize,
}

/// Everything taken from an extract.
#[derive(Debug, Default)]
pub struct OsmExtract {
    /// The walking network.
    pub streets: StreetIngredients,
    /// Facilities of the taxonomy, sorted by key, each place once.
    pub facilities: Vec<Facility>,
    /// Buildings, sorted by key.
    pub buildings: Vec<Building>,
    /// Administrative boundaries that are whole, sorted by level, then key.
    pub boundaries: Vec<Boundary>,
    /// Walled compounds with a gate, ways before relations, sorted by id.
    pub compounds: Vec<Compound>,
    /// What only streets cross.
    pub obstacles: Obstacles,
    /// The map below.
    pub basemap: Basemap,
    /// What was skipped or repaired.
    pub issues: IssueLog,
    /// The box around the walking network.
    pub bounds: Option<BoundingBox>,
    /// What was seen.
    pub stats: OsmStats,
}

/// Reads an OpenStreetMap extract: PBF, or XML plain or packed with gzip or bzip2, told apart by content.
///
/// # Errors
/// When the file cannot be read or is damaged anywhere (the message names the byte), when the taxonomy has a
/// tag rule that cannot be read, or when `progress` asks to stop.
pub fn read_osm(
    path: &Path,
    wants: &OsmWants<'_>,
    progress: &dyn Progress,
) -> Result<OsmExtract, ImportError> {
    let matcher = if wants.parts.contains(OsmParts::FACILITIES) {
        Matcher::new(wants.taxonomy)
            .map_err(|error| ImportError::malformed(path, error.to_string()))?
    } else {
        Matcher::default()
    };
    let mut parts = wants.parts;
    // What stands on squares decides how one walks over them.
    parts.set(OsmParts::OBSTACLES, parts.intersects(OsmParts::STREETS | OsmParts::OBSTACLES));
    let hunt = Hunt { parts, map_only: wants.map_only, matcher: &matcher };
    let source = format::open(path, progress)?;
    let mut kept = scan::scan(&source, hunt, progress)?;
    let names = std::mem::take(&mut kept.names);
    let mut extract = OsmExtract::default();
    let label = file_label(path);
    extract.note_seen(&kept, &label);
    let ground = locate::locate(&source, kept, hunt, progress)?;
    drop(source);
    extract.note_located(&ground, &label);
    extract.fill(&ground, &names, wants, &label);
    progress.step(Stage::Reading, 3000, 3000)?;
    Ok(extract)
}

fn file_label(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

impl OsmExtract {
    fn note_seen(&mut self, kept: &Kept, label: &str) {
        self.stats.ways = kept.ways_seen;
        self.stats.relations = kept.relations_seen;
        self.stats.highways = kept.highways_seen;
        self.stats.walkable_ways =
            kept.ways.iter().filter(|way| way.meaning.street.is_some()).count();
        let twice = kept.twice;
        if twice > 0 {
            let reason =
                format!("{twice} ways or relations are in the file twice; the first is taken");
            self.issues.note(IssueKind::Duplicate, label, "", reason);
        }
        if kept.bad_strings > 0 {
            self.note_bad_strings(kept.bad_strings, label);
        }
        if kept.odd_places > 0 {
            let reason = format!(
                "{} relations have the tags of a place and are no multipolygon, boundary or site; they are not read",
                kept.odd_places
            );
            self.issues.note(IssueKind::Estimated, label, "", reason);
        }
    }

    fn note_bad_strings(&mut self, count: usize, label: &str) {
        let reason = format!("{count} texts are not UTF-8; they are taken as empty");
        self.issues.note(IssueKind::EncodingDetected, label, "", reason);
    }

    fn note_located(&mut self, ground: &Ground, label: &str) {
        self.stats.nodes = ground.nodes_seen;
        let off_earth = ground.nodes_off_earth;
        if off_earth > 0 {
            let reason =
                format!("{off_earth} nodes have coordinates that are not on earth; left out");
            self.issues.note(IssueKind::GeometryInvalid, label, "", reason);
        }
        if ground.bad_strings > 0 {
            self.note_bad_strings(ground.bad_strings, label);
        }
    }

    fn fill(&mut self, ground: &Ground, names: &[String], wants: &OsmWants<'_>, label: &str) {
        let parts = wants.parts;
        let mut of_the_map = IssueLog::default();
        let issues = &mut self.issues;
        if parts.contains(OsmParts::STREETS) {
            let (made, notes) = streets::build_streets(ground, names, label, issues);
            self.bounds = streets::bounds_of(&made.places);
            self.stats.lift_places = notes.lift_places;
            self.streets = made;
            if self.streets.ways.is_empty() {
                let reason =
                    "no way in the file can be walked; give an extract with highway=* ways";
                issues.note(IssueKind::InputLacking, label, "", reason);
            }
            streets::note_untagged_crossings(ground, &notes.on_street, label, issues);
            told::note_decisions(ground, &self.streets, label, issues);
        }
        if parts.contains(OsmParts::FACILITIES) {
            self.facilities = facilities::find_facilities(ground, wants.taxonomy, label, issues);
        }
        if parts.contains(OsmParts::BUILDINGS) {
            let only_drawn = wants.map_only.contains(OsmParts::BUILDINGS);
            let issues = if only_drawn { &mut of_the_map } else { &mut *issues };
            self.buildings = buildings::find_buildings(ground, label, issues);
        }
        if parts.contains(OsmParts::BOUNDARIES) {
            self.boundaries = boundaries::find_boundaries(ground, label, issues);
        }
        if parts.contains(OsmParts::COMPOUNDS) {
            self.compounds = compounds::find_compounds(ground, &self.streets, label, issues);
        }
        if parts.contains(OsmParts::OBSTACLES) {
            self.obstacles = obstacles::find_obstacles(ground);
        }
        if parts.contains(OsmParts::BASEMAP) {
            let only_drawn = wants.map_only.contains(OsmParts::BASEMAP);
            let issues = if only_drawn { &mut of_the_map } else { issues };
            self.basemap = basemap::draw_basemap(ground, names, label, issues);
        }
    }
}
