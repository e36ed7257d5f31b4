//! Names of properties and columns: one table for every file. Units come last.

use std::borrow::Cow;

use serde_json::Value;

use crate::demand::DemandUnit;
use crate::units::Yardstick;

/// Identity of a feature: a zone's key, or the number of a facility or demand point in this study.
pub const ID: &str = "id";
/// Id of a feature at its source.
pub const KEY: &str = "key";
/// Name as written at the source.
pub const NAME: &str = "name";
/// Depth of a zone, 0 for the coarsest.
pub const LEVEL: &str = "level";
/// Name of a zone's level.
pub const LEVEL_NAME: &str = "level_name";
/// Key of the zone that a zone is part of.
pub const PARENT: &str = "parent";
/// What kind of community a zone is.
pub const KIND: &str = "kind";
/// Key of a zone.
pub const ZONE: &str = "zone";
/// Name of a zone.
pub const ZONE_NAME: &str = "zone_name";
/// Id of a standard.
pub const STANDARD: &str = "standard";
/// Id of a rule; [`COMPOSITE`] for a composite.
pub const RULE: &str = "rule";
/// What stands for the rule where a composite is meant.
pub const COMPOSITE: &str = "composite";
/// People of the group a rule is for.
pub const PERSONS: &str = "persons";
/// Of those, within the cutoff.
pub const COVERED_PERSONS: &str = "covered_persons";
/// Of those, with a street but beyond it or cut off.
pub const LEFT_OUT_PERSONS: &str = "left_out_persons";
/// Of those, without street data; with the covered and the left out they are everybody.
pub const NO_STREET_PERSONS: &str = "no_street_persons";
/// Of those, in reach of a place, when places are counted.
pub const SERVED_PERSONS: &str = "served_persons";
/// Of those, in reach of facilities that are full.
pub const FULL_PERSONS: &str = "full_persons";
/// Of those, in reach only of facilities that do not say how many places they have.
pub const UNKNOWN_PERSONS: &str = "unknown_persons";
/// Of those, with a street but beyond the cutoff.
pub const OUT_OF_REACH_PERSONS: &str = "out_of_reach_persons";
/// The four parts of everybody with street data when places are counted, in order.
pub const CAPACITY_SPLIT: [&str; 4] =
    [SERVED_PERSONS, FULL_PERSONS, UNKNOWN_PERSONS, OUT_OF_REACH_PERSONS];
/// Covered of those with street data, 0 to 1.
pub const SHARE: &str = "share";
/// The share that a verdict rests on: those with a place where places are counted, else [`SHARE`].
pub const JUDGED_SHARE: &str = "judged_share";
/// `benchmark`, `pass`, `fail`, and without a verdict `counted_only`, `unverified`, `not_recorded`, `not_assessable`.
pub const OUTCOME: &str = "outcome";
/// Whether a demand point is within the cutoff.
pub const COVERED: &str = "covered";
/// Number of the nearest facility.
pub const FACILITY: &str = "facility";
/// Whether everything a composite requires is in reach.
pub const COMPLETE: &str = "complete";
/// What is not in reach: functions of a rule, rules of a composite.
pub const MISSING: &str = "missing";
/// How many people miss each of what is missing, in the same order.
pub const MISSING_PERSONS: &str = "missing_persons";
/// How many optional functions are in reach.
pub const OPTIONAL: &str = "optional";
/// Place of a coverage gap among those of its rule, 1 for the most people.
pub const RANK: &str = "rank";
/// How many demand points.
pub const POINTS: &str = "points";
/// Longitude of the place where most people of a gap live.
pub const CENTER_LON: &str = "center_lon";
/// Latitude of that place.
pub const CENTER_LAT: &str = "center_lat";
/// Layer a facility came in with.
pub const LAYER: &str = "layer";
/// Ids of the functions a facility offers.
pub const FUNCTIONS: &str = "functions";
/// Places that a facility has, over the functions for which that is known.
pub const CAPACITY: &str = "capacity";
/// Tier of a facility.
pub const TIER: &str = "tier";
/// `open`, `planned` or `closed`.
pub const STATUS: &str = "status";
/// Year a facility opened or will open.
pub const OPENING_YEAR: &str = "opening_year";
/// How many entrances.
pub const ENTRANCES: &str = "entrances";
/// Longitude of the nearest street position a facility was moved to.
pub const SNAPPED_LON: &str = "snapped_lon";
/// Latitude of that position.
pub const SNAPPED_LAT: &str = "snapped_lat";
/// Length of the access leg in metres.
pub const ACCESS_M: &str = "access_m";
/// Whether there is a street within the limit, for any walker.
pub const HAS_STREET: &str = "has_street";
/// Whether that position lies on an island.
pub const ON_ISLAND: &str = "on_island";
/// Id of a walk profile.
pub const PROFILE: &str = "profile";
/// Place asked about: longitude, latitude.
pub const ORIGIN: &str = "origin";
/// Id of a demand group.
pub const GROUP: &str = "group";
/// Number of an edge.
pub const EDGE: &str = "edge";
/// Id of the way an edge is part of, at its source.
pub const WAY: &str = "way";
/// Class of a street.
pub const CLASS: &str = "class";
/// Length in metres.
pub const LENGTH_M: &str = "length_m";
/// Walking time in whole milliseconds.
pub const TIME_MS: &str = "time_ms";
/// Walking time in minutes.
pub const TIME_MIN: &str = "time_min";
/// What a feature of a reach answer is: `origin`, `isochrone`, `service_area`, `route`.
pub const WHAT: &str = "what";
/// Cutoff in minutes.
pub const CUTOFF_MIN: &str = "cutoff_min";
/// Cutoff in metres.
pub const CUTOFF_M: &str = "cutoff_m";
/// Places asked for per 1,000 people.
pub const CAPACITY_PER_1000: &str = "capacity_per_1000";
/// Length of the reached streets in kilometres.
pub const STREET_KM: &str = "street_km";
/// Side in metres of the squares that an isochrone was drawn on.
pub const CELL_M: &str = "cell_m";
/// How far in metres the outline of an isochrone may lie from the edge of the ground it stands for.
pub const TOLERANCE_M: &str = "tolerance_m";

/// Last words of the names of properties that are text, or lists of texts and numbers.
pub const TEXTS: [&str; 19] = [
    KEY,
    NAME,
    LEVEL_NAME,
    PARENT,
    KIND,
    ZONE,
    ZONE_NAME,
    STANDARD,
    RULE,
    OUTCOME,
    MISSING,
    MISSING_PERSONS,
    LAYER,
    FUNCTIONS,
    TIER,
    STATUS,
    PROFILE,
    GROUP,
    CLASS,
];
/// Last words of the names of properties that are whole numbers.
pub const WHOLE: [&str; 11] =
    [ID, LEVEL, FACILITY, OPTIONAL, RANK, POINTS, OPENING_YEAR, ENTRANCES, EDGE, WAY, TIME_MS];
/// Last words of the names of properties that are yes or no.
pub const FLAGS: [&str; 4] = [COVERED, COMPLETE, HAS_STREET, ON_ISLAND];

/// `persons_<group>`.
pub fn persons_of(group: &str) -> String {
    format!("persons_{group}")
}

/// What counts people is called `street_m` where metres of street stand in for them.
const METERS: &str = "street_m";

/// What one of those newly covered costs.
const COST_PER_PERSON: &str = "cost_per_person";

/// `name` as files have it: where metres of street stand in for people, it says so.
pub fn counted(unit: DemandUnit, name: &str) -> Cow<'_, str> {
    match unit {
        DemandUnit::Persons | DemandUnit::PersonsEstimated => Cow::Borrowed(name),
        DemandUnit::StreetMeters => {
            Cow::Owned(name.replace(PERSONS, METERS).replace(COST_PER_PERSON, "cost_per_street_m"))
        }
    }
}

/// `value` with every member named as files have it: after metres of street where those are counted.
pub fn members(unit: DemandUnit, value: Value) -> Value {
    match value {
        Value::Array(parts) => parts.into_iter().map(|part| members(unit, part)).collect(),
        Value::Object(named) => named
            .into_iter()
            .map(|(name, value)| (counted(unit, &name).into_owned(), members(unit, value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other,
    }
}

/// `capacity_<function>`.
pub fn capacity_of(function: &str) -> String {
    format!("capacity_{function}")
}

/// `<standard>.<rule>.<what>`.
pub fn of_rule(standard: &str, rule: &str, what: &str) -> String {
    format!("{standard}.{rule}.{what}")
}

/// `min` or `m`.
pub const fn unit(yardstick: Yardstick) -> &'static str {
    match yardstick {
        Yardstick::Minutes => "min",
        Yardstick::Meters => "m",
    }
}

/// `<what>_min` or `<what>_m`: `nearest_min`, `mean_m` …
pub fn in_unit(what: &str, yardstick: Yardstick) -> String {
    format!("{what}_{}", unit(yardstick))
}
