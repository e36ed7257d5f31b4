//! The fonts of one document: shipped ones first, then the system's; which are used, and what of them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;
use subsetter::GlyphRemapper;

use super::PdfError;
use super::typeface::Typeface;

/// Fonts that came with the page; none when it was not built before the program.
#[derive(RustEmbed)]
#[folder = "web/fonts"]
#[allow_missing = true]
struct Shipped;

/// Where systems keep fonts, and which of those files hold Chinese, best first.
const FOLDERS: [&str; 5] = [
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:\\Windows\\Fonts",
];
const NAMES: [&str; 14] = [
    "NotoSansSC-Regular",
    "NotoSansCJKsc-Regular",
    "NotoSansCJK-Regular",
    "SourceHanSansSC-Regular",
    "SourceHanSansCN-Regular",
    "PingFang",
    "Hiragino Sans GB",
    "msyh",
    "wqy-microhei",
    "wqy-zenhei",
    "simhei",
    "DroidSansFallbackFull",
    "NotoSans-Regular",
    "DejaVuSans",
];

/// Stands for a character that no font has; printers have used it for that since lead type.
const MISSING: char = '〓';

/// The fonts there are.
#[derive(Debug)]
pub struct FontBook {
    faces: Vec<Typeface>,
}

impl FontBook {
    /// The fonts that came with the page, then the system's.
    pub fn find() -> Self {
        let mut faces: Vec<Typeface> = Vec::new();
        let mut names: Vec<String> = Shipped::iter().map(std::borrow::Cow::into_owned).collect();
        names.sort();
        for name in names {
            if let Some(bytes) = Shipped::get(&name).and_then(|file| unpacked(&name, &file.data)) {
                faces.extend(Typeface::of_file(&bytes).into_iter().take(1));
            }
        }
        // Quotation marks and digits are those of the font with the Chinese; the others have what it lacks.
        faces.sort_by_key(|face| !is_chinese(face));
        if faces.is_empty() || !is_chinese(&faces[0]) {
            faces.extend(of_system());
        }
        Self { faces }
    }

    /// The fonts of these files, in order; files that are no fonts are passed over.
    pub fn of_files(files: &[Vec<u8>]) -> Self {
        Self { faces: files.iter().flat_map(|file| Typeface::of_file(file)).collect() }
    }

    /// Characters of `text` that no font has, each once; 〓 is printed for them.
    pub fn lacking(&self, text: &str) -> Vec<char> {
        let has = |letter: char| self.faces.iter().any(|face| face.glyph(letter).is_some());
        let is_shown = |letter: &char| !letter.is_control() && !letter.is_whitespace();
        let lacking: BTreeSet<char> =
            text.chars().filter(is_shown).filter(|&letter| !has(letter)).collect();
        lacking.into_iter().collect()
    }

    /// Whether every character of `text` has a glyph.
    ///
    /// # Errors
    /// When there is no font at all, or none with Chinese characters and the text has some.
    pub fn check(&self, text: &str) -> Result<(), PdfError> {
        if self.faces.is_empty() {
            return Err(PdfError::NoFont);
        }
        let is_han = |letter: &char| matches!(*letter, '\u{4e00}'..='\u{9fff}');
        let has = |letter: char| self.faces.iter().any(|face| face.glyph(letter).is_some());
        match text.chars().filter(is_han).find(|&letter| !has(letter)) {
            Some(letter) => Err(PdfError::NoChinese(letter)),
            None => Ok(()),
        }
    }
}

fn is_chinese(face: &Typeface) -> bool {
    "步行覆盖".chars().all(|letter| face.glyph(letter).is_some())
}

fn unpacked(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match Path::new(name).extension()?.to_str()? {
        "ttf" | "otf" => Some(bytes.to_vec()),
        "gz" => {
            let mut font = Vec::new();
            flate2::read::GzDecoder::new(bytes).read_to_end(&mut font).ok()?;
            Some(font)
        }
        _ => None,
    }
}

/// Fonts of the system, those that hold Chinese first.
fn of_system() -> Vec<Typeface> {
    let mut files = Vec::new();
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let own = home.iter().flat_map(|home| [home.join(".fonts"), home.join(".local/share/fonts")]);
    for folder in FOLDERS.iter().map(PathBuf::from).chain(own) {
        gather(&folder, 0, &mut files);
    }
    files.sort();
    let mut faces: Vec<Typeface> = Vec::new();
    for name in NAMES {
        let named = files.iter().filter(|file| {
            file.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with(name))
        });
        for file in named.take(1) {
            let found =
                std::fs::read(file).map(|bytes| Typeface::of_file(&bytes)).unwrap_or_default();
            let simplified = found.iter().position(|face| face.name.contains("SC")).unwrap_or(0);
            faces.extend(found.into_iter().nth(simplified));
        }
    }
    faces.sort_by_key(|face| !is_chinese(face));
    faces
}

fn gather(folder: &Path, depth: u8, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() && depth < 4 {
            gather(&path, depth + 1, files);
        } else if path.extension().is_some_and(|end| end == "ttf" || end == "otf" || end == "ttc") {
            files.push(path);
        }
    }
}

/// Text in one font, as the numbers of its glyphs in the subset.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    /// Which font.
    pub(super) face: usize,
    /// Two bytes for each glyph.
    pub(super) codes: Vec<u8>,
    /// Width in thousandths of the size.
    pub(super) width: f32,
}

/// How quotation marks are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// As in Chinese.
    Wide,
    /// As in other languages.
    Narrow,
}

/// What a document uses of its fonts.
#[derive(Debug)]
pub(super) struct FontUse<'a> {
    book: &'a FontBook,
    /// Whether quotation marks are as wide as Chinese characters.
    quotes: Quotes,
    used: RefCell<Vec<Used>>,
}

/// What is used of one font.
#[derive(Clone, Debug)]
pub(super) struct Used {
    /// Old glyphs to new.
    pub(super) glyphs: GlyphRemapper,
    /// New glyphs, their width, and the character they stand for.
    pub(super) letters: BTreeMap<u16, (f32, char)>,
}

impl<'a> FontUse<'a> {
    pub(super) fn new(book: &'a FontBook, quotes: Quotes) -> Self {
        let none = Used { glyphs: GlyphRemapper::new(), letters: BTreeMap::new() };
        Self { book, quotes, used: RefCell::new(vec![none; book.faces.len()]) }
    }

    /// The font and glyph of a character.
    fn find(&self, letter: char) -> Option<(usize, u16)> {
        let (at, face, glyph) = self
            .book
            .faces
            .iter()
            .enumerate()
            .find_map(|(at, face)| face.glyph(letter).map(|glyph| (at, face, glyph)))?;
        match self.quotes {
            Quotes::Wide => Some((at, glyph)),
            Quotes::Narrow => Some((at, face.narrow(glyph))),
        }
    }

    fn find_or_missing(&self, letter: char) -> Option<(usize, u16)> {
        let letter = if letter == '\u{a0}' { ' ' } else { letter };
        self.find(letter).or_else(|| self.find(MISSING)).or_else(|| self.find('?'))
    }

    /// Width of a text in thousandths of the size.
    pub(super) fn width(&self, text: &str) -> f32 {
        text.chars()
            .filter_map(|letter| self.find_or_missing(letter))
            .map(|(face, glyph)| self.book.faces[face].advance(glyph))
            .sum()
    }

    /// The text as glyphs, which from now on belong to the document.
    pub(super) fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut used = self.used.borrow_mut();
        for letter in text.chars() {
            let Some((face, glyph)) = self.find_or_missing(letter) else { continue };
            let width = self.book.faces[face].advance(glyph);
            let code = used[face].glyphs.remap(glyph);
            used[face].letters.entry(code).or_insert((width, letter));
            if pieces.last().is_none_or(|piece| piece.face != face) {
                pieces.push(Piece { face, codes: Vec::new(), width: 0.0 });
            }
            if let Some(piece) = pieces.last_mut() {
                piece.codes.extend_from_slice(&code.to_be_bytes());
                piece.width += width;
            }
        }
        pieces
    }

    /// The fonts of which something is used, with what.
    pub(super) fn in_use(&self) -> Vec<(usize, &'a Typeface, Used)> {
        let used = self.used.borrow();
        let faces = self.book.faces.iter().enumerate();
        faces
            .filter(|(at, _)| !used[*at].letters.is_empty())
            .map(|(at, face)| (at, face, used[at].clone()))
            .collect()
    }
}

/// The name of a font in the resources of a page.
pub(super) fn resource(face: usize) -> String {
    let mut name = "F".to_owned();
    // Writing to a string cannot fail.
    let _ = write!(name, "{face}");
    name
}
