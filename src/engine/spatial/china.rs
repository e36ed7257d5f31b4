//! The shifted coordinates of Chinese web maps: GCJ-02 (`AMap`, Tencent) and BD-09 (Baidu).
//!
//! GCJ-02 moves WGS 84 degrees by a fixed smooth field, inside a box around China only; BD-09 adds a second
//! field on top. Both fields are exact formulas; their inverses have none and are found by iteration.

use std::f64::consts::PI;

/// A point in degrees, longitude first, not rounded to 1e-7 as a place is.
pub type Degrees = (f64, f64);

/// Krasovsky semi-major axis in metres, as the GCJ-02 formula has it.
const SEMI_MAJOR_M: f64 = 6_378_245.0;
/// Krasovsky first eccentricity squared, as the GCJ-02 formula has it.
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
/// Turns of the unit that Baidu's field waves in.
const BAIDU_WAVE: f64 = PI * 3000.0 / 180.0;
/// Steps after which an inverse has long settled (each gains at least one and a half digits).
const STEPS_MAX: usize = 30;
/// An inverse is settled when a step moves it by less than this many degrees.
const SETTLED_DEG: f64 = 1e-13;

/// Whether GCJ-02 leaves a point alone: outside the box 72.004–137.8347° E, 0.8293–55.8271° N.
pub fn is_outside_china((lon, lat): Degrees) -> bool {
    !(72.004..=137.8347).contains(&lon) || !(0.8293..=55.8271).contains(&lat)
}

/// WGS 84 → GCJ-02. Outside the box of China the point stays as it is.
pub fn wgs84_to_gcj02(wgs: Degrees) -> Degrees {
    if is_outside_china(wgs) { wgs } else { add(wgs, gcj02_shift(wgs)) }
}

/// GCJ-02 → WGS 84, to better than 1e-9 degrees. Outside the box of China the point stays as it is.
pub fn gcj02_to_wgs84(gcj: Degrees) -> Degrees {
    if is_outside_china(gcj) { gcj } else { undo(gcj, gcj02_shift) }
}

/// GCJ-02 → BD-09.
pub fn gcj02_to_bd09(gcj: Degrees) -> Degrees {
    add(gcj, bd09_shift(gcj))
}

/// BD-09 → GCJ-02, to better than 1e-9 degrees.
pub fn bd09_to_gcj02(bd: Degrees) -> Degrees {
    undo(bd, bd09_shift)
}

/// WGS 84 → BD-09.
pub fn wgs84_to_bd09(wgs: Degrees) -> Degrees {
    gcj02_to_bd09(wgs84_to_gcj02(wgs))
}

/// BD-09 → WGS 84, to better than 1e-9 degrees.
pub fn bd09_to_wgs84(bd: Degrees) -> Degrees {
    gcj02_to_wgs84(bd09_to_gcj02(bd))
}

fn add(point: Degrees, shift: Degrees) -> Degrees {
    (point.0 + shift.0, point.1 + shift.1)
}

/// The point that `shift` moves to `moved`: fixed-point iteration, as the field changes slowly.
fn undo(moved: Degrees, shift: fn(Degrees) -> Degrees) -> Degrees {
    let mut point = moved;
    for _ in 0..STEPS_MAX {
        let (dx, dy) = shift(point);
        let next = (moved.0 - dx, moved.1 - dy);
        let step = (next.0 - point.0).abs().max((next.1 - point.1).abs());
        point = next;
        if step < SETTLED_DEG {
            break;
        }
    }
    point
}

/// How far GCJ-02 moves a WGS 84 point, in degrees.
fn gcj02_shift((lon, lat): Degrees) -> Degrees {
    let (x, y) = (lon - 105.0, lat - 35.0);
    let wave = |amplitude: f64, turns: f64| amplitude * (turns * PI).sin();
    let shared = wave(20.0, 6.0 * x) + wave(20.0, 2.0 * x);
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + (shared
            + wave(20.0, x)
            + wave(40.0, x / 3.0)
            + wave(150.0, x / 12.0)
            + wave(300.0, x / 30.0))
            * 2.0
            / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + (shared
            + wave(20.0, y)
            + wave(40.0, y / 3.0)
            + wave(160.0, y / 12.0)
            + wave(320.0, y / 30.0))
            * 2.0
            / 3.0;
    let (sin, cos) = lat.to_radians().sin_cos();
    let w2 = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
    let normal = SEMI_MAJOR_M / w2.sqrt();
    let meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (w2 * w2.sqrt());
    ((east / (normal * cos)).to_degrees(), (north / meridian).to_degrees())
}

/// How far BD-09 moves a GCJ-02 point, in degrees.
fn bd09_shift((lon, lat): Degrees) -> Degrees {
    let radius = lon.hypot(lat) + 0.000_02 * (lat * BAIDU_WAVE).sin();
    let angle = lat.atan2(lon) + 0.000_003 * (lon * BAIDU_WAVE).cos();
    (radius * angle.cos() + 0.0065 - lon, radius * angle.sin() + 0.006 - lat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(a: Degrees, b: Degrees, tolerance: f64) -> bool {
        (a.0 - b.0).abs() < tolerance && (a.1 - b.1).abs() < tolerance
    }

    #[test]
    fn tiananmen_moves_as_published() {
        let gcj = wgs84_to_gcj02((116.404, 39.915));
        assert!(near(gcj, (116.410_244_499_169_38, 39.916_404_281_501_64), 1e-12), "{gcj:?}");
        // Published: GCJ-02 (116.404, 39.915) is BD-09 (116.41036949371029, 39.92133699351021).
        let bd = gcj02_to_bd09((116.404, 39.915));
        assert!(near(bd, (116.410_369_493_710_29, 39.921_336_993_510_21), 1e-12), "{bd:?}");
    }

    #[test]
    fn porto_and_the_isle_of_man_do_not_move() {
        for place in [(-8.61, 41.15), (-4.48, 54.15), (140.0, 36.0)] {
            assert!(near(wgs84_to_gcj02(place), place, 1e-15));
            assert!(near(gcj02_to_wgs84(place), place, 1e-15));
        }
    }

    proptest! {
        #[test]
        fn a_shift_and_back_is_the_same_point(lon in 73.0..136.0_f64, lat in 2.0..55.0_f64) {
            let wgs = (lon, lat);
            prop_assert!(near(gcj02_to_wgs84(wgs84_to_gcj02(wgs)), wgs, 1e-9));
            prop_assert!(near(bd09_to_wgs84(wgs84_to_bd09(wgs)), wgs, 1e-9));
        }

        #[test]
        fn the_shift_is_some_hundred_metres(lon in 105.0..123.0_f64, lat in 20.0..45.0_f64) {
            let (dx, dy) = gcj02_shift((lon, lat));
            let meters = (dx * lat.to_radians().cos()).hypot(dy) * 111_000.0;
            prop_assert!((100.0..900.0).contains(&meters), "{meters}");
        }
    }
}
