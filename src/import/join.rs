//! A table of people by zone → people of areas, joined by the zone's id or name.

use std::collections::{BTreeMap, BTreeSet};

use crate::demand::{DemandArea, ZoneHierarchy};
use crate::ids::ZoneId;

use super::columns::{ColumnMap, Role};
use super::demand::{DemandIngredients, DemandSpec, read_counts};
use super::table::{FeatureRow, FeatureTable};
use super::{ImportError, IssueKind, IssueLog};

/// Endings that names of Chinese communities have or lack from one list to the next.
const ENDINGS: [&str; 7] =
    ["社区居民委员会", "社区居委会", "居民委员会", "村民委员会", "居委会", "村委会", "办事处"];

/// The people that `table` gives by zone, as areas of `zones` to be spread.
///
/// A row goes to the zone whose id its zone column holds, else to the only one of that name (case, spaces and endings
/// such as 居委会 apart) on `level`, counted from 0 for the coarsest; without a level, on the deepest level that has
/// the name. Rows and zones without a partner are said; a zone that has parts with rows of their own is
/// left out, so that nobody counts twice.
///
/// # Errors
/// When a column is missing, no column names the zone, or no row finds its zone.
pub fn join_population(
    table: &FeatureTable,
    spec: &DemandSpec,
    (zones, level): (&ZoneHierarchy, Option<u8>),
) -> Result<(DemandIngredients, IssueLog), ImportError> {
    if table.rows.is_empty() {
        return Err(table.malformed(
            "the file has no rows, so nobody is counted; give a table of people, or leave `demand` out",
        ));
    }
    let columns = ColumnMap::resolve(table, &spec.columns, &[Role::Zone, Role::Population])?;
    let told = columns.find(Role::Zone).filter(|_| spec.columns.contains_key("zone"));
    let by_values = || find_zone_column(table, (zones, level));
    let zone_column =
        told.or_else(by_values).or_else(|| columns.find(Role::Zone)).ok_or_else(|| {
            let names: Vec<String> =
                table.columns.iter().take(20).map(|name| format!("{name:?}")).collect();
            table.malformed(format!(
                "no column names the zone of a row; set columns.zone (there are {})",
                names.join(", ")
            ))
        })?;
    let mut issues = IssueLog::default();
    let (mut joined, is_found) = match_rows(table, zone_column, (zones, level), &mut issues);
    if joined.is_empty() && !table.rows.is_empty() {
        return Err(table.malformed(format!(
            "no value of column {:?} is the id or name of a zone; set columns.zone",
            table.columns[zone_column]
        )));
    }
    let all_rows: Vec<&FeatureRow> = table.rows.iter().collect();
    let mut noticed = IssueLog::default();
    let counts = read_counts(table, &spec.groups, &columns, &all_rows, &mut noticed)?;
    let is_kept: Vec<bool> =
        is_found.iter().zip(&counts.is_read).map(|(found, read)| *found && *read).collect();
    let mut told = issues.clone();
    told.append(noticed);
    counts.check(spec.on_loss, (table, &is_kept), &told)?;
    drop_wholes(table, zones, &mut joined, &mut issues);
    let rows: Vec<&FeatureRow> = joined.values().copied().collect();
    let counts = read_counts(table, &spec.groups, &columns, &rows, &mut issues)?;
    let areas = joined
        .keys()
        .zip(counts.persons)
        .map(|(&id, persons)| {
            let zone = &zones.zones[id];
            DemandArea { key: zone.key.clone(), area: zone.area.clone(), persons }
        })
        .collect();
    note_zones_without_row(table, zones, &joined, &mut issues);
    Ok((DemandIngredients { groups: counts.groups, points: Vec::new(), areas }, issues))
}

/// The column most of whose values are ids or names of zones; ids before names, and the first of several.
pub(super) fn find_zone_column(
    table: &FeatureTable,
    (zones, level): (&ZoneHierarchy, Option<u8>),
) -> Option<usize> {
    let keys: BTreeSet<&str> = zones.zones.iter().map(|zone| zone.key.as_str()).collect();
    let on_level = zones.zones.iter().filter(|zone| level.is_none_or(|l| l == zone.level));
    let names: BTreeSet<String> = on_level.map(|zone| plain(&zone.name)).collect();
    let rank = |column: usize| {
        let texts: BTreeSet<String> =
            table.rows.iter().filter_map(|row| row.value(column).to_text()).collect();
        let by_key = texts.iter().filter(|text| keys.contains(text.as_str())).count();
        let by_name = texts.iter().filter(|text| names.contains(&plain(text))).count();
        (by_key.max(by_name), by_key)
    };
    let best = (0..table.columns.len()).map(|column| (rank(column), column));
    let best = best.max_by_key(|(rank, column)| (*rank, usize::MAX - column))?;
    (best.0.0 > 0).then_some(best.1)
}

/// The row of each zone, and for each row whether it has one.
fn match_rows<'a>(
    table: &'a FeatureTable,
    zone_column: usize,
    (zones, level): (&ZoneHierarchy, Option<u8>),
    issues: &mut IssueLog,
) -> (BTreeMap<ZoneId, &'a FeatureRow>, Vec<bool>) {
    let by_key: BTreeMap<&str, ZoneId> =
        zones.zones.enumerate().map(|(id, zone)| (zone.key.as_str(), id)).collect();
    let mut by_name: BTreeMap<String, Vec<ZoneId>> = BTreeMap::new();
    for (id, zone) in
        zones.zones.enumerate().filter(|(_, zone)| level.is_none_or(|l| l == zone.level))
    {
        by_name.entry(plain(&zone.name)).or_default().push(id);
    }
    for named in by_name.values_mut() {
        let deepest = named.iter().map(|&id| zones.zones[id].level).max();
        named.retain(|&id| Some(zones.zones[id].level) == deepest);
    }
    let mut joined: BTreeMap<ZoneId, &FeatureRow> = BTreeMap::new();
    let mut is_found = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let text = row.value(zone_column).to_text().unwrap_or_default();
        let named = by_name.get(&plain(&text)).map_or(&[][..], Vec::as_slice);
        let found = match (by_key.get(text.as_str()), named) {
            (Some(&id), _) | (None, &[id]) => Ok(id),
            (None, []) => {
                Err(format!("{text:?} is the id or name of no zone; its people are left out"))
            }
            (None, several) => Err(format!(
                "{} zones are called {text:?}, so its people are left out; join by id",
                several.len()
            )),
        };
        let mut note = |kind, reason: String| {
            issues.note(kind, table.source.clone(), row.name.clone(), reason);
        };
        is_found.push(found.is_ok());
        match found {
            Err(reason) => note(IssueKind::JoinMissing, reason),
            Ok(id) if joined.contains_key(&id) => {
                let first = &joined[&id].name;
                note(
                    IssueKind::Duplicate,
                    format!("{text:?} has {first} already; this one is left out"),
                );
            }
            Ok(id) => {
                joined.insert(id, row);
            }
        }
    }
    (joined, is_found)
}

/// Leaves out zones that hold others with rows of their own.
fn drop_wholes(
    table: &FeatureTable,
    zones: &ZoneHierarchy,
    joined: &mut BTreeMap<ZoneId, &FeatureRow>,
    issues: &mut IssueLog,
) {
    let wholes: BTreeSet<ZoneId> =
        joined.keys().flat_map(|&id| zones.ancestry(id).skip(1)).collect();
    for id in wholes {
        if let Some(row) = joined.remove(&id) {
            let reason = format!(
                "{:?} is left out, as zones inside it have rows of their own; nobody is to count twice",
                zones.zones[id].name
            );
            issues.note(IssueKind::Duplicate, table.source.clone(), row.name.clone(), reason);
        }
    }
}

/// Says zones that have no row although others of their level do.
fn note_zones_without_row(
    table: &FeatureTable,
    zones: &ZoneHierarchy,
    joined: &BTreeMap<ZoneId, &FeatureRow>,
    issues: &mut IssueLog,
) {
    let levels: BTreeSet<u8> = joined.keys().map(|&id| zones.zones[id].level).collect();
    let covered: BTreeSet<ZoneId> = joined.keys().flat_map(|&id| zones.ancestry(id)).collect();
    for (id, zone) in zones.zones.enumerate() {
        let counted = zones.ancestry(id).any(|above| joined.contains_key(&above));
        if levels.contains(&zone.level) && !counted && !covered.contains(&id) {
            let reason =
                format!("zone {:?} ({}) has no row; nobody is known there", zone.name, zone.key);
            issues.note(IssueKind::JoinMissing, table.source.clone(), zone.key.clone(), reason);
        }
    }
}

/// A name without case, spaces and endings that lists write or leave out.
fn plain(name: &str) -> String {
    let plain: String =
        name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let ending =
        ENDINGS.iter().find(|ending| plain.len() > ending.len() && plain.ends_with(*ending));
    match ending {
        Some(ending) if ending.starts_with("社区") => {
            format!("{}社区", &plain[..plain.len() - ending.len()])
        }
        Some(ending) => plain[..plain.len() - ending.len()].to_owned(),
        None => plain,
    }
}
