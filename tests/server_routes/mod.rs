//! The router, asked as the page asks it: numbers, refusals, headers, tiles.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod api;
mod crowded;
mod guard;
mod layers;
mod library;
mod modes;
mod plans;
mod scenarios;
mod tiles;
pub(crate) mod town;
