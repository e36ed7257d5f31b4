//! JSON, appended member by member to a buffer.

use serde::Serialize;

use crate::spatial::LonLat;
use crate::units::{Persons, Share, WalkTime, Yardstick};

use super::extent::Extent;
use super::number::{
    MINUTE_DECIMALS, minutes_e5, push_fixed, push_integer, push_share, push_trimmed,
};

/// A buffer of JSON text. Commas come by themselves; the caller keeps the nesting right.
#[derive(Debug, Default)]
pub(super) struct Json {
    text: Vec<u8>,
    comma: bool,
    extent: Extent,
}

impl Json {
    /// The text so far.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The text, all of it, and the box around its positions.
    pub(super) fn into_parts(self) -> (Vec<u8>, Extent) {
        (self.text, self.extent)
    }

    /// A buffer that begins on a new line.
    pub(super) fn first_line() -> Self {
        Self { text: vec![b'\n'], ..Self::default() }
    }

    /// A comma and a line break, between features.
    pub(super) fn next_line(&mut self) {
        self.text.extend_from_slice(b",\n");
        self.comma = false;
    }

    fn separate(&mut self) {
        if self.comma {
            self.text.push(b',');
        }
        self.comma = true;
    }

    /// The name of the next value.
    pub(super) fn key(&mut self, name: &str) -> &mut Self {
        self.string(name);
        self.text.push(b':');
        self.comma = false;
        self
    }

    /// The name of the next value, already quoted and followed by its colon (see [`quoted_key`]).
    pub(super) fn ready_key(&mut self, name: &[u8]) -> &mut Self {
        self.separate();
        self.text.extend_from_slice(name);
        self.comma = false;
        self
    }

    /// An object whose members `fill` writes.
    pub(super) fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.nested((b'{', b'}'), fill);
    }

    /// An array whose values `fill` writes.
    pub(super) fn array(&mut self, fill: impl FnOnce(&mut Self)) {
        self.nested((b'[', b']'), fill);
    }

    fn nested(&mut self, (open, close): (u8, u8), fill: impl FnOnce(&mut Self)) {
        self.separate();
        self.text.push(open);
        self.comma = false;
        fill(self);
        self.text.push(close);
        self.comma = true;
    }

    /// Anything that serializes; what cannot be is `null`.
    pub(super) fn value<T: Serialize + ?Sized>(&mut self, value: &T) {
        self.separate();
        let start = self.text.len();
        if serde_json::to_writer(&mut self.text, value).is_err() {
            self.text.truncate(start);
            self.text.extend_from_slice(b"null");
        }
    }

    /// A string.
    pub(super) fn string(&mut self, value: &str) {
        self.value(value);
    }

    /// A string, or `null`.
    pub(super) fn string_or_null(&mut self, value: Option<&str>) {
        self.value(&value);
    }

    /// Nothing.
    pub(super) fn null(&mut self) {
        self.separate();
        self.text.extend_from_slice(b"null");
    }

    /// A whole number.
    pub(super) fn integer(&mut self, value: i64) {
        self.separate();
        push_integer(&mut self.text, value);
    }

    /// `value / 10^decimals`, trailing zeros off.
    pub(super) fn decimal(&mut self, value: i64, decimals: u32) {
        self.separate();
        push_trimmed(&mut self.text, value, decimals);
    }

    /// A count of people, exact.
    pub(super) fn persons(&mut self, persons: Persons) {
        self.decimal(persons.as_micro(), 6);
    }

    /// A share, `null` where nobody lives.
    pub(super) fn share(&mut self, share: Option<Share>) {
        let Some(share) = share else { return self.null() };
        self.separate();
        push_share(&mut self.text, share);
    }

    /// A walking time in minutes (or a length in metres, by `yardstick`), `null` when not reached.
    pub(super) fn walked(&mut self, yardstick: Yardstick, time: Option<WalkTime>) {
        match (yardstick, time.and_then(WalkTime::reached)) {
            (_, None) => self.null(),
            (Yardstick::Minutes, Some(time)) => self.decimal(minutes_e5(time), MINUTE_DECIMALS),
            (Yardstick::Meters, Some(time)) => self.decimal(i64::from(time.as_ms()), 3),
        }
    }

    /// A position, longitude first.
    pub(super) fn place(&mut self, place: LonLat) {
        self.position((i64::from(place.lon_e7()), i64::from(place.lat_e7())));
    }

    /// A position in whole 1e-7 degrees, longitude first.
    pub(super) fn position(&mut self, (lon_e7, lat_e7): (i64, i64)) {
        self.separate();
        self.extent.add((lon_e7, lat_e7));
        self.text.push(b'[');
        push_fixed(&mut self.text, lon_e7, 7);
        self.text.push(b',');
        push_fixed(&mut self.text, lat_e7, 7);
        self.text.push(b']');
    }
}

/// `name` as a quoted key with its colon, for [`Json::ready_key`].
pub(super) fn quoted_key(name: &str) -> Vec<u8> {
    let mut json = Json::default();
    json.key(name);
    json.text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_and_escapes_come_by_themselves() {
        let mut json = Json::default();
        json.object(|json| {
            json.key("a\"b").integer(1);
            json.key("list").array(|json| {
                json.null();
                json.persons(Persons::from_micro(1_500_000));
                json.object(|_| {});
            });
            json.ready_key(&quoted_key("c")).string("一\n");
        });
        let text = String::from_utf8(json.text().to_vec()).unwrap();
        assert_eq!(text, r#"{"a\"b":1,"list":[null,1.5,{}],"c":"一\n"}"#);
    }
}
