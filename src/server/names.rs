//! Everything of a study that has a name, to be found by parts of it: letters of any case, Chinese also by its
//! pinyin, whole (`yuyuan`) or by initials (`yy`).

use std::collections::BTreeMap;

use pinyin::ToPinyin;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ids::EdgeId;
use crate::spatial::{BoundingBox, LonLat};

use super::app::App;
use super::routes::level_name;

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum NameKind {
    /// A zone.
    Zone,
    /// A settlement or quarter.
    Place,
    /// A facility.
    Facility,
    /// A street.
    Street,
}

/// Something that has a name.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) kind: NameKind,
    pub(super) name: String,
    /// What it is, more closely.
    pub(super) detail: String,
    pub(super) place: LonLat,
    pub(super) bounds: Option<BoundingBox>,
    spelled: Spelled,
}

/// A name as it may be typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Spelled {
    plain: String,
    pinyin: String,
    initials: String,
}

impl Spelled {
    fn of(name: &str) -> Self {
        let plain = folded(name);
        if !name.chars().any(|letter| letter.to_pinyin().is_some()) {
            return Self { plain, ..Self::default() };
        }
        let (mut pinyin, mut initials) = (String::new(), String::new());
        for letter in plain.chars() {
            if let Some(sound) = letter.to_pinyin() {
                pinyin.push_str(sound.plain());
                initials.push_str(sound.first_letter());
            } else if letter.is_alphanumeric() {
                pinyin.push(letter);
                initials.push(letter);
            }
        }
        Self { plain, pinyin: pinyin.replace('ü', "v"), initials }
    }

    /// How well the name is what was typed; the smaller the better.
    fn rank(&self, typed: &str, squeezed: &str) -> Option<u8> {
        let sounds = [&self.pinyin, &self.initials];
        if self.plain == typed {
            Some(0)
        } else if self.plain.starts_with(typed) {
            Some(1)
        } else if self.plain.split(' ').any(|word| word.starts_with(typed)) {
            Some(2)
        } else if sounds.iter().any(|sound| *sound == squeezed) {
            Some(3)
        } else if self.plain.contains(typed) {
            Some(4)
        } else if sounds.iter().any(|sound| sound.starts_with(squeezed)) {
            Some(5)
        } else if self.pinyin.contains(squeezed) {
            Some(6)
        } else {
            None
        }
    }
}

/// Lower case, accents of Latin letters left out, single spaces.
fn folded(text: &str) -> String {
    let plain = |letter: char| -> char {
        match letter {
            'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
            'ç' | 'ć' | 'č' => 'c',
            'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
            'ì'..='ï' | 'ī' | 'į' => 'i',
            'ñ' | 'ń' | 'ň' => 'n',
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
            'ý' | 'ÿ' => 'y',
            'ś' | 'š' => 's',
            'ź' | 'ż' | 'ž' => 'z',
            _ => letter,
        }
    };
    let lower: String = text.to_lowercase().chars().map(plain).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All names of a study.
#[derive(Debug)]
pub(super) struct Names {
    all: Vec<Named>,
}

impl Names {
    /// Gathers them.
    pub(super) fn of(app: &App) -> Self {
        let mut all = zones(app);
        all.extend(
            app.content()
                .places
                .iter()
                .map(|place| named((NameKind::Place, &place.name, &place.kind), place.place, None)),
        );
        all.extend(facilities(app));
        all.extend(streets(app));
        all.retain(|named| !named.name.trim().is_empty());
        Self { all }
    }

    /// Those that `typed` names best, at most `limit`.
    pub(super) fn find(&self, typed: &str, limit: usize) -> Vec<&Named> {
        let typed = folded(typed);
        let squeezed: String = typed.chars().filter(|letter| letter.is_alphanumeric()).collect();
        if squeezed.is_empty() {
            return Vec::new();
        }
        let ranked = self.all.iter().enumerate().filter_map(|(index, named)| {
            let rank = named.spelled.rank(&typed, &squeezed)?;
            Some((rank, named.kind, named.name.chars().count(), index))
        });
        let mut found: Vec<_> = ranked.collect();
        found.sort_unstable();
        found.into_iter().take(limit).map(|(.., index)| &self.all[index]).collect()
    }
}

fn named(
    (kind, name, detail): (NameKind, &str, &str),
    place: LonLat,
    bounds: Option<BoundingBox>,
) -> Named {
    let (name, detail, spelled) = (name.to_owned(), detail.to_owned(), Spelled::of(name));
    Named { kind, name, detail, place, bounds, spelled }
}

fn zones(app: &App) -> Vec<Named> {
    let hierarchy = &app.baseline().zones;
    let drawn = hierarchy.zones.iter().filter_map(|zone| {
        let bounds = zone.area.bounding_box()?;
        let detail = level_name(hierarchy, zone.level);
        Some(named((NameKind::Zone, &zone.name, detail), bounds.center(), Some(bounds)))
    });
    drawn.collect()
}

fn facilities(app: &App) -> Vec<Named> {
    let functions = app.baseline().taxonomy.functions();
    let all = app.baseline().facilities.facilities.iter();
    let row = |facility: &crate::facility::Facility| {
        let ids = facility.offers.iter().map(|offer| functions[offer.function].id.as_str());
        let detail = ids.collect::<Vec<_>>().join(",");
        named((NameKind::Facility, &facility.name, &detail), facility.place, None)
    };
    all.map(row).collect()
}

/// One entry a name, in the middle of its longest part.
fn streets(app: &App) -> Vec<Named> {
    let graph = &app.baseline().graph;
    let mut by_name: BTreeMap<&str, (u32, EdgeId, Option<BoundingBox>)> = BTreeMap::new();
    for (id, edge) in graph.edges().enumerate() {
        let name = graph.name(id);
        if name.is_empty() || graph.is_entering_side(id) {
            continue;
        }
        let around = BoundingBox::around(graph.shape(id).iter().copied());
        let entry = by_name.entry(name).or_insert((edge.length_mm, id, around));
        entry.2 = match (entry.2, around) {
            (Some(all), Some(one)) => Some(all.with(one.min).with(one.max)),
            (all, one) => all.or(one),
        };
        if edge.length_mm > entry.0 {
            (entry.0, entry.1) = (edge.length_mm, id);
        }
    }
    let row = |(name, (length_mm, edge, bounds)): (&str, (u32, EdgeId, Option<BoundingBox>))| {
        let class = serde_json::to_value(graph.edges()[edge].class).unwrap_or_default();
        let detail = class.as_str().unwrap_or_default().to_owned();
        named((NameKind::Street, name, &detail), graph.place_at(edge, length_mm / 2), bounds)
    };
    by_name.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(name: &str, typed: &str) -> Option<u8> {
        let typed = folded(typed);
        let squeezed: String = typed.chars().filter(|letter| letter.is_alphanumeric()).collect();
        Spelled::of(name).rank(&typed, &squeezed)
    }

    #[test]
    fn chinese_is_found_by_characters_pinyin_and_initials() {
        for typed in ["豫园", "豫", "yuyuan", "yu yuan", "yy", "YuYuan", "yuyuanjie", "yyj"] {
            assert!(rank("豫园街", typed).is_some(), "{typed}");
        }
        assert_eq!(rank("豫园", "yuyuan"), Some(3));
        assert_eq!(rank("豫园", "ming"), None);
        assert!(rank("绿地", "lvdi").is_some());
    }

    #[test]
    fn latin_is_found_without_case_or_accents_and_whole_names_come_first() {
        assert_eq!(rank("Rua de São João", "sao joao"), Some(4));
        assert_eq!(rank("São João", "SAO JOAO"), Some(0));
        assert_eq!(rank("Castle Street", "cast"), Some(1));
        assert_eq!(rank("Old Castle Street", "cast"), Some(2));
        assert_eq!(rank("Castle Street", "yy"), None);
    }
}
