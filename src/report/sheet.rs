//! A table of a plan in both languages: a file for machines, a section of the report, lines on the terminal.

use std::fmt::Write as _;

use crate::demand::DemandUnit;
use crate::units::Persons;

use super::language::Language;
use super::number;

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Both {
    /// English.
    pub en: String,
    /// Chinese, simplified.
    pub zh: String,
}

impl Both {
    /// From both texts.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// The one in `language`.
    pub fn pick(&self, language: Language) -> &str {
        language.pick(&self.en, &self.zh)
    }
}

/// A column: its name in the file, and what a reader sees above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// In the file.
    pub id: &'static str,
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

/// A column by its name in the file, and what is above it in English and Chinese.
pub const fn column(id: &'static str, en: &'static str, zh: &'static str) -> Column {
    Column { id, en, zh }
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A name or id, the same in both languages.
    Text(String),
    /// Words.
    Words(Both),
    /// A whole number.
    Count(i64),
    /// People, in millionths.
    People(i64),
    /// A cost, in thousandths.
    Cost(i64),
    /// A part of a whole, 1 for all of it; none when the whole is nothing.
    Share(Option<f64>),
    /// Metres; none when there is no limit to it.
    Meters(Option<f64>),
    /// Minutes of walking; none when nobody walks.
    Minutes(Option<f64>),
}

impl Cell {
    /// As a program reads it.
    fn raw(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Words(both) => both.en.clone(),
            Self::Count(count) => count.to_string(),
            Self::People(micro) => (*micro as f64 / 1e6).to_string(),
            Self::Cost(cost) => (*cost as f64 / 1e3).to_string(),
            Self::Share(share) => share.map_or(String::new(), |share| format!("{share:.6}")),
            Self::Meters(meters) => meters.map_or(String::new(), |meters| format!("{meters:.1}")),
            Self::Minutes(time) => time.map_or(String::new(), |time| format!("{time:.5}")),
        }
    }

    /// As a person reads it.
    pub fn shown(&self, language: Language) -> String {
        let sign = |number: i64| if number < 0 { "−" } else { "" };
        match self {
            Self::Text(text) => text.clone(),
            Self::Words(both) => both.pick(language).to_owned(),
            Self::Count(count) => {
                format!("{}{}", sign(*count), number::whole(count.unsigned_abs()))
            }
            Self::People(micro) => {
                let people = number::persons(Persons::from_micro(micro.abs()));
                format!("{}{people}", sign(*micro))
            }
            Self::Cost(cost) if cost % 1_000 == 0 => {
                format!("{}{}", sign(*cost), number::whole(cost.unsigned_abs() / 1_000))
            }
            Self::Cost(cost) => number::plain(*cost as f64 / 1e3, 2),
            // As in the headline; nearly all never reads as all.
            Self::Share(share) => share.map_or("–".to_owned(), |share| {
                let nearest = (share * 1_000.0).round();
                let tenths = if share < 1.0 { nearest.min(999.0) } else { nearest };
                format!("{:.1}%", tenths / 10.0)
            }),
            Self::Meters(meters) => {
                meters.map_or("–".to_owned(), |meters| number::whole(meters.round() as u64))
            }
            Self::Minutes(time) => time.map_or("–".to_owned(), |time| format!("{time:.2}")),
        }
    }

    /// Whether it is a number.
    pub const fn is_number(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Words(_))
    }
}

/// A table with a title and a sentence that says how to read it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// Name of its file, without the ending.
    pub name: &'static str,
    /// What it is.
    pub title: Both,
    /// How to read it; may be empty.
    pub text: Both,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each as long as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

impl Column {
    /// As it is called where metres of street stand in for people.
    fn in_meters(self) -> Self {
        let id = match self.id {
            "people" | "persons" => "street_m",
            "gain_persons" => "gain_street_m",
            "cumulative_persons" => "cumulative_street_m",
            "alone_persons" => "alone_street_m",
            "last_persons" => "last_street_m",
            other => other,
        };
        match self.en {
            "people" => Self { id, en: "m of street", zh: "街道长度（米）" },
            _ => Self { id, ..self },
        }
    }
}

impl Sheet {
    /// The table with its columns named after what `unit` counts.
    #[must_use]
    pub fn counting(mut self, unit: DemandUnit) -> Self {
        if unit == DemandUnit::StreetMeters {
            self.columns = self.columns.into_iter().map(Column::in_meters).collect();
        }
        self
    }

    /// The table as CSV with exact numbers.
    pub fn csv(&self) -> String {
        let head: Vec<String> = self.columns.iter().map(|column| column.id.to_owned()).collect();
        let mut text = String::new();
        let rows = self.rows.iter().map(|row| row.iter().map(Cell::raw).collect());
        for row in std::iter::once(head).chain(rows) {
            let cells: Vec<String> = row.iter().map(|cell: &String| quoted(cell)).collect();
            let _ = writeln!(text, "{}", cells.join(","));
        }
        text
    }

    /// Whether a column holds numbers.
    pub fn is_number(&self, column: usize) -> bool {
        self.rows.first().and_then(|row| row.get(column)).is_some_and(Cell::is_number)
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_exact_in_its_file_and_readable_in_both_languages() {
        let columns = vec![
            Column { id: "zone", en: "zone", zh: "片区" },
            Column { id: "people", en: "people", zh: "人" },
            Column { id: "share", en: "share", zh: "占比" },
        ];
        let words = Cell::Words(Both::new("a, \"b\"", "甲"));
        let rows = vec![vec![words, Cell::People(1_234_500_000), Cell::Share(Some(0.999_99))]];
        let sheet =
            Sheet { name: "t", title: Both::default(), text: Both::default(), columns, rows };
        assert_eq!(sheet.csv(), "zone,people,share\n\"a, \"\"b\"\"\",1234.5,0.999990\n");
        let shown: Vec<String> = sheet.rows[0].iter().map(|c| c.shown(Language::Zh)).collect();
        assert_eq!((shown[0].as_str(), shown[2].as_str()), ("甲", "99.9%"));
        // 88.9 of 410, as the headline says it.
        assert_eq!(Cell::Share(Some(88.9 / 410.0)).shown(Language::En), "21.7%");
        assert!(sheet.is_number(1) && !sheet.is_number(0));
        assert_eq!(Cell::Cost(-1_500).shown(Language::En), number::plain(-1.5, 2));
    }
}
