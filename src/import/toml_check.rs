//! TOML that says where it is wrong: file, line, key, and the nearest key that would be right.

use std::fmt::Write as _;
use std::io::Read as _;
use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ImportError;
use crate::import::plain::open_plain;

/// Largest TOML file that is read, in bytes; a study description is a few kilobytes.
pub const TOML_BYTES_MAX: u64 = 8 << 20;

/// How like a word must be to be offered as the one that was meant (Jaro–Winkler, 0 to 1).
const LIKENESS_MIN: f64 = 0.7;

/// The text of a TOML file, with what is needed to say where in it something is wrong.
#[derive(Clone, Copy, Debug)]
pub struct TomlText<'a> {
    path: &'a Path,
    text: &'a str,
}

/// Reads a TOML file as text, without its byte order mark.
///
/// # Errors
/// When it cannot be read, is larger than [`TOML_BYTES_MAX`], or is not UTF-8 (the line is named).
pub fn read_text(path: &Path) -> Result<String, ImportError> {
    let file = open_plain(path).map_err(|error| ImportError::read(path, error))?;
    let mut bytes = Vec::new();
    file.take(TOML_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| ImportError::read(path, error))?;
    if bytes.len() as u64 > TOML_BYTES_MAX {
        let reason = format!("is larger than {} MB; is it the right file?", TOML_BYTES_MAX >> 20);
        return Err(ImportError::malformed(path, reason));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|&byte| byte == b'\n').count();
        ImportError::malformed(path, format!("line {line}: is not UTF-8; save the file as UTF-8"))
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

impl<'a> TomlText<'a> {
    /// `text`, as read from `path`.
    pub fn new(path: &'a Path, text: &'a str) -> Self {
        Self { path, text }
    }

    /// The value the text describes.
    ///
    /// # Errors
    /// When the text is not TOML, has a key that `T` does not know (the nearest known one is named), lacks
    /// one, or has one of the wrong type: file, line and key are named.
    pub fn parse<T: DeserializeOwned>(self) -> Result<T, ImportError> {
        toml::from_str(self.text).map_err(|error| {
            let span = error.span();
            let reason = self.explain(error.message(), span.clone());
            self.at(span.map(|span| span.start), &reason)
        })
    }

    /// An error at the key reached by `keys`, an item of an array by its position (`["facilities", "0", "path"]`).
    /// When the key is not written, the nearest table around it is named.
    pub fn fault(self, keys: &[&str], reason: &str) -> ImportError {
        self.at(self.position(keys), &format!("{}: {reason}", shown_path(keys)))
    }

    fn at(self, position: Option<usize>, reason: &str) -> ImportError {
        let reason = match position {
            Some(position) => format!("line {}: {reason}", self.line(position)),
            None => reason.to_owned(),
        };
        ImportError::malformed(self.path, reason)
    }

    fn line(self, position: usize) -> usize {
        let before = &self.text.as_bytes()[..position.min(self.text.len())];
        before.split(|&byte| byte == b'\n').count()
    }

    fn position(self, keys: &[&str]) -> Option<usize> {
        let root = DeTable::parse(self.text).ok()?;
        let (first, rest) = keys.split_first()?;
        let (key, value) = root.get_ref().get_key_value(*first)?;
        Some(descend(value, key.span().start, rest))
    }

    fn explain(self, message: &str, span: Option<Range<usize>>) -> String {
        let place = span.and_then(|span| self.keys_at(&span)).unwrap_or_default();
        let inside = |keys: &[String]| {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            if keys.is_empty() { String::new() } else { format!(" in {}", shown_path(&keys)) }
        };
        if let Some(rest) = message.strip_prefix("unknown field ") {
            let mut words = quoted(rest).into_iter();
            let unknown = words.next().unwrap_or_default();
            let table = place.strip_suffix(&[unknown.to_owned()]).unwrap_or(&place);
            let known: Vec<&str> = words.collect();
            return format!(
                "unknown key {unknown:?}{}{}",
                inside(table),
                suggestion(unknown, &known)
            );
        }
        if let Some(rest) = message.strip_prefix("unknown variant ") {
            let mut words = quoted(rest).into_iter();
            let unknown = words.next().unwrap_or_default();
            let known: Vec<&str> = words.collect();
            return format!(
                "unknown word {unknown:?}{}{}",
                inside(&place),
                suggestion(unknown, &known)
            );
        }
        let message = message.replace("missing field", "missing key").replace('\n', "; ");
        format!("{message}{}", inside(&place))
    }

    fn keys_at(self, span: &Range<usize>) -> Option<Vec<String>> {
        let root = DeTable::parse(self.text).ok()?;
        let mut keys = Vec::new();
        keys_in_table(root.get_ref(), span, &mut keys);
        Some(keys)
    }
}

fn descend(value: &Spanned<DeValue<'_>>, at: usize, keys: &[&str]) -> usize {
    let Some((first, rest)) = keys.split_first() else { return at };
    match value.get_ref() {
        DeValue::Table(table) => table
            .get_key_value(*first)
            .map_or(at, |(key, inner)| descend(inner, key.span().start, rest)),
        DeValue::Array(items) => first
            .parse()
            .ok()
            .and_then(|index: usize| items.get(index))
            .map_or(at, |inner| descend(inner, inner.span().start, rest)),
        _ => at,
    }
}

fn keys_in_table(table: &DeTable<'_>, span: &Range<usize>, keys: &mut Vec<String>) {
    // An array of tables has the span of its first table, so what is inside is looked at first.
    for (key, value) in table {
        let length = keys.len();
        keys.push(key.get_ref().to_string());
        if key.span() == *span || keys_in_value(value, span, keys) || value.span() == *span {
            return;
        }
        keys.truncate(length);
    }
}

fn keys_in_value(
    value: &Spanned<DeValue<'_>>,
    span: &Range<usize>,
    keys: &mut Vec<String>,
) -> bool {
    let length = keys.len();
    match value.get_ref() {
        DeValue::Table(table) => keys_in_table(table, span, keys),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                keys.push(index.to_string());
                if keys_in_value(item, span, keys) || item.span() == *span {
                    return true;
                }
                keys.truncate(length);
            }
        }
        _ => {}
    }
    keys.len() > length
}

/// `facilities.0.columns.name` as a reader counts: `facilities[1].columns.name`.
fn shown_path(keys: &[&str]) -> String {
    let mut shown = String::new();
    for key in keys {
        if let (Ok(index), false) = (key.parse::<usize>(), shown.is_empty()) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "[{}]", index + 1);
        } else {
            if !shown.is_empty() {
                shown.push('.');
            }
            shown.push_str(key);
        }
    }
    shown
}

fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// `; did you mean "name"? known: …`: the tail of an error about a word that is not known.
pub fn suggestion(unknown: &str, known: &[&str]) -> String {
    let mut tail = match nearest(unknown, known) {
        Some(word) => format!("; did you mean {word:?}?"),
        None => ";".to_owned(),
    };
    if known.is_empty() {
        tail.push_str(" none is known here");
    } else {
        tail.push_str(" known: ");
        tail.push_str(&known.join(", "));
    }
    tail
}

/// The known word most like `unknown`, if one is like it; ties go to the first.
pub fn nearest<'a>(unknown: &str, known: &[&'a str]) -> Option<&'a str> {
    let unknown = unknown.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for &word in known {
        let likeness = strsim::jaro_winkler(&unknown, &word.to_lowercase());
        if likeness >= LIKENESS_MIN && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, word));
        }
    }
    best.map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sheet {
        #[expect(dead_code, reason = "only its presence is tested")]
        name: String,
        #[serde(default)]
        layers: Vec<Layer>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Layer {
        #[expect(dead_code, reason = "only its type is tested")]
        id: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only its words are tested")]
        kind: Kind,
        #[serde(default)]
        #[expect(dead_code, reason = "only its keys are tested")]
        columns: Columns,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        #[default]
        Points,
        Polygons,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Columns {
        #[expect(dead_code, reason = "only its type is tested")]
        capacity: Option<String>,
    }

    fn error(text: &str) -> String {
        TomlText::new(Path::new("s.toml"), text).parse::<Sheet>().unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_known_one() {
        let text =
            "name = \"a\"\n\n[[layers]]\nid = \"x\"\n[[layers]]\nid = \"y\"\nkimd = \"points\"\n";
        assert_eq!(
            error(text),
            "s.toml: line 7: unknown key \"kimd\" in layers[2]; did you mean \"kind\"? \
             known: id, kind, columns"
        );
    }

    #[test]
    fn an_unknown_key_of_an_inner_table_is_found() {
        let text = "name = \"a\"\n[[layers]]\nid = \"x\"\ncolumns = { capcity = \"n\" }\n";
        assert_eq!(
            error(text),
            "s.toml: line 4: unknown key \"capcity\" in layers[1].columns; did you mean \"capacity\"? \
             known: capacity"
        );
    }

    #[test]
    fn an_unknown_word_is_named_with_its_line_and_the_nearest_known_one() {
        let text = "name = \"a\"\n[[layers]]\nid = \"x\"\nkind = \"polygon\"\n";
        assert_eq!(
            error(text),
            "s.toml: line 4: unknown word \"polygon\" in layers[1].kind; did you mean \"polygons\"? \
             known: points, polygons"
        );
    }

    #[test]
    fn a_wrong_type_names_line_and_key() {
        let text = "name = \"a\"\n[[layers]]\nid = 5\n";
        assert_eq!(
            error(text),
            "s.toml: line 3: invalid type: integer `5`, expected a string in layers[1].id"
        );
    }

    #[test]
    fn a_missing_key_names_the_table() {
        let text = "name = \"a\"\n[[layers]]\nkind = \"points\"\n";
        assert_eq!(error(text), "s.toml: line 2: missing key `id` in layers[1]");
    }

    #[test]
    fn text_that_is_not_toml_names_the_line() {
        assert!(error("name = \"a\"\nname\n").starts_with("s.toml: line 2: "));
        assert!(error("name = \"a\"\nname = \"b\"\n").contains("line 2: duplicate key"));
    }

    #[test]
    fn a_fault_in_a_value_names_its_line() {
        let text = "name = \"a\"\n[[layers]]\nid = \"x\"\n[[layers]]\nid = \"x\"\n";
        let sheet = TomlText::new(Path::new("s.toml"), text);
        assert_eq!(sheet.parse::<Sheet>().unwrap().layers.len(), 2);
        let fault = sheet.fault(&["layers", "1", "id"], "is there twice");
        assert_eq!(fault.to_string(), "s.toml: line 5: layers[2].id: is there twice");
        let fault = sheet.fault(&["layers", "1", "columns"], "is needed");
        assert_eq!(fault.to_string(), "s.toml: line 4: layers[2].columns: is needed");
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text_and_other_encodings_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.toml");
        std::fs::write(&path, b"\xef\xbb\xbfname = \"a\"\n").unwrap();
        assert_eq!(read_text(&path).unwrap(), "name = \"a\"\n");
        std::fs::write(&path, b"name = \"a\"\n# \xd2\xbb\xbf\n").unwrap();
        assert!(read_text(&path).unwrap_err().to_string().contains("line 2: is not UTF-8"));
    }

    #[test]
    fn deep_nesting_is_an_error_not_a_crash() {
        let text = format!("name = {}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(error(&text).starts_with("s.toml: line 1: "));
    }
}
