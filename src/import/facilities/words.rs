//! What a cell says about functions: one word, a list of words, or the path that a map vendor files a place under.

use std::collections::BTreeSet;

use crate::facility::Taxonomy;
use crate::ids::FunctionId;
use crate::import::columns::plain_name;
use crate::import::table::{FeatureRow, FeatureTable};

/// Marks between several functions in one cell.
const SEPARATORS: [char; 8] = [';', '；', ',', '，', '、', '|', '/', '／'];
/// Marks between the levels of a path.
const LEVELS: [char; 8] = [';', '；', ':', '：', '>', '/', '／', '\\'];
/// Marks between several paths in one cell.
const PATHS: [char; 2] = ['|', '\n'];
/// Quotes that hold a word together.
const QUOTES: [(char, char); 5] =
    [('“', '”'), ('‘', '’'), ('「', '」'), ('『', '』'), ('《', '》')];
/// The first levels under which map vendors file places (Amap, Baidu, Tencent).
const VENDOR_TOPS: &str = "汽车服务 汽车销售 汽车维修 摩托车服务 餐饮服务 购物服务 生活服务 体育休闲服务 医疗保健服务 \
     住宿服务 风景名胜 商务住宅 政府机构及社会团体 科教文化服务 交通设施服务 金融保险服务 公司企业 道路附属设施 \
     地名地址信息 公共设施 事件活动 室内设施 通行设施 美食 酒店 购物 丽人 旅游景点 休闲娱乐 运动健身 教育培训 \
     文化传媒 医疗 交通设施 金融 房地产 政府机构 机构团体 医疗保健 教育学校 文化场馆 房产小区 生活娱乐 基础设施 \
     银行金融 运动休闲";
/// Headers of the codes that Amap gives its types.
const CODE_HEADERS: [&str; 4] = ["typecode", "类型编码", "分类编码", "poi类型编码"];
/// Amap's codes (<https://lbs.amap.com/api/webservice/download>) by their first digits, the longer ones first.
const AMAP_CODES: [(&str, &str); 33] = [
    ("141204", "kindergarten"),
    ("141203", "primary_school"),
    ("141202", "secondary_school"),
    ("090102", "health"),
    ("090601", "pharmacy"),
    ("060701", "market"),
    ("060702", "market"),
    ("060703", "market"),
    ("060705", "market"),
    ("060706", "market"),
    ("110101", "park"),
    ("130501", "community_service"),
    ("190107", "community_service"),
    ("0901", "hospital"),
    ("0902", "hospital"),
    ("0903", "health"),
    ("0602", "convenience"),
    ("0604", "convenience"),
    ("0704", "daily_services"),
    ("0711", "daily_services"),
    ("0714", "daily_services"),
    ("0715", "daily_services"),
    ("0801", "sports"),
    ("1301", "community_service"),
    ("1401", "culture"),
    ("1404", "culture"),
    ("1405", "culture"),
    ("1406", "culture"),
    ("1505", "rail_station"),
    ("1507", "bus_stop"),
    ("1601", "daily_services"),
    ("2003", "public_toilet"),
    ("05", "eating"),
];

/// How the cells of a table say functions.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::import) struct FunctionWords {
    column: Option<usize>,
    codes: Option<usize>,
    /// Whether a cell is a path whose last level counts.
    pub(in crate::import) is_path: bool,
}

/// What a cell was understood to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::import) struct Said {
    /// The functions.
    pub(in crate::import) functions: BTreeSet<FunctionId>,
    /// Words that are none.
    pub(in crate::import) unknown: Vec<String>,
}

impl FunctionWords {
    /// How `table` says functions in `column`, and in a column of a vendor's codes beside it.
    pub(in crate::import) fn of(
        table: &FeatureTable,
        column: Option<usize>,
        taxonomy: &Taxonomy,
    ) -> Self {
        let is_code = |name: &String| CODE_HEADERS.contains(&plain_name(name).as_str());
        let codes = table.columns.iter().position(is_code).filter(|&at| column != Some(at));
        let is_path = column.is_some_and(|column| has_paths(table, column, taxonomy));
        Self { column, codes, is_path }
    }

    /// Whether any column says functions.
    pub(in crate::import) fn is_told(self) -> bool {
        self.column.is_some() || self.codes.is_some()
    }

    /// What `row` says.
    pub(in crate::import) fn read(self, row: &FeatureRow, taxonomy: &Taxonomy) -> Said {
        let text = |column: Option<usize>| column.and_then(|column| row.value(column).to_text());
        let mut said = Said::default();
        match (text(self.column), text(self.codes)) {
            (Some(text), _) => {
                let words = if self.is_path { last_levels(&text) } else { list(&text, taxonomy) };
                for word in words {
                    said.add(&word, taxonomy.find_words(&word));
                }
            }
            (None, Some(codes)) => {
                for code in codes.split(SEPARATORS).map(str::trim).filter(|code| !code.is_empty()) {
                    let found = AMAP_CODES.iter().find(|(known, _)| code.starts_with(known));
                    let function = found.and_then(|(_, id)| taxonomy.find(id));
                    said.add(code, function.into_iter().collect());
                }
            }
            (None, None) => {}
        }
        said
    }
}

impl Said {
    fn add(&mut self, word: &str, found: Vec<FunctionId>) {
        if found.is_empty() {
            self.unknown.push(word.to_owned());
        }
        self.functions.extend(found);
    }
}

/// The words of a cell that lists functions: the whole cell when it is a word itself.
pub(in crate::import) fn list(text: &str, taxonomy: &Taxonomy) -> Vec<String> {
    if let Some(word) = primary_of(text) {
        return vec![word];
    }
    if !taxonomy.find_words(text).is_empty() && split_unquoted(text).len() < 2 {
        return vec![text.trim().to_owned()];
    }
    split_unquoted(text)
}

/// `text` cut at separators that stand in no quotes, quotes and blanks around each word taken off.
fn split_unquoted(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut closing: Option<char> = None;
    for c in text.chars() {
        let quote = QUOTES.iter().find(|(open, _)| *open == c).map(|(_, close)| *close);
        if closing == Some(c) {
            closing = None;
        } else if closing.is_none() && quote.is_some() {
            closing = quote;
        } else if closing.is_none() && (SEPARATORS.contains(&c) || c == '\n') {
            words.push(String::new());
            continue;
        }
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    let is_edge = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '＂');
    let trimmed = words.iter().map(|word| word.trim_matches(is_edge).to_owned());
    trimmed.filter(|word| !word.is_empty()).collect()
}

/// The last level of each path in a cell.
fn last_levels(text: &str) -> Vec<String> {
    let last = |path: &str| {
        let mut levels = path.split(LEVELS).map(str::trim).filter(|level| !level.is_empty());
        levels.next_back().map(str::to_owned)
    };
    text.split(PATHS).filter_map(last).collect()
}

/// The main one of the categories that Overture writes as `{'primary': 'kindergarten', …}`.
fn primary_of(text: &str) -> Option<String> {
    let rest = text.trim().strip_prefix('{')?.split_once("primary")?.1;
    let (_, value) = rest.split_once(':')?;
    let value = value.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (word, _) = value[1..].split_once(quote)?;
    Some(word.to_owned())
}

/// Whether the cells of `column` are paths: most begin with a level that a map vendor files places under, or all have
/// as many levels and begin with fewer words than they end with, none of them a function.
fn has_paths(table: &FeatureTable, column: usize, taxonomy: &Taxonomy) -> bool {
    let texts: Vec<String> =
        table.rows.iter().filter_map(|row| row.value(column).to_text()).collect();
    let first_path = |text: &String| text.split(PATHS).next().unwrap_or("").to_owned();
    let levels: Vec<Vec<String>> = texts
        .iter()
        .map(first_path)
        .map(|path| path.split(LEVELS).map(|level| level.trim().to_owned()).collect())
        .collect();
    let is_top = |word: &str| VENDOR_TOPS.split_whitespace().any(|top| top == word);
    let filed = levels.iter().filter(|levels| levels.len() > 1 && is_top(&levels[0])).count();
    if filed * 2 > levels.len() {
        return true;
    }
    let depth = levels.first().map_or(0, Vec::len);
    let firsts: BTreeSet<&String> = levels.iter().filter_map(|levels| levels.first()).collect();
    let lasts: BTreeSet<&String> = levels.iter().filter_map(|levels| levels.last()).collect();
    depth >= 3
        && levels.len() >= 8
        && levels.iter().all(|levels| levels.len() == depth)
        && firsts.len() * 2 <= lasts.len()
        && firsts.iter().all(|first| taxonomy.find_words(first).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::osm::standard_functions;
    use crate::import::table::parse_table;
    use std::path::Path;

    fn read(text: &str) -> Vec<Vec<String>> {
        let taxonomy = standard_functions().unwrap();
        let (table, _) = parse_table(Path::new("t.csv"), text.as_bytes().to_vec()).unwrap();
        let words = FunctionWords::of(&table, table.find_column("type"), &taxonomy);
        let name = |id: FunctionId| taxonomy.functions()[id].id.clone();
        let said = |row: &FeatureRow| words.read(row, &taxonomy).functions;
        table.rows.iter().map(|row| said(row).into_iter().map(name).collect()).collect()
    }

    #[test]
    fn the_last_level_of_a_path_counts_and_no_other() {
        let found = read(
            "id,type\n1,科教文化服务;学校;幼儿园\n2,科教文化服务;学校;高等院校\n\
             3,医疗保健服务;综合医院;社区卫生服务中心\n4,教育培训:小学|科教文化服务;学校;幼儿园\n",
        );
        assert_eq!(found[0], ["kindergarten"]);
        assert!(found[1].is_empty(), "a university is no school of a district");
        assert_eq!(found[2], ["health"]);
        assert_eq!(found[3], ["kindergarten", "primary_school"]);
    }

    #[test]
    fn a_list_is_cut_at_its_separators_but_not_in_quotes_or_at_a_plus() {
        let found = read(
            "id,type\n1,“党建+”邻里中心\n2,托育；养老服务、\"助餐\"\n3,\"托育,公厕/菜市场\"\n",
        );
        assert_eq!(found[0], ["neighborhood_centre"]);
        assert_eq!(found[1], ["childcare", "elder_care", "elder_meals"]);
        assert_eq!(found[2], ["childcare", "market", "public_toilet"]);
    }

    #[test]
    fn codes_stand_in_where_no_type_is_written() {
        let found =
            read("id,type,typecode\n1,,141204\n2,餐饮服务;中餐厅;药店,141204\n3,,090300|150700\n");
        assert_eq!(found, [vec!["kindergarten"], vec!["pharmacy"], vec!["health", "bus_stop"]]);
    }

    #[test]
    fn the_main_category_of_overture_counts() {
        let cell = "\"{'primary': 'day_care_preschool', 'alternate': ['school']}\"";
        assert_eq!(read(&format!("id,type\n1,{cell}\n")), [["childcare"]]);
    }
}
