//! The `walkshed` program.
fn main() {}
