//! The laws of drawings in real cities: valid, nested, around the origin, over no obstacle, and true to the streets.
//! The extracts lie beside the repository (`../shared/data`); what is not there is skipped.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test says what went wrong by failing and what it skips"
)]

use crate::support;

use std::path::PathBuf;

use support::random::Dice;
use walkshed::import::load::{LoadedStudy, MapDetail, load_study};
use walkshed::import::osm::Grade;
use walkshed::progress::Silent;
use walkshed::reach::isochrone::draw_many;
use walkshed::reach::{
    Ground, Isochrone, IsochroneOptions, Search, Seeds, ServiceArea, Sheet, StreetPart,
};
use walkshed::spatial::locator::AreaLocator;
use walkshed::spatial::{BoundingBox, LocalFrame, LonLat, PlanarPoint};
use walkshed::street::{StreetClass, Walkable};
use walkshed::units::{Meters, WalkTime};

const ORIGINS: usize = if cfg!(debug_assertions) { 2 } else { 12 };

fn load(file: &str) -> Option<LoadedStudy> {
    let extract = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(file);
    if !extract.exists() {
        eprintln!("skipped: {file} is not here");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let extract = extract.canonicalize().unwrap().display().to_string();
    let text = format!(
        "version = 1\nname = \"city\"\n[streets]\nosm = {extract:?}\n[standards]\nuse = [\"plain-15\"]\n"
    );
    std::fs::write(folder.path().join("study.toml"), text).unwrap();
    Some(load_study(folder.path(), MapDetail::Full, &Silent).unwrap())
}

/// Seeded places near streets.
fn origins(city: &LoadedStudy) -> Vec<(LonLat, Seeds)> {
    let baseline = &city.baseline;
    let walker = baseline.find_walker("adult").unwrap();
    let ground =
        Walkable { graph: &baseline.graph, impedance: &walker.impedance, islands: &walker.islands };
    let mut dice = Dice::new(15);
    let mut starts = Vec::new();
    while starts.len() < ORIGINS {
        let node = dice.below(baseline.graph.node_count() as u32) as usize;
        let near = baseline.graph.places().as_slice()[node];
        let away = |dice: &mut Dice| dice.below(2_000) as i32 - 1_000;
        let (lon, lat) = (near.lon_e7() + away(&mut dice), near.lat_e7() + away(&mut dice));
        let place = LonLat::from_e7(lon, lat).unwrap();
        let snapped = baseline.snapper.snap(&ground, place, Meters(100.0));
        if let Some(snapped) = snapped.filter(|snapped| !snapped.on_island) {
            let seeds = Seeds::of_snaps(&baseline.graph, &walker.impedance, [(0, &snapped)]);
            starts.push((place, seeds));
        }
    }
    starts
}

/// Steps of 2 m of street that are reached, inside, and both.
#[derive(Clone, Copy, Debug, Default)]
struct Agreement {
    reached: f64,
    inside: f64,
    both: f64,
}

/// Walks all streets in the box of a drawing and compares the ring with the truth.
fn compare(city: &LoadedStudy, drawn: &Isochrone, reached: &ServiceArea) -> Agreement {
    let graph = &city.baseline.graph;
    let locator = AreaLocator::new([&drawn.area]);
    let bounds = drawn.area.bounding_box().unwrap();
    let mut sum = Agreement::default();
    for (edge, street) in graph.edges().enumerate() {
        let own = BoundingBox::around(graph.shape(edge).iter().copied()).unwrap();
        let is_near = own.shared(bounds).is_some();
        if !is_near || graph.is_entering_side(edge) || street.class == StreetClass::Gate {
            continue;
        }
        let sides = [Some(edge), graph.find_twin(edge)];
        let parts: Vec<StreetPart> =
            reached.parts.iter().copied().filter(|part| sides.contains(&Some(part.edge))).collect();
        for mm in (1_000..street.length_mm).step_by(2_000) {
            let inside = !locator.containing(graph.place_at(edge, mm)).is_empty();
            let is_reached = parts.iter().any(|part| (part.from_mm..=part.to_mm).contains(&mm));
            sum.reached += f64::from(is_reached);
            sum.inside += f64::from(inside);
            sum.both += f64::from(inside && is_reached);
        }
    }
    sum
}

/// Whether all of one drawing lies in another: no corner outside, no ground more.
fn check_nested(inner: &Isochrone, outer: &Isochrone) {
    let locator = AreaLocator::new([&outer.area]);
    let rings = inner.area.polygons.iter();
    for &corner in rings.flat_map(|p| p.outer.iter().chain(p.holes.iter().flatten())) {
        assert!(!locator.containing(corner).is_empty(), "{corner} sticks out");
    }
    assert!(inner.area.area_m2() <= outer.area.area_m2() + 1e-6);
}

/// Pieces of everything that only streets cross, in metres around a place.
fn barriers(city: &LoadedStudy, frame: &LocalFrame) -> Vec<[PlanarPoint; 2]> {
    let map = &city.basemap;
    let brooks = ["stream", "ditch", "drain"];
    let rivers = map.water_lines.iter();
    let rivers = rivers.filter(|l| l.grade == Grade::Ground && !brooks.contains(&l.kind));
    let lines = map.walking_barriers().chain(rivers).map(|line| line.line.as_slice());
    let shores = map.water_areas.iter().flat_map(|water| &water.area.polygons);
    let shores = shores.flat_map(|p| std::iter::once(&p.outer).chain(&p.holes).map(Vec::as_slice));
    let pieces = lines.chain(shores).flat_map(|line| line.windows(2));
    let pieces = pieces.map(|pair| [pair[0], pair[1]].map(|place| frame.to_planar(place)));
    pieces.filter(|piece| piece.iter().any(|p| p.x.abs().max(p.y.abs()) < 3_000.0)).collect()
}

fn crosses(a: [PlanarPoint; 2], b: [PlanarPoint; 2]) -> bool {
    let side = |[from, to]: [PlanarPoint; 2], p: PlanarPoint| {
        (to.x - from.x) * (p.y - from.y) - (to.y - from.y) * (p.x - from.x)
    };
    side(a, b[0]) * side(a, b[1]) < 0.0 && side(b, a[0]) * side(b, a[1]) < 0.0
}

/// From every place inside, ground within the tolerance sees a reached street within the buffer.
fn check_sight(city: &LoadedStudy, origin: LonLat, drawn: &Isochrone, reached: &ServiceArea) {
    let graph = &city.baseline.graph;
    let frame = LocalFrame::at(origin);
    let walls = barriers(city, &frame);
    let mut streets: Vec<PlanarPoint> = Vec::new();
    for part in &reached.parts {
        let along = (part.from_mm..=part.to_mm).step_by(2_000);
        streets.extend(along.map(|mm| frame.to_planar(graph.place_at(part.edge, mm))));
    }
    let locator = AreaLocator::new([&drawn.area]);
    let bounds = drawn.area.bounding_box().unwrap();
    let mut dice = Dice::new(3);
    let (mut tried, tolerance) = (0, drawn.tolerance().0);
    let farthest = IsochroneOptions::default().buffer_m + tolerance;
    for _ in 0..400 {
        let lon = bounds.min.lon_e7()
            + dice.below(bounds.max.lon_e7().abs_diff(bounds.min.lon_e7())) as i32;
        let lat = bounds.min.lat_e7()
            + dice.below(bounds.max.lat_e7().abs_diff(bounds.min.lat_e7())) as i32;
        let place = LonLat::from_e7(lon, lat).unwrap();
        let at = frame.to_planar(place);
        if locator.containing(place).is_empty() || at.distance(PlanarPoint::default()).0 < 60.0 {
            continue;
        }
        tried += 1;
        let sees = |&&street: &&PlanarPoint| {
            let length = at.distance(street).0;
            // What lies within the tolerance of the place, and the last 10 cm at the street, do not count.
            let point = |along: f64| PlanarPoint {
                x: at.x + (street.x - at.x) * along,
                y: at.y + (street.y - at.y) * along,
            };
            let first = (tolerance / length.max(1e-9)).min(1.0);
            let end = (1.0 - 0.1 / length.max(1e-9)).max(first);
            let look = [point(first), point(end)];
            length <= farthest && !walls.iter().any(|&wall| crosses(look, wall))
        };
        assert!(streets.iter().find(sees).is_some(), "{place} is cut off from what is reached");
    }
    assert!(tried > 20, "{tried} places inside");
}

fn check(file: &str) {
    let Some(city) = load(file) else { return };
    let baseline = &city.baseline;
    let walker = baseline.find_walker("adult").unwrap();
    let ground = Ground::from(&baseline.graph, &walker.impedance);
    let starts = origins(&city);
    let sheet = Sheet::lay(&baseline.graph, &baseline.obstacles, IsochroneOptions::default());
    let cutoffs = [5.0, 10.0, 15.0].map(|minutes| WalkTime::from_minutes(minutes).unwrap());
    let drawn = draw_many((&sheet, &baseline.obstacles), &ground, &starts, &cutoffs);
    let mut search = Search::new(baseline.graph.node_count());
    let mut sum = Agreement::default();
    for ((origin, seeds), drawings) in starts.iter().zip(&drawn) {
        search.run(&ground, seeds, cutoffs[2]);
        for (drawing, cutoff) in drawings.iter().zip(cutoffs) {
            assert_eq!((drawing.cutoff, drawing.area.find_fault()), (cutoff, None));
            assert!(drawing.area.contains(*origin), "{origin}");
        }
        drawings.windows(2).for_each(|pair| check_nested(&pair[0], &pair[1]));
        let reached = ServiceArea::of_search(&ground, seeds, &search, cutoffs[2]);
        check_sight(&city, *origin, &drawings[2], &reached);
        let one = compare(&city, &drawings[2], &reached);
        sum.reached += one.reached;
        sum.inside += one.inside;
        sum.both += one.both;
    }
    let (recall, precision) = (sum.both / sum.reached, sum.both / sum.inside);
    eprintln!("{file}: recall {recall:.4}, precision {precision:.4}");
    assert!(recall >= 0.995 && precision >= 0.95, "{file}: {recall:.4} / {precision:.4}");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let alone =
        pool.install(|| draw_many((&sheet, &baseline.obstacles), &ground, &starts, &cutoffs));
    assert_eq!(alone, drawn, "the same on one thread");
}

#[test]
fn the_laws_hold_in_monaco() {
    check("may-ship/monaco-2023/monaco.osm.pbf");
}

#[test]
fn the_laws_hold_in_helsinki() {
    check("may-ship/helsinki-centre-2019/Helsinki.osm.pbf");
}

#[test]
fn the_laws_hold_on_the_isle_of_man() {
    check("may-ship/isle-of-man-2020/isle-of-man_2020-03-14.osm.pbf");
}

#[test]
fn the_laws_hold_in_las_palmas() {
    check("develop/las-palmas-2023/example_las_palmas_2023_osm_20230221.pbf");
}

#[test]
fn the_laws_hold_in_porto() {
    check("develop/porto-portugal/porto_portugal.osm.pbf");
}
