//! Numbers as text, from whole units: no rounding surprises, no `-0`, the same on every machine.

use crate::units::{Share, WalkTime};

/// Appends `value` in decimal.
pub(super) fn push_integer(text: &mut Vec<u8>, value: i64) {
    if value < 0 {
        text.push(b'-');
    }
    push_digits(text, value.unsigned_abs(), 1);
}

/// Appends the digits of `value`, at least `least` of them.
fn push_digits(text: &mut Vec<u8>, mut value: u64, least: usize) {
    let mut digits = [b'0'; 20];
    let mut first = digits.len();
    while value > 0 {
        first -= 1;
        digits[first] = b'0' + (value % 10) as u8;
        value /= 10;
    }
    text.extend_from_slice(&digits[first.min(digits.len() - least.min(20))..]);
}

/// Appends `value / 10^decimals` with exactly that many decimals.
pub(super) fn push_fixed(text: &mut Vec<u8>, value: i64, decimals: u32) {
    let unit = 10_u64.pow(decimals);
    if value < 0 {
        text.push(b'-');
    }
    push_digits(text, value.unsigned_abs() / unit, 1);
    if decimals > 0 {
        text.push(b'.');
        push_digits(text, value.unsigned_abs() % unit, decimals as usize);
    }
}

/// Appends `value / 10^decimals` without trailing zeros.
pub(super) fn push_trimmed(text: &mut Vec<u8>, value: i64, decimals: u32) {
    push_fixed(text, value, decimals);
    if decimals > 0 {
        while text.last() == Some(&b'0') {
            text.pop();
        }
        if text.last() == Some(&b'.') {
            text.pop();
        }
    }
}

/// Decimals that [`minutes_e5`] counts in.
pub(super) const MINUTE_DECIMALS: u32 = 5;

/// A time in whole 1e-5 minutes, rounded: fine enough to tell any two milliseconds apart, so that what is
/// one millisecond over a cutoff never looks as if it were on it.
pub(super) fn minutes_e5(time: WalkTime) -> i64 {
    (i64::from(time.as_ms()) * 5 + 1) / 3
}

/// Appends a share with all its digits, always with a decimal point: `1.0`, `0.5`, `0.3333333333333333`.
pub(super) fn push_share(text: &mut Vec<u8>, share: Share) {
    let digits = format!("{}", share.0 + 0.0);
    text.extend_from_slice(digits.as_bytes());
    if !digits.contains('.') {
        text.extend_from_slice(b".0");
    }
}

/// The text of one number, from one of the functions above.
pub(super) fn text_of(push: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut text = Vec::new();
    push(&mut text);
    String::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_never_minus_zero() {
        let fixed = |value, decimals| text_of(|text| push_fixed(text, value, decimals));
        assert_eq!(fixed(0, 7), "0.0000000");
        assert_eq!(fixed(-5, 7), "-0.0000005");
        assert_eq!(fixed(-44_821_234, 7), "-4.4821234");
        assert_eq!(fixed(1_800_000_000, 7), "180.0000000");
        assert_eq!(fixed(1_205, 3), "1.205");
        let trimmed = |value, decimals| text_of(|text| push_trimmed(text, value, decimals));
        assert_eq!(trimmed(12_000_000, 6), "12");
        assert_eq!(trimmed(12_340_000, 6), "12.34");
        assert_eq!(trimmed(0, 6), "0");
        assert_eq!(trimmed(100, 0), "100");
        assert_eq!(text_of(|text| push_integer(text, -120)), "-120");
    }

    #[test]
    fn a_millisecond_over_fifteen_minutes_shows() {
        let minutes = |ms| {
            text_of(|text| push_trimmed(text, minutes_e5(WalkTime::from_ms(ms)), MINUTE_DECIMALS))
        };
        assert_eq!(minutes(900_000), "15");
        assert_eq!(minutes(900_001), "15.00002");
        assert_eq!(minutes(899_999), "14.99998");
    }

    #[test]
    fn shares_keep_their_digits_and_a_point() {
        let share = |value| text_of(|text| push_share(text, Share(value)));
        assert_eq!(share(1.0), "1.0");
        assert_eq!(share(1.0 / 3.0), "0.3333333333333333");
        assert_eq!(share(-0.0), "0.0");
    }
}
