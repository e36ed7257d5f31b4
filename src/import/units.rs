//! Units of counts of people, as headers, rows of units and remarks write them.

/// People of an average household (2.62 in the census of China of 2020, communiqué no. 2).
const PERSONS_PER_HOUSEHOLD: f64 = 2.62;

/// Units of people with how many each counts; the longer words first.
const PEOPLE: [(&str, f64); 15] = [
    ("亿人", 1e8),
    ("百万人", 1e6),
    ("万人", 1e4),
    ("千人", 1e3),
    ("百人", 1e2),
    ("万户", 1e4 * PERSONS_PER_HOUSEHOLD),
    ("千户", 1e3 * PERSONS_PER_HOUSEHOLD),
    ("户", PERSONS_PER_HOUSEHOLD),
    ("millions", 1e6),
    ("million", 1e6),
    ("thousands", 1e3),
    ("thousand", 1e3),
    ("'000", 1e3),
    ("000s", 1e3),
    ("households", PERSONS_PER_HOUSEHOLD),
];
/// Multiples, written where the people themselves go without saying; the longer words first.
const MULTIPLES: [(&str, f64); 18] = [
    ("百万", 1e6),
    ("十万", 1e5),
    ("亿", 1e8),
    ("万", 1e4),
    ("千", 1e3),
    ("百", 1e2),
    ("1000000", 1e6),
    ("100000", 1e5),
    ("10000", 1e4),
    ("1000", 1e3),
    ("000", 1e3),
    ("100", 1e2),
    ("100k", 1e5),
    ("10k", 1e4),
    ("1k", 1e3),
    ("k", 1e3),
    ("tenthousand", 1e4),
    ("hundred", 1e2),
];
/// What a Chinese multiple is written right behind.
const COUNTED: [&str; 4] = ["人口", "人口数", "人口总数", "人数"];
/// Units that count nobody: a row of them is a row of units.
const OTHERS: &str = "人 位 名 个 张 座 处 所 家 间 床 辆 元 万元 亿元 米 公里 千米 km m 平方米 ㎡ m² m2 平方公里 km² km2 公顷 ha 亩 \
     度 ° % ％ 年 月 日 小时 分钟 persons people 人/平方公里 套 栋";

/// A unit that counts of people are in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PeopleUnit {
    /// The word for it.
    pub(super) word: &'static str,
    /// How many people one is.
    pub(super) persons: f64,
}

impl PeopleUnit {
    /// Whether it counts households.
    pub(super) fn is_households(self) -> bool {
        self.word.ends_with('户') || self.word == "households"
    }
}

/// The unit that a header writes in brackets or at its end, when it is one of people and not people themselves; a
/// header such as 总户数 counts households.
pub(super) fn unit_of_header(header: &str) -> Option<PeopleUnit> {
    let lower = header.trim().to_lowercase();
    let bracketed = lower.rsplit_once(['(', '（', '[', '【']).map(|(_, unit)| {
        let unit = unit.trim_end_matches([')', '）', ']', '】']).trim();
        unit.trim_start_matches("单位").trim_start_matches(['：', ':', ' ']).to_owned()
    });
    if let Some(unit) = &bracketed {
        return unit_called(unit).or_else(|| multiple_called(unit));
    }
    let households = ["户数", "households", "家庭户"];
    if households.iter().any(|word| lower.ends_with(word)) {
        return unit_called("户");
    }
    let after_mark = lower.rsplit_once(['/', '／', '_', ' ', '：', ':', ',']);
    let written =
        |unit: &str| unit_called(unit).or_else(|| multiple_called(unit).filter(|_| is_sure(unit)));
    if let Some(unit) = after_mark.and_then(|(_, unit)| written(unit)) {
        return Some(unit);
    }
    let behind = |counted: &&str| lower.split_once(*counted).map(|(_, rest)| rest.trim());
    let multiple = COUNTED.iter().filter_map(behind).find_map(multiple_called);
    if multiple.is_some() {
        return multiple.filter(|unit| !unit.word.is_ascii());
    }
    let people = PEOPLE.iter().filter(|(word, _)| word.ends_with('人'));
    people
        .copied()
        .find(|(word, _)| lower.ends_with(word))
        .map(|(word, persons)| PeopleUnit { word, persons })
}

/// The unit that a remark above a table names: `单位：万人`.
pub(super) fn unit_of_remarks(remarks: &[String]) -> Option<PeopleUnit> {
    remarks.iter().find_map(|remark| {
        let (_, rest) = remark.split_once("单位").or_else(|| remark.split_once("unit"))?;
        let rest = rest.trim_start_matches(['s', '：', ':', ' ']);
        let end = rest.find([' ', '，', ',', '、', '；', ';', ')', '）']).unwrap_or(rest.len());
        let unit = rest[..end].to_lowercase();
        unit_called(&unit).or_else(|| multiple_called(&unit).filter(|_| is_sure(&unit)))
    })
}

/// Whether `cell` is nothing but a unit.
pub(super) fn is_unit(cell: &str) -> bool {
    let unit = cell.trim().trim_matches(['(', ')', '（', '）', '[', ']']).to_lowercase();
    unit_called(&unit).or_else(|| multiple_called(&unit)).is_some_and(|_| !is_plain_number(&unit))
        || OTHERS.split_whitespace().any(|other| other == unit)
}

fn unit_called(unit: &str) -> Option<PeopleUnit> {
    let unit = unit.trim();
    PEOPLE
        .iter()
        .find(|(word, _)| *word == unit)
        .map(|&(word, persons)| PeopleUnit { word, persons })
}

/// A multiple such as `万`, `10k`, `x1000`, `in 1,000s` or `1000 persons`.
fn multiple_called(unit: &str) -> Option<PeopleUnit> {
    let plain: String =
        unit.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '_' | '\'')).collect();
    let plain = plain.trim_start_matches("in").trim_start_matches(['x', '×', '*', '✕']);
    let plain = plain.trim_end_matches("persons").trim_end_matches("people").trim_end_matches('s');
    let found = MULTIPLES.iter().find(|(word, _)| *word == plain);
    found.map(|&(word, persons)| PeopleUnit { word, persons })
}

/// Whether a multiple is one also where no brackets are around it: `pop_1000` may be about a distance.
fn is_sure(unit: &str) -> bool {
    !unit.is_ascii() || unit.trim().starts_with(['x', '*'])
}

fn is_plain_number(unit: &str) -> bool {
    unit.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_from_headers_and_remarks() {
        for (header, persons) in [
            ("人口数（万人）", Some(1e4)),
            ("常住人口(千人)", Some(1e3)),
            ("常住人口万人", Some(1e4)),
            ("人口（单位：万人）", Some(1e4)),
            ("Population (thousands)", Some(1e3)),
            ("人口/万人", Some(1e4)),
            ("总户数", Some(PERSONS_PER_HOUSEHOLD)),
            ("居民（户）", Some(PERSONS_PER_HOUSEHOLD)),
            ("人口（万户）", Some(1e4 * PERSONS_PER_HOUSEHOLD)),
            ("人口(万)", Some(1e4)),
            ("人口（万）", Some(1e4)),
            ("常住人口(万)", Some(1e4)),
            ("人口数_万", Some(1e4)),
            ("人口_千", Some(1e3)),
            ("人口万", Some(1e4)),
            ("人口(百人)", Some(1e2)),
            ("人口（单位：万）", Some(1e4)),
            ("population (10k)", Some(1e4)),
            ("POP (x1000)", Some(1e3)),
            ("pop (in 1,000s)", Some(1e3)),
            ("万人", Some(1e4)),
            ("总人口（人）", None),
            ("pop_1000", None),
            ("人口（2020）", None),
            ("人口1000", None),
            ("户籍人口", None),
            ("常住人口", None),
            ("pop_2021", None),
        ] {
            assert_eq!(unit_of_header(header).map(|unit| unit.persons), persons, "{header}");
        }
        let remark = ["某区人口统计表".to_owned(), "单位：万人".to_owned()];
        assert_eq!(unit_of_remarks(&remark).map(|unit| unit.word), Some("万人"));
        assert_eq!(unit_of_remarks(&["填报单位：规划局".to_owned()]), None);
        assert!(
            is_unit("（万人）")
                && is_unit("㎡")
                && is_unit("万")
                && !is_unit("社区")
                && !is_unit("100")
        );
    }
}
