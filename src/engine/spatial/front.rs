//! Where people step out of a place.

use super::{Area, LonLat};

/// What is known of the doors of a place.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Front {
    /// Nothing: the place itself, or the doors of the building it lies in.
    #[default]
    Point,
    /// As [`Front::Point`], told by its coordinates (a row of a table, a click): where they lie on a street of the map,
    /// one stands on that street.
    Listed,
    /// The doors of the building it lies in: the way to them counts. None: the place itself, as if no door were known.
    Inside(Box<[LonLat]>),
    /// Doors and gates.
    Doors(Box<[LonLat]>),
    /// Only its outline: one steps out anywhere on it.
    Outline(Box<Area>),
    /// It lies above or below the ground: the place nearest to it on a line of its level.
    Level(LonLat),
    /// It stands for a stretch of a street and lies on it.
    Street,
    /// It lies behind a wall: what is known of its doors, and the gates in the wall.
    Walled(Box<Self>, Box<[LonLat]>),
    /// Nobody of the walkers asked for gets in.
    Nowhere,
}

impl Front {
    /// Known doors; the place itself when there is none.
    pub fn of_doors(doors: &[LonLat]) -> Self {
        if doors.is_empty() { Self::Point } else { Self::Doors(doors.into()) }
    }

    /// The doors of a place behind a wall with `gates`.
    #[must_use]
    pub fn walled(self, gates: &[LonLat]) -> Self {
        if gates.is_empty() { self } else { Self::Walled(Box::new(self), gates.into()) }
    }
}
