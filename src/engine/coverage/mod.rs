//! What "covered" means and who is: standards as data, assessment, gaps, summaries.
//!
//! Covered means `time <= cutoff`, decided on streets and doors, never by point in polygon.

pub mod standard;
pub mod summary;
pub mod buffer;
pub mod capacity;
pub mod gap;
pub mod assess;
pub mod composite;
pub mod live;

pub use assess::{Outcome, RuleAssessment, Site, SpeedShare};
pub use buffer::{BufferComparison, StraightDistances};
pub use capacity::{CapacityAssessment, CapacitySplit};
pub use composite::{CompositeAssessment, CompositePoint};
pub use gap::{CoverageGap, GapKind, GapWords};
pub use live::{LiveChange, LiveField, LiveRule, LiveView, PointChange};
pub use standard::{Composite, CutoffError, Rule, Standard};
pub use summary::{CoverageSum, Summary};
