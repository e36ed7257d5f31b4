//! Which column holds what: told by the study, else by the names people give columns.

use std::collections::BTreeMap;

use super::ImportError;
use super::column_guess::{distinct_share, guess};
use super::crs_named::without_system;
use super::table::{FeatureRow, FeatureTable, FieldValue};

/// An id that fewer rows have of their own is doubted when another column could hold it.
const ID_DISTINCT_MIN: f64 = 0.5;

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Id of the row.
    Id,
    /// Name.
    Name,
    /// Longitude, or easting.
    Lon,
    /// Latitude, or northing.
    Lat,
    /// Places offered.
    Capacity,
    /// Functions offered.
    Function,
    /// Open, planned or closed.
    Status,
    /// Level of a facility in a hierarchy of services.
    Tier,
    /// Year of opening.
    Year,
    /// Opening hours.
    Hours,
    /// People of all groups.
    Population,
    /// Parent zone.
    Parent,
    /// Level of a zone.
    Level,
    /// Type of community.
    Kind,
    /// The zone a row is about.
    Zone,
    /// What building there costs.
    Cost,
    /// First phase in which building there can be done.
    Phase,
    /// People that count in favor of a place beyond those it covers.
    Bonus,
    /// Ground area in square metres.
    Ground,
}

/// Each role with its key in the `columns` of a study and the column names that mean it: the surest first,
/// apart by spaces, plain as [`plain_name`] makes them.
const ROLES: [(Role, &str, &str); 19] = [
    (
        Role::Id,
        "id",
        "id 编号 编码 代码 zoneid 机构编号 机构代码 设施编号 code uid gid fid \
     objectid osmid geoid geoid20 key 序号 统一社会信用代码",
    ),
    (
        Role::Name,
        "name",
        "name 名称 机构名称 设施名称 社区名称 街道名称 单位名称 网点名称 名字 \
     title namezh namecn nameen facilityname zonename",
    ),
    (
        Role::Lon,
        "lon",
        "lon lng long longitude 经度 x 东经 lonwgs84 lnggcj02 坐标x x坐标 \
     easting coordx xcoord pointx",
    ),
    (
        Role::Lat,
        "lat",
        "lat latitude 纬度 y 北纬 latwgs84 latgcj02 坐标y y坐标 northing \
     coordy ycoord pointy",
    ),
    (
        Role::Capacity,
        "capacity",
        "capacity 床位 床位数 托位 托位数 学位 学位数 座位数 容量 places beds \
     seats slots 核定床位数 核定托位数 接待能力 名额 名额数 服务名额 可提供托位数 实有托位数 设计托位数 托位总数 床位总数",
    ),
    (
        Role::Function,
        "function",
        "function functions category type service services 类型 类别 服务 功能 \
     设施类型 机构类型 服务类型 服务内容 服务功能 服务类别 设施类别 机构类别 小类 中类 业态 categories stdtag tag amenity",
    ),
    (
        Role::Status,
        "status",
        "status 状态 运营状态 营业状态 建设状态 使用状态 开放状态 运行状态 设施状态 建设情况 运营情况",
    ),
    (Role::Tier, "tier", "tier 级别 层级 等级 grade 设施级别"),
    (
        Role::Year,
        "year",
        "year opened openingyear 开办年份 建成年份 开业年份 成立年份 年份 \
     startdate yearopened",
    ),
    (Role::Hours, "hours", "hours openinghours 开放时间 营业时间 服务时间"),
    (
        Role::Population,
        "population",
        "population all pop persons people residents inhabitants 人口 常住人口 \
     总人口 人口数 常住人口数 人数 totalpopulation poptotal asukkaita 万人 千人 百人",
    ),
    (Role::Parent, "parent", "parent parentid 上级 上级编号 上级代码 所属街道 所属 父级"),
    (Role::Level, "level", "level adminlevel 层次 级 层级 级别"),
    (Role::Kind, "kind", "kind typology 社区类型 类型 type"),
    (
        Role::Zone,
        "zone",
        "zone zoneid zonename district community 区划 社区 社区名称 街道 街道名称 \
     网格 片区 name 名称 id 编号 代码 code",
    ),
    (
        Role::Cost,
        "cost",
        "cost costs price investment 造价 费用 成本 投资 投资额 总投资 预算 建设费用 改造费用 单价",
    ),
    (Role::Phase, "phase", "phase stage 期 期次 阶段 批次 实施阶段 建设时序 年度"),
    (Role::Bonus, "bonus", "bonus applied weight 加分 申报加分 权重 优先人数"),
    (Role::Ground, "area", "area aream2 siteaream2 面积 用地面积 占地面积 地块面积 建筑面积 sqm"),
];

impl Role {
    /// The key for it in the `columns` of a study.
    pub fn key(self) -> &'static str {
        ROLES.iter().find(|entry| entry.0 == self).map_or("", |entry| entry.1)
    }

    /// Column names that mean it, the surest first.
    fn aliases(self) -> impl Iterator<Item = &'static str> {
        let found = ROLES.iter().find(|entry| entry.0 == self);
        found.map_or("", |entry| entry.2).split_whitespace()
    }
}

/// The columns of a table by what they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMap {
    columns: BTreeMap<Role, usize>,
}

impl ColumnMap {
    /// Finds the columns of `roles`: those that `explicit` (role key → column name) tells, the others by
    /// the names people give them.
    ///
    /// # Errors
    /// When `explicit` has a key that is none of `roles` or names a column that is not there; the message
    /// says the nearest.
    pub fn resolve(
        table: &FeatureTable,
        explicit: &BTreeMap<String, String>,
        roles: &[Role],
    ) -> Result<Self, ImportError> {
        let mut columns = BTreeMap::new();
        for (key, name) in explicit {
            let role = roles.iter().find(|role| role.key() == key).ok_or_else(|| {
                let known: Vec<&str> = roles.iter().map(|role| role.key()).collect();
                table
                    .malformed(format!("columns.{key} is not known here; {}", nearest(key, &known)))
            })?;
            columns.insert(*role, require_column(table, name)?);
        }
        let plain: Vec<String> = table.columns.iter().map(|name| plain_name(name)).collect();
        for &role in roles {
            if !columns.contains_key(&role)
                && let Some(column) = find_alias(role, &plain, &columns)
            {
                columns.insert(role, column);
            }
        }
        for &role in roles {
            let known = columns.get(&role).copied().filter(|_| !explicit.contains_key(role.key()));
            let is_doubtful =
                |column: usize| role == Role::Id && distinct_share(table, column) < ID_DISTINCT_MIN;
            let is_open = !columns.contains_key(&role) || known.is_some_and(is_doubtful);
            let taken: Vec<usize> =
                columns.iter().filter(|entry| *entry.0 != role).map(|entry| *entry.1).collect();
            if is_open && let Some(column) = guess(table, role, &taken) {
                columns.insert(role, column);
            }
        }
        Ok(Self { columns })
    }

    /// Lets `column` hold `role`.
    pub(super) fn set(&mut self, role: Role, column: usize) {
        self.columns.insert(role, column);
    }

    /// Lets no column hold `role`.
    pub(super) fn unset(&mut self, role: Role) {
        self.columns.remove(&role);
    }

    /// The columns that hold a role.
    pub(super) fn taken(&self) -> Vec<usize> {
        self.columns.values().copied().collect()
    }

    /// The column that holds `role`.
    pub fn find(&self, role: Role) -> Option<usize> {
        self.columns.get(&role).copied()
    }

    /// What `row` says about `role`.
    pub fn value<'a>(&self, row: &'a FeatureRow, role: Role) -> &'a FieldValue {
        self.find(role).map_or(&FieldValue::Missing, |column| row.value(column))
    }

    /// What `row` says about `role`, as text.
    pub fn text(&self, row: &FeatureRow, role: Role) -> Option<String> {
        self.value(row, role).to_text()
    }
}

/// The position of the column called `name`.
///
/// # Errors
/// When there is none; the message says the nearest.
pub fn require_column(table: &FeatureTable, name: &str) -> Result<usize, ImportError> {
    table.find_column(name).ok_or_else(|| {
        let known: Vec<&str> = table.columns.iter().map(String::as_str).collect();
        table.malformed(format!("there is no column {name:?}; {}", nearest(name, &known)))
    })
}

/// The column of `role` by name; a column already given to another role is not taken again.
fn find_alias(role: Role, plain: &[String], taken: &BTreeMap<Role, usize>) -> Option<usize> {
    let by_name = role.aliases().find_map(|alias| {
        let at = plain.iter().position(|name| name == alias)?;
        taken.values().all(|&column| column != at).then_some(at)
    });
    by_name.or_else(|| find_named_axis(role, plain))
}

/// The column of an axis whose name also names its system (`gcj_lng`, `百度经度`); of several systems the first of
/// [`without_system`].
fn find_named_axis(role: Role, plain: &[String]) -> Option<usize> {
    if !matches!(role, Role::Lon | Role::Lat) {
        return None;
    }
    let named = plain.iter().enumerate().filter_map(|(at, name)| {
        let (rank, rest) = without_system(name)?;
        role.aliases().any(|alias| alias == rest).then_some((rank, at))
    });
    named.min().map(|(_, at)| at)
}

/// "did you mean … ?" for a name that is none of `known`.
pub fn nearest(name: &str, known: &[&str]) -> String {
    let lower = name.to_lowercase();
    let mut near: Vec<(f64, &str)> = known
        .iter()
        .map(|known| (strsim::jaro_winkler(&lower, &known.to_lowercase()), *known))
        .filter(|(alike, _)| *alike > 0.6)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let list = |names: &mut dyn Iterator<Item = &str>| -> String {
        names.map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
    };
    if near.is_empty() {
        format!("there are {}", list(&mut known.iter().copied().take(20)))
    } else {
        format!("did you mean {}?", list(&mut near.into_iter().map(|(_, name)| name).take(3)))
    }
}

/// A column name without case, spaces, separators and bracketed remarks: `经度 (WGS84)` is `经度`.
pub fn plain_name(name: &str) -> String {
    let mut depth = 0_usize;
    let mut plain = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() || matches!(c, '_' | '-' | '.' | ':' | '：') => {}
            _ => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn table(columns: &[&str]) -> FeatureTable {
        let mut table = FeatureTable::new(Path::new("t.csv"));
        table.columns = columns.iter().map(|&name| name.to_owned()).collect();
        table
    }

    fn explicit(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|&(key, name)| (key.to_owned(), name.to_owned())).collect()
    }

    #[test]
    fn chinese_and_english_headers_are_known() {
        let table = table(&[
            "机构编号",
            "机构名称",
            "经度 (WGS84)",
            "纬度",
            "核定托位数（个）",
            "Opening_Hours",
        ]);
        let roles =
            [Role::Id, Role::Name, Role::Lon, Role::Lat, Role::Capacity, Role::Hours, Role::Tier];
        let map = ColumnMap::resolve(&table, &BTreeMap::new(), &roles).unwrap();
        assert_eq!(
            roles.map(|role| map.find(role)),
            [Some(0), Some(1), Some(2), Some(3), Some(4), Some(5), None]
        );
    }

    #[test]
    fn what_the_study_tells_goes_before_what_is_guessed() {
        let table = table(&["id", "name", "lon", "lat", "licensed"]);
        let told = explicit(&[("capacity", "licensed"), ("name", "ID")]);
        let map =
            ColumnMap::resolve(&table, &told, &[Role::Id, Role::Name, Role::Capacity]).unwrap();
        assert_eq!((map.find(Role::Capacity), map.find(Role::Name)), (Some(4), Some(0)));
        assert_eq!(map.find(Role::Id), None);
    }

    #[test]
    fn a_wrong_key_or_column_is_an_error_that_says_the_nearest() {
        let table = table(&["编号", "名称", "longitude"]);
        let error = ColumnMap::resolve(&table, &explicit(&[("lon", "longitud")]), &[Role::Lon])
            .unwrap_err();
        assert!(error.to_string().contains("did you mean \"longitude\"?"), "{error}");
        let error =
            ColumnMap::resolve(&table, &explicit(&[("capcity", "编号")]), &[Role::Capacity])
                .unwrap_err();
        assert!(error.to_string().contains("\"capacity\""), "{error}");
    }
}
