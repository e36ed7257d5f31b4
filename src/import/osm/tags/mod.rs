//! Tag rules: pure decisions on the tags of one element, each with its wiki page.

pub mod access;
pub mod barrier;
pub mod basemap;
pub mod building;
pub mod compound;
pub mod condition;
pub mod crossing;
pub mod hours;
pub mod measure;
pub mod node;
pub mod street;
pub mod traits;

/// The tags of one element, to look things up in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tags<'a> {
    pairs: &'a [(&'a str, &'a str)],
}

impl<'a> Tags<'a> {
    /// Tags from key–value pairs.
    pub const fn new(pairs: &'a [(&'a str, &'a str)]) -> Self {
        Self { pairs }
    }

    /// The pairs.
    pub const fn pairs(self) -> &'a [(&'a str, &'a str)] {
        self.pairs
    }

    /// The value of `key`.
    pub fn get(self, key: &str) -> Option<&'a str> {
        self.pairs.iter().find(|pair| pair.0 == key).map(|pair| pair.1)
    }

    /// The value of the key that is `start` and `end` written together.
    pub fn get_joined(self, start: &str, end: &str) -> Option<&'a str> {
        let is_key = |key: &str| key.strip_suffix(end) == Some(start);
        self.pairs.iter().find(|pair| is_key(pair.0)).map(|pair| pair.1)
    }

    /// The value of `key`, or nothing at all.
    pub fn text(self, key: &str) -> &'a str {
        self.get(key).unwrap_or("")
    }

    /// Whether `key` is there.
    pub fn has(self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether `key` has `value`.
    pub fn is(self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }

    /// Whether `key` has one of `values`.
    pub fn is_any(self, key: &str, values: &[&str]) -> bool {
        self.get(key).is_some_and(|value| values.contains(&value))
    }

    /// Whether `key` is there and not `no`.
    pub fn is_set(self, key: &str) -> bool {
        self.get(key).is_some_and(|value| value != "no")
    }

    /// Whether the thing is not there any more or not yet: `construction=yes`, `abandoned=yes` …
    /// (<https://wiki.openstreetmap.org/wiki/Lifecycle_prefix>).
    pub fn is_out_of_use(self) -> bool {
        const STATES: [&str; 9] = [
            "abandoned",
            "construction",
            "demolished",
            "destroyed",
            "disused",
            "planned",
            "proposed",
            "razed",
            "removed",
        ];
        self.pairs.iter().any(|(key, value)| *value == "yes" && STATES.contains(key))
    }
}
