//! What walkshed writes, read back with other means: `GeoJSON`, tables, `audit.json`, and every time
//! recomputed from the exported graph.

mod features;
mod geopackage;
mod outside;
mod recompute;
mod tables;
mod town;
