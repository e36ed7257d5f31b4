//! Towns, random networks and slow oracles that the kernels are judged by.

pub(crate) mod city;
pub(crate) mod oracle;
pub(crate) mod private_oracle;
pub(crate) mod random;
pub(crate) mod small_city;
pub(crate) mod town;
pub(crate) mod walkers;

use proptest::test_runner::{Config, RngSeed};

/// A proptest setup that tries the same `cases` on every machine.
pub(crate) fn cases(cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(20_26),
        failure_persistence: None,
        ..Config::default()
    }
}
