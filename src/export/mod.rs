//! Results to bytes: every file walkshed writes for others, as a stream into a writer it is given.
//!
//! Nothing here opens a file or reads a clock: the same results give the same bytes, for any number of
//! threads. `GeoJSON` follows RFC 7946 (WGS 84, counter-clockwise outer rings, nothing across the
//! antimeridian); tables are RFC 4180 CSV in UTF-8 without a byte order mark. Property and column names stand
//! in [`names`].
//!
//! Facilities are told apart by a number, the [`crate::ids::FacilityId`], the same in every file of a study;
//! `facilities.geojson` gives the layer and key behind it. Demand points likewise.

mod antimeridian;
mod archive;
mod extent;
mod audit_json;
mod audit_rows;
mod demand;
mod facilities;
mod feature;
mod gaps;
mod gaps_table;
mod geometry;
mod geopackage;
mod graph;
mod json;
pub mod names;
mod nearest;
mod number;
mod ordered;
mod placement;
mod provenance;
mod reach;
mod statement;
mod streets;
mod table;
mod zones;
mod zones_table;

use crate::audit::Audit;
use crate::scenario::Baseline;

pub use archive::Archive;
pub use audit_json::write_audit;
pub use audit_rows::{
    AuditDocument, BufferRow, CapacityRow, CompletenessRow, CompositeRow, ExactPersons, FindingRow,
    FunctionRow, GroupTotal, Histogram, ProfileTotal, RuleRow, SpeedRow, Totals, ZoneRow,
};
pub use demand::{DemandDetail, write_demand};
pub use facilities::write_facilities;
pub use gaps::{gap_id, write_gaps};
pub use gaps_table::write_gaps_csv;
pub use geometry::rings_of;
pub use geopackage::{
    ColumnKind, GeometryKind, GpkgGeometry, GpkgTable, add_attribute_table, add_feature_table,
    gpkg_blob, prepare_geopackage, quoted, write_geopackage,
};
pub use graph::{
    write_demand_csv, write_edges_csv, write_facilities_csv, write_graph_readme, write_nodes_csv,
    write_offers_csv, write_unsnapped_csv,
};
pub use nearest::{NearestExport, facilities_called};
pub use placement::{
    AssignedResults, AssignedWriter, PlanResults, write_assigned, write_assigned_sites,
    write_assigned_sites_csv, write_assigned_zones, write_covered, write_curve, write_gain_csv,
    write_gain_surface, write_gain_zones, write_phases, write_runners_up, write_sensitivity,
    write_sites, write_sites_csv,
};
pub use provenance::{InputRecord, ProfileRecord, Provenance, StandardRecord, StudyRecord};
pub use reach::{ReachExport, ReachedArea, RouteLine, persons_within, write_reach};
pub use statement::write_statement;
pub use streets::{StreetTimes, write_streets};
pub use zones::write_zones;
pub use zones_table::write_zones_csv;

/// Why a writer stopped: what the stream it writes to said.
pub type ExportResult = std::io::Result<()>;

/// A number of issues of one kind met while the inputs were read.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct IssueCount {
    /// The kind: `snap_far`, `duplicate` …
    pub kind: String,
    /// How many, also those not listed.
    pub count: usize,
}

/// What the files of an audit are written from.
#[derive(Clone, Copy, Debug)]
pub struct Results<'a> {
    /// The study.
    pub baseline: &'a Baseline,
    /// Its audit.
    pub audit: &'a Audit,
    /// Where it comes from.
    pub provenance: &'a Provenance,
    /// What was noticed about the inputs, by kind.
    pub issues: &'a [IssueCount],
}
