//! The numbers of an audit as a workbook for spreadsheet programs: `tables.xlsx`.
//!
//! Numbers are numbers, shares are shares shown in percent; titles are in the report's language.

mod audit;
mod book;

use std::io::Write;

use super::html::{ReportError, ReportInput};
use super::language::Catalog;
use super::view::Scene;

/// Writes the workbook: summary, rules, zones by rule, coverage gaps, facilities, origin of the numbers.
///
/// The same input gives the same bytes.
///
/// # Errors
/// When the shipped texts cannot be read, or `out` cannot be written to.
pub fn write_workbook(out: &mut dyn Write, input: &ReportInput) -> Result<(), ReportError> {
    let texts = Catalog::load(input.language)?;
    let scene = Scene {
        baseline: input.baseline,
        audit: input.audit,
        source: input.source,
        texts: &texts,
        date: input.date,
        water: input.water,
    };
    Ok(book::write_book(out, &audit::sheets(&scene))?)
}
