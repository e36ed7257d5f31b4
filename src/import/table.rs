//! A table of features, whatever file it came from: named fields and, often, a geometry.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::encoding::decode;
use super::number::{self, Mark};
use super::room::room_for;
use super::{ImportError, IssueKind, IssueLog, csv_file, format, geojson_file};
use crate::import::plain::open_plain;
use crate::limits::TEXT_BYTES_MAX;

/// Memory that a row takes with what is made of it, in bytes.
const ROW_BYTES: u64 = 900;
/// Memory that a value in a row takes.
const CELL_BYTES: u64 = 96;
/// Memory that a corner of a line or an outline takes.
const CORNER_BYTES: u64 = 24;
/// How often the text of a file stands in memory.
const TEXT_TIMES: u64 = 2;

/// A value in a field.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum FieldValue {
    /// Nothing written.
    #[default]
    Missing,
    /// Text, trimmed, not empty.
    Text(String),
    /// A number, finite.
    Number(f64),
}

/// A geometry in the numbers of the file, not yet places.
#[derive(Clone, Debug, PartialEq)]
pub enum RawGeometry {
    /// Points; one for a `Point`.
    Points(Vec<RawPoint>),
    /// Lines; one for a `LineString`.
    Lines(Vec<Vec<RawPoint>>),
    /// Polygons, each its outer ring then its holes.
    Polygons(Vec<Vec<Vec<RawPoint>>>),
    /// Something written as a geometry that is none; why.
    Unreadable(String),
}

/// Two numbers of a file: x then y.
pub type RawPoint = [f64; 2];

/// A row of a CSV file or a feature of a GeoJSON file.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureRow {
    /// How messages call it: `row 12`, `feature 3` (both from 1, as an editor shows them).
    pub name: String,
    /// The id that GeoJSON gives a feature apart from its properties.
    pub feature_id: Option<String>,
    /// Values that are there, each with the position of its column, by column.
    pub fields: Vec<(u32, FieldValue)>,
    /// The geometry, when the file has one.
    pub geometry: Option<RawGeometry>,
}

/// A row with more cells than there are columns: which of them belong together is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct RaggedRow {
    /// How messages call it.
    pub name: String,
    /// Its cells, as written.
    pub cells: Vec<String>,
    /// What is wrong with it.
    pub reason: String,
}

/// All rows of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureTable {
    /// The file.
    pub path: PathBuf,
    /// How messages call the file: its name without folders.
    pub source: String,
    /// The columns in file order, each name once.
    pub columns: Vec<String>,
    /// The coordinate system the file names itself.
    pub crs: Option<String>,
    /// Titles and remarks that stand above the columns.
    pub remarks: Vec<String>,
    /// The rows in file order.
    pub rows: Vec<FeatureRow>,
    /// Rows of which no cell could be told for sure, so that none is among the rows.
    pub ragged: Vec<RaggedRow>,
    /// Whether the file's format has geometries (GeoJSON).
    pub has_geometries: bool,
    /// Whether a comma is the decimal mark in this file.
    pub decimal_comma: bool,
    /// Name of its text encoding.
    pub encoding: &'static str,
    /// Memory that it takes with what is made of it, estimated, in bytes.
    pub memory_bytes: u64,
}

impl FieldValue {
    /// From text of a cell.
    pub fn from_text(text: &str) -> Self {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if text.is_empty() { Self::Missing } else { Self::Text(text.to_owned()) }
    }

    /// As text; whole numbers without a decimal point.
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::Missing => None,
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
        }
    }
}

impl FeatureRow {
    /// The value in the column at position `column`.
    pub fn value(&self, column: usize) -> &FieldValue {
        let found = self.fields.binary_search_by_key(&column, |field| field.0 as usize);
        found.map_or(&FieldValue::Missing, |at| &self.fields[at].1)
    }
}

impl RaggedRow {
    /// The most that the row can say in the column at position `column` of `columns`: a number whose thousands are cut off
    /// by the delimiter, or one shifted by a cell too many before it.
    pub(super) fn count(&self, (column, columns): (usize, usize), mark: Mark) -> Option<f64> {
        let extra = self.cells.len().checked_sub(columns)?;
        let last = (column + extra).min(self.cells.len() - 1);
        let joined = self.cells.get(column..=last)?.join(",");
        let read = |text: &str, mark| number::read_count(&FieldValue::from_text(text), mark);
        let cut = read(&joined, Mark::Point);
        cut.or_else(|| read(&self.cells[last], mark)).filter(|count| *count > 0.0)
    }
}

impl FeatureTable {
    /// An empty table of the file at `path`.
    pub fn new(path: &Path) -> Self {
        let source = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Self {
            path: path.to_owned(),
            source,
            columns: Vec::new(),
            crs: None,
            remarks: Vec::new(),
            rows: Vec::new(),
            ragged: Vec::new(),
            has_geometries: false,
            decimal_comma: false,
            encoding: "",
            memory_bytes: 0,
        }
    }

    /// The position of the column called `name`: exactly, else in any case.
    pub fn find_column(&self, name: &str) -> Option<usize> {
        let name = name.trim();
        let lower = name.to_lowercase();
        self.columns
            .iter()
            .position(|column| column == name)
            .or_else(|| self.columns.iter().position(|column| column.to_lowercase() == lower))
    }

    /// An error about this file.
    pub fn malformed(&self, reason: impl Into<String>) -> ImportError {
        ImportError::malformed(&self.path, reason)
    }
}

/// Reads a CSV or GeoJSON file: which of the two is told by its first character, not by its name.
///
/// # Errors
/// When the file cannot be read, is too large, is not text, or its format is damaged beyond single rows.
pub fn read_table(path: &Path) -> Result<(FeatureTable, IssueLog), ImportError> {
    let refused = |error| ImportError::read(path, error);
    let file = open_plain(path).map_err(refused)?;
    let length = file.metadata().map_err(refused)?.len().min(TEXT_BYTES_MAX);
    let _room = room_for(path, length * TEXT_TIMES)?;
    // One byte more than the file has, so that its end is seen without growing.
    let mut bytes = Vec::with_capacity(length as usize + 1);
    file.take(TEXT_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(refused)?;
    if bytes.len() as u64 > TEXT_BYTES_MAX {
        let reason = format!(
            "larger than {} MB, the most that is read as text; split the file",
            TEXT_BYTES_MAX >> 20
        );
        return Err(ImportError::malformed(path, reason));
    }
    parse_table(path, bytes)
}

/// Reads the bytes of a CSV or GeoJSON file; `path` only names it in messages.
///
/// # Errors
/// As [`read_table`].
pub fn parse_table(path: &Path, bytes: Vec<u8>) -> Result<(FeatureTable, IssueLog), ImportError> {
    let decoded = decode(bytes).map_err(|error| ImportError::malformed(path, error.to_string()))?;
    let mut issues = IssueLog::default();
    let mut table = FeatureTable::new(path);
    table.encoding = decoded.encoding;
    if decoded.guessed {
        let sample: String = decoded
            .text
            .lines()
            .find(|line| !line.is_ascii())
            .unwrap_or("")
            .chars()
            .take(40)
            .collect();
        let reason = format!(
            "not UTF-8; read as {}, for example {sample:?}; save as UTF-8 if that is wrong",
            decoded.encoding
        );
        issues.note(IssueKind::EncodingDetected, table.source.clone(), "", reason);
    }
    let text = decoded.text.trim_start_matches('\u{feff}');
    if let Some(named) = format::find_text(text) {
        return Err(ImportError::malformed(path, format::refusal(named)));
    }
    table.memory_bytes = memory_of(text);
    let _room = room_for(path, table.memory_bytes)?;
    match text.trim_start().chars().next() {
        None => return Err(ImportError::malformed(path, "the file is empty")),
        Some('{' | '[') => geojson_file::fill(&mut table, text, &mut issues)?,
        Some(_) => csv_file::fill(&mut table, text, &mut issues)?,
    }
    if table.rows.is_empty() {
        issues.note(IssueKind::InputLacking, table.source.clone(), "", "the file has no rows");
    }
    Ok((table, issues))
}

/// Memory that the table in `text` takes with what is made of it, in bytes, estimated by its marks: a bound of a sort, for a
/// mark within a text counts too.
fn memory_of(text: &str) -> u64 {
    let is_json = text.trim_start().starts_with(['{', '[']);
    let mut counts = [0_u64; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let of = |mark: u8| counts[usize::from(mark)];
    let marks = if is_json {
        // A feature has three objects: itself, its properties, its geometry.
        of(b'{') * ROW_BYTES / 3 + of(b':') * CELL_BYTES + of(b',') * CORNER_BYTES
    } else {
        let rows = of(b'\n').max(of(b'\r')) + 1;
        let cells = of(b',').max(of(b';')).max(of(b'\t')).max(of(b'|')) + rows;
        rows * ROW_BYTES + cells * CELL_BYTES
    };
    marks + text.len() as u64 * TEXT_TIMES
}
