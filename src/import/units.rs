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
        return unit_called(unit);
    }
    let households = ["户数", "households", "家庭户"];
    if households.iter().any(|word| lower.ends_with(word)) {
        return unit_called("户");
    }
    let after_mark = lower.rsplit_once(['/', '／', '_', ' ', '：', ':', ',']);
    if let Some(unit) = after_mark.and_then(|(_, unit)| unit_called(unit)) {
        return Some(unit);
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
        unit_called(&rest[..end].to_lowercase())
    })
}

/// Whether `cell` is nothing but a unit.
pub(super) fn is_unit(cell: &str) -> bool {
    let unit = cell.trim().trim_matches(['(', ')', '（', '）', '[', ']']).to_lowercase();
    unit_called(&unit).is_some() || OTHERS.split_whitespace().any(|other| other == unit)
}

fn unit_called(unit: &str) -> Option<PeopleUnit> {
    let unit = unit.trim();
    PEOPLE
        .iter()
        .find(|(word, _)| *word == unit)
        .map(|&(word, persons)| PeopleUnit { word, persons })
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
            ("总人口（人）", None),
            ("户籍人口", None),
            ("常住人口", None),
            ("pop_2021", None),
        ] {
            assert_eq!(unit_of_header(header).map(|unit| unit.persons), persons, "{header}");
        }
        let remark = ["某区人口统计表".to_owned(), "单位：万人".to_owned()];
        assert_eq!(unit_of_remarks(&remark).map(|unit| unit.word), Some("万人"));
        assert_eq!(unit_of_remarks(&["填报单位：规划局".to_owned()]), None);
        assert!(is_unit("（万人）") && is_unit("㎡") && !is_unit("社区"));
    }
}
