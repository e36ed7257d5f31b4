//! The first place where two values differ, as a reader finds it in the file.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::{Checked, Reject};

/// Characters of a value that are told.
const TOLD_MAX: usize = 60;

/// What is said must be what was found, member by member; `place` is where it stands in the file.
pub(in crate::delivery) fn same<T: Serialize>(place: &str, said: &T, found: &T) -> Checked {
    let value = |of: &T| {
        let fault = |fault: serde_json::Error| Reject(format!("{place} cannot be read: {fault}"));
        serde_json::to_value(of).map_err(fault)
    };
    let mut at = place.to_owned();
    match difference(&value(said)?, &value(found)?, &mut at) {
        None => Ok(()),
        Some((said, found)) => Err(Reject(format!("{at} is said to be {said}, but is {found}"))),
    }
}

/// The first difference between two values: what each has there; `at` becomes the place.
pub(super) fn difference(said: &Value, found: &Value, at: &mut String) -> Option<(String, String)> {
    let begin = at.len();
    match (said, found) {
        (Value::Object(a), Value::Object(b)) => {
            let extra = b.keys().filter(|key| !a.contains_key(*key));
            // A fingerprint differs with everything else; what it is of says more.
            let (prints, others): (Vec<_>, Vec<_>) =
                a.keys().chain(extra).partition(|key| *key == "fingerprint");
            for key in others.into_iter().chain(prints) {
                at.truncate(begin);
                at.push_str(if begin == 0 { "" } else { "." });
                at.push_str(key);
                let (a, b) = (a.get(key), b.get(key));
                match (a, b) {
                    (Some(a), Some(b)) => {
                        if let Some(found) = difference(a, b, at) {
                            return Some(found);
                        }
                    }
                    // What is not told is told as nothing.
                    (None, Some(Value::Null)) => {}
                    (a, b) => return Some((told(a), told(b))),
                }
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            for index in 0..a.len().max(b.len()) {
                at.truncate(begin);
                let _ = write!(at, "[{index}]");
                match (a.get(index), b.get(index)) {
                    (Some(a), Some(b)) => {
                        if let Some(found) = difference(a, b, at) {
                            return Some(found);
                        }
                    }
                    (a, b) => return Some((told(a), told(b))),
                }
            }
        }
        (Value::Number(a), Value::Number(b)) if is_same(a, b) => {}
        (a, b) if a == b => {}
        (a, b) => return Some((told(Some(a)), told(Some(b)))),
    }
    at.truncate(begin);
    None
}

/// Whole numbers are compared as such; others may be apart by what adding up in another order brings.
fn is_same(a: &serde_json::Number, b: &serde_json::Number) -> bool {
    if a.is_f64() || b.is_f64() {
        let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
        return (a - b).abs() <= 1e-12 * (1.0 + b.abs());
    }
    a == b
}

fn told(value: Option<&Value>) -> String {
    let Some(value) = value else { return "missing".to_owned() };
    let text = value.to_string();
    if text.chars().count() <= TOLD_MAX {
        return text;
    }
    text.chars().take(TOLD_MAX).chain(" …".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(a: &Value, b: &Value) -> Option<(String, String, String)> {
        let mut at = String::new();
        let (said, found) = difference(a, b, &mut at)?;
        Some((at, said, found))
    }

    #[test]
    fn the_first_difference_is_named_by_its_place() {
        let one = json!({ "a": [1, { "b": 2.0 }], "c": "x" });
        assert_eq!(found(&one, &one), None);
        assert_eq!(found(&one, &json!({ "c": "x", "a": [1, { "b": 2 }] })), None);
        let told = |other: &Value| found(&one, other).unwrap();
        let place = |other: &Value| told(other).0;
        assert_eq!(place(&json!({ "a": [1, { "b": 3 }], "c": "x" })), "a[1].b");
        assert_eq!(place(&json!({ "a": [1, {}], "c": "x" })), "a[1].b");
        assert_eq!(place(&json!({ "a": [1], "c": "x" })), "a[1]");
        assert_eq!(place(&json!({ "a": [1, { "b": 2 }], "c": "y" })), "c");
        let more = told(&json!({ "a": [1, { "b": 2 }], "c": "x", "d": 0 }));
        assert_eq!(more, ("d".to_owned(), "missing".to_owned(), "0".to_owned()));
        assert_eq!(found(&one, &json!({ "a": [1, { "b": 2 }], "c": "x", "d": null })), None);
        // Whole numbers differ by one however large they are.
        assert!(
            found(&json!(9_007_199_254_740_993_i64), &json!(9_007_199_254_740_992_i64)).is_some()
        );
    }

    #[test]
    fn a_long_value_is_cut() {
        let long = json!("啊".repeat(100));
        assert!(found(&long, &json!(1)).unwrap().1.chars().count() <= TOLD_MAX + 2);
    }
}
