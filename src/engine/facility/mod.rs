//! Places that offer services, the functions they offer, and layers of them.

pub mod function;
pub mod layer;

pub use function::{Function, Taxonomy, TaxonomyError};
pub use layer::{Facility, FacilityLayer, FacilityStatus, FunctionOffer, Wheels, share_places};
