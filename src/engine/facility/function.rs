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
    /// The wider function it is a kind of: a hospital's beds are the beds of its health services, not more of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
}

/// Words at the end of a Chinese name for a service that say nothing about which service it is, the longer first.
const TAILS: [&str; 17] = [
    "综合体",
    "分中心",
    "综合",
    "服务",
    "中心",
    "机构",
    "网点",
    "设施",
    "场所",
    "场地",
    "驿站",
    "之家",
    "基地",
    "站",
    "点",
    "室",
    "所",
];
/// What names of places end with too; alone they name no service.
const BARE: [&str; 8] = ["社区", "街道", "居民", "活动", "公共", "综合", "综合体", "村"];

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

    /// The function that `word` (id, English or Chinese name, alias; any case) stands for; else the one whose word a
    /// Chinese name for a service ends with, endings such as 服务, 中心, 站 apart (`养老服务站` is `养老`).
    pub fn find_word(&self, word: &str) -> Option<FunctionId> {
        self.find_words(word).first().copied()
    }

    /// All functions that `word` stands for, as [`Taxonomy::find_word`], in id order: a 九年一贯制学校 is a primary and
    /// a secondary school.
    pub fn find_words(&self, word: &str) -> Vec<FunctionId> {
        let word = word.trim_matches(|c: char| c.is_whitespace() || is_quote(c)).to_lowercase();
        let spaced = word.replace(['_', '-'], " ");
        let exact = self.with_word(|known| usize::from(known == word || known == spaced));
        if !exact.is_empty() {
            return exact;
        }
        let bare: String = word.chars().filter(|&c| !is_quote(c) && !c.is_whitespace()).collect();
        let bare = without_brackets(&bare);
        let stem = stem_of(&bare);
        if BARE.contains(&stem) || !stem.chars().any(is_chinese) {
            return Vec::new();
        }
        // The longest word wins, and of two as long the one the name ends with.
        self.with_word(|known| {
            let known_stem = stem_of(known);
            if BARE.contains(&known_stem) || !known.chars().all(is_chinese) {
                0
            } else if bare.ends_with(known) {
                known.len()
            } else if stem.ends_with(known_stem) {
                known_stem.len()
            } else {
                0
            }
        })
    }

    /// The functions with a word that `rank` ranks highest and above 0.
    fn with_word(&self, rank: impl Fn(&str) -> usize) -> Vec<FunctionId> {
        let best_of = |f: &Function| {
            let words = [&f.id, &f.en, &f.zh].into_iter().chain(&f.aliases);
            words.map(|known| rank(&known.to_lowercase())).max().unwrap_or(0)
        };
        let ranks: Vec<(FunctionId, usize)> =
            self.functions.enumerate().map(|(id, f)| (id, best_of(f))).collect();
        let best = ranks.iter().map(|(_, rank)| *rank).max().unwrap_or(0);
        let fits = ranks.into_iter().filter(|(_, rank)| best > 0 && *rank == best);
        fits.map(|(id, _)| id).collect()
    }

    /// The function that `id` is a kind of.
    pub fn wider(&self, id: FunctionId) -> Option<FunctionId> {
        self.find(self.functions.get(id)?.part_of.as_deref()?)
    }
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '“'
            | '”'
            | '‘'
            | '’'
            | '「'
            | '」'
            | '『'
            | '』'
            | '《'
            | '》'
            | '〈'
            | '〉'
            | '＂'
    )
}

/// `word` up to a remark in brackets at its end.
fn without_brackets(word: &str) -> String {
    match word.find(['(', '（', '[', '【']) {
        Some(at) if at > 0 && word.ends_with([')', '）', ']', '】']) => word[..at].to_owned(),
        _ => word.to_owned(),
    }
}

/// A word without the endings that say nothing; at least two letters stay.
fn stem_of(word: &str) -> &str {
    let mut stem = word;
    while let Some(shorter) = TAILS.iter().find_map(|tail| stem.strip_suffix(tail)) {
        if shorter.chars().count() < 2 {
            break;
        }
        stem = shorter;
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taxonomy() -> Taxonomy {
        #[derive(Deserialize)]
        struct File {
            function: Vec<Function>,
        }
        let file: File = toml::from_str(include_str!("../../../data/functions.toml")).unwrap();
        Taxonomy::new(file.function).unwrap()
    }

    fn names(word: &str) -> Vec<String> {
        let taxonomy = taxonomy();
        let found = taxonomy.find_words(word);
        found.into_iter().map(|id| taxonomy.functions()[id].id.clone()).collect()
    }

    #[test]
    fn the_words_of_bureaus_are_known() {
        for (function, words) in [
            (
                "childcare",
                "托育综合服务中心 社区托育点 家庭托育点 幼儿园托班 嵌入式托育 普惠托育机构 公办托育园 托儿所 \
                 用人单位托育 婴幼儿照护服务中心 早教托育",
            ),
            (
                "elder_care",
                "养老服务站 综合养老服务中心 社区养老服务站 居家社区养老服务照料中心 托老所 农村幸福院 街道养老服务综合体 \
                 老年公寓 长者照护之家 护理院 敬老院 颐养中心 互助养老点 老年人日间照料中心",
            ),
            ("neighborhood_centre", "“党建+”邻里中心 社区综合服务站 党群服务站 街道党群服务中心"),
            ("elder_meals", "老年助餐 长者食堂 老年助餐服务点 社区老年食堂"),
            ("health", "村卫生所 社区卫生服务站 卫生院 乡镇卫生院 中医馆"),
            ("kindergarten", "幼儿园 公办幼儿园"),
            ("community_service", "便民服务中心 社区便民服务站 政务服务中心"),
            ("culture", "新时代文明实践站 老年活动中心 老年大学 图书馆 综合文化站 文化礼堂"),
            ("sports", "全民健身中心 室外综合健身场地 多功能运动场 体育公园"),
            ("bus_stop", "公交首末站 公交站"),
            ("convenience", "社区商业网点 便利店"),
            ("hospital", "人民医院"),
            ("park", "口袋公园 街头游园"),
        ] {
            for word in words.split_whitespace() {
                assert_eq!(names(word), [function], "{word}");
            }
        }
        assert_eq!(names("九年一贯制"), ["primary_school", "secondary_school"]);
        assert_eq!(names("九年一贯制学校"), ["primary_school", "secondary_school"]);
    }

    #[test]
    fn a_word_that_names_no_service_stays_unknown() {
        for word in
            ["社区", "幸福社区", "服务中心", "洗衣房间", "停车场", "医院停车场", "中心", "", "x"]
        {
            assert!(names(word).is_empty(), "{word}: {:?}", names(word));
        }
    }
}
