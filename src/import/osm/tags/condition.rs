//! `*:conditional=value @ (condition); value @ (condition)` taken apart
//! (<https://wiki.openstreetmap.org/wiki/Conditional_restrictions>).

use super::hours::{Hours, hours_of};

/// When a clause holds, to somebody who walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Around the clock, all year.
    Always,
    /// At some times, in some season or weather.
    AtTimes,
    /// For some people: residents, permit holders, customers.
    ForSome,
    /// Never on foot: it asks for the weight, the length or the load of a vehicle.
    NotOnFoot,
}

/// One clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause<'a> {
    /// What holds then.
    pub value: &'a str,
    /// When.
    pub when: When,
}

/// The clauses of a value in their order. Semicolons part clauses only outside of parentheses, where they belong
/// to opening hours, and only before a value with its `@`.
pub fn clauses(text: &str) -> impl Iterator<Item = Clause<'_>> {
    split_clauses(text).into_iter().map(|clause| {
        let (value, condition) = clause.split_once('@').unwrap_or((clause, ""));
        Clause { value: value.trim(), when: when_of(condition) }
    })
}

fn split_clauses(text: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = Vec::new();
    let (mut start, mut depth) = (0, 0_i32);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            // `no @ Mo-Fr 08:00-10:00; Sa 09:00-10:00` goes on: what follows has no value of its own.
            ';' if depth <= 0 && next_has_value(&text[at + 1..]) => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn next_has_value(rest: &str) -> bool {
    let end = rest.find(';').unwrap_or(rest.len());
    rest[..end].contains('@')
}

/// Several conditions joined by `AND` hold together, so the narrowest of them counts.
fn when_of(condition: &str) -> When {
    let inner = condition.trim();
    let inner = inner.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(inner);
    let lower = inner.to_lowercase();
    let kinds = || lower.split(" and ").map(|part| when_of_one(part.trim()));
    [When::NotOnFoot, When::ForSome, When::AtTimes]
        .into_iter()
        .find(|&kind| kinds().any(|found| found == kind))
        .unwrap_or(When::Always)
}

fn when_of_one(condition: &str) -> When {
    const VEHICLE: [&str; 14] = [
        "weight",
        "maxweight",
        "length",
        "width",
        "height",
        "axle",
        "wheels",
        "trailer",
        "emission",
        "motor",
        "maxspeed",
        "hgv",
        "fuel",
        "draught",
    ];
    const PEOPLE: [&str; 20] = [
        "resident",
        "permit",
        "private",
        "customer",
        "delivery",
        "staff",
        "employee",
        "member",
        "destination",
        "visitor",
        "guest",
        "student",
        "pupil",
        "tenant",
        "owner",
        "ticket",
        "disabled",
        "authorized",
        "authorised",
        "key",
    ];
    let has = |words: &[&str]| words.iter().any(|word| condition.contains(word));
    let compares = condition.contains(['<', '>', '=']);
    if has(&VEHICLE) && (compares || !condition.contains(char::is_whitespace)) {
        return When::NotOnFoot;
    }
    if has(&PEOPLE) {
        return When::ForSome;
    }
    match hours_of(condition) {
        Hours::Always => When::Always,
        Hours::Never | Hours::AtTimes => When::AtTimes,
    }
}
