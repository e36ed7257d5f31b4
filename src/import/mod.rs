//! Files → ingredients, always with the list of what was skipped or repaired.

pub mod instance_pmed;
pub mod instance_graph;
pub mod instance_kind;
pub mod instance_table;
pub mod issue;
pub mod reason;
pub mod hash;
pub mod toml_check;
pub mod profile_file;
pub mod standard_file;
pub mod study_file;
pub mod encoding;
pub mod number;
pub mod table;
pub mod csv_file;
pub mod geojson_file;
pub mod columns;
pub mod crs_detect;
pub mod placing;
pub mod osm;
pub mod elevation;
pub mod cache;
pub mod init;
pub mod facilities;
pub mod candidates;
pub mod plan_file;
pub mod program_file;
pub mod assign_file;
pub mod instance_xy;
pub mod demand;
pub mod zones;
pub mod join;
pub mod scenario_file;
pub mod load;
pub mod brought;

pub use issue::{ImportError, ImportIssue, IssueKind, IssueLog};
