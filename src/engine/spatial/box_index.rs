//! Boxes that can be found by the boxes they touch.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::{BoundingBox, LonLat};

type Corner = [i32; 2];

fn corner(place: LonLat) -> Corner {
    [place.lon_e7(), place.lat_e7()]
}

/// Boxes in an R-tree, each known by a number.
#[derive(Debug, Default)]
pub struct BoxIndex {
    tree: RTree<GeomWithData<Rectangle<Corner>, u32>>,
}

impl BoxIndex {
    /// An index of `boxes`, each with its number.
    pub fn new(boxes: impl IntoIterator<Item = (u32, BoundingBox)>) -> Self {
        let items = boxes
            .into_iter()
            .map(|(number, bounds)| {
                let shape = Rectangle::from_corners(corner(bounds.min), corner(bounds.max));
                GeomWithData::new(shape, number)
            })
            .collect();
        Self { tree: RTree::bulk_load(items) }
    }

    /// Numbers of the boxes that share a place with `window` (edges included), in order.
    pub fn touching(&self, window: BoundingBox) -> Vec<u32> {
        let window = AABB::from_corners(corner(window.min), corner(window.max));
        let mut found: Vec<u32> =
            self.tree.locate_in_envelope_intersecting(window).map(|item| item.data).collect();
        found.sort_unstable();
        found
    }

    /// Whether `accept` takes one of the boxes that share a place with `window` (edges included); no more are asked
    /// then.
    pub fn any_touching(&self, window: BoundingBox, mut accept: impl FnMut(u32) -> bool) -> bool {
        let window = AABB::from_corners(corner(window.min), corner(window.max));
        self.tree.locate_in_envelope_intersecting(window).any(|item| accept(item.data))
    }

    /// How many boxes there are.
    pub fn len(&self) -> usize {
        self.tree.size()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(west: f64, south: f64, east: f64, north: f64) -> BoundingBox {
        let at = |lon, lat| LonLat::new(lon, lat).unwrap();
        BoundingBox { min: at(west, south), max: at(east, north) }
    }

    #[test]
    fn boxes_that_touch_by_an_edge_are_found_in_order() {
        let index = BoxIndex::new([
            (9, span(118.0, 24.0, 118.1, 24.1)),
            (2, span(118.1, 24.1, 118.2, 24.2)),
            (5, span(118.3, 24.0, 118.4, 24.1)),
        ]);
        assert_eq!(index.touching(span(118.1, 24.1, 118.15, 24.15)), [2, 9]);
        assert_eq!(index.touching(span(118.25, 24.0, 118.29, 24.2)), [0_u32; 0]);
    }
}
