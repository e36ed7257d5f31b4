//! `walkshed demo`: the main job on the shipped city, which travels in the program.

use std::path::Path;

use crate::import::load::{MapDetail, load_study};
use crate::import::study_file::STUDY_FILE;
use crate::store::Outputs;

use super::Ending;
use super::args::DemoArgs;
use super::audit::assess_and_write;
use super::console::Console;
use super::results::audit_text;
use super::serve::{Door, serve};

/// The files of the shipped study, its description last: a study is there when its description is.
const SHIPPED: [(&str, &[u8]); 4] = [
    (
        "isle-of-man_2020-03-14.osm.pbf",
        include_bytes!("../../data/isle-of-man/isle-of-man_2020-03-14.osm.pbf"),
    ),
    ("population.csv", include_bytes!("../../data/isle-of-man/population.csv")),
    ("SOURCE.md", include_bytes!("../../data/isle-of-man/SOURCE.md")),
    (STUDY_FILE, include_bytes!("../../data/isle-of-man/study.toml")),
];

/// Audits the shipped study, writes the files and opens the map.
pub(super) fn run(args: &DemoArgs, console: &Console) -> anyhow::Result<Ending> {
    if !args.study.exists() {
        unpack(&args.study)?;
        console.say(&format!("the shipped study is put into {}", args.study.display()));
    }
    let loaded = load_study(&args.study, console.wants(MapDetail::Full), console)?;
    let audit = assess_and_write(&loaded, (&args.out, &[]), console)?;
    if args.no_serve {
        return Ok(Ending::Fine);
    }
    let text = audit_text(&loaded, &audit)?;
    serve(loaded, text, Door::at_home(args.port), console)
}

/// Writes the shipped study into `folder`, all of it or nothing.
fn unpack(folder: &Path) -> anyhow::Result<()> {
    let outputs = Outputs::begin(folder)?;
    for (name, bytes) in SHIPPED {
        outputs.write(name, bytes)?;
    }
    Ok(outputs.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_of_the_shipped_study_travel_in_the_program() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/isle-of-man");
        let folder = tempfile::tempdir().unwrap();
        let unpacked = folder.path().join("a/b");
        unpack(&unpacked).unwrap();
        let names = |folder: &Path| {
            let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
            let files = entries.filter(|entry| entry.path().is_file());
            let mut names: Vec<_> = files.map(|entry| entry.file_name()).collect();
            names.retain(|name| !name.to_string_lossy().starts_with("scenarios.gpkg"));
            names.sort();
            names
        };
        assert_eq!(names(&unpacked), names(&source));
        for name in names(&source) {
            let read = |folder: &Path| std::fs::read(folder.join(&name)).unwrap();
            assert_eq!(read(&unpacked), read(&source), "{name:?}");
        }
    }
}
