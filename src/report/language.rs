//! The two languages of a report and their texts.

use std::collections::BTreeMap;

use crate::coverage::GapWords;

/// Language of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese, simplified.
    Zh,
}

impl Language {
    /// The tag for the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }

    /// The one of two texts that is in this language.
    pub fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        let (wanted, other) = match self {
            Self::En => (en, zh),
            Self::Zh => (zh, en),
        };
        if wanted.trim().is_empty() { other } else { wanted }
    }

    /// The words that names of coverage gaps need.
    pub(super) const fn gap_words(self) -> GapWords {
        match self {
            Self::En => GapWords::ENGLISH,
            Self::Zh => GapWords::CHINESE,
        }
    }

    /// What stands between two sentences.
    pub(super) const fn between_sentences(self) -> &'static str {
        match self {
            Self::En => " ",
            Self::Zh => "",
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::En => include_str!("texts/en.toml"),
            Self::Zh => include_str!("texts/zh.toml"),
        }
    }
}

/// A catalogue of texts that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the texts for language {language:?} cannot be read: {source}")]
pub struct CatalogError {
    /// Which language.
    pub language: &'static str,
    /// What is wrong.
    pub source: Box<toml::de::Error>,
}

/// All texts of one language by key. A text may hold `{name}`s that are filled in when it is said.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// Which language.
    pub language: Language,
    texts: BTreeMap<String, String>,
}

impl Catalog {
    /// The catalogue of `language`.
    ///
    /// # Errors
    /// When the texts shipped for it are no flat table of strings.
    pub fn load(language: Language) -> Result<Self, CatalogError> {
        let texts = toml::from_str(language.source()).map_err(|source| CatalogError {
            language: language.tag(),
            source: Box::new(source),
        })?;
        Ok(Self { language, texts })
    }

    /// The keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// The text of `key`, if there is one.
    pub fn find(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The text of `key`; the key itself when there is none (a test sees to it that there is).
    pub fn say(&self, key: &str) -> String {
        self.find(key).unwrap_or(key).to_owned()
    }

    /// The text of `key` with every `{name}` replaced by its value; values are taken as they are.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.find(key).unwrap_or(key), values)
    }
}

/// `text` with every `{name}` replaced; a value is never searched for names again.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        let found = after.find('}').and_then(|end| {
            let value = values.iter().find(|(name, _)| *name == &after[..end])?;
            Some((value.1, &after[end + 1..]))
        });
        if let Some((value, next)) = found {
            out.push_str(value);
            rest = next;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_looks_like_a_name_is_left_alone() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "c")]), "{b} and c");
        assert_eq!(fill("{unknown} {", &[]), "{unknown} {");
    }

    #[test]
    fn both_catalogues_have_the_same_keys_and_the_same_names_to_fill() {
        let en = Catalog::load(Language::En).unwrap();
        let zh = Catalog::load(Language::Zh).unwrap();
        assert_eq!(en.keys().collect::<Vec<_>>(), zh.keys().collect::<Vec<_>>());
        let names = |text: &str| {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}').map(|(name, _)| name.to_owned()))
                .collect();
            names.sort();
            names.dedup();
            names
        };
        for key in en.keys() {
            let (a, b) = (en.say(key), zh.say(key));
            assert_eq!(names(&a), names(&b), "{key}");
            assert!(!a.trim().is_empty() && !b.trim().is_empty(), "{key}");
        }
    }

    #[test]
    fn a_missing_name_is_taken_from_the_other_language() {
        assert_eq!(Language::Zh.pick("Clinic", ""), "Clinic");
        assert_eq!(Language::Zh.pick("Clinic", "诊所"), "诊所");
        assert_eq!(Language::En.pick("Clinic", "诊所"), "Clinic");
    }
}
