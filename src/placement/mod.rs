//! Which few sites mend the circle, with a proof of how good the answer is.
//!
//! A [`CoverInstance`] says which demand rows each candidate site would cover. The covering problems answer
//! with a [`PlacementSolution`]: the sites, the value, a bound on what any plan could reach, and a
//! [`Certificate`] that [`verify`](verify::verify) re-checks in exact integers without any solver code.

pub mod assign_solution;
pub mod assignment;
pub mod certificate;
pub mod instance;
pub mod p_center;
pub mod p_median;
pub mod problem;
pub mod solution;
pub mod verify_assignment;

pub use assign_solution::{AssignCertificate, AssignEffort, AssignSolution};
pub use assignment::{AssignError, AssignGoal, AssignInstance, AssignProblem, Walk};
pub use certificate::Certificate;
pub use instance::{CoverInstance, CoverInstanceBuilder, InstanceError, SiteFacts, SiteStatus};
pub use p_center::solve_p_center;
pub use p_median::solve_p_median;
pub use problem::{CoverProblem, GroupRule, Objective, Payment, SiteRules};
pub use solution::{Improvement, Infeasibility, Monitor, PlacementSolution, SolutionStatus};
pub use verify_assignment::{AssignFault, verify_assignment};
