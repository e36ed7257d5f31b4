//! The bounds of every option and input, declared once.

use crate::units::Ranged;

/// Farthest a point may lie from the street it is snapped to, in metres.
pub const SNAP_DISTANCE_M: Ranged = Ranged { min: 1.0, default: 250.0, max: 5_000.0 };
/// Walking cutoff in minutes.
pub const CUTOFF_MIN: Ranged = Ranged { min: 0.0, default: 15.0, max: 24.0 * 60.0 };
/// Walking cutoff in metres.
pub const CUTOFF_M: Ranged = Ranged { min: 0.0, default: 1_000.0, max: 100_000.0 };
/// Walking speed in metres a second.
pub const WALK_SPEED_M_S: Ranged = Ranged { min: 0.1, default: 1.25, max: 4.0 };
/// Street pieces shorter than this in all, cut off from the rest, are islands; in metres.
pub const ISLAND_LENGTH_M: Ranged = Ranged { min: 0.0, default: 1_000.0, max: 100_000.0 };
/// Metres of one unit of an elevation file.
pub const ELEVATION_UNIT_M: Ranged = Ranged { min: 0.001, default: 1.0, max: 1_000.0 };
/// Most cells of elevation kept around the streets of a study.
pub const ELEVATION_CELLS_MAX: usize = 32 << 20;
/// Largest input file that is read, in bytes.
pub const INPUT_BYTES_MAX: u64 = 8 << 30;
/// Largest text input (CSV, GeoJSON, TOML) that is read, in bytes.
pub const TEXT_BYTES_MAX: u64 = 1 << 30;
/// Issues kept in full per kind; the rest is counted.
pub const ISSUES_KEPT_MAX: usize = 1_000;
/// Speeds that every audit shows side by side, in metres a second.
pub const SPEEDS_SIDE_BY_SIDE_M_S: [f64; 3] = [0.8, 1.0, 1.25];
/// Farthest a place of a street edit (the side of a gate, a street to close) may lie from its street, in metres.
pub const STREET_EDIT_DISTANCE_M: f64 = 50.0;
/// Longest gate, from the street on one side to the street on the other, in metres.
pub const GATE_LENGTH_M: f64 = 100.0;
/// Most edits of one scenario.
pub const EDITS_MAX: usize = 10_000;
