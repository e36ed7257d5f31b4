//! The untouched baseline of a study: streets, facilities, people, zones, promises.

pub mod baseline;

pub use baseline::{Baseline, Ingredients, LinkIssue};
