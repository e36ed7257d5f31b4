//! SHA-256 of files and texts, so that a result names exactly what it was made from.

use std::fmt::Write as _;
use std::io::{self, Read as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::ImportError;
use crate::import::plain::open_plain;

const CHUNK_BYTES: usize = 1 << 20;

/// The SHA-256 of a file, 64 lower-case hexadecimal digits; read in pieces, so that memory stays small.
///
/// # Errors
/// When the file cannot be read.
pub fn file_sha256(path: &Path) -> Result<String, ImportError> {
    let mut hasher = Sha256::new();
    in_pieces(path, |piece| hasher.update(piece))?;
    Ok(hex(&hasher.finalize()))
}

/// The BLAKE3 hash of a file, 64 lower-case hexadecimal digits: as hard to forge as SHA-256 and, where the
/// processor has no instructions for that, many times as quick.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn file_blake3(path: &Path) -> Result<String, ImportError> {
    let mut hasher = blake3::Hasher::new();
    in_pieces(path, |piece| {
        hasher.update(piece);
    })?;
    Ok(hex(hasher.finalize().as_bytes()))
}

fn in_pieces(path: &Path, mut take: impl FnMut(&[u8])) -> Result<(), ImportError> {
    let mut file = open_plain(path).map_err(|error| ImportError::read(path, error))?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(length) => take(&chunk[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ImportError::read(path, error)),
        }
    }
}

/// The SHA-256 of `text`, 64 lower-case hexadecimal digits.
pub fn text_sha256(text: &str) -> String {
    bytes_sha256(text.as_bytes())
}

/// SHA-256 of bytes, in hex.
pub fn bytes_sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The SHA-256 of `text`.
pub(super) fn text_digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut digits, byte| {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_abc_is_the_published_one() {
        // FIPS 180-2, appendix B.1.
        let published = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(text_sha256("abc"), published);
    }

    #[test]
    fn a_file_longer_than_a_piece_hashes_like_its_text() {
        let text = "一刻圈".repeat(CHUNK_BYTES / 4);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.txt");
        std::fs::write(&path, &text).unwrap();
        assert_eq!(file_sha256(&path).unwrap(), text_sha256(&text));
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = file_sha256(Path::new("no/such.pbf")).unwrap_err().to_string();
        assert!(error.starts_with("cannot read no/such.pbf: "), "{error}");
    }
}
