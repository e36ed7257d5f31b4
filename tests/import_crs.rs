//! Coordinate systems found by trying them against streets, on shifted copies of points near real streets.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test says what went wrong by failing"
)]

use std::fmt::Write;
use std::path::Path;

use walkshed::facility::Taxonomy;
use walkshed::import::crs_detect::{
    Axes, Confidence, CrsChoice, Hypothesis, Reference, detect_crs,
};
use walkshed::import::facilities::{FacilityLayerSpec, read_facilities};
use walkshed::import::osm::{OsmParts, OsmWants, read_osm};
use walkshed::import::table::parse_table;
use walkshed::import::{IssueKind, IssueLog};
use walkshed::progress::Silent;
use walkshed::spatial::{BoundingBox, Crs, LocalFrame, LonLat, PlanarPoint, SegmentIndex};
use walkshed::street::StreetWay;

/// A small generator of reproducible numbers.
struct Dice(u64);

impl Dice {
    /// A number in 0..1.
    fn roll(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1_u64 << 31) as f64
    }

    fn pick(&mut self, count: usize) -> usize {
        ((self.roll() * count as f64) as usize).min(count - 1)
    }
}

struct Town {
    lines: Vec<Vec<LonLat>>,
    index: SegmentIndex,
    bounds: BoundingBox,
}

impl Town {
    fn new(lines: Vec<Vec<LonLat>>) -> Self {
        let index = SegmentIndex::new((0..).zip(lines.iter().map(Vec::as_slice)));
        let bounds = BoundingBox::around(lines.iter().flatten().copied()).unwrap();
        Self { lines, index, bounds }
    }

    /// Streets in a grid of uneven blocks, 90 to 330 m, around `center`.
    fn uneven_grid(center: LonLat) -> Self {
        let mut dice = Dice(7);
        let mut offsets = || {
            let mut at = -3_000.0;
            let mut all = Vec::new();
            while at < 3_000.0 {
                all.push(at);
                at += 90.0 + 240.0 * dice.roll();
            }
            all
        };
        let (columns, rows) = (offsets(), offsets());
        let frame = LocalFrame::at(center);
        let place = |x: f64, y: f64| frame.to_lonlat(PlanarPoint { x, y }).unwrap();
        let mut lines: Vec<Vec<LonLat>> = Vec::new();
        for &x in &columns {
            lines.push(rows.iter().map(|&y| place(x, y)).collect());
        }
        for &y in &rows {
            lines.push(columns.iter().map(|&x| place(x, y)).collect());
        }
        Self::new(lines)
    }

    /// The streets of Wuhan, when the data is there.
    fn wuhan() -> Option<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../shared/data/may-ship/wuhan-streets/derived/wuhan_8989.osm.pbf");
        let flat = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../shared/data/may-ship/wuhan-streets/wuhan_8989.osm.pbf");
        let path = [path, flat].into_iter().find(|path| path.exists())?;
        let no_functions = Taxonomy::default();
        let wants = OsmWants::new(&no_functions, OsmParts::STREETS);
        let streets = read_osm(&path, &wants, &Silent).unwrap().streets;
        let place = |&place: &u32| streets.places[place as usize];
        let line =
            |way: &StreetWay| streets.way_places[way.places.clone()].iter().map(place).collect();
        Some(Self::new(streets.ways.iter().map(line).collect()))
    }

    fn reference(&self) -> Reference<'_> {
        Reference::over_index(self.bounds, &self.index)
    }

    /// Places as facilities lie: 5 to 45 m off a street.
    fn doors(&self, dice: &mut Dice, count: usize) -> Vec<LonLat> {
        let mut doors = Vec::new();
        while doors.len() < count {
            let line = &self.lines[dice.pick(self.lines.len())];
            let frame = LocalFrame::at(line[dice.pick(line.len())]);
            let (angle, off) = (dice.roll() * std::f64::consts::TAU, 5.0 + 40.0 * dice.roll());
            doors.extend(
                frame.to_lonlat(PlanarPoint { x: off * angle.cos(), y: off * angle.sin() }),
            );
        }
        doors
    }
}

fn in_file(doors: &[LonLat], hypothesis: Hypothesis) -> Vec<[f64; 2]> {
    let transform = hypothesis.crs.transform().unwrap();
    let point = |&door: &LonLat| {
        let (x, y) = transform.from_wgs84(door).unwrap();
        if hypothesis.axes == Axes::XY { [x, y] } else { [y, x] }
    };
    doors.iter().map(point).collect()
}

/// Share of layers whose system is found, out of `trials` layers of `count` points in each system.
fn share_right(town: &Town, trials: u64, count: usize) -> f64 {
    let reference = town.reference();
    let mut systems: Vec<Hypothesis> = [
        Crs::Wgs84,
        Crs::Gcj02,
        Crs::Bd09,
        Crs::Epsg(3857),
        Crs::Epsg(32650),
        Crs::Epsg(4547),
        Crs::Epsg(4526),
    ]
    .map(Hypothesis::plain)
    .to_vec();
    for crs in [Crs::Wgs84, Crs::Gcj02, Crs::Epsg(4547)] {
        systems.push(Hypothesis { crs, axes: Axes::YX });
    }
    let (mut right, mut all) = (0, 0);
    for seed in 0..trials {
        let doors = town.doors(&mut Dice(seed * 977 + 1), count);
        for &truth in &systems {
            let found = detect_crs(&in_file(&doors, truth), Some(&reference), Crs::Wgs84);
            all += 1;
            right += usize::from(found.best == truth);
        }
    }
    f64::from(right as u32) / f64::from(all)
}

#[test]
fn ninety_nine_of_a_hundred_shifted_layers_are_told_right_on_an_uneven_grid() {
    let town = Town::uneven_grid(LonLat::new(114.3, 30.6).unwrap());
    let share = share_right(&town, 40, 60);
    assert!(share >= 0.99, "{share}");
}

#[test]
fn ninety_nine_of_a_hundred_shifted_layers_are_told_right_in_wuhan() {
    let Some(town) = Town::wuhan() else {
        eprintln!("skipped: the streets of Wuhan are not here");
        return;
    };
    for count in [60, 200] {
        let share = share_right(&town, 30, count);
        assert!(share >= 0.99, "{count} points: {share}");
    }
}

#[test]
fn a_handful_of_points_stays_wgs84_and_is_called_unclear() {
    let town = Town::uneven_grid(LonLat::new(114.3, 30.6).unwrap());
    let doors = town.doors(&mut Dice(3), 4);
    let points = in_file(&doors, Hypothesis::plain(Crs::Gcj02));
    let found = detect_crs(&points, Some(&town.reference()), Crs::Wgs84);
    assert_eq!((found.best.crs, found.confidence), (Crs::Wgs84, Confidence::Unclear));
}

/// Four places of a layer in GCJ-02 with these headers, as read; how far off they are, and what was said.
fn named(headers: &str, count: usize) -> (f64, IssueLog) {
    let town = Town::uneven_grid(LonLat::new(114.3, 30.6).unwrap());
    let doors = town.doors(&mut Dice(3), count);
    let mut csv = format!("name,{headers}\n");
    for (at, [x, y]) in in_file(&doors, Hypothesis::plain(Crs::Gcj02)).into_iter().enumerate() {
        let pair = headers.contains(',');
        let row = if pair { format!("{x},{y}") } else { format!("E{x} N{y}") };
        writeln!(csv, "f{at},{row}").unwrap();
    }
    let (table, _) = parse_table(Path::new("f.csv"), csv.into_bytes()).unwrap();
    let spec = FacilityLayerSpec {
        id: "f".into(),
        functions: vec![walkshed::ids::FunctionId(0)],
        ..FacilityLayerSpec::default()
    };
    let taxonomy = walkshed::facility::Taxonomy::default();
    let (found, issues) =
        read_facilities(&table, &spec, &taxonomy, Some(&town.reference())).unwrap();
    let places: Vec<LonLat> = found.into_iter().map(|facility| facility.place).collect();
    (apart(&doors, &places), issues)
}

#[test]
fn a_header_that_names_its_system_is_believed_also_of_a_handful_of_rows() {
    for headers in [
        "坐标(GCJ-02)",
        "经纬度（高德）",
        "经度（GCJ-02）,纬度（GCJ-02）",
        "经度（火星坐标）,纬度（火星坐标）",
        "高德经度,高德纬度",
        "gcj_lng,gcj_lat",
        "lon_gcj02,lat_gcj02",
    ] {
        let (far, issues) = named(headers, 4);
        assert!(far < 0.5, "{headers}: {far}");
        let said = &issues.issues()[0];
        assert!(said.reason.contains("names GCJ-02; read so"), "{headers}: {}", said.reason);
    }
    for (headers, crs) in [("百度经度,百度纬度", "BD-09"), ("wgs84_lng,wgs84_lat", "WGS84")]
    {
        let (far, issues) = named(headers, 4);
        assert!(far > 100.0, "{headers}: {far}");
        assert!(issues.issues()[0].reason.contains(&format!("names {crs}")), "{headers}");
    }
    // Eighty points that fit another system far better go before a header, which is said.
    let (far, issues) = named("wgs84_lng,wgs84_lat", 80);
    assert!(far < 0.5 && count(&issues, IssueKind::CrsWrong) == 1, "{far}: {issues:?}");
}

#[test]
fn systems_that_are_far_apart_are_not_said_to_fit_about_as_well() {
    let (_, issues) = named("lng,lat", 4);
    let said = &issues.issues()[0].reason;
    assert!(
        said.contains("4 points are too few to be sure") && !said.contains("as well"),
        "{said}"
    );
}

fn read(town: &Town, truth: Hypothesis, crs: CrsChoice) -> (Vec<LonLat>, Vec<LonLat>, IssueLog) {
    let doors = town.doors(&mut Dice(5), 80);
    let mut csv = "name,x,y\n".to_owned();
    for (at, [x, y]) in in_file(&doors, truth).into_iter().enumerate() {
        writeln!(csv, "f{at},{x},{y}").unwrap();
    }
    let (table, _) = parse_table(Path::new("f.csv"), csv.into_bytes()).unwrap();
    let spec = FacilityLayerSpec {
        id: "f".into(),
        functions: vec![walkshed::ids::FunctionId(0)],
        crs,
        ..FacilityLayerSpec::default()
    };
    let taxonomy = walkshed::facility::Taxonomy::default();
    let (found, issues) =
        read_facilities(&table, &spec, &taxonomy, Some(&town.reference())).unwrap();
    (doors, found.into_iter().map(|facility| facility.place).collect(), issues)
}

fn count(issues: &IssueLog, kind: IssueKind) -> usize {
    issues.counts().get(&kind).copied().unwrap_or(0)
}

fn apart(a: &[LonLat], b: &[LonLat]) -> f64 {
    assert_eq!(a.len(), b.len());
    let distance = |(&a, &b)| walkshed::spatial::frame::ground_distance(a, b).0;
    a.iter().zip(b).map(distance).fold(0.0, f64::max)
}

#[test]
fn an_undeclared_shift_is_undone_and_said() {
    let town = Town::uneven_grid(LonLat::new(114.3, 30.6).unwrap());
    let (doors, places, issues) = read(&town, Hypothesis::plain(Crs::Gcj02), CrsChoice::Auto);
    assert!(apart(&doors, &places) < 0.5);
    let said = &issues.issues()[0];
    assert_eq!(said.kind, IssueKind::CrsDetected);
    assert!(said.reason.contains("GCJ-02") && said.reason.contains(" m, WGS84"), "{}", said.reason);
}

#[test]
fn a_wrong_declaration_is_kept_and_said() {
    let town = Town::uneven_grid(LonLat::new(114.3, 30.6).unwrap());
    let declared = CrsChoice::Declared(Crs::Wgs84);
    let (doors, places, issues) = read(&town, Hypothesis::plain(Crs::Gcj02), declared);
    assert!(apart(&doors, &places) > 100.0);
    assert_eq!(count(&issues, IssueKind::CrsWrong), 1);
    let (doors, places, issues) =
        read(&town, Hypothesis::plain(Crs::Bd09), CrsChoice::Declared(Crs::Bd09));
    assert!(apart(&doors, &places) < 0.5);
    assert_eq!(issues.total(), 0);
}

#[test]
fn swapped_axes_are_put_right_and_said() {
    let town = Town::uneven_grid(LonLat::new(-4.48, 54.15).unwrap());
    for crs in [CrsChoice::Auto, CrsChoice::Declared(Crs::Wgs84)] {
        let (doors, places, issues) =
            read(&town, Hypothesis { crs: Crs::Wgs84, axes: Axes::YX }, crs);
        assert!(apart(&doors, &places) < 0.5);
        assert_eq!(count(&issues, IssueKind::AxesSwapped), 1);
    }
}

#[test]
fn a_handful_of_points_far_from_what_is_declared_is_said() {
    let town = Town::uneven_grid(LonLat::new(114.3, 30.6).unwrap());
    let taxonomy = walkshed::facility::Taxonomy::default();
    let spec = FacilityLayerSpec {
        id: "f".into(),
        functions: vec![walkshed::ids::FunctionId(0)],
        crs: CrsChoice::Declared(Crs::Epsg(3857)),
        ..FacilityLayerSpec::default()
    };
    let read = |csv: &str, spec: &FacilityLayerSpec| {
        let (table, _) = parse_table(Path::new("f.csv"), csv.as_bytes().to_vec()).unwrap();
        read_facilities(&table, spec, &taxonomy, Some(&town.reference())).unwrap()
    };
    let (_, issues) = read("name,x,y\na,114.3,30.6\nb,114.301,30.601\n", &spec);
    assert_eq!(count(&issues, IssueKind::CrsWrong), 1, "{:?}", issues.issues());
    // Swapped degrees are put right, whether WGS 84 was declared or not.
    for crs in [CrsChoice::Auto, CrsChoice::Declared(Crs::Wgs84)] {
        let spec = FacilityLayerSpec { crs, ..spec.clone() };
        let (found, issues) = read("name,x,y\na,30.6,114.3\nb,30.601,114.301\n", &spec);
        assert_eq!(count(&issues, IssueKind::AxesSwapped), 1, "{:?}", issues.issues());
        assert_eq!(found[0].place, LonLat::new(114.3, 30.6).unwrap());
    }
}

#[test]
fn eastings_with_the_zone_in_front_are_read_under_the_code_without_it_and_said() {
    let town = Town::uneven_grid(LonLat::new(114.3, 30.6).unwrap());
    let declared = CrsChoice::Declared(Crs::Epsg(4547));
    let (doors, places, issues) = read(&town, Hypothesis::plain(Crs::Epsg(4526)), declared);
    assert!(apart(&doors, &places) < 0.5);
    assert_eq!(count(&issues, IssueKind::CrsWrong), 1);
}

#[test]
fn a_city_on_the_edge_of_a_zone_may_be_kept_in_the_zone_beside_it() {
    let town = Town::uneven_grid(LonLat::new(118.6, 24.9).unwrap());
    for code in [4527, 4548, 4528, 32651] {
        let truth = Hypothesis::plain(Crs::Epsg(code));
        let points = in_file(&town.doors(&mut Dice(9), 60), truth);
        let found = detect_crs(&points, Some(&town.reference()), Crs::Wgs84);
        assert_eq!(found.best, truth);
        assert!(
            matches!(found.confidence, Confidence::Only | Confidence::Clear),
            "EPSG:{code}: {:?}, {:?}",
            found.confidence,
            found.fits
        );
    }
}

#[test]
fn a_layer_of_another_city_is_said() {
    let town = Town::uneven_grid(LonLat::new(114.3, 30.6).unwrap());
    let other = Town::uneven_grid(LonLat::new(118.6, 24.9).unwrap());
    let points = in_file(&other.doors(&mut Dice(1), 50), Hypothesis::plain(Crs::Wgs84));
    let found = detect_crs(&points, Some(&town.reference()), Crs::Wgs84);
    assert_eq!(found.confidence, Confidence::None);
}
