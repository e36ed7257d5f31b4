//! Places on the ground: degrees, metres, polygons, indexes, coordinate systems.
//!
//! Degrees ([`LonLat`]) stop here: distances and offsets are taken in a [`LocalFrame`], in metres.
//! The only module that knows `rstar`, `geo` and the projection library.

pub mod lonlat;
pub mod frame;
pub mod geohash;
pub mod tiling;
pub mod area;
pub mod front;
mod packed;
pub(crate) mod look;
pub mod index;
pub mod box_index;
pub mod grid;
pub mod lattice;
pub mod contour;
pub mod voronoi;
pub mod locator;
mod validity;
pub mod china;
pub mod crs;
pub mod raster;

pub use area::{Area, AreaPolygon};
pub use box_index::BoxIndex;
pub use crs::{Crs, CrsError, CrsTransform};
pub use frame::{LocalFrame, PlanarPoint};
pub use front::Front;
pub use geohash::geohash;
pub use index::{PointIndex, SegmentIndex};
pub use locator::AreaLocator;
pub use lonlat::{BoundingBox, LonLat, LonLatError};
pub use raster::{Raster, RasterFrame, RasterWindow};
pub use tiling::{Span, Tile, Tiling};
