//! What can go wrong around the program: a disk that is full, folders that may not be written, ends of pipes, few files, clocks
//! that jump, inputs that change, little memory, a user who stops it. It ends with a sentence, and nothing is half there.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod memory;
mod server;
mod stopped;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

/// The toy study in a folder of its own.
fn toy() -> tempfile::TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/toy");
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    folder
}

/// The program behind a line of the shell that sets a limit.
fn limited(limit: &str, arguments: &[&str]) -> Command {
    let mut shell = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_walkshed");
    shell.args(["-c", &format!("{limit}; exec \"$0\" \"$@\""), program]).args(arguments);
    shell.stdin(Stdio::null());
    shell
}

/// What was said, after checking that the program ended by itself and did not fall over.
fn said(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code().is_some(), "ended by a signal: {:?} {told}", output.status);
    assert!(!told.contains("panicked"), "{told}");
    told
}

/// Names and contents below a folder.
fn all(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(all(&path).into_iter().map(|(n, b)| (format!("{name}/{n}"), b)));
        } else {
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_leaves_the_old_results_and_nothing_else() {
    let study = toy();
    let out = study.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("audit.json"), "old").unwrap();
    let before = all(study.path());
    let mut told_of_it = 0;
    // No file may be longer than so many blocks of 512 bytes: like a disk with that much room, for anybody's rights.
    for blocks in [0, 1, 4, 12, 24] {
        let limit = format!("trap '' XFSZ; ulimit -f {blocks}");
        let arguments = [
            "audit",
            text(study.path()),
            "--out",
            text(&out),
            "--no-cache",
            "--quiet",
            "--lang",
            "en",
        ];
        let output = limited(&limit, &arguments).output().unwrap();
        let told = said(&output);
        assert_eq!(output.status.code(), Some(2), "{blocks} blocks: {told}");
        told_of_it += usize::from(told.contains("nothing was changed"));
        assert_eq!(all(study.path()), before, "{blocks} blocks");
    }
    assert!(told_of_it >= 4, "{told_of_it}");
}

/// A small file system of its own, where this user may mount one.
#[cfg(target_os = "linux")]
fn small_disk(folder: &Path, size: &str) -> bool {
    let options = format!("size={size}");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", &options, "tmpfs", text(folder)])
        .stderr(Stdio::null())
        .status();
    mounted.is_ok_and(|status| status.success())
}

#[cfg(target_os = "linux")]
#[test]
fn a_small_file_system_that_is_full_is_said_to_be() {
    let (study, disk) = (toy(), tempfile::tempdir().unwrap());
    if !small_disk(disk.path(), "64k") {
        return; // Only who may mount a file system can fill one up; the limit above is for everybody.
    }
    let out = disk.path().join("out");
    let arguments =
        ["audit", text(study.path()), "--out", text(&out), "--no-cache", "--quiet", "--lang", "en"];
    let output = limited("true", &arguments).output().unwrap();
    let (told, left) = (said(&output), all(disk.path()));
    let gone = Command::new("umount").arg(disk.path()).status();
    assert!(gone.is_ok_and(|status| status.success()));
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("disk full") && told.contains("nothing was changed"), "{told}");
    assert!(left.is_empty(), "{:?}", left.keys());
}

/// Whether this is the superuser, whom no right stops.
#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_is_named_and_left_as_it_is() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    let study = toy();
    let out = study.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("audit.json"), "old").unwrap();
    let before = all(study.path());
    for folder in [study.path(), &out] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
    }
    let arguments = ["audit", text(study.path()), "--out", text(&out), "--quiet", "--lang", "en"];
    let mut program = limited("true", &arguments);
    if is_root() {
        // Whoever nobody is, it is stopped by rights.
        program.uid(65_534).gid(65_534).env("HOME", "/nonexistent");
    }
    let Ok(output) = program.output() else { return };
    for folder in [study.path(), &out] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
    if output.status.code() == Some(126) {
        return; // The program itself lies where nobody may look.
    }
    let told = said(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("out") && told.contains("nothing was changed"), "{told}");
    assert_eq!(all(study.path()), before);
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let study = toy();
    for arguments in [vec!["audit", "--json"], vec!["check"], vec!["--help"]] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_walkshed"));
        program.args(&arguments);
        if arguments[0] != "--help" {
            program.arg(study.path()).arg("--quiet");
        }
        let mut child = program
            .current_dir(study.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!told.contains("panicked"), "{arguments:?}: {told}");
    }
}

#[cfg(unix)]
#[test]
fn sixteen_open_files_are_enough_or_it_is_said() {
    let study = toy();
    let out = study.path().join("out");
    let arguments = ["audit", text(study.path()), "--out", text(&out), "--quiet", "--lang", "en"];
    let output = limited("ulimit -n 16", &arguments).output().unwrap();
    let told = said(&output);
    assert!(output.status.code().is_some_and(|code| code < 2), "{told}");
    assert!(out.join("audit.json").is_file());
    // With fewer than a program needs to begin with it says so.
    let output = limited("ulimit -n 4", &arguments).output().unwrap();
    said(&output);
}

#[test]
fn times_of_files_that_jump_change_no_result() {
    let study = toy();
    let run = |out: &str| {
        let output =
            limited("true", &["audit", text(study.path()), "--out", out, "--quiet"]).output();
        let output = output.unwrap();
        assert!(output.status.code().is_some_and(|code| code < 2), "{}", said(&output));
        fs::read(Path::new(out).join("zones.csv")).unwrap()
    };
    let place = tempfile::tempdir().unwrap();
    let first = run(text(&place.path().join("first")));
    let future = SystemTime::now() + Duration::from_hours(80 * 365 * 24);
    for (number, time) in [SystemTime::UNIX_EPOCH, future].into_iter().enumerate() {
        for entry in fs::read_dir(study.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let file = fs::File::options().write(true).open(path).unwrap();
                file.set_modified(time).unwrap();
            }
        }
        assert_eq!(run(text(&place.path().join(number.to_string()))), first);
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_gives_a_result_or_a_sentence() {
    let study = toy();
    let whole = fs::read(study.path().join("people.csv")).unwrap();
    let osm = fs::read(study.path().join("toy.osm")).unwrap();
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut length = 0;
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                length = (length + 97) % whole.len();
                fs::write(study.path().join("people.csv"), &whole[..length]).unwrap();
                fs::write(study.path().join("toy.osm"), &osm[..osm.len() - length]).unwrap();
                fs::write(study.path().join("people.csv"), &whole).unwrap();
                fs::write(study.path().join("toy.osm"), &osm).unwrap();
            }
        });
        for _ in 0..8 {
            let out = tempfile::tempdir().unwrap();
            let arguments = ["audit", text(study.path()), "--out", text(out.path()), "--quiet"];
            let output = limited("true", &arguments).output().unwrap();
            said(&output);
            let is_whole = out.path().join("audit.json").exists();
            assert_eq!(output.status.code().unwrap() < 2, is_whole);
        }
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}
