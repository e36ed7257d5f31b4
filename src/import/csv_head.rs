//! Where the table in a sheet begins: titles and remarks above the column names, a second row of names, a row of units.

use csv::StringRecord;

use super::number::{self, Mark};
use super::units::is_unit;

/// Most rows above the column names.
const TITLES_MAX: usize = 12;

/// The head of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// Texts above the column names.
    pub(super) titles: Vec<String>,
    /// The column names; empty where none is written.
    pub(super) names: Vec<String>,
    /// Rows from the first title to the last row of the head.
    pub(super) rows: usize,
    /// Whether the names stand in two rows.
    pub(super) has_two: bool,
    /// Whether a row of units follows the names.
    pub(super) has_units: bool,
}

/// Finds the head in the first rows of a sheet.
pub(super) fn find_head(rows: &[StringRecord]) -> Head {
    let width = rows.iter().map(filled).max().unwrap_or(0);
    let is_wide = |row: &StringRecord| {
        filled(row) * 5 >= width * 3 && filled(row) > 2.min(width.saturating_sub(1))
    };
    let first = rows
        .iter()
        .take(TITLES_MAX + 1)
        .position(is_wide)
        .filter(|&at| {
            is_textual(&rows[at]) && rows[..at].iter().all(|row| filled(row) * 2 <= width)
        })
        .unwrap_or(0);
    let cells = |row: &StringRecord| row.iter().map(|cell| cell.trim().to_owned()).collect();
    let titles = rows[..first].iter().flatten().map(str::trim).filter(|cell| !cell.is_empty());
    let mut head = Head {
        titles: titles.map(str::to_owned).collect(),
        names: rows.get(first).map(cells).unwrap_or_default(),
        rows: first + 1,
        ..Head::default()
    };
    if let Some(second) = rows.get(first + 1).filter(|second| is_second(&head.names, second)) {
        head.names = merged(&head.names, second);
        head.has_two = true;
        head.rows += 1;
    }
    if let Some(units) = rows.get(head.rows).filter(|row| is_units(row)) {
        for (name, unit) in head.names.iter_mut().zip(units) {
            let unit = unit.trim().trim_matches(['(', ')', '（', '）', '[', ']']);
            if !unit.is_empty() && !name.is_empty() {
                *name = format!("{name}（{unit}）");
            }
        }
        head.has_units = true;
        head.rows += 1;
    }
    head
}

fn filled(row: &StringRecord) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// Whether at most half of the cells that are filled are numbers.
fn is_textual(row: &StringRecord) -> bool {
    let numbers = row.iter().filter(|cell| number::parse(cell, Mark::Point).is_some()).count();
    numbers * 2 <= filled(row)
}

/// Whether `second` names, in words, the columns of groups that `names` heads: a name with empty cells behind it.
fn is_second(names: &[String], second: &StringRecord) -> bool {
    let is_empty = |at: usize| names.get(at).is_some_and(String::is_empty);
    let in_group = |at: usize| {
        let is_gap = is_empty(at) && names[..at].iter().any(|name| !name.is_empty());
        is_gap || names.get(at).is_some_and(|_| !is_empty(at) && is_empty(at + 1))
    };
    let cells = || second.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty());
    cells().any(|(at, _)| is_empty(at))
        && cells().all(|(at, cell)| in_group(at) && number::parse(cell, Mark::Point).is_none())
}

/// Names of two rows: the lower ones, with the upper one of the group before those that are there twice.
fn merged(names: &[String], second: &StringRecord) -> Vec<String> {
    let count = names.len().max(second.len());
    let lower: Vec<&str> = (0..count).map(|at| second.get(at).unwrap_or("").trim()).collect();
    let mut group = "";
    let mut all = Vec::with_capacity(count);
    for (at, &below) in lower.iter().enumerate() {
        let above = names.get(at).map_or("", String::as_str);
        if !above.is_empty() {
            group = above;
        }
        let twice = lower.iter().filter(|other| **other == below).count() > 1;
        all.push(match (above, below) {
            (above, "") => above.to_owned(),
            (_, below) if twice && !group.is_empty() => format!("{group} {below}"),
            (_, below) => below.to_owned(),
        });
    }
    all
}

/// Whether every cell that is filled is a unit.
fn is_units(row: &StringRecord) -> bool {
    filled(row) > 0 && row.iter().all(|cell| cell.trim().is_empty() || is_unit(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let rows: Vec<StringRecord> = reader.records().map(Result::unwrap).collect();
        find_head(&rows)
    }

    #[test]
    fn titles_and_remarks_stand_above_the_names() {
        let found = head(
            "某区托育机构一览表,,,,\n填报单位：规划局,,制表日期：2026-05,,\n编号,名称,托位,经度,纬度\n1,甲,30,118.5,24.9\n",
        );
        assert_eq!(found.names, ["编号", "名称", "托位", "经度", "纬度"]);
        assert_eq!((found.titles.len(), found.rows), (3, 3));
        let plain = head("id,name\n1,a\n2,b\n");
        assert_eq!((plain.names, plain.rows), (vec!["id".to_owned(), "name".to_owned()], 1));
        assert_eq!(head("只有一列\n1\n2\n").rows, 1);
    }

    #[test]
    fn names_in_two_rows_are_put_together() {
        let found = head("编号,坐标,,人口,\n,经度,纬度,男,女\n1,118.5,24.9,3,4\n");
        assert_eq!(found.names, ["编号", "经度", "纬度", "男", "女"]);
        let twice = head("社区,常住,,户籍,\n,男,女,男,女\n甲,1,2,3,4\n");
        assert_eq!(twice.names, ["社区", "常住 男", "常住 女", "户籍 男", "户籍 女"]);
        for data in ["id,name,\n1,甲,乙\n", ",name,type\na,甲,托育\n", "id,name,\na,甲,\n"] {
            assert!(!head(data).has_two, "a row of data is no row of names: {data}");
        }
    }

    #[test]
    fn a_row_of_units_belongs_to_the_names() {
        let found = head("社区,人口,面积\n,（万人）,平方公里\n甲,1.2,3\n");
        assert!(found.has_units);
        assert_eq!(found.names, ["社区", "人口（万人）", "面积（平方公里）"]);
    }
}
