//! Every routing kernel: who reaches what, how fast, by which way.
//!
//! All times are whole milliseconds and exact: a position mid-edge costs its part of the edge
//! ([`crate::street::part_of`]), an access leg its own time, and ties go to the smaller id. Under the metre
//! yardstick the same kernels answer in millimetres.

pub mod ground;
pub mod seed;
pub mod search;
pub mod nearest;
pub mod k_nearest;
pub mod cost_matrix;
pub mod route;
pub mod service_area;
pub mod isochrone;
pub mod linked;

pub use cost_matrix::{CostMatrix, Placed};
pub use ground::{Direction, Ground};
pub use isochrone::{Isochrone, IsochroneOptions, Obstacles, Pen, Sheet};
pub use k_nearest::KNearestField;
pub use linked::{DemandTimes, LinkLimits, LinkedWalker, NearestStreets};
pub use nearest::NearestField;
pub use route::{Route, RouteLeg, RouteTree};
pub use search::Search;
pub use seed::{Seed, Seeds};
pub use service_area::{ServiceArea, StreetPart};
