//! What a run hands over: the files of an audit, written alike for the command line and the map page.

mod audit;
pub(crate) mod check;
pub(crate) mod plan;
mod programs;
pub(crate) mod text;

pub use audit::{AuditFiles, DeliveryError, Extra, Papers, audit_json, write_audit_files};
pub use check::holds_alone;
