//! CSV → rows: delimiter and decimal mark found by looking, ragged rows said.

use std::collections::BTreeSet;

use csv::{ReaderBuilder, StringRecord};

use super::csv_head::{Head, find_head};
use super::formula::unguarded;
use super::number::{self, Mark};
use super::table::{FeatureRow, FeatureTable, FieldValue, RaggedRow};
use super::{ImportError, IssueKind, IssueLog};

/// Most columns that are read.
const COLUMNS_MAX: usize = 4_096;
/// Rows that are looked at for where the table begins.
const HEAD_ROWS: usize = 24;
/// Most characters of a row that a message shows.
const ROW_CHARS_MAX: usize = 120;
/// Words for a total.
const TOTALS: &str = "合计 总计 小计 共计 总数 总和 汇总 全区 全市 全县 全镇 全街道 total totals subtotal sum grandtotal gesamt summe totale insgesamt";
/// Endings of names of totals.
const TOTAL_ENDINGS: [&str; 4] = ["合计", "总计", "小计", "共计"];
/// Beginnings of remarks below a table.
const REMARKS: [&str; 8] = ["注", "备注", "说明", "数据来源", "资料来源", "Note", "Source", "*"];
/// Delimiters tried, the commonest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Fills `table` from the text of a CSV file with a header row.
///
/// # Errors
/// When there is no header, too many columns, or a quote is never closed.
pub fn fill(
    table: &mut FeatureTable,
    text: &str,
    issues: &mut IssueLog,
) -> Result<(), ImportError> {
    let (text, declared) = strip_separator_line(text);
    let delimiter = declared.unwrap_or_else(|| find_delimiter(text));
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let unreadable = |table: &FeatureTable, error: csv::Error| table.malformed(error.to_string());
    let sheet = Sheet { text, delimiter, lines_before: u64::from(declared.is_some()) };
    let mut first: Vec<(StringRecord, String)> = Vec::new();
    let mut record = StringRecord::new();
    while first.len() < HEAD_ROWS
        && reader.read_record(&mut record).map_err(|error| unreadable(table, error))?
    {
        first.push((record.clone(), sheet.name_of(table, &record, &reader)?));
    }
    if first.is_empty() {
        return Err(table.malformed("the file is empty"));
    }
    let rows: Vec<StringRecord> = first.iter().map(|(record, _)| record.clone()).collect();
    let head = find_head(&rows);
    fill_header(table, &head, issues)?;
    for (record, name) in first.into_iter().skip(head.rows) {
        push_row(table, &record, name, issues);
    }
    while reader.read_record(&mut record).map_err(|error| unreadable(table, error))? {
        let name = sheet.name_of(table, &record, &reader)?;
        push_row(table, &record, name, issues);
    }
    drop_totals(table, issues);
    note_decimal_comma(table, issues);
    Ok(())
}

/// The text that rows are read from.
struct Sheet<'a> {
    text: &'a str,
    delimiter: u8,
    lines_before: u64,
}

impl Sheet<'_> {
    /// What messages call `record`, as a spreadsheet numbers it.
    fn name_of(
        &self,
        table: &FeatureTable,
        record: &StringRecord,
        reader: &csv::Reader<&[u8]>,
    ) -> Result<String, ImportError> {
        let (start, line) = record.position().map_or((0, 0), |at| (at.byte() as usize, at.line()));
        let raw = self.text.get(start..reader.position().byte() as usize).unwrap_or("");
        let blank = raw.len() - raw.trim_start_matches(['\r', '\n']).len();
        let blank_lines = raw[..blank].matches('\n').count() as u64;
        let name = format!("row {}", line + blank_lines + self.lines_before);
        if is_quote_open(raw, self.delimiter) {
            let reason = format!(
                "{name}: a quote opened there is never closed; close it or double quotes inside a value"
            );
            return Err(table.malformed(reason));
        }
        Ok(name)
    }
}

/// A first line `sep=;` as Excel writes it.
fn strip_separator_line(text: &str) -> (&str, Option<u8>) {
    let Some((line, rest)) = text.split_once('\n') else { return (text, None) };
    let line = line.trim_end().to_ascii_lowercase();
    match line.strip_prefix("sep=").map(str::as_bytes) {
        Some(&[delimiter]) => (rest, Some(delimiter)),
        _ => (text, None),
    }
}

/// The delimiter of the first line that has any.
fn find_delimiter(text: &str) -> u8 {
    let with_any = text
        .lines()
        .take(HEAD_ROWS)
        .find(|line| line.bytes().any(|byte| DELIMITERS.contains(&byte)));
    let start = with_any.map_or(0, |line| line.as_ptr() as usize - text.as_ptr() as usize);
    delimiter_of(&text[start..])
}

/// The delimiter that the first line has most of outside quotes.
fn delimiter_of(text: &str) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => {
                if let Some(at) = DELIMITERS.iter().position(|&delimiter| delimiter == byte) {
                    counts[at] += 1;
                }
            }
            _ => {}
        }
    }
    let most = (0..counts.len()).max_by_key(|&at| (counts[at], usize::MAX - at)).unwrap_or(0);
    DELIMITERS[most]
}

fn fill_header(
    table: &mut FeatureTable,
    head: &Head,
    issues: &mut IssueLog,
) -> Result<(), ImportError> {
    let header = &head.names;
    if header.len() > COLUMNS_MAX {
        let reason = format!("{} columns; at most {COLUMNS_MAX} are read", header.len());
        return Err(table.malformed(reason));
    }
    let numbers = header.iter().filter(|name| number::parse(name, Mark::Point).is_some()).count();
    if numbers * 2 > header.len() {
        return Err(table.malformed(
            "the first row holds numbers, not column names; add a header row such as id,name,lon,lat",
        ));
    }
    let mut note = |reason: String| {
        issues.note(IssueKind::TableUnderstood, table.source.clone(), "", reason);
    };
    if !head.titles.is_empty() {
        let reason = format!(
            "{:?} stands above the column names and is no row of the table",
            head.titles.join(" ")
        );
        note(reason);
    }
    if head.has_two {
        note("the column names stand in two rows; put together".to_owned());
    }
    if head.has_units {
        note("the row below the column names holds units".to_owned());
    }
    table.remarks.clone_from(&head.titles);
    let mut seen = BTreeSet::new();
    for (cell, position) in header.iter().zip(1_usize..) {
        let name = match FieldValue::from_text(cell) {
            FieldValue::Text(name) => name,
            _ => format!("column {position}"),
        };
        let mut unique = name.clone();
        let mut copy = 1;
        while !seen.insert(unique.clone()) {
            copy += 1;
            unique = format!("{name} ({copy})");
        }
        if copy > 1 {
            let reason =
                format!("column {name:?} is there twice; the later one is called {unique:?}");
            issues.note(IssueKind::Duplicate, table.source.clone(), "row 1", reason);
        }
        table.columns.push(unique);
    }
    Ok(())
}

fn push_row(table: &mut FeatureTable, record: &StringRecord, name: String, issues: &mut IssueLog) {
    let fields: Vec<(u32, FieldValue)> = (0..)
        .zip(record.iter().map(|cell| FieldValue::from_text(unguarded(cell))))
        .filter(|(_, field)| *field != FieldValue::Missing)
        .collect();
    let Some(last) = fields.last() else { return };
    let (have, want) = (record.len(), table.columns.len());
    if last.0 as usize >= want {
        let reason = format!(
            "{have} values for {want} columns, so they may be shifted ({}); skipped: quote values that hold a \
             delimiter",
            shortened(record)
        );
        let cells = record.iter().map(str::to_owned).collect();
        issues.note(IssueKind::DataDamaged, table.source.clone(), name.clone(), reason.clone());
        table.ragged.push(RaggedRow { name, cells, reason });
        return;
    }
    if have < want {
        let reason = format!("{have} values for {want} columns; the last ones are taken as empty");
        issues.note(IssueKind::ValueUnreadable, table.source.clone(), name.clone(), reason);
    }
    table.rows.push(FeatureRow { name, feature_id: None, fields, geometry: None });
}

/// The cells of a row as a message writes them.
fn shortened(record: &StringRecord) -> String {
    let cells: Vec<&str> = record.iter().map(str::trim).collect();
    let text: String = cells.join(", ");
    if text.chars().count() <= ROW_CHARS_MAX {
        return text;
    }
    text.chars().take(ROW_CHARS_MAX).chain(['…']).collect()
}

/// Takes rows of totals and remarks below the table out of it, which is said: nobody is to count twice.
fn drop_totals(table: &mut FeatureTable, issues: &mut IssueLog) {
    let rows = std::mem::take(&mut table.rows);
    for row in rows {
        let texts: Vec<String> =
            row.fields.iter().filter_map(|(_, field)| field.to_text()).collect();
        let is_remark = texts.len() == 1
            && table.columns.len() > 2
            && REMARKS.iter().any(|word| texts[0].starts_with(word));
        let reason = match total_of(&texts) {
            Some(word) => format!("is a total ({word:?}), not a row of its own; left out"),
            None if is_remark => "is a remark, not a row of the table; left out".to_owned(),
            None => {
                table.rows.push(row);
                continue;
            }
        };
        issues.note(IssueKind::TableUnderstood, table.source.clone(), row.name, reason);
    }
}

/// The cell that says that its row is the sum of others, when the other cells only count. An English word has to stand
/// first: a filling station may be called Total.
fn total_of(texts: &[String]) -> Option<&String> {
    let counts = |text: &String| number::parse(text, Mark::Point).is_some();
    let found = texts.iter().position(|text| is_total(text))?;
    let only_counts = texts.iter().all(|text| is_total(text) || counts(text));
    (only_counts && (found == 0 || !texts[found].is_ascii())).then(|| &texts[found])
}

/// Whether a cell says that it is about a sum.
fn is_total(text: &str) -> bool {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ':' | '：' | '(' | ')' | '（' | '）'))
        .flat_map(char::to_lowercase)
        .collect();
    TOTALS.split_whitespace().any(|word| word == plain)
        || TOTAL_ENDINGS.iter().any(|ending| plain.len() > ending.len() && plain.ends_with(ending))
}

/// Whether a quoted value that starts in `raw` does not end in it.
fn is_quote_open(raw: &str, delimiter: u8) -> bool {
    let (mut quoted, mut at_start) = (false, true);
    let mut bytes = raw.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if quoted => {
                if bytes.peek() == Some(&b'"') {
                    bytes.next();
                } else {
                    quoted = false;
                }
            }
            b'"' if at_start => quoted = true,
            _ => {}
        }
        at_start = !quoted && (byte == delimiter || byte == b'\n' || byte == b'\r');
    }
    quoted
}

/// Takes the comma as decimal mark when some value can only be read so and none only with a point.
fn note_decimal_comma(table: &mut FeatureTable, issues: &mut IssueLog) {
    let mut example: Option<(&str, &str)> = None;
    for row in &table.rows {
        for (_, field) in &row.fields {
            let FieldValue::Text(text) = field else { continue };
            match number::find_mark(text) {
                Some(Mark::Point) => return,
                Some(Mark::Comma) => example = example.or(Some((&row.name, text))),
                None => {}
            }
        }
    }
    if let Some((row, text)) = example {
        let reason = format!("numbers are read with a decimal comma, as in {text:?}");
        issues.note(IssueKind::EncodingDetected, table.source.clone(), row, reason);
        table.decimal_comma = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn read(text: &str) -> Result<(FeatureTable, IssueLog), ImportError> {
        let mut table = FeatureTable::new(Path::new("t.csv"));
        let mut issues = IssueLog::default();
        fill(&mut table, text, &mut issues)?;
        Ok((table, issues))
    }

    #[test]
    fn each_delimiter_is_found() {
        for text in
            ["a,b;x\n1,2\n", "a;b\n1;2\n", "a\tb\n1\t2\n", "a|b\n1|2\n", "sep=;\na;b\n1;2\n"]
        {
            let (table, _) = read(text).unwrap();
            assert_eq!((table.columns.len(), table.rows[0].fields.len()), (2, 2), "{text:?}");
        }
    }

    #[test]
    fn rows_are_called_as_a_spreadsheet_calls_them() {
        let (table, _) = read("a,b\n1,2\n\n3,4\n").unwrap();
        assert_eq!(table.rows[0].name, "row 2");
        assert_eq!(table.rows[1].name, "row 4");
        assert_eq!(table.rows[1].value(1), &FieldValue::Text("4".into()));
    }

    #[test]
    fn ragged_rows_are_said_and_shifted_ones_skipped() {
        let (table, issues) = read("a,b,c\n1,2\n1,2,3,4\n1,2,3,\n").unwrap();
        assert_eq!((table.rows.len(), table.ragged.len()), (2, 1));
        assert_eq!(table.ragged[0].name, "row 3");
        assert!(table.ragged[0].reason.contains("(1, 2, 3, 4)"), "{}", table.ragged[0].reason);
        assert_eq!(issues.counts()[&IssueKind::ValueUnreadable], 1);
        assert_eq!(issues.counts()[&IssueKind::DataDamaged], 1);
    }

    #[test]
    fn an_open_quote_is_an_error_that_names_the_row() {
        let error = read("a,b\n1,2\n3,\"open\n5,6\n").unwrap_err().to_string();
        assert!(error.contains("row 3"), "{error}");
        assert!(read("a,b\n1,\"two\nlines\"\n3,5\" pipe\n").is_ok());
        assert!(read("a,b\n1,\"he said \"\"no\"\"\"\n").is_ok());
    }

    #[test]
    fn a_decimal_comma_is_found_only_without_a_decimal_point() {
        assert!(read("a;b\n1,25;x\n").unwrap().0.decimal_comma);
        assert!(!read("a;b\n1,25;3.5\n").unwrap().0.decimal_comma);
        assert!(!read("a;b\n1,250;x\n").unwrap().0.decimal_comma);
    }

    #[test]
    fn rows_of_totals_and_remarks_are_no_rows_of_the_table() {
        let text = "编号,名称,人口\n1,甲,3\n2,Total,4\n3,乙,1\n,合计,8\n注：截至2025年,,\n";
        let (table, issues) = read(text).unwrap();
        let names: Vec<&str> = table.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["row 2", "row 3", "row 4"]);
        assert_eq!(issues.counts()[&IssueKind::TableUnderstood], 2);
    }

    #[test]
    fn a_file_without_header_is_refused() {
        assert!(read("1,118.5,24.9\n2,118.6,24.8\n").is_err());
    }
}
