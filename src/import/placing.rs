//! The numbers of a file → places: coordinate system settled and said, bad geometry mended or skipped.

use crate::spatial::{Area, AreaPolygon, Crs, CrsTransform, LonLat};

use super::columns::ColumnMap;
use super::crs_detect::{
    Axes, Confidence, CrsChoice, Detection, Hypothesis, Reference, detect_crs,
};
use super::crs_named::{NamedSystem, find_named};
use super::number::{self, Mark};
use super::table::{FeatureRow, FeatureTable, RawGeometry, RawPoint};
use super::whereabouts::{Whereabouts, pair_of, without_coordinates};
use super::{ImportError, IssueKind, IssueLog};

/// Steps of longitude wider than this, in 1e-7 degrees, cross the antimeridian.
const HALF_TURN_E7: u32 = 1_800_000_000;

/// Fewest points that outweigh what a format says of its system.
const STRONG_POINTS_MIN: usize = 30;
/// Added to medians before they are compared: streets are drawn no finer, in metres.
const DRAW_BLUR_M: f64 = 8.0;
/// How many times nearer to streets they have to lie.
const STRONG_RATIO: f64 = 2.0;

/// A geometry on the ground.
#[derive(Clone, Debug, PartialEq)]
pub enum Placed {
    /// One point or several; never empty.
    Points(Vec<LonLat>),
    /// A line; never empty.
    Line(Vec<LonLat>),
    /// A valid area.
    Area(Area),
}

impl Placed {
    /// The one place that stands for it: the first point, the middle of the line, a place inside the area.
    pub fn place(&self) -> Option<LonLat> {
        match self {
            Self::Points(points) => points.first().copied(),
            Self::Line(line) => line.get(line.len() / 2).copied(),
            Self::Area(area) => area.label_place(),
        }
    }
}

/// The geometries of `table`, row by row; `None` for a row without a usable one, which is then said.
///
/// A GeoJSON geometry goes before coordinate columns. The system is `choice`, else what the file names, else
/// what [`detect_crs`] finds; a declared system is checked against `reference` and kept.
///
/// # Errors
/// When the file has no coordinates at all or its system cannot be settled.
pub fn place_rows(
    table: &FeatureTable,
    columns: &ColumnMap,
    choice: CrsChoice,
    reference: Option<&Reference<'_>>,
    issues: &mut IssueLog,
) -> Result<Vec<Option<Placed>>, ImportError> {
    let raw = raw_geometries(table, columns, issues)?;
    let points: Vec<RawPoint> = raw.iter().flatten().flat_map(points_of).collect();
    let used = settle(table, (columns, choice), &points, reference, issues)?;
    let transform = used.crs.transform().map_err(|error| table.malformed(error.to_string()))?;
    if let Some(caveat) = transform.find_caveat() {
        issues.note(IssueKind::CrsWrong, table.source.clone(), "", caveat);
    }
    let mut placer = Placer { table, transform, axes: used.axes, issues };
    Ok(table.rows.iter().zip(raw).map(|(row, raw)| placer.place(row, raw?)).collect())
}

/// The system that [`place_rows`] reads `table` in, and whether it was found by looking; `None` without coordinates.
///
/// # Errors
/// As [`place_rows`].
pub fn find_system(
    table: &FeatureTable,
    columns: &ColumnMap,
    choice: CrsChoice,
    reference: Option<&Reference<'_>>,
) -> Result<Option<(Hypothesis, bool)>, ImportError> {
    let mut told_elsewhere = IssueLog::default();
    let raw = raw_geometries(table, columns, &mut told_elsewhere)?;
    let points: Vec<RawPoint> = raw.iter().flatten().flat_map(points_of).collect();
    if points.is_empty() {
        return Ok(None);
    }
    let used = settle(table, (columns, choice), &points, reference, &mut told_elsewhere)?;
    Ok(Some((used, choice == CrsChoice::Auto && table.crs.is_none())))
}

/// Geometries as the file has them; a row without one is said.
fn raw_geometries(
    table: &FeatureTable,
    columns: &ColumnMap,
    issues: &mut IssueLog,
) -> Result<Vec<Option<RawGeometry>>, ImportError> {
    let whereabouts = Whereabouts::of(table, columns);
    if whereabouts == Whereabouts::Nowhere {
        return Err(table.malformed(without_coordinates(table)));
    }
    let mark = if table.decimal_comma { Mark::Comma } else { Mark::Point };
    let mut raw = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let from_columns = || match whereabouts {
            Whereabouts::Axes(lon, lat) => {
                let x = number::read(row.value(lon), mark)?;
                let y = number::read(row.value(lat), mark)?;
                Some(RawGeometry::Points(vec![[x, y]]))
            }
            Whereabouts::Pair(column) => {
                let pair = pair_of(&row.value(column).to_text()?)?;
                Some(RawGeometry::Points(vec![pair]))
            }
            Whereabouts::Geometries | Whereabouts::Nowhere => None,
        };
        let geometry = row.geometry.clone().or_else(from_columns);
        if geometry.is_none() {
            let reason = whereabouts.lack(row);
            issues.note(IssueKind::GeometryMissing, table.source.clone(), row.name.clone(), reason);
        }
        raw.push(geometry);
    }
    Ok(raw)
}

/// All points of a geometry.
fn points_of(raw: &RawGeometry) -> Vec<RawPoint> {
    match raw {
        RawGeometry::Points(points) => points.clone(),
        RawGeometry::Lines(lines) => lines.concat(),
        RawGeometry::Polygons(polygons) => polygons.concat().concat(),
        RawGeometry::Unreadable(_) => Vec::new(),
    }
}

/// The system and axis order to use; says what was found.
fn settle(
    table: &FeatureTable,
    (columns, choice): (&ColumnMap, CrsChoice),
    points: &[RawPoint],
    reference: Option<&Reference<'_>>,
    issues: &mut IssueLog,
) -> Result<Hypothesis, ImportError> {
    let declared = match (choice, &table.crs) {
        (CrsChoice::Declared(crs), _) => Some(crs),
        (CrsChoice::Auto, None) => None,
        (CrsChoice::Auto, Some(named)) => Some(
            named
                .parse::<Crs>()
                .map_err(|error| table.malformed(format!("its crs member: {error}")))?,
        ),
    };
    let expected = declared.unwrap_or_default();
    let detection = detect_crs(points, reference, expected);
    if points.is_empty() {
        return Ok(Hypothesis::plain(expected));
    }
    let Some(declared) = declared else {
        let named = find_named(table, Whereabouts::of(table, columns));
        if let Some(named) = named.filter(|_| are_degrees(points)) {
            let detection = detect_crs(points, reference, named.crs);
            return Ok(settle_named(table, &named, &detection, issues));
        }
        return settle_undeclared(table, points, &detection, issues);
    };
    let mut note = |kind, reason: String| issues.note(kind, table.source.clone(), "", reason);
    let usual = Hypothesis::plain(declared);
    let holds = detection.fits.iter().any(|fit| fit.hypothesis == usual);
    let sure = matches!(detection.confidence, Confidence::Only | Confidence::Clear)
        || (detection.confidence == Confidence::Unclear && !holds)
        || (detection.confidence == Confidence::Untried && detection.best != usual);
    if detection.confidence == Confidence::None {
        note(IssueKind::CrsWrong, explain_far(declared, points.len()));
    }
    if !sure || detection.best == usual {
        return Ok(usual);
    }
    if detection.best.crs == declared {
        note(
            IssueKind::AxesSwapped,
            format!("the file writes its second axis first for {declared}; put right"),
        );
        return Ok(detection.best);
    }
    if declared.zone_prefix_sibling() == Some(detection.best.crs) {
        let reason = format!(
            "declared as {declared}, but the eastings fit {}, the same zone numbered the other way; used that",
            detection.best
        );
        note(IssueKind::CrsWrong, reason);
        return Ok(detection.best);
    }
    let reason = format!(
        "declared as {declared} and used so, but the points fit {} better: {}; correct `crs` if that is right",
        detection.best,
        list_fits(&detection)
    );
    note(IssueKind::CrsWrong, reason);
    Ok(usual)
}

/// The system of a table whose headers name one: that, unless many points say that it is another.
fn settle_named(
    table: &FeatureTable,
    NamedSystem { header, crs }: &NamedSystem,
    detection: &Detection,
    issues: &mut IssueLog,
) -> Hypothesis {
    let usual = Hypothesis::plain(*crs);
    let best = detection.best;
    let is_swapped = best.crs == *crs && best.axes == Axes::YX;
    let is_other = best != usual
        && matches!(detection.confidence, Confidence::Only | Confidence::Clear)
        && is_strong(detection, usual, table);
    let mut note = |kind, reason: String| issues.note(kind, table.source.clone(), "", reason);
    let fits = list_fits(detection);
    if is_swapped || is_other {
        if is_swapped {
            note(IssueKind::AxesSwapped, "the file writes latitude first; put right".to_owned());
        }
        if best.crs != *crs {
            let reason = format!(
                "column {header:?} names {crs}, but the points fit {best} far better and are read as that: {fits}; declare \
                 `crs` if the header is right"
            );
            note(IssueKind::CrsWrong, reason);
            return best;
        }
        note(IssueKind::CrsDetected, format!("column {header:?} names {crs}; read so: {fits}"));
        return best;
    }
    let reason = if detection.fits.is_empty() {
        format!("column {header:?} names {crs}; read so")
    } else {
        format!("column {header:?} names {crs}; read so: {fits}")
    };
    note(IssueKind::CrsDetected, reason);
    if detection.confidence == Confidence::None {
        note(IssueKind::CrsWrong, explain_far(*crs, detection.sample));
    }
    usual
}

/// The system of a file that names none and for which none is declared.
fn settle_undeclared(
    table: &FeatureTable,
    points: &[RawPoint],
    detection: &Detection,
    issues: &mut IssueLog,
) -> Result<Hypothesis, ImportError> {
    let mut note = |kind, reason: String| issues.note(kind, table.source.clone(), "", reason);
    let unsupported = matches!(detection.confidence, Confidence::None | Confidence::Untried);
    if unsupported && !are_degrees(points) {
        return Err(table.malformed(unknown_system(points)));
    }
    let native = Hypothesis::plain(Crs::Wgs84);
    if table.has_geometries && detection.best != native && !is_strong(detection, native, table) {
        let reason = format!(
            "no system declared; read as WGS84, which GeoJSON is in, though {}; declare `crs` if another one is \
             right",
            list_fits(detection)
        );
        note(IssueKind::CrsDetected, reason);
        return Ok(native);
    }
    note(IssueKind::CrsDetected, explain_detected(detection));
    if detection.best.axes == Axes::YX {
        note(IssueKind::AxesSwapped, "the file writes latitude first; put right".to_owned());
    }
    if detection.confidence == Confidence::None {
        note(IssueKind::CrsWrong, explain_far(native.crs, points.len()));
    }
    Ok(detection.best)
}

/// Whether what was found is worth more than what the format says: the format's own system does not hold at all, or
/// many points lie twice as near to streets. Corners of polygons need lie near no street, so they say nothing.
fn is_strong(detection: &Detection, native: Hypothesis, table: &FeatureTable) -> bool {
    let of = |wanted| detection.fits.iter().find(|fit| fit.hypothesis == wanted);
    let Some((usual, best)) = of(native).zip(of(detection.best)) else { return true };
    has_only_points(table)
        && detection.confidence == Confidence::Clear
        && detection.sample >= STRONG_POINTS_MIN
        && usual.median.0 >= STRONG_RATIO * best.median.0
}

fn has_only_points(table: &FeatureTable) -> bool {
    let is_points = |raw: &RawGeometry| matches!(raw, RawGeometry::Points(_));
    table.rows.iter().all(|row| row.geometry.as_ref().is_none_or(is_points))
}

fn are_degrees(points: &[RawPoint]) -> bool {
    points.iter().filter(|p| p[0].abs() <= 180.0 && p[1].abs() <= 180.0).count() * 2 > points.len()
}

fn unknown_system(points: &[RawPoint]) -> String {
    let [x, y] = points.iter().find(|p| p[0].is_finite() && p[1].is_finite()).unwrap_or(&points[0]);
    format!(
        "coordinates such as ({x}, {y}) are no degrees and fit no system tried; declare `crs`, for example crs = \"EPSG:4547\""
    )
}

fn explain_far(crs: Crs, count: usize) -> String {
    format!(
        "read as {crs}, most of the {count} coordinates lie more than 5 km outside the street network, and no \
         other system tried brings them nearer; check the file, its `crs` and the extract"
    )
}

fn explain_detected(detection: &Detection) -> String {
    let best = detection.best;
    let fits = list_fits(detection);
    match detection.confidence {
        Confidence::Only => {
            format!("no system declared; read as {best}, the only one that fits: {fits}")
        }
        Confidence::Clear => {
            format!("no system declared; read as {best}, which fits clearly best: {fits}")
        }
        Confidence::Unclear if !is_near_draw(detection) => {
            let count = detection.sample;
            format!(
                "no system declared; read as {best}, for {count} points are too few to be sure: {fits}; declare `crs` to \
                 settle it"
            )
        }
        Confidence::Unclear => format!(
            "no system declared and several fit about as well; read as {best}: {fits}; declare `crs` to settle it"
        ),
        Confidence::None => format!("no system declared and none fits; read as {best}"),
        Confidence::Untried => {
            format!(
                "no system declared and no streets to check against; read as {best}; declare `crs`"
            )
        }
    }
}

/// Whether another system fits about as well as the one that is taken.
fn is_near_draw(detection: &Detection) -> bool {
    let medians = || detection.fits.iter().map(|fit| fit.median.0 + DRAW_BLUR_M);
    let best = medians().fold(f64::INFINITY, f64::min);
    let is_near = |median: f64| median < STRONG_RATIO * best;
    medians().next().is_none_or(is_near) && medians().filter(|median| is_near(*median)).count() != 1
}

fn list_fits(detection: &Detection) -> String {
    let fits: Vec<String> = detection
        .fits
        .iter()
        .take(4)
        .map(|fit| format!("{} {:.0} m", fit.hypothesis, fit.median.0))
        .collect();
    format!(
        "median distance to the nearest street of {} points: {}",
        detection.sample,
        fits.join(", ")
    )
}

/// Turns raw geometries into placed ones, saying what was skipped or mended.
struct Placer<'a> {
    table: &'a FeatureTable,
    transform: CrsTransform,
    axes: Axes,
    issues: &'a mut IssueLog,
}

impl Placer<'_> {
    fn place(&mut self, row: &FeatureRow, raw: RawGeometry) -> Option<Placed> {
        let placed = match raw {
            RawGeometry::Points(points) => self.line(&points).map(Placed::Points),
            RawGeometry::Lines(lines) => {
                let longest = lines.iter().max_by_key(|line| line.len());
                self.line(longest.map_or(&[], Vec::as_slice)).map(Placed::Line)
            }
            RawGeometry::Polygons(polygons) => self.area(row, &polygons).map(Placed::Area),
            RawGeometry::Unreadable(reason) => Err(reason),
        };
        match placed {
            Ok(placed) => Some(placed),
            Err(reason) => {
                self.note(row, format!("{reason}; skipped"));
                None
            }
        }
    }

    fn note(&mut self, row: &FeatureRow, reason: String) {
        let source = self.table.source.clone();
        self.issues.note(IssueKind::GeometryInvalid, source, row.name.clone(), reason);
    }

    fn line(&self, points: &[RawPoint]) -> Result<Vec<LonLat>, String> {
        if points.is_empty() {
            return Err("the geometry has no points".to_owned());
        }
        let place = |point: &RawPoint| {
            let (x, y) = self.axes.xy(*point);
            self.transform.to_wgs84(x, y).map_err(|error| error.to_string())
        };
        points.iter().map(place).collect()
    }

    fn area(&mut self, row: &FeatureRow, polygons: &[Vec<Vec<RawPoint>>]) -> Result<Area, String> {
        let mut area = Area::default();
        for rings in polygons {
            let mut rings = rings.iter();
            let Some(outer) = rings.next() else { continue };
            let outer = self.ring(outer)?;
            let holes = rings.map(|hole| self.ring(hole)).collect::<Result<_, _>>()?;
            area.polygons.push(AreaPolygon { outer, holes });
        }
        if area.polygons.is_empty() {
            return Err("the polygon has no rings".to_owned());
        }
        let before = area.area_m2();
        let Some(fault) = area.find_fault() else {
            let flat = || "the polygon has no ground".to_owned();
            return if before > 0.0 { Ok(area) } else { Err(flat()) };
        };
        let mended = area.mended().filter(|mended| mended.area_m2() > 0.0);
        let mended = mended.ok_or_else(|| format!("the polygon is not valid ({fault})"))?;
        let after = mended.area_m2();
        self.note(
            row,
            format!(
                "the polygon is not valid ({fault}); mended, {before:.0} m² became {after:.0} m²"
            ),
        );
        Ok(mended)
    }

    /// A closed ring of three corners or more.
    fn ring(&self, points: &[RawPoint]) -> Result<Vec<LonLat>, String> {
        let mut ring = self.line(points)?;
        if ring.first() != ring.last() {
            ring.extend(ring.first().copied());
        }
        ring.dedup();
        if ring.len() < 4 {
            return Err("a ring of the polygon has fewer than three corners".to_owned());
        }
        let wide = |pair: &[LonLat]| pair[0].lon_e7().abs_diff(pair[1].lon_e7()) > HALF_TURN_E7;
        if ring.windows(2).any(wide) {
            return Err(
                "the polygon crosses the antimeridian; cut it there in two, as RFC 7946 asks"
                    .to_owned(),
            );
        }
        Ok(ring)
    }
}
