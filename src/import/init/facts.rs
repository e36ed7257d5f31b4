//! What looking at the inputs of a study finds.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::facility::Taxonomy;
use crate::import::brought::LayerKind;
use crate::import::column_guess::{choices, parts_of_people};
use crate::import::columns::{ColumnMap, Role};
use crate::import::demand::groups_of;
use crate::import::table::FeatureTable;
use crate::import::whereabouts::Whereabouts;
use crate::import::{IssueKind, IssueLog, candidates, facilities, zones};
use crate::spatial::Crs;

const ROLES_OF_PEOPLE: [Role; 5] = [Role::Id, Role::Name, Role::Lon, Role::Lat, Role::Population];

/// What an OSM file holds.
#[derive(Clone, Debug, Default)]
pub struct OsmFacts {
    /// Where it is.
    pub path: PathBuf,
    /// Buildings people may live in.
    pub residential_buildings: usize,
    /// `admin_level` and how many whole boundaries of it there are.
    pub admin_levels: Vec<(u8, usize)>,
    /// Function ids and how many facilities offer each.
    pub functions: Vec<(String, usize)>,
}

/// What a table (CSV or GeoJSON) holds.
#[derive(Clone, Debug, Default)]
pub struct TableFacts {
    /// Where it is.
    pub path: PathBuf,
    /// Its rows or features.
    pub rows: usize,
    /// Its headers or properties, each with what it is taken to hold (`id`, `name`, `lon`, `population` …).
    pub columns: Vec<(String, Option<&'static str>)>,
    /// Ids of demand groups with the headers that count them, `all` first.
    pub groups: Vec<(String, String)>,
    /// Headers that could hold what is not found, by what that is.
    pub choices: Vec<(&'static str, Vec<String>)>,
    /// Whether its rows have a place (coordinates or a shape).
    pub has_places: bool,
    /// Whether its features have ids apart from their properties.
    pub has_ids: bool,
    /// The coordinate system it states or was found to be in.
    pub crs: Option<String>,
    /// What looking at the coordinates found out, when no system is stated.
    pub found: Option<String>,
    /// The text encoding it was found to be in.
    pub encoding: String,
}

impl TableFacts {
    /// What `table` holds, to be `kind` in a study; `noticed` is what reading and placing it noticed.
    pub fn of(table: &FeatureTable, kind: LayerKind, noticed: &IssueLog) -> Self {
        let axes = ColumnMap::resolve(table, &BTreeMap::new(), &[Role::Lon, Role::Lat]);
        let whereabouts = Whereabouts::of(table, &axes.unwrap_or_default());
        let has_places = whereabouts != Whereabouts::Nowhere;
        let columns = columns_of(table, (kind, has_places));
        let roles = roles_of((kind, has_places));
        let held = |at: usize| {
            let of_role = roles.iter().find(|role| columns.find(**role) == Some(at));
            let in_pair = (whereabouts == Whereabouts::Pair(at)).then_some("lon,lat");
            of_role.map(|role| role.key()).or(in_pair)
        };
        let find = |kind| noticed.issues().iter().find(|issue| issue.kind == kind);
        let encoding = if find(IssueKind::EncodingDetected).is_some() { "gbk" } else { "utf-8" };
        let counts_people = matches!(kind, LayerKind::Demand | LayerKind::Zones);
        let people = ColumnMap::resolve(table, &BTreeMap::new(), &[Role::Population]);
        let groups = groups_of(table, &people.unwrap_or_default());
        let parts = parts_of_people(table);
        let asked: &[Role] = match kind {
            LayerKind::Demand => &[Role::Population],
            LayerKind::Zones if !parts.is_empty() => &[Role::Id, Role::Name, Role::Population],
            LayerKind::Zones => &[Role::Id, Role::Name],
            LayerKind::Facilities | LayerKind::Candidates => &[],
        };
        let has_ids = table.rows.iter().all(|row| row.feature_id.is_some());
        let lacks = |role: &Role| match role {
            Role::Id => columns.find(Role::Id).or(columns.find(Role::Name)).is_none() && !has_ids,
            Role::Population => groups.first().is_none_or(|(group, _)| group != "all"),
            role => columns.find(*role).is_none(),
        };
        let ask = |role: Role| {
            let fits = if role == Role::Population && !parts.is_empty() {
                parts.clone()
            } else {
                choices(table, role)
            };
            (role.key(), fits.into_iter().map(str::to_owned).collect::<Vec<String>>())
        };
        Self {
            path: table.path.clone(),
            rows: table.rows.len(),
            has_places,
            has_ids,
            found: find(IssueKind::CrsDetected).map(|issue| issue.reason.clone()),
            choices: asked.iter().copied().filter(lacks).map(ask).collect(),
            columns: (0..).zip(&table.columns).map(|(at, name)| (name.clone(), held(at))).collect(),
            groups: if counts_people { groups } else { Vec::new() },
            crs: table.crs.as_deref().and_then(|named| named.parse().ok()).map(spelling),
            encoding: encoding.to_owned(),
        }
    }

    /// The header that holds `role`.
    pub fn header_of(&self, role: &str) -> Option<&str> {
        self.columns.iter().find(|(_, held)| *held == Some(role)).map(|(name, _)| name.as_str())
    }

    /// Whether everybody is counted in one of the columns.
    pub fn counts_everybody(&self) -> bool {
        self.groups.first().is_some_and(|(group, _)| group == "all")
    }

    /// Whether headers speak of people, though none is sure to count everybody.
    pub fn may_count_people(&self) -> bool {
        self.choices.iter().any(|(role, _)| *role == Role::Population.key())
    }

    /// Lets `header` be the zone of a row.
    pub fn set_zone(&mut self, header: &str) {
        for (name, held) in &mut self.columns {
            if *held == Some("zone") {
                *held = None;
            }
            if name == header {
                *held = Some("zone");
            }
        }
    }
}

/// What the columns of a table can hold in a study.
pub(in crate::import) fn roles_of((kind, has_places): (LayerKind, bool)) -> &'static [Role] {
    match kind {
        LayerKind::Facilities => &facilities::ROLES,
        LayerKind::Candidates => &candidates::ROLES,
        LayerKind::Demand if has_places => &ROLES_OF_PEOPLE,
        LayerKind::Demand => &[Role::Zone, Role::Population],
        LayerKind::Zones => &zones::ROLES,
    }
}

/// The columns of a table by what they hold, as its reader finds them.
pub(in crate::import) fn columns_of(
    table: &FeatureTable,
    (kind, has_places): (LayerKind, bool),
) -> ColumnMap {
    let nothing = BTreeMap::new();
    let found = match kind {
        LayerKind::Zones => zones::zone_columns(table, &nothing),
        kind => ColumnMap::resolve(table, &nothing, roles_of((kind, has_places))),
    };
    found.unwrap_or_default()
}

/// The function that the name of a file speaks of, when it does: `nurseries_2024` are for childcare.
pub(in crate::import) fn guess_function(stem: &str, taxonomy: &Taxonomy) -> Option<String> {
    let mut words = stem.split(['_', '-', ' ', '.']).chain([stem]);
    let found = words.find_map(|word| {
        let singular = word.strip_suffix('s').unwrap_or(word);
        taxonomy.find_word(word).or_else(|| taxonomy.find_word(singular))
    });
    found.map(|id| taxonomy.functions()[id].id.clone())
}

/// A coordinate system as `study.toml` writes it.
fn spelling(crs: Crs) -> String {
    match crs {
        Crs::Wgs84 => "wgs84".to_owned(),
        Crs::Cgcs2000 => "cgcs2000".to_owned(),
        Crs::Gcj02 => "gcj02".to_owned(),
        Crs::Bd09 => "bd09".to_owned(),
        Crs::Epsg(code) => format!("epsg:{code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_calls_its_system_is_written_as_a_study_spells_it() {
        for (named, written) in [
            ("urn:ogc:def:crs:OGC:1.3:CRS84", "wgs84"),
            ("urn:ogc:def:crs:EPSG::32629", "epsg:32629"),
            ("GCJ-02", "gcj02"),
        ] {
            assert_eq!(spelling(named.parse().unwrap()), written);
        }
    }
}
