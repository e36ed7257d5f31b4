//! Columns told by how statistical offices call them and by what stands in them, where no header is known outright.

use std::collections::BTreeSet;

use super::columns::{Role, plain_name};
use super::number::{self, Mark};
use super::table::{FeatureTable, FieldValue};
use super::units::unit_of_header;

/// Rows looked at.
const SAMPLE_ROWS: usize = 5_000;

/// Parts of headers that hold ids: Latin words, then endings in any script.
const ID_WORDS: &str = "id code codes cod cd geoid geocode geoid10 geoid20 codgeo key uid fid gid nr no num number ags rs nuts kod kode \
     kood ref pcode dm bm cve clave ine istat bfs gisjoin setor cusec section kunta kommun";
const ID_ENDINGS: [&str; 14] = [
    "编码",
    "代码",
    "编号",
    "号码",
    "序号",
    "标识",
    "标识码",
    "区划码",
    "国标码",
    "id",
    "code",
    "cd",
    "dm",
    "bm",
];
const ID_NEVER: &str = "parent 上级 所属 父 电话 手机 邮编 邮政 邮码 传真 信用 门牌 证号 type status post zip phone tel country postcode postalcode zipcode typecode";

/// Parts of headers that hold names.
const NAME_WORDS: &str = "name names nom noms nam nombre nome navn naam namn nimi nazwa nazev nm mc label libelle lbl lib title namelsad \
     namelsad10 namelsad20 bezeichnung gen nmun municipio bairro comuna barrio quartier ward";
const NAME_ENDINGS: [&str; 26] = [
    "名称",
    "名",
    "全称",
    "简称",
    "mc",
    "园所",
    "街镇",
    "镇街",
    "乡镇",
    "街道",
    "村居",
    "村社区",
    "村（居）",
    "社区",
    "小区",
    "网格",
    "单位",
    "机构",
    "地区",
    "区域",
    "行政区",
    "居委会",
    "村委会",
    "片区",
    "name",
    "nm",
];
const NAME_NEVER: &str = "parent 上级 所属 父 负责 联系 法人 地址 曾用 street owner operator";

/// Parts of headers that count everybody.
const PEOPLE_WORDS: &str = "pop popul population populations poptotal totalpop totpop popn poblacion pob habitants habitantes hab inhabitants inhab \
     einwohner einw ewz einwohnerzahl bevoelkerung bevolking inwoners inw persons people residents populacao popolazione abitanti \
     vaesto asukkaita befolkning folkmangd ludnosc obyvatel jinko pobtot pobtotal p1 b01001e1 b01003e1 u7b001 tpop totpp";
/// Initials of Chinese words for people, as layers with names of ten letters have them: 常住人口, 总人口, 人口, 户籍人口.
const INITIALS: [(&str, u32); 8] = [
    ("czrk", 9),
    ("czrks", 9),
    ("zrk", 8),
    ("zrks", 8),
    ("rk", 6),
    ("rks", 6),
    ("rksl", 6),
    ("hjrk", 4),
];
/// Words for one of the sexes.
const SEXES: &str =
    "男 女 男性 女性 男性人口 女性人口 男人口 女人口 male female males females men women m f";
const PEOPLE_NEVER: &str = "岁 老年 儿童 婴 幼 男 女 学龄 劳动 流动 外来 就业 岗位 密度 占比 比例 比重 率 增长 家庭规模 户均 人均 \
     density dens male female men women age ages aged area km km2 pct percent perc share growth change rate per m f 0 years under over";
/// Languages in the names of columns such as `ADM2_EN`.
const TONGUES: &str = "en zh fr es pt ar ru de it vi th sw local name";
/// Headers that say nothing but that they count something.
const WEAK: &str = "sum sums total totals value values val z count counts n 合计 总数 数量 数值 band1 gridcode gridvalue";

/// A column that may hold a role.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Guess {
    column: usize,
    score: u32,
    /// Share of the rows with a value of their own.
    distinct: f64,
}

/// The column of `role` among those not `taken`, when one is surer than the others.
pub(super) fn guess(table: &FeatureTable, role: Role, taken: &[usize]) -> Option<usize> {
    if !matches!(role, Role::Id | Role::Name | Role::Population) {
        return None;
    }
    let mut found = guesses(table, role, taken);
    if role == Role::Id {
        found.retain(|guess| guess.distinct >= 0.5);
    }
    if role == Role::Population {
        let best = found.iter().map(|guess| guess.score).max()?;
        found.retain(|guess| guess.score == best);
        return if found.len() == 1 { Some(found[0].column) } else { None };
    }
    let rank = |guess: &Guess| ((guess.distinct * 20.0).round() as u32, guess.score);
    let best = found.iter().map(rank).max()?;
    found.iter().find(|guess| rank(guess) == best).map(|guess| guess.column)
}

/// The columns that may hold `role`, in file order; for a message that asks.
pub(super) fn choices(table: &FeatureTable, role: Role) -> Vec<&str> {
    let by_name: Vec<usize> = guesses(table, role, &[]).iter().map(|guess| guess.column).collect();
    let columns = 0..table.columns.len();
    let fits: Vec<usize> = match role {
        _ if !by_name.is_empty() => by_name,
        Role::Population => columns.filter(|&column| counts(table, column)).collect(),
        _ => columns.collect(),
    };
    fits.into_iter().take(20).map(|column| table.columns[column].as_str()).collect()
}

/// The columns that count people by their headers, or one of the sexes each, none of which is sure to count everybody.
pub(super) fn parts_of_people(table: &FeatureTable) -> Vec<&str> {
    let by_name: Vec<usize> = guesses(table, Role::Population, &[])
        .into_iter()
        .filter(|guess| guess.score > 0)
        .map(|guess| guess.column)
        .collect();
    let is_sex = |column: &usize| {
        let plain = plain_name(&table.columns[*column]);
        SEXES.split_whitespace().any(|word| word == plain) && counts(table, *column)
    };
    let sexes = || (0..table.columns.len()).filter(is_sex).collect::<Vec<_>>();
    let found = if by_name.is_empty() { sexes() } else { by_name };
    found.into_iter().take(20).map(|column| table.columns[column].as_str()).collect()
}

/// A column with a value of its own in every row, texts and whole numbers before others.
pub(super) fn find_unique(table: &FeatureTable, taken: &[usize]) -> Option<usize> {
    let fits = |column: &usize| {
        !taken.contains(column)
            && distinct_share(table, *column) >= 1.0
            && table.rows.iter().all(|row| match row.value(*column) {
                FieldValue::Text(_) => true,
                FieldValue::Number(number) => number.fract() == 0.0,
                FieldValue::Missing => false,
            })
    };
    let columns: Vec<usize> = (0..table.columns.len()).filter(fits).collect();
    let is_text = |column: &&usize| {
        table.rows.iter().all(|row| matches!(row.value(**column), FieldValue::Text(_)))
    };
    columns.iter().find(is_text).or(columns.first()).copied()
}

/// The only column of texts that nearly every row has a text of its own in.
pub(super) fn find_lone_text(table: &FeatureTable, taken: &[usize]) -> Option<usize> {
    let fits = |column: &usize| {
        !taken.contains(column) && is_text(table, *column) && distinct_share(table, *column) >= 0.9
    };
    let mut found = (0..table.columns.len()).filter(fits);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Share of the rows whose value in `column` is there and stands in no row before.
pub(super) fn distinct_share(table: &FeatureTable, column: usize) -> f64 {
    let rows = &table.rows[..table.rows.len().min(SAMPLE_ROWS)];
    let texts: BTreeSet<String> =
        rows.iter().filter_map(|row| row.value(column).to_text()).collect();
    texts.len() as f64 / rows.len().max(1) as f64
}

fn guesses(table: &FeatureTable, role: Role, taken: &[usize]) -> Vec<Guess> {
    let mut found = Vec::new();
    let mut weak = Vec::new();
    for column in (0..table.columns.len()).filter(|column| !taken.contains(column)) {
        let header = &table.columns[column];
        let score = match role {
            Role::Id => score_of_id(header),
            Role::Name => score_of_name(header),
            Role::Population if counts(table, column) => score_of_people(header),
            _ => 0,
        };
        let fits = role != Role::Name || is_text(table, column);
        let guess = || Guess { column, score, distinct: distinct_share(table, column) };
        if score > 0 && fits {
            found.push(guess());
        } else if role == Role::Population && is_weak(header) && counts(table, column) {
            weak.push(guess());
        }
    }
    if found.is_empty() { weak } else { found }
}

fn is_weak(header: &str) -> bool {
    let plain = plain_name(header);
    WEAK.split_whitespace().any(|word| word == plain)
}

fn score_of_id(header: &str) -> u32 {
    let words = words_of(header);
    if has_any(header, &words, ID_NEVER) {
        return 0;
    }
    let plain = plain_name(header);
    let ends = ID_ENDINGS.iter().any(|ending| plain.ends_with(ending));
    let says = words.iter().any(|word| ID_WORDS.split_whitespace().any(|known| known == word));
    2 * u32::from(says) + u32::from(ends)
}

fn score_of_name(header: &str) -> u32 {
    let words = words_of(header);
    if has_any(header, &words, NAME_NEVER) {
        return 0;
    }
    let plain = plain_name(header);
    let tongue = |word: &String| TONGUES.split_whitespace().any(|known| known == word);
    let is_admin = words.first().is_some_and(|word| word == "adm") && words.iter().any(tongue);
    let ends = NAME_ENDINGS.iter().position(|ending| plain.ends_with(ending));
    let says = words.iter().any(|word| NAME_WORDS.split_whitespace().any(|known| known == word));
    let by_ending = ends.map_or(0, |at| if at < 2 { 2 } else { 1 });
    2 * u32::from(says || is_admin) + by_ending
}

fn score_of_people(header: &str) -> u32 {
    let words = words_of(header);
    let plain = plain_name(header);
    if plain.contains("allages") {
        return 8;
    }
    if has_any(header, &words, PEOPLE_NEVER) {
        return 0;
    }
    let chinese = [
        ("常住", 9),
        ("总人口", 8),
        ("人口总数", 8),
        ("人口", 7),
        ("人数", 6),
        ("居民", 5),
        ("户籍", 4),
    ];
    let initials = INITIALS.iter().find(|(word, _)| words.iter().any(|other| other == word));
    let by_word = chinese.iter().find(|(word, _)| plain.contains(word)).or(initials);
    let by_word = by_word.map(|(_, score)| *score);
    let known = |word: &String| PEOPLE_WORDS.split_whitespace().any(|known| known == word);
    let latin = words.iter().any(known).then(|| {
        let total = words.iter().any(|word| matches!(word.as_str(), "total" | "tot" | "all"));
        7 + u32::from(total)
    });
    let households = unit_of_header(header).is_some_and(super::units::PeopleUnit::is_households);
    match by_word.or(latin) {
        Some(score) if households => score.min(2),
        Some(score) => score,
        None if households => 2,
        None => 0,
    }
}

/// Whether a header holds one of `never`: a Latin word as a word of its own, anything else anywhere.
fn has_any(header: &str, words: &[String], never: &str) -> bool {
    never.split_whitespace().any(|part| {
        if part.is_ascii() { words.iter().any(|word| word == part) } else { header.contains(part) }
    })
}

/// Latin words of a header in lower case: cut at marks, between letters and digits of a year, and before capitals.
fn words_of(header: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in header.chars() {
        let starts = c.is_ascii_uppercase() && before.is_ascii_lowercase()
            || c.is_ascii_digit() && before.is_ascii_alphabetic()
            || c.is_ascii_alphabetic() && before.is_ascii_digit();
        if !c.is_ascii_alphanumeric() || starts {
            words.push(String::new());
        }
        if c.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    let whole: String = header
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    words.retain(|word| !word.is_empty());
    if !words.contains(&whole) && !whole.is_empty() {
        words.push(whole);
    }
    words
}

/// Whether nearly all values that are there are numbers not below zero.
fn counts(table: &FeatureTable, column: usize) -> bool {
    let mark = if table.decimal_comma { Mark::Comma } else { Mark::Point };
    let (mut all, mut numbers) = (0, 0);
    for row in table.rows.iter().take(SAMPLE_ROWS) {
        match row.value(column) {
            FieldValue::Missing => {}
            value => {
                all += 1;
                numbers += usize::from(number::read_count(value, mark).is_some_and(|n| n >= 0.0));
            }
        }
    }
    all > 0 && numbers * 2 > all
}

fn is_text(table: &FeatureTable, column: usize) -> bool {
    let rows = || table.rows.iter().take(SAMPLE_ROWS).map(|row| row.value(column));
    let filled = rows().filter(|value| **value != FieldValue::Missing).count();
    let number = |value: &&FieldValue| number::read(value, Mark::Point).is_some();
    rows().filter(number).count() * 2 <= filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::table::parse_table;
    use std::fmt::Write as _;
    use std::path::Path;

    /// A table of six rows: an id, a name, and people, under `headers`.
    fn table(headers: &[&str]) -> FeatureTable {
        let mut text = headers.join(",") + "\n";
        for row in 0..6 {
            let rest: Vec<String> =
                (2..headers.len()).map(|column| (100 + row * 7 + column).to_string()).collect();
            writeln!(text, "A{row:03},名{row},{}", rest.join(",")).unwrap();
        }
        parse_table(Path::new("z.csv"), text.into_bytes()).unwrap().0
    }

    #[test]
    fn headers_of_statistical_offices_are_understood() {
        for headers in [
            &["GEOID10", "NAMELSAD10", "POP10"][..],
            &["CODE_IRIS", "NOM_IRIS", "P20_POP"],
            &["adm_id", "ADM2_EN", "sum"],
            &["社区编码", "社区名", "常住人口数"],
            &["小区编号", "小区名称", "总人口（人）"],
            &["行政区划代码", "街镇", "人口数（万人）"],
            &["zone_id", "zone_name", "population"],
            &["LSOA21CD", "LSOA21NM", "Total_Pop"],
            &["AGS", "GEN", "EWZ"],
            &["BU_CODE", "BU_NAAM", "AANT_INW"],
            &["CD_SETOR", "NM_BAIRRO", "POP_2022"],
            &["CUSEC", "NMUN", "poblacion"],
            &["NUTS_ID", "NUTS_NAME", "pop_2021"],
            &["SA2_CODE21", "SA2_NAME21", "Tot_Pop"],
            &["XZQDM", "XZQMC", "RK人口"],
            &["村居代码", "村居名称", "户籍人口"],
            &["ID_COMUNE", "COMUNE_NOME", "abitanti"],
            &["LSOA21CD", "LSOA21NM", "All Ages"],
            &["SA2_CODE21", "SA2_NAME21", "Tot_P_P"],
            &["XZQDM", "XZQMC", "CZRK"],
            &["XZQDM", "XZQMC", "rk"],
        ] {
            let table = table(headers);
            for (at, role) in [Role::Id, Role::Name, Role::Population].into_iter().enumerate() {
                assert_eq!(guess(&table, role, &[]), Some(at), "{headers:?} {role:?}");
            }
        }
    }

    #[test]
    fn what_several_columns_could_mean_is_not_guessed() {
        let years = table(&["id", "name", "pop_2011", "pop_2021"]);
        assert_eq!(guess(&years, Role::Population, &[]), None);
        assert_eq!(choices(&years, Role::Population), ["pop_2011", "pop_2021"]);
        let chinese = table(&["id", "name", "2010年人口", "2020年人口"]);
        assert_eq!(guess(&chinese, Role::Population, &[]), None);
        assert_eq!(parts_of_people(&chinese), ["2010年人口", "2020年人口"]);
        let sexes = table(&["id", "name", "男", "女", "面积"]);
        assert_eq!(guess(&sexes, Role::Population, &[]), None);
        assert_eq!(parts_of_people(&sexes), ["男", "女"]);
        let none = table(&["id", "name", "x1", "x2"]);
        assert!(parts_of_people(&none).is_empty());
        assert_eq!(guess(&none, Role::Population, &[]), None);
        assert_eq!(choices(&none, Role::Population), ["x1", "x2"]);
    }

    #[test]
    fn residents_come_before_the_registered_and_nobody_before_households() {
        let both = table(&["编码", "名称", "户籍人口", "常住人口", "60岁以上人口", "总户数"]);
        assert_eq!(guess(&both, Role::Population, &[]), Some(3));
        let households = table(&["编码", "名称", "总户数"]);
        assert_eq!(guess(&households, Role::Population, &[]), Some(2));
    }

    #[test]
    fn of_several_ids_the_one_of_the_row_itself_is_taken() {
        let text = "PROV_CODE,SA2_CODE,name,pop\n1,a,x,5\n1,b,y,6\n1,c,z,7\n";
        let (table, _) = parse_table(Path::new("z.csv"), text.as_bytes().to_vec()).unwrap();
        assert_eq!(guess(&table, Role::Id, &[]), Some(1));
        assert_eq!(find_unique(&table, &[1]), Some(2));
    }
}
