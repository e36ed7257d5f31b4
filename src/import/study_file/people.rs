//! Demand: where people are and which groups they fall in.

use std::collections::BTreeSet;

use super::raw::{DemandFromToml, DemandToml, GroupToml};
use super::resolve::{Draft, WrittenInput};
use super::{
    DemandFrom, DemandSource, FloorAreaSource, GroupFrom, GroupSource, TableInput, ZonesSource,
};
use crate::demand::DemandGroup;
use crate::import::ImportError;
use crate::import::toml_check::suggestion;
use crate::units::{Persons, Ranged};

/// Residential floor area of one person, in square metres; a setting, no measured value.
const FLOOR_AREA_PER_PERSON_M2: Ranged = Ranged { min: 1.0, default: 40.0, max: 1_000.0 };

/// English and Chinese names of the groups that the shipped standards speak of.
const GROUP_NAMES: [(&str, &str, &str); 7] = [
    ("all", "Everybody", "全体居民"),
    ("age_0_3", "Children under 3", "0–3 岁婴幼儿"),
    ("age_3_6", "Children of 3 to 5", "3–6 岁儿童"),
    ("age_0_14", "Children under 15", "0–14 岁儿童"),
    ("age_60_plus", "People of 60 and over", "60 岁及以上老人"),
    ("age_65_plus", "People of 65 and over", "65 岁及以上老人"),
    ("workers", "Workers", "就业人员"),
];

/// The demand of the study.
pub(super) fn demand(draft: Draft<'_>, zones: &ZonesSource) -> Result<DemandSource, ImportError> {
    let demand = &draft.raw.demand;
    let usual =
        if demand.path.is_some() { DemandFromToml::File } else { DemandFromToml::OsmBuildings };
    let from = match demand.source.unwrap_or(usual) {
        DemandFromToml::File => from_file(draft)?,
        DemandFromToml::Population => from_population(draft, zones)?,
        DemandFromToml::OsmBuildings => from_buildings(draft, zones)?,
        DemandFromToml::Streets => {
            for keys in [&of_files(demand)[..], &of_zones(demand), &of_buildings(demand)] {
                draft.refuse(&["demand"], keys, "source = \"streets\"")?;
            }
            let homes = [("origin", demand.origin.is_some())];
            draft.refuse(&["demand"], &homes, "source = \"streets\"")?;
            DemandFrom::Streets
        }
    };
    let origin = demand.origin.unwrap_or_default();
    Ok(DemandSource { groups: groups(draft, &from)?, from, origin })
}

fn of_files(demand: &DemandToml) -> [(&'static str, bool); 6] {
    [
        ("path", demand.path.is_some()),
        ("accept_losses", demand.accept_losses),
        ("sha256", demand.sha256.is_some()),
        ("crs", demand.crs.is_some()),
        ("columns", demand.columns.is_some()),
        ("spread", demand.spread.is_some()),
    ]
}

fn of_zones(demand: &DemandToml) -> [(&'static str, bool); 1] {
    [("zone_level", demand.zone_level.is_some())]
}

fn of_buildings(demand: &DemandToml) -> [(&'static str, bool); 3] {
    [
        ("totals", !demand.totals.is_empty()),
        ("total_persons", demand.total_persons.is_some()),
        ("floor_area_per_person_m2", demand.floor_area_per_person_m2.is_some()),
    ]
}

fn table(draft: Draft<'_>) -> Result<TableInput, ImportError> {
    let demand = &draft.raw.demand;
    let Some(path) = &demand.path else {
        let reason = "needs a `path`, or source = \"osm_buildings\" or \"streets\"";
        return Err(draft.fault(&["demand"], reason));
    };
    let written = WrittenInput {
        keys: &["demand", "path"],
        path,
        sha256: demand.sha256.as_deref(),
        license: &demand.license,
        attribution: &demand.attribution,
    };
    draft.table(&written, (demand.crs.as_deref(), demand.accept_losses))
}

fn from_file(draft: Draft<'_>) -> Result<DemandFrom, ImportError> {
    let demand = &draft.raw.demand;
    for keys in [&of_zones(demand)[..], &of_buildings(demand)] {
        draft.refuse(&["demand"], keys, "source = \"file\"")?;
    }
    if let Some(columns) = &demand.columns {
        let joined = [("zone", columns.zone.is_some())];
        draft.refuse(&["demand", "columns"], &joined, "source = \"file\"")?;
    }
    Ok(DemandFrom::Table {
        table: table(draft)?,
        columns: demand.columns.clone().unwrap_or_default(),
        spread: demand.spread.unwrap_or_default(),
    })
}

fn from_population(draft: Draft<'_>, zones: &ZonesSource) -> Result<DemandFrom, ImportError> {
    let demand = &draft.raw.demand;
    draft.refuse(&["demand"], &of_buildings(demand), "source = \"population\"")?;
    if let Some(columns) = &demand.columns {
        let of_places = [
            ("id", columns.id.is_some()),
            ("lon", columns.lon.is_some()),
            ("lat", columns.lat.is_some()),
        ];
        draft.refuse(&["demand", "columns"], &of_places, "source = \"population\"")?;
    }
    Ok(DemandFrom::ZoneTable {
        table: table(draft)?,
        columns: demand.columns.clone().unwrap_or_default(),
        zone_level: zone_level(draft, zones)?,
        spread: demand.spread.unwrap_or_default(),
    })
}

fn zone_level(draft: Draft<'_>, zones: &ZonesSource) -> Result<Option<String>, ImportError> {
    let Some(level) = &draft.raw.demand.zone_level else { return Ok(None) };
    let known: Vec<&str> = match zones {
        ZonesSource::Osm { level_names, .. } | ZonesSource::Table { level_names, .. } => {
            level_names.iter().map(String::as_str).collect()
        }
        ZonesSource::Auto | ZonesSource::Whole => Vec::new(),
    };
    if known.contains(&level.as_str()) {
        return Ok(Some(level.clone()));
    }
    let reason = format!("no zone level is called {level:?}{}", suggestion(level, &known));
    Err(draft.fault(&["demand", "zone_level"], reason))
}

fn from_buildings(draft: Draft<'_>, zones: &ZonesSource) -> Result<DemandFrom, ImportError> {
    let demand = &draft.raw.demand;
    draft.refuse(&["demand"], &of_files(demand), "source = \"osm_buildings\"")?;
    let persons = |keys: &[&str], count: f64| match Persons::from_count(count) {
        Some(_) => Ok(count),
        None => Err(draft.fault(keys, format!("{count} is not a number of people"))),
    };
    let mut zone_totals = Vec::new();
    for (zone, &count) in &demand.totals {
        zone_totals.push((zone.clone(), persons(&["demand", "totals", zone], count)?));
    }
    let total_persons = match demand.total_persons {
        Some(count) => Some(persons(&["demand", "total_persons"], count)?),
        None => None,
    };
    let named: f64 = zone_totals.iter().map(|(_, count)| count).sum();
    if let Some(total) = total_persons.filter(|&total| total < named) {
        let reason = format!("{total} is less than the {named} people of `totals`");
        return Err(draft.fault(&["demand", "total_persons"], reason));
    }
    let range = FLOOR_AREA_PER_PERSON_M2;
    let area = demand.floor_area_per_person_m2.unwrap_or(range.default);
    Ok(DemandFrom::OsmBuildings(FloorAreaSource {
        zone_totals,
        total_persons,
        zone_level: zone_level(draft, zones)?,
        floor_area_per_person_m2: draft.ranged(
            &["demand", "floor_area_per_person_m2"],
            area,
            range,
        )?,
    }))
}

fn groups(draft: Draft<'_>, from: &DemandFrom) -> Result<Vec<GroupSource>, ImportError> {
    let has_columns = matches!(from, DemandFrom::Table { .. } | DemandFrom::ZoneTable { .. });
    let mut seen = BTreeSet::new();
    let mut groups = Vec::new();
    for (index, group) in draft.raw.demand.group.iter().enumerate() {
        let index = index.to_string();
        let fault =
            |key: &str, reason: String| Err(draft.fault(&["demand", "group", &index, key], reason));
        if group.id.is_empty() || !seen.insert(group.id.as_str()) {
            return fault("id", format!("{:?} is empty or there twice", group.id));
        }
        if group.column.is_some() && !has_columns {
            return fault("column", "this demand has no table; use `share_of_all`".to_owned());
        }
        if let Some(share) = group.share_of_all.filter(|share| !(0.0..=1.0).contains(share)) {
            return fault("share_of_all", format!("{share} is not a share from 0 to 1"));
        }
        match group_source(group) {
            Ok(source) if group.id == "all" => groups.insert(0, source),
            Ok(source) => groups.push(source),
            Err(reason) => return fault("id", reason),
        }
    }
    if groups.first().is_some_and(|first| first.group.id != "all") {
        groups.insert(0, everybody());
    }
    Ok(groups)
}

fn everybody() -> GroupSource {
    let (_, en, zh) = GROUP_NAMES[0];
    let group = DemandGroup {
        id: "all".to_owned(),
        en: en.to_owned(),
        zh: zh.to_owned(),
        estimated: false,
    };
    GroupSource { group, from: GroupFrom::Everybody, source: String::new() }
}

fn group_source(group: &GroupToml) -> Result<GroupSource, String> {
    let from = match (&group.column, group.share_of_all) {
        (Some(column), None) => GroupFrom::Column(column.clone()),
        (None, Some(share)) if group.id != "all" => GroupFrom::ShareOfAll(share),
        (None, None) if group.id == "all" => GroupFrom::Everybody,
        (None, Some(_)) => return Err("`all` is everybody; remove `share_of_all`".to_owned()),
        _ => return Err("give either `column` or `share_of_all`".to_owned()),
    };
    let known = GROUP_NAMES.iter().find(|(id, _, _)| *id == group.id);
    let name = |own: &Option<String>, usual: Option<&str>| {
        own.clone().unwrap_or_else(|| usual.unwrap_or(&group.id).to_owned())
    };
    Ok(GroupSource {
        group: DemandGroup {
            id: group.id.clone(),
            en: name(&group.en, known.map(|names| names.1)),
            zh: name(&group.zh, known.map(|names| names.2)),
            estimated: group.estimated.unwrap_or(matches!(from, GroupFrom::ShareOfAll(_))),
        },
        from,
        source: group.source.clone(),
    })
}
