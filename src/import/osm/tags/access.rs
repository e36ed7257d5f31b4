//! May one walk here, in each direction, and always? `foot=*` over `access=*` over what the kind of way implies
//! (<https://wiki.openstreetmap.org/wiki/Key:access>).

use super::Tags;
use super::condition::{Clause, When, clauses};
use super::hours::{Hours, hours_of};

/// Whether the public may walk somewhere, the freest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Everybody.
    Allowed,
    /// Who lives, works or visits there: to it, not through it.
    Private,
    /// Nobody.
    No,
}

/// What tags say to a walker: how freely one may go, and whether only at times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The freest it ever is.
    pub access: Access,
    /// Whether it is less free at times or under conditions.
    pub conditional: bool,
}

/// Which way one walks along a way, seen from the order of its nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    /// As its nodes are ordered.
    Forward,
    /// Against it.
    Backward,
}

impl Heading {
    /// The keys that bind walkers in this direction, the most specific first
    /// (<https://wiki.openstreetmap.org/wiki/Key:access#Transport_mode_restrictions>,
    /// <https://wiki.openstreetmap.org/wiki/Forward_%26_backward,_left_%26_right>).
    const fn keys(self) -> [&'static str; 4] {
        match self {
            Self::Forward => ["foot:forward", "foot", "access:forward", "access"],
            Self::Backward => ["foot:backward", "foot", "access:backward", "access"],
        }
    }
}

/// What access values mean for a walker; `None` when they say nothing (`unknown`, a typo). Of several values
/// parted by semicolons each holds, so the freest counts
/// (<https://wiki.openstreetmap.org/wiki/Semi-colon_value_separator>).
///
/// `customers` and `delivery` let one go to a place, not through it. `destination` binds vehicles in practice
/// and routers let walkers pass. `use_sidepath` sends walkers to a way beside, which is mapped by itself
/// (<https://wiki.openstreetmap.org/wiki/Key:access#List_of_possible_values>).
pub fn access_of(values: &str) -> Option<Access> {
    values.split(';').filter_map(|value| one_access_of(value.trim())).min()
}

fn one_access_of(value: &str) -> Option<Access> {
    match value {
        "yes" | "designated" | "official" | "public" | "permissive" | "destination"
        | "discouraged" | "allowed" | "use_with_care" | "limited" | "dismount" => {
            Some(Access::Allowed)
        }
        "private" | "residents" | "resident" | "permit" | "employees" | "members" | "customers"
        | "delivery" | "key" | "students" | "staff" | "visitors" | "tenants" | "ticket" => {
            Some(Access::Private)
        }
        "no" | "use_sidepath" | "agricultural" | "forestry" | "emergency" | "military"
        | "restricted" | "closed" | "prohibited" => Some(Access::No),
        _ => None,
    }
}

/// The value of the first of `keys` that says something, and where it stands.
fn plain_of(tags: Tags<'_>, keys: &[&str]) -> Option<(usize, Access)> {
    keys.iter().enumerate().find_map(|(at, key)| Some((at, tags.get(key).and_then(access_of)?)))
}

/// Whether walkers are told of by a key of their own, not by the kind of way; in either direction.
pub fn foot_is_tagged(tags: Tags<'_>) -> bool {
    let keys = ["foot", "foot:forward", "foot:backward"];
    keys.iter().any(|key| tags.get(key).and_then(access_of).is_some())
}

/// Whether walkers are sent to a path beside the road
/// (<https://wiki.openstreetmap.org/wiki/Tag:foot=use_sidepath>).
pub fn is_sent_to_sidepath(tags: Tags<'_>) -> bool {
    tags.is("foot", "use_sidepath")
}

/// The verdict on something without a direction: a node, a lift.
pub fn walk_access(tags: Tags<'_>, implied: Access) -> Verdict {
    verdict_by(tags, &["foot", "access"], implied)
}

/// The verdict on a way walked in one direction.
pub fn walk_access_heading(tags: Tags<'_>, heading: Heading, implied: Access) -> Verdict {
    verdict_by(tags, &heading.keys(), implied)
}

/// Plain values, then conditions, then hours.
///
/// A condition counts unless a plain value of a more specific key overrides it: `foot=no` is stronger than
/// `access:conditional=yes @ …`, and `foot:conditional` stronger than `access=no`
/// (<https://wiki.openstreetmap.org/wiki/Conditional_restrictions>). Closed that opens at times, or open that
/// closes at times, is passable under conditions. `opening_hours=off` shuts for good, hours that never end bind
/// nobody (<https://wiki.openstreetmap.org/wiki/Key:opening_hours>).
fn verdict_by(tags: Tags<'_>, keys: &[&str], implied: Access) -> Verdict {
    let (last, plain) = plain_of(tags, keys).unwrap_or((keys.len() - 1, implied));
    let mut base = plain;
    let mut at_times: Vec<Access> = Vec::new();
    // From the least specific key on: what comes later in a value, or from a more specific key, overrides.
    for key in keys[..=last].iter().rev() {
        let Some(value) = tags.get_joined(key, ":conditional") else { continue };
        for Clause { value, when } in clauses(value) {
            let Some(says) = access_of(value) else { continue };
            match when {
                When::Always => {
                    base = says;
                    at_times.clear();
                }
                When::AtTimes => at_times.push(says),
                // Let in by who one is: to it, not through it. What only some are refused binds nobody here.
                When::ForSome if says != Access::No => base = base.min(Access::Private),
                When::ForSome | When::NotOnFoot => {}
            }
        }
    }
    let access = at_times.iter().copied().fold(base, Access::min);
    let varies = base != access || at_times.iter().any(|&says| says != access);
    match tags.get("opening_hours").map_or(Hours::Always, hours_of) {
        Hours::Never => Verdict { access: Access::No, conditional: false },
        Hours::Always => Verdict { access, conditional: varies },
        Hours::AtTimes => Verdict { access, conditional: true },
    }
}

/// Whether one can walk there only in a season, at low tide or over ice
/// (<https://wiki.openstreetmap.org/wiki/Key:seasonal>, <https://wiki.openstreetmap.org/wiki/Key:tidal>,
/// <https://wiki.openstreetmap.org/wiki/Key:ice_road>, <https://wiki.openstreetmap.org/wiki/Key:winter_road>).
pub fn depends_on_nature(tags: Tags<'_>) -> bool {
    ["seasonal", "tidal", "ice_road", "winter_road"].iter().any(|key| tags.is_set(key))
}
