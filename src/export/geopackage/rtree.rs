//! The R-tree of a layer, as the extension `gpkg_rtree_index` prescribes.

use rusqlite::{Connection, Result};

use super::blob::{Envelope, degrees};
use super::tables::quoted;

const DEFINITION: &str = "http://www.geopackage.org/spec130/#extension_rtree";

/// The triggers of the extension, `<t>` for the table and `<r>` for its R-tree. Who edits the layer brings the functions
/// they call, as GDAL and QGIS do.
const TRIGGERS: &str = r#"
CREATE TRIGGER "<r>_insert" AFTER INSERT ON "<t>"
  WHEN (new."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))
  BEGIN INSERT OR REPLACE INTO "<r>" VALUES (NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "<r>_update1" AFTER UPDATE OF "geom" ON "<t>"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  BEGIN INSERT OR REPLACE INTO "<r>" VALUES (NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "<r>_update2" AFTER UPDATE OF "geom" ON "<t>"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
  BEGIN DELETE FROM "<r>" WHERE id = OLD."fid"; END;
CREATE TRIGGER "<r>_update3" AFTER UPDATE ON "<t>"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  BEGIN DELETE FROM "<r>" WHERE id = OLD."fid"; INSERT OR REPLACE INTO "<r>" VALUES (NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "<r>_update4" AFTER UPDATE ON "<t>"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
  BEGIN DELETE FROM "<r>" WHERE id IN (OLD."fid", NEW."fid"); END;
CREATE TRIGGER "<r>_delete" AFTER DELETE ON "<t>"
  WHEN old."geom" NOT NULL
  BEGIN DELETE FROM "<r>" WHERE id = OLD."fid"; END;
"#;

/// Adds the R-tree of the layer `table`, whose features lie in `boxes` (`fid` and box), and states the layer's extent.
/// Rows added later must come from a program that knows the extension's functions.
///
/// # Errors
/// When `SQLite` refuses.
pub(super) fn index_boxes(
    connection: &Connection,
    table: &str,
    boxes: &[(i64, Envelope)],
) -> Result<()> {
    let tree = format!("rtree_{table}_geom");
    connection.execute_batch(&format!(
        "CREATE VIRTUAL TABLE {} USING rtree(id, minx, maxx, miny, maxy)",
        quoted(&tree)
    ))?;
    let mut row = connection
        .prepare(&format!("INSERT INTO {} VALUES (?1, ?2, ?3, ?4, ?5)", quoted(&tree)))?;
    for &(fid, Envelope { lon, lat }) in boxes {
        row.execute((fid, degrees(lon.0), degrees(lon.1), degrees(lat.0), degrees(lat.1)))?;
    }
    let inner = |name: &str| name.replace('"', "\"\"");
    connection
        .execute_batch(&TRIGGERS.replace("<r>", &inner(&tree)).replace("<t>", &inner(table)))?;
    let extension =
        "INSERT INTO gpkg_extensions VALUES (?1, 'geom', 'gpkg_rtree_index', ?2, 'write-only')";
    connection.execute(extension, (table, DEFINITION))?;
    state_extent(connection, table, boxes)
}

/// States the extent of the layer `table`.
///
/// # Errors
/// When `SQLite` refuses.
fn state_extent(connection: &Connection, table: &str, boxes: &[(i64, Envelope)]) -> Result<()> {
    let whole = boxes.iter().map(|&(_, of)| of).reduce(|a, b| Envelope {
        lon: (a.lon.0.min(b.lon.0), a.lon.1.max(b.lon.1)),
        lat: (a.lat.0.min(b.lat.0), a.lat.1.max(b.lat.1)),
    });
    let Some(Envelope { lon, lat }) = whole else { return Ok(()) };
    let row = "UPDATE gpkg_contents SET min_x = ?2, max_x = ?3, min_y = ?4, max_y = ?5 WHERE table_name = ?1";
    connection
        .execute(row, (table, degrees(lon.0), degrees(lon.1), degrees(lat.0), degrees(lat.1)))
        .map(|_| ())
}
