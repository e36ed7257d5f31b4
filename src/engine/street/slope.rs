//! What a slope does to a walker: how much longer it takes, and where it is too steep.

use serde::{Deserialize, Serialize};

use super::StreetClass;

/// How walking time depends on the grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlopeModel {
    /// Not at all.
    #[default]
    None,
    /// `6·exp(−3.5·|S + 0.05|)` km/h at grade `S` (W. Tobler, Three presentations on geographical analysis and
    /// modeling, NCGIA technical report 93-1, 1993), taken in proportion to its speed on the level: fastest 5 %
    /// downhill.
    Tobler,
    /// 5 km/h and an hour more for each 600 m climbed (W. W. Naismith, Scottish Mountaineering Club Journal,
    /// 1892); 10 minutes less for each 300 m down a slope of 5° to 12°, and 10 minutes more down a steeper one
    /// (E. Langmuir, Mountaincraft and leadership, 1984); in proportion to the time on the level. A slope
    /// belongs to the gentler side at both angles.
    NaismithLangmuir,
}

/// Slope settings of a walk profile. Grades are rise over run: 0.05 is 5 %.
///
/// Nothing here matters where no heights are known, nor on steps, lifts, moving stairs and ferries, which have
/// speeds of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Slope {
    /// How walking time depends on the grade.
    pub model: SlopeModel,
    /// Grade, up or down, above which walking becomes harder still.
    pub soft_limit: Option<f64>,
    /// What each percentage point above `soft_limit` adds to the time: 0.1 is 10 % of it.
    pub soft_penalty: f64,
    /// Grade, up or down, above which the walker cannot go.
    pub hard_limit: Option<f64>,
    /// How many metres a slope must go on for `hard_limit` to matter; a shorter edge is never too steep.
    pub hard_run_m: f64,
    /// Where the numbers come from. In English, or in the only language there is.
    pub source: String,
    /// The same in Chinese.
    pub source_zh: String,
}

impl Default for Slope {
    fn default() -> Self {
        Self {
            model: SlopeModel::None,
            soft_limit: None,
            soft_penalty: 0.0,
            hard_limit: None,
            hard_run_m: 9.0,
            source: String::new(),
            source_zh: String::new(),
        }
    }
}

/// Seconds a level metre takes at Naismith's 5 km/h.
const NAISMITH_LEVEL_S: f64 = 3.6 / 5.0;
/// Seconds for each metre climbed: an hour for 600 m.
const NAISMITH_CLIMB_S: f64 = 3600.0 / 600.0;
/// Seconds less, or more, for each metre down: ten minutes for 300 m.
const LANGMUIR_DESCENT_S: f64 = 600.0 / 300.0;
/// tan 5° and tan 12°: where going down helps.
const LANGMUIR_GRADES: [f64; 2] = [0.087_488_663_525_924, 0.212_556_561_670_022];

impl Slope {
    /// Whether no slope matters.
    pub fn is_level(&self) -> bool {
        self.model == SlopeModel::None && self.soft_limit.is_none() && self.hard_limit.is_none()
    }

    /// The same limits without any effect on time.
    #[must_use]
    pub fn limits_only(&self) -> Self {
        Self { model: SlopeModel::None, soft_limit: None, ..self.clone() }
    }

    /// How many times as long as on the level a stretch of `grade` takes, uphill positive; 1 on the level.
    pub fn pace(&self, grade: f64) -> f64 {
        let pace = match self.model {
            SlopeModel::None => 1.0,
            SlopeModel::Tobler => (3.5 * ((grade + 0.05).abs() - 0.05)).exp(),
            SlopeModel::NaismithLangmuir => naismith_langmuir(grade),
        };
        let points = self.soft_limit.map_or(0.0, |limit| (grade.abs() - limit).max(0.0) * 100.0);
        pace * (1.0 + self.soft_penalty * points)
    }

    /// Whether a stretch of `length_mm` that rises or falls by `rise_mm` is too steep; the limit itself is not.
    pub fn is_too_steep(&self, rise_mm: f64, length_mm: f64) -> bool {
        length_mm >= self.hard_run_m * 1000.0
            && self.hard_limit.is_some_and(|limit| rise_mm.abs() > limit * length_mm)
    }

    /// The numbers that have ranges: name, value, least and greatest.
    pub(super) fn ranges(&self) -> [(&'static str, f64, (f64, f64)); 4] {
        [
            ("slope.soft_limit", self.soft_limit.unwrap_or(0.0), (0.0, 1.0)),
            ("slope.soft_penalty", self.soft_penalty, (0.0, 10.0)),
            ("slope.hard_limit", self.hard_limit.unwrap_or(1.0), (0.01, 1.0)),
            ("slope.hard_run_m", self.hard_run_m, (0.0, 1000.0)),
        ]
    }
}

fn naismith_langmuir(grade: f64) -> f64 {
    let [gentle, steep] = LANGMUIR_GRADES;
    let (climb, drop) = (grade.max(0.0), (-grade).max(0.0));
    let descent = if drop <= gentle {
        0.0
    } else if drop <= steep {
        -LANGMUIR_DESCENT_S
    } else {
        LANGMUIR_DESCENT_S
    };
    1.0 + (climb * NAISMITH_CLIMB_S + drop * descent) / NAISMITH_LEVEL_S
}

/// Whether the slope of a street of `class` matters.
pub(super) fn has_slope(class: StreetClass) -> bool {
    !matches!(
        class,
        StreetClass::Steps
            | StreetClass::Elevator
            | StreetClass::Escalator
            | StreetClass::Ferry
            | StreetClass::Gate
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(model: SlopeModel) -> Slope {
        Slope { model, ..Slope::default() }
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn tobler_walks_six_kilometers_an_hour_down_five_percent_and_five_on_the_level() {
        let tobler = model(SlopeModel::Tobler);
        let level_km_h = 6.0 * (-0.175_f64).exp();
        near(level_km_h / tobler.pace(-0.05), 6.0);
        near(level_km_h / tobler.pace(0.1), 6.0 * (-0.525_f64).exp());
        near(level_km_h / tobler.pace(-0.3), 6.0 * (-0.875_f64).exp());
        assert!(tobler.pace(0.0).to_bits() == 1.0_f64.to_bits());
    }

    #[test]
    fn naismith_takes_an_hour_for_five_kilometers_and_another_for_six_hundred_meters_up() {
        let rule = model(SlopeModel::NaismithLangmuir);
        // 5 km at 12 % climb 600 m: two hours in place of one.
        near(rule.pace(0.12), 2.0);
        // 3 km down 300 m (10 %, 5.7°): 36 minutes less 10.
        near(rule.pace(-0.1), 26.0 / 36.0);
        // 1 km down 300 m (30 %, 16.7°): 12 minutes and 10 more.
        near(rule.pace(-0.3), 22.0 / 12.0);
        near(rule.pace(-0.08), 1.0);
        assert!(rule.pace(0.0).to_bits() == 1.0_f64.to_bits());
    }

    #[test]
    fn the_penalty_starts_at_the_soft_limit_and_grows_by_the_point() {
        let slope = Slope { soft_limit: Some(0.06), soft_penalty: 0.2, ..Slope::default() };
        near(slope.pace(0.06), 1.0);
        near(slope.pace(0.08), 1.4);
        near(slope.pace(-0.08), 1.4);
    }

    #[test]
    fn the_hard_limit_is_inclusive_and_pardons_short_stretches() {
        let slope = Slope { hard_limit: Some(0.08), hard_run_m: 10.0, ..Slope::default() };
        assert!(!slope.is_too_steep(800.0, 10_000.0));
        assert!(slope.is_too_steep(801.0, 10_000.0));
        assert!(slope.is_too_steep(-801.0, 10_000.0));
        assert!(!slope.is_too_steep(5_000.0, 9_999.0));
        assert!(!Slope::default().is_too_steep(10_000.0, 10_000.0));
    }
}
