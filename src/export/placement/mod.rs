//! The files of a plan: where to build, who gains, what it costs, what else could have been.

mod assigned;
mod sites;
mod tables;

use crate::placement::explain::Explained;
use crate::scenario::Baseline;

use super::provenance::Provenance;

pub use assigned::{
    AssignedResults, AssignedWriter, write_assigned, write_assigned_sites,
    write_assigned_sites_csv, write_assigned_zones,
};
pub use sites::{write_gain_csv, write_gain_surface, write_sites, write_sites_csv};
pub use tables::{
    write_covered, write_curve, write_gain_zones, write_phases, write_runners_up, write_sensitivity,
};

/// What the files of a plan are written from.
#[derive(Clone, Copy, Debug)]
pub struct PlanResults<'a> {
    /// The study.
    pub baseline: &'a Baseline,
    /// The plan, explained.
    pub plan: &'a Explained<'a>,
    /// Where it comes from.
    pub provenance: &'a Provenance,
}
