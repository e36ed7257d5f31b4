//! How much less somebody counts the longer they walk.

use crate::units::WalkTime;

/// A whole person in a table's fixed-point shares.
pub(super) const WHOLE: i64 = 1 << 16;

/// Shares by walking time, constant within steps of equal width, in whole 65536ths: sums over them are exact in
/// any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decay {
    step_ms: u32,
    shares: Vec<u32>,
}

impl Decay {
    /// The shares `share(start of the step in ms)`, clamped to 0–1, for steps of `step` up to `cutoff`
    /// (inclusive); at most a million steps, wider if need be.
    pub fn from_fn(step: WalkTime, cutoff: WalkTime, share: impl Fn(f64) -> f64) -> Self {
        let cutoff = cutoff.min(WalkTime::LONGEST).as_ms();
        let step_ms = step.as_ms().max(cutoff / 1_000_000 + 1);
        let table = |step: u32| {
            let share = share(f64::from(step) * f64::from(step_ms));
            if share.is_nan() { 0 } else { (share.clamp(0.0, 1.0) * WHOLE as f64).round() as u32 }
        };
        Self { step_ms, shares: (0..=cutoff / step_ms).map(table).collect() }
    }

    /// From a whole at no time to nothing at `cutoff`, evenly.
    pub fn linear(step: WalkTime, cutoff: WalkTime) -> Self {
        let whole = f64::from(cutoff.as_ms().max(1));
        Self::from_fn(step, cutoff, |ms| 1.0 - ms / whole)
    }

    /// `exp(-t / mean)`.
    pub fn exponential(step: WalkTime, cutoff: WalkTime, mean: WalkTime) -> Self {
        let mean = f64::from(mean.as_ms().max(1));
        Self::from_fn(step, cutoff, |ms| (-ms / mean).exp())
    }

    /// `exp(-t² / (2 σ²))`.
    pub fn gaussian(step: WalkTime, cutoff: WalkTime, sigma: WalkTime) -> Self {
        let sigma = f64::from(sigma.as_ms().max(1));
        Self::from_fn(step, cutoff, |ms| (-0.5 * (ms / sigma).powi(2)).exp())
    }

    /// The share at `time` in whole 65536ths; 0 beyond the table.
    pub fn share(&self, time: WalkTime) -> u32 {
        self.shares.get((time.as_ms() / self.step_ms) as usize).copied().unwrap_or(0)
    }
}
