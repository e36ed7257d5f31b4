//! `…/facilities`: the open facilities of a function.

use axum::response::Response;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::facility::Facility;
use crate::ids::FacilityId;
use crate::server::app::App;
use crate::server::ask::{Asked, GEOJSON};
use crate::server::describe::{Feature, FeatureCollection, StudyPath};
use crate::server::problem::{Problem, Refusals};
use crate::server::query::Query;
use crate::server::shape;

/// Whose facilities.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct FacilitiesQuery {
    /// Id of a function; the study's default when absent.
    function: Option<String>,
    /// Id of a scenario; the baseline when absent.
    scenario: Option<String>,
}

/// What is said of a facility.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct FacilityProperties {
    /// Its number.
    id: u32,
    /// Its key, as edits name it.
    key: String,
    /// Its name.
    name: String,
    /// Its layer.
    layer: String,
    /// Ids of what it offers.
    functions: Vec<String>,
    /// Places of the function asked for, when known.
    capacity: Option<f64>,
    /// How many entrances it has.
    entrances: usize,
}

/// Every open facility that offers a function
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/facilities", tag = "results", params(StudyPath, FacilitiesQuery),
    responses(
        (status = 200, description = "The facilities", body = FeatureCollection<FacilityProperties>,
         content_type = "application/geo+json"),
        Refusals
    )
)]
pub(in crate::server) async fn list(asked: Asked<FacilitiesQuery>) -> Response {
    asked.answer(GEOJSON, answer).await
}

fn answer(app: &App, query: &Query) -> Result<FeatureCollection<FacilityProperties>, Problem> {
    let function = query.function(app)?;
    let layer = &app.baseline().facilities;
    let functions = app.baseline().taxonomy.functions();
    let feature = |id: FacilityId| {
        let facility: &Facility = &layer.facilities[id];
        let offers = facility.offers.iter();
        let properties = FacilityProperties {
            id: id.0,
            key: facility.key.clone(),
            name: facility.name.clone(),
            layer: facility.layer.clone(),
            functions: offers.map(|offer| functions[offer.function].id.clone()).collect(),
            capacity: facility.find_offer(function).and_then(|offer| offer.capacity),
            entrances: facility.entrances.len(),
        };
        Feature::new(shape::point(facility.place), properties)
    };
    Ok(FeatureCollection::new(layer.offering(&[function]).into_iter().map(feature).collect()))
}
