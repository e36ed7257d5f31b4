//! Every routing kernel: who reaches what, how fast, by which way.
//!
//! All times are whole milliseconds and exact: a position mid-edge costs its part of the edge
//! ([`crate::street::part_of`]), an access leg its own time, and ties go to the smaller id. Under the metre
//! yardstick the same kernels answer in millimetres.

pub mod ground;
pub mod seed;
mod buckets;
mod rows;
pub mod search;
mod sweep;
pub mod nearest;
pub mod k_nearest;
pub mod landing;
pub mod cost_matrix;
mod core;
mod lanes;
pub mod people;
mod crowd;
pub mod decay;
pub mod accumulate;
pub mod route;
pub mod service_area;
pub mod isochrone;
pub mod ties;
pub mod doors;
pub mod linked;
pub mod repair;
pub mod points;

pub use accumulate::Accumulation;
pub use cost_matrix::{CostMatrix, StreamError, StreamReport};
pub use decay::Decay;
pub use doors::{Comer, front_for, front_through, home_front};
pub use ground::{Direction, Ground};
pub use isochrone::{Isochrone, IsochroneOptions, Pen, Sheet};
pub use k_nearest::KNearestField;
pub use landing::Placed;
pub use linked::{DemandTimes, LinkLimits, LinkSource, LinkedWalker, walk_of};
pub use nearest::NearestField;
pub use people::People;
pub use points::EdgePoints;
pub use repair::{FieldChange, FieldEdit, FieldRepair};
pub use route::{Route, RouteLeg, RouteTree};
pub use search::Search;
pub use seed::{Seed, Seeds};
pub use service_area::{ServiceArea, StreetPart};
pub use ties::{TieFinder, TieGround};
