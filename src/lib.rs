//! walkshed (一刻圈): which homes reach which services within a quarter of an hour on foot.
//!
//! The modules below are in layer order: a module uses only modules above it. `ARCHITECTURE.md` draws the
//! map and `tests/architecture.rs` enforces it. Everything up to [`audit`] is pure: values in, values out.
//!
//! - *How far is it on foot?* [`street`] (the graph), [`reach`] (every routing kernel)
//! - *Where do people and services sit?* [`demand`], [`facility`]
//! - *Who is covered, and where are the coverage gaps?* [`coverage`], [`audit`]
//! - *Which few sites mend the circle, and how good is that answer provably?* [`placement`]
//! - *How do files come in and results go out?* [`import`], [`export`], [`report`], [`store`]
//! - *How is it used?* [`server`] (the map page), [`cli`] (the shell)

pub use walkshed_engine::{
    coverage, demand, facility, ids, limits, progress, reach, spatial, street, units,
};
pub use walkshed_placement::placement;

pub mod scenario;
pub mod audit;
pub mod import;
pub mod export;
pub mod store;
pub mod report;
pub mod delivery;
pub mod server;
pub mod cli;
