//! Small maps written here as XML, and what is made of them.
#![expect(clippy::unwrap_used, clippy::float_cmp, reason = "a test stops at the first surprise")]

mod decisions;
mod hostile;
mod layers;
mod squares;
mod standing;
mod streets;

use std::io::Write;

use walkshed::facility::Facility;
use walkshed::import::osm::{OsmExtract, OsmParts, OsmWants, read_osm, standard_functions};
use walkshed::import::{ImportError, IssueKind};
use walkshed::progress::Silent;
use walkshed::street::StreetWay;

/// A map with north up: each node is `id lon lat` in units of 1e-3 degrees (about 111 m) and its tags.
fn node(id: i64, x: f64, y: f64, tags: &str) -> String {
    let (lon, lat) = (x / 1000.0, y / 1000.0);
    format!("<node id='{id}' lon='{lon:.7}' lat='{lat:.7}'>{}</node>\n", xml_tags(tags))
}

fn way(id: i64, refs: &[i64], tags: &str) -> String {
    let refs: Vec<String> = refs.iter().map(|id| format!("<nd ref='{id}'/>")).collect();
    let refs = refs.concat();
    format!("<way id='{id}'>{refs}{}</way>\n", xml_tags(tags))
}

fn relation(id: i64, members: &[(i64, &str)], tags: &str) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(id, role)| format!("<member type='way' ref='{id}' role='{role}'/>"))
        .collect();
    let members = members.concat();
    format!("<relation id='{id}'>{members}{}</relation>\n", xml_tags(tags))
}

/// `"a=b c=d_e"`: a space for each `_`.
fn xml_tags(tags: &str) -> String {
    let tags: Vec<String> = tags
        .split_whitespace()
        .map(|tag| tag.split_once('=').unwrap())
        .map(|(key, value)| {
            let value = if key == "name" { value.replace('_', " ") } else { value.to_owned() };
            format!("<tag k='{key}' v='{value}'/>")
        })
        .collect();
    tags.concat()
}

fn xml(parts: &[String]) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6'>\n{}</osm>\n",
        parts.concat()
    )
}

fn read_bytes(bytes: &[u8]) -> Result<OsmExtract, ImportError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let taxonomy = standard_functions().unwrap();
    let wants = OsmWants::new(&taxonomy, OsmParts::all());
    read_osm(file.path(), &wants, &Silent)
}

fn read(parts: &[String]) -> OsmExtract {
    read_bytes(xml(parts).as_bytes()).unwrap()
}

/// Way ids with the positions of their places.
fn ways(extract: &OsmExtract) -> Vec<(i64, Vec<u32>)> {
    let streets = &extract.streets;
    let places = |way: &StreetWay| streets.way_places[way.places.clone()].to_vec();
    streets.ways.iter().map(|way| (way.source_id, places(way))).collect()
}

fn functions(facility: &Facility) -> Vec<String> {
    let taxonomy = standard_functions().unwrap();
    facility.offers.iter().map(|o| taxonomy.functions()[o.function].id.clone()).collect()
}

fn count(extract: &OsmExtract, kind: IssueKind) -> usize {
    extract.issues.counts().get(&kind).copied().unwrap_or(0)
}

/// The four corners of a square of `side` at `(x, y)`, ids from `first`, and its closed ring.
fn square(first: i64, x: f64, y: f64, side: f64) -> (Vec<String>, Vec<i64>) {
    let corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)];
    let nodes =
        corners.iter().zip(first..).map(|((dx, dy), id)| node(id, x + dx, y + dy, "")).collect();
    (nodes, vec![first, first + 1, first + 2, first + 3, first])
}
