//! Which columns of a table say where its rows lie.

use super::columns::{ColumnMap, Role, plain_name};
use super::number::{self, Mark};
use super::table::{FeatureRow, FeatureTable, FieldValue, RawPoint};

/// Where a table says where its rows lie, beside geometries that a row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// Two columns: x, then y.
    Axes(usize, usize),
    /// One column with both numbers: `114.39,30.49`.
    Pair(usize),
    /// Only in its geometries.
    Geometries,
    /// Nowhere.
    Nowhere,
}

impl Whereabouts {
    /// Where `table` says it.
    pub(super) fn of(table: &FeatureTable, columns: &ColumnMap) -> Self {
        let axes = columns.find(Role::Lon).zip(columns.find(Role::Lat));
        match axes {
            Some((lon, lat)) if lon != lat => Self::Axes(lon, lat),
            _ if table.has_geometries => Self::Geometries,
            _ => find_pair(table).map_or(Self::Nowhere, Self::Pair),
        }
    }

    /// What is lacking in `row`, with what it writes.
    pub(super) fn lack(self, row: &FeatureRow) -> String {
        let text = |column: usize| row.value(column).to_text();
        let written = match self {
            Self::Axes(lon, lat) => [text(lon), text(lat)],
            Self::Pair(column) => [text(column), None],
            Self::Geometries | Self::Nowhere => [None, None],
        };
        let written: Vec<String> = written.into_iter().flatten().collect();
        if written.is_empty() {
            return "no usable coordinates; skipped".to_owned();
        }
        if written.iter().any(|text| is_sexagesimal(text)) {
            return format!(
                "coordinates in degrees, minutes and seconds ({}) are not read; write decimal degrees; skipped",
                written.join(" ")
            );
        }
        format!("{:?} are no coordinates; skipped", written.join(" "))
    }
}

/// The column whose cells are two numbers each, when nearly all that are filled are.
fn find_pair(table: &FeatureTable) -> Option<usize> {
    let is_pairs = |column: &usize| {
        let texts = table.rows.iter().filter_map(|row| match row.value(*column) {
            FieldValue::Text(text) => Some(text),
            _ => None,
        });
        let (mut all, mut pairs) = (0, 0);
        for text in texts {
            all += 1;
            pairs += usize::from(pair_of(text).is_some());
        }
        pairs > 0 && pairs * 10 >= all * 9
    };
    (0..table.columns.len()).find(is_pairs)
}

/// The two numbers of a cell such as `114.39,30.49`, `[114.39 30.49]` or `114.39；30.49`, each with decimals.
pub(super) fn pair_of(text: &str) -> Option<RawPoint> {
    let inner = text.trim().trim_matches(['(', ')', '[', ']', '（', '）']);
    let parts: Vec<&str> = inner
        .split([',', '，', ';', '；', ' ', '|', '/'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let [first, second] = parts[..] else { return None };
    let ((x, of_x), (y, of_y)) = (coordinate_of(first)?, coordinate_of(second)?);
    match (of_x, of_y) {
        (Some('n'), Some('e')) => Some([y, x]),
        (None, None) | (Some('e'), Some('n')) => Some([x, y]),
        _ => None,
    }
}

/// A number with decimals, and the axis that a letter or word at it names: `E118.6`, `24.9°N`, `东经118.6`.
fn coordinate_of(part: &str) -> Option<(f64, Option<char>)> {
    let named = [
        ('e', 1.0, ["E", "东经"]),
        ('e', -1.0, ["W", "西经"]),
        ('n', 1.0, ["N", "北纬"]),
        ('n', -1.0, ["S", "南纬"]),
    ];
    let found = named.iter().find_map(|(axis, sign, words)| {
        let strip = |word: &&str| part.strip_prefix(*word).or_else(|| part.strip_suffix(*word));
        words.iter().find_map(strip).map(|rest| (rest, *sign, Some(*axis)))
    });
    let (digits, sign, axis) = found.unwrap_or((part, 1.0, None));
    let digits = digits.trim_end_matches(['°', '度', 'º']).trim();
    let number = number::parse(digits, Mark::Point).filter(|_| digits.contains('.'))?;
    Some((sign * number, axis))
}

/// Whether `text` is degrees with minutes: `4°28′54″W`, `西经4度28分54秒`.
fn is_sexagesimal(text: &str) -> bool {
    let has = |marks: &[char]| text.contains(marks);
    has(&['°', '度', 'º']) && has(&['′', '\'', '分', '’', '‘', '´'])
}

/// What to say of a table that tells no place.
pub(super) fn without_coordinates(table: &FeatureTable) -> String {
    let first = |column: usize| table.rows.iter().find_map(|row| row.value(column).to_text());
    let kinds = ["POINT", "MULTIPOINT", "LINESTRING", "POLYGON", "MULTIPOLYGON", "SRID="];
    for (at, name) in table.columns.iter().enumerate() {
        let Some(text) = first(at) else { continue };
        let upper = text.to_uppercase();
        if kinds.iter().any(|kind| upper.starts_with(kind)) {
            return format!(
                "column {name:?} holds geometries as WKT ({:?}), which are not read here; give columns for \
                 longitude and latitude, or GeoJSON",
                text.chars().take(40).collect::<String>()
            );
        }
        let is_hex = text.len() >= 42 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex && (text.starts_with("00") || text.starts_with("01")) {
            return format!(
                "column {name:?} holds geometries as WKB, which are not read here; give columns for longitude \
                 and latitude, or GeoJSON"
            );
        }
    }
    let is_address = |name: &&String| {
        let plain = plain_name(name);
        ["地址", "住址", "address", "addr"].iter().any(|word| plain.contains(word))
    };
    if let Some(address) = table.columns.iter().find(is_address) {
        return format!(
            "only addresses (column {address:?}) and no coordinates; look the addresses up with a geocoder and add \
             columns for longitude and latitude, such as lon and lat"
        );
    }
    let names: Vec<String> =
        table.columns.iter().take(20).map(|name| format!("{name:?}")).collect();
    format!(
        "no coordinates: no geometry and no columns for longitude and latitude; set columns.lon and \
         columns.lat (there are {})",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_two_numbers_is_a_pair() {
        for text in [
            "114.39,30.49",
            "114.39，30.49",
            "[114.39, 30.49]",
            "114.39 30.49",
            "114.39;30.49",
            "E114.39 N30.49",
            "30.49°N, 114.39°E",
            "东经114.39，北纬30.49",
        ] {
            assert_eq!(pair_of(text), Some([114.39, 30.49]), "{text}");
        }
        for text in ["114,30", "1,234.5", "114.39", "a,b", "1.5,2.5,3.5", "08:00 18:00"] {
            assert_eq!(pair_of(text), None, "{text}");
        }
    }

    #[test]
    fn degrees_with_minutes_are_told_from_others() {
        assert!(is_sexagesimal("4°28′54.28″W") && is_sexagesimal("西经4度28分54.28秒"));
        assert!(!is_sexagesimal("4.5°") && !is_sexagesimal("114.39"));
    }
}
