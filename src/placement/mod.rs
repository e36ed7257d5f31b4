//! Which few sites mend the circle, with a proof of how good the answer is.
//!
//! A [`CoverInstance`] says which demand rows each candidate site would cover. The covering problems ([`mclp`],
//! [`lscp`]) answer with a [`PlacementSolution`]: the sites, the value, a bound on what any plan could reach, and a
//! [`Certificate`] that [`verify`](verify()) re-checks in exact integers without any solver code.

pub mod assign_solution;
pub mod assignment;
pub mod certificate;
pub mod instance;
pub mod p_center;
pub mod p_median;
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
pub mod verify_assignment;
mod outcome;
pub mod program;
pub mod capacitated;
pub mod phases;
pub mod earliest;
pub mod two_tier;
pub mod equity;
pub mod pareto;
pub mod gates;
pub mod gate_reach;
pub mod multi_function;
pub mod gate_candidates;
pub mod verify_tree;
pub mod verify_capacitated;
pub mod verify_phases;
pub mod verify_two_tier;
pub mod verify_equity;
pub mod verify_multi_function;
pub mod verify_gates;
pub mod planar;
pub mod candidate;
pub mod network;
pub mod plan;
pub mod schedule;
pub mod verify_schedule;
pub mod explain;
pub mod gain;
pub mod nearest_site;
pub mod recheck;

pub use assign_solution::{AssignCertificate, AssignEffort, AssignSolution};
pub use assignment::{AssignError, AssignGoal, AssignInstance, AssignProblem, Walk};
pub use certificate::{Certificate, Multipliers, ProofNode, Reduction};
pub use effort::SearchOptions;
pub use instance::{CoverInstance, CoverInstanceBuilder, InstanceError, SiteFacts, SiteStatus};
pub use lscp::{Coverage, LscpOptions, solve_lscp};
pub use mclp::{MclpOptions, solve_mclp};
pub use p_center::solve_p_center;
pub use p_median::solve_p_median;
pub use problem::{CoverProblem, GroupRule, Objective, Payment, SiteRules};
pub use solution::{Improvement, Infeasibility, Monitor, PlacementSolution, SolutionStatus};
pub use verify::{Rejection, verify};
pub use verify_assignment::{AssignFault, verify_assignment};
