//! What kind of file it is, by its first bytes; the name only helps to explain.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::source::Source;
use super::xml::{self, Packing};
use crate::import::ImportError;
use crate::limits::INPUT_BYTES_MAX;
use crate::progress::Progress;

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

fn detect(path: &Path) -> Result<Format, ImportError> {
    let failed = |error| ImportError::read(path, error);
    let file = File::open(path).map_err(failed)?;
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
    file.take(64).read_to_end(&mut head).map_err(failed)?;
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
    } else if first == Some(&b'<') {
        Ok(Format::Xml(Packing::None))
    } else if head[0] == 0 {
        // A PBF file starts with the length of a header of less than 64 KiB, most significant byte first.
        Ok(Format::Pbf)
    } else {
        let reason = "is neither OpenStreetMap PBF nor XML (plain, gzip or bzip2); give an extract in one \
                      of these formats";
        Err(ImportError::malformed(path, reason))
    }
}
