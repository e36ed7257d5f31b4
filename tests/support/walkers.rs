//! Walk profiles with round numbers.

use walkshed::street::{Permission, Slope, WalkProfile};

/// Walks 1 m/s everywhere, on steps half of it; uses everything that is open. 1 m takes 1 s.
pub(crate) fn adult() -> WalkProfile {
    WalkProfile {
        id: "adult".to_owned(),
        en: "Adult".to_owned(),
        zh: "成人".to_owned(),
        walk_speed_m_s: 1.0,
        off_street_speed_m_s: 1.0,
        source: "made up for tests".to_owned(),
        source_zh: String::new(),
        signal_wait_s: 0.0,
        crossing_wait_s: 0.0,
        verified: false,
        steps: Permission::Allow,
        steps_speed_factor: 0.5,
        stroller_ramp_on_steps: false,
        wheelchair_ramp_on_steps: false,
        elevator: Permission::Allow,
        elevator_s: 60.0,
        escalator: Permission::Allow,
        ferry: Permission::Allow,
        ferry_wait_s: 300.0,
        narrow: Permission::Allow,
        no_sidewalk: Permission::Allow,
        conditional: Permission::Allow,
        wheelchair_no: Permission::Allow,
        rough: Permission::Allow,
        rough_speed_factor: 0.8,
        indoor: Permission::Allow,
        raised_curb: Permission::Allow,
        ford: Permission::Allow,
        off_road: Permission::Allow,
        steep: Permission::Allow,
        tight: Permission::Allow,
        sidewalk_apart: Permission::Allow,
        expressway: Permission::Allow,
        slope: Slope::default(),
    }
}

/// Walks 0.83 m/s; takes no steps, no moving stairs and nothing narrow.
pub(crate) fn stroller() -> WalkProfile {
    WalkProfile {
        id: "stroller".to_owned(),
        walk_speed_m_s: 0.83,
        off_street_speed_m_s: 0.7,
        steps: Permission::Forbid,
        escalator: Permission::Forbid,
        narrow: Permission::Forbid,
        rough: Permission::Forbid,
        ..adult()
    }
}

/// Rolls 0.8 m/s; no steps, no raised kerbs, nothing that says `wheelchair=no`.
pub(crate) fn wheelchair() -> WalkProfile {
    WalkProfile {
        id: "wheelchair".to_owned(),
        walk_speed_m_s: 0.8,
        off_street_speed_m_s: 0.6,
        steps: Permission::Forbid,
        wheelchair_no: Permission::Forbid,
        raised_curb: Permission::Forbid,
        ..adult()
    }
}

/// Walks 1.37 m/s, a speed that makes every time need rounding, and waits at crossings.
pub(crate) fn hasty() -> WalkProfile {
    WalkProfile {
        id: "hasty".to_owned(),
        walk_speed_m_s: 1.37,
        off_street_speed_m_s: 1.11,
        signal_wait_s: 7.3,
        crossing_wait_s: 1.701,
        conditional: Permission::Forbid,
        ..adult()
    }
}
