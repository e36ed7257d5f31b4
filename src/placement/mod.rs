//! Which few sites mend the circle, with a proof of how good the answer is.
//!
//! A [`CoverInstance`] says which demand rows each candidate site would cover. The covering problems ([`mclp`],
//! [`lscp`]) answer with a [`PlacementSolution`]: the sites, the value, a bound on what any plan could reach, and a
//! [`Certificate`] that [`verify`](verify()) re-checks in exact integers without any solver code.

pub mod certificate;
pub mod instance;
pub mod problem;
pub mod solution;
pub mod verify;
mod model;
mod effort;
mod ledger;
mod reduce;
mod cover_state;
mod swap;
mod row_search;
mod finder;
mod side_rows;
mod dual;
mod outlook;
mod explore;
mod solve;
pub mod lscp;
pub mod mclp;

pub use certificate::{Certificate, Multipliers, ProofNode, Reduction};
pub use effort::SearchOptions;
pub use instance::{CoverInstance, CoverInstanceBuilder, InstanceError, SiteFacts, SiteStatus};
pub use lscp::{Coverage, LscpOptions, solve_lscp};
pub use mclp::{MclpOptions, solve_mclp};
pub use problem::{CoverProblem, GroupRule, Objective, Payment, SiteRules};
pub use solution::{Improvement, Infeasibility, Monitor, PlacementSolution, SolutionStatus};
pub use verify::{Rejection, verify};
