//! What fuzzing begins with and what it found: every seed is taken by its reader, and nothing that made a reader fall over
//! does so again.

#[path = "../fuzz/src/readers.rs"]
#[expect(unreachable_pub, reason = "the targets of the fuzzing crate call them")]
mod readers;
#[path = "../fuzz/src/seeds.rs"]
#[expect(unreachable_pub, reason = "the targets of the fuzzing crate call them")]
pub(crate) mod seeds;

#[test]
fn every_seed_is_taken_by_its_reader() {
    for (target, reader) in readers::ALL {
        let seeds = seeds::of(target);
        assert!(!seeds.is_empty(), "{target} has no seed");
        for (number, seed) in seeds.iter().enumerate() {
            assert!(reader(seed), "seed {number} of {target} is refused");
        }
    }
}

/// Files in `fuzz/found/TARGET/` made that target fail once.
#[test]
fn nothing_that_fuzzing_found_is_found_again() {
    for (target, reader) in readers::ALL {
        let folder = readers::root().join("fuzz/found").join(target);
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            let data = std::fs::read(entry.path()).expect("a file that can be read");
            let _ = reader(&data);
        }
    }
}

#[test]
fn every_reader_has_a_target() {
    let targets =
        std::fs::read_dir(readers::root().join("fuzz/fuzz_targets")).expect("the targets");
    let names: std::collections::BTreeSet<String> = targets
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().trim_end_matches(".rs").to_owned())
        .collect();
    let readers = readers::ALL.iter().map(|(target, _)| (*target).to_owned()).collect();
    assert_eq!(names, readers);
    let described =
        std::fs::read_to_string(readers::root().join("fuzz/Cargo.toml")).expect("its manifest");
    for name in names {
        assert!(described.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
    }
}
