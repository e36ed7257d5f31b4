//! The program as somebody meets it for the first time: odd paths, missing files, full disks, readers that go away.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn program(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walkshed"));
    command.args(words).env_remove("WALKSHED_LANG").env("WALKSHED_NO_CACHE", "1");
    command
}

fn run(words: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = program(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

fn extract() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/karhula/karhula_2019-04.osm.pbf")
}

/// A folder with blanks and Chinese in its name that holds the extract and some nurseries.
fn inputs(folder: &Path) -> (PathBuf, PathBuf) {
    let inputs = folder.join("数据 一");
    fs::create_dir(&inputs).unwrap();
    let osm = inputs.join("街道 图.osm.pbf");
    fs::copy(extract(), &osm).unwrap();
    let places = inputs.join("places.csv");
    fs::write(&places, "编号,名称,经度,纬度,备注\n1,园,26.946,60.521,x\n").unwrap();
    (osm, places)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn init_tells_what_it_found_and_what_has_to_be_filled_in() {
    let folder = tempfile::tempdir().unwrap();
    let (osm, places) = inputs(folder.path());
    let study = folder.path().join("研究 甲");
    let words = ["-q", "init", text(&study), "--osm", text(&osm), "--facilities", text(&places)];
    let (code, told, _) = run(&words);
    assert_eq!(code, 1, "something has to be filled in: {told}");
    assert!(told.contains("1 rows") && told.contains("lon = 经度"), "{told}");
    assert!(told.contains("not used: 备注") && told.contains("read as WGS84"), "{told}");
    assert!(told.contains("to be filled in (line "), "{told}");
    let written = fs::read_to_string(study.join("study.toml")).unwrap();
    let line: usize =
        told.split("(line ").nth(1).unwrap().split(')').next().unwrap().parse().unwrap();
    assert!(written.lines().nth(line - 1).unwrap().contains("FILL IN"), "{line}");
    // The study is not run before that: the error names file, layer and what to do.
    let (code, _, error) = run(&["-q", "check", text(&study)]);
    assert_eq!(code, 2);
    assert!(error.contains("places.csv") && error.contains("has no functions"), "{error}");
    // Never over somebody's work.
    let (code, _, error) = run(&words);
    assert_eq!(code, 2);
    assert!(error.contains("already there") && error.contains("--force"), "{error}");
    let json = [
        "init",
        text(&study),
        "--force",
        "--json",
        "--osm",
        text(&osm),
        "--facilities",
        text(&places),
    ];
    let found: serde_json::Value = serde_json::from_str(&run(&json).1).unwrap();
    assert_eq!(found["tables"][0]["columns"]["name"], "名称");
    assert_eq!(found["fill_in"].as_array().unwrap().len(), 1);
}

#[test]
fn a_study_in_chinese_is_told_in_chinese() {
    let folder = tempfile::tempdir().unwrap();
    let (osm, places) = inputs(folder.path());
    let study = folder.path().join("研究 甲");
    let words =
        ["--lang", "zh", "init", text(&study), "--osm", text(&osm), "--facilities", text(&places)];
    let (code, told, progress) = run(&words);
    assert_eq!(code, 1);
    assert!(told.contains("未声明坐标系") && told.contains("需要填写 (行 "), "{told}");
    assert!(progress.contains("读取数据"), "{progress}");
    let file = study.join("study.toml");
    let filled =
        fs::read_to_string(&file).unwrap().replace("functions = []", "functions = [\"childcare\"]");
    fs::write(&file, filled).unwrap();
    let (_, told, _) = run(&["-q", "--lang", "zh", "check", text(&study)]);
    for part in ["街道", "人口", "步行者", "坐标系未声明，由检测得出"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let (code, told, _) = run(&[
        "-q",
        "--lang=zh",
        "audit",
        text(&study),
        "--out",
        text(&folder.path().join("结果 一")),
    ]);
    assert_eq!(code, 1, "promises are broken there");
    assert!(told.contains("儿童（家长陪同）") && !told.contains("child_with_carer"), "{told}");
    let (code, _, error) = run(&["--lang", "zh", "audit", "没有"]);
    assert_eq!(code, 2);
    assert!(error.starts_with("错误："), "{error}");
}

#[test]
fn a_study_that_was_moved_names_the_file_it_misses() {
    let folder = tempfile::tempdir().unwrap();
    let (osm, _) = inputs(folder.path());
    let study = folder.path().join("study");
    assert_eq!(run(&["-q", "init", text(&study), "--osm", text(&osm)]).0, 0);
    let moved = folder.path().join("a/b/moved");
    fs::create_dir_all(&moved).unwrap();
    fs::rename(study.join("study.toml"), moved.join("study.toml")).unwrap();
    let (code, _, error) = run(&["-q", "check", text(&moved)]);
    assert_eq!(code, 2);
    assert!(
        error.contains("line ")
            && error.contains("streets.osm")
            && error.contains("街道 图.osm.pbf"),
        "{error}"
    );
}

#[test]
fn results_that_cannot_be_written_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (osm, _) = inputs(folder.path());
    let study = folder.path().join("study");
    assert_eq!(run(&["-q", "init", text(&study), "--osm", text(&osm)]).0, 0);
    let file = folder.path().join("a file");
    fs::write(&file, "mine").unwrap();
    let (code, _, error) = run(&["-q", "audit", text(&study), "--out", text(&file.join("out"))]);
    assert_eq!(code, 2);
    assert!(error.contains("a file") && error.contains("nothing was changed"), "{error}");
    assert_eq!(error.lines().count(), 1, "one line a cause, each once: {error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn a_damaged_extract_is_refused_with_file_byte_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(extract()).unwrap();
    let declared = b"\n\x07OSMData\x18\x80\x80\x80\x80(";
    let mut huge = u32::try_from(declared.len()).unwrap().to_be_bytes().to_vec();
    huge.extend(declared);
    for (name, bytes, part) in [
        ("empty.osm.pbf", Vec::new(), "the file is empty"),
        ("three.osm.pbf", whole[..3].to_vec(), "the file ends inside it"),
        ("half.osm.pbf", whole[..whole.len() / 2].to_vec(), "the file ends inside it"),
        ("huge.osm.pbf", huge, "it declares 10737418240 bytes"),
        ("text.osm.pbf", b"no map at all".to_vec(), "is neither OpenStreetMap PBF nor XML"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let (code, _, error) =
            run(&["-q", "init", text(&folder.path().join("s")), "--osm", text(&path)]);
        assert_eq!(code, 2, "{name}");
        assert!(error.contains(name) && error.contains(part), "{error}");
        assert!(!folder.path().join("s").exists(), "{name}: nothing is made");
    }
}

#[test]
fn whoever_stops_reading_is_no_failure_of_ours() {
    for words in [&["man"][..], &["completions", "bash"], &["--help"], &["place", "--help"]] {
        let mut child = program(words).stdout(Stdio::piped()).spawn().unwrap();
        let mut pipe = child.stdout.take().unwrap();
        let mut first = [0; 1];
        pipe.read_exact(&mut first).unwrap();
        drop(pipe);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{words:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_said() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let study = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/karhula");
    let done = program(&["-q", "check", text(&study)]).stdout(full).output().unwrap();
    let error = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert!(error.contains("cannot print the result"), "{error}");
}

#[test]
fn a_broken_study_does_not_stop_a_batch() {
    let folder = tempfile::tempdir().unwrap();
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/karhula");
    let broken = folder.path().join("broken");
    fs::create_dir(&broken).unwrap();
    fs::write(broken.join("study.toml"), "version = 1\nnmae = \"x\"\n").unwrap();
    let out = folder.path().join("all");
    let (code, told, error) =
        run(&["-q", "batch", text(&broken), text(&good), "--out", text(&out)]);
    assert_eq!(code, 2);
    assert!(
        told.contains("Karhula") && error.contains("nmae") && error.contains("did you mean"),
        "{told}{error}"
    );
    let rows: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("batch.json")).unwrap()).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert!(out.join("karhula/zones.csv").is_file());
}
