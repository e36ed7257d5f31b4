//! Who walks: speed, stairs, lifts, permissions. One file per profile under `data/profiles`, never baked in.

use serde::{Deserialize, Serialize};

use super::{Slope, StreetClass, StreetTraits};
use crate::limits::WALK_SPEED_M_S;
use crate::units::{MetersPerSecond, WalkTime};

/// What a profile does with something it may dislike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Walks there.
    #[default]
    Allow,
    /// Never walks there.
    Forbid,
}

/// A walker. Times follow from it and the heights alone:
/// `length × pace of the slope / walk_speed × class factor + fixed seconds`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalkProfile {
    /// Short name used in files: `adult`, `elder`, `child_with_carer`, `stroller`, `wheelchair` …
    pub id: String,
    /// English name.
    pub en: String,
    /// Chinese name.
    pub zh: String,
    /// Speed on level streets, in metres a second.
    pub walk_speed_m_s: f64,
    /// Speed off the streets (access legs), in metres a second.
    pub off_street_speed_m_s: f64,
    /// Where the speeds come from. In English, or in the only language there is.
    pub source: String,
    /// The same in Chinese.
    #[serde(default)]
    pub source_zh: String,
    /// Whether the numbers were checked at their source.
    #[serde(default)]
    pub verified: bool,
    /// Whether steps are walked.
    #[serde(default)]
    pub steps: Permission,
    /// Speed on steps as a part of `walk_speed_m_s`.
    #[serde(default = "one")]
    pub steps_speed_factor: f64,
    /// Whether a tagged stroller ramp makes steps passable although `steps` is `forbid`.
    #[serde(default)]
    pub stroller_ramp_on_steps: bool,
    /// Whether a tagged wheelchair ramp makes steps passable although `steps` is `forbid`.
    #[serde(default)]
    pub wheelchair_ramp_on_steps: bool,
    /// Whether lifts are taken.
    #[serde(default)]
    pub elevator: Permission,
    /// Waiting and riding time of a lift, in seconds.
    #[serde(default)]
    pub elevator_s: f64,
    /// Whether moving stairs are taken.
    #[serde(default)]
    pub escalator: Permission,
    /// Whether ferries are taken (most service circles do not).
    #[serde(default)]
    pub ferry: Permission,
    /// Wait for a ferry, in seconds.
    #[serde(default)]
    pub ferry_wait_s: f64,
    /// Mean wait at a crossing with signals, in seconds: half of it on either side of the carriageway.
    #[serde(default)]
    pub signal_wait_s: f64,
    /// Mean wait at a crossing without signals, in seconds: half of it on either side of the carriageway.
    #[serde(default)]
    pub crossing_wait_s: f64,
    /// Passages on foot only (stiles, turnstiles, kissing gates).
    #[serde(default)]
    pub narrow: Permission,
    /// Motor roads of class secondary and up without a pavement.
    #[serde(default)]
    pub no_sidewalk: Permission,
    /// Ways that are open at times or under conditions only.
    #[serde(default)]
    pub conditional: Permission,
    /// Ways tagged `wheelchair=no`.
    #[serde(default)]
    pub wheelchair_no: Permission,
    /// Loose or bad ground.
    #[serde(default)]
    pub rough: Permission,
    /// Speed on loose or bad ground as a part of `walk_speed_m_s`.
    #[serde(default = "one")]
    pub rough_speed_factor: f64,
    /// Ways inside buildings.
    #[serde(default)]
    pub indoor: Permission,
    /// Raised and rolled kerbs where one crosses a carriageway.
    #[serde(default)]
    pub raised_curb: Permission,
    /// Water that one wades through.
    #[serde(default)]
    pub ford: Permission,
    /// Ground for off-road wheels at most.
    #[serde(default)]
    pub off_road: Permission,
    /// Ways tagged steeper than 1:12 (what heights say is told by `slope`).
    #[serde(default)]
    pub steep: Permission,
    /// Ways and passages of less than 0.9 m of clear width.
    #[serde(default)]
    pub tight: Permission,
    /// Carriageways whose pavement is drawn beside them.
    #[serde(default)]
    pub sidewalk_apart: Permission,
    /// Fast roads without anything for walkers; in some countries one walks along them.
    #[serde(default)]
    pub expressway: Permission,
    /// What slopes do, where heights are known.
    #[serde(default)]
    pub slope: Slope,
}

fn one() -> f64 {
    1.0
}

/// What is wrong with a profile.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("profile {profile:?}: {field} is {value}; it must lie in {min} to {max}")]
pub struct ProfileError {
    /// Id of the profile.
    pub profile: String,
    /// The field.
    pub field: &'static str,
    /// Its value.
    pub value: f64,
    /// Least value.
    pub min: f64,
    /// Greatest value.
    pub max: f64,
}

impl WalkProfile {
    /// The metre yardstick over the streets that `self` may use: 1 m/s everywhere, no factors, slopes or waits, so
    /// that a walking time in milliseconds is a length in millimetres.
    #[must_use]
    pub fn metre_yardstick(&self) -> Self {
        Self {
            walk_speed_m_s: 1.0,
            off_street_speed_m_s: 1.0,
            steps_speed_factor: 1.0,
            rough_speed_factor: 1.0,
            elevator_s: 0.0,
            ferry_wait_s: 0.0,
            signal_wait_s: 0.0,
            crossing_wait_s: 0.0,
            slope: self.slope.limits_only(),
            ..self.clone()
        }
    }

    /// The same walker at another speed; the off-street speed keeps its ratio.
    #[must_use]
    pub fn at_speed(&self, speed: MetersPerSecond) -> Self {
        let ratio = self.off_street_speed_m_s / self.walk_speed_m_s;
        Self { walk_speed_m_s: speed.0, off_street_speed_m_s: speed.0 * ratio, ..self.clone() }
    }

    /// Checks that every number lies in its range.
    ///
    /// # Errors
    /// The first field that does not.
    pub fn check(&self) -> Result<(), ProfileError> {
        let speed = (WALK_SPEED_M_S.min, WALK_SPEED_M_S.max);
        let rows = [
            ("walk_speed_m_s", self.walk_speed_m_s, speed),
            ("off_street_speed_m_s", self.off_street_speed_m_s, speed),
            ("steps_speed_factor", self.steps_speed_factor, (0.05, 1.5)),
            ("rough_speed_factor", self.rough_speed_factor, (0.05, 1.5)),
            ("elevator_s", self.elevator_s, (0.0, 3600.0)),
            ("ferry_wait_s", self.ferry_wait_s, (0.0, 86_400.0)),
            ("signal_wait_s", self.signal_wait_s, (0.0, 600.0)),
            ("crossing_wait_s", self.crossing_wait_s, (0.0, 600.0)),
        ];
        for (field, value, (min, max)) in rows.into_iter().chain(self.slope.ranges()) {
            if !(value >= min && value <= max) {
                return Err(ProfileError { profile: self.id.clone(), field, value, min, max });
            }
        }
        Ok(())
    }

    /// Whether the walker may use a street part of `class` with `traits`.
    ///
    /// Who heeds `wheelchair=no` heeds `wheelchair=yes` too: it is stronger than what follows from the ground.
    pub fn may_walk(&self, class: StreetClass, traits: StreetTraits) -> bool {
        let refuses = |what: StreetTraits, permission| {
            traits.contains(what) && permission == Permission::Forbid
        };
        let is_told_open = self.wheelchair_no == Permission::Forbid
            && traits.contains(StreetTraits::WHEELCHAIR_YES);
        let refuses_ground = refuses(StreetTraits::NARROW, self.narrow)
            || refuses(StreetTraits::ROUGH, self.rough)
            || refuses(StreetTraits::RAISED_CURB, self.raised_curb)
            || refuses(StreetTraits::FORD, self.ford)
            || refuses(StreetTraits::OFF_ROAD, self.off_road)
            || refuses(StreetTraits::STEEP, self.steep)
            || refuses(StreetTraits::TIGHT, self.tight);
        if traits.intersects(StreetTraits::CLOSED | StreetTraits::PLANNED | StreetTraits::ALPINE)
            || refuses_ground && !is_told_open
            || refuses(StreetTraits::NO_SIDEWALK, self.no_sidewalk)
            || refuses(StreetTraits::SIDEWALK_APART, self.sidewalk_apart)
            || refuses(StreetTraits::EXPRESSWAY, self.expressway)
            || refuses(StreetTraits::CONDITIONAL, self.conditional)
            || refuses(StreetTraits::WHEELCHAIR_NO, self.wheelchair_no)
            || refuses(StreetTraits::INDOOR, self.indoor)
        {
            return false;
        }
        match class {
            StreetClass::Steps => self.may_climb(traits),
            StreetClass::Elevator => self.elevator == Permission::Allow,
            StreetClass::Escalator => self.escalator == Permission::Allow,
            StreetClass::Ferry => self.ferry == Permission::Allow,
            _ => true,
        }
    }

    fn may_climb(&self, traits: StreetTraits) -> bool {
        self.steps == Permission::Allow
            || (self.stroller_ramp_on_steps && traits.contains(StreetTraits::STROLLER_RAMP))
            || (self.wheelchair_ramp_on_steps && traits.contains(StreetTraits::WHEELCHAIR_YES))
    }

    /// Speed on a street part, before fixed seconds.
    pub fn speed_on(&self, class: StreetClass, traits: StreetTraits) -> MetersPerSecond {
        let steps = if class == StreetClass::Steps { self.steps_speed_factor } else { 1.0 };
        let rough =
            if traits.contains(StreetTraits::ROUGH) { self.rough_speed_factor } else { 1.0 };
        MetersPerSecond(self.walk_speed_m_s * steps * rough)
    }

    /// Time that a street part of `class` with `traits` costs whatever its length: lifts, ferries, and half a
    /// wait at each end that lies on a carriageway to be crossed, each rounded to the millisecond.
    pub fn fixed_time(&self, class: StreetClass, traits: StreetTraits) -> WalkTime {
        let of_class = match class {
            StreetClass::Elevator => self.elevator_s,
            StreetClass::Ferry => self.ferry_wait_s,
            _ => 0.0,
        };
        let waits = [
            (StreetTraits::SIGNALS_AT_FROM, self.signal_wait_s),
            (StreetTraits::SIGNALS_AT_TO, self.signal_wait_s),
            (StreetTraits::CROSSING_AT_FROM, self.crossing_wait_s),
            (StreetTraits::CROSSING_AT_TO, self.crossing_wait_s),
        ];
        let time = |seconds| WalkTime::from_seconds(seconds).unwrap_or(WalkTime::ZERO);
        let met = waits.iter().filter(|(at, _)| traits.contains(*at));
        met.fold(time(of_class), |sum, &(_, wait)| sum.plus(time(wait / 2.0)))
    }
}
