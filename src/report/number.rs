//! Numbers as text. Sums are made before anything is rounded; rounding never turns "nearly" into "all".

use crate::units::{Meters, Persons, WalkTime, Yardstick};

use super::language::Catalog;

/// A whole number with separators between thousands.
pub(super) fn whole(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// People rounded to whole ones; `<1` for fewer than half a person that are not nobody.
pub(super) fn persons(count: Persons) -> String {
    let rounded = count.count().round().max(0.0) as u64;
    if rounded == 0 && count > Persons::ZERO { "<1".to_owned() } else { whole(rounded) }
}

/// `part` of `all` in percent with one decimal, an en dash when there is nobody.
///
/// Rounded to the nearest tenth, except that what is not everybody is never 100.0 and what is below `line`
/// (a share, 0 to 1) never looks as if it reached it.
pub(super) fn share(part: Persons, all: Persons, line: Option<f64>) -> String {
    if all <= Persons::ZERO {
        return "–".to_owned();
    }
    let (part, all) = (i128::from(part.as_micro()), i128::from(all.as_micro()));
    let floor = part * 1000 / all;
    let nearest = (part * 2000 + all) / (2 * all);
    let real = part as f64 / all as f64;
    let overstates = (nearest == 1000 && part < all)
        || line.is_some_and(|line| real < line && nearest as f64 >= line * 1000.0);
    let tenths = if overstates { floor } else { nearest };
    if tenths == 0 && part > 0 {
        return "<0.1%".to_owned();
    }
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// A promised share (0 to 1) in percent, without a needless decimal.
pub(super) fn promised(share: f64) -> String {
    let percent = share * 100.0;
    let text = format!("{percent:.1}");
    format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
}

/// A number with at most `places` decimals and no needless zeros.
pub(super) fn plain(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A cutoff with its unit.
pub(super) fn cutoff(texts: &Catalog, yardstick: Yardstick, cutoff: WalkTime) -> String {
    match yardstick {
        Yardstick::Minutes => texts.fill("minutes", &[("n", &plain(cutoff.as_minutes(), 2))]),
        Yardstick::Meters => meters(texts, Meters(cutoff.as_seconds())),
    }
}

/// A time or length with its unit, rounded up to a tenth of a minute or a whole metre, so that what is beyond
/// a cutoff never looks as if it were within.
pub(super) fn reached(texts: &Catalog, yardstick: Yardstick, time: WalkTime) -> String {
    match yardstick {
        Yardstick::Minutes => {
            let tenths = time.as_ms().div_ceil(6_000);
            let value = format!("{}.{}", whole(u64::from(tenths / 10)), tenths % 10);
            texts.fill("minutes", &[("n", &value)])
        }
        Yardstick::Meters => {
            let value = whole(u64::from(time.as_ms().div_ceil(1000)));
            texts.fill("meters", &[("n", &value)])
        }
    }
}

/// Whole metres with their unit.
pub(super) fn meters(texts: &Catalog, length: Meters) -> String {
    texts.fill("meters", &[("n", &whole(length.0.round().max(0.0) as u64))])
}

/// Kilometres with their unit, one decimal below a hundred.
pub(super) fn kilometers(texts: &Catalog, length: Meters) -> String {
    let km = length.0 / 1000.0;
    let value = if km < 100.0 { format!("{km:.1}") } else { whole(km.round() as u64) };
    texts.fill("kilometers", &[("n", &value)])
}

/// A speed with its unit.
pub(super) fn speed(texts: &Catalog, meters_per_second: f64) -> String {
    texts.fill("speed", &[("n", &speed_number(meters_per_second))])
}

/// The waits at signals and at other crossings.
pub(super) fn waits(texts: &Catalog, signal_s: f64, crossing_s: f64) -> String {
    texts.fill("waits", &[("n", &plain(signal_s, 1)), ("m", &plain(crossing_s, 1))])
}

/// A speed in metres a second with one or two decimals.
pub(super) fn speed_number(meters_per_second: f64) -> String {
    let text = plain(meters_per_second, 2);
    if text.contains('.') { text } else { format!("{text}.0") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Language;

    fn people(count: f64) -> Persons {
        Persons::from_count(count).unwrap()
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(whole(0), "0");
        assert_eq!(whole(999), "999");
        assert_eq!(whole(1_234_567), "1,234,567");
        assert_eq!(persons(people(0.2)), "<1");
        assert_eq!(persons(people(1234.5)), "1,235");
    }

    #[test]
    fn nearly_everybody_is_not_everybody() {
        assert_eq!(share(people(99_999.0), people(100_000.0), None), "99.9%");
        assert_eq!(share(people(100_000.0), people(100_000.0), None), "100.0%");
        assert_eq!(share(people(1.0), people(100_000.0), None), "<0.1%");
        assert_eq!(share(people(0.0), people(0.0), None), "–");
    }

    #[test]
    fn a_share_below_the_line_never_looks_like_it() {
        assert_eq!(share(people(89_960.0), people(100_000.0), None), "90.0%");
        assert_eq!(share(people(89_960.0), people(100_000.0), Some(0.9)), "89.9%");
        assert_eq!(share(people(90_000.0), people(100_000.0), Some(0.9)), "90.0%");
    }

    #[test]
    fn a_time_just_beyond_the_cutoff_does_not_read_as_within() {
        let texts = Catalog::load(Language::En).unwrap();
        let time = WalkTime::from_ms(900_001);
        assert_eq!(reached(&texts, Yardstick::Minutes, time), "15.1 min");
        assert_eq!(reached(&texts, Yardstick::Meters, time), "901 m");
        assert_eq!(cutoff(&texts, Yardstick::Minutes, WalkTime::from_ms(900_000)), "15 min");
    }
}
