//! A branching tree as proof: which decision was split, and the multipliers that close each leaf.

use serde::{Deserialize, Serialize};

/// A node of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TreeNode {
    /// The decision is split; both sides come later in the list.
    Branch {
        /// The decision, a position in the program.
        decision: u32,
        /// Node where it is 0.
        zero: u32,
        /// Node where it is 1.
        one: u32,
    },
    /// Closed, or left open, at the bound of these multipliers.
    Leaf(Leaf),
}

/// What closes a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaf {
    /// The bound of this row of [`BranchTree::multipliers`].
    Bounded(u32),
    /// Every decision is fixed: the value of that plan, or nothing when it is not allowed.
    Complete,
}

/// A branching tree, root first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchTree {
    /// The nodes; a child comes after its parent.
    pub nodes: Vec<TreeNode>,
    /// Multipliers of the leaves: (row of the program, whole 2²⁰ths), zeros left out.
    pub multipliers: Vec<Vec<(u32, i64)>>,
}
