//! The walkable street network: from ingredients to an immutable graph, and who may walk where how fast.

pub mod class;
pub mod ingredients;
pub mod profile;

pub use class::{BarrierKind, StreetClass, StreetTraits};
pub use ingredients::{NodeBarrier, StreetIngredients, StreetWay};
pub use profile::{Permission, ProfileError, WalkProfile};
