//! Which tile is where on the earth.

use std::f64::consts::PI;

use crate::spatial::{BoundingBox, LonLat};

/// Units along a side of a tile.
pub(super) const EXTENT: f64 = 4096.0;
/// Units drawn beyond each side, so that wide lines do not end at it (16 px of 512).
pub(super) const MARGIN: f64 = 128.0;
/// Latitude where the square web-mercator world ends.
const LATITUDE_MAX: f64 = 85.051_128_779_806_59;

/// A point in tile units, x to the east and y to the south.
pub(super) type Unit = [f64; 2];

/// A tile of the web-mercator pyramid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::server) struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

impl TileId {
    /// The deepest zoom drawn; maps enlarge it beyond.
    pub(in crate::server) const DEEPEST: u8 = 16;

    /// The tile, when there is one.
    pub(in crate::server) fn new(z: u32, x: u32, y: u32) -> Option<Self> {
        let z = u8::try_from(z).ok().filter(|&z| z <= Self::DEEPEST)?;
        let side = 1_u32 << z;
        (x < side && y < side).then_some(Self { z, x, y })
    }

    /// Its zoom.
    pub(super) fn zoom(self) -> u8 {
        self.z
    }

    /// A place in units of the tile, which may lie off it.
    pub(super) fn project(self, place: LonLat) -> Unit {
        let side = f64::from(1_u32 << self.z);
        let latitude = place.lat().clamp(-LATITUDE_MAX, LATITUDE_MAX).to_radians();
        let east = (place.lon() + 180.0) / 360.0;
        let south = (1.0 - latitude.tan().asinh() / PI) / 2.0;
        [(east * side - f64::from(self.x)) * EXTENT, (south * side - f64::from(self.y)) * EXTENT]
    }

    /// The box in degrees of the tile and its margin.
    pub(in crate::server) fn window(self) -> Option<BoundingBox> {
        let south_west = self.place([-MARGIN, EXTENT + MARGIN])?;
        let north_east = self.place([EXTENT + MARGIN, -MARGIN])?;
        Some(BoundingBox { min: south_west, max: north_east })
    }

    fn place(self, [x, y]: Unit) -> Option<LonLat> {
        let side = f64::from(1_u32 << self.z);
        let lon = (f64::from(self.x) + x / EXTENT) / side * 360.0 - 180.0;
        let south = (f64::from(self.y) + y / EXTENT) / side;
        let lat = (PI * (1.0 - 2.0 * south)).sinh().atan().to_degrees();
        LonLat::new(lon.clamp(-180.0, 180.0), lat.clamp(-90.0, 90.0)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tiles_of_the_pyramid_are_made() {
        assert!(TileId::new(0, 0, 0).is_some());
        assert!(TileId::new(0, 1, 0).is_none());
        assert!(TileId::new(16, 65_535, 65_535).is_some());
        assert!(TileId::new(17, 0, 0).is_none());
    }

    #[test]
    fn a_known_place_falls_on_its_known_tile() {
        // Greenwich on the equator is the corner of four tiles; Douglas lies on 10/499/328 (slippy-map formula).
        let tile = TileId::new(1, 1, 1).unwrap();
        let [x, y] = tile.project(LonLat::new(0.0, 0.0).unwrap());
        assert!(x.abs() < 1e-6 && y.abs() < 1e-6);
        let douglas = LonLat::new(-4.482, 54.15).unwrap();
        let [x, y] = TileId::new(10, 499, 328).unwrap().project(douglas);
        assert!((0.0..EXTENT).contains(&x) && (0.0..EXTENT).contains(&y), "{x} {y}");
    }

    #[test]
    fn the_window_is_the_tile_and_its_margin() {
        let tile = TileId::new(14, 7987, 5236).unwrap();
        let window = tile.window().unwrap();
        let [west, south] = tile.project(window.min);
        let [east, north] = tile.project(window.max);
        for (found, expected) in
            [(west, -MARGIN), (north, -MARGIN), (east, EXTENT + MARGIN), (south, EXTENT + MARGIN)]
        {
            assert!((found - expected).abs() < 0.1, "{found} {expected}");
        }
    }
}
