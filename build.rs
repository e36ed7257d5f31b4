//! Builds the program anew when the page it embeds was built; never builds the page itself. Tells the program
//! a hash of its own rules, so that a network cache made by other rules is not believed.

use std::fs;
use std::path::{Path, PathBuf};

/// Sources that decide what is read from an extract and how its graph is made.
const RULES: [&str; 10] = [
    "Cargo.lock",
    "src/engine/ids.rs",
    "src/engine/limits.rs",
    "src/engine/units.rs",
    "src/engine/facility",
    "src/import/cache",
    "src/import/elevation",
    "src/import/osm",
    "src/engine/spatial",
    "src/engine/street",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=web/dist");
    let mut files = Vec::new();
    for rule in RULES {
        println!("cargo::rerun-if-changed={rule}");
        collect(Path::new(rule), &mut files);
    }
    files.sort();
    // FNV-1a, 64 bits (Fowler, Noll, Vo): a fingerprint, not a seal.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        for byte in fs::read(file).unwrap_or_default() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    println!("cargo::rustc-env=WALKSHED_RULES={hash:016x}");
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().for_each(|entry| collect(&entry.path(), files)),
        Err(_) => files.push(path.to_owned()),
    }
}
