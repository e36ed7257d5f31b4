//! `gaps.csv`: one row for each coverage gap, for whoever works through them.

use std::io::{self, Write};

use crate::coverage::{CoverageGap, GapWords};
use crate::demand::ZoneHierarchy;
use crate::units::{WalkTime, Yardstick};

use super::gaps::gap_id;
use super::table::{self, Table};
use super::{ExportResult, Results, names};

const HEADER: [&str; 16] = [
    names::ID,
    names::STANDARD,
    names::RULE,
    names::GROUP,
    names::RANK,
    names::KIND,
    names::NAME,
    names::ZONE,
    names::PERSONS,
    names::POINTS,
    "mean_min",
    "mean_m",
    "nearest_min",
    "nearest_m",
    names::CENTER_LON,
    names::CENTER_LAT,
];

/// Whose gaps a block of rows holds.
struct Block<'a> {
    standard: &'a str,
    rule: &'a str,
    group: &'a str,
    yardstick: Yardstick,
    words: GapWords,
}

/// Writes the gaps of every rule, then of every composite, in the order of `gaps.geojson`. A composite's gaps have no
/// walks.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_gaps_csv(out: &mut dyn Write, results: &Results) -> ExportResult {
    let Results { baseline, audit, provenance, .. } = results;
    let words = GapWords::of(&provenance.language);
    let groups = &baseline.demand.groups;
    let header = HEADER.map(|name| names::counted(baseline.demand.unit, name));
    let mut table = Table::new(out, &header.each_ref().map(AsRef::as_ref))?;
    for rule in &audit.rules {
        let block = Block {
            standard: &rule.standard,
            rule: &rule.rule.id,
            group: groups.get(rule.group).map_or("", |group| group.id.as_str()),
            yardstick: rule.yardstick,
            words,
        };
        write_block(&mut table, &block, (&rule.gaps, &baseline.zones))?;
    }
    for composite in &audit.composites {
        let block = Block {
            standard: &composite.standard,
            rule: names::COMPOSITE,
            group: groups.iter().next().map_or("", |group| group.id.as_str()),
            yardstick: Yardstick::Minutes,
            words,
        };
        write_block(&mut table, &block, (&composite.gaps, &baseline.zones))?;
    }
    table.finish()
}

fn write_block(
    table: &mut Table,
    block: &Block,
    (gaps, zones): (&[CoverageGap], &ZoneHierarchy),
) -> io::Result<()> {
    for (gap, rank) in gaps.iter().zip(1..) {
        let walks = [walks(block.yardstick, gap.mean), walks(block.yardstick, gap.nearest)];
        let what = [
            gap_id(block.standard, block.rule, gap),
            block.standard.to_owned(),
            block.rule.to_owned(),
            block.group.to_owned(),
            table::integer(rank),
            gap.kind.id().to_owned(),
            gap.title(block.words),
            gap.zone.map_or_else(String::new, |zone| zones.zones[zone].key.clone()),
            table::persons(gap.persons),
            table::integer(gap.points.len() as i64),
        ];
        let center = [gap.center.lon_e7(), gap.center.lat_e7()].map(table::degrees);
        table.row(what.into_iter().chain(walks.into_iter().flatten()).chain(center))?;
    }
    Ok(())
}

/// A walk in minutes and in metres; empty in the other unit, and where none is.
fn walks(yardstick: Yardstick, walk: Option<WalkTime>) -> [String; 2] {
    match (yardstick, walk) {
        (_, None) => Default::default(),
        (Yardstick::Minutes, walk) => [table::minutes(walk), String::new()],
        (Yardstick::Meters, Some(walk)) => [String::new(), table::meters(walk.as_ms())],
    }
}
