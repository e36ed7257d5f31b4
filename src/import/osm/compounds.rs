//! Walled compounds (小区) and their gates: homes behind a wall of their own, which people leave by the gates in it.

use std::collections::{BTreeMap, BTreeSet};

use super::locate::{Ground, TaggedNode};
use super::rings::{self, Rings};
use super::scan::Meaning;
use super::tags::compound::CompoundTag;
use crate::import::{IssueKind, IssueLog};
use crate::spatial::frame::ground_distance;
use crate::spatial::locator::AreaLocator;
use crate::spatial::{Area, BoundingBox, LonLat};
use crate::street::{BarrierKind, StreetIngredients, StreetTraits};

/// How far from the wall a gate may stand that belongs to it, in metres.
const FENCE_M: f64 = 10.0;
/// A street that passes the wall this near a mapped gate passes by that gate, in metres.
const SAME_GATE_M: f64 = 15.0;
/// The largest ground that an outline without tags of a wall is taken for a compound by its gates, in m².
const UNTAGGED_MAX_M2: f64 = 1_000_000.0;

/// A walled compound.
#[derive(Clone, Debug, PartialEq)]
pub struct Compound {
    /// `way/5` or `relation/5`.
    pub key: String,
    /// Its ground.
    pub area: Area,
    /// Where one leaves it, each once, sorted: gates and doors in its wall, and streets that pass it.
    pub gates: Vec<LonLat>,
}

/// Finds the compounds, sorted by key of ways, then of relations. `streets` are those of the file.
pub(super) fn find_compounds(
    ground: &Ground,
    streets: &StreetIngredients,
    source: &str,
    issues: &mut IssueLog,
) -> Vec<Compound> {
    let areas = areas_of(ground);
    let passes = Passes::new(streets, areas.iter().map(|found| &found.2));
    let gates = mapped_gates(ground);
    let mut compounds = Vec::new();
    let mut gateless = 0;
    for (key, tag, area) in areas {
        let mapped = gates_of(&area, &gates);
        let is_compound = tag.walled || !mapped.is_empty() && area.area_m2() <= UNTAGGED_MAX_M2;
        if !is_compound {
            continue;
        }
        let gates = with_passes(mapped, passes.through(&area));
        if gates.is_empty() {
            gateless += 1;
        } else {
            compounds.push((tag.ring, Compound { key, area, gates }));
        }
    }
    if gateless > 0 {
        let reason = format!(
            "{gateless} walled compounds have neither a gate nor a street that passes their wall; their homes go \
             out as if there were no wall"
        );
        issues.note(IssueKind::Estimated, source, "", reason);
    }
    without_inner_walls(compounds)
}

/// What may be a compound; a mere wall when there is a gate in it.
fn areas_of(ground: &Ground) -> Vec<(String, CompoundTag, Area)> {
    let gates: BTreeSet<u32> = open_gates(ground).filter_map(|node| node.slot).collect();
    let has_gate = |rings: &Rings| rings.outer.iter().flatten().any(|slot| gates.contains(slot));
    let mut outlines: Vec<(String, CompoundTag, Rings)> = Vec::new();
    for way in &ground.ways {
        let slots = ground.slots(way);
        let is_closed = slots.len() >= 4 && slots.first() == slots.last() && ground.is_whole(way);
        if let Some(tag) = tag_of(&way.meaning).filter(|_| is_closed) {
            let rings = Rings { outer: vec![slots.to_vec()], ..Rings::default() };
            outlines.push((format!("way/{}", way.id), tag, rings));
        }
    }
    for relation in &ground.relations {
        if let Some(tag) = tag_of(&relation.meaning) {
            let rings = rings::rings_of(ground, relation);
            outlines.push((format!("relation/{}", relation.id), tag, rings));
        }
    }
    let areas = outlines
        .into_iter()
        .filter(|(_, tag, rings)| !tag.ring || has_gate(rings))
        .filter_map(|(key, tag, rings)| Some((key, tag, rings::area_of(ground, &rings)?)));
    areas.collect()
}

/// Leaves out the mere walls in compounds: of those the own gates are known.
fn without_inner_walls(found: Vec<(bool, Compound)>) -> Vec<Compound> {
    let lived_on: Vec<Area> =
        found.iter().filter(|(is_ring, _)| !is_ring).map(|(_, own)| own.area.clone()).collect();
    let locator = AreaLocator::new(&lived_on);
    let is_apart = |own: &Compound| {
        let mut corners = own.area.polygons.iter().flat_map(|part| &part.outer);
        corners.all(|&corner| locator.containing(corner).is_empty())
    };
    let kept = found.into_iter().filter(|(is_ring, own)| !is_ring || is_apart(own));
    kept.map(|(_, own)| own).collect()
}

fn tag_of(meaning: &Meaning) -> Option<CompoundTag> {
    meaning.extra.as_ref()?.compound
}

/// Gates and doors that somebody passes, those of residents too.
fn open_gates(ground: &Ground) -> impl Iterator<Item = &TaggedNode> {
    let is_open = |node: &&TaggedNode| node.is_gate && node.barrier != Some(BarrierKind::Closed);
    ground.nodes.iter().filter(is_open)
}

/// Where they stand.
fn mapped_gates(ground: &Ground) -> Vec<LonLat> {
    open_gates(ground).map(|node| node.place).collect()
}

fn gates_of(area: &Area, gates: &[LonLat]) -> Vec<LonLat> {
    let Some(bounds) = area.bounding_box() else { return Vec::new() };
    let near = |gate: LonLat| {
        area.polygons.iter().any(|part| rings::distance_to_line_m(gate, &part.outer) <= FENCE_M)
    };
    let wide = widened(bounds);
    gates.iter().copied().filter(|&gate| wide.contains(gate) && near(gate)).collect()
}

/// A box some 10 m wider on each side at any latitude where towns are.
fn widened(bounds: BoundingBox) -> BoundingBox {
    const MARGIN_E7: i32 = 4_000;
    let corner = |place: LonLat, by: i32| {
        LonLat::from_e7(place.lon_e7().saturating_add(by), place.lat_e7().saturating_add(by / 4))
    };
    [corner(bounds.min, -MARGIN_E7), corner(bounds.max, MARGIN_E7)]
        .into_iter()
        .flatten()
        .fold(bounds, BoundingBox::with)
}

/// The gates, and the street passes that are at none of them; each once, sorted.
fn with_passes(mut gates: Vec<LonLat>, passes: Vec<LonLat>) -> Vec<LonLat> {
    for pass in passes {
        if gates.iter().all(|&gate| ground_distance(gate, pass).0 > SAME_GATE_M) {
            gates.push(pass);
        }
    }
    gates.sort_unstable();
    gates.dedup();
    gates
}

/// Side of the squares that streets near compounds are filed in, in 1e-7 degrees.
const CELL_E7: i32 = 20_000;

/// A straight part of a street.
type Step = [LonLat; 2];

/// The parts of streets around compounds, filed by square.
struct Passes {
    steps: BTreeMap<(i32, i32), Vec<Step>>,
}

impl Passes {
    fn new<'a>(streets: &StreetIngredients, areas: impl Iterator<Item = &'a Area>) -> Self {
        let mut steps: BTreeMap<(i32, i32), Vec<Step>> = areas
            .flat_map(|area| &area.polygons)
            .flat_map(|part| part.outer.windows(2))
            .flat_map(|pair| cells_of([pair[0], pair[1]]))
            .map(|cell| (cell, Vec::new()))
            .collect();
        let above = StreetTraits::BRIDGE | StreetTraits::TUNNEL;
        let walked = streets.ways.iter().filter(|way| !way.traits.intersects(above));
        for way in walked {
            for pair in streets.way_places[way.places.clone()].windows(2) {
                let step = [pair[0], pair[1]].map(|at| streets.places[at as usize]);
                for cell in cells_of(step) {
                    if let Some(filed) = steps.get_mut(&cell) {
                        filed.push(step);
                    }
                }
            }
        }
        Self { steps }
    }

    /// Where streets pass the outline of `area`, in the order of the outline.
    fn through(&self, area: &Area) -> Vec<LonLat> {
        let mut found = Vec::new();
        for pair in area.polygons.iter().flat_map(|part| part.outer.windows(2)) {
            let wall = [pair[0], pair[1]];
            let near = cells_of(wall).filter_map(|cell| self.steps.get(&cell)).flatten();
            // What ends on the wall passes it when it comes from inside.
            let goes_in = |(at, step): &(LonLat, Step)| {
                let away = step.iter().find(|&&end| end != *at);
                !step.contains(at) || away.is_some_and(|&end| area.contains(end))
            };
            let meets = near.filter_map(|&step| Some((crossing(wall, step)?, step)));
            let mut here: Vec<LonLat> = meets.filter(goes_in).map(|meeting| meeting.0).collect();
            here.sort_unstable();
            here.dedup();
            found.extend(here);
        }
        found
    }
}

/// The squares that the box of a straight line touches.
fn cells_of(line: Step) -> impl Iterator<Item = (i32, i32)> {
    let cell = |value: i32| value.div_euclid(CELL_E7);
    let span = |a: i32, b: i32| cell(a.min(b))..=cell(a.max(b));
    let rows = span(line[0].lat_e7(), line[1].lat_e7());
    let columns = span(line[0].lon_e7(), line[1].lon_e7());
    rows.flat_map(move |row| columns.clone().map(move |column| (row, column)))
}

/// Where a street goes through a wall: it has a part on either side, or ends on it. Whole numbers, so that a node
/// that both share is on both.
fn crossing(wall: Step, street: Step) -> Option<LonLat> {
    let side = |line: Step, at: LonLat| {
        let (ax, ay) = (i128::from(line[0].lon_e7()), i128::from(line[0].lat_e7()));
        let (bx, by) = (i128::from(line[1].lon_e7()), i128::from(line[1].lat_e7()));
        let (px, py) = (i128::from(at.lon_e7()), i128::from(at.lat_e7()));
        (bx - ax) * (py - ay) - (by - ay) * (px - ax)
    };
    let [from, to] = street.map(|at| side(wall, at));
    let [first, last] = wall.map(|at| side(street, at));
    // Along the wall, or on one side of it.
    if from.signum() == to.signum() || first.signum() * last.signum() > 0 {
        return None;
    }
    let part = from as f64 / (from - to) as f64;
    let mix = |a: i32, b: i32| a + ((f64::from(b) - f64::from(a)) * part).round() as i32;
    LonLat::from_e7(
        mix(street[0].lon_e7(), street[1].lon_e7()),
        mix(street[0].lat_e7(), street[1].lat_e7()),
    )
}
