//! Where people are, how many of which group, and the zones that results are summed up for.

pub mod layer;
pub mod zone;

pub use layer::{DemandGroup, DemandLayer, DemandPoint, DemandUnit};
pub use zone::{Zone, ZoneHierarchy};
