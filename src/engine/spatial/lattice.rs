//! Lines drawn over the ground at even steps of whole 1e-7 degrees, and samples along them.
//!
//! A lattice has nodes; from each node a line runs east and one runs north to the next node, and on each lie
//! eight samples, the node first. All of it is whole numbers: a place half-way between two samples is a place
//! of the earth to the last digit, and three such places in a row are exactly in a row.

use super::frame::meters_per_degree;
use super::{LonLat, PlanarPoint};

/// Samples from one node to the next.
pub const SAMPLES: i64 = 8;
/// Whole degrees-e7 that a half step between samples is counted in.
const HALVES: i64 = 2 * SAMPLES;
/// The widest step of a line, in 1e-7 degrees.
const PITCH_MAX_E7: f64 = 1e8;
const TURN_E7: i64 = 3_600_000_000;

/// Where the lines of a lattice run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatticeFrame {
    reference: LonLat,
    /// Degrees-e7 between lines, west-east and south-north; a multiple of 16.
    pitch: [i64; 2],
    /// Metres of a degree-e7 at the reference.
    meters: [f64; 2],
}

/// A sample by its node, 0 for the line that runs east or 1 for north, and its place on that line (0 to 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sample {
    /// Column and row of the node.
    pub node: [i64; 2],
    /// 0 on the line that runs east, 1 on the line that runs north.
    pub line: usize,
    /// Steps from the node.
    pub step: i64,
}

impl LatticeFrame {
    /// Lines about `pitch_m` metres apart at the latitude of `reference`, one of each through it.
    pub fn around(reference: LonLat, pitch_m: f64) -> Self {
        let (lon_degree, lat_degree) = meters_per_degree(reference.lat());
        let meters = [lon_degree.max(1.0) / 1e7, lat_degree / 1e7];
        let pitch = meters.map(|scale| {
            let steps = (pitch_m / scale).min(PITCH_MAX_E7) / HALVES as f64;
            steps.round().max(1.0) as i64 * HALVES
        });
        Self { reference, pitch, meters }
    }

    /// Metres between lines, west-east and south-north, at the reference.
    pub fn pitch_m(&self) -> [f64; 2] {
        [0, 1].map(|axis| self.pitch[axis] as f64 * self.meters[axis])
    }

    /// Whole 1e-7 degrees between lines, west-east and south-north.
    pub fn pitch(&self) -> [i64; 2] {
        self.pitch
    }

    /// Whole 1e-7 degrees from the reference, over the antimeridian when that is shorter.
    pub fn offset(&self, place: LonLat) -> [i64; 2] {
        let east = i64::from(place.lon_e7()) - i64::from(self.reference.lon_e7());
        let east = (east + TURN_E7 / 2).rem_euclid(TURN_E7) - TURN_E7 / 2;
        [east, i64::from(place.lat_e7()) - i64::from(self.reference.lat_e7())]
    }

    /// Metres from the node `corner` to a place `offset` from the reference.
    pub fn to_planar(&self, offset: [i64; 2], corner: [i64; 2]) -> PlanarPoint {
        let at = |axis: usize| {
            (offset[axis] - corner[axis] * self.pitch[axis]) as f64 * self.meters[axis]
        };
        PlanarPoint { x: at(0), y: at(1) }
    }

    /// Column and row of the node south-west of a place `offset` from the reference.
    pub fn node_below(&self, offset: [i64; 2]) -> [i64; 2] {
        [0, 1].map(|axis| offset[axis].div_euclid(self.pitch[axis]))
    }

    /// A place counted in half steps between samples, 16 a line.
    pub(super) fn place(&self, halves: [i64; 2]) -> LonLat {
        let at = |axis: usize| halves[axis] * (self.pitch[axis] / HALVES);
        let lon = i64::from(self.reference.lon_e7()) + at(0);
        let lon = if lon.abs() <= TURN_E7 / 2 {
            lon
        } else {
            (lon + TURN_E7 / 2).rem_euclid(TURN_E7) - TURN_E7 / 2
        };
        let lat = (i64::from(self.reference.lat_e7()) + at(1)).clamp(-900_000_000, 900_000_000);
        LonLat::from_e7(lon as i32, lat as i32).unwrap_or(self.reference)
    }

    /// Calls `mark` with the sample nearest to each meeting of the piece `from`–`to` (offsets from the
    /// reference) with a line, and how far along the piece (0 to 1) it is.
    pub fn crossings(&self, from: [i64; 2], to: [i64; 2], mut mark: impl FnMut(Sample, f64)) {
        for axis in 0..2 {
            let other = 1 - axis;
            let (pitch, run) = (self.pitch[axis], to[axis] - from[axis]);
            let step = self.pitch[other] as f64 / SAMPLES as f64;
            let (low, high) = (from[axis].min(to[axis]), from[axis].max(to[axis]));
            // A piece that only touches a line meets it at its western or southern end.
            let (first, last) = (-(-low).div_euclid(pitch), high.div_euclid(pitch));
            for line in first..=last {
                let along =
                    if run == 0 { 0.0 } else { (line * pitch - from[axis]) as f64 / run as f64 };
                let across = from[other] as f64 + (to[other] - from[other]) as f64 * along;
                let sample = (across / step).round() as i64;
                let mut node = [line; 2];
                node[other] = sample.div_euclid(SAMPLES);
                mark(Sample { node, line: other, step: sample.rem_euclid(SAMPLES) }, along);
            }
        }
    }

    /// The samples of a line through the square that holds a place `offset` from the reference: those at its
    /// two ends, on the square's sides. `axis` is 0 for a line west-east, 1 for south-north.
    pub fn bar(&self, offset: [i64; 2], axis: usize) -> [Sample; 2] {
        let other = 1 - axis;
        let mut low = self.node_below(offset);
        let step = self.pitch[other] as f64 / SAMPLES as f64;
        let sample = (offset[other] as f64 / step).round() as i64;
        low[other] = sample.div_euclid(SAMPLES);
        let mut high = low;
        high[axis] += 1;
        [low, high].map(|node| Sample { node, line: other, step: sample.rem_euclid(SAMPLES) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(lon: f64) -> LatticeFrame {
        LatticeFrame::around(LonLat::new(lon, 41.0).unwrap(), 20.0)
    }

    #[test]
    fn lines_are_as_far_apart_as_asked() {
        for side in frame(8.0).pitch_m() {
            assert!((side - 20.0).abs() < 0.1, "{side}");
        }
    }

    #[test]
    fn places_come_back_also_over_the_antimeridian() {
        let frame = frame(179.999_9);
        let place = frame.place([500, -30]);
        assert!(place.lon() < -179.9);
        let unit = frame.pitch.map(|pitch| pitch / HALVES);
        assert_eq!(frame.offset(place), [500 * unit[0], -30 * unit[1]]);
    }

    #[test]
    fn a_piece_meets_every_line_between_its_ends_once() {
        let frame = frame(8.0);
        let [east, north] = frame.pitch;
        let mut met = Vec::new();
        frame.crossings(
            [-east / 2, north / 4],
            [5 * east / 2, north / 4 + north],
            |sample, along| {
                met.push((sample.node, sample.line, sample.step, (along * 100.0).round() as i64));
            },
        );
        assert_eq!(
            met,
            [([0, 0], 1, 3, 17), ([1, 0], 1, 6, 50), ([2, 1], 1, 1, 83), ([1, 1], 0, 6, 75)]
        );
    }
}
