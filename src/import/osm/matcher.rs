//! From tags to functions: the matcher lines of the taxonomy, compiled.

use std::collections::{BTreeMap, BTreeSet};

use super::tags::Tags;
use crate::facility::{Function, Taxonomy};
use crate::ids::FunctionId;

/// What walkshed knows out of the box.
const FUNCTIONS_TOML: &str = include_str!("../../../data/functions.toml");

/// Why a taxonomy cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatcherError {
    /// A matcher line is not `key=value`, `key=a|b`, `key=*` or `key!=a`, joined by `+`.
    #[error(
        "function {function:?}: cannot read the tag rule {line:?}; write key=value, key=a|b, key=* or \
         key!=a, joined by +"
    )]
    Line {
        /// Id of the function.
        function: String,
        /// The line.
        line: String,
    },
    /// A line that only refuses would match nearly everything.
    #[error(
        "function {function:?}: the tag rule {line:?} only refuses; add a key=value it must have"
    )]
    OnlyRefuses {
        /// Id of the function.
        function: String,
        /// The line.
        line: String,
    },
    /// The file of functions is not what it should be.
    #[error("cannot read the functions: {0}")]
    File(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Any,
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
}

/// One part of a matcher line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    key: String,
    test: Test,
}

impl Clause {
    fn holds(&self, tags: Tags<'_>) -> bool {
        match (&self.test, tags.get(&self.key)) {
            (Test::NoneOf(_), None) => true,
            (Test::Any | Test::OneOf(_), None) => false,
            (Test::Any, Some(value)) => value != "no",
            (Test::OneOf(words), Some(value)) => has_word(words, value),
            (Test::NoneOf(words), Some(value)) => !has_word(words, value),
        }
    }

    fn refuses(&self) -> bool {
        matches!(self.test, Test::NoneOf(_))
    }
}

/// Whether `value`, a list divided by semicolons, has one of `words`
/// (<https://wiki.openstreetmap.org/wiki/Semi-colon_value_separator>).
fn has_word(words: &[String], value: &str) -> bool {
    value.split(';').any(|part| words.iter().any(|word| word == part.trim()))
}

/// Reads one matcher line; `None` when it is not one.
pub fn parse_line(line: &str) -> Option<Vec<Clause>> {
    line.split('+').map(parse_clause).collect()
}

fn parse_clause(clause: &str) -> Option<Clause> {
    let (key, values) = clause.trim().split_once('=')?;
    let (key, refuses) = match key.strip_suffix('!') {
        Some(key) => (key.trim(), true),
        None => (key.trim(), false),
    };
    let words: Vec<String> = values.split('|').map(|word| word.trim().to_owned()).collect();
    if key.is_empty() || words.iter().any(String::is_empty) {
        return None;
    }
    let test = match (refuses, words.iter().any(|word| word == "*")) {
        (false, true) if words.len() == 1 => Test::Any,
        (_, true) => return None,
        (false, false) => Test::OneOf(words),
        (true, false) => Test::NoneOf(words),
    };
    Some(Clause { key: key.to_owned(), test })
}

/// All matcher lines of a taxonomy, found by the first key they need.
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    by_key: BTreeMap<String, Vec<(FunctionId, Vec<Clause>)>>,
}

impl Matcher {
    /// Compiles the lines of `taxonomy`.
    ///
    /// # Errors
    /// When a line cannot be read or only refuses.
    pub fn new(taxonomy: &Taxonomy) -> Result<Self, MatcherError> {
        let mut matcher = Self::default();
        for (id, function) in taxonomy.functions().enumerate() {
            for line in &function.osm {
                matcher.add(id, function, line)?;
            }
        }
        Ok(matcher)
    }

    fn add(&mut self, id: FunctionId, of: &Function, line: &str) -> Result<(), MatcherError> {
        let (function, line_text) = (of.id.clone(), line.to_owned());
        let Some(clauses) = parse_line(line) else {
            return Err(MatcherError::Line { function, line: line_text });
        };
        let Some(first) = clauses.iter().find(|clause| !clause.refuses()) else {
            return Err(MatcherError::OnlyRefuses { function, line: line_text });
        };
        self.by_key.entry(first.key.clone()).or_default().push((id, clauses));
        Ok(())
    }

    /// Whether a tag with this key can make a facility.
    pub fn knows_key(&self, key: &str) -> bool {
        self.by_key.contains_key(key)
    }

    /// The functions that `tags` mean, in id order, each once.
    pub fn functions(&self, tags: Tags<'_>) -> Vec<FunctionId> {
        let found: BTreeSet<FunctionId> = tags
            .pairs()
            .iter()
            .filter_map(|(key, _)| self.by_key.get(*key))
            .flatten()
            .filter(|(_, clauses)| clauses.iter().all(|clause| clause.holds(tags)))
            .map(|(id, _)| *id)
            .collect();
        found.into_iter().collect()
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionFile {
    function: Vec<Function>,
}

/// Reads a file of functions: a `[[function]]` table each, see `data/functions.toml`.
///
/// # Errors
/// When the text is not such a file, two functions share an id, or a matcher line cannot be read.
pub fn parse_functions(text: &str) -> Result<Taxonomy, MatcherError> {
    let file: FunctionFile =
        toml::from_str(text).map_err(|error| MatcherError::File(error.to_string()))?;
    let taxonomy =
        Taxonomy::new(file.function).map_err(|error| MatcherError::File(error.to_string()))?;
    Matcher::new(&taxonomy)?;
    Ok(taxonomy)
}

/// The functions that ship with walkshed (`data/functions.toml`).
///
/// # Errors
/// Never with the file that ships; a test holds it to that.
pub fn standard_functions() -> Result<Taxonomy, MatcherError> {
    parse_functions(FUNCTIONS_TOML)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions_of(pairs: &[(&str, &str)]) -> Vec<String> {
        let taxonomy = standard_functions().unwrap();
        let matcher = Matcher::new(&taxonomy).unwrap();
        let ids = matcher.functions(Tags::new(pairs));
        ids.iter().map(|&id| taxonomy.functions()[id].id.clone()).collect()
    }

    #[test]
    fn the_functions_that_ship_can_be_read() {
        let taxonomy = standard_functions().unwrap();
        for id in ["childcare", "kindergarten", "elder_care", "health", "public_toilet", "bus_stop"]
        {
            assert!(taxonomy.find(id).is_some(), "{id}");
        }
        assert_eq!(taxonomy.find_word("托育"), taxonomy.find("childcare"));
        assert!(taxonomy.functions().len() >= 20);
    }

    #[test]
    fn one_place_can_offer_several_functions() {
        assert_eq!(functions_of(&[("amenity", "hospital")]), ["health", "hospital"]);
        assert_eq!(functions_of(&[("amenity", "townhall")]), ["community_service"]);
        assert!(functions_of(&[("amenity", "bench")]).is_empty());
    }

    #[test]
    fn schools_are_told_apart_by_their_tagged_level() {
        // https://wiki.openstreetmap.org/wiki/Key:isced:level
        let school = ("amenity", "school");
        assert_eq!(functions_of(&[school]), ["school"]);
        assert_eq!(functions_of(&[school, ("isced:level", "1")]), ["primary_school", "school"]);
        assert_eq!(
            functions_of(&[school, ("isced:level", "1;2")]),
            ["primary_school", "secondary_school", "school"]
        );
    }

    #[test]
    fn care_counts_for_the_old_only_when_it_is_theirs() {
        // https://wiki.openstreetmap.org/wiki/Tag:amenity=social_facility
        let social = ("amenity", "social_facility");
        let day_care = ("social_facility", "day_care");
        assert!(
            functions_of(&[social, day_care, ("social_facility:for", "senior")])
                .contains(&"elder_care".to_owned())
        );
        assert!(
            !functions_of(&[social, day_care, ("social_facility:for", "child")])
                .contains(&"elder_care".to_owned())
        );
    }

    #[test]
    fn bad_lines_are_named() {
        let read = |osm: &str| {
            parse_functions(&format!(
                "[[function]]\nid = \"x\"\nen = \"X\"\nzh = \"X\"\nosm = [\"{osm}\"]\n"
            ))
        };
        assert!(matches!(read("amenity"), Err(MatcherError::Line { .. })));
        assert!(matches!(read("amenity="), Err(MatcherError::Line { .. })));
        assert!(matches!(read("access!=no"), Err(MatcherError::OnlyRefuses { .. })));
        assert!(read("amenity=a|b+access!=no").is_ok());
        assert!(matches!(parse_functions("[[function]]\nidd = 1"), Err(MatcherError::File(_))));
    }
}
