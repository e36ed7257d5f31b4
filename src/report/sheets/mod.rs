//! The tables that explain plans beyond plain covering: what is counted in them depends on the problem.

mod front;
mod functions;
mod gates;
mod places;
mod terms;
mod tiers;
mod zones;

pub use front::front_sheet;
pub use functions::functions_sheet;
pub use gates::{gate_rank_sheet, gates_sheet};
pub use places::{places_sheet, split_sheet};
pub use terms::{ForcedSite, ZoneCount, forced_sheet, zone_rules_sheet};
pub use tiers::{centers_sheet, stations_sheet};
pub use zones::{deciles_sheet, shares_sheet};

use crate::ids::ZoneId;
use crate::placement::candidate::Candidate;
use crate::placement::equity::ZoneShare;
use crate::scenario::Baseline;

use super::sheet::{Cell, Column, column};

const SITE: Column = column("site", "site", "点位");
const NAME: Column = column("name", "name", "名称");
const ZONE: Column = column("zone", "zone", "片区");
const COST: Column = column("cost", "cost", "造价");
const SITES: Column = column("sites", "sites", "点位数");
const LON: Column = column("lon", "lon", "经度");
const LAT: Column = column("lat", "lat", "纬度");

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// A degree with five decimals: about a metre.
fn degree(degree: f64) -> Cell {
    Cell::Text(format!("{degree:.5}"))
}

fn zone_name(baseline: &Baseline, zone: Option<ZoneId>) -> Cell {
    zone.map_or_else(|| text(""), |zone| text(&baseline.zones.zones[zone].name))
}

/// Id, name and zone of a candidate; without a name, that of its street.
fn called(baseline: &Baseline, candidate: &Candidate) -> [Cell; 3] {
    let street =
        candidate.nearest_stand().map_or("", |stand| baseline.graph.name(stand.position.edge));
    let name = if candidate.name.trim().is_empty() { street } else { &candidate.name };
    [text(&candidate.key), text(name), zone_name(baseline, candidate.zone)]
}

fn share(covered: i64, persons: i64) -> Cell {
    Cell::Share((persons > 0).then(|| covered as f64 / persons as f64))
}

fn share_of(zone: &ZoneShare) -> Cell {
    share(zone.covered, zone.persons)
}
