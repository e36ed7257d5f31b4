//! The program killed amid edits: none that was acknowledged is lost, and none is there in half.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

/// Edits acknowledged before each kill, at least; four kills make a thousand.
const PER_ROUND: usize = 235;

/// A small study of its own: a cross of streets, one nursery.
fn write_study(folder: &Path) {
    let nodes = [(1, 0.0, 0.0), (2, 0.01, 0.0), (3, 0.0, 0.01), (4, 0.01, 0.01)];
    let ways = [(10, 1, 2), (11, 2, 4), (12, 4, 3), (13, 3, 1)];
    let node = |(id, lon, lat): (i64, f64, f64)| {
        format!("<node id=\"{id}\" lon=\"{lon}\" lat=\"{lat}\"/>")
    };
    let way = |(id, a, b): (i64, i64, i64)| {
        let tag = "<tag k=\"highway\" v=\"residential\"/>";
        format!("<way id=\"{id}\"><nd ref=\"{a}\"/><nd ref=\"{b}\"/>{tag}</way>")
    };
    let lines: Vec<String> = nodes.map(node).into_iter().chain(ways.map(way)).collect();
    let osm = format!("<osm version=\"0.6\">\n{}\n</osm>\n", lines.join("\n"));
    std::fs::write(folder.join("town.osm"), osm).unwrap();
    let facilities = "id,name,function,lon,lat\na,First,childcare,0.0,0.0\n";
    std::fs::write(folder.join("nurseries.csv"), facilities).unwrap();
    let people = "id,lon,lat,persons\n1,0.005,0.0,10\n2,0.01,0.005,20\n3,0.0,0.009,30\n";
    std::fs::write(folder.join("people.csv"), people).unwrap();
}

struct Served {
    child: Child,
    port: u16,
}

impl Served {
    fn begin(study: &Path) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_walkshed"))
            .args(["serve", "--port", "0"])
            .arg(study)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut served = Self { child, port: 0 };
        let lines = BufReader::new(served.child.stderr.take().unwrap()).lines();
        let mut told = Vec::new();
        for line in lines.map_while(Result::ok) {
            if let Some(rest) = line.split("http://127.0.0.1:").nth(1) {
                served.port = rest.split('/').next().unwrap().parse().unwrap();
                return served;
            }
            told.push(line);
        }
        unreachable!("the server did not start: {told:?}")
    }

    /// One request on a connection of its own; nothing when the server is gone.
    fn ask(port: u16, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        let body = body.to_string();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, serde_json::from_str(body).ok()?))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Kill is SIGKILL: the program gets no chance to tidy up.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn init(folder: &Path) {
    write_study(folder);
    let status = Command::new(env!("CARGO_BIN_EXE_walkshed"))
        .args(["init", "--quiet", "--force"])
        .arg(folder)
        .arg("--osm")
        .arg(folder.join("town.osm"))
        .arg("--facilities")
        .arg(folder.join("nurseries.csv"))
        .arg("--demand")
        .arg(folder.join("people.csv"))
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn killed_amid_edits_none_that_was_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let mut acknowledged = 0;
    let mut id = String::new();
    let mut base = String::new();
    for round in 0..4 {
        let server = Served::begin(folder.path());
        let port = server.port;
        if id.is_empty() {
            let (_, library) = Served::ask(port, "GET", "/api/v1/studies", &Value::Null).unwrap();
            let study = library["studies"][0]["id"].as_str().unwrap().to_owned();
            base = format!("/api/v1/studies/{study}/scenarios");
            let (status, made) = Served::ask(port, "POST", &base, &json!({ "name": "k" })).unwrap();
            assert_eq!(status, 201, "{made}");
            id = made["id"].as_str().unwrap().to_owned();
        }
        let (_, kept) = Served::ask(port, "GET", &format!("{base}/{id}"), &Value::Null).unwrap();
        let edits = kept["edits"].as_array().unwrap();
        assert!(edits.len() >= acknowledged, "round {round}: {} of {acknowledged}", edits.len());
        for (index, edit) in edits.iter().enumerate().take(acknowledged) {
            assert_eq!(edit["key"], format!("n{index}"), "in order, whole");
        }
        acknowledged = edits.len();
        let count = AtomicUsize::new(acknowledged);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                loop {
                    let next = count.load(Ordering::SeqCst);
                    let place = json!([0.0001 * (next % 90) as f64, 0.0]);
                    let edit = json!({ "edit": "open_facility", "key": format!("n{next}"),
                        "place": place, "offers": [{ "function": "childcare" }] });
                    let path = format!("{base}/{id}/edits");
                    match Served::ask(port, "POST", &path, &json!({ "edit": edit })) {
                        Some((200, _)) => count.store(next + 1, Ordering::SeqCst),
                        _ => return,
                    }
                }
            });
            let wanted = acknowledged + PER_ROUND + round * 17;
            for _ in 0..6_000 {
                if count.load(Ordering::SeqCst) >= wanted {
                    break;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            drop(server);
        });
        let made = count.load(Ordering::SeqCst);
        assert!(
            made >= acknowledged + PER_ROUND,
            "round {round}: only {} edits",
            made - acknowledged
        );
        acknowledged = made;
    }
    let server = Served::begin(folder.path());
    let (_, kept) = Served::ask(server.port, "GET", &format!("{base}/{id}"), &Value::Null).unwrap();
    let left = kept["edits"].as_array().unwrap().len();
    assert!(acknowledged >= 1_000, "only {acknowledged} edits were acknowledged");
    assert!(left == acknowledged || left == acknowledged + 1, "{left} of {acknowledged}");
}
