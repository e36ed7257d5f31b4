//! The vocabulary of functions: data, not code.

use serde::{Deserialize, Serialize};

use crate::ids::{FunctionId, IdVec};

/// A function a facility can offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Short lower-case name used in files: `childcare`, `elder_care` …
    pub id: String,
    /// English name.
    pub en: String,
    /// Chinese name.
    pub zh: String,
    /// OpenStreetMap tags that mean it; any line suffices. A line is one or more `key=value` joined by `+`,
    /// all of which must hold; `key=a|b` takes either, `key=*` any value, `key!=a` refuses a value
    /// (and holds when the key is absent).
    #[serde(default)]
    pub osm: Vec<String>,
    /// Other words for it in tables (any case), in any language.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// All functions of a study, in file order. Open: a study may add its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taxonomy {
    functions: IdVec<FunctionId, Function>,
}

/// Why a taxonomy cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaxonomyError {
    /// Two functions with one id.
    #[error("function {0:?} is defined twice; give one of them another id")]
    Twice(String),
}

impl Taxonomy {
    /// A taxonomy of `functions`.
    ///
    /// # Errors
    /// When two share an id.
    pub fn new(functions: Vec<Function>) -> Result<Self, TaxonomyError> {
        let mut seen = std::collections::BTreeSet::new();
        for function in &functions {
            if !seen.insert(function.id.as_str()) {
                return Err(TaxonomyError::Twice(function.id.clone()));
            }
        }
        Ok(Self { functions: functions.into() })
    }

    /// The functions in id order.
    pub fn functions(&self) -> &IdVec<FunctionId, Function> {
        &self.functions
    }

    /// The function called `id`, by its id alone.
    pub fn find(&self, id: &str) -> Option<FunctionId> {
        self.functions.enumerate().find(|(_, function)| function.id == id).map(|(found, _)| found)
    }

    /// The function that `word` (id, English or Chinese name, alias; any case) stands for.
    pub fn find_word(&self, word: &str) -> Option<FunctionId> {
        let word = word.trim().to_lowercase();
        let is = |text: &str| text.to_lowercase() == word;
        self.functions
            .enumerate()
            .find(|(_, f)| is(&f.id) || is(&f.en) || is(&f.zh) || f.aliases.iter().any(|a| is(a)))
            .map(|(id, _)| id)
    }
}
