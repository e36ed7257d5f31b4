//! Where a carriageway is crossed, and how (<https://wiki.openstreetmap.org/wiki/Key:crossing>).

use super::Tags;
use crate::street::{CrossingKind, StreetTraits};

/// The decision on the tags of a node; `None` where nobody crosses.
///
/// `highway=crossing` is a crossing (<https://wiki.openstreetmap.org/wiki/Tag:highway=crossing>);
/// `highway=traffic_signals` stops those who cross there on ways of their own
/// (<https://wiki.openstreetmap.org/wiki/Tag:highway=traffic_signals>). `crossing=no` says that one may not.
pub fn crossing_of(tags: Tags<'_>) -> Option<CrossingKind> {
    if tags.is("crossing", "no") || tags.is_out_of_use() {
        return None;
    }
    match tags.text("highway") {
        "traffic_signals" => Some(CrossingKind::Signals),
        "crossing" if has_signals(tags) => Some(CrossingKind::Signals),
        "crossing" => Some(CrossingKind::Plain),
        _ => None,
    }
}

/// What a way drawn over a carriageway is marked with
/// (<https://wiki.openstreetmap.org/wiki/Tag:footway=crossing>; the same on paths and cycleways).
pub(super) fn crossing_way(tags: Tags<'_>) -> StreetTraits {
    let is_drawn = tags.is("highway", "crossing")
        || ["footway", "path", "cycleway"].iter().any(|key| tags.is(key, "crossing"));
    match (is_drawn, has_signals(tags)) {
        (false, _) => StreetTraits::empty(),
        (true, false) => StreetTraits::CROSSING_WAY,
        (true, true) => StreetTraits::CROSSING_WAY | StreetTraits::SIGNALS_WAY,
    }
}

/// `crossing:signals` comes before the older `crossing=traffic_signals`
/// (<https://wiki.openstreetmap.org/wiki/Key:crossing:signals>).
fn has_signals(tags: Tags<'_>) -> bool {
    match tags.get("crossing:signals") {
        Some(signals) => signals != "no",
        None => tags.is("crossing", "traffic_signals"),
    }
}
