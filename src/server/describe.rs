//! What the description of the routes is made of: shared parameters, shapes, and the whole document.

use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::problem::{ProblemBody, Refusals};

/// The study in the address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the description only")]
pub(super) struct StudyPath {
    /// Id of the study.
    study: String,
}

/// No parameters.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NoParameters {}

/// What a change was made on.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read by the description only")]
pub(super) struct IfMatch {
    /// The revision of the scenario that the change is made on, such as `"7"`; when the scenario has another by then,
    /// nothing is changed (412). `*` is any revision. An edit is made on whatever is there without it; whatever takes
    /// something away asks for it (428).
    #[param(rename = "If-Match")]
    if_match: Option<String>,
}

/// The scenario that is asked.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description only")]
pub(super) struct ScenarioOnly {
    /// Id of a scenario; the baseline when absent.
    scenario: Option<String>,
}

/// Which numbers are asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description only")]
pub(super) struct SelectionQuery {
    /// Id of a function; the study's default when absent.
    function: Option<String>,
    /// Id of a walk profile.
    profile: Option<String>,
    /// Id of a demand group.
    group: Option<String>,
    /// Cutoff in minutes, inclusive.
    #[param(minimum = 0, maximum = 1440)]
    cutoff_min: Option<f64>,
    /// Id of a scenario; the baseline when absent.
    scenario: Option<String>,
}

/// A place and who walks from it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description only")]
pub(super) struct PlaceQuery {
    /// Longitude in degrees.
    #[param(minimum = -180, maximum = 180)]
    lon: f64,
    /// Latitude in degrees.
    #[param(minimum = -90, maximum = 90)]
    lat: f64,
    /// Id of a walk profile.
    profile: Option<String>,
    /// Cutoff in minutes, inclusive.
    #[param(minimum = 0, maximum = 1440)]
    cutoff_min: Option<f64>,
    /// Id of a scenario; the baseline when absent.
    scenario: Option<String>,
}

/// A GeoJSON geometry (RFC 7946).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = GeometryShape)]
pub(super) struct Geometry(pub(super) Value);

/// What a geometry is made of.
#[derive(ToSchema)]
#[schema(as = Geometry)]
#[expect(dead_code, reason = "read by the description only")]
pub(super) struct GeometryShape {
    /// `Point`, `LineString`, `Polygon` or `MultiPolygon`.
    #[schema(rename = "type")]
    kind: String,
    /// Positions, nested as the type asks.
    coordinates: Vec<Value>,
}

/// The word that every feature has.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) enum FeatureTag {
    /// The only one.
    Feature,
}

/// The word that every collection has.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) enum CollectionTag {
    /// The only one.
    FeatureCollection,
}

/// A GeoJSON feature.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Feature<P> {
    #[serde(rename = "type")]
    kind: FeatureTag,
    #[schema(value_type = GeometryShape)]
    geometry: Geometry,
    properties: P,
}

impl<P> Feature<P> {
    /// A feature.
    pub(super) fn new(geometry: Geometry, properties: P) -> Self {
        Self { kind: FeatureTag::Feature, geometry, properties }
    }
}

/// A GeoJSON feature collection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct FeatureCollection<P> {
    #[serde(rename = "type")]
    kind: CollectionTag,
    features: Vec<Feature<P>>,
}

impl<P> FeatureCollection<P> {
    /// A collection.
    pub(super) fn new(features: Vec<Feature<P>>) -> Self {
        Self { kind: CollectionTag::FeatureCollection, features }
    }
}

/// The document without its routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "walkshed",
        description = "The answers behind the map page. Units are the last word of a name: `_min`, `_m`, `_m_s`, \
            `_persons`, `_s`; a `share` is from 0 to 1. Refusals are problem details (RFC 9457).",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemBody, GeometryShape)),
    modifiers(&Refusals),
    tags(
        (name = "library", description = "The studies that are served"),
        (name = "results", description = "What the core says of a study or of a scenario of it"),
        (name = "tiles", description = "Vector tiles for the map"),
        (name = "scenarios", description = "Edits over a study that itself stays as it is"),
        (name = "jobs", description = "Work that takes longer than an answer may"),
    )
)]
pub(super) struct Description;
