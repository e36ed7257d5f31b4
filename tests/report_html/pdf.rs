//! The report as PDF, set with a font made here: every character of two blocks is a box.

use std::io::Read;
use std::ops::RangeInclusive;

use walkshed::report::{FontBook, Language, PdfError, set_pdf};

use super::{TOWN, render, town};

const LATIN: RangeInclusive<u32> = 0x20..=0x2265;
const HAN: RangeInclusive<u32> = 0x3000..=0x9FFF;

/// A TrueType font of two glyphs: nothing, and a box half as wide as high.
fn font(blocks: &[RangeInclusive<u32>]) -> Vec<u8> {
    let words = |words: &[i32]| -> Vec<u8> {
        words.iter().flat_map(|&word| (word as u16).to_be_bytes()).collect()
    };
    let longs =
        |longs: &[u32]| longs.iter().flat_map(|long| long.to_be_bytes()).collect::<Vec<u8>>();
    let mut head = longs(&[0x10000, 0x10000, 0, 0x5F0F_3CF5]);
    head.extend(words(&[0, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 500, 700, 0, 8, 2, 0, 0]));
    let mut hhea = longs(&[0x10000]);
    hhea.extend(words(&[880, -120, 0, 500, 0, 0, 500, 1, 0, 0, 0, 0, 0, 0, 0, 2]));
    let mut maxp = longs(&[0x10000]);
    maxp.extend(words(&[2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]));
    let mut glyf = words(&[1, 0, 0, 500, 700, 3, 0]);
    glyf.extend([1, 1, 1, 1]);
    glyf.extend(words(&[0, 500, 0, -500, 0, 0, 700, 0]));
    let mut groups = Vec::new();
    for block in blocks {
        // One group a character, as all have the same glyph.
        groups.extend(block.clone().flat_map(|letter| longs(&[letter, letter, 1])));
    }
    let mut cmap = words(&[0, 1, 3, 10]);
    cmap.extend(longs(&[12]));
    cmap.extend(words(&[12, 0]));
    cmap.extend(longs(&[16 + groups.len() as u32, 0, groups.len() as u32 / 12]));
    cmap.extend(groups);
    let tables: [(&[u8; 4], Vec<u8>); 7] = [
        (b"cmap", cmap),
        (b"glyf", glyf.clone()),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", words(&[500, 0, 500, 0])),
        (b"loca", words(&[0, 0, glyf.len() as i32 / 2])),
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

fn page(language: Language) -> String {
    let baseline = town::baseline(TOWN);
    let audit = town::audit(&baseline);
    render(&baseline, &audit, language)
}

/// Everything in the file that is packed, unpacked.
fn unpacked(pdf: &[u8]) -> String {
    let mut all = String::new();
    let mut at = 0;
    while let Some(found) = pdf[at..].windows(7).position(|window| window == b"stream\n") {
        let from = at + found + 7;
        let mut bytes = Vec::new();
        let _ = flate2::read::ZlibDecoder::new(&pdf[from..]).read_to_end(&mut bytes);
        all.push_str(&String::from_utf8_lossy(&bytes));
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
        // The one box has the first character that was set with it: what is copied out is text, not nothing.
        assert!(inside.contains("> <"));
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
