//! What kind of file it is, by its first bytes; the name only helps to explain.

use std::io::Read;
use std::path::Path;

use super::source::Source;
use super::xml::{self, Packing};
use crate::import::plain::open_plain;
use crate::import::{ImportError, format};
use crate::limits::INPUT_BYTES_MAX;
use crate::progress::Progress;

/// Bytes at the start that are looked at.
const HEAD_BYTES: u64 = 4_096;

enum Format {
    Pbf,
    Xml(Packing),
}

/// Opens an extract of any format that is read.
pub(super) fn open(path: &Path, progress: &dyn Progress) -> Result<Source, ImportError> {
    match detect(path)? {
        Format::Pbf => Source::open_pbf(path),
        Format::Xml(packing) => {
            Ok(Source::from_memory(path, xml::read_blocks(path, packing, progress)?))
        }
    }
}

/// Whether XML is OpenStreetMap's, or of a sort that its reader will tell.
fn is_osm_or_unknown(head: &[u8]) -> bool {
    find_other(head).is_none_or(|(what, _)| {
        what.starts_with("OpenStreetMap") || what == "XML" || what == "XML or HTML"
    })
}

/// What a file is that is no extract.
fn find_other(head: &[u8]) -> Option<format::Named> {
    let binary = format::find_binary(head).filter(|(what, _)| !what.contains("OpenStreetMap"));
    let text = || format::find_text(&String::from_utf8_lossy(head));
    let is_json = || head.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    binary.or_else(text).or_else(|| is_json().then_some(("JSON", "")))
}

fn detect(path: &Path) -> Result<Format, ImportError> {
    let failed = |error| ImportError::read(path, error);
    let file = open_plain(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if about.is_dir() {
        return Err(ImportError::malformed(path, "is a folder; give an OpenStreetMap extract"));
    }
    if about.len() > INPUT_BYTES_MAX {
        let gib = INPUT_BYTES_MAX >> 30;
        let reason = format!("is larger than {gib} GiB; cut out the city first (osmium extract)");
        return Err(ImportError::malformed(path, reason));
    }
    let mut head = Vec::new();
    file.take(HEAD_BYTES).read_to_end(&mut head).map_err(failed)?;
    if head.is_empty() {
        return Err(ImportError::malformed(
            path,
            "the file is empty; give an OpenStreetMap extract",
        ));
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if head.starts_with(&[0x1f, 0x8b]) {
        Ok(Format::Xml(Packing::Gzip))
    } else if head.starts_with(b"BZh") {
        Ok(Format::Xml(Packing::Bzip2))
    } else if first == Some(&b'<') && is_osm_or_unknown(text) {
        Ok(Format::Xml(Packing::None))
    } else if let Some((what, _)) = find_other(text) {
        let reason = format!(
            "this is {what}, not an OpenStreetMap extract; streets are read from .osm.pbf or .osm, places and zones \
             go to --facilities, --demand and --zones as CSV or GeoJSON"
        );
        Err(ImportError::malformed(path, reason))
    } else if head[0] == 0 {
        // A PBF file starts with the length of a header of less than 64 KiB, most significant byte first.
        Ok(Format::Pbf)
    } else {
        let reason = "is neither OpenStreetMap PBF nor XML (plain, gzip or bzip2); give an extract in one \
                      of these formats";
        Err(ImportError::malformed(path, reason))
    }
}
