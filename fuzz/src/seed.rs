//! Writes the seeds of every target into `corpus/`, where `cargo fuzz` looks for them.

use std::io::Result;
use std::path::Path;

// It brings what instrumented code calls.
use libfuzzer_sys as _;

fn main() -> Result<()> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (target, _) in walkshed_fuzz::readers::ALL {
        let folder = home.join("corpus").join(target);
        std::fs::create_dir_all(&folder)?;
        for (number, seed) in walkshed_fuzz::seeds::of(target).into_iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number:02}")), seed)?;
        }
    }
    Ok(())
}
