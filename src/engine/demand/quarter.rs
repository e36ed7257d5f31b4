//! What people call the ground: settlements and quarters.

use crate::spatial::{LonLat, PointIndex};
use crate::units::Meters;

/// Names of settlements and quarters, found by distance.
#[derive(Debug, Default)]
pub struct Quarters {
    names: Vec<String>,
    index: PointIndex,
}

impl Quarters {
    /// Quarters by name and place; one without a name is left out.
    pub fn new(named: impl IntoIterator<Item = (String, LonLat)>) -> Self {
        let named = named.into_iter().filter(|(name, _)| !name.trim().is_empty());
        let (names, places): (Vec<String>, Vec<LonLat>) = named.unzip();
        Self { names, index: PointIndex::new(places) }
    }

    /// The names within `radius` (inclusive) of `place`, nearest first.
    pub fn near(&self, place: LonLat, radius: Meters) -> impl Iterator<Item = &str> {
        let found =
            if self.names.is_empty() { Vec::new() } else { self.index.within(place, radius) };
        found.into_iter().map(|(at, _)| self.names[at as usize].as_str())
    }
}
