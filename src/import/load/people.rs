//! The people of a study: counted, spread over buildings or streets, or estimated.

use crate::demand::spread::{Carrier, DemandArea, SpreadOver, apportion, share_out, spread};
use crate::demand::{DemandGroup, DemandLayer, DemandPoint, DemandUnit, ZoneHierarchy};
use crate::ids::IdVec;
use crate::import::demand::{DemandIngredients, DemandSpec, GroupSpec, read_demand};
use crate::import::join::join_population;
use crate::import::osm::{Building, BuildingUse};
use crate::import::study_file::{
    DemandFrom, FloorAreaSource, GroupFrom, GroupSource, Spread, TableInput,
};
use crate::import::{ImportError, IssueKind, IssueLog};
use crate::spatial::Front;
use crate::spatial::locator::AreaLocator;
use crate::street::{StreetClass, StreetGraph};
use crate::units::{Meters, Persons};

use super::places::Reader;

/// Mapped floor area below this many square metres a person says that most homes are not mapped.
const FLOOR_AREA_MIN_M2: f64 = 15.0;
/// Fewer residential buildings than this a metre of street (one a kilometre) say that homes are not mapped.
const HOMES_PER_METER_MIN: f64 = 0.001;
/// Streets carry people in parts of at most this many millimetres.
const STREET_PART_MM: u32 = 100_000;

/// Reads, spreads or estimates the people of the study.
pub(super) fn read(
    reader: &Reader,
    (graph, buildings, zones): (&StreetGraph, &[Building], &ZoneHierarchy),
    issues: &mut IssueLog,
) -> Result<DemandLayer, ImportError> {
    let homes = homes(buildings);
    match &reader.study.demand.from {
        DemandFrom::Table { table, spread, .. } | DemandFrom::ZoneTable { table, spread, .. } => {
            let found = rows(reader, zones, issues)?.unwrap_or_default();
            Ok(place_people(found, (*spread, &homes, graph), source_name(table), issues))
        }
        DemandFrom::OsmBuildings(source)
            if homes.len() as f64 >= graph.street_length().0 * HOMES_PER_METER_MIN =>
        {
            let counts = estimate(source, &homes, zones, issues);
            Ok(estimated_layer(reader, homes, &counts, DemandUnit::PersonsEstimated))
        }
        DemandFrom::OsmBuildings(_) => {
            let reason = format!(
                "only {} residential buildings are mapped along {:.0} km of street; metres of street stand in for people",
                homes.len(),
                graph.street_length().0 / 1000.0
            );
            issues.note(
                IssueKind::InputLacking,
                reader.study.streets.osm.written.clone(),
                "demand",
                reason,
            );
            Ok(street_layer(reader, graph))
        }
        DemandFrom::Streets => Ok(street_layer(reader, graph)),
    }
}

/// The people of the study's table, before they are spread; `None` when it has no table.
pub(in crate::import) fn rows(
    reader: &Reader,
    zones: &ZoneHierarchy,
    issues: &mut IssueLog,
) -> Result<Option<DemandIngredients>, ImportError> {
    let (input, columns) = match &reader.study.demand.from {
        DemandFrom::Table { table, columns, .. } | DemandFrom::ZoneTable { table, columns, .. } => {
            (table, columns)
        }
        DemandFrom::OsmBuildings(_) | DemandFrom::Streets => return Ok(None),
    };
    let (table, crs) = Reader::table(input, issues)?;
    let groups = group_specs(&reader.study.demand.groups);
    let spec = DemandSpec { groups, columns: columns.named(), crs, on_loss: reader.on_loss(input) };
    let (found, noticed) = match &reader.study.demand.from {
        DemandFrom::ZoneTable { .. } => {
            join_population(&table, &spec, (zones, reader.study.population_level()))?
        }
        _ => read_demand(&table, &spec, reader.reference)?,
    };
    issues.append(noticed);
    Ok(Some(found))
}

/// How messages call an input.
fn source_name(input: &TableInput) -> &str {
    input.file.path.file_name().and_then(|name| name.to_str()).unwrap_or("demand")
}

/// Residential buildings, and those of unknown use, as carriers by floor area.
fn homes(buildings: &[Building]) -> Vec<Carrier> {
    let lived_in =
        buildings.iter().filter(|building| building.usage != BuildingUse::NonResidential);
    lived_in
        .map(|building| Carrier {
            key: building.key.clone(),
            place: building.place,
            front: front_of(building),
            weight: building.floor_area_m2,
        })
        .collect()
}

/// The doors of a building, else its outline.
fn front_of(building: &Building) -> Front {
    if building.doors.is_empty() {
        Front::Outline(Box::new(building.outline.clone()))
    } else {
        Front::of_doors(&building.doors)
    }
}

/// Streets with houses, in parts of at most 100 m, as carriers by length.
fn street_parts(graph: &StreetGraph) -> Vec<Carrier> {
    let mut parts = Vec::new();
    for (id, edge) in graph.edges().enumerate() {
        let lived_on = matches!(
            edge.class,
            StreetClass::Residential
                | StreetClass::LivingStreet
                | StreetClass::Pedestrian
                | StreetClass::Unclassified
                | StreetClass::Tertiary
                | StreetClass::Secondary
                | StreetClass::Primary
        );
        if !lived_on || graph.street_mm(id) == 0 {
            continue;
        }
        let count = edge.length_mm.div_ceil(STREET_PART_MM);
        for part in 0..count {
            let middle =
                u64::from(edge.length_mm) * (2 * u64::from(part) + 1) / (2 * u64::from(count));
            parts.push(Carrier {
                key: format!("street/{}/{part}", id.0),
                place: graph.place_at(id, middle as u32),
                front: Front::Street,
                weight: Meters::from_mm(edge.length_mm).0 / f64::from(count),
            });
        }
    }
    parts
}

/// Places areas as the study asks, and says where it had to do otherwise.
fn place_people(
    found: DemandIngredients,
    (how, homes, graph): (Spread, &[Carrier], &StreetGraph),
    source: &str,
    issues: &mut IssueLog,
) -> DemandLayer {
    let DemandIngredients { groups, mut points, areas } = found;
    let streets =
        if areas.is_empty() || how == Spread::Center { Vec::new() } else { street_parts(graph) };
    let (built, open) = match how {
        Spread::Buildings => by_floor_area(areas, homes),
        Spread::Streets | Spread::Center => (Vec::new(), areas),
    };
    let (in_homes, on_streets) = (spread(&built, homes, &streets), spread(&open, &[], &streets));
    for area in open.iter().filter(|_| how == Spread::Buildings) {
        let reason = format!(
            "fewer than {FLOOR_AREA_MIN_M2} m² of homes a person are mapped there; its people were spread along its streets"
        );
        issues.note(IssueKind::Estimated, source.to_owned(), area.key.clone(), reason);
    }
    for (key, over) in in_homes.over.iter().chain(&on_streets.over) {
        if *over == SpreadOver::Nothing {
            issues.note(
                IssueKind::GeometryMissing,
                source.to_owned(),
                key.clone(),
                "no ground to place its people on; not counted",
            );
        }
    }
    points.extend(in_homes.points);
    points.extend(on_streets.points);
    points.sort_by(|a, b| a.key.cmp(&b.key));
    DemandLayer { groups, points: points.into(), unit: DemandUnit::Persons }
}

/// Parts the areas by whether enough homes are mapped in them.
fn by_floor_area(areas: Vec<DemandArea>, homes: &[Carrier]) -> (Vec<DemandArea>, Vec<DemandArea>) {
    let locator = AreaLocator::new(areas.iter().map(|area| &area.area));
    let mut floor = vec![0.0; areas.len()];
    for home in homes {
        if let Some(&area) = locator.containing(home.place).first() {
            floor[area as usize] += home.weight;
        }
    }
    let enough = |index: usize, area: &DemandArea| {
        let people = area.persons.first().map_or(0.0, |all| all.count());
        floor[index] > 0.0 && floor[index] >= people * FLOOR_AREA_MIN_M2
    };
    let (built, open): (Vec<_>, Vec<_>) =
        areas.into_iter().enumerate().partition(|(index, area)| enough(*index, area));
    (
        built.into_iter().map(|(_, area)| area).collect(),
        open.into_iter().map(|(_, area)| area).collect(),
    )
}

fn group_specs(groups: &[GroupSource]) -> Vec<GroupSpec> {
    groups
        .iter()
        .map(|source| GroupSpec {
            id: source.group.id.clone(),
            en: source.group.en.clone(),
            zh: source.group.zh.clone(),
            column: if let GroupFrom::Column(column) = &source.from {
                Some(column.clone())
            } else {
                None
            },
            estimated: source.group.estimated,
            share_of_all: if let GroupFrom::ShareOfAll(share) = source.from {
                Some(share)
            } else {
                None
            },
        })
        .collect()
}

/// People of every home, from floor area and whatever totals are known.
fn estimate(
    source: &FloorAreaSource,
    homes: &[Carrier],
    zones: &ZoneHierarchy,
    issues: &mut IssueLog,
) -> Vec<Persons> {
    let mut counts = vec![Persons::ZERO; homes.len()];
    let mut told = vec![false; homes.len()];
    let mut left = source.total_persons;
    for (name, total) in &source.zone_totals {
        let zone = zones.zones.iter().find(|zone| zone.key == *name || zone.name == *name);
        let Some(zone) = zone else {
            let reason = "no zone has this name or id; its total was not used";
            issues.note(IssueKind::JoinMissing, "study.toml", name.clone(), reason);
            continue;
        };
        let inside: Vec<usize> = (0..homes.len())
            .filter(|&home| !told[home] && zone.area.contains(homes[home].place))
            .collect();
        let weights: Vec<f64> = inside.iter().map(|&home| homes[home].weight).collect();
        let persons = apportion(Persons::from_count(*total).unwrap_or_default(), &weights);
        for (&home, persons) in inside.iter().zip(persons) {
            counts[home] = persons;
            told[home] = true;
        }
        left = left.map(|left| (left - total).max(0.0));
    }
    let rest: Vec<usize> = (0..homes.len()).filter(|&home| !told[home]).collect();
    if let Some(left) = left {
        let weights: Vec<f64> = rest.iter().map(|&home| homes[home].weight).collect();
        let persons = apportion(Persons::from_count(left).unwrap_or_default(), &weights);
        for (&home, persons) in rest.iter().zip(persons) {
            counts[home] = persons;
        }
    } else {
        for home in rest {
            let persons = homes[home].weight / source.floor_area_per_person_m2;
            counts[home] = Persons::from_count(persons).unwrap_or_default();
        }
    }
    counts
}

/// The group that every layer has.
fn everybody() -> DemandGroup {
    DemandGroup {
        id: "all".to_owned(),
        en: "Everybody".to_owned(),
        zh: "全体居民".to_owned(),
        estimated: true,
    }
}

/// A layer of estimated people at `carriers`, with the study's groups as shares of everybody.
fn estimated_layer(
    reader: &Reader,
    carriers: Vec<Carrier>,
    counts: &[Persons],
    unit: DemandUnit,
) -> DemandLayer {
    let mut groups: IdVec<_, DemandGroup> = IdVec::new();
    let mut columns: Vec<Vec<Persons>> = Vec::new();
    if reader.study.demand.groups.is_empty() {
        groups.push(everybody());
        columns.push(counts.to_vec());
    }
    for source in &reader.study.demand.groups {
        let persons = match source.from {
            GroupFrom::Everybody => counts.to_vec(),
            GroupFrom::ShareOfAll(share) => share_out(counts, share),
            GroupFrom::Column(_) => continue,
        };
        groups.push(DemandGroup { estimated: true, ..source.group.clone() });
        columns.push(persons);
    }
    let mut points: Vec<DemandPoint> = carriers
        .into_iter()
        .enumerate()
        .map(|(index, carrier)| DemandPoint {
            key: carrier.key,
            place: carrier.place,
            front: carrier.front,
            persons: columns.iter().map(|column| column[index]).collect(),
            zone: None,
        })
        .filter(|point| point.persons.iter().any(|&persons| persons > Persons::ZERO))
        .collect();
    points.sort_by(|a, b| a.key.cmp(&b.key));
    DemandLayer { groups, points: points.into(), unit }
}

fn street_layer(reader: &Reader, graph: &StreetGraph) -> DemandLayer {
    let parts = street_parts(graph);
    let meters: Vec<Persons> =
        parts.iter().map(|part| Persons::from_count(part.weight).unwrap_or_default()).collect();
    estimated_layer(reader, parts, &meters, DemandUnit::StreetMeters)
}
