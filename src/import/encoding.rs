//! Bytes → text: UTF-8, else what the bytes look like (UTF-16, GB18030, Windows-1252), else an error.

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::format;

/// Bytes looked at to tell encodings apart.
const SAMPLE_BYTES: usize = 1 << 16;

/// Text and how it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedText {
    /// The text, without a byte order mark.
    pub text: String,
    /// Name of the encoding.
    pub encoding: &'static str,
    /// Whether the encoding was found by looking, not told by UTF-8 or a byte order mark.
    pub guessed: bool,
}

/// Why bytes are not text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A format that is no text at all.
    #[error("{}", format::refusal(*.0))]
    Binary(format::Named),
    /// Text that is damaged or in an encoding that is not known here.
    #[error("{reason} at byte {offset}; give a list as CSV (UTF-8 text) or a layer as GeoJSON")]
    Damaged {
        /// First byte that does not fit, from 0.
        offset: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// The text of `bytes`.
///
/// # Errors
/// When the bytes are no text in any encoding known here; the error names the byte.
pub fn decode(bytes: Vec<u8>) -> Result<DecodedText, DecodeError> {
    if let Some(what) = format::find_binary(&bytes) {
        return Err(DecodeError::Binary(what));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        let text = strict(encoding, &bytes[mark..]).map_err(|at| broken(encoding, at + mark))?;
        return Ok(DecodedText { text, encoding: encoding.name(), guessed: false });
    }
    if let Some(encoding) = find_utf16(&bytes) {
        let text = strict(encoding, &bytes).map_err(|at| broken(encoding, at))?;
        return Ok(DecodedText { text, encoding: encoding.name(), guessed: true });
    }
    if let Some(offset) = bytes.iter().position(|&byte| byte == 0) {
        let reason = "binary data of a format that is not known here".to_owned();
        return Err(DecodeError::Damaged { offset, reason });
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(DecodedText { text, encoding: "UTF-8", guessed: false }),
        Err(error) => error.into_bytes(),
    };
    decode_legacy(&bytes)
}

fn decode_legacy(bytes: &[u8]) -> Result<DecodedText, DecodeError> {
    let latin = looks_latin(bytes);
    let gb = if latin { Err(0) } else { strict(GB18030, bytes) };
    match gb {
        Ok(text) => Ok(DecodedText { text, encoding: "GB18030", guessed: true }),
        Err(_) if latin => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
            Ok(DecodedText { text: text.into_owned(), encoding: "windows-1252", guessed: true })
        }
        Err(offset) => Err(DecodeError::Damaged {
            offset,
            reason: "text that is neither UTF-8 nor GB18030".to_owned(),
        }),
    }
}

fn broken(encoding: &'static Encoding, offset: usize) -> DecodeError {
    DecodeError::Damaged { offset, reason: format!("text that is not valid {}", encoding.name()) }
}

/// UTF-16 without a mark: plain ASCII in it leaves every other byte zero.
fn find_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let zeros = |start: usize| sample.iter().skip(start).step_by(2).filter(|&&b| b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match sample.len() / 2 {
        half if odd * 5 > half * 2 && even * 20 < half => Some(UTF_16LE),
        half if even * 5 > half * 2 && odd * 20 < half => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether high bytes stand alone between ASCII, as accented letters do and Chinese text does not.
fn looks_latin(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let (mut high, mut alone) = (0_usize, 0_usize);
    for (at, byte) in sample.iter().enumerate() {
        if *byte < 0x80 {
            continue;
        }
        high += 1;
        let ascii = |neighbor: Option<&u8>| neighbor.is_none_or(u8::is_ascii);
        let before = at.checked_sub(1).and_then(|at| sample.get(at));
        let letter = *byte >= 0xC0 || matches!(*byte, 0x8A | 0x8C | 0x8E | 0x9A | 0x9C | 0x9E);
        alone += usize::from(letter && ascii(before) && ascii(sample.get(at + 1)));
    }
    alone * 10 > high * 9 && high * 3 < sample.len()
}

/// The text, or the first byte that does not fit.
fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, usize> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len());
    let mut read_in_all = 0;
    loop {
        let rest = &bytes[read_in_all..];
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        read_in_all += read;
        match result {
            DecoderResult::InputEmpty => return Ok(text),
            DecoderResult::OutputFull => text.reserve(rest.len() / 2 + 64),
            DecoderResult::Malformed(length, after) => {
                return Err(read_in_all.saturating_sub(usize::from(length) + usize::from(after)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "名称,经度\n红星幼儿园,118.6\n";

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn utf8_is_taken_as_it_is_and_its_mark_is_dropped() {
        let plain = decode(TEXT.into()).unwrap();
        assert_eq!((plain.text.as_str(), plain.guessed), (TEXT, false));
        let marked = decode([b"\xEF\xBB\xBF", TEXT.as_bytes()].concat()).unwrap();
        assert_eq!((marked.text.as_str(), marked.guessed), (TEXT, false));
    }

    #[test]
    fn gbk_text_is_found_and_said() {
        let (bytes, _, _) = GB18030.encode(TEXT);
        let read = decode(bytes.into_owned()).unwrap();
        assert_eq!((read.text.as_str(), read.encoding, read.guessed), (TEXT, "GB18030", true));
    }

    #[test]
    fn utf16_is_read_with_and_without_its_mark() {
        let ascii = "name,lon,lat\nSchool,1,2\n";
        for to_bytes in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
            let marked = decode(utf16(&format!("\u{feff}{TEXT}"), to_bytes)).unwrap();
            assert_eq!((marked.text.as_str(), marked.guessed), (TEXT, false));
            let bare = decode(utf16(ascii, to_bytes)).unwrap();
            assert_eq!((bare.text.as_str(), bare.guessed), (ascii, true));
        }
    }

    #[test]
    fn accented_latin_text_does_not_become_chinese() {
        let read = decode(b"name,lon\nEscuela M\xE1laga,1\nNi\xF1os,2\n".to_vec()).unwrap();
        assert_eq!(read.encoding, "windows-1252");
        assert!(read.text.contains("Málaga") && read.text.contains("Niños"));
    }

    #[test]
    fn what_is_not_text_is_named_with_its_byte() {
        for (bytes, at) in
            [(vec![b'a', b'b', 0xFF, 0xFF, 0xFE, 0x80], 2), (b"ab\0cd,efgh".to_vec(), 2)]
        {
            let error = decode(bytes).unwrap_err();
            assert!(
                matches!(error, DecodeError::Damaged { offset, .. } if offset == at),
                "{error}"
            );
        }
        for (bytes, what) in
            [(&b"PK\x03\x04..."[..], "zip file"), (b"SQLite format 3\0", "SQLite database")]
        {
            let error = decode(bytes.to_vec()).unwrap_err().to_string();
            assert!(error.contains(what) && error.contains("which is not read here"), "{error}");
        }
    }
}
