//! Files land where they were asked to, and a newcomer's first hour works from any folder.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test says what went wrong by failing"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs the program in `folder`; its exit code, standard output and standard error.
fn run(folder: &Path, words: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walkshed"));
    command.args(words).current_dir(folder).env_remove("WALKSHED_LANG");
    let Output { status, stdout, stderr } = command.env("WALKSHED_NO_CACHE", "1").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (status.code().unwrap(), text(stdout), text(stderr))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// A copy of a folder of small files.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

fn cases(path: &str) -> Option<PathBuf> {
    let path = root().join("../shared/cases").join(path);
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}

/// One street of a kilometre with a nursery, eleven homes and a zone, in `folder/town`.
fn town(folder: &Path) {
    let town = folder.join("town");
    fs::create_dir_all(&town).unwrap();
    let osm = "<osm version=\"0.6\"><node id=\"1\" lat=\"50\" lon=\"8\"/><node id=\"2\" lat=\"50\" lon=\"8.014\"/>\
               <way id=\"3\"><nd ref=\"1\"/><nd ref=\"2\"/><tag k=\"highway\" v=\"residential\"/></way></osm>";
    fs::write(town.join("town.osm"), osm).unwrap();
    fs::write(town.join("places.csv"), "id,name,lon,lat,type\na,One,8.001,50,childcare\n").unwrap();
    let homes: Vec<String> =
        (0..11).map(|at| format!("h{at},{},50,10\n", 8.0 + 0.001 * f64::from(at))).collect();
    fs::write(town.join("people.csv"), format!("id,lon,lat,people\n{}", homes.concat())).unwrap();
    fs::write(
        town.join("study.toml"),
        "version = 1\nid = \"town\"\nname = \"Town\"\n[streets]\nosm = \"town.osm\"\n[[facilities]]\nid = \"own\"\n\
         path = \"places.csv\"\ncrs = \"wgs84\"\n[demand]\nsource = \"file\"\npath = \"people.csv\"\ncrs = \"wgs84\"\n\
         [zones]\nsource = \"none\"\n[standards]\nuse = [\"childcare-15\"]\n",
    )
    .unwrap();
}

#[test]
fn results_of_a_study_named_from_elsewhere_land_in_the_study_once() {
    let folder = tempfile::tempdir().unwrap();
    town(folder.path());
    let (code, _, error) = run(folder.path(), &["-q", "audit", "town"]);
    assert!(code < 2, "{error}");
    assert!(folder.path().join("town/out/audit.json").is_file());
    assert!(!folder.path().join("town/town").exists());
}

#[test]
fn a_dash_is_standard_output_and_devices_are_written_into() {
    let folder = tempfile::tempdir().unwrap();
    town(folder.path());
    let streets = ["-q", "export", "streets", "town", "--layer", "childcare", "--out"];
    let (code, printed, error) = run(folder.path(), &[&streets[..], &["-"]].concat());
    assert_eq!(code, 0, "{error}");
    let map: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(map["type"], "FeatureCollection");
    // Folders are made.
    let (code, _, _) = run(folder.path(), &[&streets[..], &["new/deep/s.geojson"]].concat());
    assert_eq!(code, 0);
    assert_eq!(fs::read_to_string(folder.path().join("new/deep/s.geojson")).unwrap(), printed);
    if cfg!(unix) {
        let (code, through, _) = run(folder.path(), &[&streets[..], &["/dev/stdout"]].concat());
        assert_eq!((code, through), (0, printed));
        // A device is no folder, and stays a device.
        let (code, _, error) = run(folder.path(), &["-q", "audit", "town", "--out", "/dev/null"]);
        assert_eq!(code, 2);
        assert!(error.contains("/dev/null"), "{error}");
        assert!(!Path::new("/dev/null").metadata().unwrap().is_file());
    }
}

#[test]
fn init_takes_what_an_office_hands_over_and_keeps_everybody() {
    let Some(toy) = cases("numbers/toy") else { return };
    let folder = tempfile::tempdir().unwrap();
    copy(&toy, &folder.path().join("in"));
    let words = [
        "-q",
        "init",
        "new",
        "--json",
        "--osm",
        "in/toy.osm",
        "--facilities",
        "in/fac.csv",
        "--demand",
        "in/people.csv",
        "--zones",
        "in/zones.geojson",
    ];
    let (code, printed, error) = run(folder.path(), &words);
    assert_eq!(code, 0, "{error}{printed}");
    let told: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(told["persons"]["all"], 410.0);
    assert_eq!(told["facilities"]["fac"], 8);
    for table in told["tables"].as_array().unwrap() {
        let used: Vec<&str> = table["columns"]
            .as_object()
            .unwrap()
            .values()
            .filter_map(|name| name.as_str())
            .collect();
        let not_used = table["not_used"].as_array().unwrap();
        assert!(not_used.iter().all(|name| !used.contains(&name.as_str().unwrap())), "{table}");
    }
    let (code, checked, error) = run(folder.path(), &["-q", "--json", "check", "new"]);
    assert!(code < 2, "{error}");
    let checked: serde_json::Value = serde_json::from_str(&checked).unwrap();
    assert_eq!(checked["persons"]["all"], 410.0);
}

#[test]
fn a_list_that_loses_too_much_stops_init_check_and_audit_unless_it_is_waved_through() {
    let folder = tempfile::tempdir().unwrap();
    town(folder.path());
    let lossy = "id,name,lon,lat,type\na,One,8.001,50,childcare\nb,Two,,,childcare\nc,Three,8.002,50,moon base\n";
    fs::write(folder.path().join("town/places.csv"), lossy).unwrap();
    let init = ["-q", "init", "new", "--osm", "town/town.osm", "--facilities", "town/places.csv"];
    for words in [&init[..], &["-q", "check", "town"], &["-q", "audit", "town"]] {
        let (code, _, error) = run(folder.path(), words);
        assert_eq!(code, 2, "{words:?}: {error}");
        for part in ["2 of 3 rows", "row 3", "row 4", "moon base", "--accept-losses"] {
            assert!(error.contains(part), "{part}: {error}");
        }
        let (_, _, chinese) = run(folder.path(), &[&["--lang", "zh"][..], words].concat());
        assert!(chinese.contains("3 行中有 2 行不可用"), "{chinese}");
    }
    assert!(!folder.path().join("new").exists(), "nothing is left of a study that was not written");
    for words in [&["-q", "check", "town"], &["-q", "audit", "town"]] {
        let (code, told, error) = run(folder.path(), &[&["--accept-losses"][..], words].concat());
        assert!(code < 2, "{error}");
        assert!(
            told.contains("1 facilities were not recognized and are not counted: moon base"),
            "{told}"
        );
    }
    let (code, _, error) = run(folder.path(), &[&["--accept-losses"][..], &init].concat());
    assert_eq!(code, 0, "{error}");
    // The study remembers: it is read again without the option.
    let written = fs::read_to_string(folder.path().join("new/study.toml")).unwrap();
    assert!(written.contains("accept_losses = true"), "{written}");
    assert!(run(folder.path(), &["-q", "check", "new"]).0 < 2);
}

#[test]
fn init_asks_when_it_cannot_tell() {
    let folder = tempfile::tempdir().unwrap();
    town(folder.path());
    let people = "id,lon,lat,pop_2011,pop_2021\na,8.001,50,10,12\nb,8.002,50,9,8\n";
    fs::write(folder.path().join("people.csv"), people).unwrap();
    let words = ["-q", "init", "new", "--osm", "town/town.osm", "--demand", "people.csv"];
    let (code, told, error) = run(folder.path(), &words);
    assert_eq!(code, 1, "{error}");
    assert!(
        told.contains("\"pop_2011\", \"pop_2021\"") && told.contains("to be filled in"),
        "{told}"
    );
}

#[test]
fn what_is_no_input_is_called_by_its_name_wherever_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    town(folder.path());
    fs::write(folder.path().join("a.tif"), b"II*\0\x08\0\0\0").unwrap();
    fs::write(folder.path().join("b.kml"), "<?xml version=\"1.0\"?><kml></kml>").unwrap();
    fs::write(folder.path().join("c.bin"), [1, 2, 0, 3, 250, 9]).unwrap();
    for (option, file, said) in [
        ("--facilities", "a.tif", "GeoTIFF"),
        ("--demand", "a.tif", "raster"),
        ("--zones", "b.kml", "KML"),
        ("--facilities", "c.bin", "binary data of a format that is not known"),
    ] {
        let words = ["-q", "init", "new", "--osm", "town/town.osm", option, file];
        let (code, _, error) = run(folder.path(), &words);
        assert_eq!(code, 2, "{error}");
        assert!(
            error.contains(said) && error.contains(file) && !error.contains("zero byte"),
            "{error}"
        );
    }
    for (file, said) in [
        ("a.tif", "GeoTIFF"),
        ("b.kml", "KML"),
        ("town/people.csv", "neither OpenStreetMap PBF nor XML"),
    ] {
        let (code, _, error) = run(folder.path(), &["-q", "init", "new", "--osm", file]);
        assert_eq!(code, 2);
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn exit_codes_are_one_table_in_the_help_of_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    for (lang, lines) in [
        ("en", ["  0  done, and nothing", "  1  done, with findings", "  2  not done"]),
        ("zh", ["  0  已完成", "  1  已完成，有发现", "  2  未完成"]),
    ] {
        let (code, help, _) = run(folder.path(), &["--lang", lang, "--help"]);
        assert_eq!(code, 0);
        for line in lines {
            assert!(help.contains(line), "{line}: {help}");
        }
    }
}

/// The commands of the README that need only the program and the shipped study, in its order.
fn commands_of_readme() -> Vec<Vec<String>> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let lines = readme.lines().filter_map(|line| line.strip_prefix("$walkshed "));
    let words = |line: &str| -> Vec<String> {
        let line = line.split('#').next().unwrap_or(line);
        line.split_whitespace().map(str::to_owned).collect()
    };
    // Searching for sites takes minutes in a debug build and has tests of its own.
    let slow = ["place", "verify"];
    lines
        .map(words)
        .filter(|words| words.iter().any(|word| word == "data/isle-of-man"))
        .filter(|words| !slow.contains(&words[0].as_str()))
        .collect()
}

#[test]
fn the_commands_of_the_readme_work_from_a_folder_that_is_not_the_checkout() {
    let folder = tempfile::tempdir().unwrap();
    let (code, told, error) = run(folder.path(), &["-q", "demo", "--no-serve"]);
    assert_eq!(code, 0, "{error}");
    assert!(told.contains("Isle of Man"), "{told}");
    for file in [
        "data/isle-of-man/study.toml",
        "out/isle-of-man/report.html",
        "out/isle-of-man/zones.geojson",
    ] {
        assert!(folder.path().join(file).is_file(), "{file}");
    }
    let (code, told, error) = run(folder.path(), &["-q", "check", "data/isle-of-man"]);
    assert_eq!(code, 0, "the shipped study has no findings: {told}{error}");
    let commands = commands_of_readme();
    assert!(commands.len() >= 5, "{commands:?}");
    for words in commands {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (code, _, error) = run(folder.path(), &words);
        assert_eq!(code, 0, "{words:?}: {error}");
    }
    assert!(folder.path().join("out/gain.geojson").is_file());
    assert!(folder.path().join("graph/nearest.demand.csv").is_file());
}
