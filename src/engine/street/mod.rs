//! The walkable street network: from ingredients to an immutable graph, and who may walk where how fast.

pub mod class;
pub mod ingredients;
pub mod slope;
pub mod profile;
pub mod graph;
pub mod heights;
pub mod parts;
pub mod builder;
mod crossings;
mod private;
pub mod elevation;
pub mod tracks;
pub mod impedance;
pub mod islands;
pub mod obstacles;
pub mod snap;
pub mod overlay;
pub mod visit;

pub use class::{BarrierKind, CrossingKind, StreetClass, StreetTraits};
pub use elevation::HeightsFound;
pub use graph::{Arc, Edge, StreetGraph};
pub use heights::{Along, Heights};
pub use impedance::{Impedance, part_of};
pub use ingredients::{NodeBarrier, NodeCrossing, StreetIngredients, StreetWay};
pub use islands::Islands;
pub use obstacles::{Footprint, ObstacleKind, Obstacles};
pub use overlay::{NewStreet, StreetChange, StreetOverlay};
pub use parts::{GraphParts, PartsError};
pub use profile::{Permission, ProfileError, WalkProfile};
pub use slope::{Slope, SlopeModel};
pub use snap::{EdgePosition, Foot, Linkage, Nearest, Snapped, Snapper, Walkable};
pub use tracks::{Track, Tracks};
pub use visit::WalkView;
