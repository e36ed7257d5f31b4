//! `/api/v1/facilities`: the open facilities of a function.

use serde_json::{Value, json};

use super::Answer;
use crate::facility::Facility;
use crate::ids::FacilityId;
use crate::server::app::App;
use crate::server::query::Query;
use crate::server::shape;

/// Every open facility that offers the function.
pub(in crate::server) fn answer(app: &App, query: &Query) -> Answer {
    let function = query.function(app)?;
    let layer = &app.baseline().facilities;
    let functions = app.baseline().taxonomy.functions();
    let feature = |id: FacilityId| -> Value {
        let facility: &Facility = &layer.facilities[id];
        let offered: Vec<&str> =
            facility.offers.iter().map(|offer| functions[offer.function].id.as_str()).collect();
        let properties = json!({
            "id": id.0,
            "key": facility.key,
            "name": facility.name,
            "layer": facility.layer,
            "functions": offered,
            "capacity": facility.find_offer(function).and_then(|offer| offer.capacity),
            "entrances": facility.entrances.len(),
        });
        shape::feature(shape::point(facility.place), properties)
    };
    Ok(shape::collection(layer.offering(&[function]).into_iter().map(feature).collect()))
}
