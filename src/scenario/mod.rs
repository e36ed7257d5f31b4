//! The untouched baseline of a study (streets, facilities, people, zones, promises), and scenarios: ordered
//! edits over it, of which each can be made and taken back in milliseconds.

pub mod baseline;
pub mod edit;
pub mod state;
mod plan;
mod relink;
mod apply;
mod watch;
pub mod resolve;
pub mod compare;

pub use baseline::{Baseline, Ingredients, LinkIssue};
pub use compare::{
    Change, Comparison, Difference, GroupDifference, PointDifference, RuleDifference, RuleSide,
    ZoneDifference,
};
pub use edit::{EDIT_WORDS, Edit, EditError, NewOffer, Scenario, ScenarioError};
pub use state::{
    EditEffect, Extent, FieldEffect, Gain, RuleEffect, ScenarioState, StandingRule, WatchEffect,
};
