//! CSV → rows: delimiter and decimal mark found by looking, ragged rows said.

use std::collections::BTreeSet;

use csv::{ReaderBuilder, StringRecord};

use super::number::{self, Mark};
use super::table::{FeatureRow, FeatureTable, FieldValue};
use super::{ImportError, IssueKind, IssueLog};

/// Most columns that are read.
const COLUMNS_MAX: usize = 4_096;
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
    let mut record = StringRecord::new();
    let unreadable = |table: &FeatureTable, error: csv::Error| table.malformed(error.to_string());
    if !reader.read_record(&mut record).map_err(|error| unreadable(table, error))? {
        return Err(table.malformed("the file is empty"));
    }
    fill_header(table, &record, issues)?;
    let extra_lines = u64::from(declared.is_some());
    while reader.read_record(&mut record).map_err(|error| unreadable(table, error))? {
        let (start, line) = record.position().map_or((0, 0), |at| (at.byte() as usize, at.line()));
        let raw = text.get(start..reader.position().byte() as usize).unwrap_or("");
        let blank = raw.len() - raw.trim_start_matches(['\r', '\n']).len();
        let blank_lines = raw[..blank].matches('\n').count() as u64;
        let name = format!("row {}", line + blank_lines + extra_lines);
        if is_quote_open(raw, delimiter) {
            let reason = format!(
                "{name}: a quote opened there is never closed; close it or double quotes inside a value"
            );
            return Err(table.malformed(reason));
        }
        push_row(table, &record, name, issues);
    }
    note_decimal_comma(table, issues);
    Ok(())
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

/// The delimiter that the header line has most of outside quotes.
fn find_delimiter(text: &str) -> u8 {
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
    header: &StringRecord,
    issues: &mut IssueLog,
) -> Result<(), ImportError> {
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
        .zip(record.iter().map(FieldValue::from_text))
        .filter(|(_, field)| *field != FieldValue::Missing)
        .collect();
    let Some(last) = fields.last() else { return };
    let (have, want) = (record.len(), table.columns.len());
    if last.0 as usize >= want {
        let reason = format!(
            "{have} values for {want} columns, so they may be shifted; skipped: quote values that hold a \
             delimiter"
        );
        issues.note(IssueKind::DataDamaged, table.source.clone(), name, reason);
        return;
    }
    if have < want {
        let reason = format!("{have} values for {want} columns; the last ones are taken as empty");
        issues.note(IssueKind::ValueUnreadable, table.source.clone(), name.clone(), reason);
    }
    table.rows.push(FeatureRow { name, feature_id: None, fields, geometry: None });
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
        assert_eq!(table.rows.len(), 2);
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
    fn a_file_without_header_is_refused() {
        assert!(read("1,118.5,24.9\n2,118.6,24.8\n").is_err());
    }
}
