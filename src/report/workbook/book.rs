//! Workbooks of the Office Open XML kind (ECMA-376, part 1): sheets of typed cells, a frozen header, widths, filters.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::export::Archive;

/// Rows that a sheet may have, its header included (Excel's limit).
pub(super) const ROWS_MAX: usize = 1_048_576;
/// Characters that a cell may have (Excel's limit).
const TEXT_MAX: usize = 32_767;

/// What stands in a cell; each kind has its way of being shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A title.
    Title(String),
    /// Whole numbers and counts of people: thousands set apart, no decimals shown.
    Count(f64),
    /// A share, 0 to 1, shown in percent with one decimal.
    Share(f64),
    /// Minutes or metres, with one decimal.
    Measure(f64),
    /// A number as it is, without separators: years, coordinates.
    Plain(f64),
}

/// Styles in the order of [`STYLES`].
const HEADER: u8 = 1;

impl Cell {
    const fn style(&self) -> u8 {
        match self {
            Self::Empty | Self::Plain(_) => 0,
            Self::Title(_) => 2,
            Self::Count(_) => 3,
            Self::Share(_) => 4,
            Self::Measure(_) => 5,
            Self::Text(_) => 6,
        }
    }

    /// A share, nothing where nobody lives.
    pub(super) fn share(share: Option<f64>) -> Self {
        share.map_or(Self::Empty, Self::Share)
    }

    /// Minutes or metres, nothing where nothing is reached.
    pub(super) fn measure(value: Option<f64>) -> Self {
        value.map_or(Self::Empty, Self::Measure)
    }

    /// Text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// A column: its title and its width in characters.
pub(super) type Column = (String, u8);

/// One sheet.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    /// Its name, at most 31 characters.
    pub(super) name: String,
    /// Rows above the header.
    pub(super) head: Vec<Vec<Cell>>,
    /// Columns.
    pub(super) columns: Vec<Column>,
    /// Rows.
    pub(super) rows: Vec<Vec<Cell>>,
}

const STYLES: &str = r##"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="0.0%"/><numFmt numFmtId="165" formatCode="#,##0.0"/></numFmts><fonts count="3"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="15"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE3EEF0"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top/><bottom style="thin"><color rgb="FF56616B"/></bottom><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf><xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"##;

const PROLOG: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// Writes the workbook.
pub(super) fn write_book(out: &mut dyn Write, sheets: &[Sheet]) -> io::Result<()> {
    let mut archive = Archive::new(out);
    let numbers = 1..=sheets.len();
    let part = |n: usize| {
        format!(
            "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"{KIND}.worksheet+xml\"/>"
        )
    };
    let types = format!(
        "{PROLOG}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{KIND}.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"{KIND}.styles+xml\"/>{}</Types>",
        numbers.clone().map(part).collect::<Vec<_>>().concat()
    );
    archive.add("[Content_Types].xml", types.as_bytes())?;
    let root = format!(
        "{PROLOG}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    archive.add("_rels/.rels", root.as_bytes())?;
    let named = |(index, sheet): (usize, &Sheet)| {
        format!(
            "<sheet name=\"{}\" sheetId=\"{1}\" r:id=\"rId{1}\"/>",
            escaped(&sheet.name),
            index + 1
        )
    };
    let book = format!(
        "{PROLOG}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{}</sheets></workbook>",
        sheets.iter().enumerate().map(named).collect::<Vec<_>>().concat()
    );
    archive.add("xl/workbook.xml", book.as_bytes())?;
    let relation = |n: usize| {
        format!(
            "<Relationship Id=\"rId{n}\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
        )
    };
    let relations = format!(
        "{PROLOG}<Relationships xmlns=\"{PACKAGE}/relationships\">{}<Relationship Id=\"rId{}\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/></Relationships>",
        numbers.map(relation).collect::<Vec<_>>().concat(),
        sheets.len() + 1
    );
    archive.add("xl/_rels/workbook.xml.rels", relations.as_bytes())?;
    archive.add("xl/styles.xml", STYLES.as_bytes())?;
    for (index, sheet) in sheets.iter().enumerate() {
        let name = format!("xl/worksheets/sheet{}.xml", index + 1);
        archive.add(&name, sheet_xml(sheet).as_bytes())?;
    }
    archive.finish()
}

/// Everything up to the header is frozen; the header filters the rows below it.
fn sheet_xml(sheet: &Sheet) -> String {
    let mut xml = format!("{PROLOG}<worksheet xmlns=\"{MAIN}\">");
    let frozen = if sheet.columns.is_empty() { 0 } else { sheet.head.len() + 1 };
    if frozen > 0 {
        let _ = write!(
            xml,
            "<sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"{frozen}\" topLeftCell=\"A{}\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>",
            frozen + 1
        );
    }
    if !sheet.columns.is_empty() {
        xml.push_str("<cols>");
        for (index, (_, width)) in sheet.columns.iter().enumerate() {
            let n = index + 1;
            let _ =
                write!(xml, "<col min=\"{n}\" max=\"{n}\" width=\"{width}\" customWidth=\"1\"/>");
        }
        xml.push_str("</cols>");
    }
    xml.push_str("<sheetData>");
    let mut number = 0;
    for row in &sheet.head {
        number += 1;
        push_row(&mut xml, number, row.iter().map(|cell| (cell, cell.style())));
    }
    if !sheet.columns.is_empty() {
        number += 1;
        let titles: Vec<Cell> =
            sheet.columns.iter().map(|(title, _)| Cell::text(title.as_str())).collect();
        push_row(&mut xml, number, titles.iter().map(|cell| (cell, HEADER)));
    }
    for row in sheet.rows.iter().take(ROWS_MAX - number) {
        number += 1;
        push_row(&mut xml, number, row.iter().map(|cell| (cell, cell.style())));
    }
    xml.push_str("</sheetData>");
    if frozen > 0 && number > frozen {
        let last = column_name(sheet.columns.len() - 1);
        let _ = write!(xml, "<autoFilter ref=\"A{frozen}:{last}{number}\"/>");
    }
    xml.push_str("<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/><pageSetup paperSize=\"9\" orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>");
    xml
}

fn push_row<'a>(xml: &mut String, number: usize, cells: impl Iterator<Item = (&'a Cell, u8)>) {
    let _ = write!(xml, "<row r=\"{number}\">");
    for (index, (cell, style)) in cells.enumerate() {
        let at = column_name(index);
        match cell {
            Cell::Empty => {}
            Cell::Text(text) | Cell::Title(text) => {
                let text = escaped(text);
                let _ = write!(
                    xml,
                    "<c r=\"{at}{number}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"
                );
            }
            Cell::Count(value) | Cell::Share(value) | Cell::Measure(value) | Cell::Plain(value) => {
                let _ = write!(xml, "<c r=\"{at}{number}\" s=\"{style}\"><v>{value}</v></c>");
            }
        }
    }
    xml.push_str("</row>");
}

/// `A` for 0, `AA` for 26.
fn column_name(mut index: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(b'A' + (index % 26) as u8);
        if index < 26 {
            break;
        }
        index = index / 26 - 1;
    }
    name.iter().rev().map(|&letter| char::from(letter)).collect()
}

/// Text for XML, without the characters it cannot hold, at most as long as a cell may be.
fn escaped(text: &str) -> String {
    let allowed = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let allowed: String = text
        .chars()
        .filter(|c| allowed(c) && !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .take(TEXT_MAX)
        .collect();
    crate::report::figure::escape(&allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_a_spreadsheet_names_them() {
        let names = [0, 25, 26, 701, 702].map(column_name);
        assert_eq!(names, ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn numbers_are_numbers_and_texts_are_escaped() {
        let sheet = Sheet {
            name: "a".to_owned(),
            head: vec![vec![Cell::Title("T".to_owned())]],
            columns: vec![("<x>".to_owned(), 9), ("y".to_owned(), 9)],
            rows: vec![
                vec![Cell::Empty, Cell::Share(0.5)],
                vec![Cell::text("a\u{0}&b"), Cell::Count(12.0)],
            ],
        };
        let xml = sheet_xml(&sheet);
        assert!(xml.contains("<c r=\"B3\" s=\"4\"><v>0.5</v></c>"), "{xml}");
        assert!(xml.contains("<c r=\"B4\" s=\"3\"><v>12</v></c>"), "{xml}");
        assert!(xml.contains("&lt;x&gt;") && xml.contains(">a&amp;b<"), "{xml}");
        assert!(
            xml.contains("ySplit=\"2\"") && xml.contains("<autoFilter ref=\"A2:B4\"/>"),
            "{xml}"
        );
    }
}
