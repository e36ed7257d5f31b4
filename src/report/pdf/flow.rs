//! From elements to fragments, from top to bottom.

use super::figure::{Artist, TextLook};
use super::fragment::{Fragment, Op, height_of, indented, kept_together, stacked};
use super::inline::{Inline, Side, inlines, set_lines};
use super::markup::{Element, Node};
use super::style::{INK, LINE, SOFT};
use super::table::{set_bar, set_table};

/// Sizes of text in points.
const BODY: f32 = 9.4;
const NOTE: f32 = 7.9;
/// Greatest height of a map in points, alone and beside something.
const MAP_HEIGHT: f32 = 400.0;
const MAP_BESIDE: f32 = 215.0;
/// Space between two columns.
const GUTTER: f32 = 18.0;
/// Space that a signature leaves for the pen.
const PEN: f32 = 52.0;
/// Rules up to which the contents list each.
const CONTENTS_LONG: usize = 40;

const fn look(size: f32) -> TextLook {
    TextLook { size, color: INK, is_bold: false }
}

const fn bold(size: f32) -> TextLook {
    TextLook { size, color: INK, is_bold: true }
}

const fn soft(size: f32) -> TextLook {
    TextLook { size, color: SOFT, is_bold: false }
}

/// Sets elements into fragments.
pub(super) struct Setter<'a> {
    /// Measures text.
    pub(super) artist: &'a Artist<'a>,
    /// Whether maps stand beside something and are small.
    is_beside: bool,
}

impl<'a> Setter<'a> {
    /// A setter for whole lines.
    pub(super) fn new(artist: &'a Artist<'a>) -> Self {
        Self { artist, is_beside: false }
    }

    fn beside(&self) -> Self {
        Self { artist: self.artist, is_beside: true }
    }

    /// All that is in an element.
    pub(super) fn children(&self, parent: &Element, width: f32) -> Vec<Fragment> {
        let mut fragments = Vec::new();
        for node in &parent.children {
            match node {
                Node::Element(element) => fragments.extend(self.element(element, width)),
                Node::Text(text) if !text.trim().is_empty() => {
                    let parts = [Inline::Text(text.trim().to_owned(), look(BODY))];
                    fragments.extend(self.lines(&parts, width));
                }
                Node::Text(_) => {}
            }
        }
        fragments
    }

    fn lines(&self, parts: &[Inline], width: f32) -> Vec<Fragment> {
        set_lines(parts, width, Side::Left, self.artist.fonts)
    }

    fn element(&self, element: &Element, width: f32) -> Vec<Fragment> {
        let mut fragments = match element.tag.as_str() {
            "h1" => self.heading(element, width, (1, bold(20.0), 3.0)),
            "h2" => self.heading(element, width, (1, bold(14.5), 24.0)),
            "h3" => self.heading(element, width, (2, bold(11.5), 10.0)),
            "h4" => self.heading(element, width, (0, bold(8.6), 10.0)),
            "p" => self.paragraph(element, width),
            "table" => set_table(element, width, self.artist),
            "figure" => self.figure(element, width),
            "svg" => self.drawing(element, width).into_iter().collect(),
            "dl" => self.glossary(element, width),
            "nav" => self.contents(element, width),
            "ul" => self.list(element, width),
            "div" => self.division(element, width),
            "style" | "script" | "title" => Vec::new(),
            _ => self.children(element, width),
        };
        let begins = element.is("new-page") || element.is("rule-page");
        if let Some(first) = fragments.first_mut() {
            first.begins_page |= begins;
            let id = element.attribute("id");
            if !id.is_empty() {
                first.ids.push(id.to_owned());
            }
        }
        fragments
    }

    fn heading(
        &self,
        element: &Element,
        width: f32,
        (level, look, above): (u8, TextLook, f32),
    ) -> Vec<Fragment> {
        let mut lines = self.lines(&inlines(element, look), width);
        if element.tag == "h2" {
            // A line across the page.
            for line in &mut lines {
                *line = line.clone().moved(0.0, 7.0);
                line.height += 7.0;
            }
            if let Some(first) = lines.first_mut() {
                first.ops.push(Op::Box { at: [0.0, 0.0, width, 1.2], color: INK });
            }
        }
        let count = lines.len();
        for (index, line) in lines.iter_mut().enumerate() {
            line.keeps = count - index + 1;
        }
        if let Some(first) = lines.first_mut() {
            first.above = above;
            first.heading = (level > 0).then(|| (level, element.text()));
        }
        if let Some(last) = lines.last_mut() {
            last.height += 1.5;
        }
        lines
    }

    fn paragraph(&self, element: &Element, width: f32) -> Vec<Fragment> {
        let (look, above) = if element.is("kicker") {
            (soft(8.6), 0.0)
        } else if element.is("note") {
            (soft(NOTE), 3.0)
        } else if element.is("lead-line") {
            (look(BODY + 0.4), 2.0)
        } else {
            (look(BODY), 4.5)
        };
        let mut lines = self.lines(&inlines(element, look), width);
        if let Some(first) = lines.first_mut() {
            first.above = above;
        }
        if lines.len() <= 3 || element.is("kicker") { kept_together(lines) } else { lines }
    }

    fn figure(&self, element: &Element, width: f32) -> Vec<Fragment> {
        let mut parts = Vec::new();
        for inner in element.elements() {
            let mut set = match inner.tag.as_str() {
                "ul" => self.legend(inner, width),
                "figcaption" => self.lines(&inlines(inner, soft(NOTE)), width),
                _ => self.element(inner, width),
            };
            if let (true, Some(first)) = (inner.tag != "svg", set.first_mut()) {
                first.above = first.above.max(4.0);
            }
            parts.extend(set);
        }
        let mut whole = stacked(parts);
        whole.above = 8.0;
        vec![whole]
    }

    fn drawing(&self, svg: &Element, width: f32) -> Option<Fragment> {
        if svg.is("bar") {
            let mut bar = set_bar(svg, width);
            bar.above = 3.0;
            return Some(bar);
        }
        if !svg.is("map") && !svg.is("chart") {
            return None;
        }
        let (wide, tall) = Artist::size(svg);
        let most = if self.is_beside { MAP_BESIDE } else { MAP_HEIGHT };
        let chart = if svg.is("chart") { 400.0 } else { width };
        let scale = (width.min(chart) / wide).min(most / tall);
        let mut fragment = Fragment::blank(tall * scale);
        let left = if svg.is("map") { (width - wide * scale) / 2.0 } else { 0.0 };
        fragment.ops.push(Op::Figure { at: (left, 0.0), scale, svg: svg.clone() });
        if svg.is("map") {
            let (right, bottom) = (left + wide * scale, tall * scale);
            for at in [
                [left, 0.0, right - left, 0.5],
                [left, bottom, right - left, 0.5],
                [left, 0.0, 0.5, bottom],
                [right, 0.0, 0.5, bottom],
            ] {
                fragment.ops.push(Op::Box { at, color: LINE });
            }
        }
        Some(fragment)
    }

    /// Small drawings with their texts, as many in a line as there is room for.
    fn legend(&self, list: &Element, width: f32) -> Vec<Fragment> {
        let size = if self.is_beside { 6.8 } else { NOTE };
        let mut lines: Vec<Fragment> = vec![Fragment::blank(size * 1.5)];
        let mut x = 0.0;
        for item in list.elements() {
            let text = item.text();
            let wide = 17.0 + self.artist.fonts.width(&text) * size / 1000.0;
            if x + wide > width && x > 0.0 {
                lines.push(Fragment::blank(size * 1.5));
                x = 0.0;
            }
            let Some(line) = lines.last_mut() else { continue };
            if let Some(svg) = item.find("svg") {
                let (at, scale) = ((x, 1.4), 14.0 / Artist::size(svg).0);
                line.ops.push(Op::Figure { at, scale, svg: svg.clone() });
            }
            line.ops.push(Op::Text { at: (x + 17.0, size * 1.1), text, look: soft(size) });
            x += wide + 9.0;
        }
        lines
    }

    fn list(&self, list: &Element, width: f32) -> Vec<Fragment> {
        if list.is("numbers") {
            return self.numbers(list, width);
        }
        if list.is("facts") {
            let facts: Vec<String> = list.elements().map(Element::text).collect();
            let parts = [Inline::Text(facts.join("   ·   "), soft(8.2))];
            return self.lines(&parts, width);
        }
        let mut fragments = Vec::new();
        for item in list.elements() {
            let mut lines = indented(self.lines(&inlines(item, look(BODY)), width - 12.0), 12.0);
            if let Some(first) = lines.first_mut() {
                first.above = 3.0;
                let at = [2.0, first.height / 2.0 - 1.2, 2.6, 2.6];
                first.ops.push(Op::Box { at, color: SOFT });
            }
            fragments.extend(kept_together(lines));
        }
        fragments
    }

    /// Numbers one remembers, in columns.
    fn numbers(&self, list: &Element, width: f32) -> Vec<Fragment> {
        let items: Vec<&Element> = list.elements().collect();
        let columns = items.len().clamp(1, 6);
        let wide = width / columns as f32;
        let mut rows = Vec::new();
        for row in items.chunks(columns) {
            let mut fragment = Fragment { above: 16.0, ..Fragment::default() };
            for (index, item) in row.iter().enumerate() {
                let mut parts = Vec::new();
                for part in item.elements() {
                    let look = if part.tag == "b" { bold(13.5) } else { soft(7.6) };
                    parts.extend(self.lines(&inlines(part, look), wide - 10.0));
                }
                fragment.overlay(stacked(parts), (wide * index as f32, 0.0));
            }
            rows.push(fragment);
        }
        rows
    }

    fn division(&self, element: &Element, width: f32) -> Vec<Fragment> {
        if element.is("verdict") {
            return self.verdict(element, width);
        }
        if element.is("signatures") {
            return signatures(element, width);
        }
        if element.is("mapped") || element.is("pair") && !self.is_beside {
            return self.side_by_side(element, width);
        }
        let fragments = self.children(element, width);
        if element.is("block") || element.is("standard") && fragments.len() < 24 {
            kept_together(fragments)
        } else {
            fragments
        }
    }

    fn verdict(&self, element: &Element, width: f32) -> Vec<Fragment> {
        let mut fragments = Vec::new();
        for inner in element.elements().filter(|inner| inner.tag == "div") {
            for part in inner.elements() {
                let size = if part.tag == "h3" { bold(11.0) } else { look(10.0) };
                fragments.extend(self.lines(&inlines(part, size), width - 26.0));
            }
        }
        let mut whole = stacked(indented(fragments, 26.0)).moved(0.0, 8.0);
        whole.height += 16.0;
        whole.ops.push(Op::Box { at: [0.0, 0.0, width, 0.6], color: LINE });
        if let Some(svg) = element.elements().find(|inner| inner.tag == "svg") {
            whole.ops.push(Op::Figure { at: (0.0, 10.0), scale: 0.9, svg: svg.clone() });
        }
        vec![whole]
    }

    /// Two columns, the first as wide as a map needs to be.
    fn side_by_side(&self, element: &Element, width: f32) -> Vec<Fragment> {
        let parts: Vec<&Element> = element.elements().collect();
        let [first, rest @ ..] = parts.as_slice() else { return Vec::new() };
        if rest.is_empty() {
            return self.children(element, width);
        }
        let share = if element.is("mapped") { 0.52 } else { 0.5 };
        let left = (width - GUTTER) * share;
        let right = width - GUTTER - left;
        let setter = self.beside();
        let left_parts = setter.element(first, left);
        let right_parts: Vec<Fragment> =
            rest.iter().flat_map(|part| setter.element(part, right)).collect();
        let tallest = height_of(&left_parts).max(height_of(&right_parts));
        if tallest > 690.0 {
            return self.children(element, width);
        }
        let mut whole = Fragment { above: 8.0, ..Fragment::default() };
        whole.overlay(stacked(left_parts), (0.0, 0.0));
        whole.overlay(stacked(right_parts), (left + GUTTER, 0.0));
        vec![whole]
    }

    fn glossary(&self, element: &Element, width: f32) -> Vec<Fragment> {
        let words: Vec<&Element> = element.elements().collect();
        let mut rows = Vec::new();
        for pair in words.chunks(2) {
            let [word, meaning] = pair else { continue };
            let mut row = Fragment { above: 3.0, ..Fragment::default() };
            let wide = width * 0.24;
            row.overlay(stacked(self.lines(&inlines(word, bold(8.6)), wide - 8.0)), (0.0, 0.0));
            row.overlay(
                stacked(self.lines(&inlines(meaning, look(8.6)), width - wide)),
                (wide, 0.0),
            );
            rows.push(row);
        }
        rows
    }

    /// Titles with the numbers of their pages, in two columns.
    fn contents(&self, nav: &Element, width: f32) -> Vec<Fragment> {
        let mut fragments = Vec::new();
        let mut entries = Vec::new();
        for inner in nav.elements() {
            if inner.tag == "ul" {
                contents_of(inner, 0, &mut entries);
            } else {
                fragments.extend(self.element(inner, width));
            }
        }
        for heading in &mut fragments {
            heading.heading = None;
        }
        if entries.len() > CONTENTS_LONG {
            entries.retain(|entry| entry.depth == 0);
        }
        let wide = (width - GUTTER) / 2.0;
        let rows: Vec<Fragment> =
            entries.iter().map(|entry| self.contents_row(entry, wide)).collect();
        let half = height_of(&rows) / 2.0;
        let mut columns = [Vec::new(), Vec::new()];
        let mut filled = 0.0;
        for row in rows {
            let column = usize::from(filled >= half);
            filled += row.height;
            columns[column].push(row);
        }
        let [first, second] = columns;
        let mut whole = Fragment { above: 3.0, ..Fragment::default() };
        whole.overlay(stacked(first), (0.0, 0.0));
        whole.overlay(stacked(second), (wide + GUTTER, 0.0));
        fragments.push(whole);
        fragments
    }

    fn contents_row(&self, entry: &Entry, width: f32) -> Fragment {
        let look = match (entry.depth, entry.id.is_empty()) {
            (0, _) => bold(8.4),
            (_, true) => soft(7.8),
            (_, false) => look(7.8),
        };
        let indent = f32::from(entry.depth) * 9.0;
        let parts = [Inline::Text(entry.title.clone(), look)];
        let lines = self.lines(&parts, width - indent - 26.0);
        let mut row = stacked(lines).moved(indent, 0.0);
        if !entry.id.is_empty() {
            let base = match row.ops.first() {
                Some(Op::Text { at, .. }) => at.1,
                _ => look.size,
            };
            row.ops.push(Op::PageOf { at: (width, base), id: entry.id.clone(), look });
        }
        row
    }
}

/// A line of the contents.
struct Entry {
    title: String,
    id: String,
    depth: u8,
}

fn contents_of(list: &Element, depth: u8, entries: &mut Vec<Entry>) {
    for item in list.elements() {
        let (title, id) = match item.elements().find(|inner| inner.tag == "a") {
            Some(link) => (link.text(), link.attribute("href").trim_start_matches('#').to_owned()),
            None => (item.text(), String::new()),
        };
        entries.push(Entry { title, id, depth });
        if let Some(inner) = item.elements().find(|inner| inner.tag == "ul") {
            contents_of(inner, depth + 1, entries);
        }
    }
}

fn signatures(element: &Element, width: f32) -> Vec<Fragment> {
    let people: Vec<&Element> = element.elements().collect();
    let wide =
        (width - GUTTER * people.len().saturating_sub(1) as f32) / people.len().max(1) as f32;
    let mut row = Fragment { above: PEN, ..Fragment::default() };
    for (index, person) in people.iter().enumerate() {
        let x = index as f32 * (wide + GUTTER);
        row.ops.push(Op::Box { at: [x, 0.0, wide, 0.7], color: INK });
        let own: String = person
            .children
            .iter()
            .filter_map(|node| if let Node::Text(text) = node { Some(text.trim()) } else { None })
            .collect();
        row.ops.push(Op::Text { at: (x, 12.0), text: own, look: look(8.4) });
        if let Some(below) = person.find("span") {
            row.ops.push(Op::Text { at: (x, 44.0), text: below.text(), look: soft(8.0) });
        }
    }
    row.height = 52.0;
    vec![row]
}
