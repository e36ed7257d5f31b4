//! GeoPackage: layers of an audit in one `SQLite` file that QGIS and GDAL open as it is, and the tables of the format for
//! whoever keeps something else in one.
//!
//! OGC 12-128r18 (version 1.3), <https://www.geopackage.org/spec130/>. Everything is WGS 84, longitude first. A file made by
//! [`write_geopackage`] is made in memory and holds no time of day, so the same results give the same bytes.

mod audit;
mod blob;
mod features;
mod rtree;
mod tables;

pub use audit::write_geopackage;
pub use blob::{GpkgGeometry, gpkg_blob};
pub use tables::{
    ColumnKind, GeometryKind, GpkgTable, add_attribute_table, add_feature_table,
    prepare_geopackage, quoted,
};
