//! Tables: columns as wide as their text asks for, rows as fragments, the header repeated on every page.

use std::rc::Rc;

use super::figure::{Artist, TextLook};
use super::fragment::{Fragment, Op, stacked};
use super::inline::{Inline, Side, extents, inlines, set_lines};
use super::markup::Element;
use super::style::{INK, LINE, SOFT};

/// Sizes of text in points.
const SIZE: f32 = 7.9;
const SMALL: f32 = 7.1;
/// Space between columns, and above and below the text of a row.
const BETWEEN: f32 = 7.0;
const PAD: f32 = 1.6;
/// Width of a column of bars as a part of the table when it states none.
const BARS: f32 = 0.16;
const BAR_HEIGHT: f32 = 6.0;
/// Indentation of a zone by a level.
const DEPTH: f32 = 9.0;

/// What a row is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Head,
    Body,
}

struct Cell<'a> {
    element: &'a Element,
    parts: Vec<Inline>,
    side: Side,
    span: usize,
    indent: f32,
}

/// The rows of a table; a caption and the header stay with the first.
pub(super) fn set_table(table: &Element, width: f32, artist: &Artist) -> Vec<Fragment> {
    let rows: Vec<(&Element, Part)> = table
        .elements()
        .flat_map(|part| {
            let kind = if part.tag == "thead" { Part::Head } else { Part::Body };
            part.elements().filter(|row| row.tag == "tr").map(move |row| (row, kind))
        })
        .collect();
    let cells: Vec<Vec<Cell>> = rows.iter().map(|(row, part)| cells_of(row, *part)).collect();
    let widths = widths(&cells, width, artist);
    let mut fragments = Vec::new();
    if let Some(caption) = table.elements().find(|part| part.tag == "caption") {
        let look = TextLook { size: SIZE, color: INK, is_bold: true };
        fragments.extend(set_lines(&inlines(caption, look), width, Side::Left, artist.fonts));
    }
    let mut header: Option<Rc<Fragment>> = None;
    for ((_, part), cells) in rows.iter().zip(&cells) {
        let mut row = set_row(cells, &widths, artist);
        let (thick, color) = if *part == Part::Head { (0.9, INK) } else { (0.4, LINE) };
        let at = [0.0, row.height - thick, width, thick];
        row.ops.push(Op::Box { at, color });
        if *part == Part::Head {
            header = Some(Rc::new(row.clone()));
        } else {
            row.header.clone_from(&header);
        }
        fragments.push(row);
    }
    if let Some(first) = fragments.first_mut() {
        first.above = 5.0;
    }
    // Caption, header and two rows stay together.
    let head = fragments.iter().position(|f| f.header.is_some()).unwrap_or(0);
    let last = fragments.len().saturating_sub(1);
    for (index, fragment) in fragments.iter_mut().enumerate().take(head) {
        fragment.keeps = (head + 1).min(last) - index;
    }
    fragments
}

fn cells_of(row: &Element, part: Part) -> Vec<Cell<'_>> {
    let is_head = part == Part::Head;
    let depth = row.classes().find_map(|class| class.strip_prefix("depth-")?.parse::<u8>().ok());
    row.elements()
        .enumerate()
        .map(|(index, element)| {
            let is_bold = element.tag == "th" && (is_head || depth.is_none_or(|depth| depth == 0));
            let size =
                if is_head || element.is("also") || element.is("place") { SMALL } else { SIZE };
            let is_soft = is_head || element.is("also") || element.is("place");
            let color = if is_soft { SOFT } else { INK };
            Cell {
                element,
                parts: inlines(element, TextLook { size, color, is_bold }),
                side: if element.is("n") { Side::Right } else { Side::Left },
                span: element.attribute("colspan").parse().unwrap_or(1).max(1),
                indent: if index == 0 { f32::from(depth.unwrap_or(0).min(4)) * DEPTH } else { 0.0 },
            }
        })
        .collect()
}

/// The part of the table that a cell of bars asks for.
fn bars(cell: &Cell) -> Option<f32> {
    if !cell.element.is("barcell") {
        return None;
    }
    let style = cell.element.attribute("style");
    let stated = style.strip_prefix("width:").and_then(|rest| rest.strip_suffix('%'));
    Some(
        stated
            .and_then(|percent| percent.parse::<f32>().ok())
            .map_or(BARS, |percent| percent / 100.0),
    )
}

fn widths(rows: &[Vec<Cell>], width: f32, artist: &Artist) -> Vec<f32> {
    let columns = rows.iter().map(|row| row.iter().map(|cell| cell.span).sum()).max().unwrap_or(0);
    let (mut most, mut least) = (vec![0.0_f32; columns], vec![0.0_f32; columns]);
    for row in rows {
        let mut at = 0;
        for cell in row {
            if cell.span == 1 {
                let (line, piece) = extents(&cell.parts, artist.fonts);
                let (line, piece) = match bars(cell) {
                    Some(part) => (part * width, part * width * 0.6),
                    // Numbers are not broken; their titles may be.
                    None if cell.side == Side::Right && cell.element.tag == "td" => (line, line),
                    None => (line, piece),
                };
                most[at] = most[at].max(line + BETWEEN + cell.indent);
                least[at] = least[at].max(piece.min(width / 3.0) + BETWEEN + cell.indent);
            }
            at += cell.span;
        }
    }
    let (all, needed): (f32, f32) = (most.iter().sum(), least.iter().sum());
    if all <= width {
        let spare = (width - all) / columns.max(1) as f32;
        return most.iter().map(|wide| wide + spare).collect();
    }
    if needed >= width {
        return least.iter().map(|wide| wide * width / needed).collect();
    }
    // A column of long text gives way before one of short text.
    let wish = |at: usize| (most[at] - least[at]).max(0.0).sqrt();
    let wishes: f32 = (0..columns).map(wish).sum();
    let spare = width - needed;
    let mut shares: Vec<f32> = (0..columns)
        .map(|at| (least[at] + spare * wish(at) / wishes.max(1e-6)).min(most[at].max(least[at])))
        .collect();
    let left = width - shares.iter().sum::<f32>();
    let open: Vec<usize> = (0..columns).filter(|&at| shares[at] + 0.5 < most[at]).collect();
    for &at in &open {
        shares[at] += left / open.len() as f32;
    }
    shares
}

fn set_row(cells: &[Cell], widths: &[f32], artist: &Artist) -> Fragment {
    let mut row = Fragment::default();
    let mut column = 0;
    let mut x = 0.0;
    for cell in cells {
        let end = (column + cell.span).min(widths.len());
        let wide: f32 = widths[column.min(end)..end].iter().sum();
        let is_last = end == widths.len();
        let inner = (wide - if is_last { 0.0 } else { BETWEEN } - cell.indent).max(4.0);
        if let Some(svg) = cell.element.find("svg").filter(|svg| svg.is("bar")) {
            row.overlay(set_bar(svg, inner), (x, PAD + 2.0));
        }
        let lines = set_lines(&cell.parts, inner, cell.side, artist.fonts);
        let lines = lines.into_iter().map(|mut line| {
            line.height *= 0.93;
            line
        });
        row.overlay(stacked(lines.collect()), (x + cell.indent, PAD));
        x += wide;
        column = end;
    }
    row.height += PAD;
    row
}

/// A bar as wide as its cell.
pub(super) fn set_bar(svg: &Element, width: f32) -> Fragment {
    let mut bar = Fragment::blank(BAR_HEIGHT);
    let scale = width / 1000.0;
    for part in svg.elements() {
        let class = part.classes().next().unwrap_or("");
        let color = match class {
            "in" | "served" => "#2b7f87",
            "full" => "#7a4f9a",
            "unknown" => "#b9c2c8",
            "bar-back" => "#e9edef",
            "bar-mark" => "#1c2329",
            _ => "#c98a3c",
        };
        let color = super::style::color(color).unwrap_or(INK);
        let (left, wide) = if class == "bar-mark" {
            let d = part.attribute("d").trim_start_matches('M');
            let x: f32 = d.split(' ').next().and_then(|x| x.parse().ok()).unwrap_or(0.0);
            (x * scale - 0.5, 1.0)
        } else {
            (part.number("x") * scale, part.number("width") * scale)
        };
        if wide > 0.0 {
            bar.ops.push(Op::Box { at: [left, 0.0, wide, BAR_HEIGHT], color });
        }
    }
    bar
}
