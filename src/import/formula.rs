//! Texts that a spreadsheet would run as a formula: how every CSV of ours holds them, and how they are read back.
//!
//! A cell that begins with one of `=`, `+`, `-`, `@`, a tab, a line break, or the full-width forms of the first four is
//! taken for a formula by spreadsheets (OWASP, "CSV Injection"). Numbers aside, it is written with an apostrophe in
//! front, and one apostrophe is taken off again when such a cell is read, so that nothing is lost on the way.

use std::borrow::Cow;

/// What a formula begins with.
const BEGINNINGS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// `cell` as it is written: with an apostrophe in front when a spreadsheet would run it.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if is_formula(cell) && !is_number(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// `cell` as it was before it was written.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// Whether a formula stands behind any number of apostrophes, so that a text with some of its own keeps them.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(BEGINNINGS)
}

fn is_number(cell: &str) -> bool {
    cell.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        && cell.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_written_as_text() {
        for cell in [
            "=HYPERLINK(\"http://evil.example\",\"click\")",
            "+86 595 2228",
            "-",
            "-1+cmd|' /C calc'!A0",
            "@SUM(1)",
            "\t=1",
            "\r=1",
            "＝1+1",
            "'=1",
            "-inf",
        ] {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        for cell in ["", "Nursery", "-4.25", "+3", "-1e-7", "'t Hooft", "a=b", "1-2", "鲤城区"] {
            assert_eq!(guarded(cell), cell);
        }
    }

    #[test]
    fn every_text_comes_back_as_it_was() {
        for cell in ["=1", "'=1", "''=1", "'", "''", "'a", "-4.25", "@", "plain", "－", "'－"] {
            assert_eq!(unguarded(&guarded(cell)), cell);
        }
        assert_eq!(unguarded("=1"), "=1", "a file that nobody guarded is read as it is");
    }
}
