//! What looking at the inputs of a study finds.

use std::path::PathBuf;

use crate::facility::Taxonomy;
use crate::import::columns::{Role, guess_role};
use crate::import::table::FeatureTable;
use crate::import::{IssueKind, IssueLog};
use crate::spatial::Crs;

/// Headers that are a demand group, by what remains of them without marks, in lower case.
const GROUP_HEADERS: [(&str, &str); 22] = [
    ("age03", "age_0_3"),
    ("03", "age_0_3"),
    ("03岁", "age_0_3"),
    ("3岁以下", "age_0_3"),
    ("under3", "age_0_3"),
    ("age36", "age_3_6"),
    ("36岁", "age_3_6"),
    ("age014", "age_0_14"),
    ("014", "age_0_14"),
    ("014岁", "age_0_14"),
    ("under15", "age_0_14"),
    ("age60plus", "age_60_plus"),
    ("age60", "age_60_plus"),
    ("60plus", "age_60_plus"),
    ("60岁以上", "age_60_plus"),
    ("60岁及以上", "age_60_plus"),
    ("age65plus", "age_65_plus"),
    ("65plus", "age_65_plus"),
    ("65岁以上", "age_65_plus"),
    ("65岁及以上", "age_65_plus"),
    ("workers", "workers"),
    ("就业人口", "workers"),
];

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
    /// Whether its rows have a place (coordinates or a shape).
    pub has_places: bool,
    /// The coordinate system it states or was found to be in.
    pub crs: Option<String>,
    /// What looking at the coordinates found out, when no system is stated.
    pub found: Option<String>,
    /// The text encoding it was found to be in.
    pub encoding: String,
}

impl TableFacts {
    /// What `table` holds; `noticed` is what reading and placing it noticed.
    pub fn of(table: &FeatureTable, noticed: &IssueLog) -> Self {
        let roles: Vec<Option<&'static str>> =
            table.columns.iter().map(|column| guess_role(column).map(Role::key)).collect();
        let has_columns = ["lon", "lat"].iter().all(|axis| roles.contains(&Some(axis)));
        let find = |kind| noticed.issues().iter().find(|issue| issue.kind == kind);
        let encoding = if find(IssueKind::EncodingDetected).is_some() { "gbk" } else { "utf-8" };
        Self {
            path: table.path.clone(),
            rows: table.rows.len(),
            has_places: has_columns || table.rows.iter().any(|row| row.geometry.is_some()),
            found: find(IssueKind::CrsDetected).map(|issue| issue.reason.clone()),
            columns: table.columns.iter().cloned().zip(roles).collect(),
            crs: table.crs.as_deref().and_then(|named| named.parse().ok()).map(spelling),
            encoding: encoding.to_owned(),
        }
    }

    pub(in crate::import) fn header_of(&self, role: &str) -> Option<&str> {
        self.columns.iter().find(|(_, held)| *held == Some(role)).map(|(name, _)| name.as_str())
    }
}

/// The groups that the headers of `table` count, `all` first.
pub(in crate::import) fn groups_of(table: &TableFacts) -> Vec<(&'static str, &str)> {
    let mut groups: Vec<(&'static str, &str)> = Vec::new();
    if let Some(header) = table.header_of("population") {
        groups.push(("all", header));
    }
    for (header, _) in &table.columns {
        let plain: String =
            header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let plain = if header.trim().ends_with('+') { format!("{plain}plus") } else { plain };
        if let Some((_, group)) = GROUP_HEADERS.iter().find(|(known, _)| *known == plain)
            && !groups.iter().any(|(taken, _)| taken == group)
        {
            groups.push((group, header));
        }
    }
    groups
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
