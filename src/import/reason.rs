//! What the program says, in Chinese; and reasons of issues taken apart: which one it is, and its values.
//!
//! A sentence is written once, in English, where it is noticed; the tables beside this file have its Chinese: reasons of
//! issues and refusals of plans with a key, all other messages without one.

use std::cmp::Reverse;
use std::sync::OnceLock;

const TABLE: &str = include_str!("reasons.toml");
const MESSAGES: &str = include_str!("messages.toml");

/// A sentence with gaps for its values.
#[derive(Clone, Debug)]
pub struct Phrase {
    /// What it is called.
    pub key: String,
    /// What stands between the gaps.
    pieces: Vec<String>,
    /// The same in Chinese: `{}` in order, `{0}` by position.
    zh: String,
}

/// A reason that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// Key of the sentence.
    pub key: &'static str,
    /// What stands in its gaps, as the English has it.
    pub values: Vec<String>,
    /// The sentence in Chinese.
    pub zh: String,
}

/// All reasons of the table.
pub fn phrases() -> &'static [Phrase] {
    #[derive(Default, serde::Deserialize)]
    struct File {
        reason: Vec<(String, String, String)>,
    }
    static PHRASES: OnceLock<Vec<Phrase>> = OnceLock::new();
    PHRASES.get_or_init(|| {
        // A test reads the table; what cannot be read is said in English.
        let file: File = toml::from_str(TABLE).unwrap_or_default();
        file.reason.into_iter().map(|(key, en, zh)| Phrase::new(key, &en, zh)).collect()
    })
}

/// Which sentence `reason` is; `None` when the table has none like it.
pub fn understand(reason: &str) -> Option<Understood> {
    let (phrase, values) =
        phrases().iter().find_map(|phrase| Some((phrase, phrase.gaps(reason)?)))?;
    let values: Vec<String> = values.into_iter().map(str::to_owned).collect();
    let zh = phrase.fill(&values, &find_chinese);
    Some(Understood { key: &phrase.key, values, zh })
}

/// All sentences of both tables, those with the most words of their own first: the most exact one that fits is taken.
pub fn sentences() -> &'static [Phrase] {
    #[derive(Default, serde::Deserialize)]
    struct File {
        message: Vec<(String, String)>,
    }
    static SENTENCES: OnceLock<Vec<Phrase>> = OnceLock::new();
    SENTENCES.get_or_init(|| {
        let file: File = toml::from_str(MESSAGES).unwrap_or_default();
        let phrase = |(en, zh): (String, String)| Phrase::new(String::new(), &en, zh);
        let messages = file.message.into_iter().map(phrase);
        let mut all: Vec<Phrase> = messages.chain(phrases().iter().cloned()).collect();
        all.sort_by_key(|phrase| Reverse(phrase.words()));
        all
    })
}

/// `text` in Chinese: a sentence of the tables, several one after another, or one behind the file, line or row that it
/// is about; `None` when the tables do not have it.
pub fn find_chinese(text: &str) -> Option<String> {
    find_sentence(text)
        .or_else(|| find_list(text))
        .or_else(|| find_numbered(text))
        .or_else(|| find_behind_place(text))
}

fn find_sentence(text: &str) -> Option<String> {
    let (phrase, gaps) =
        sentences().iter().find_map(|phrase| Some((phrase, phrase.gaps(text)?)))?;
    let opens_with_place =
        phrase.pieces[0].is_empty() && gaps.first().is_some_and(|gap| gap.contains(": "));
    let behind = if opens_with_place { find_behind_place(text) } else { None };
    behind.or_else(|| {
        let gaps: Vec<String> = gaps.into_iter().map(str::to_owned).collect();
        Some(phrase.fill(&gaps, &find_chinese))
    })
}

/// Messages one after another.
fn find_list(text: &str) -> Option<String> {
    let (first, rest) = text.split_once(" | ")?;
    let told = |text: &str| find_chinese(text).unwrap_or_else(|| text.to_owned());
    Some(format!("{}；{}", told(first), told(rest)))
}

/// A place in a file by its number: `row 12`.
fn find_numbered(text: &str) -> Option<String> {
    let kinds = [("row ", "行"), ("line ", "行"), ("feature ", "个要素")];
    kinds.iter().find_map(|(en, zh)| {
        let number = text.strip_prefix(en)?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| format!("第 {number} {zh}"))
    })
}

/// A message behind the file, line or row that it is about.
fn find_behind_place(text: &str) -> Option<String> {
    let (place, rest) = text.split_once(": ")?;
    let rest = find_chinese(rest)?;
    Some(format!("{}：{rest}", find_chinese(place).unwrap_or_else(|| place.to_owned())))
}

impl Phrase {
    /// A sentence whose gaps are `{}`.
    pub fn new(key: String, en: &str, zh: String) -> Self {
        Self { key, pieces: en.split("{}").map(str::to_owned).collect(), zh }
    }

    /// How many gaps it has.
    pub fn gap_count(&self) -> usize {
        self.pieces.len() - 1
    }

    /// How many characters it has outside its gaps.
    fn words(&self) -> usize {
        self.pieces.iter().map(String::len).sum()
    }

    /// What stands in the gaps of `text`, when it is such a sentence.
    pub fn gaps<'a>(&self, text: &'a str) -> Option<Vec<&'a str>> {
        let (first, others) = self.pieces.split_first()?;
        let mut rest = text.strip_prefix(first.as_str())?;
        let mut gaps = Vec::new();
        for (index, piece) in others.iter().enumerate() {
            let end = if index + 1 == others.len() {
                rest.strip_suffix(piece.as_str()).map(str::len)?
            } else if piece.is_empty() {
                // Between two gaps stands nothing: the second is what follows the first, such as `; known: a, b`.
                rest.find("; ").unwrap_or(rest.len())
            } else {
                rest.find(piece.as_str())?
            };
            gaps.push(&rest[..end]);
            rest = &rest[end + piece.len()..];
        }
        // A sentence without gaps has to be all of the text, and a gap is never the whole text.
        let is_whole = rest.is_empty() && gaps.iter().all(|gap| gap.len() < text.len());
        is_whole.then_some(gaps)
    }

    /// The Chinese with its gaps filled; a value that `find` knows as a sentence is said in Chinese too.
    pub fn fill(&self, gaps: &[String], find: &dyn Fn(&str) -> Option<String>) -> String {
        let mut text = self.zh.clone();
        for (index, gap) in gaps.iter().enumerate() {
            let told = find(gap).unwrap_or_else(|| gap.clone());
            let numbered = format!("{{{index}}}");
            text = if text.contains(&numbered) {
                text.replace(&numbered, &told)
            } else {
                text.replacen("{}", &told, 1)
            };
        }
        text
    }

    /// The English with its gaps filled in order.
    #[cfg(test)]
    fn english(&self, gaps: &[String]) -> String {
        let (first, others) = self.pieces.split_first().unwrap();
        others.iter().zip(gaps).fold(first.clone(), |text, (piece, gap)| text + gap + piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_reason_is_told_in_both_languages_with_all_its_values() {
        let mut keys = BTreeSet::new();
        assert!(phrases().len() > 100);
        for phrase in phrases() {
            assert!(keys.insert(&phrase.key), "{} is there twice", phrase.key);
            let values: Vec<String> = (0..phrase.gap_count()).map(|at| format!("<{at}>")).collect();
            let understood = understand(&phrase.english(&values)).unwrap();
            assert_eq!(understood.key, phrase.key, "a sentence before it takes its place");
            assert_eq!(understood.values, values);
            for value in &values {
                assert!(understood.zh.contains(value), "{} loses {value}", phrase.key);
            }
            let is_chinese = understood.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(is_chinese && !understood.zh.contains('{'), "{}", understood.zh);
        }
    }

    #[test]
    fn every_sentence_is_found_by_itself_and_keeps_its_gaps() {
        assert!(sentences().len() > 1000);
        let mut seen = BTreeSet::new();
        for phrase in sentences() {
            assert!(seen.insert(phrase.pieces.join("{}")), "{:?} is there twice", phrase.pieces);
            let values: Vec<String> = (0..phrase.gap_count()).map(|at| format!("<{at}>")).collect();
            let english = phrase.english(&values);
            let first = sentences().iter().find(|one| one.gaps(&english).is_some()).unwrap();
            assert_eq!(first.pieces, phrase.pieces, "a sentence before it takes its place");
            let told = find_chinese(&english).unwrap();
            for value in &values {
                assert!(told.contains(value), "{told} loses {value}");
            }
            assert!(!told.contains('{'), "{told}");
        }
    }

    #[test]
    fn a_sentence_that_begins_with_a_value_leaves_the_place_before_it_alone() {
        let told = find_chinese("a/study.toml: line 7: 3 names for 2 admin_levels");
        assert_eq!(told.unwrap(), "a/study.toml：第 7 行：2个 `admin_levels` 却有3个名称");
    }

    #[test]
    fn values_that_are_sentences_are_told_too() {
        let told = understand(
            "the polygon is not valid (a ring crosses itself at 1, 2); mended, 9 m² became 8 m²",
        );
        let told = told.unwrap();
        assert_eq!((told.key, told.values.len()), ("polygon_mended", 3));
        assert_eq!(told.zh, "多边形无效（边界在 1, 2 处自相交）；已修复，9 平方米变为 8 平方米");
        assert_eq!(find_chinese("nothing like it"), None);
        let told =
            find_chinese("no function or facility layer \"nope\"; known: park, fac").unwrap();
        assert_eq!(told, "没有功能或设施图层 \"nope\"；可用的有：park, fac");
    }

    #[test]
    fn what_the_system_says_is_told_too() {
        for (code, zh) in
            [(2, "没有这个文件或文件夹"), (17, "已存在同名文件"), (21, "这是文件夹，不是文件")]
        {
            let said = std::io::Error::from_raw_os_error(code).to_string();
            assert_eq!(find_chinese(&said).unwrap(), zh, "{said}");
        }
        let path = find_chinese("No such file or directory (os error 2) at path \"/x/y\"").unwrap();
        assert_eq!(path, "没有这个文件或文件夹：\"/x/y\"");
        assert_eq!(find_chinese("invalid digit found in string").unwrap(), "含有不是数字的字符");
        let doors = "2 gates or doors are open only at times, in a season or under conditions; they are walked except by \
                     a profile with `conditional = \"forbid\"`";
        assert!(find_chinese(doors).unwrap().starts_with("有 2 处门只在"), "{doors}");
    }
}
