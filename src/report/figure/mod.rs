//! Drawings as SVG text: maps and charts. Every text in them is escaped; every number is whole.

pub(super) mod canvas;
pub(super) mod streets;
pub(super) mod ground;
pub(super) mod map;
pub(super) mod plan_map;
pub(super) mod chart;

/// `text` with the characters that mean something in markup replaced.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}
