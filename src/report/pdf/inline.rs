//! Lines of text: Latin breaks at blanks, Chinese between characters but not before a closing mark.

use super::figure::TextLook;
use super::fonts::FontUse;
use super::fragment::{Fragment, Op};
use super::markup::{Element, Node};
use super::style::{BAD, Color, GOOD, SOFT, color};

/// A part of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Inline {
    /// Text.
    Text(String, TextLook),
    /// A small drawing as high as the text: the sign of an outcome.
    Sign(Element, f32),
    /// A colored square.
    Square(Color),
    /// A new line.
    Break,
}

/// How much smaller what stands under the text of a cell is.
const SUB: f32 = 0.9;
/// Height of a line as a part of the size.
const LEADING: f32 = 1.42;

/// The text of an element as parts of lines.
pub(super) fn inlines(element: &Element, look: TextLook) -> Vec<Inline> {
    let mut parts = Vec::new();
    gather(element, look, &mut parts);
    parts
}

fn gather(element: &Element, look: TextLook, parts: &mut Vec<Inline>) {
    for node in &element.children {
        match node {
            Node::Text(text) => parts.push(Inline::Text(collapsed(text), look)),
            Node::Element(inner) => gather_element(inner, look, parts),
        }
    }
}

fn gather_element(inner: &Element, look: TextLook, parts: &mut Vec<Inline>) {
    match inner.tag.as_str() {
        "br" => parts.push(Inline::Break),
        "svg" if inner.is("sign") => parts.push(Inline::Sign(inner.clone(), look.size)),
        "svg" => {}
        _ if inner.is("key") => {
            let class = inner.classes().find(|&class| class != "key").unwrap_or("");
            let square = match class {
                "served" => "#2b7f87",
                "full" => "#7a4f9a",
                "unknown" => "#b9c2c8",
                _ => "#c98a3c",
            };
            parts.extend(color(square).map(Inline::Square));
        }
        _ => {
            let mut look = look;
            if inner.is("fail") {
                look.color = BAD;
            } else if inner.is("pass") || inner.is("benchmark") {
                look.color = GOOD;
            } else if inner.is("none") || inner.is("sub") {
                look.color = SOFT;
            }
            if inner.tag == "b" {
                look.is_bold = true;
            }
            if inner.is("sub") {
                parts.push(Inline::Break);
                look.size *= SUB;
                look.is_bold = false;
            }
            gather(inner, look, parts);
        }
    }
}

/// White space as one blank, also at the ends.
fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_whitespace() && letter != '\u{a0}' {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(letter);
        }
    }
    out
}

/// What may not be torn apart.
#[derive(Clone, Debug)]
struct Word {
    kind: WordKind,
    width: f32,
    look_size: f32,
}

#[derive(Clone, Debug)]
enum WordKind {
    Text(String, TextLook),
    Blank,
    Sign(Element, f32),
    Square(Color),
    Break,
}

const SQUARE: f32 = 6.0;

fn words(parts: &[Inline], fonts: &FontUse) -> Vec<Word> {
    let mut words = Vec::new();
    let mut push = |kind, width, look_size| words.push(Word { kind, width, look_size });
    for part in parts {
        match part {
            Inline::Break => push(WordKind::Break, 0.0, 0.0),
            Inline::Sign(svg, size) => push(WordKind::Sign(svg.clone(), *size), size * 1.05, *size),
            Inline::Square(color) => push(WordKind::Square(*color), SQUARE + 3.5, SQUARE),
            Inline::Text(text, look) => {
                for piece in split(text) {
                    let width = fonts.width(piece) * look.size / 1000.0;
                    if piece == " " {
                        push(WordKind::Blank, width, look.size);
                    } else {
                        push(WordKind::Text(piece.to_owned(), *look), width, look.size);
                    }
                }
            }
        }
    }
    words
}

fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

fn may_not_begin(letter: char) -> bool {
    "，。、；：？！）》」』】〉”’%…·†‡,.;:?!)".contains(letter)
}

fn may_not_end(letter: char) -> bool {
    "（《「『【〈“‘(".contains(letter)
}

/// Pieces that may not be torn apart, blanks between them.
fn split(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut before: Option<char> = None;
    for (at, letter) in text.char_indices() {
        let tears = match before {
            None => false,
            Some(' ') => true,
            Some(_) if letter == ' ' => true,
            Some(last) => {
                (is_wide(last)
                    || is_wide(letter)
                    || "/-–_".contains(last) && letter.is_alphabetic())
                    && !may_not_begin(letter)
                    && !may_not_end(last)
            }
        };
        if tears && at > from {
            pieces.push(&text[from..at]);
            from = at;
        }
        before = Some(letter);
    }
    if from < text.len() {
        pieces.push(&text[from..]);
    }
    pieces
}

/// Where lines stand between the edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// The widest line without any break, and the widest piece, in points.
pub(super) fn extents(parts: &[Inline], fonts: &FontUse) -> (f32, f32) {
    let (mut line, mut widest, mut piece) = (0.0_f32, 0.0_f32, 0.0_f32);
    for word in words(parts, fonts) {
        if matches!(word.kind, WordKind::Break) {
            line = 0.0;
            continue;
        }
        line += word.width;
        widest = widest.max(line);
        piece = piece.max(word.width);
    }
    (widest, piece)
}

/// Sets text into lines of `width`: one fragment a line.
pub(super) fn set_lines(
    parts: &[Inline],
    width: f32,
    side: Side,
    fonts: &FontUse,
) -> Vec<Fragment> {
    let mut lines: Vec<Vec<Word>> = vec![Vec::new()];
    let mut at = 0.0;
    for word in words(parts, fonts) {
        for word in torn(word, width, fonts) {
            let is_break = matches!(word.kind, WordKind::Break);
            let is_blank = matches!(word.kind, WordKind::Blank);
            if is_break || (at + word.width > width + 0.01 && at > 0.0 && !is_blank) {
                at = 0.0;
                lines.push(Vec::new());
            }
            if is_break || (is_blank && at == 0.0) {
                continue;
            }
            at += word.width;
            if let Some(line) = lines.last_mut() {
                line.push(word);
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines.iter().map(|line| line_fragment(line, width, side)).collect()
}

/// A piece wider than the line, letter by letter.
fn torn(word: Word, width: f32, fonts: &FontUse) -> Vec<Word> {
    match &word.kind {
        WordKind::Text(text, look) if word.width > width => {
            let letters = text.chars().map(|letter| {
                let letter = letter.to_string();
                let width = fonts.width(&letter) * look.size / 1000.0;
                Word { kind: WordKind::Text(letter, *look), width, look_size: look.size }
            });
            letters.collect()
        }
        _ => vec![word],
    }
}

fn line_fragment(line: &[Word], width: f32, side: Side) -> Fragment {
    let line = match line.iter().rposition(|word| !matches!(word.kind, WordKind::Blank)) {
        Some(last) => &line[..=last],
        None => line,
    };
    let size = line.iter().map(|word| word.look_size).fold(0.0, f32::max).max(6.0);
    let long: f32 = line.iter().map(|word| word.width).sum();
    let mut x = match side {
        Side::Left => 0.0,
        Side::Right => width - long,
    };
    let height = size * LEADING;
    let base = height * 0.5 + size * 0.36;
    let mut fragment = Fragment::blank(height);
    let mut run: Option<(f32, String, TextLook)> = None;
    for word in line {
        match &word.kind {
            WordKind::Text(text, look) => match &mut run {
                Some((_, so_far, same)) if same == look => so_far.push_str(text),
                _ => {
                    fragment.push_run(run.take(), base);
                    run = Some((x, text.clone(), *look));
                }
            },
            WordKind::Blank => {
                if let Some((_, so_far, _)) = &mut run {
                    so_far.push(' ');
                }
            }
            WordKind::Sign(svg, size) => {
                fragment.push_run(run.take(), base);
                let top = base - size * 0.86;
                fragment.ops.push(Op::Figure {
                    at: (x, top),
                    scale: size / 20.0,
                    svg: svg.clone(),
                });
            }
            WordKind::Square(color) => {
                fragment.push_run(run.take(), base);
                let at = [x, base - SQUARE, SQUARE, SQUARE];
                fragment.ops.push(Op::Box { at, color: *color });
            }
            WordKind::Break => {}
        }
        x += word.width;
    }
    fragment.push_run(run, base);
    fragment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_breaks_between_characters_but_not_before_a_closing_mark() {
        assert_eq!(split("步行，不（到）a b"), ["步", "行，", "不", "（到）", "a", " ", "b"]);
        assert_eq!(split("one two-three"), ["one", " ", "two-", "three"]);
    }
}
