//! Every reader of walkshed as a function of bytes, and small files that each of them accepts.
//!
//! `tests/fuzz_seeds.rs` of the program includes both files: every seed, and everything that fuzzing ever found, is read
//! there by each run of the tests.

pub mod readers;
pub mod seeds;
