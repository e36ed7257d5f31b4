//! A table of polygons → zones in a hierarchy.

use std::collections::{BTreeMap, BTreeSet};

use crate::demand::{ZoneDraft, ZoneHierarchy};
use crate::ids::ZoneId;
use crate::spatial::{Area, AreaLocator, LonLat};

use super::column_guess::{distinct_share, find_lone_text, find_unique, parts_of_people};
use super::columns::{ColumnMap, Role};
use super::crs_detect::{CrsChoice, Reference};
use super::losses::{OnLoss, check_losses};
use super::placing::{Placed, place_rows};
use super::table::{FeatureRow, FeatureTable};
use super::{ImportError, IssueKind, IssueLog};

/// Places tried across and down a zone for overlaps.
const OVERLAP_TRIES: i64 = 5;
/// How deep inside both zones a place has to lie for an overlap, in metres: borders are drawn no finer.
const OVERLAP_DEPTH_M: f64 = 1.0;
/// A guessed id that fewer zones have of their own is none, unless their names repeat as it does.
const ID_DISTINCT_MIN: f64 = 0.9;
/// Most levels of a hierarchy.
const LEVELS_MAX: usize = 32;

/// How a table of zones is read.
#[derive(Clone, Debug, Default)]
pub struct ZonesSpec {
    /// Columns by role key (`id name parent level kind`).
    pub columns: BTreeMap<String, String>,
    /// Names of the levels, coarsest first; a level column may hold them.
    pub level_names: Vec<String>,
    /// The coordinate system.
    pub crs: CrsChoice,
    /// What happens when many rows are no zones.
    pub on_loss: OnLoss,
}

/// The zones of `table`.
///
/// Parents are those named by id or name, else the zone of the nearest coarser level around. Levels are those of the
/// level column (numbers, small is coarse; or names, in the order of `level_names`, else by size), else the depth
/// below the named parents. One id for several polygons that do not overlap is one zone of several parts.
///
/// # Errors
/// When a column is missing, no row is a usable polygon, or parents go round in a circle.
pub fn read_zones(
    table: &FeatureTable,
    spec: &ZonesSpec,
    reference: Option<&Reference<'_>>,
) -> Result<(ZoneHierarchy, IssueLog), ImportError> {
    if !table.has_geometries {
        return Err(table.malformed("zones need polygons; give them as GeoJSON"));
    }
    let columns = zone_columns(table, &spec.columns)?;
    let mut issues = IssueLog::default();
    let placed = place_rows(table, &columns, spec.crs, reference, &mut issues)?;
    let mut reader = Reader { table, columns, issues, found: Vec::new(), by_key: BTreeMap::new() };
    let mut is_kept = vec![true; table.rows.len()];
    for ((row, placed), is_kept) in table.rows.iter().zip(placed).zip(&mut is_kept) {
        *is_kept = matches!(placed, Some(Placed::Area(_)));
        match placed {
            Some(Placed::Area(area)) => reader.add(row, area),
            Some(_) => reader.note(IssueKind::GeometryInvalid, &row.name, "not a polygon; skipped"),
            None => {}
        }
    }
    if reader.found.is_empty() {
        let first = reader.issues.issues().iter().find(|issue| !issue.feature.is_empty());
        let why = first.map_or_else(
            || "the file has no polygons".to_owned(),
            |issue| format!("{}: {}", issue.feature, issue.reason),
        );
        return Err(
            table.malformed(format!("no row is a usable polygon, so there are no zones: {why}"))
        );
    }
    check_losses(spec.on_loss, (table, &is_kept), None, &reader.issues)?;
    reader.resolve_parents();
    let level_names = reader.assign_levels(&spec.level_names);
    let levels = level_names.len();
    reader.drop_flat_parents();
    let Reader { found, mut issues, .. } = reader;
    let drafts = found.into_iter().map(|zone| zone.draft).collect();
    let zones = ZoneHierarchy::from_drafts(drafts, level_names)
        .map_err(|error| table.malformed(error.to_string()))?;
    if levels > LEVELS_MAX {
        let reason = format!(
            "more than {LEVELS_MAX} levels of zones; check which column holds the level or the parent"
        );
        return Err(table.malformed(reason));
    }
    note_orphans(table, &zones, &mut issues);
    note_overlaps(table, &zones, &mut issues);
    Ok((zones, issues))
}

/// What columns of zones can hold.
pub(super) const ROLES: [Role; 5] = [Role::Id, Role::Name, Role::Parent, Role::Level, Role::Kind];

/// The columns of zones; where none is known for the id, one with a value of its own in every row.
pub(super) fn zone_columns(
    table: &FeatureTable,
    explicit: &BTreeMap<String, String>,
) -> Result<ColumnMap, ImportError> {
    let mut columns = ColumnMap::resolve(table, explicit, &ROLES)?;
    if columns.find(Role::Name).is_none()
        && let Some(column) = find_lone_text(table, &columns.taken())
    {
        columns.set(Role::Name, column);
    }
    if !explicit.contains_key(Role::Id.key()) && !tells_zones_apart(table, &columns) {
        columns.unset(Role::Id);
    }
    // Numbers of people differ from zone to zone, but are no ids.
    let counts: Vec<usize> =
        parts_of_people(table).iter().filter_map(|name| table.find_column(name)).collect();
    let has_ids = table.rows.iter().all(|row| row.feature_id.is_some());
    let is_named = columns.find(Role::Name).is_some_and(|name| distinct_share(table, name) >= 1.0);
    if columns.find(Role::Id).is_none()
        && !is_named
        && !has_ids
        && let Some(column) = find_unique(table, &[columns.taken(), counts].concat())
    {
        columns.set(Role::Id, column);
    }
    Ok(columns)
}

/// Whether the column taken for the id is one: nearly every row has its own, or as many have as there are names.
fn tells_zones_apart(table: &FeatureTable, columns: &ColumnMap) -> bool {
    let share = |role| columns.find(role).map(|column| distinct_share(table, column));
    let Some(ids) = share(Role::Id) else { return true };
    ids >= ID_DISTINCT_MIN || share(Role::Name).is_some_and(|names| names <= ids)
}

/// A zone as read, its level not yet known.
struct Found {
    draft: ZoneDraft,
    row: String,
    level: Option<String>,
}

struct Reader<'a> {
    table: &'a FeatureTable,
    columns: ColumnMap,
    issues: IssueLog,
    found: Vec<Found>,
    by_key: BTreeMap<String, usize>,
}

impl Reader<'_> {
    fn note(&mut self, kind: IssueKind, row: &str, reason: impl Into<String>) {
        self.issues.note(kind, self.table.source.clone(), row, reason);
    }

    fn add(&mut self, row: &FeatureRow, area: Area) {
        let text = |role| self.columns.text(row, role);
        let name = text(Role::Name);
        let mut key = text(Role::Id)
            .or_else(|| row.feature_id.clone())
            .or_else(|| name.clone())
            .unwrap_or_else(|| row.name.clone());
        let name = name.unwrap_or_else(|| key.clone());
        let (parent, level, kind) = (text(Role::Parent), text(Role::Level), text(Role::Kind));
        if let Some(&at) = self.by_key.get(&key) {
            let first = &mut self.found[at].draft;
            if first.name == name {
                let again = share_ground(&first.area, &area);
                let reason = if again {
                    format!("zone {key:?} is there twice; skipped")
                } else {
                    first.area.polygons.extend(area.polygons);
                    format!("zone {key:?} has several rows; joined as its parts")
                };
                self.note(IssueKind::Duplicate, &row.name, reason);
                return;
            }
            let unique = format!("{key} ({})", row.name);
            let reason =
                format!("id {key:?} is used by another zone; this one is called {unique:?}");
            self.note(IssueKind::Duplicate, &row.name, reason);
            key = unique;
        }
        self.by_key.insert(key.clone(), self.found.len());
        let draft = ZoneDraft { key, name, parent, level: 0, kind, area };
        self.found.push(Found { draft, row: row.name.clone(), level });
    }

    /// Turns parents named by name into keys; what names no zone is said and left out.
    fn resolve_parents(&mut self) {
        let mut by_name: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for Found { draft, .. } in &self.found {
            let unique = if by_name.contains_key(draft.name.as_str()) {
                None
            } else {
                Some(draft.key.as_str())
            };
            by_name.insert(&draft.name, unique);
        }
        let resolve = |parent: &String| {
            if self.by_key.contains_key(parent) {
                return Some(parent.clone());
            }
            by_name.get(parent.as_str()).copied().flatten().map(str::to_owned)
        };
        let resolved: Vec<Option<String>> =
            self.found.iter().map(|zone| zone.draft.parent.as_ref().and_then(resolve)).collect();
        for (at, key) in resolved.into_iter().enumerate() {
            let (row, named) = (self.found[at].row.clone(), self.found[at].draft.parent.take());
            if let (None, Some(named)) = (&key, named) {
                let reason =
                    format!("parent {named:?} is no zone; the zone around it is taken instead");
                self.note(IssueKind::ReferenceMissing, &row, reason);
            }
            self.found[at].draft.parent = key;
        }
    }

    /// Sets the level of every zone; gives the names of the levels.
    fn assign_levels(&mut self, told: &[String]) -> Vec<String> {
        let names = if self.found.iter().any(|zone| zone.level.is_some()) {
            self.levels_from_column(told)
        } else {
            self.levels_from_parents()
        };
        if told.len() < names.len() {
            return names;
        }
        told[..names.len()].to_vec()
    }

    fn levels_from_column(&mut self, told: &[String]) -> Vec<String> {
        let mut order: Vec<String> = self.order_of_levels(told);
        order.dedup();
        let position: BTreeMap<&str, usize> =
            order.iter().enumerate().map(|(at, level)| (level.as_str(), at)).collect();
        let finest = order.len().saturating_sub(1);
        let mut lacking = Vec::new();
        for zone in &mut self.found {
            let level = zone.level.as_ref().and_then(|level| position.get(level.as_str()).copied());
            if level.is_none() {
                lacking.push(zone.row.clone());
            }
            zone.draft.level = level.unwrap_or(finest).min(usize::from(u8::MAX)) as u8;
        }
        for row in lacking {
            let reason = format!("no level is given; taken as the finest, {:?}", order[finest]);
            self.note(IssueKind::ValueUnreadable, &row, reason);
        }
        order
    }

    /// The texts of the level column, coarsest first.
    fn order_of_levels(&mut self, told: &[String]) -> Vec<String> {
        let distinct: BTreeSet<String> =
            self.found.iter().filter_map(|zone| zone.level.clone()).collect();
        let told_place = |level: &String| told.iter().position(|name| name == level);
        let number = |level: &String| level.parse::<f64>().ok().filter(|n| n.is_finite());
        let mut order: Vec<String> = distinct.into_iter().collect();
        if order.iter().all(|level| told_place(level).is_some()) {
            order.sort_by_key(told_place);
        } else if order.iter().all(|level| number(level).is_some()) {
            order.sort_by(|a, b| number(a).unwrap_or(0.0).total_cmp(&number(b).unwrap_or(0.0)));
        } else {
            let mean_m2 = |level: &String| {
                let of_level =
                    || self.found.iter().filter(|zone| zone.level.as_ref() == Some(level));
                of_level().map(|zone| zone.draft.area.area_m2()).sum::<f64>()
                    / of_level().count().max(1) as f64
            };
            let mut sized: Vec<(f64, String)> =
                order.into_iter().map(|level| (mean_m2(&level), level)).collect();
            sized.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            order = sized.into_iter().map(|(_, level)| level).collect();
            let reason = format!(
                "the levels are put in order by mean size: {}; set `level_names` if that is wrong",
                order.join(" > ")
            );
            self.note(IssueKind::InputLacking, "", reason);
        }
        order
    }

    /// Levels by depth below the named parents. Zones in a circle get level 0 and are refused later.
    fn levels_from_parents(&mut self) -> Vec<String> {
        let parent = |at: usize| {
            let parent = self.found[at].draft.parent.as_ref()?;
            self.by_key.get(parent).copied()
        };
        let depth = |at: usize| {
            let above = std::iter::successors(parent(at), |&up| parent(up));
            above.take(LEVELS_MAX + 1).count()
        };
        let depths: Vec<usize> = (0..self.found.len()).map(depth).collect();
        let deepest = depths.iter().copied().max().unwrap_or(0);
        for (zone, depth) in self.found.iter_mut().zip(depths) {
            zone.draft.level = depth as u8;
        }
        (1..=deepest + 1).map(|level| format!("level {level}")).collect()
    }

    /// Says parents that are not on a coarser level; the zone around is then taken instead.
    fn drop_flat_parents(&mut self) {
        for at in 0..self.found.len() {
            let draft = &self.found[at].draft;
            let parent = draft.parent.as_ref().and_then(|key| self.by_key.get(key));
            let Some(parent) = parent.map(|&parent| &self.found[parent].draft) else { continue };
            if parent.level >= draft.level && parent.level < LEVELS_MAX as u8 {
                let reason = format!(
                    "parent {:?} is not on a coarser level; the zone around it is taken instead",
                    parent.key
                );
                let row = self.found[at].row.clone();
                self.note(IssueKind::ReferenceMissing, &row, reason);
            }
        }
    }
}

/// Whether one of two areas holds a place inside the other.
fn share_ground(a: &Area, b: &Area) -> bool {
    a.label_place().is_some_and(|place| b.contains(place))
        || b.label_place().is_some_and(|place| a.contains(place))
}

fn note_orphans(table: &FeatureTable, zones: &ZoneHierarchy, issues: &mut IssueLog) {
    for zone in zones.zones.iter().filter(|zone| zone.level > 0 && zone.parent.is_none()) {
        let reason = "no zone of a coarser level lies around it; it counts in none of them";
        issues.note(IssueKind::ReferenceMissing, table.source.clone(), zone.key.clone(), reason);
    }
}

/// Says zones of one level that overlap, found at a few places in each.
fn note_overlaps(table: &FeatureTable, zones: &ZoneHierarchy, issues: &mut IssueLog) {
    let locator = AreaLocator::new(zones.zones.iter().map(|zone| &zone.area));
    let mut pairs: BTreeSet<(ZoneId, ZoneId)> = BTreeSet::new();
    for (id, zone) in zones.zones.enumerate() {
        for place in places_across(&zone.area) {
            // A place on the border lies in both of two zones that only touch.
            let is_inside =
                |zone: &ZoneId| zones.zones[*zone].area.border_distance(place).0 > OVERLAP_DEPTH_M;
            let holders: Vec<ZoneId> = locator.containing(place).into_iter().map(ZoneId).collect();
            if holders.len() < 2 || !holders.contains(&id) || !is_inside(&id) {
                continue;
            }
            let holders = holders.into_iter().filter(is_inside);
            let others = holders.filter(|&o| o != id && zones.zones[o].level == zone.level);
            pairs.extend(others.map(|other| (id.min(other), id.max(other))));
        }
    }
    for (first, second) in pairs {
        let (first, second) = (&zones.zones[first], &zones.zones[second]);
        let reason = format!(
            "overlaps {:?} of the same level; people there count in {:?}",
            first.key, first.key
        );
        issues.note(IssueKind::GeometryInvalid, table.source.clone(), second.key.clone(), reason);
    }
}

/// A lattice of places over the box of `area`.
fn places_across(area: &Area) -> Vec<LonLat> {
    let Some(bounds) = area.bounding_box() else { return Vec::new() };
    let between = |low: i32, high: i32, step: i64| {
        (i64::from(low) + (i64::from(high) - i64::from(low)) * (2 * step + 1) / (2 * OVERLAP_TRIES))
            as i32
    };
    (0..OVERLAP_TRIES * OVERLAP_TRIES)
        .filter_map(|at| {
            let lon = between(bounds.min.lon_e7(), bounds.max.lon_e7(), at % OVERLAP_TRIES);
            let lat = between(bounds.min.lat_e7(), bounds.max.lat_e7(), at / OVERLAP_TRIES);
            LonLat::from_e7(lon, lat)
        })
        .collect()
}
