//! `/api/v1/zones`: the zones as drawn.

use serde_json::json;

use super::Answer;
use super::coverage::level_name;
use crate::server::app::App;
use crate::server::query::Query;
use crate::server::shape;

/// Every zone that has ground; the remainders of zones have none.
#[expect(clippy::unnecessary_wraps, reason = "every resource answers alike")]
pub(in crate::server) fn answer(app: &App, _: &Query) -> Answer {
    let zones = &app.baseline().zones;
    let drawn = zones.zones.iter().filter(|zone| !zone.area.polygons.is_empty());
    let features = drawn.map(|zone| {
        let properties = json!({
            "id": zone.key,
            "name": zone.name,
            "level": level_name(zones, zone.level),
            "parent": zone.parent.map(|parent| zones.zones[parent].key.as_str()),
        });
        shape::feature(shape::area(&zone.area), properties)
    });
    Ok(shape::collection(features.collect()))
}
