//! The coordinate system that the headers of a table name: `经度（GCJ-02）`, `bd_lng`, `高德经度`.

use crate::spatial::Crs;

use super::columns::plain_name;
use super::table::FeatureTable;
use super::whereabouts::Whereabouts;

/// Words for systems of degrees, as headers without spaces and marks have them; the surest first. Maps of vendors are in
/// the system of the vendor.
const SYSTEMS: [(Crs, &[&str]); 4] = [
    (Crs::Wgs84, &["wgs84", "wgs1984", "wgs", "epsg4326", "gps"]),
    (Crs::Cgcs2000, &["cgcs2000", "国家2000", "2000坐标系", "epsg4490"]),
    (
        Crs::Gcj02,
        &["gcj02", "gcj2", "gcj", "火星坐标系", "火星坐标", "火星", "高德", "腾讯", "amap"],
    ),
    (Crs::Bd09, &["bd09ll", "bd09", "bd", "百度", "baidu"]),
];

/// A system that a header names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedSystem {
    /// The header.
    pub(super) header: String,
    /// The system.
    pub(super) crs: Crs,
}

/// The system that the headers of the coordinates of `table` name, when they name one and the same.
pub(super) fn find_named(table: &FeatureTable, whereabouts: Whereabouts) -> Option<NamedSystem> {
    let columns = match whereabouts {
        Whereabouts::Axes(lon, lat) => vec![lon, lat],
        Whereabouts::Pair(column) => vec![column],
        Whereabouts::Geometries | Whereabouts::Nowhere => return None,
    };
    let named = columns.into_iter().filter_map(|column| {
        let header = table.columns[column].clone();
        system_of(&header).map(|crs| NamedSystem { header, crs })
    });
    let named: Vec<NamedSystem> = named.collect();
    let first = named.first()?.clone();
    named.iter().all(|other| other.crs == first.crs).then_some(first)
}

/// The system whose word stands in `header`, brackets and all.
fn system_of(header: &str) -> Option<Crs> {
    let bare = bare(header);
    let says = |word: &&str| match *word {
        // Two letters only where they begin or end the header: nothing else is called so.
        "bd" => bare.starts_with("bd") || bare.ends_with("bd"),
        word => bare.contains(word),
    };
    SYSTEMS.iter().find(|(_, words)| words.iter().any(&says)).map(|(crs, _)| *crs)
}

/// A plain column name without the word for a system that begins or ends it, with the rank of the system; `None`
/// without such a word.
pub(super) fn without_system(plain: &str) -> Option<(usize, &str)> {
    SYSTEMS.iter().enumerate().find_map(|(rank, (_, words))| {
        words.iter().find_map(|word| {
            let rest = plain.strip_prefix(word).or_else(|| plain.strip_suffix(word))?;
            Some((rank, rest))
        })
    })
}

/// A header in lower case without spaces, marks and brackets.
fn bare(header: &str) -> String {
    let open: String = header.chars().filter(|c| !"()（）[]【】".contains(*c)).collect();
    plain_name(&open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_their_system() {
        for (header, crs) in [
            ("坐标(GCJ-02)", Some(Crs::Gcj02)),
            ("经度（火星坐标）", Some(Crs::Gcj02)),
            ("高德经度", Some(Crs::Gcj02)),
            ("gcj_lng", Some(Crs::Gcj02)),
            ("经度（百度）", Some(Crs::Bd09)),
            ("bd_lng", Some(Crs::Bd09)),
            ("lon_bd09", Some(Crs::Bd09)),
            ("经度 (WGS84)", Some(Crs::Wgs84)),
            ("经度（CGCS2000）", Some(Crs::Cgcs2000)),
            ("经度", None),
            ("lon", None),
        ] {
            assert_eq!(system_of(header), crs, "{header}");
        }
        assert_eq!(without_system("bdlng"), Some((3, "lng")));
        assert_eq!(without_system("wgs84lng"), Some((0, "lng")));
        assert_eq!(without_system("lng"), None);
    }
}
