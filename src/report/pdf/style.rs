//! How figures look: the classes of the report's style sheet, read from the sheet itself.

use std::collections::BTreeMap;

use super::markup::Element;

/// A color, each part 0 to 1.
pub(super) type Color = [f32; 3];

/// Text.
pub(super) const INK: Color = [0.110, 0.137, 0.161];
/// Text of less weight.
pub(super) const SOFT: Color = [0.337, 0.380, 0.420];
/// Lines in tables.
pub(super) const LINE: Color = [0.827, 0.851, 0.867];
/// A broken promise.
pub(super) const BAD: Color = [0.561, 0.184, 0.110];
/// A kept promise.
pub(super) const GOOD: Color = [0.114, 0.420, 0.322];

/// Properties by class; those that hold only within another class stand under `outer inner`.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    classes: BTreeMap<String, Vec<(String, String)>>,
}

impl Sheet {
    /// Reads the rules of a style sheet that name one class, or one within another; the rest is for browsers.
    pub(super) fn read(css: &str) -> Self {
        let mut sheet = Self::default();
        let screen = css.split("@media").next().unwrap_or(css);
        for rule in screen.split('}') {
            let Some((selectors, body)) = rule.split_once('{') else { continue };
            let properties: Vec<(String, String)> = body
                .split(';')
                .filter_map(|one| one.split_once(':'))
                .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
                .collect();
            for selector in selectors.split(',') {
                let parts: Vec<&str> = selector.split_whitespace().collect();
                let is_class =
                    |part: &&str| part.starts_with('.') && !part[1..].contains(['.', ':', '>']);
                if parts.len() <= 2 && !parts.is_empty() && parts.iter().all(is_class) {
                    let key = parts.join(" ").replace('.', "");
                    sheet.classes.entry(key).or_default().extend(properties.iter().cloned());
                }
            }
        }
        sheet
    }

    /// The value of a property of `element` within a drawing of class `outer`: of its style attribute, its
    /// classes, its attributes.
    pub(super) fn value<'a>(
        &'a self,
        element: &'a Element,
        outer: &str,
        name: &str,
    ) -> Option<&'a str> {
        let of = |key: &str| {
            let properties = self.classes.get(key)?;
            properties
                .iter()
                .rev()
                .find(|(found, _)| found == name)
                .map(|(_, value)| value.as_str())
        };
        let mut found = None;
        for class in element.classes() {
            found = of(&format!("{outer} {class}")).or_else(|| of(class)).or(found);
        }
        found.or_else(|| Some(element.attribute(name)).filter(|value| !value.is_empty()))
    }
}

/// A color as it is written in a style sheet; `None` for none and for what is no plain color.
pub(super) fn color(text: &str) -> Option<Color> {
    let named = match text {
        "var(--in)" => "#2b7f87",
        "var(--out)" => "#c98a3c",
        "var(--ink)" => "#1c2329",
        "var(--soft)" => "#56616b",
        "var(--line)" => "#d3d9dd",
        "var(--accent)" => "#16566f",
        "var(--bad)" => "#8f2f1c",
        "var(--good)" => "#1d6b52",
        other => other,
    };
    let digits = named.strip_prefix('#')?;
    let part = |from: usize| {
        let text = if digits.len() == 3 {
            digits.get(from..=from)?.repeat(2)
        } else {
            digits.get(2 * from..2 * from + 2)?.to_owned()
        };
        u8::from_str_radix(&text, 16).ok().map(|value| f32::from(value) / 255.0)
    };
    Some([part(0)?, part(1)?, part(2)?])
}

#[cfg(test)]
mod tests {
    use super::super::markup::parse;
    use super::*;

    #[test]
    fn the_nearer_rule_wins() {
        let sheet = Sheet::read(
            ".a{fill:#fff;stroke:#000}.bar .a,.b{fill:#102030}@media print{.a{fill:red}}",
        );
        let tree = parse("<g class=\"a\" stroke-width=\"2\"/>").unwrap();
        let element = tree.find("g").unwrap();
        assert_eq!(sheet.value(element, "map", "fill"), Some("#fff"));
        assert_eq!(sheet.value(element, "bar", "fill"), Some("#102030"));
        assert_eq!(sheet.value(element, "map", "stroke-width"), Some("2"));
        assert_eq!(color("#102030"), Some([16.0 / 255.0, 32.0 / 255.0, 48.0 / 255.0]));
        assert_eq!(color("none"), None);
    }
}
