//! Tables for the terminal, aligned for Latin and Chinese.

use unicode_width::UnicodeWidthStr;

pub(super) use crate::delivery::text::{count, percent};

/// How a column is aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A table with a head.
#[derive(Clone, Debug)]
pub(super) struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns and no row yet.
    pub(super) fn new(columns: &[(&str, Align)]) -> Self {
        Self {
            columns: columns.iter().map(|&(name, align)| (name.to_owned(), align)).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; cells beyond the columns are dropped.
    pub(super) fn push(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as text, each line ended.
    pub(super) fn render(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width());
            cells.chain([self.columns[column].0.width()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let line = |cells: &[String]| {
            let mut text = String::new();
            for (column, (_, align)) in self.columns.iter().enumerate() {
                let cell = cells.get(column).map_or("", String::as_str);
                let pad = " ".repeat(widths[column] - cell.width().min(widths[column]));
                let gap = if column == 0 { "" } else { "  " };
                match align {
                    Align::Left => text.extend([gap, cell, &pad]),
                    Align::Right => text.extend([gap, &pad, cell]),
                }
            }
            format!("{}\n", text.trim_end())
        };
        let head: Vec<String> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        let rule: Vec<String> = widths.iter().map(|&width| "─".repeat(width)).collect();
        let rows = self.rows.iter().map(|row| line(row));
        [line(&head), line(&rule)].into_iter().chain(rows).collect()
    }
}

/// `text` with spaces behind it up to `width` cells of the terminal.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_and_latin_cells_line_up() {
        let mut table = Table::new(&[("服务", Align::Left), ("人", Align::Right)]);
        table.push(vec!["托育".to_owned(), count(1234.4)]);
        table.push(vec!["abc".to_owned(), count(7.0)]);
        assert_eq!(table.render(), "服务     人\n────  ─────\n托育  1,234\nabc       7\n");
    }

    #[test]
    fn nearly_all_is_not_all() {
        assert_eq!(percent(Some(0.999_99)), "99.9 %");
        assert_eq!(percent(Some(1.0)), "100.0 %");
        assert_eq!(percent(None), "–");
    }
}
