//! The report as PDF, set with a font made here: every character of two blocks is a box of its own.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::RangeInclusive;

use walkshed::report::{FontBook, Language, PdfError, set_pdf};

use super::{TOWN, render, town};

pub(crate) const LATIN: RangeInclusive<u32> = 0x20..=0x2265;
pub(crate) const HAN: RangeInclusive<u32> = 0x3000..=0x9FFF;

/// A TrueType font of nothing and, for every character, a box half as wide as high.
pub(crate) fn font(blocks: &[RangeInclusive<u32>]) -> Vec<u8> {
    let words = |words: &[i32]| -> Vec<u8> {
        words.iter().flat_map(|&word| (word as u16).to_be_bytes()).collect()
    };
    let longs =
        |longs: &[u32]| longs.iter().flat_map(|long| long.to_be_bytes()).collect::<Vec<u8>>();
    let mut head = longs(&[0x10000, 0x10000, 0, 0x5F0F_3CF5]);
    head.extend(words(&[0, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 500, 700, 0, 8, 2, 1, 0]));
    let mut hhea = longs(&[0x10000]);
    hhea.extend(words(&[880, -120, 0, 500, 0, 0, 500, 1, 0, 0, 0, 0, 0, 0, 0, 2]));
    let mut maxp = longs(&[0x10000]);
    let letters: Vec<u32> = blocks.iter().cloned().flatten().collect();
    let count = letters.len() as u32;
    maxp.extend(words(&[count as i32 + 1, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]));
    let mut outline = words(&[1, 0, 0, 500, 700, 3, 0]);
    outline.extend([1, 1, 1, 1]);
    outline.extend(words(&[0, 500, 0, -500, 0, 0, 700, 0]));
    let size = outline.len() as u32;
    let glyf = outline.repeat(letters.len());
    let loca: Vec<u32> = std::iter::once(0).chain((0..=count).map(|glyph| glyph * size)).collect();
    let mut metrics = words(&[500, 0, 500, 0]);
    metrics.resize(8 + 2 * (letters.len() - 1), 0);
    let groups: Vec<u8> = letters
        .iter()
        .zip(1..)
        .flat_map(|(&letter, glyph)| longs(&[letter, letter, glyph]))
        .collect();
    let mut cmap = words(&[0, 1, 3, 10]);
    cmap.extend(longs(&[12]));
    cmap.extend(words(&[12, 0]));
    cmap.extend(longs(&[16 + groups.len() as u32, 0, groups.len() as u32 / 12]));
    cmap.extend(groups);
    let tables: [(&[u8; 4], Vec<u8>); 7] = [
        (b"cmap", cmap),
        (b"glyf", glyf),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", metrics),
        (b"loca", longs(&loca)),
        (b"maxp", maxp),
    ];
    let mut file = longs(&[0x10000]);
    file.extend(words(&[tables.len() as i32, 0, 0, 0]));
    let mut at = 12 + 16 * tables.len();
    let mut body = Vec::new();
    for (tag, bytes) in &tables {
        file.extend_from_slice(*tag);
        file.extend(longs(&[0, at as u32, bytes.len() as u32]));
        body.extend_from_slice(bytes);
        body.resize(body.len().next_multiple_of(4), 0);
        at = 12 + 16 * tables.len() + body.len();
    }
    file.extend(body);
    file
}

/// The text of a PDF as it is copied out, a line for each piece that is set.
pub(crate) fn text_of(pdf: &[u8]) -> String {
    let streams = streams_of(pdf);
    let mut letters: BTreeMap<u16, char> = BTreeMap::new();
    for stream in &streams {
        let text = String::from_utf8_lossy(stream);
        for line in
            text.split("beginbfchar").skip(1).filter_map(|part| part.split("endbfchar").next())
        {
            for pair in line.lines() {
                let mut codes = pair.split(['<', '>']).filter(|code| !code.trim().is_empty());
                let (Some(glyph), Some(letter)) = (codes.next(), codes.next()) else { continue };
                let code = u32::from_str_radix(letter, 16).ok().and_then(char::from_u32);
                let Ok(glyph) = u16::from_str_radix(glyph, 16) else { continue };
                letters.extend(code.map(|letter| (glyph, letter)));
            }
        }
    }
    let mut text = String::new();
    for stream in &streams {
        for piece in strings_of(stream) {
            let codes = piece.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            text.extend(codes.filter_map(|code| letters.get(&code)));
            text.push('\n');
        }
    }
    text
}

/// The strings that a stream sets: between brackets with escapes, or in hexadecimal digits.
fn strings_of(stream: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < stream.len() {
        let mut piece = Vec::new();
        match stream[at] {
            b'(' => {
                at += 1;
                let mut depth = 1;
                while at < stream.len() {
                    depth += i32::from(stream[at] == b'(') - i32::from(stream[at] == b')');
                    if depth == 0 {
                        break;
                    }
                    if stream[at] == b'\\' {
                        at += 1;
                        let octal =
                            stream[at..].iter().take(3).take_while(|d| d.is_ascii_digit()).count();
                        if octal == 3 {
                            let digits = std::str::from_utf8(&stream[at..at + 3]).unwrap_or("0");
                            piece.push(u8::from_str_radix(digits, 8).unwrap_or(0));
                            at += 3;
                            continue;
                        }
                        piece.push(match stream[at] {
                            b'n' => b'\n',
                            b'r' => b'\r',
                            b't' => b'\t',
                            b'b' => 8,
                            b'f' => 12,
                            other => other,
                        });
                    } else {
                        piece.push(stream[at]);
                    }
                    at += 1;
                }
            }
            b'<' if stream.get(at + 1) != Some(&b'<') => {
                let end = stream[at..].iter().position(|&byte| byte == b'>').unwrap_or(1);
                let digits = String::from_utf8_lossy(&stream[at + 1..at + end]).into_owned();
                piece = digits
                    .as_bytes()
                    .chunks(2)
                    .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                    .collect();
                at += end;
            }
            _ => {}
        }
        if stream.get(at + 1..at + 4) == Some(b" Tj") {
            found.push(piece);
        }
        at += 1;
    }
    found
}

fn page(language: Language) -> String {
    let baseline = town::baseline(TOWN);
    let audit = town::audit(&baseline);
    render(&baseline, &audit, language)
}

/// Everything in the file that is packed, unpacked.
fn unpacked(pdf: &[u8]) -> String {
    streams_of(pdf).iter().map(|stream| String::from_utf8_lossy(stream)).collect()
}

fn streams_of(pdf: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(found) = pdf[at..].windows(7).position(|window| window == b"stream\n") {
        let from = at + found + 7;
        let mut bytes = Vec::new();
        let _ = flate2::read::ZlibDecoder::new(&pdf[from..]).read_to_end(&mut bytes);
        all.push(bytes);
        at = from;
    }
    all
}

#[test]
fn both_languages_are_set_with_their_fonts_embedded_and_the_same_bytes_every_time() {
    let fonts = FontBook::of_files(&[font(&[LATIN, HAN])]);
    for language in [Language::En, Language::Zh] {
        let html = page(language);
        let pdf = set_pdf(&html, &fonts).expect("a PDF");
        assert!(pdf == set_pdf(&html, &fonts).expect("a PDF"));
        assert!(pdf.starts_with(b"%PDF-1.7") && pdf.ends_with(b"%%EOF"));
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.contains("/FontFile2") && text.contains("/Identity-H"));
        assert!(text.contains("/Outlines") && text.contains("/Lang"));
        let rules = html.matches("class=\"rule-page\"").count();
        assert!(text.matches("/Type /Page\n").count() > rules, "a page for each rule at least");
        let inside = unpacked(&pdf);
        assert!(inside.contains("beginbfchar"), "characters can be searched for");
        // Every box has its character: what is copied out is text, not nothing.
        assert!(inside.contains("> <") && text_of(&pdf).contains("walkshed"));
    }
}

#[test]
fn without_a_chinese_font_a_chinese_report_is_refused_and_says_what_to_do() {
    let fonts = FontBook::of_files(&[font(&[LATIN])]);
    let refused = set_pdf(&page(Language::Zh), &fonts).expect_err("refused");
    assert!(matches!(refused, PdfError::NoChinese(_)));
    assert!(refused.to_string().contains("make web"), "{refused}");
    let none = set_pdf(&page(Language::En), &FontBook::of_files(&[])).expect_err("refused");
    assert!(matches!(none, PdfError::NoFont));
    assert!(matches!(FontBook::of_files(&[b"no font".to_vec()]).check("a"), Err(PdfError::NoFont)));
}

#[test]
fn the_font_that_is_shipped_has_every_character_of_a_chinese_report() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/fonts");
    let shipped = folder.join("NotoSansHans-Regular.otf.gz");
    let Ok(packed) = std::fs::read(&shipped) else { return };
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut bytes).expect("a packed font");
    let fonts = FontBook::of_files(&[bytes]);
    let pdf = set_pdf(&page(Language::Zh), &fonts).expect("a PDF");
    assert!(String::from_utf8_lossy(&pdf).contains("/FontFile3"));
    assert!(pdf.len() < 2_000_000, "only what is used is embedded: {} bytes", pdf.len());
    // 步 is in the map from glyphs to characters.
    assert!(unpacked(&pdf).contains("<6B65>"));
}
