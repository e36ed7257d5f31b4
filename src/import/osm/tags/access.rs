//! May one walk here? `foot=*` over `access=*` over what the kind of way implies
//! (<https://wiki.openstreetmap.org/wiki/Key:access>).

use super::Tags;

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

/// What one access value means for a walker; `None` when it says nothing (`unknown`, a typo).
///
/// `customers` and `delivery` let one go to a place, not through it. `destination` binds vehicles in practice
/// and routers let walkers pass. `use_sidepath` sends walkers to a way beside, which is mapped by itself
/// (<https://wiki.openstreetmap.org/wiki/Key:access#List_of_possible_values>).
pub fn access_of(value: &str) -> Option<Access> {
    match value.split(';').next().unwrap_or("").trim() {
        "yes" | "designated" | "official" | "public" | "permissive" | "destination"
        | "discouraged" | "allowed" | "use_with_care" | "limited" => Some(Access::Allowed),
        "private" | "residents" | "permit" | "employees" | "members" | "customers" | "delivery"
        | "key" | "students" | "staff" => Some(Access::Private),
        "no" | "use_sidepath" | "agricultural" | "forestry" | "emergency" | "military"
        | "restricted" | "closed" | "prohibited" => Some(Access::No),
        _ => None,
    }
}

/// The access of walkers: `foot`, else `access`, else `implied`.
pub fn foot_access(tags: Tags<'_>, implied: Access) -> Access {
    ["foot", "access"]
        .into_iter()
        .find_map(|key| tags.get(key).and_then(access_of))
        .unwrap_or(implied)
}

/// Whether walkers are let in by a tag of its own, not by the kind of way.
pub fn foot_is_tagged(tags: Tags<'_>) -> bool {
    tags.get("foot").and_then(access_of).is_some_and(|access| access != Access::No)
}

/// What a condition says when it holds: the value before the first `@`
/// (<https://wiki.openstreetmap.org/wiki/Conditional_restrictions>).
fn conditional_access(tags: Tags<'_>) -> Option<Access> {
    ["foot:conditional", "access:conditional"]
        .into_iter()
        .find_map(|key| tags.get(key))
        .and_then(|value| access_of(value.split('@').next().unwrap_or("")))
}

/// Access with conditions weighed: closed that opens at times, or open that closes at times, is passable
/// under conditions. The second value says so.
pub fn foot_access_with_conditions(tags: Tags<'_>, implied: Access) -> (Access, bool) {
    let plain = foot_access(tags, implied);
    let timed = tags.get("opening_hours").is_some_and(|hours| hours.trim() != "24/7");
    match conditional_access(tags) {
        Some(when) if when < plain => (when, true),
        Some(when) if when > plain => (plain, true),
        _ => (plain, timed),
    }
}
