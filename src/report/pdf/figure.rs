//! Drawings: our own SVG, which knows rectangles, circles, paths of straight lines, texts and shapes used again.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use pdf_writer::types::{ColorSpaceOperand, LineCapStyle, LineJoinStyle};
use pdf_writer::{Content, Name, Str};

use super::fonts::{FontUse, resource};
use super::markup::{Element, Node};
use super::style::{BAD, Color, GOOD, INK, SOFT, Sheet, color};

/// How a shape that is used again is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Painting {
    Fill,
    Stroke,
    Both,
}

/// Opacity of fills and strokes in percent.
pub(super) type Opacity = (u8, u8);

/// Draws, and remembers what the document must hold for it.
pub(super) struct Artist<'a> {
    pub(super) fonts: &'a FontUse<'a>,
    sheet: Sheet,
    shapes: BTreeMap<String, &'a Element>,
    used: RefCell<BTreeSet<(String, Painting)>>,
    opacities: RefCell<BTreeSet<Opacity>>,
}

impl<'a> Artist<'a> {
    /// An artist for a page: its style sheet and the shapes it defines.
    pub(super) fn new(page: &'a Element, css: &str, fonts: &'a FontUse<'a>) -> Self {
        let mut shapes = BTreeMap::new();
        gather_shapes(page, &mut shapes);
        Self {
            fonts,
            sheet: Sheet::read(css),
            shapes,
            used: RefCell::default(),
            opacities: RefCell::default(),
        }
    }

    /// Shapes used again, by name.
    pub(super) fn used_shapes(&self) -> Vec<(String, Painting, &'a Element)> {
        let used = self.used.borrow();
        let found = used.iter().filter_map(|(id, how)| {
            self.shapes.get(id).map(|shape| (shape_name(id, *how), *how, *shape))
        });
        found.collect()
    }

    /// The hatchings that are defined.
    pub(super) fn hatchings(&self) -> Vec<(String, &'a Element)> {
        let patterns = self.shapes.iter().filter(|(_, shape)| shape.tag == "pattern");
        patterns.map(|(id, shape)| (id.clone(), *shape)).collect()
    }

    /// Opacities in use.
    pub(super) fn opacities(&self) -> Vec<Opacity> {
        self.opacities.borrow().iter().copied().collect()
    }

    /// Width and height of a drawing in its own units.
    pub(super) fn size(svg: &Element) -> (f32, f32) {
        let numbers: Vec<f32> =
            svg.attribute("viewBox").split_whitespace().filter_map(|n| n.parse().ok()).collect();
        match numbers[..] {
            [_, _, width, height] if width > 0.0 && height > 0.0 => (width, height),
            _ => (100.0, 100.0),
        }
    }

    /// Draws `svg` in its own units, downwards.
    pub(super) fn draw(&self, svg: &Element, to: &mut Content) {
        let outer = svg.classes().next().unwrap_or("");
        let ink = if svg.is("fail") {
            BAD
        } else if svg.is("pass") || svg.is("benchmark") {
            GOOD
        } else if svg.is("none") {
            SOFT
        } else {
            INK
        };
        self.children(svg, &Context { outer, ink }, to);
    }

    /// Draws the inside of a hatching.
    pub(super) fn draw_hatching(&self, pattern: &Element, to: &mut Content) {
        self.children(pattern, &Context { outer: "", ink: INK }, to);
    }

    fn children(&self, parent: &Element, context: &Context, to: &mut Content) {
        for element in parent.elements() {
            match element.tag.as_str() {
                "rect" | "path" | "circle" => {
                    to.save_state();
                    let how = self.set_style(element, context, to);
                    trace(element, to);
                    self.paint(element, context, how, to);
                    to.restore_state();
                }
                "use" => self.use_shape(element, context, to),
                "text" => self.text(element, context, to),
                "g" => self.children(element, context, to),
                _ => {}
            }
        }
    }

    fn use_shape(&self, element: &Element, context: &Context, to: &mut Content) {
        let id = element.attribute("href").trim_start_matches('#');
        let Some(shape) = self.shapes.get(id) else { return };
        if shape.tag == "symbol" {
            return self.children(shape, context, to);
        }
        to.save_state();
        if let Some(how) = self.set_style(element, context, to) {
            self.used.borrow_mut().insert((id.to_owned(), how));
            to.x_object(Name(shape_name(id, how).as_bytes()));
        }
        to.restore_state();
    }

    fn value<'e>(&'e self, element: &'e Element, context: &Context, name: &str) -> Option<&'e str> {
        self.sheet.value(element, context.outer, name)
    }

    fn measure(&self, element: &Element, context: &Context, name: &str) -> Option<f32> {
        let text = self.value(element, context, name)?;
        text.trim_end_matches("px").parse().ok()
    }

    fn color(text: &str, context: &Context) -> Option<Color> {
        if text == "currentColor" { Some(context.ink) } else { color(text) }
    }

    /// Sets colors, pens and opacity; says what there is to paint.
    fn set_style(
        &self,
        element: &Element,
        context: &Context,
        to: &mut Content,
    ) -> Option<Painting> {
        let fill = self.value(element, context, "fill").unwrap_or("#000");
        let mut is_filled = true;
        if let Some(hatching) = fill.strip_prefix("url(#").and_then(|rest| rest.strip_suffix(')')) {
            to.set_fill_color_space(ColorSpaceOperand::Pattern);
            to.set_fill_pattern([], Name(hatching.as_bytes()));
        } else if let Some([r, g, b]) = Self::color(fill, context) {
            to.set_fill_rgb(r, g, b);
        } else {
            is_filled = false;
        }
        let stroke = self.value(element, context, "stroke").and_then(|s| Self::color(s, context));
        if let Some([r, g, b]) = stroke {
            to.set_stroke_rgb(r, g, b);
            to.set_line_width(self.measure(element, context, "stroke-width").unwrap_or(1.0));
            if self.value(element, context, "stroke-linejoin") == Some("round") {
                to.set_line_join(LineJoinStyle::RoundJoin);
            }
            if self.value(element, context, "stroke-linecap") == Some("round") {
                to.set_line_cap(LineCapStyle::RoundCap);
            }
            if let Some(dashes) = self.value(element, context, "stroke-dasharray") {
                to.set_dash_pattern(dashes.split([' ', ',']).filter_map(|d| d.parse().ok()), 0.0);
            }
        }
        let percent = |name| {
            let value = self.measure(element, context, name).unwrap_or(1.0);
            (value.clamp(0.0, 1.0) * 100.0).round() as u8
        };
        let opacity = (percent("fill-opacity"), percent("stroke-opacity"));
        if opacity != (100, 100) {
            self.opacities.borrow_mut().insert(opacity);
            to.set_parameters(Name(opacity_name(opacity).as_bytes()));
        }
        match (is_filled, stroke.is_some()) {
            (true, true) => Some(Painting::Both),
            (true, false) => Some(Painting::Fill),
            (false, true) => Some(Painting::Stroke),
            (false, false) => None,
        }
    }

    fn paint(&self, element: &Element, context: &Context, how: Option<Painting>, to: &mut Content) {
        let is_even_odd = self.value(element, context, "fill-rule") == Some("evenodd");
        match (how, is_even_odd) {
            (None, _) => to.end_path(),
            (Some(Painting::Stroke), _) => to.stroke(),
            (Some(Painting::Fill), true) => to.fill_even_odd(),
            (Some(Painting::Fill), false) => to.fill_nonzero(),
            (Some(Painting::Both), true) => to.fill_even_odd_and_stroke(),
            (Some(Painting::Both), false) => to.fill_nonzero_and_stroke(),
        };
    }

    fn text(&self, element: &Element, context: &Context, to: &mut Content) {
        let text = element.text();
        let size = self.measure(element, context, "font-size").unwrap_or(16.0);
        let weight = self.value(element, context, "font-weight").unwrap_or("");
        let fill = self.value(element, context, "fill").and_then(|f| Self::color(f, context));
        let wide = self.fonts.width(&text) * size / 1000.0;
        let anchor = self.value(element, context, "text-anchor").unwrap_or("");
        let from = match anchor {
            "middle" => wide / 2.0,
            "end" => wide,
            _ => 0.0,
        };
        let at = (element.number("x") - from, element.number("y"));
        let look = TextLook { size, color: fill.unwrap_or(INK), is_bold: weight >= "600" };
        show(self.fonts, &text, at, &look, to);
    }
}

/// What a drawing says to everything in it.
struct Context<'a> {
    /// Class of the drawing.
    outer: &'a str,
    /// The color that `currentColor` stands for.
    ink: Color,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TextLook {
    /// Size in points (or units of a drawing).
    pub(super) size: f32,
    /// Its color.
    pub(super) color: Color,
    /// Whether its outlines are drawn over, which makes it bold.
    pub(super) is_bold: bool,
}

/// How much a bold letter's outline is drawn over, as a part of the size.
const BOLD: f32 = 0.027;

/// Shows a text with its line at `at`, in a space that runs downwards.
pub(super) fn show(
    fonts: &FontUse,
    text: &str,
    (mut x, y): (f32, f32),
    look: &TextLook,
    to: &mut Content,
) {
    let [r, g, b] = look.color;
    to.save_state();
    to.set_fill_rgb(r, g, b);
    if look.is_bold {
        to.set_stroke_rgb(r, g, b);
        to.set_line_width(look.size * BOLD);
    }
    to.begin_text();
    if look.is_bold {
        to.set_text_rendering_mode(pdf_writer::types::TextRenderingMode::FillStroke);
    }
    for piece in fonts.pieces(text) {
        to.set_font(Name(resource(piece.face).as_bytes()), look.size);
        to.set_text_matrix([1.0, 0.0, 0.0, -1.0, x, y]);
        to.show(Str(&piece.codes));
        x += piece.width * look.size / 1000.0;
    }
    to.end_text();
    to.restore_state();
}

/// The name of a shape in the resources.
fn shape_name(id: &str, how: Painting) -> String {
    format!("{id}-{}", ["fill", "stroke", "both"][how as usize])
}

/// The name of an opacity in the resources.
pub(super) fn opacity_name((fill, stroke): Opacity) -> String {
    format!("O{fill}-{stroke}")
}

fn gather_shapes<'a>(element: &'a Element, shapes: &mut BTreeMap<String, &'a Element>) {
    for node in &element.children {
        if let Node::Element(inner) = node {
            let id = inner.attribute("id");
            if !id.is_empty() && matches!(inner.tag.as_str(), "path" | "symbol" | "pattern") {
                shapes.insert(id.to_owned(), inner);
            }
            gather_shapes(inner, shapes);
        }
    }
}

/// Makes the path of an element.
pub(super) fn trace(element: &Element, to: &mut Content) {
    match element.tag.as_str() {
        "rect" => {
            let size = (element.number("width"), element.number("height"));
            to.rect(element.number("x"), element.number("y"), size.0, size.1);
        }
        "circle" => circle(element.number("cx"), element.number("cy"), element.number("r"), to),
        _ => path(element.attribute("d"), to),
    }
}

fn circle(x: f32, y: f32, r: f32, to: &mut Content) {
    // Four curves with handles of this length part from a circle by 0.03 % of its radius.
    let h = r * 0.552_285;
    to.move_to(x + r, y);
    to.cubic_to(x + r, y + h, x + h, y + r, x, y + r);
    to.cubic_to(x - h, y + r, x - r, y + h, x - r, y);
    to.cubic_to(x - r, y - h, x - h, y - r, x, y - r);
    to.cubic_to(x + h, y - r, x + r, y - h, x + r, y);
    to.close_path();
}

/// A path of straight lines: `M L H V Z`, relative or not.
fn path(d: &str, to: &mut Content) {
    let mut numbers = Numbers { text: d.as_bytes(), at: 0 };
    let (mut pen, mut start) = ((0.0_f32, 0.0_f32), (0.0_f32, 0.0_f32));
    let mut command = b'M';
    loop {
        match numbers.command() {
            Some(found) => command = found,
            None if numbers.is_done() => break,
            None => {}
        }
        let base = if command.is_ascii_lowercase() { pen } else { (0.0, 0.0) };
        match command.to_ascii_uppercase() {
            b'Z' => {
                to.close_path();
                pen = start;
                command = b'L';
                continue;
            }
            b'H' => pen.0 = base.0 + numbers.next(),
            b'V' => pen.1 = base.1 + numbers.next(),
            _ => {
                let (x, y) = (numbers.next(), numbers.next());
                pen = (base.0 + x, base.1 + y);
            }
        }
        if command.eq_ignore_ascii_case(&b'M') {
            to.move_to(pen.0, pen.1);
            start = pen;
            // Further pairs are lines.
            command = if command == b'm' { b'l' } else { b'L' };
        } else {
            to.line_to(pen.0, pen.1);
        }
    }
}

struct Numbers<'a> {
    text: &'a [u8],
    at: usize,
}

impl Numbers<'_> {
    fn skip(&mut self) {
        while self.text.get(self.at).is_some_and(|&c| c == b' ' || c == b',' || c == b'\n') {
            self.at += 1;
        }
    }

    fn is_done(&mut self) -> bool {
        self.skip();
        self.at >= self.text.len()
    }

    fn command(&mut self) -> Option<u8> {
        self.skip();
        let found = self.text.get(self.at).copied().filter(u8::is_ascii_alphabetic)?;
        self.at += 1;
        Some(found)
    }

    /// The next number; 0 and one step on where there is none.
    fn next(&mut self) -> f32 {
        self.skip();
        let from = self.at;
        let mut has_point = false;
        while let Some(&c) = self.text.get(self.at) {
            let goes_on = c.is_ascii_digit()
                || (c == b'-' && self.at == from)
                || (c == b'.' && !std::mem::replace(&mut has_point, true));
            if !goes_on {
                break;
            }
            self.at += 1;
        }
        if self.at == from {
            self.at += 1;
        }
        let text = self.text.get(from..self.at).unwrap_or_default();
        std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ops(d: &str) -> String {
        let mut content = Content::new();
        path(d, &mut content);
        String::from_utf8(content.finish().into_vec()).unwrap()
    }

    #[test]
    fn terse_paths_are_read_as_browsers_read_them() {
        let text = ops("m10 10l5-3-3 0m-12-7l4 0 0 4zm5 5h0");
        assert_eq!(text, "10 10 m\n15 7 l\n12 7 l\n0 0 m\n4 0 l\n4 4 l\nh\n5 5 m\n5 5 l");
        assert_eq!(ops("M10 1l2.7 5.9 6.3.7H0V2"), "10 1 m\n12.7 6.9 l\n19 7.6 l\n0 7.6 l\n0 2 l");
    }
}
