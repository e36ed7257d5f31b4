//! Where people are, how many of which group, and the zones that results are summed up for.

pub mod layer;
pub mod zone;
pub mod quarter;
pub mod spread;

pub use layer::{DemandGroup, DemandLayer, DemandPoint, DemandUnit, Origin};
pub use quarter::Quarters;
pub use spread::{Carrier, DemandArea, Spread, SpreadOver, spread};
pub use zone::{NamedArea, Zone, ZoneDraft, ZoneError, ZoneHierarchy, hierarchy_from_areas};
