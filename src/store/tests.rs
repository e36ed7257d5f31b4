//! Files that are written together or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::*;

/// All files below `folder` with their texts.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                found.insert(format!("{name}/"), String::new());
                folders.push(path);
            } else {
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn with_old_results() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("audit.json"), "old").unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    folder
}

#[test]
fn committed_files_replace_old_ones_and_leave_others_alone() {
    let folder = with_old_results();
    let outputs = Outputs::begin(folder.path()).unwrap();
    outputs.write("audit.json", b"new").unwrap();
    outputs.write("maps/zones.geojson", b"{}").unwrap();
    outputs.commit().unwrap();
    let expected =
        [("audit.json", "new"), ("maps/", ""), ("maps/zones.geojson", "{}"), ("notes.txt", "mine")];
    let expected = expected.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    assert_eq!(files(folder.path()), expected);
}

#[test]
fn a_run_that_is_dropped_leaves_the_folder_as_it_was() {
    let folder = with_old_results();
    let before = files(folder.path());
    let outputs = Outputs::begin(folder.path()).unwrap();
    outputs.write("audit.json", b"new").unwrap();
    let mut half = outputs.create("zones.csv").unwrap();
    half.write_all(b"zone,").unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("audit.json")).unwrap(), "old");
    drop(half);
    drop(outputs);
    assert_eq!(files(folder.path()), before);
}

#[test]
fn a_new_folder_appears_only_with_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("results/2024");
    let outputs = Outputs::begin(&out).unwrap();
    outputs.write("audit.json", b"new").unwrap();
    assert!(!out.exists());
    drop(outputs);
    assert!(files(folder.path()).is_empty());
    let outputs = Outputs::begin(&out).unwrap();
    outputs.write("audit.json", b"new").unwrap();
    outputs.commit().unwrap();
    assert_eq!(files(&out).len(), 1);
    assert_eq!(files(folder.path()).len(), 3);
}

#[test]
fn an_unfinished_file_stops_the_commit() {
    let folder = with_old_results();
    let before = files(folder.path());
    let outputs = Outputs::begin(folder.path()).unwrap();
    outputs.write("audit.json", b"new").unwrap();
    drop(outputs.create("zones.csv").unwrap());
    let error = outputs.commit().unwrap_err();
    assert!(matches!(&error, StoreError::Unfinished(name) if name == "zones.csv"), "{error}");
    assert_eq!(files(folder.path()), before);
}

#[test]
fn when_one_file_cannot_be_moved_those_before_it_are_put_back() {
    let folder = with_old_results();
    // A file where a folder is needed: `maps/z.geojson` can never be moved there.
    fs::write(folder.path().join("maps"), "a file").unwrap();
    let before = files(folder.path());
    let outputs = Outputs::begin(folder.path()).unwrap();
    outputs.write("audit.json", b"new").unwrap();
    outputs.write("brand-new.csv", b"new").unwrap();
    outputs.write("maps/z.geojson", b"{}").unwrap();
    let error = outputs.commit().unwrap_err().to_string();
    assert!(error.contains("nothing was changed"), "{error}");
    assert_eq!(files(folder.path()), before);
}

#[test]
fn a_folder_of_the_user_is_never_replaced_by_a_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("audit.json")).unwrap();
    fs::write(folder.path().join("audit.json/mine"), "mine").unwrap();
    let before = files(folder.path());
    let outputs = Outputs::begin(folder.path()).unwrap();
    outputs.write("audit.json", b"new").unwrap();
    assert!(outputs.commit().unwrap_err().to_string().contains("audit.json"));
    assert_eq!(files(folder.path()), before);
}

#[test]
fn a_name_that_leaves_the_folder_or_comes_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let outputs = Outputs::begin(folder.path()).unwrap();
    for name in ["", "../a", "/etc/a", "a\\b", "./a"] {
        assert!(matches!(outputs.create(name), Err(StoreError::BadName(_))), "{name:?}");
    }
    outputs.write("a", b"").unwrap();
    assert!(matches!(outputs.create("a"), Err(StoreError::Twice(_))));
}

#[test]
fn a_full_disk_is_told_plainly() {
    let error = StoreError::io("write", Path::new("out/a.csv"), io::ErrorKind::StorageFull.into());
    assert_eq!(
        error.to_string(),
        "disk full while writing out/a.csv: free some space and run again; nothing was changed"
    );
}

#[test]
fn a_folder_that_is_a_file_is_refused() {
    let folder = with_old_results();
    let error = Outputs::begin(&folder.path().join("notes.txt")).unwrap_err().to_string();
    assert!(error.contains("notes.txt"), "{error}");
}

#[test]
fn a_single_file_is_replaced_or_refused_as_asked() {
    let folder = with_old_results();
    let path = folder.path().join("audit.json");
    write_file(&path, b"new").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    let error = write_new_file(&path, b"newer").unwrap_err();
    assert!(error.to_string().contains("already there"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    write_new_file(&folder.path().join("study.toml"), b"x").unwrap();
    assert_eq!(files(folder.path()).len(), 3);
}

#[cfg(unix)]
#[test]
fn others_may_read_results_as_they_may_read_any_new_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    fs::write(&plain, "").unwrap();
    let result = folder.path().join("result");
    write_file(&result, b"").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&plain), mode(&result));
}

#[test]
fn what_a_killed_run_left_is_swept_away_and_a_living_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let killed = folder.path().join(".walkshed-killed.part");
    fs::create_dir(&killed).unwrap();
    fs::write(killed.join(".hold"), "").unwrap();
    fs::write(killed.join("report.html"), "half").unwrap();
    let mine = folder.path().join(".walkshed-mine.part");
    fs::create_dir(&mine).unwrap();
    fs::write(mine.join("notes.txt"), "no lock, no touch").unwrap();
    let living = Outputs::begin(folder.path()).unwrap();
    living.write("a.txt", b"a").unwrap();
    assert!(!killed.exists() && mine.exists());
    let other = Outputs::begin(folder.path()).unwrap();
    drop(other);
    living.commit().unwrap();
    let left: Vec<String> = files(folder.path()).into_keys().collect();
    assert_eq!(left, [".walkshed-mine.part/", ".walkshed-mine.part/notes.txt", "a.txt"]);
}

/// A run into `folder` that was killed after it had moved `audit.json` of its two files.
fn killed_amid_moving(beside: &Path, folder: &str) -> std::path::PathBuf {
    let killed = beside.join(".walkshed-killed.part");
    fs::create_dir_all(killed.join("new/maps")).unwrap();
    fs::write(killed.join(".hold"), "").unwrap();
    fs::write(killed.join("new/maps/zones.geojson"), "new").unwrap();
    let list = format!(r#"{{"folder":{folder:?},"names":["audit.json","maps/zones.geojson"]}}"#);
    fs::write(killed.join(".moves"), list).unwrap();
    fs::write(beside.join(folder).join("audit.json"), "new").unwrap();
    killed
}

#[test]
fn the_next_run_goes_on_with_what_a_killed_one_was_moving() {
    let folder = with_old_results();
    for below in ["", "out"] {
        fs::create_dir_all(folder.path().join(below)).unwrap();
        let killed = killed_amid_moving(folder.path(), below);
        drop(Outputs::begin(&folder.path().join(below)).unwrap());
        assert!(!killed.exists());
        for name in ["audit.json", "maps/zones.geojson"] {
            let text = fs::read_to_string(folder.path().join(below).join(name)).unwrap();
            assert_eq!(text, "new", "{below} {name}");
        }
    }
    // A list that somebody else wrote leads nowhere else.
    let killed = killed_amid_moving(folder.path(), "out");
    fs::write(killed.join(".moves"), r#"{"folder":"../..","names":["maps/zones.geojson"]}"#)
        .unwrap();
    drop(Outputs::begin(folder.path()).unwrap());
    assert!(!folder.path().join("../../maps").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_of_results_changes_in_one_step_with_its_other_files() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = with_old_results();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("audit.json"), "old").unwrap();
    fs::write(out.join("notes.txt"), "mine").unwrap();
    let number = |path: &Path| fs::metadata(path).unwrap().ino();
    let (before, notes) = (number(&out), number(&out.join("notes.txt")));
    let run = |names: &[&str]| {
        let outputs = Outputs::begin(&out).unwrap();
        for name in names {
            outputs.write(name, b"new").unwrap();
        }
        outputs.commit().unwrap();
    };
    run(&["audit.json", "zones.csv"]);
    assert_ne!(number(&out), before, "the folder is another one");
    assert_eq!(number(&out.join("notes.txt")), notes);
    let text = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    assert_eq!([text("audit.json"), text("zones.csv"), text("notes.txt")], ["new", "new", "mine"]);
    // A folder with more than results in it stays the one it is.
    fs::create_dir(out.join("photos")).unwrap();
    let before = number(&out);
    run(&["audit.json", "zones.csv"]);
    assert_eq!(number(&out), before);
    let left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".walkshed")), "{left:?}");
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_devices_never_replaced() {
    use std::os::unix::fs::{FileTypeExt as _, symlink};
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let (real, link) = (elsewhere.path().join("real.json"), folder.path().join("audit.json"));
    fs::write(&real, "old").unwrap();
    symlink(&real, &link).unwrap();
    symlink(elsewhere.path().join("new.json"), folder.path().join("plan.json")).unwrap();
    let outputs = Outputs::begin(folder.path()).unwrap();
    outputs.write("audit.json", b"new").unwrap();
    outputs.write("plan.json", b"plan").unwrap();
    outputs.commit().unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), "new");
    assert_eq!(fs::read_to_string(elsewhere.path().join("new.json")).unwrap(), "plan");
    // A pipe is written into as it is, and stays what it is.
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    write_file(&pipe, b"streamed").unwrap();
    assert_eq!(reader.join().unwrap(), "streamed");
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    // Among several files a device stops the run, and what a link led to is as it was.
    symlink("/dev/null", folder.path().join("zones.csv")).unwrap();
    let outputs = Outputs::begin(folder.path()).unwrap();
    outputs.write("audit.json", b"newer").unwrap();
    outputs.write("zones.csv", b"zones").unwrap();
    assert!(outputs.commit().is_err());
    assert_eq!(fs::read_to_string(&real).unwrap(), "new");
    assert!(folder.path().join("zones.csv").is_symlink());
}
