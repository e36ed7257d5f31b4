//! The server with little memory, without a folder for files of its own, and two of them on one folder.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::{limited, text, toy};

/// A server of the toy.
struct Served {
    child: Child,
    port: u16,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn begin(study: &Path, change: impl FnOnce(&mut Command), limit: &str) -> Self {
        let mut program = limited(limit, &["serve", "--port", "0", text(study)]);
        change(&mut program);
        let mut child = program.stderr(Stdio::piped()).spawn().unwrap();
        let mut port = 0;
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut told = Vec::new();
        for line in lines.by_ref().map_while(Result::ok) {
            if let Some(rest) = line.split("http://127.0.0.1:").nth(1) {
                port = rest.split('/').next().unwrap().parse().unwrap();
                break;
            }
            told.push(line);
        }
        // Nobody reads on: whatever it says later must not stop it.
        std::thread::spawn(move || lines.for_each(drop));
        assert!(port > 0, "the server did not start: {told:?}");
        Self { child, port }
    }

    fn ask(
        &self,
        method: &str,
        path: &str,
        (media_type, body): (&str, &[u8]),
        more: &str,
    ) -> (u16, Value) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {media_type}\r\n{more}content-length: {}\r\n\
             connection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // Whoever is refused early may be cut off amid sending.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn json(&self, method: &str, path: &str, body: &Value, more: &str) -> (u16, Value) {
        let path = format!("/api/v1/studies/toy/{path}");
        self.ask(method, &path, ("application/json", body.to_string().as_bytes()), more)
    }

    fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", &format!("/api/v1/{path}"), ("text/plain", b""), "")
    }

    fn send(&self, kind: &str, file: &str, body: &[u8]) -> (u16, Value) {
        let path = format!("/api/v1/studies/toy/layers?kind={kind}&file={file}&name=big");
        self.ask("POST", &path, ("application/octet-stream", body), "")
    }
}

#[cfg(target_os = "linux")]
#[test]
fn files_that_are_sent_never_end_the_server() {
    let study = toy();
    let server = Served::begin(study.path(), |_| {}, "ulimit -v 1200000");
    assert_eq!(server.get("studies/toy").0, 200);
    let mut places = String::from("id,function,lon,lat\n");
    for row in 0..30_000 {
        let _ = writeln!(places, "n{row},childcare,118.6{row:06},24.9");
    }
    let nested =
        format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", "[".repeat(3_000_000));
    let cells = format!("a,b,lon,lat\n{}", "1,1,1,1\n".repeat(200_000));
    for (file, body) in [("a.csv", places), ("b.geojson", nested), ("c.csv", cells)] {
        let (status, told) = server.send("facilities", file, body.as_bytes());
        assert!(matches!(status, 200 | 422), "{file}: {status} {}", told["detail"]);
        assert_eq!(server.get("studies/toy").0, 200, "after {file}");
    }
}

#[test]
fn without_a_folder_for_its_files_a_job_fails_with_a_sentence_and_the_server_answers_on() {
    let study = toy();
    let change = |program: &mut Command| {
        program.env("TMPDIR", "/proc/nowhere");
    };
    let server = Served::begin(study.path(), change, "true");
    let (status, told) =
        server.send("facilities", "a.csv", b"id,function,lon,lat\na,childcare,118.6,24.9\n");
    assert!(
        status == 500 && told["detail"].as_str().unwrap().contains("could not be kept"),
        "{told}"
    );
    let (status, begun) = server.json("POST", "audit", &json!({}), "");
    assert_eq!(status, 202, "{begun}");
    let path = format!("jobs/{}", begun["id"].as_str().unwrap());
    let ended = (0..600).map(|_| server.get(&path).1).find(|job| {
        std::thread::sleep(Duration::from_millis(50));
        job["state"] == "failed" || job["state"] == "done"
    });
    let job = ended.unwrap();
    assert!(job["state"] == "failed" && !job["problem"].as_str().unwrap().is_empty(), "{job}");
    assert_eq!(server.get("studies/toy").0, 200);
}

#[test]
fn two_servers_on_one_folder_take_nothing_of_each_other_back() {
    let study = toy();
    let servers = [(); 2].map(|()| Served::begin(study.path(), |_| {}, "true"));
    let [one, other] = &servers;
    let (status, made) = one.json("POST", "scenarios", &json!({ "name": "shared" }), "");
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().unwrap();
    let edit = |key: &str| {
        json!({ "edit": { "edit": "open_facility", "key": key, "place": [118.6, 24.9],
                          "offers": [{ "function": "childcare", "capacity": 5.0 }] } })
    };
    for (server, key) in [(one, "mine"), (other, "theirs"), (one, "mine2"), (other, "theirs2")] {
        let (status, told) = server.json("POST", &format!("scenarios/{id}/edits"), &edit(key), "");
        assert_eq!(status, 200, "{told}");
    }
    let (_, seen) = one.get(&format!("studies/toy/scenarios/{id}"));
    let revision = seen["revision"].as_u64().unwrap();
    assert_eq!((revision, seen["edits"].as_array().unwrap().len()), (5, 4));
    // Both look at the same revision and take the last edit back: it goes once.
    let told = format!("if-match: \"{revision}\"\r\n");
    let undo = format!("scenarios/{id}/undo");
    assert_eq!(one.json("POST", &undo, &json!({}), "").0, 428, "which revision?");
    assert_eq!(other.json("POST", &undo, &json!({}), &told).0, 200);
    assert_eq!(one.json("POST", &undo, &json!({}), &told).0, 412);
    let (_, left) = one.get(&format!("studies/toy/scenarios/{id}"));
    let keys: Vec<&str> = left["edits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| edit["key"].as_str().unwrap())
        .collect();
    assert!(keys.starts_with(&["mine", "theirs", "mine2"]), "{keys:?}");
}

#[test]
fn whoever_looks_at_a_study_hears_of_what_another_server_changes() {
    let study = toy();
    let servers = [(); 2].map(|()| Served::begin(study.path(), |_| {}, "true"));
    let mut stream = TcpStream::connect(("127.0.0.1", servers[0].port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
        .write_all(b"GET /api/v1/studies/toy/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        .unwrap();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    assert!(lines.next().unwrap().contains("200"));
    // What is there when one begins to listen is no change.
    std::thread::sleep(Duration::from_millis(1_200));
    assert_eq!(servers[1].json("POST", "scenarios", &json!({ "name": "new" }), "").0, 201);
    let data = lines.find_map(|line| line.strip_prefix("data: ").map(str::to_owned)).unwrap();
    let change: Value = serde_json::from_str(&data).unwrap();
    assert_eq!((&change["revision"], &change["deleted"]), (&json!(1), &json!(false)), "{change}");
}

#[cfg(unix)]
#[test]
fn a_plan_whose_files_the_disk_does_not_take_is_kept_in_memory_and_offered() {
    let study = toy();
    // No file may be longer than 4 kB.
    let server = Served::begin(study.path(), |_| {}, "trap '' XFSZ; ulimit -f 8");
    let asked = json!({ "rule": "my/cc", "problem": "mclp", "sites": 1, "language": "en" });
    let (status, begun) = server.json("POST", "place", &asked, "");
    assert_eq!(status, 202, "{begun}");
    let job = format!("jobs/{}", begun["id"].as_str().unwrap());
    let ended = (0..1_200).map(|_| server.get(&job).1).find(|job| {
        std::thread::sleep(Duration::from_millis(50));
        job["state"] == "failed" || job["state"] == "done"
    });
    let told = ended.unwrap();
    assert_eq!(told["state"], "done", "{told}");
    assert!(told["notes"].to_string().contains("kept in memory"), "{told}");
    assert_eq!(server.get(&format!("{job}/result")).1["sites"].as_array().unwrap().len(), 1);
    let (_, files) = server.get(&format!("{job}/files"));
    assert_eq!(files["files"][0]["name"], "solution.json", "{files}");
    let (status, plan) = server.get(&format!("{job}/files/solution.json"));
    assert_eq!((status, &plan["format"]), (200, &json!("walkshed-plan")));
    let (_, checked) =
        server.ask("POST", &format!("/api/v1/{job}/verify"), ("text/plain", b""), "");
    assert_eq!(checked["valid"], true, "{checked}");
}

#[test]
fn no_message_tells_where_the_server_has_its_files() {
    let study = toy();
    let server = Served::begin(study.path(), |_| {}, "true");
    std::fs::write(study.path().join("scenarios.gpkg"), "no database").unwrap();
    let (status, told) = server.get("studies/toy/scenarios");
    assert!(status >= 400, "{told}");
    let folder = text(study.path());
    assert!(!told.to_string().contains(folder), "{told}");
    std::fs::write(study.path().join("people.csv"), "nothing of use").unwrap();
    let (status, begun) = server.json("POST", "open", &Value::Null, "");
    assert_eq!(status, 202, "{begun}");
    let job = format!("jobs/{}", begun["id"].as_str().unwrap());
    let ended = (0..600).map(|_| server.get(&job).1).find(|job| {
        std::thread::sleep(Duration::from_millis(50));
        job["state"] == "failed"
    });
    let told = ended.unwrap();
    assert!(!told.to_string().contains(folder) && told["problem"] != Value::Null, "{told}");
}
