//! CSV rows: RFC 4180 quoting, `\n` line ends, UTF-8 without a byte order mark; no text that a spreadsheet would run.

use std::io::{self, Write};

use crate::demand::DemandUnit;
use crate::import::formula::guarded;
use crate::units::{Persons, Share, WalkTime};

use super::names;
use super::number::{
    MINUTE_DECIMALS, minutes_e5, push_fixed, push_integer, push_share, push_trimmed, text_of,
};

/// A table being written.
pub(super) struct Table<'a> {
    writer: csv::Writer<&'a mut dyn Write>,
}

impl<'a> Table<'a> {
    /// As [`Self::new`], its columns named after what `unit` counts.
    pub(super) fn counting(
        out: &'a mut dyn Write,
        unit: DemandUnit,
        header: &[&str],
    ) -> io::Result<Self> {
        let header: Vec<_> = header.iter().map(|name| names::counted(unit, name)).collect();
        Self::new(out, &header.iter().map(AsRef::as_ref).collect::<Vec<_>>())
    }

    /// A table with a header row.
    pub(super) fn new(out: &'a mut dyn Write, header: &[&str]) -> io::Result<Self> {
        let writer = csv::WriterBuilder::new().buffer_capacity(1 << 16).from_writer(out);
        let mut table = Self { writer };
        table.row(header)?;
        Ok(table)
    }

    /// One row; must have as many cells as the header.
    pub(super) fn row<T: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = T>,
    ) -> io::Result<()> {
        for cell in cells {
            self.writer.write_field(guarded(cell.as_ref()).as_bytes())?;
        }
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    /// Writes what is still held back.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

/// Rows of numbers, gathered in a buffer.
pub(super) struct Rows<'a> {
    out: &'a mut dyn Write,
    text: Vec<u8>,
}

impl<'a> Rows<'a> {
    /// Rows below a header line.
    pub(super) fn new(out: &'a mut dyn Write, header: &str) -> Self {
        let mut text = Vec::with_capacity(BUFFER + 256);
        text.extend_from_slice(header.as_bytes());
        text.push(b'\n');
        Self { out, text }
    }

    /// One row; `fill` appends its cells and commas.
    pub(super) fn row(&mut self, fill: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        fill(&mut self.text);
        self.text.push(b'\n');
        if self.text.len() >= BUFFER {
            self.out.write_all(&self.text)?;
            self.text.clear();
        }
        Ok(())
    }

    /// Writes what is still held back.
    pub(super) fn finish(self) -> io::Result<()> {
        self.out.write_all(&self.text)?;
        self.out.flush()
    }
}

/// Appends whole milliseconds (or millimetres, under the metre yardstick), nothing when not reached.
pub(super) fn push_time(text: &mut Vec<u8>, time: WalkTime) {
    if let Some(time) = time.reached() {
        push_integer(text, i64::from(time.as_ms()));
    }
}

/// Appends `cell`, quoted if it must be, never as a formula.
pub(super) fn push_cell(text: &mut Vec<u8>, cell: &str) {
    let cell = guarded(cell);
    if cell.contains([',', '"', '\n', '\r']) {
        text.push(b'"');
        text.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        text.push(b'"');
    } else {
        text.extend_from_slice(cell.as_bytes());
    }
}

/// A count of people.
pub(super) fn persons(persons: Persons) -> String {
    text_of(|text| push_trimmed(text, persons.as_micro(), 6))
}

/// A share, empty where nobody lives.
pub(super) fn share(share: Option<Share>) -> String {
    share.map_or_else(String::new, |share| text_of(|text| push_share(text, share)))
}

/// A time in minutes, empty when not reached.
pub(super) fn minutes(time: Option<WalkTime>) -> String {
    let text = |time| text_of(|text| push_trimmed(text, minutes_e5(time), MINUTE_DECIMALS));
    time.and_then(WalkTime::reached).map_or_else(String::new, text)
}

/// Millimetres as metres with exactly three decimals.
pub(super) fn meters(mm: u32) -> String {
    text_of(|text| push_fixed(text, i64::from(mm), 3))
}

/// Whole 1e-7 degrees as degrees.
pub(super) fn degrees(e7: i32) -> String {
    text_of(|text| push_fixed(text, i64::from(e7), 7))
}

/// A whole number.
pub(super) fn integer(value: i64) -> String {
    text_of(|text| push_integer(text, value))
}
