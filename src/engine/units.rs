//! Quantities, each with its unit in the type: times, lengths, speeds, people and shares.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// A walking time in whole milliseconds: sums are exact and the order is total.
///
/// Under the metre yardstick (see [`Yardstick`]) the reference walker goes at exactly 1 m/s, so one
/// millisecond stands for one millimetre and the same kernels answer in metres.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct WalkTime(u32);

impl WalkTime {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The label of what cannot be reached; no sum of real times gets here.
    pub const UNREACHABLE: Self = Self(u32::MAX);
    /// The longest time that is still a time (about 24.8 days).
    pub const LONGEST: Self = Self(i32::MAX as u32);

    /// A time of `ms` milliseconds.
    pub const fn from_ms(ms: u32) -> Self {
        Self(ms)
    }

    /// The time in whole milliseconds.
    pub const fn as_ms(self) -> u32 {
        self.0
    }

    /// A time of `minutes`, rounded to the millisecond; `None` when negative, not finite or too long.
    pub fn from_minutes(minutes: f64) -> Option<Self> {
        Self::from_seconds(minutes * 60.0)
    }

    /// A time of `seconds`, rounded to the millisecond; `None` when negative, not finite or too long.
    pub fn from_seconds(seconds: f64) -> Option<Self> {
        let ms = (seconds * 1000.0).round();
        (ms >= 0.0 && ms <= f64::from(i32::MAX)).then_some(Self(ms as u32))
    }

    /// The time in minutes.
    pub fn as_minutes(self) -> f64 {
        f64::from(self.0) / 60_000.0
    }

    /// The time in seconds.
    pub fn as_seconds(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// The sum, staying [`WalkTime::UNREACHABLE`] when either side is or the sum is no longer a time.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        let sum = self.0.saturating_add(other.0);
        if sum > i32::MAX as u32 { Self::UNREACHABLE } else { Self(sum) }
    }

    /// Whether this is a time at all.
    pub const fn is_reachable(self) -> bool {
        self.0 != u32::MAX
    }

    /// The time, or `None` for [`WalkTime::UNREACHABLE`].
    pub const fn reached(self) -> Option<Self> {
        if self.is_reachable() { Some(self) } else { None }
    }
}

/// What a cutoff is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Yardstick {
    /// Walking time under a walk profile.
    Minutes,
    /// Walking length along the streets the profile may use.
    Meters,
}

/// A length in metres.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Meters(pub f64);

impl Meters {
    /// Whole millimetres, rounded half up; saturates at about 4,295 km.
    pub fn as_mm(self) -> u32 {
        (self.0 * 1000.0).round().max(0.0) as u32
    }

    /// From whole millimetres.
    pub fn from_mm(mm: u32) -> Self {
        Self(f64::from(mm) / 1000.0)
    }
}

/// A speed in metres a second.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MetersPerSecond(pub f64);

impl MetersPerSecond {
    /// Whole milliseconds to walk `mm` millimetres, rounded half up.
    ///
    /// A millimetre at one metre a second takes a millisecond, so this is `mm / speed`.
    pub fn time_for_mm(self, mm: u32) -> WalkTime {
        self.time_for(f64::from(mm))
    }

    /// Whole milliseconds to walk `mm` millimetres, which need not be whole, rounded half up.
    pub fn time_for(self, mm: f64) -> WalkTime {
        let ms = (mm / self.0).round();
        if ms.is_finite() && ms <= f64::from(i32::MAX) {
            WalkTime(ms as u32)
        } else {
            WalkTime::UNREACHABLE
        }
    }
}

/// A number of people, kept in whole millionths so that sums are exact in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Persons(i64);

impl Persons {
    /// Nobody.
    pub const ZERO: Self = Self(0);
    const MICRO: f64 = 1_000_000.0;

    /// From a count that may be fractional; `None` when negative, not finite or above nine billion.
    pub fn from_count(count: f64) -> Option<Self> {
        (count.is_finite() && (0.0..=9.0e9).contains(&count))
            .then(|| Self((count * Self::MICRO).round() as i64))
    }

    /// From whole millionths of a person.
    pub const fn from_micro(micro: i64) -> Self {
        Self(micro)
    }

    /// Whole millionths of a person.
    pub const fn as_micro(self) -> i64 {
        self.0
    }

    /// The count as a floating number, for output.
    pub fn count(self) -> f64 {
        self.0 as f64 / Self::MICRO
    }

    /// This part of `whole`; `None` when `whole` is nobody.
    pub fn share_of(self, whole: Self) -> Option<Share> {
        (whole.0 > 0).then(|| Share(self.0 as f64 / whole.0 as f64))
    }
}

impl Add for Persons {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Persons {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Persons {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl SubAssign for Persons {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Persons {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Persons {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(self.count())
    }
}

impl<'de> Deserialize<'de> for Persons {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let count = f64::deserialize(from)?;
        Self::from_count(count)
            .ok_or_else(|| serde::de::Error::custom("a count of people is 0 or more"))
    }
}

impl fmt::Display for Persons {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:.0}", self.count())
    }
}

/// A part of a whole, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Share(pub f64);

impl Share {
    /// The share in percent.
    pub fn percent(self) -> f64 {
        self.0 * 100.0
    }
}

/// An option declared once: its least, usual and greatest value, for checks, help text and sliders.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ranged {
    /// Least value allowed, inclusive.
    pub min: f64,
    /// Value taken when nothing is said.
    pub default: f64,
    /// Greatest value allowed, inclusive.
    pub max: f64,
}

impl Ranged {
    /// `value` when it lies in the range.
    pub fn check(self, value: f64) -> Option<f64> {
        (value >= self.min && value <= self.max).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_minutes_are_900_000_ms() {
        assert_eq!(WalkTime::from_minutes(15.0), Some(WalkTime::from_ms(900_000)));
        assert_eq!(WalkTime::from_minutes(-1.0), None);
        assert_eq!(WalkTime::from_minutes(f64::NAN), None);
    }

    #[test]
    fn unreachable_stays_unreachable() {
        assert_eq!(WalkTime::UNREACHABLE.plus(WalkTime::from_ms(1)), WalkTime::UNREACHABLE);
        assert_eq!(WalkTime::LONGEST.plus(WalkTime::from_ms(1)), WalkTime::UNREACHABLE);
        assert!(WalkTime::UNREACHABLE > WalkTime::LONGEST);
    }

    #[test]
    fn one_metre_at_one_metre_a_second_is_a_second() {
        assert_eq!(MetersPerSecond(1.0).time_for_mm(1000), WalkTime::from_ms(1000));
        assert_eq!(MetersPerSecond(0.8).time_for_mm(1000), WalkTime::from_ms(1250));
    }

    #[test]
    fn people_add_up_exactly_in_any_order() {
        let parts: Vec<Persons> =
            (0..10_000).filter_map(|i| Persons::from_count(f64::from(i) * 0.1)).collect();
        let forward: Persons = parts.iter().copied().sum();
        let backward: Persons = parts.iter().rev().copied().sum();
        assert_eq!(forward, backward);
        assert_eq!(Persons::from_count(f64::NAN), None);
        assert_eq!(Persons::from_count(-0.5), None);
    }
}
