//! Numbers as people write them in tables.

use super::table::FieldValue;

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `1.5`; commas group thousands.
    Point,
    /// `1,5`; points group thousands.
    Comma,
}

/// The number `text` stands for, when it is one: sign, digits, grouping by threes, decimals, exponent.
///
/// Full-width digits and marks count as plain ones; spaces group thousands. Not-a-number words and infinities
/// are no numbers.
pub fn parse(text: &str, mark: Mark) -> Option<f64> {
    let text: String = text.trim().chars().map(to_half_width).collect();
    let (point, group) = match mark {
        Mark::Point => ('.', ','),
        Mark::Comma => (',', '.'),
    };
    let (sign, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(&text)),
    };
    let (whole, rest) = match digits.find([point, 'e', 'E']) {
        Some(at) => digits.split_at(at),
        None => (digits, ""),
    };
    let whole = ungroup(whole, group)?;
    let rest = rest.replace(point, ".");
    if rest.len() > 1 && !rest.starts_with('.') && whole.is_empty() {
        return None;
    }
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-' | '+');
    let number: f64 =
        rest.chars().all(plain).then(|| format!("{sign}{whole}{rest}"))?.parse().ok()?;
    number.is_finite().then_some(number)
}

/// The number in `value`.
pub fn read(value: &FieldValue, mark: Mark) -> Option<f64> {
    match value {
        FieldValue::Missing => None,
        FieldValue::Number(number) => Some(*number),
        FieldValue::Text(text) => parse(text, mark),
    }
}

/// The number in `value`, a count that may have its unit behind it: `0.12万`, `1,200人`, `3千人`.
pub fn read_count(value: &FieldValue, mark: Mark) -> Option<f64> {
    let text = match value {
        FieldValue::Text(text) => text.trim(),
        other => return read(other, mark),
    };
    let bare =
        text.strip_suffix('人').or_else(|| text.strip_suffix('名')).unwrap_or(text).trim_end();
    let units = [('亿', 1e8), ('万', 1e4), ('千', 1e3), ('百', 1e2)];
    let found = units.iter().find_map(|(unit, factor)| Some((bare.strip_suffix(*unit)?, factor)));
    match found {
        Some((digits, factor)) => {
            parse(digits, mark).map(|number| (number * factor * 1e6).round() / 1e6)
        }
        None => parse(bare, mark),
    }
}

/// Whether a count has its unit behind it, so that none of its column goes for it.
pub fn has_own_unit(value: &FieldValue) -> bool {
    let units = ['人', '亿', '万', '千', '百'];
    matches!(value, FieldValue::Text(text) if text.trim_end().ends_with(units))
}

/// The only mark that `text` can be a decimal number with; `None` when it is none, whole, or could be either.
pub fn find_mark(text: &str) -> Option<Mark> {
    let digits = text.trim().trim_start_matches(['-', '+']);
    let mut marks = digits.char_indices().filter(|(_, c)| !c.is_ascii_digit());
    let (at, mark) = marks.next()?;
    let (before, after) = (at, digits.len() - at - 1);
    if marks.next().is_some() || before == 0 || after == 0 || (after == 3 && before <= 3) {
        return None;
    }
    match mark {
        '.' => Some(Mark::Point),
        ',' => Some(Mark::Comma),
        _ => None,
    }
}

/// Digits without their grouping; `None` when the groups are not threes.
fn ungroup(digits: &str, group: char) -> Option<String> {
    let is_group = |c: char| c == group || c == '\'' || c.is_whitespace();
    if !digits.contains(is_group) {
        return digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.to_owned());
    }
    let mut parts = digits.split(is_group);
    let first = parts.next()?;
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mut plain = first.to_owned();
    if first.is_empty() || first.len() > 3 || !all_digits(first) {
        return None;
    }
    for part in parts {
        if part.len() != 3 || !all_digits(part) {
            return None;
        }
        plain.push_str(part);
    }
    Some(plain)
}

fn to_half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_written() {
        for (text, mark, number) in [
            ("12", Mark::Point, Some(12.0)),
            (" -3.5 ", Mark::Point, Some(-3.5)),
            ("1,234", Mark::Point, Some(1234.0)),
            ("1,234,567.5", Mark::Point, Some(1_234_567.5)),
            ("1 234", Mark::Point, Some(1234.0)),
            ("１２０", Mark::Point, Some(120.0)),
            ("1e3", Mark::Point, Some(1000.0)),
            (".5", Mark::Point, Some(0.5)),
            ("1,5", Mark::Comma, Some(1.5)),
            ("1.234,5", Mark::Comma, Some(1234.5)),
            ("1,5", Mark::Point, None),
            ("12,34,567", Mark::Point, None),
            ("1.2.3", Mark::Point, None),
            ("", Mark::Point, None),
            ("-", Mark::Point, None),
            ("e5", Mark::Point, None),
            ("NaN", Mark::Point, None),
            ("inf", Mark::Point, None),
            ("1e999", Mark::Point, None),
            ("about 40", Mark::Point, None),
            ("0x10", Mark::Point, None),
        ] {
            assert_eq!(parse(text, mark), number, "{text:?}");
        }
    }

    #[test]
    fn counts_may_have_their_unit_behind_them() {
        for (text, count) in [
            ("0.12万", Some(1_200.0)),
            ("1,200人", Some(1_200.0)),
            ("3 千人", Some(3_000.0)),
            ("12", Some(12.0)),
            ("万", None),
            ("—", None),
            ("<5", None),
        ] {
            assert_eq!(read_count(&FieldValue::Text(text.into()), Mark::Point), count, "{text}");
        }
    }

    #[test]
    fn a_group_of_three_could_be_either() {
        assert_eq!(find_mark("1,234"), None);
        assert_eq!(find_mark("1,25"), Some(Mark::Comma));
        assert_eq!(find_mark("118.5"), Some(Mark::Point));
        assert_eq!(find_mark("12.05.2020"), None);
    }
}
