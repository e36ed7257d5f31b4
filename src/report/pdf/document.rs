//! Pages out of fragments, and the file out of pages (ISO 32000-1).

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, PaintType, SystemInfo, TilingType, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::PdfError;
use super::figure::{Artist, Painting, TextLook, opacity_name, show, trace};
use super::fonts::{Used, resource};
use super::fragment::{Fragment, Op};
use super::style::SOFT;
use super::typeface::Typeface;

/// A4 in points.
const PAPER: (f32, f32) = (595.28, 841.89);
const LEFT: f32 = 50.0;
const TOP: f32 = 46.0;
const BOTTOM: f32 = 58.0;
/// Width of the text.
pub(super) const WIDTH: f32 = PAPER.0 - 2.0 * LEFT;
const HEIGHT: f32 = PAPER.1 - TOP - BOTTOM;
/// Size of a unit of hatchings in points.
const HATCHING: f32 = 0.26;

/// A fragment on a page, its top measured from the top of the text.
type Placed = (f32, Fragment);

/// What a document says about itself.
pub(super) struct About<'a> {
    /// Its title.
    pub(super) title: &'a str,
    /// Language tag.
    pub(super) language: &'a str,
    /// What stands at the foot of each page.
    pub(super) foot: &'a str,
}

/// Puts fragments on pages.
fn paginate(fragments: Vec<Fragment>) -> Vec<Vec<Placed>> {
    let mut pages: Vec<Vec<Placed>> = vec![Vec::new()];
    let mut y = 0.0;
    let needs: Vec<f32> = (0..fragments.len())
        .map(|at| {
            let mut last = at;
            let mut next = at;
            // What belongs to it may have something that belongs to that.
            while next <= last {
                last = last.max(next + fragments[next].keeps).min(fragments.len() - 1);
                next += 1;
            }
            let rest = fragments[at + 1..=last].iter().map(|f| f.above + f.height).sum::<f32>();
            fragments[at].height + rest
        })
        .collect();
    for (fragment, needed) in fragments.into_iter().zip(needs) {
        let is_empty = pages.last().is_none_or(Vec::is_empty);
        let above = if is_empty { 0.0 } else { fragment.above };
        let needed = if needed > HEIGHT { fragment.height } else { needed };
        if !is_empty && (fragment.begins_page || y + above + needed > HEIGHT) {
            pages.push(Vec::new());
            y = 0.0;
            if let (false, Some(header)) = (fragment.begins_page, &fragment.header) {
                y = header.height;
                push(&mut pages, 0.0, header.as_ref().clone());
            }
        } else {
            y += above;
        }
        let height = fragment.height;
        push(&mut pages, y, fragment);
        y += height;
    }
    pages
}

fn push(pages: &mut [Vec<Placed>], y: f32, fragment: Fragment) {
    if let Some(page) = pages.last_mut() {
        page.push((y, fragment));
    }
}

/// Numbers of objects, handed out one by one.
struct Numbers(i32);

impl Numbers {
    fn next(&mut self) -> Ref {
        self.0 += 1;
        Ref::new(self.0)
    }
}

/// Writes the document.
pub(super) fn write(
    fragments: Vec<Fragment>,
    artist: &Artist,
    about: &About,
) -> Result<Vec<u8>, PdfError> {
    let pages = paginate(fragments);
    let mut numbers = Numbers(0);
    let mut pdf = Pdf::new();
    let [catalog, tree, info, resources] = std::array::from_fn(|_| numbers.next());
    let page_of = page_numbers(&pages);
    let count = pages.len();
    let ids: Vec<Ref> = pages.iter().map(|_| numbers.next()).collect();
    for (index, (page, &id)) in pages.iter().zip(&ids).enumerate() {
        let content = draw_page(page, artist, &page_of);
        let content = draw_foot(content, artist, (index + 1, count), about.foot);
        let stream = numbers.next();
        let packed = deflated(&content.finish());
        pdf.stream(stream, &packed).filter(Filter::FlateDecode);
        let mut written = pdf.page(id);
        written.parent(tree).media_box(Rect::new(0.0, 0.0, PAPER.0, PAPER.1)).contents(stream);
        written.pair(Name(b"Resources"), resources);
    }
    pdf.pages(tree).kids(ids.iter().copied()).count(count as i32);
    let outline = write_outline(&mut pdf, &mut numbers, (&pages, &ids));
    let mut written = pdf.catalog(catalog);
    written.pages(tree).lang(TextStr(about.language));
    if let Some(outline) = outline {
        written.outlines(outline);
    }
    written.viewer_preferences().display_doc_title(true);
    written.finish();
    let program = concat!("walkshed ", env!("CARGO_PKG_VERSION"));
    pdf.document_info(info)
        .title(TextStr(about.title))
        .creator(TextStr(program))
        .producer(TextStr(program));
    write_resources(&mut pdf, &mut numbers, (artist, resources))?;
    let mut hash = blake3::Hasher::new();
    hash.update(about.title.as_bytes());
    hash.update(about.foot.as_bytes());
    let id = hash.finalize().as_bytes()[..16].to_vec();
    pdf.set_file_id((id.clone(), id));
    Ok(pdf.finish())
}

/// The page of everything that has a name.
fn page_numbers(pages: &[Vec<Placed>]) -> BTreeMap<String, usize> {
    let mut numbers = BTreeMap::new();
    for (index, page) in pages.iter().enumerate() {
        for id in page.iter().flat_map(|(_, fragment)| &fragment.ids) {
            numbers.entry(id.clone()).or_insert(index + 1);
        }
    }
    numbers
}

fn draw_page(page: &[Placed], artist: &Artist, page_of: &BTreeMap<String, usize>) -> Content {
    let mut content = Content::new();
    // From here on downwards, from the upper left corner of the text.
    content.transform([1.0, 0.0, 0.0, -1.0, LEFT, PAPER.1 - TOP]);
    for (y, fragment) in page {
        for op in &fragment.ops {
            draw_op(op, *y, artist, (page_of, &mut content));
        }
    }
    content
}

fn draw_op(
    op: &Op,
    y: f32,
    artist: &Artist,
    (page_of, to): (&BTreeMap<String, usize>, &mut Content),
) {
    match op {
        Op::Text { at, text, look } => show(artist.fonts, text, (at.0, at.1 + y), look, to),
        Op::Box { at, color: [r, g, b] } => {
            to.set_fill_rgb(*r, *g, *b);
            to.rect(at[0], at[1] + y, at[2], at[3]);
            to.fill_nonzero();
        }
        Op::Figure { at, scale, svg } => {
            let (wide, tall) = Artist::size(svg);
            to.save_state();
            to.transform([*scale, 0.0, 0.0, *scale, at.0, at.1 + y]);
            to.rect(0.0, 0.0, wide, tall);
            to.clip_nonzero();
            to.end_path();
            artist.draw(svg, to);
            to.restore_state();
        }
        Op::PageOf { at, id, look } => {
            let text = page_of.get(id).map(ToString::to_string).unwrap_or_default();
            let wide = artist.fonts.width(&text) * look.size / 1000.0;
            show(artist.fonts, &text, (at.0 - wide, at.1 + y), look, to);
        }
    }
}

fn draw_foot(
    mut content: Content,
    artist: &Artist,
    (page, count): (usize, usize),
    foot: &str,
) -> Content {
    let look = TextLook { size: 7.4, color: SOFT, is_bold: false };
    let y = HEIGHT + 26.0;
    show(artist.fonts, foot, (0.0, y), &look, &mut content);
    let number = format!("{page} / {count}");
    let wide = artist.fonts.width(&number) * look.size / 1000.0;
    show(artist.fonts, &number, (WIDTH - wide, y), &look, &mut content);
    content
}

/// Bookmarks of the headings of the first level and those right below them.
fn write_outline(
    pdf: &mut Pdf,
    numbers: &mut Numbers,
    (pages, ids): (&[Vec<Placed>], &[Ref]),
) -> Option<Ref> {
    let mut tops: Vec<(Heading, Vec<Heading>)> = Vec::new();
    for (page, &id) in pages.iter().zip(ids) {
        for (y, fragment) in page {
            let Some((level, text)) = &fragment.heading else { continue };
            let heading = Heading { text, page: id, y: PAPER.1 - TOP - y, id: numbers.next() };
            match tops.last_mut() {
                Some((_, inner)) if *level > 1 => inner.push(heading),
                _ => tops.push((heading, Vec::new())),
            }
        }
    }
    let (first, last) = (tops.first()?.0.id, tops.last()?.0.id);
    let root = numbers.next();
    pdf.outline(root).first(first).last(last).count(tops.len() as i32);
    let flat: Vec<&Heading> = tops.iter().map(|(top, _)| top).collect();
    for (at, (top, inner)) in tops.iter().enumerate() {
        let mut item = write_bookmark(pdf, (&flat, at), root);
        if let (Some(first), Some(last)) = (inner.first(), inner.last()) {
            item.first(first.id).last(last.id).count(-(inner.len() as i32));
        }
        item.finish();
        let inner: Vec<&Heading> = inner.iter().collect();
        for at in 0..inner.len() {
            write_bookmark(pdf, (&inner, at), top.id).finish();
        }
    }
    Some(root)
}

struct Heading<'a> {
    text: &'a str,
    page: Ref,
    y: f32,
    id: Ref,
}

fn write_bookmark<'p>(
    pdf: &'p mut Pdf,
    (all, at): (&[&Heading], usize),
    parent: Ref,
) -> pdf_writer::writers::OutlineItem<'p> {
    let heading = all[at];
    let mut item = pdf.outline_item(heading.id);
    item.title(TextStr(heading.text)).parent(parent);
    if at > 0 {
        item.prev(all[at - 1].id);
    }
    if let Some(next) = all.get(at + 1) {
        item.next(next.id);
    }
    item.dest().page(heading.page).xyz(0.0, heading.y + 6.0, None);
    item
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(7));
    // Writing to a vector cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Shapes, hatchings, opacities and fonts, in one dictionary for all pages.
fn write_resources(
    pdf: &mut Pdf,
    numbers: &mut Numbers,
    (artist, resources): (&Artist, Ref),
) -> Result<(), PdfError> {
    let shapes = artist.used_shapes();
    let shape_ids: Vec<Ref> = shapes.iter().map(|_| numbers.next()).collect();
    for ((_, how, shape), &id) in shapes.iter().zip(&shape_ids) {
        let mut content = Content::new();
        trace(shape, &mut content);
        match how {
            Painting::Fill => content.fill_even_odd(),
            Painting::Stroke => content.stroke(),
            Painting::Both => content.fill_even_odd_and_stroke(),
        };
        let packed = deflated(&content.finish());
        let mut form = pdf.form_xobject(id, &packed);
        form.bbox(Rect::new(-20_000.0, -20_000.0, 20_000.0, 20_000.0));
        form.filter(Filter::FlateDecode);
        form.pair(Name(b"Resources"), resources);
    }
    let hatchings = artist.hatchings();
    let hatching_ids: Vec<Ref> = hatchings.iter().map(|_| numbers.next()).collect();
    for ((_, pattern), &id) in hatchings.iter().zip(&hatching_ids) {
        let mut content = Content::new();
        artist.draw_hatching(pattern, &mut content);
        let (wide, tall) = (pattern.number("width"), pattern.number("height"));
        let data = content.finish();
        let mut written = pdf.tiling_pattern(id, &data);
        written.paint_type(PaintType::Colored).tiling_type(TilingType::ConstantSpacing);
        written.bbox(Rect::new(0.0, 0.0, wide, tall)).x_step(wide).y_step(tall);
        let slant = HATCHING * std::f32::consts::FRAC_1_SQRT_2;
        written.matrix([slant, slant, -slant, slant, 0.0, 0.0]);
        written.pair(Name(b"Resources"), resources);
    }
    let fonts = artist.fonts.in_use();
    let mut font_ids = Vec::new();
    for (_, face, used) in &fonts {
        font_ids.push(write_font(pdf, numbers, (face, used))?);
    }
    let opacities = artist.opacities();
    let opacity_ids: Vec<Ref> = opacities.iter().map(|_| numbers.next()).collect();
    for (&(fill, stroke), &id) in opacities.iter().zip(&opacity_ids) {
        pdf.ext_graphics(id)
            .non_stroking_alpha(f32::from(fill) / 100.0)
            .stroking_alpha(f32::from(stroke) / 100.0);
    }
    let mut dictionary = pdf.indirect(resources).dict();
    let mut kind = dictionary.insert(Name(b"XObject")).dict();
    for ((name, ..), &id) in shapes.iter().zip(&shape_ids) {
        kind.pair(Name(name.as_bytes()), id);
    }
    kind.finish();
    let mut kind = dictionary.insert(Name(b"Pattern")).dict();
    for ((name, _), &id) in hatchings.iter().zip(&hatching_ids) {
        kind.pair(Name(name.as_bytes()), id);
    }
    kind.finish();
    let mut kind = dictionary.insert(Name(b"Font")).dict();
    for ((face, ..), &id) in fonts.iter().zip(&font_ids) {
        kind.pair(Name(resource(*face).as_bytes()), id);
    }
    kind.finish();
    let mut kind = dictionary.insert(Name(b"ExtGState")).dict();
    for (&opacity, &id) in opacities.iter().zip(&opacity_ids) {
        kind.pair(Name(opacity_name(opacity).as_bytes()), id);
    }
    kind.finish();
    dictionary.finish();
    Ok(())
}

/// Embeds the used part of a font.
fn write_font(
    pdf: &mut Pdf,
    numbers: &mut Numbers,
    (face, used): (&Typeface, &Used),
) -> Result<Ref, PdfError> {
    let [font, cid, descriptor, file, unicode] = std::array::from_fn(|_| numbers.next());
    let subset = subsetter::subset(&face.data, face.index, &used.glyphs)
        .map_err(|error| PdfError::Font { name: face.name.clone(), reason: error.to_string() })?;
    let mut hash = blake3::Hasher::new();
    hash.update(&subset);
    let tag: String =
        hash.finalize().as_bytes()[..6].iter().map(|byte| char::from(b'A' + byte % 26)).collect();
    let name = format!("{tag}+{}", face.name);
    let system = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
    pdf.type0_font(font)
        .base_font(Name(name.as_bytes()))
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(unicode);
    let mut written = pdf.cid_font(cid);
    written.subtype(if face.is_cff { CidFontType::Type0 } else { CidFontType::Type2 });
    written.base_font(Name(name.as_bytes())).system_info(system).font_descriptor(descriptor);
    written.default_width(1000.0);
    if !face.is_cff {
        written.cid_to_gid_map_predefined(Name(b"Identity"));
    }
    let mut widths = written.widths();
    for (&glyph, &(width, _)) in &used.letters {
        widths.consecutive(glyph, [width]);
    }
    widths.finish();
    written.finish();
    let mut written = pdf.font_descriptor(descriptor);
    let [left, low, right, high] = face.bounds;
    written.name(Name(name.as_bytes())).flags(FontFlags::SYMBOLIC);
    written.bbox(Rect::new(left, low, right, high)).italic_angle(0.0).stem_v(80.0);
    written.ascent(face.ascent).descent(face.descent).cap_height(face.ascent * 0.83);
    if face.is_cff {
        written.font_file3(file)
    } else {
        written.font_file2(file)
    };
    written.finish();
    let outlines = if face.is_cff {
        Typeface::table_of(&subset, *b"CFF ").unwrap_or(&subset)
    } else {
        &subset
    };
    let packed = deflated(outlines);
    let mut stream = pdf.stream(file, &packed);
    stream.filter(Filter::FlateDecode);
    if face.is_cff {
        stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
    } else {
        stream.pair(Name(b"Length1"), outlines.len() as i32);
    }
    stream.finish();
    let mut cmap = UnicodeCmap::new(Name(b"Custom"), system);
    for (&glyph, &(_, letter)) in &used.letters {
        cmap.pair(glyph, letter);
    }
    let data = cmap.finish();
    let packed = deflated(&data);
    pdf.cmap(unicode, &packed).filter(Filter::FlateDecode);
    Ok(font)
}
