//! Isochrones of many origins, timed: `isochrones STUDY ORIGINS.csv METERS OUT.geojson`.
//!
//! `ORIGINS.csv` has columns `id,lon,lat`; METERS is a length of street, stairs and slopes counting like any other,
//! as the neutral graph of the anchors counts it. Prints one line of
//! JSON with the medians of a drawing on one thread, in milliseconds, and writes the drawings as `GeoJSON`.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use walkshed::export::rings_of;
use walkshed::import::load::{LoadedStudy, MapDetail, load_study};
use walkshed::progress::Silent;
use walkshed::reach::isochrone::{Scene, draw_many};
use walkshed::reach::{
    Ground, Isochrone, IsochroneOptions, LinkedWalker, Pen, Search, Seeds, ServiceArea, Sheet,
};
use walkshed::spatial::LonLat;
use walkshed::street::Walkable;
use walkshed::units::{Meters, WalkTime};

/// Rounds over all origins; the fastest of each origin counts.
const ROUNDS: usize = 15;

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().collect();
    let [_, study, origins, meters, out] = words.as_slice() else {
        anyhow::bail!("usage: isochrones STUDY ORIGINS.csv METERS OUT.geojson");
    };
    let loaded = load_study(Path::new(study), MapDetail::Obstacles, &Silent)?;
    let walker = loaded.baseline.find_walker("adult").context("the study has no profile adult")?;
    let starts = read_starts(&loaded, walker, Path::new(origins))?;
    // In the metre yardstick a second stands for a meter.
    let cutoff = WalkTime::from_seconds(meters.parse()?).context("METERS is too far")?;
    let baseline = &loaded.baseline;
    let ground = Ground::from(&baseline.graph, &walker.meters);
    let began = Instant::now();
    let sheet = Sheet::lay(&baseline.graph, &baseline.obstacles, IsochroneOptions::default());
    let prepared = began.elapsed().as_secs_f64();
    let fastest = time(&ground, &sheet, &starts, cutoff);
    let mean = |part: usize| {
        fastest.iter().map(|parts| parts[part]).sum::<f64>() / starts.len().max(1) as f64 * 1e3
    };
    let drawn = draw_many((&sheet, &baseline.obstacles), &ground, &starts, &[cutoff]);
    let vertices: usize = drawn.iter().flatten().map(corners).sum();
    let line = serde_json::json!({
        "prep_s": prepared, "sheet_mb": sheet.memory_bytes() as f64 / 1e6,
        "search_ms": mean(0), "draw_ms": mean(1), "ms_per_origin": mean(0) + mean(1),
        "origins": starts.len(), "vertices": vertices,
    });
    writeln!(std::io::stdout(), "{line}")?;
    let features: Vec<_> = drawn.iter().flatten().map(feature).collect();
    let all = serde_json::json!({ "type": "FeatureCollection", "features": features });
    std::fs::write(out, all.to_string()).with_context(|| format!("cannot write {out}"))
}

fn read_starts(
    loaded: &LoadedStudy,
    walker: &LinkedWalker,
    origins: &Path,
) -> anyhow::Result<Vec<(LonLat, Seeds)>> {
    let graph = &loaded.baseline.graph;
    let ground = Walkable { graph, impedance: &walker.meters, islands: &walker.islands };
    let mut starts = Vec::new();
    for row in csv::Reader::from_path(origins)?.deserialize() {
        let row: std::collections::BTreeMap<String, String> = row?;
        let column = |name: &str| -> anyhow::Result<f64> {
            Ok(row.get(name).with_context(|| format!("no column {name}"))?.parse()?)
        };
        let place = LonLat::new(column("lon")?, column("lat")?)?;
        let snapped = loaded.baseline.snapper.snap(&ground, place, Meters(500.0));
        let snapped = snapped.with_context(|| format!("no street near {place}"))?;
        starts.push((place, Seeds::of_snaps(graph, &walker.meters, [(0, &snapped)])));
    }
    Ok(starts)
}

/// Seconds of search and drawing, the fastest of each origin.
fn time(
    ground: &Ground,
    sheet: &Sheet,
    starts: &[(LonLat, Seeds)],
    cutoff: WalkTime,
) -> Vec<[f64; 2]> {
    let mut search = Search::new(ground.graph.node_count());
    let mut pen = Pen::default();
    let mut fastest = vec![[f64::INFINITY; 2]; starts.len()];
    for _ in 0..ROUNDS {
        for ((origin, seeds), best) in starts.iter().zip(&mut fastest) {
            let began = Instant::now();
            search.run(ground, seeds, cutoff);
            let searched = Instant::now();
            let reached = ServiceArea::of_search(ground, seeds, &search, cutoff);
            let scene = Scene { graph: ground.graph, seeds, origin: *origin };
            let drawn = pen.draw(sheet, &scene, (&reached, cutoff));
            let done = Instant::now();
            std::hint::black_box(drawn);
            best[0] = best[0].min((searched - began).as_secs_f64());
            best[1] = best[1].min((done - searched).as_secs_f64());
        }
    }
    fastest
}

fn corners(drawn: &Isochrone) -> usize {
    let polygons = drawn.area.polygons.iter();
    polygons.map(|p| p.outer.len() + p.holes.iter().map(Vec::len).sum::<usize>()).sum()
}

fn feature(drawn: &Isochrone) -> serde_json::Value {
    let degrees = |(lon, lat): (i64, i64)| [lon as f64 / 1e7, lat as f64 / 1e7];
    let ring = |ring: Vec<(i64, i64)>| -> Vec<[f64; 2]> { ring.into_iter().map(degrees).collect() };
    let rings = |rings: Vec<Vec<(i64, i64)>>| rings.into_iter().map(ring).collect::<Vec<_>>();
    let coordinates: Vec<_> = rings_of(&drawn.area).into_iter().map(rings).collect();
    serde_json::json!({
        "type": "Feature",
        "properties": { "tolerance_m": drawn.tolerance().0 },
        "geometry": { "type": "MultiPolygon", "coordinates": coordinates },
    })
}
