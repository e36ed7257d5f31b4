//! Which coordinate system a file is in: tried against the streets, always said.
//!
//! Each hypothesis (a system and an axis order) turns a sample of the file's points into places. A hypothesis
//! holds when most places fall near the streets at all; among those that hold, the one whose places lie
//! clearly nearest to a street wins. "Clearly" is a paired comparison: the mean difference of the logarithms
//! of the distances, counted in its standard errors.

use std::fmt;

use crate::spatial::frame::ground_distance;
use crate::spatial::{BoundingBox, Crs, CrsTransform, LonLat, SegmentIndex, china};
use crate::units::Meters;

use super::table::RawPoint;

/// Distances beyond this say no more than "far", in metres.
const FAR_M: f64 = 2_000.0;
/// Added to each distance before the logarithm: how well a point is placed anyway, in metres.
const BLUR_M: f64 = 8.0;
/// A hypothesis holds when at least this share of the sample falls near the streets' box.
const INSIDE_SHARE_MIN: f64 = 0.5;
/// How far outside the streets' box still counts as near, in metres.
const MARGIN_M: f64 = 5_000.0;
/// Standard errors by which a hypothesis must beat plain WGS 84, or what was declared.
const CLEAR_ERRORS: f64 = 3.0;
/// Fewest sample points for telling shifted systems apart.
const POINTS_MIN: usize = 8;
/// Most points that are tried.
const SAMPLE_MAX: usize = 500;

/// The street network that points should lie near.
pub struct Reference<'a> {
    bounds: BoundingBox,
    distance: Box<dyn Fn(LonLat) -> Option<Meters> + Sync + 'a>,
}

/// What the study says about a file's system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CrsChoice {
    /// Nothing: look.
    #[default]
    Auto,
    /// This one; it is checked, not replaced.
    Declared(Crs),
}

/// A system and an axis order that a file could be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hypothesis {
    /// The system.
    pub crs: Crs,
    /// Whether the file writes y before x.
    pub axes: Axes,
}

/// The order in which a file writes its two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Axes {
    /// Longitude or easting first.
    #[default]
    XY,
    /// Latitude or northing first.
    YX,
}

/// How a hypothesis fares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// What was tried.
    pub hypothesis: Hypothesis,
    /// Share of the sample that falls near the streets' box, 0 to 1.
    pub inside: f64,
    /// Median distance to the nearest street; at most 2 km.
    pub median: Meters,
}

/// How sure a detection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// Only one hypothesis puts the points near the streets.
    Only,
    /// One hypothesis is clearly nearer to the streets than the others.
    Clear,
    /// Several fit about as well; WGS 84, or what was declared, is kept where it is one of them, in plain or in
    /// swapped order.
    Unclear,
    /// None puts the points near the streets.
    None,
    /// There were no streets to try against.
    Untried,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Detection {
    /// The system and order that fit best (the one to use for [`CrsChoice::Auto`]).
    pub best: Hypothesis,
    /// How sure that is.
    pub confidence: Confidence,
    /// All that could be tried, the best first.
    pub fits: Vec<Fit>,
    /// How many points were tried.
    pub sample: usize,
}

impl<'a> Reference<'a> {
    /// Streets in `bounds` with a function that gives the distance to the nearest one (`None` beyond 2 km).
    pub fn new(
        bounds: BoundingBox,
        distance: impl Fn(LonLat) -> Option<Meters> + Sync + 'a,
    ) -> Self {
        Self { bounds, distance: Box::new(distance) }
    }

    /// Streets in `bounds` that `index` holds.
    pub fn over_index(bounds: BoundingBox, index: &'a SegmentIndex) -> Self {
        let nearest = |place| index.nearest_within(place, Meters(FAR_M), |_| true);
        Self::new(bounds, move |place| nearest(place).map(|hit| hit.distance))
    }

    /// The box around the streets.
    pub fn bounds(&self) -> BoundingBox {
        self.bounds
    }

    /// Whether `place` lies in the streets' box or within 5 km of it.
    pub fn is_near(&self, place: LonLat) -> bool {
        let clamped = LonLat::from_e7(
            place.lon_e7().clamp(self.bounds.min.lon_e7(), self.bounds.max.lon_e7()),
            place.lat_e7().clamp(self.bounds.min.lat_e7(), self.bounds.max.lat_e7()),
        );
        clamped.is_some_and(|nearest| ground_distance(place, nearest).0 <= MARGIN_M)
    }

    fn distance_m(&self, place: LonLat) -> f64 {
        if !self.is_near(place) {
            return FAR_M;
        }
        (self.distance)(place).map_or(FAR_M, |distance| distance.0.min(FAR_M))
    }
}

impl fmt::Debug for Reference<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Reference").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

impl fmt::Display for Hypothesis {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.axes {
            Axes::XY => write!(out, "{}", self.crs),
            Axes::YX => write!(out, "{} with swapped axes", self.crs),
        }
    }
}

impl Hypothesis {
    /// `crs` with x first.
    pub fn plain(crs: Crs) -> Self {
        Self { crs, axes: Axes::XY }
    }

    fn swapped(crs: Crs) -> Self {
        Self { crs, axes: Axes::YX }
    }
}

impl Axes {
    /// x and y of a point of the file.
    pub fn xy(self, point: RawPoint) -> (f64, f64) {
        match self {
            Self::XY => (point[0], point[1]),
            Self::YX => (point[1], point[0]),
        }
    }
}

/// Tries the systems that `points` could be in against `reference`, `expected` (WGS 84, or what was
/// declared) first.
pub fn detect_crs(
    points: &[RawPoint],
    reference: Option<&Reference<'_>>,
    expected: Crs,
) -> Detection {
    let sample = sample_of(points);
    let near = reference.map(|reference| reference.bounds.center());
    let mut trials: Vec<Trial> = hypotheses(&sample, expected, near)
        .into_iter()
        .filter_map(|hypothesis| Trial::new(hypothesis, &sample, reference))
        .collect();
    drop_namesakes(&mut trials);
    let Some(reference) = reference else {
        trials.retain(|trial| trial.inside > INSIDE_SHARE_MIN);
        let best = trials.first().map_or(Hypothesis::plain(expected), |trial| trial.hypothesis);
        return Detection {
            best,
            confidence: Confidence::Untried,
            fits: Vec::new(),
            sample: sample.len(),
        };
    };
    trials.retain(|trial| trial.inside >= INSIDE_SHARE_MIN);
    for trial in &mut trials {
        trial.measure(reference);
    }
    decide(trials, expected, sample.len())
}

/// Leaves out systems that give the places of one before them: a Gauss–Krüger zone of three degrees is one of six
/// where they share a meridian, and trying both would always end in a draw.
fn drop_namesakes(trials: &mut Vec<Trial>) {
    let mut at = 0;
    while at < trials.len() {
        let is_namesake = |before: &Trial| before.places == trials[at].places;
        if trials[..at].iter().any(is_namesake) {
            trials.remove(at);
        } else {
            at += 1;
        }
    }
}

fn decide(mut trials: Vec<Trial>, expected: Crs, sample: usize) -> Detection {
    let position = |wanted| trials.iter().position(|trial| trial.hypothesis == wanted);
    let usual =
        position(Hypothesis::plain(expected)).or_else(|| position(Hypothesis::swapped(expected)));
    let nearest = (0..trials.len())
        .min_by(|&a, &b| trials[a].mean_log().total_cmp(&trials[b].mean_log()).then(a.cmp(&b)));
    let (first, confidence) = match (usual, nearest) {
        (_, None) => (None, Confidence::None),
        (_, Some(only)) if trials.len() == 1 => (Some(only), Confidence::Only),
        (Some(usual), Some(nearest)) if usual == nearest => {
            let clear = (0..trials.len())
                .all(|other| other == usual || trials[usual].beats(&trials[other]));
            (Some(usual), if clear { Confidence::Clear } else { Confidence::Unclear })
        }
        (Some(usual), Some(nearest)) if !trials[nearest].beats(&trials[usual]) => {
            (Some(usual), Confidence::Unclear)
        }
        (_, Some(nearest)) => {
            let clear = (0..trials.len())
                .all(|other| other == nearest || trials[nearest].beats(&trials[other]));
            (Some(nearest), if clear { Confidence::Clear } else { Confidence::Unclear })
        }
    };
    let best = first.map_or(Hypothesis::plain(expected), |at| trials[at].hypothesis);
    if let Some(at) = first {
        let winner = trials.remove(at);
        trials.sort_by(|a, b| a.mean_log().total_cmp(&b.mean_log()));
        trials.insert(0, winner);
    }
    let fits = trials.iter().map(Trial::fit).collect();
    Detection { best, confidence, fits, sample }
}

/// At most [`SAMPLE_MAX`] points, evenly taken, finite ones only.
fn sample_of(points: &[RawPoint]) -> Vec<RawPoint> {
    let finite: Vec<RawPoint> =
        points.iter().copied().filter(|p| p[0].is_finite() && p[1].is_finite()).collect();
    let step = finite.len().div_ceil(SAMPLE_MAX).max(1);
    finite.into_iter().step_by(step).collect()
}

/// The hypotheses worth a try by the size of the numbers; the expected one first.
fn hypotheses(sample: &[RawPoint], expected: Crs, near: Option<LonLat>) -> Vec<Hypothesis> {
    let degrees = sample.iter().filter(|p| p[0].abs() <= 180.0 && p[1].abs() <= 180.0).count();
    let mut systems = vec![expected];
    if degrees * 2 >= sample.len() {
        systems.push(Crs::Wgs84);
        let in_china =
            near.is_some_and(|place| !china::is_outside_china((place.lon(), place.lat())));
        if in_china {
            systems.extend([Crs::Gcj02, Crs::Bd09]);
        }
    } else {
        systems.extend(expected.zone_prefix_sibling());
        systems.push(Crs::Epsg(3857));
        systems.extend(near.into_iter().flat_map(projected_around));
    }
    let mut all = Vec::new();
    for hypothesis in
        systems.iter().flat_map(|&crs| [Hypothesis::plain(crs), Hypothesis::swapped(crs)])
    {
        if !all.contains(&hypothesis) {
            all.push(hypothesis);
        }
    }
    // CGCS2000 degrees are WGS 84 degrees: trying both would always end in a draw.
    if expected == Crs::Cgcs2000 {
        all.retain(|hypothesis| hypothesis.crs != Crs::Wgs84);
    }
    all
}

/// Projected systems in common use around `place`: UTM, in China the Gauss–Krüger zones of CGCS2000, in
/// Britain the national grid. Of each the neighboring zones too, for a city on an edge is often kept in one of them.
fn projected_around(place: LonLat) -> Vec<Crs> {
    let around = |zone: i64| [zone, zone - 1, zone + 1];
    let utm = ((place.lon() + 180.0) / 6.0).floor() as i64;
    let first = if place.lat() >= 0.0 { 32_601 } else { 32_701 };
    let mut codes: Vec<i64> = around(utm).map(|zone| first + zone.rem_euclid(60)).to_vec();
    if !china::is_outside_china((place.lon(), place.lat())) {
        let three = around((place.lon() / 3.0).round() as i64);
        let three = three.into_iter().filter(|zone| (25..=45).contains(zone));
        codes.extend(three.flat_map(|zone| [4513 + zone - 25, 4534 + zone - 25]));
        let six = around(((place.lon() + 6.0) / 6.0).floor() as i64);
        let six = six.into_iter().filter(|zone| (13..=23).contains(zone));
        codes.extend(six.flat_map(|zone| [4491 + zone - 13, 4502 + zone - 13]));
    }
    if (-9.0..2.0).contains(&place.lon()) && (49.0..61.0).contains(&place.lat()) {
        codes.push(27_700);
    }
    codes.into_iter().filter_map(|code| u32::try_from(code).ok()).map(Crs::Epsg).collect()
}

/// A hypothesis with the places it gives.
struct Trial {
    hypothesis: Hypothesis,
    places: Vec<Option<LonLat>>,
    inside: f64,
    distances: Vec<f64>,
}

impl Trial {
    /// `None` when the system cannot be computed. Without a reference, every place on earth is inside.
    fn new(
        hypothesis: Hypothesis,
        sample: &[RawPoint],
        reference: Option<&Reference<'_>>,
    ) -> Option<Self> {
        let transform: CrsTransform = hypothesis.crs.transform().ok()?;
        let place = |point: &RawPoint| {
            let (x, y) = hypothesis.axes.xy(*point);
            transform.to_wgs84(x, y).ok()
        };
        let places: Vec<Option<LonLat>> = sample.iter().map(place).collect();
        let inside = places
            .iter()
            .flatten()
            .filter(|&&place| reference.is_none_or(|reference| reference.is_near(place)))
            .count();
        let inside = inside as f64 / sample.len().max(1) as f64;
        Some(Self { hypothesis, places, inside, distances: Vec::new() })
    }

    fn measure(&mut self, reference: &Reference<'_>) {
        let distance =
            |place: &Option<LonLat>| place.map_or(FAR_M, |place| reference.distance_m(place));
        self.distances = self.places.iter().map(distance).collect();
    }

    fn mean_log(&self) -> f64 {
        let sum: f64 = self.distances.iter().map(|d| (d + BLUR_M).ln()).sum();
        sum / self.distances.len().max(1) as f64
    }

    /// Whether this puts the points clearly nearer to streets than `other` does.
    fn beats(&self, other: &Self) -> bool {
        let count = self.distances.len();
        if count < POINTS_MIN {
            return false;
        }
        let pairs = self.distances.iter().zip(&other.distances);
        let gains: Vec<f64> =
            pairs.map(|(mine, theirs)| ((theirs + BLUR_M) / (mine + BLUR_M)).ln()).collect();
        let mean = gains.iter().sum::<f64>() / count as f64;
        let variance =
            gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / (count - 1) as f64;
        mean > CLEAR_ERRORS * (variance / count as f64).sqrt() && mean > 0.0
    }

    fn fit(&self) -> Fit {
        let mut sorted = self.distances.clone();
        sorted.sort_by(f64::total_cmp);
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
        Fit { hypothesis: self.hypothesis, inside: self.inside, median: Meters(median) }
    }
}
