//! Where people step out of a place.

use super::{Area, LonLat};

/// What is known of the doors of a place.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Front {
    /// Nothing: the place itself, or the doors of the building it lies in.
    #[default]
    Point,
    /// Doors and gates.
    Doors(Box<[LonLat]>),
    /// Only its outline: one steps out anywhere on it.
    Outline(Box<Area>),
    /// It stands for a stretch of a street and lies on it.
    Street,
}

impl Front {
    /// Known doors; the place itself when there is none.
    pub fn of_doors(doors: &[LonLat]) -> Self {
        if doors.is_empty() { Self::Point } else { Self::Doors(doors.into()) }
    }
}
