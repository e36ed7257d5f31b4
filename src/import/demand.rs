//! A table → people at points and in areas, by group.

use std::collections::{BTreeMap, BTreeSet};

use crate::demand::spread::share_out;
use crate::demand::{
    Carrier, DemandArea, DemandGroup, DemandLayer, DemandPoint, DemandUnit, SpreadOver,
    ZoneHierarchy, spread,
};
use crate::ids::{GroupId, IdVec};
use crate::units::Persons;

use super::column_guess::choices;
use super::columns::{ColumnMap, Role, plain_name, require_column};
use super::crs_detect::{CrsChoice, Reference};
use super::losses::{OnLoss, PeopleOfRows, check_losses};
use super::number::{self, Mark};
use super::placing::{Placed, place_rows};
use super::table::{FeatureRow, FeatureTable, FieldValue};
use super::units::{PeopleUnit, unit_of_header, unit_of_remarks};
use super::{ImportError, IssueKind, IssueLog};

/// Most people one layer may hold in a group; more live on no earth.
const PERSONS_MAX: f64 = 9.0e9;

/// Groups known by the names of their columns: id, English, Chinese, column names as [`plain_name`] makes them.
const KNOWN_GROUPS: [(&str, &str, &str, &str); 7] = [
    (
        "age_0_3",
        "0–3 years",
        "0–3岁",
        "03岁 03岁人口 03岁婴幼儿 03 age03 ages03 pop03 under3 婴幼儿 婴幼儿人口 婴幼儿数 3岁以下 3岁以下人口 \
         3岁以下婴幼儿 03岁人数",
    ),
    (
        "age_3_6",
        "3–6 years",
        "3–6岁",
        "36岁 36岁人口 36岁儿童 36 age36 ages36 pop36 学前儿童 学龄前儿童 36岁人数",
    ),
    (
        "age_0_14",
        "0–14 years",
        "0–14岁",
        "014岁 014岁人口 014岁儿童 014 age014 ages014 pop014 under15 少儿人口 14岁以下 15岁以下",
    ),
    (
        "age_60_plus",
        "60 years and over",
        "60岁及以上",
        "60+ 60岁以上 60岁及以上 60岁以上人口 60岁及以上人口 60岁以上老人 age60 age60+ age60plus \
         60plus pop60plus over60 老年人口 老年人 老人 60岁及以上老年人 60岁以上人数",
    ),
    (
        "age_65_plus",
        "65 years and over",
        "65岁及以上",
        "65+ 65岁以上 65岁及以上 65岁以上人口 65岁及以上人口 65岁以上老人 age65 age65+ age65plus \
         65plus pop65plus over65",
    ),
    (
        "age_80_plus",
        "80 years and over",
        "80岁及以上",
        "80+ 80岁以上 80岁及以上 80岁以上人口 80岁及以上人口 80岁以上老人 age80 age80+ age80plus \
         80plus pop80plus over80 高龄老人",
    ),
    (
        "workers",
        "Workers",
        "就业人口",
        "workers jobs employees 就业 就业人口 就业岗位 从业人员 岗位数",
    ),
];

/// How a group is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupSpec {
    /// Short name; `all` is everybody.
    pub id: String,
    /// English name.
    pub en: String,
    /// Chinese name.
    pub zh: String,
    /// Column that holds it; for `all` the usual names are tried when it is not told.
    pub column: Option<String>,
    /// Whether the column holds estimates.
    pub estimated: bool,
    /// The share of everybody (0 to 1) that stands in when there is no column.
    pub share_of_all: Option<f64>,
}

/// How a table of people is read.
#[derive(Clone, Debug, Default)]
pub struct DemandSpec {
    /// The groups; none to take what columns are known.
    pub groups: Vec<GroupSpec>,
    /// Columns by role key (`id name lon lat population zone`).
    pub columns: BTreeMap<String, String>,
    /// The coordinate system.
    pub crs: CrsChoice,
    /// What happens when many rows come to nothing.
    pub on_loss: OnLoss,
}

/// People as a file gives them.
#[derive(Clone, Debug, Default)]
pub struct DemandIngredients {
    /// The groups; the first is `all`.
    pub groups: IdVec<GroupId, DemandGroup>,
    /// People at points, in file order, zones not yet known.
    pub points: Vec<DemandPoint>,
    /// People of areas, in file order, to be spread.
    pub areas: Vec<DemandArea>,
}

impl DemandIngredients {
    /// The layer: areas spread over `buildings`, else `streets` (see [`spread()`]), every point in its zone. Also what
    /// each area was spread over.
    pub fn into_layer(
        self,
        buildings: &[Carrier],
        streets: &[Carrier],
        zones: &ZoneHierarchy,
    ) -> (DemandLayer, Vec<(String, SpreadOver)>) {
        let spread = spread(&self.areas, buildings, streets);
        let mut points = self.points;
        points.extend(spread.points);
        points.sort_by(|a, b| a.key.cmp(&b.key));
        for point in &mut points {
            point.zone = zones.find(point.place);
        }
        let layer =
            DemandLayer { groups: self.groups, points: points.into(), unit: DemandUnit::Persons };
        (layer, spread.over)
    }
}

/// The people in `table`. A polygon is an area to be spread; anything else is a point.
///
/// A count that is empty, negative or no number is taken as nobody and said.
///
/// # Errors
/// When a column is missing, there are no coordinates, no column holds everybody, or too many rows are lost.
pub fn read_demand(
    table: &FeatureTable,
    spec: &DemandSpec,
    reference: Option<&Reference<'_>>,
) -> Result<(DemandIngredients, IssueLog), ImportError> {
    let roles = [Role::Id, Role::Name, Role::Lon, Role::Lat, Role::Population];
    let columns = ColumnMap::resolve(table, &spec.columns, &roles)?;
    let mut issues = IssueLog::default();
    let placed = place_rows(table, &columns, spec.crs, reference, &mut issues)?;
    let rows: Vec<&FeatureRow> = table.rows.iter().collect();
    let counts = read_counts(table, &spec.groups, &columns, &rows, &mut issues)?;
    let is_kept: Vec<bool> = placed
        .iter()
        .zip(&counts.is_read)
        .map(|(placed, is_read)| placed.is_some() && *is_read)
        .collect();
    counts.check(spec.on_loss, (table, &is_kept), &issues)?;
    let mut found = DemandIngredients { groups: counts.groups, ..DemandIngredients::default() };
    let mut seen = BTreeSet::new();
    for ((row, placed), persons) in rows.into_iter().zip(placed).zip(counts.persons) {
        let Some(placed) = placed else { continue };
        let given = columns.text(row, Role::Id).or_else(|| row.feature_id.clone());
        let key = unique_key(table, row, given, &mut seen, &mut issues);
        match placed {
            Placed::Area(area) => found.areas.push(DemandArea { key, area, persons }),
            other => {
                let place = other.place();
                found.points.extend(place.map(|place| DemandPoint {
                    key,
                    place,
                    front: crate::spatial::Front::Listed,
                    persons,
                    zone: None,
                }));
            }
        }
    }
    Ok((found, issues))
}

/// `given`, or the row's name; made unique, which is said.
fn unique_key(
    table: &FeatureTable,
    row: &FeatureRow,
    given: Option<String>,
    seen: &mut BTreeSet<String>,
    issues: &mut IssueLog,
) -> String {
    let key = given.unwrap_or_else(|| row.name.clone());
    if seen.insert(key.clone()) {
        return key;
    }
    let unique = format!("{key} ({})", row.name);
    let reason =
        format!("id {key:?} is used twice; both rows count, this one is called {unique:?}");
    issues.note(IssueKind::Duplicate, table.source.clone(), row.name.clone(), reason);
    seen.insert(unique.clone());
    unique
}

/// People of some rows, group by group.
pub(super) struct Counts {
    /// The groups; the first is `all`.
    pub(super) groups: IdVec<GroupId, DemandGroup>,
    /// For each row its people, in the order of the groups.
    pub(super) persons: Vec<Vec<Persons>>,
    /// For each row whether its count of everybody could be read; an empty one is nobody.
    pub(super) is_read: Vec<bool>,
    /// People that rows with too many cells may count.
    ragged: f64,
}

impl Counts {
    /// Stops at too many losses; `is_kept` is for each row of `table`, as the counts are.
    pub(super) fn check(
        &self,
        on_loss: OnLoss,
        (table, is_kept): (&FeatureTable, &[bool]),
        issues: &IssueLog,
    ) -> Result<(), ImportError> {
        let all = |persons: &Vec<Persons>| persons.first().map_or(0.0, |all| all.count());
        let rows = self.persons.iter().zip(is_kept);
        let unread: f64 = rows.filter(|(_, kept)| !**kept).map(|(persons, _)| all(persons)).sum();
        let people = PeopleOfRows {
            lost: unread + self.ragged,
            all: self.persons.iter().map(all).sum::<f64>() + self.ragged,
        };
        check_losses(on_loss, (table, is_kept), Some(people), issues)
    }
}

/// The columns that count people in `table` without being told, `all` first.
pub(super) fn groups_of(table: &FeatureTable, columns: &ColumnMap) -> Vec<(String, String)> {
    let header = |column: usize| table.columns[column].clone();
    let all = columns.find(Role::Population);
    let mut groups: Vec<(String, String)> =
        all.map(|column| ("all".to_owned(), header(column))).into_iter().collect();
    for (group, source) in known_groups(table, all) {
        if let CountSource::Column(column) = source {
            groups.push((group.id, header(column)));
        }
    }
    groups
}

/// Where the numbers of a group come from.
enum CountSource {
    Column(usize),
    Share(f64),
}

/// Reads the people of `rows`.
pub(super) fn read_counts(
    table: &FeatureTable,
    specs: &[GroupSpec],
    columns: &ColumnMap,
    rows: &[&FeatureRow],
    issues: &mut IssueLog,
) -> Result<Counts, ImportError> {
    let sources = find_groups(table, specs, columns)?;
    let mut by_group: Vec<Vec<Persons>> = Vec::with_capacity(sources.len());
    let mut is_read: Vec<bool> = Vec::new();
    for (group, source) in &sources {
        by_group.push(match source {
            CountSource::Column(column) => {
                let (persons, read) = read_column(table, *column, rows, issues);
                if by_group.is_empty() {
                    is_read = read;
                }
                persons
            }
            CountSource::Share(share) => {
                let reason = format!("group {:?} is estimated as {share} of everybody", group.id);
                issues.note(IssueKind::Estimated, table.source.clone(), "", reason);
                share_out(&by_group[0], *share)
            }
        });
    }
    let ragged = people_of_ragged(table, &sources);
    let groups: Vec<DemandGroup> = sources.into_iter().map(|(group, _)| group).collect();
    let persons: Vec<Vec<Persons>> =
        (0..rows.len()).map(|at| by_group.iter().map(|group| group[at]).collect()).collect();
    for (row, persons) in rows.iter().zip(&persons) {
        let too_many = groups
            .iter()
            .zip(persons)
            .skip(1)
            .find(|(group, count)| group.id.starts_with("age_") && **count > persons[0]);
        if let Some((group, count)) = too_many {
            let reason =
                format!("{count} in group {:?} but only {} in all; kept", group.id, persons[0]);
            issues.note(IssueKind::PopulationBad, table.source.clone(), row.name.clone(), reason);
        }
    }
    Ok(Counts { groups: groups.into(), persons, is_read, ragged })
}

/// The groups with their sources, `all` first.
fn find_groups(
    table: &FeatureTable,
    specs: &[GroupSpec],
    columns: &ColumnMap,
) -> Result<Vec<(DemandGroup, CountSource)>, ImportError> {
    let told = specs.iter().find(|spec| spec.id == "all");
    let all_column = match told.and_then(|spec| spec.column.as_deref()) {
        Some(name) => Some(require_column(table, name)?),
        None => columns.find(Role::Population),
    };
    let all_column = all_column.ok_or_else(|| {
        let fits = choices(table, Role::Population);
        let names: Vec<String> = fits.iter().map(|name| format!("{name:?}")).collect();
        table.malformed(format!(
            "no column is sure to hold everybody; set columns.population or the column of group \"all\" (there are {})",
            names.join(", ")
        ))
    })?;
    let everybody = DemandGroup {
        id: "all".to_owned(),
        en: told.map_or_else(|| "Everybody".to_owned(), |spec| spec.en.clone()),
        zh: told.map_or_else(|| "全部人口".to_owned(), |spec| spec.zh.clone()),
        estimated: told.is_some_and(|spec| spec.estimated),
    };
    let mut found = vec![(everybody, CountSource::Column(all_column))];
    for spec in specs.iter().filter(|spec| spec.id != "all") {
        found.push(group_of(table, spec)?);
    }
    if specs.is_empty() {
        found.extend(known_groups(table, Some(all_column)));
    }
    Ok(found)
}

fn group_of(
    table: &FeatureTable,
    spec: &GroupSpec,
) -> Result<(DemandGroup, CountSource), ImportError> {
    let source = match (&spec.column, spec.share_of_all) {
        (Some(name), _) => CountSource::Column(require_column(table, name)?),
        (None, Some(share)) if (0.0..=1.0).contains(&share) => CountSource::Share(share),
        (None, Some(share)) => {
            let reason = format!("group {:?}: share_of_all {share} is not within 0 to 1", spec.id);
            return Err(table.malformed(reason));
        }
        (None, None) => {
            let reason = format!("group {:?} has neither a column nor share_of_all", spec.id);
            return Err(table.malformed(reason));
        }
    };
    let estimated = spec.estimated || matches!(source, CountSource::Share(_));
    let group =
        DemandGroup { id: spec.id.clone(), en: spec.en.clone(), zh: spec.zh.clone(), estimated };
    Ok((group, source))
}

/// Groups whose columns are known by name.
fn known_groups(
    table: &FeatureTable,
    all_column: Option<usize>,
) -> Vec<(DemandGroup, CountSource)> {
    let dashes = |c: char| matches!(c, '~' | '～' | '–' | '—' | '至' | '到' | '周');
    let plain: Vec<String> =
        table.columns.iter().map(|name| plain_name(name).replace(dashes, "")).collect();
    KNOWN_GROUPS
        .iter()
        .filter_map(|&(id, en, zh, names)| {
            let column = names
                .split_whitespace()
                .find_map(|name| plain.iter().position(|column| column == name))
                .filter(|&column| Some(column) != all_column)?;
            let (id, en, zh) = (id.to_owned(), en.to_owned(), zh.to_owned());
            let group = DemandGroup { id, en, zh, estimated: false };
            Some((group, CountSource::Column(column)))
        })
        .collect()
}

/// The people of one column, and whether each count could be read; what is no count is nobody and said.
fn read_column(
    table: &FeatureTable,
    column: usize,
    rows: &[&FeatureRow],
    issues: &mut IssueLog,
) -> (Vec<Persons>, Vec<bool>) {
    let mark = if table.decimal_comma { Mark::Comma } else { Mark::Point };
    let unit = unit_of(table, column, issues);
    let mut total = 0.0;
    let mut read = |row: &&FeatureRow| {
        let value = row.value(column);
        let factor = if number::has_own_unit(value) { 1.0 } else { unit };
        let number = number::read_count(value, mark).map(|number| number * factor);
        let persons =
            number.and_then(Persons::from_count).filter(|p| total + p.count() <= PERSONS_MAX);
        if let Some(persons) = persons {
            total += persons.count();
            return (persons, true);
        }
        let fault = match value {
            FieldValue::Missing => "is empty".to_owned(),
            value => format!("{:?} is no count of people", value.to_text().unwrap_or_default()),
        };
        let reason = format!("column {:?} {fault}; taken as nobody", table.columns[column]);
        issues.note(IssueKind::PopulationBad, table.source.clone(), row.name.clone(), reason);
        (Persons::ZERO, *value == FieldValue::Missing)
    };
    rows.iter().map(&mut read).unzip()
}

/// People that rows with too many cells may count.
fn people_of_ragged(table: &FeatureTable, sources: &[(DemandGroup, CountSource)]) -> f64 {
    let Some((_, CountSource::Column(column))) = sources.first() else { return 0.0 };
    let mark = if table.decimal_comma { Mark::Comma } else { Mark::Point };
    let unit = find_unit(table, *column).map_or(1.0, |unit| unit.persons);
    let at = (*column, table.columns.len());
    table.ragged.iter().filter_map(|row| row.count(at, mark)).sum::<f64>() * unit
}

/// The unit that a column counts in, when it is not people.
fn find_unit(table: &FeatureTable, column: usize) -> Option<PeopleUnit> {
    let header = &table.columns[column];
    let says_people = header.contains("（人）") || header.contains("(人)");
    let of_remarks = || unit_of_remarks(&table.remarks).filter(|_| !says_people);
    unit_of_header(header).or_else(of_remarks)
}

/// How many people one of a column's counts is, which is said when it is not one.
fn unit_of(table: &FeatureTable, column: usize, issues: &mut IssueLog) -> f64 {
    let header = &table.columns[column];
    let Some(unit) = find_unit(table, column) else { return 1.0 };
    let PeopleUnit { word, persons } = unit;
    let (kind, reason) = if unit.is_households() {
        let reason = format!(
            "column {header:?} counts in {word}; one is taken as {persons} people, which is an estimate"
        );
        (IssueKind::Estimated, reason)
    } else {
        let reason = format!("column {header:?} counts in {word}; one is {persons} people");
        (IssueKind::TableUnderstood, reason)
    };
    issues.note(kind, table.source.clone(), "", reason);
    persons
}
