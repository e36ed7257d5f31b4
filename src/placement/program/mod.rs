//! Placement problems as binary programs, and the one search that solves those without a kernel of their own.
//!
//! `max Σ c_j x_j` subject to rows `Σ a_ij x_j ≤ b_i`, where every `x_j` lies within 0 to 1 and the
//! decisions among them are 0 or 1; everything is a whole number. For any multipliers `λ ≥ 0`
//!
//! `D(λ) = Σ_i λ_i b_i + Σ_j max(0, c_j − Σ_i λ_i a_ij)`
//!
//! is at least the value of every solution (weak duality; A. M. Geoffrion, "Lagrangean relaxation for integer
//! programming", Mathematical Programming Study 2, 1974): a bound anyone can recompute in one pass over the
//! program, whatever search found the multipliers. A branching tree whose leaves each carry multipliers
//! proves more.

mod model;
mod relaxation;
pub(super) mod rules;
mod search;
mod tree;

pub use model::{Program, SCALE};
pub use search::{Effort, Found, Judge, Signal, search};
pub use tree::{BranchTree, Leaf, TreeNode};
