//! The engine of walkshed: the street graph, walking reach, coverage.
//!
//! A crate of its own because it is optimized in every build, tests and the demo included, and is not built anew when
//! the program around it changes. Pure: values in, values out. `ARCHITECTURE.md` draws the map.

pub mod units;
pub mod ids;
pub mod limits;
pub mod progress;
pub mod spatial;
pub mod street;
pub mod facility;
pub mod demand;
pub mod reach;
pub mod coverage;
