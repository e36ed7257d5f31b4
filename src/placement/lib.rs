//! Placement of walkshed: which few sites mend the circle, and how good that answer provably is.
//!
//! A crate of its own for the same reasons as the engine it stands on.

pub use walkshed_engine::{
    coverage, demand, facility, ids, limits, progress, reach, spatial, street, units,
};

#[path = "mod.rs"]
pub mod placement;
