//! The house rules that a compiler does not know: layers, doors, purity, sizes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The layer block of ARCHITECTURE.md: one set of modules a line, lowest first.
fn layers() -> Vec<Vec<String>> {
    let text =
        fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let block = text
        .split("```layers\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("a layers block");
    block.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Top-level module of a source file: `audit` for `src/audit/mod.rs`, and in the crate of the engine `street` for
/// `src/engine/street/graph.rs`, `units` for `src/engine/units.rs`.
fn module_of(path: &Path) -> String {
    let inner = path.strip_prefix(root().join("src")).expect("below src");
    let inner = inner.strip_prefix("engine").unwrap_or(inner);
    let first =
        inner.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Modules named after `crate::` in a source text, comments left out, `use crate::{a, b}` included.
fn uses(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let mut names = vec![rest];
        if let Some(group) = rest.strip_prefix('{') {
            names = group.split('}').next().unwrap_or("").split(',').map(str::trim).collect();
        }
        for name in names {
            let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
            found.push(name[..end].to_owned());
        }
    }
    found
}

#[test]
fn a_module_uses_only_modules_on_earlier_lines() {
    let layers = layers();
    let level: BTreeMap<&str, usize> = layers
        .iter()
        .enumerate()
        .flat_map(|(line, modules)| modules.iter().map(move |module| (module.as_str(), line)))
        .collect();
    let mut faults = Vec::new();
    for path in rust_files(&root().join("src")) {
        let module = module_of(&path);
        if module == "lib" || module == "main" {
            continue;
        }
        let own = level
            .get(module.as_str())
            .unwrap_or_else(|| panic!("{module} is on no line of the layers block"));
        for used in uses(&fs::read_to_string(&path).expect("readable source")) {
            if let Some(other) = level.get(used.as_str())
                && used != module
                && other >= own
            {
                faults.push(format!("{}: {module} uses {used}", path.display()));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn the_layer_check_itself_finds_what_it_should() {
    assert_eq!(uses("use crate::{street, reach::nearest};"), ["street", "reach"]);
    assert_eq!(uses("let a = crate::units::WalkTime::ZERO; // crate::server"), ["units"]);
}

fn core_files() -> Vec<PathBuf> {
    let layers = layers();
    let shell = layers
        .iter()
        .position(|line| line.contains(&"import".to_owned()))
        .expect("a line with import");
    let core: Vec<String> = layers[..shell].concat();
    rust_files(&root().join("src"))
        .into_iter()
        .filter(|path| core.contains(&module_of(path)))
        .collect()
}

#[test]
fn the_core_does_no_input_or_output() {
    let forbidden = [
        "std::fs",
        "std::net",
        "std::env",
        "std::io",
        "std::time",
        "std::process",
        "geojson::",
        "serde_json::",
    ];
    let mut faults = Vec::new();
    for path in core_files() {
        let text = fs::read_to_string(&path).expect("readable source");
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        for word in forbidden {
            if code.contains(word) {
                faults.push(format!("{} speaks of {word}", path.display()));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn each_dependency_has_one_door() {
    let doors: [(&str, &[&str]); 14] = [
        ("rstar", &["spatial"]),
        ("geo", &["spatial"]),
        ("proj4rs", &["spatial"]),
        ("petgraph", &["street"]),
        ("geojson", &["import", "export"]),
        ("axum", &["server"]),
        ("tokio", &["server", "cli"]),
        ("clap", &["cli"]),
        ("indicatif", &["cli"]),
        ("minijinja", &["report"]),
        ("fast_mvt", &["server"]),
        ("pdf_writer", &["report"]),
        ("subsetter", &["report"]),
        ("rusqlite", &["export", "store"]),
    ];
    let mut faults = Vec::new();
    for path in rust_files(&root().join("src")) {
        let module = module_of(&path);
        let text = fs::read_to_string(&path).expect("readable source");
        for (krate, allowed) in &doors {
            let named =
                text.contains(&format!("use {krate}::")) || text.contains(&format!(" {krate}::"));
            if named && !allowed.contains(&module.as_str()) {
                faults.push(format!("{} uses {krate}", path.display()));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn street_facility_and_demand_do_not_know_each_other() {
    let line = layers()
        .into_iter()
        .find(|line| line.contains(&"street".to_owned()))
        .expect("a line with street");
    assert_eq!(line, ["street", "facility", "demand"]);
}

#[test]
fn every_source_file_says_what_it_is_and_stays_readable() {
    let mut faults = Vec::new();
    for path in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&path).expect("readable source");
        if !text.starts_with("//!") {
            faults.push(format!("{} has no `//!` line", path.display()));
        }
        let lines = text.lines().count();
        if lines > 500 {
            faults.push(format!("{} has {lines} lines; 500 is the limit", path.display()));
        }
        let marks =
            ["TO", "FIX"].map(|half| format!("{half}{}", if half == "TO" { "DO" } else { "ME" }));
        if marks.iter().any(|mark| text.contains(mark.as_str())) {
            faults.push(format!("{} leaves something undone", path.display()));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}
