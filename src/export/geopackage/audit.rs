//! `walkshed.gpkg`: the layers of an audit, its rules and where it comes from, in one file.

use std::io::{self, Write};

use rusqlite::Connection;

use super::features::Layer;
use super::tables::{ColumnKind, GeometryKind, GpkgTable, add_attribute_table, prepare_geopackage};
use crate::demand::DemandUnit;
use crate::export::audit_rows::RuleRow;
use crate::export::{
    AuditDocument, DemandDetail, ExportResult, InputRecord, Provenance, Results, names,
    write_demand, write_facilities, write_gaps, write_zones,
};

type Writer = fn(&mut dyn Write, &Results) -> ExportResult;

/// The layers, in the order they are written: name, description, geometry, the writer of the `GeoJSON` file of that name.
const LAYERS: [(&str, &str, GeometryKind, Writer); 4] = [
    (
        "zones",
        "zones with people and, by rule, who is covered",
        GeometryKind::Polygons,
        write_zones,
    ),
    (
        "demand",
        "demand points with people and, by rule, the walk",
        GeometryKind::Point,
        |out, results| write_demand(out, results, DemandDetail::Times),
    ),
    ("gaps", "coverage gaps, ranked by people left out", GeometryKind::Polygons, write_gaps),
    (
        "facilities",
        "facilities and where they meet the streets",
        GeometryKind::Point,
        write_facilities,
    ),
];

/// Writes a GeoPackage with the layers `zones`, `demand`, `gaps` and `facilities`, whose columns are the properties of
/// the `GeoJSON` files of those names, and the tables `rules`, `inputs` and `provenance`.
///
/// # Errors
/// When `out` cannot be written to, or there is no memory for the file.
pub fn write_geopackage(out: &mut dyn Write, results: &Results) -> ExportResult {
    let mut connection = Connection::open_in_memory().map_err(io::Error::other)?;
    fill(&connection, results)?;
    let bytes = connection.serialize("main").map_err(io::Error::other)?;
    out.write_all(&bytes)?;
    out.flush()
}

fn fill(connection: &Connection, results: &Results) -> io::Result<()> {
    let run = |sql: &str| connection.execute_batch(sql).map_err(io::Error::other);
    run("BEGIN")?;
    prepare_geopackage(connection).map_err(io::Error::other)?;
    for (name, description, geometry, write) in LAYERS {
        let mut layer =
            Layer::begin(connection, (name, description), geometry).map_err(io::Error::other)?;
        write(&mut layer, results)?;
        layer.finish().map_err(io::Error::other)?;
    }
    let document = AuditDocument::of(results);
    rules(connection, (&document.rules, results.baseline.demand.unit)).map_err(io::Error::other)?;
    inputs(connection, &results.provenance.inputs).map_err(io::Error::other)?;
    provenance(connection, results.provenance).map_err(io::Error::other)?;
    run("COMMIT")
}

const RULE_COLUMNS: [(&str, ColumnKind); 26] = [
    ("standard", ColumnKind::Text),
    ("rule", ColumnKind::Text),
    ("en", ColumnKind::Text),
    ("zh", ColumnKind::Text),
    ("profile", ColumnKind::Text),
    ("group", ColumnKind::Text),
    ("cutoff_min", ColumnKind::Real),
    ("cutoff_m", ColumnKind::Real),
    ("facilities", ColumnKind::Whole),
    ("off_network_facilities", ColumnKind::Whole),
    ("persons", ColumnKind::Real),
    ("covered_persons", ColumnKind::Real),
    ("left_out_persons", ColumnKind::Real),
    (names::NO_STREET_PERSONS, ColumnKind::Real),
    ("share", ColumnKind::Real),
    (names::JUDGED_SHARE, ColumnKind::Real),
    ("pass_share", ColumnKind::Real),
    ("benchmark_share", ColumnKind::Real),
    ("outcome", ColumnKind::Text),
    ("gaps", ColumnKind::Whole),
    ("verified", ColumnKind::Flag),
    ("source", ColumnKind::Text),
    // Empty unless the rule counts places.
    (names::SERVED_PERSONS, ColumnKind::Real),
    (names::FULL_PERSONS, ColumnKind::Real),
    (names::UNKNOWN_PERSONS, ColumnKind::Real),
    (names::OUT_OF_REACH_PERSONS, ColumnKind::Real),
];

fn rules(connection: &Connection, (rules, unit): (&[RuleRow], DemandUnit)) -> rusqlite::Result<()> {
    let description = "rules of the standards and how they came out";
    let columns = RULE_COLUMNS.map(|(name, kind)| (names::counted(unit, name), kind));
    let columns = columns.each_ref().map(|(name, kind)| (name.as_ref(), *kind));
    let table = GpkgTable { name: "rules", description, columns: &columns };
    add_attribute_table(connection, &table)?;
    let marks = vec!["?"; RULE_COLUMNS.len()].join(",");
    let mut row = connection.prepare(&format!("INSERT INTO rules VALUES (NULL,{marks})"))?;
    for rule in rules {
        let outcome = serde_json::to_value(rule.outcome).unwrap_or_default();
        let split = rule.capacity.as_ref().map(|row| row.split);
        row.execute(rusqlite::params![
            rule.standard,
            rule.rule,
            rule.en,
            rule.zh,
            rule.profile,
            rule.group,
            rule.cutoff_min,
            rule.cutoff_m,
            rule.facilities as i64,
            rule.off_network_facilities as i64,
            rule.persons.0.count(),
            rule.covered_persons.map(|people| people.0.count()),
            rule.left_out_persons.map(|people| people.0.count()),
            rule.no_street_persons.0.count(),
            rule.share.map(|share| share.0),
            rule.judged_share.map(|share| share.0),
            rule.pass_share,
            rule.benchmark_share,
            outcome.as_str(),
            rule.gaps as i64,
            rule.verified,
            rule.source,
            split.map(|split| split.served_persons.0.count()),
            split.map(|split| split.full_persons.0.count()),
            split.map(|split| split.unknown_persons.0.count()),
            split.map(|split| split.out_of_reach_persons.0.count()),
        ])?;
    }
    Ok(())
}

fn inputs(connection: &Connection, inputs: &[InputRecord]) -> rusqlite::Result<()> {
    let names = ["role", "path", "sha256", "licence", "attribution"];
    let columns: Vec<_> = names.map(|name| (name, ColumnKind::Text)).into();
    let description = "files the results were made from";
    add_attribute_table(connection, &GpkgTable { name: "inputs", description, columns: &columns })?;
    let mut row = connection.prepare("INSERT INTO inputs VALUES (NULL,?1,?2,?3,?4,?5)")?;
    for input in inputs {
        row.execute((&input.role, &input.path, &input.sha256, &input.licence, &input.attribution))?;
    }
    Ok(())
}

fn provenance(connection: &Connection, provenance: &Provenance) -> rusqlite::Result<()> {
    let columns = [("name", ColumnKind::Text), ("value", ColumnKind::Text)];
    let description = "where the results come from";
    add_attribute_table(
        connection,
        &GpkgTable { name: "provenance", description, columns: &columns },
    )?;
    let mut row = connection.prepare("INSERT INTO provenance VALUES (NULL,?1,?2)")?;
    let attribution = provenance.attribution_line();
    let licences = provenance.licences.join("; ");
    let pairs = [
        ("study", &provenance.study),
        ("study_hash", &provenance.study_hash),
        ("program", &provenance.program),
        ("version", &provenance.version),
        ("language", &provenance.language),
        ("attribution", &attribution),
        ("licences", &licences),
    ];
    for pair in pairs {
        row.execute(pair)?;
    }
    Ok(())
}
