//! What the map draws below the results, and the lines a walker cannot cross without a crossing.

use super::feature::Names;
use super::locate::Ground;
use super::rings::{self, Rings};
use super::scan::Meaning;
pub use super::tags::basemap::Grade;
use super::tags::basemap::{BaseTag, Extent, Theme};
use crate::import::{IssueKind, IssueLog};
use crate::spatial::{Area, LonLat};

/// An area on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseArea {
    /// `water`, `river`, `park`, `forest` …
    pub kind: &'static str,
    /// Its name; may be empty.
    pub name: String,
    /// Its ground.
    pub area: Area,
}

/// A line on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseLine {
    /// `river`, `coastline`, `rail`, `wall` …
    pub kind: &'static str,
    /// Its name; may be empty.
    pub name: String,
    /// Its places; at least two.
    pub line: Vec<LonLat>,
    /// Whether it lies on the ground, on a bridge or in a tunnel.
    pub grade: Grade,
}

/// A town, village, quarter …
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceName {
    /// `node/5`.
    pub key: String,
    /// `city`, `town`, `suburb`, `village`, `hamlet`, `quarter`, `neighbourhood` …
    pub kind: &'static str,
    /// Its names.
    pub names: Names,
    /// Where the name stands.
    pub place: LonLat,
}

/// Everything below the results but streets and buildings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Basemap {
    /// Lakes, river banks, harbors.
    pub water_areas: Vec<BaseArea>,
    /// Rivers, canals, streams, coastline.
    pub water_lines: Vec<BaseLine>,
    /// Parks, woods, fields, cemeteries.
    pub green: Vec<BaseArea>,
    /// Tracks.
    pub rails: Vec<BaseLine>,
    /// Walls, fences, hedges.
    pub walls: Vec<BaseLine>,
    /// Motorways.
    pub motorways: Vec<BaseLine>,
    /// Names of places.
    pub places: Vec<PlaceName>,
}

impl Basemap {
    /// The lines on the ground that a walker cannot cross without a crossing: walls, fences, railways (trams
    /// run in streets and do not count) and motorways, but not their bridges and tunnels.
    pub fn walking_barriers(&self) -> impl Iterator<Item = &BaseLine> {
        self.walls
            .iter()
            .chain(self.rails.iter().filter(|line| line.kind != "tram"))
            .chain(&self.motorways)
            .filter(|line| line.grade == Grade::Ground)
    }
}

/// Draws the basemap; the layers are in order of ids, ways before relations.
pub(super) fn draw_basemap(
    ground: &Ground,
    names: &[String],
    source: &str,
    issues: &mut IssueLog,
) -> Basemap {
    let mut map = Basemap::default();
    for way in &ground.ways {
        for base in bases(&way.meaning) {
            let slots = ground.slots(way);
            let name = &names[way.meaning.name as usize];
            let is_closed = slots.len() >= 4 && slots.first() == slots.last();
            if is_closed && base.extent != Extent::Line && ground.is_whole(way) {
                let rings = Rings { outer: vec![slots.to_vec()], ..Rings::default() };
                map.add_area(base, name, rings::area_of(ground, &rings));
            } else if base.extent != Extent::Area {
                map.add_line(base, name, ground, slots);
            }
        }
    }
    let mut broken = 0;
    for relation in &ground.relations {
        for base in bases(&relation.meaning).filter(|base| base.extent != Extent::Line) {
            let rings = rings::rings_of(ground, relation);
            broken += usize::from(rings.faults > 0);
            let name = &names[relation.meaning.name as usize];
            map.add_area(base, name, rings::area_of(ground, &rings));
        }
    }
    if broken > 0 {
        issues.note(
            IssueKind::ReferenceMissing,
            source,
            "",
            format!(
                "{broken} areas of water or green are not whole in the file; what closes is drawn"
            ),
        );
    }
    map.places = place_names(ground);
    map
}

fn bases(meaning: &Meaning) -> impl Iterator<Item = BaseTag> {
    let extra = meaning.extra.as_ref();
    extra.and_then(|x| x.base).into_iter().chain(extra.and_then(|x| x.wall))
}

impl Basemap {
    fn add_area(&mut self, base: BaseTag, name: &str, area: Option<Area>) {
        let Some(area) = area else { return };
        let shape = BaseArea { kind: base.kind, name: name.to_owned(), area };
        match base.theme {
            Theme::Water => self.water_areas.push(shape),
            Theme::Green => self.green.push(shape),
            Theme::Rail | Theme::Wall | Theme::Motor => {}
        }
    }

    /// Adds a line, cut where a node is not in the file.
    fn add_line(&mut self, base: BaseTag, name: &str, ground: &Ground, slots: &[u32]) {
        let lines = match base.theme {
            Theme::Water => &mut self.water_lines,
            Theme::Rail => &mut self.rails,
            Theme::Wall => &mut self.walls,
            Theme::Motor => &mut self.motorways,
            Theme::Green => return,
        };
        for run in slots.split(|&slot| ground.place(slot).is_none()) {
            let line: Vec<LonLat> = run.iter().filter_map(|&slot| ground.place(slot)).collect();
            if line.len() >= 2 {
                let (kind, grade) = (base.kind, base.grade);
                lines.push(BaseLine { kind, name: name.to_owned(), line, grade });
            }
        }
    }
}

fn place_names(ground: &Ground) -> Vec<PlaceName> {
    ground
        .nodes
        .iter()
        .filter_map(|node| {
            let (names, kind) = node.place_name.as_deref()?;
            let key = format!("node/{}", node.id);
            Some(PlaceName { key, kind, names: names.clone(), place: node.place })
        })
        .collect()
}
