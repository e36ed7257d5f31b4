//! Fonts: which glyph a character has, how wide it is, what a PDF must know about it (OpenType 1.9.1).

use std::collections::BTreeMap;

/// One font of a file.
#[derive(Clone)]
pub(super) struct Typeface {
    /// The file.
    pub(super) data: Vec<u8>,
    /// Its number in a collection.
    pub(super) index: u32,
    /// Whether its outlines are those of the Compact Font Format.
    pub(super) is_cff: bool,
    /// Name in PostScript, letters and digits only.
    pub(super) name: String,
    /// Height above and depth below the line, in thousandths of the size.
    pub(super) ascent: f32,
    pub(super) descent: f32,
    /// The box around all glyphs, in thousandths of the size.
    pub(super) bounds: [f32; 4],
    glyphs: BTreeMap<u32, u16>,
    /// Glyphs of quotation marks as wide as Chinese characters, and their narrow forms.
    narrow: BTreeMap<u16, u16>,
    advances: Vec<u16>,
    units: f32,
}

impl std::fmt::Debug for Typeface {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Typeface({}, {} characters)", self.name, self.glyphs.len())
    }
}

impl Typeface {
    /// The fonts of a file; none when it is not a font that can be read.
    pub(super) fn of_file(data: &[u8]) -> Vec<Self> {
        let count =
            if data.starts_with(b"ttcf") { u32_at(data, 8).unwrap_or(0).min(64) } else { 1 };
        (0..count).filter_map(|index| Self::read(data, index)).collect()
    }

    fn read(data: &[u8], index: u32) -> Option<Self> {
        let start = if data.starts_with(b"ttcf") {
            u32_at(data, 12 + 4 * index as usize)? as usize
        } else {
            0
        };
        let tables = Tables { data, start };
        let head = tables.get(*b"head")?;
        let hhea = tables.get(*b"hhea")?;
        let units = f32::from(u16_at(head, 18)?).max(1.0);
        let thousandths = |value: i16| f32::from(value) * 1000.0 / units;
        let count = usize::from(u16_at(hhea, 34)?);
        let hmtx = tables.get(*b"hmtx")?;
        let advances = (0..count).map(|at| u16_at(hmtx, at * 4)).collect::<Option<Vec<_>>>()?;
        let edge = |at| i16_at(head, at).map(thousandths);
        let is_cff = tables.get(*b"CFF ").is_some();
        if !is_cff && tables.get(*b"glyf").is_none() {
            return None;
        }
        let glyphs = characters(tables.get(*b"cmap")?)?;
        let narrow = tables.get(*b"GSUB").map(|gsub| narrow_quotes(gsub, &glyphs));
        Some(Self {
            narrow: narrow.unwrap_or_default(),
            data: data.to_vec(),
            index,
            is_cff,
            name: tables
                .get(*b"name")
                .and_then(postscript_name)
                .unwrap_or_else(|| "Font".to_owned()),
            ascent: i16_at(hhea, 4).map(thousandths)?,
            descent: i16_at(hhea, 6).map(thousandths)?,
            bounds: [edge(36)?, edge(38)?, edge(40)?, edge(42)?],
            glyphs,
            advances,
            units,
        })
    }

    /// The glyph of a character.
    pub(super) fn glyph(&self, letter: char) -> Option<u16> {
        self.glyphs.get(&u32::from(letter)).copied().filter(|&glyph| glyph != 0)
    }

    /// The narrow form of a glyph that would be as wide as a Chinese character; else the glyph.
    pub(super) fn narrow(&self, glyph: u16) -> u16 {
        self.narrow.get(&glyph).copied().unwrap_or(glyph)
    }

    /// Width of a glyph in thousandths of the size.
    pub(super) fn advance(&self, glyph: u16) -> f32 {
        let at = usize::from(glyph).min(self.advances.len().saturating_sub(1));
        self.advances.get(at).map_or(0.0, |&advance| f32::from(advance) * 1000.0 / self.units)
    }

    /// A table of a font made by subsetting.
    pub(super) fn table_of(font: &[u8], tag: [u8; 4]) -> Option<&[u8]> {
        Tables { data: font, start: 0 }.get(tag)
    }
}

struct Tables<'a> {
    data: &'a [u8],
    start: usize,
}

impl<'a> Tables<'a> {
    fn get(&self, tag: [u8; 4]) -> Option<&'a [u8]> {
        let count = usize::from(u16_at(self.data, self.start + 4)?);
        let record = (0..count)
            .map(|at| self.start + 12 + 16 * at)
            .find(|&at| self.data.get(at..at + 4) == Some(&tag[..]))?;
        let from = u32_at(self.data, record + 8)? as usize;
        let length = u32_at(self.data, record + 12)? as usize;
        self.data.get(from..from.checked_add(length)?)
    }
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_be_bytes)
}

fn i16_at(data: &[u8], at: usize) -> Option<i16> {
    u16_at(data, at).map(u16::cast_signed)
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

/// Name 6 in Windows' or the Macintosh's way, letters and digits only.
fn postscript_name(table: &[u8]) -> Option<String> {
    let strings = usize::from(u16_at(table, 4)?);
    let count = usize::from(u16_at(table, 2)?);
    let record = (0..count).map(|at| 6 + 12 * at).find(|&at| u16_at(table, at + 6) == Some(6))?;
    let from = strings + usize::from(u16_at(table, record + 10)?);
    let bytes = table.get(from..from + usize::from(u16_at(table, record + 8)?))?;
    let letters = bytes.iter().filter(|byte| byte.is_ascii_alphanumeric() || **byte == b'-');
    Some(letters.map(|&byte| char::from(byte)).collect())
}

/// Characters and their glyphs, from the table for all planes if there is one.
fn characters(cmap: &[u8]) -> Option<BTreeMap<u32, u16>> {
    let count = usize::from(u16_at(cmap, 2)?);
    let mut best: Option<(u8, &[u8])> = None;
    for at in (0..count).map(|at| 4 + 8 * at) {
        let rank = match (u16_at(cmap, at)?, u16_at(cmap, at + 2)?) {
            (3, 10) | (0, 4 | 6) => 3,
            (3, 1) | (0, 0..=3) => 2,
            _ => 0,
        };
        let table = cmap.get(u32_at(cmap, at + 4)? as usize..)?;
        if rank > best.map_or(0, |(rank, _)| rank) && matches!(u16_at(table, 0)?, 4 | 12) {
            best = Some((rank, table));
        }
    }
    let (_, table) = best?;
    if u16_at(table, 0)? == 12 { segmented(table) } else { by_planes(table) }
}

/// Format 12.
fn segmented(table: &[u8]) -> Option<BTreeMap<u32, u16>> {
    let mut glyphs = BTreeMap::new();
    for at in (0..u32_at(table, 12)? as usize).map(|at| 16 + 12 * at) {
        let (first, last) = (u32_at(table, at)?, u32_at(table, at + 4)?.min(0x10_FFFF));
        let glyph = u32_at(table, at + 8)?;
        for letter in first..=last {
            glyphs.insert(letter, u16::try_from(glyph + (letter - first)).ok()?);
        }
    }
    Some(glyphs)
}

/// Format 4.
fn by_planes(table: &[u8]) -> Option<BTreeMap<u32, u16>> {
    let twice = usize::from(u16_at(table, 6)?);
    let (ends, starts, deltas, offsets) = (14, 16 + twice, 16 + 2 * twice, 16 + 3 * twice);
    let mut glyphs = BTreeMap::new();
    for at in (0..twice).step_by(2) {
        let (first, last) = (u16_at(table, starts + at)?, u16_at(table, ends + at)?);
        let (delta, offset) = (u16_at(table, deltas + at)?, u16_at(table, offsets + at)?);
        for letter in first..=last.min(0xFFFE) {
            let glyph = if offset == 0 {
                letter.wrapping_add(delta)
            } else {
                let place = offsets + at + usize::from(offset) + 2 * usize::from(letter - first);
                match u16_at(table, place).unwrap_or(0) {
                    0 => 0,
                    glyph => glyph.wrapping_add(delta),
                }
            };
            if glyph != 0 {
                glyphs.insert(u32::from(letter), glyph);
            }
        }
    }
    Some(glyphs)
}

/// Narrow forms of quotation marks, by the feature `pwid`.
fn narrow_quotes(gsub: &[u8], glyphs: &BTreeMap<u32, u16>) -> BTreeMap<u16, u16> {
    let quotes = "“”‘’".chars().filter_map(|quote| glyphs.get(&u32::from(quote)).copied());
    quotes.filter_map(|glyph| Some((glyph, narrow_form(gsub, glyph)?))).collect()
}

fn narrow_form(gsub: &[u8], glyph: u16) -> Option<u16> {
    let features = gsub.get(usize::from(u16_at(gsub, 6)?)..)?;
    let lookups = gsub.get(usize::from(u16_at(gsub, 8)?)..)?;
    let count = usize::from(u16_at(features, 0)?);
    let record =
        (0..count).map(|at| 2 + 6 * at).find(|&at| features.get(at..at + 4) == Some(b"pwid"))?;
    let feature = features.get(usize::from(u16_at(features, record + 4)?)..)?;
    for at in 0..usize::from(u16_at(feature, 2)?) {
        let number = usize::from(u16_at(feature, 4 + 2 * at)?);
        let lookup = lookups.get(usize::from(u16_at(lookups, 2 + 2 * number)?)..)?;
        for at in 0..usize::from(u16_at(lookup, 4)?) {
            let mut table = lookup.get(usize::from(u16_at(lookup, 6 + 2 * at)?)..)?;
            if u16_at(lookup, 0)? == 7 {
                table = table.get(u32_at(table, 4)? as usize..)?;
            }
            if let Some(form) = substituted(table, glyph) {
                return Some(form);
            }
        }
    }
    None
}

/// What a table of single substitutions puts in the place of a glyph.
fn substituted(table: &[u8], glyph: u16) -> Option<u16> {
    let coverage = table.get(usize::from(u16_at(table, 2)?)..)?;
    let count = usize::from(u16_at(coverage, 2)?);
    let place = if u16_at(coverage, 0)? == 1 {
        (0..count).find(|&at| u16_at(coverage, 4 + 2 * at) == Some(glyph))?
    } else {
        (0..count).map(|at| 4 + 6 * at).find_map(|at| {
            let (first, last) = (u16_at(coverage, at)?, u16_at(coverage, at + 2)?);
            let start = usize::from(u16_at(coverage, at + 4)?);
            (first..=last).contains(&glyph).then(|| start + usize::from(glyph - first))
        })?
    };
    match u16_at(table, 0)? {
        1 => Some(glyph.wrapping_add(u16_at(table, 4)?)),
        _ => u16_at(table, 6 + 2 * place),
    }
}
