//! What a file is that is not what was asked for: told by its content, with what to do.

/// How many bytes at the start are looked at.
const HEAD_BYTES: usize = 4_096;

/// What to do with tables of another program.
const SHEET: &str = "save the sheet as CSV (UTF-8)";
/// What to do with layers of another format.
const LAYER: &str = "export the layer as GeoJSON, in QGIS by Export → Save Features As, with ogr2ogr -f GeoJSON out.geojson FILE";
/// What to do with rasters.
const RASTER: &str = "a raster is not read as a list; turn its cells into points with x, y and value (QGIS: Raster pixels to points), \
     or give heights with --dem";
/// What to do with packed files.
const UNPACK: &str = "unpack it and give the file inside";
/// What to do with documents and pictures.
const DOCUMENT: &str = "give the table or layer behind it as CSV or GeoJSON";
/// What to do with street data.
const STREETS: &str = "streets go to --osm; give places as CSV or GeoJSON";

/// A format by name, and what to do with it.
pub type Named = (&'static str, &'static str);

/// Formats by their first bytes.
const MAGIC: [(&[u8], Named); 28] = [
    (b"SQLite format 3\0", ("a SQLite database", LAYER)),
    (b"fgb\x03fgb", ("FlatGeobuf (.fgb)", LAYER)),
    (b"PAR1", ("Parquet or GeoParquet (.parquet)", LAYER)),
    (b"ARROW1", ("Arrow or Feather (.arrow)", LAYER)),
    (b"\x00\x00\x27\x0A", ("part of a shapefile (.shp, .shx)", LAYER)),
    (b"II*\0", ("a TIFF or GeoTIFF (.tif)", RASTER)),
    (b"MM\0*", ("a TIFF or GeoTIFF (.tif)", RASTER)),
    (b"II+\0", ("a BigTIFF (.tif)", RASTER)),
    (b"MM\0+", ("a BigTIFF (.tif)", RASTER)),
    (b"CDF\x01", ("NetCDF (.nc)", RASTER)),
    (b"CDF\x02", ("NetCDF (.nc)", RASTER)),
    (b"\x89HDF", ("HDF5 or NetCDF (.h5, .nc)", RASTER)),
    (b"GRIB", ("GRIB (.grib)", RASTER)),
    (b"EHFA_HEADER_TAG", ("Erdas Imagine (.img)", RASTER)),
    (b"LASF", ("a point cloud (.las, .laz)", DOCUMENT)),
    (b"%PDF", ("a PDF", DOCUMENT)),
    (b"\x89PNG", ("a PNG picture", DOCUMENT)),
    (b"\xFF\xD8\xFF", ("a JPEG picture", DOCUMENT)),
    (b"GIF8", ("a GIF picture", DOCUMENT)),
    (b"AC10", ("an AutoCAD drawing (.dwg)", LAYER)),
    (b"\xD0\xCF\x11\xE0", ("an old Excel or WPS file (.xls, .et)", SHEET)),
    (b"\x1F\x8B", ("a gzip file (.gz)", UNPACK)),
    (b"BZh", ("a bzip2 file (.bz2)", UNPACK)),
    (b"\xFD7zXZ", ("an xz file (.xz)", UNPACK)),
    (b"7z\xBC\xAF\x27\x1C", ("a 7-Zip file (.7z)", UNPACK)),
    (b"Rar!", ("a RAR file (.rar)", UNPACK)),
    (b"\x28\xB5\x2F\xFD", ("a zstd file (.zst)", UNPACK)),
    (b"\x7FELF", ("a program", DOCUMENT)),
];

/// Words in the names of the files of a zip archive, the first that is there telling what it is.
const ZIPPED: [(&str, Named); 9] = [
    ("xl/", ("an Excel workbook (.xlsx)", SHEET)),
    ("opendocument.spreadsheet", ("an OpenDocument spreadsheet (.ods)", SHEET)),
    ("word/", ("a Word document (.docx)", DOCUMENT)),
    ("opendocument", ("an OpenDocument file", DOCUMENT)),
    (".kml", ("KMZ, packed KML (.kmz)", LAYER)),
    (".shp", ("a zipped shapefile (.zip)", LAYER)),
    (".gdb", ("a zipped Esri geodatabase (.gdb)", LAYER)),
    (".tif", ("a zipped raster (.zip)", RASTER)),
    (".csv", ("a zip file (.zip)", UNPACK)),
];

/// Words near the start of a text that is no list.
const TEXTS: [(&str, Named); 18] = [
    ("<kml", ("KML (.kml)", LAYER)),
    ("<gpx", ("GPX (.gpx)", LAYER)),
    ("www.opengis.net/gml", ("GML (.gml)", LAYER)),
    ("<gml:", ("GML (.gml)", LAYER)),
    ("www.opengis.net/wfs", ("a WFS answer in GML (.gml)", LAYER)),
    ("<osmchange", ("an OpenStreetMap change file (.osc)", STREETS)),
    ("<osm", ("OpenStreetMap XML (.osm)", STREETS)),
    ("urn:schemas-microsoft-com:office:spreadsheet", ("an Excel 2003 XML sheet (.xml)", SHEET)),
    ("progid=\"excel.sheet\"", ("an Excel 2003 XML sheet (.xml)", SHEET)),
    ("<!doctype qgis", ("a QGIS project (.qgs)", LAYER)),
    ("<!doctype html", ("a web page (.html)", DOCUMENT)),
    ("<html", ("a web page (.html)", DOCUMENT)),
    ("<table", ("a web page (.html), maybe saved as .xls", SHEET)),
    ("<svg", ("an SVG picture (.svg)", DOCUMENT)),
    ("<georss", ("GeoRSS", LAYER)),
    ("<rss", ("an RSS feed", DOCUMENT)),
    ("<feed", ("an Atom feed", DOCUMENT)),
    ("<?xml", ("XML", LAYER)),
];

/// Words that a text of another format begins with.
const BEGINNINGS: [(&str, Named); 12] = [
    ("!table", ("a MapInfo table (.tab)", LAYER)),
    ("{\\rtf", ("an RTF document (.rtf)", DOCUMENT)),
    ("point", ("WKT", LAYER)),
    ("multipoint", ("WKT", LAYER)),
    ("linestring", ("WKT", LAYER)),
    ("polygon", ("WKT", LAYER)),
    ("multipolygon", ("WKT", LAYER)),
    ("ncols", ("an Esri ASCII grid (.asc)", RASTER)),
    ("dsaa", ("a Surfer grid (.grd)", RASTER)),
    ("begin:vcard", ("a vCard file (.vcf)", DOCUMENT)),
    ("begin:vcalendar", ("a calendar (.ics)", DOCUMENT)),
    ("%!ps", ("PostScript", DOCUMENT)),
];

/// The format of `bytes` when it is one that is not text.
pub fn find_binary(bytes: &[u8]) -> Option<Named> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some(zipped(bytes));
    }
    if head.starts_with(b"SQLite format 3\0") {
        return Some(match head.get(68..72) {
            Some(b"GPKG" | b"GP10" | b"GP11") => ("a GeoPackage (.gpkg)", LAYER),
            Some(b"MPBX") => ("MBTiles (.mbtiles)", LAYER),
            _ => ("a SQLite database", LAYER),
        });
    }
    if head.windows(9).take(64).any(|part| part == b"OSMHeader") {
        return Some(("an OpenStreetMap extract (.osm.pbf)", STREETS));
    }
    if is_dbase(head) {
        return Some(("a dBase table (.dbf), part of a shapefile", LAYER));
    }
    MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, named)| *named)
}

/// The format of `text` when it is neither CSV nor JSON.
pub fn find_text(text: &str) -> Option<Named> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let end = (0..=text.len().min(HEAD_BYTES)).rev().find(|&at| text.is_char_boundary(at));
    let head = text[..end.unwrap_or(0)].to_lowercase();
    if head.starts_with('<') {
        let named = TEXTS.iter().find(|(word, _)| head.contains(word));
        return Some(named.map_or(("XML or HTML", LAYER), |(_, named)| *named));
    }
    let first = head.lines().next().unwrap_or("").trim();
    if first.starts_with("version ") && (head.contains("charset") || head.contains("columns")) {
        return Some(("MapInfo interchange (.mif)", LAYER));
    }
    if first == "0" && head.lines().nth(1).is_some_and(|line| line.trim() == "section") {
        return Some(("an AutoCAD exchange drawing (.dxf)", LAYER));
    }
    let begins = |word: &str| {
        let rest = first.strip_prefix(word);
        rest.is_some_and(|rest| {
            rest.trim_start().starts_with('(') || !word.ends_with(['t', 'g', 'n'])
        })
    };
    BEGINNINGS.iter().find(|(word, _)| begins(word)).map(|(_, named)| *named)
}

/// The JSON format that a top-level `member` belongs to, when it is not GeoJSON.
pub fn find_json(member: &str) -> Option<Named> {
    match member {
        "osm3s" | "elements" => Some((
            "JSON of the Overpass API",
            "ask for GeoJSON (overpass turbo: Export → GeoJSON), or give the extract to --osm",
        )),
        "arcs" | "objects" => Some(("TopoJSON", LAYER)),
        "geometryType" | "spatialReference" => Some((
            "Esri JSON",
            "export the layer as GeoJSON (f=geojson in the address of a service)",
        )),
        "CityObjects" => Some(("CityJSON", LAYER)),
        _ => None,
    }
}

/// What a message says about a file of another format.
pub fn refusal((what, todo): Named) -> String {
    format!("this is {what}, which is not read here; {todo}")
}

/// What a zip archive holds, by the names of the files in it.
fn zipped(bytes: &[u8]) -> Named {
    let names: Vec<String> = names_in_zip(bytes);
    let found = ZIPPED.iter().find(|(word, _)| names.iter().any(|name| name.contains(word)));
    found.map_or(("a zip file (.zip)", UNPACK), |(_, named)| *named)
}

/// Names of the files in a zip archive, from its directory at the end, else from its local headers; with the type that
/// a file of `OpenDocument` writes in its first member.
fn names_in_zip(bytes: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for (mark, fixed, length_at) in [(b"PK\x01\x02", 46, 28), (b"PK\x03\x04", 30, 26)] {
        let mut at = 0;
        while let Some(found) = bytes.get(at..).and_then(|rest| find(rest, mark)) {
            at += found;
            let length = |from: usize| -> Option<usize> {
                let pair = bytes.get(at + from..at + from + 2)?;
                Some(usize::from(u16::from_le_bytes([pair[0], pair[1]])))
            };
            let Some(length) = length(length_at) else { break };
            if let Some(name) = bytes.get(at + fixed..at + fixed + length) {
                let mut name = String::from_utf8_lossy(name).to_lowercase();
                if name == "mimetype" {
                    let kind = bytes.get(at + fixed + length..).unwrap_or(&[]);
                    name.push_str(&String::from_utf8_lossy(&kind[..kind.len().min(80)]));
                }
                names.push(name);
            }
            at += 4;
        }
        if names.len() > 4_096 {
            break;
        }
    }
    names
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|part| part == mark)
}

/// A dBase header: a version, a date, and as many bytes of header as its fields take.
fn is_dbase(head: &[u8]) -> bool {
    let Some(&[version, _, month, day]) = head.first_chunk::<4>() else { return false };
    let Some(size) = head.get(8..10) else { return false };
    let size = usize::from(u16::from_le_bytes([size[0], size[1]]));
    matches!(version, 0x03 | 0x30 | 0x31 | 0x83 | 0x8B | 0xF5)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && size > 32
        && (size % 32 <= 1 || version == 0x30)
        && head.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_formats_are_called_by_name() {
        for (bytes, name) in [
            (&b"fgb\x03fgb\x00"[..], "FlatGeobuf"),
            (b"II*\0\x08", "GeoTIFF"),
            (b"PAR1xx", "Parquet"),
            (b"\x03\x7e\x05\x1f\x02\0\0\0\x41\0\x20\0", "dBase"),
            (b"\0\0\0\x0d\x0a\x09OSMHeader\x18", "OpenStreetMap extract"),
        ] {
            assert!(find_binary(bytes).unwrap().0.contains(name), "{name}");
        }
        assert_eq!(find_binary("编号,名称\n".as_bytes()), None);
        assert_eq!(find_binary(b"id,name\n"), None);
        for (text, name) in [
            ("<?xml version=\"1.0\"?>\n<kml xmlns=\"x\">", "KML"),
            ("<?xml version=\"1.0\"?><gpx>", "GPX"),
            ("<ogr:FeatureCollection xmlns:gml=\"http://www.opengis.net/gml\">", "GML"),
            ("Version 300\nCharset \"Neutral\"\nColumns 2\n", "MapInfo"),
            ("!table\n!version 300\n", "MapInfo"),
            ("POINT (8 50)\n", "WKT"),
            ("  0\nSECTION\n", "AutoCAD"),
            ("<table><tr><td>1</td></tr></table>", "web page"),
        ] {
            assert!(find_text(text).unwrap().0.contains(name), "{name}");
        }
        for text in
            ["id,name\n1,2\n", "point,lon,lat\n", "polygon;n\n", "version 2,x\n", "", "表1\n"]
        {
            assert_eq!(find_text(text), None, "{text}");
        }
    }
}
