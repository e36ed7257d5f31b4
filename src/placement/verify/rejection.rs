//! Why a solution is not believed.

use crate::ids::SiteId;

/// Why a solution is not believed: the first thing found wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The solution answers another problem than the one asked.
    #[error("the solution answers another problem than the one asked")]
    OtherProblem,
    /// A chosen site is not in the instance.
    #[error("site {} is not in the instance", site.0)]
    UnknownSite {
        /// The site.
        site: SiteId,
    },
    /// A site is chosen twice.
    #[error("site {} is chosen twice", site.0)]
    DuplicateSite {
        /// The site.
        site: SiteId,
    },
    /// The chosen sites are not in order.
    #[error("the chosen sites are not sorted at site {}", site.0)]
    UnsortedSites {
        /// The first site out of order.
        site: SiteId,
    },
    /// A forbidden site is chosen.
    #[error("site {} is forbidden", site.0)]
    ForbiddenSite {
        /// The site.
        site: SiteId,
    },
    /// An existing site is chosen.
    #[error("site {} exists already", site.0)]
    ExistingSite {
        /// The site.
        site: SiteId,
    },
    /// A required site is not chosen.
    #[error("required site {} is not chosen", site.0)]
    MissingRequired {
        /// The site.
        site: SiteId,
    },
    /// More sites than allowed.
    #[error("{chosen} sites are chosen, at most {allowed} are allowed")]
    TooManySites {
        /// How many are chosen.
        chosen: usize,
        /// How many may be.
        allowed: u32,
    },
    /// The sites cost more than the budget.
    #[error("the sites cost {cost}, the budget is {budget}")]
    OverBudget {
        /// What they cost.
        cost: i64,
        /// The budget.
        budget: i64,
    },
    /// Two chosen sites are too close.
    #[error("sites {} and {} are too close to each other", sites.0.0, sites.1.0)]
    TooClose {
        /// The two.
        sites: (SiteId, SiteId),
    },
    /// A group has fewer than its minimum.
    #[error("group {group} has {chosen} sites, fewer than its minimum")]
    GroupBelowMinimum {
        /// Its index.
        group: usize,
        /// How many are chosen of it.
        chosen: u32,
    },
    /// A group has more than its maximum.
    #[error("group {group} has {chosen} sites, more than its maximum")]
    GroupAboveMaximum {
        /// Its index.
        group: usize,
        /// How many are chosen of it.
        chosen: u32,
    },
    /// A row that must be covered is not.
    #[error("demand row {row} is not covered")]
    RowUncovered {
        /// The row.
        row: usize,
    },
    /// The plan covers less than the target.
    #[error("the plan covers {covered}, less than the target {target}")]
    TargetMissed {
        /// What it covers.
        covered: i64,
        /// The target.
        target: i64,
    },
    /// The value is not what the plan reaches.
    #[error("the value {claimed} is claimed, the plan reaches {found}")]
    WrongValue {
        /// What is claimed.
        claimed: i64,
        /// What was found.
        found: i64,
    },
    /// The plan beats the bound, so the bound is wrong.
    #[error("the plan's value {value} beats the bound {bound}")]
    BoundBeaten {
        /// The value.
        value: i64,
        /// The bound.
        bound: i64,
    },
    /// "Optimal" is claimed with a gap.
    #[error("optimal is claimed, but the value {value} is not the bound {bound}")]
    OptimalWithGap {
        /// The value.
        value: i64,
        /// The bound.
        bound: i64,
    },
    /// The rules do not fit the instance.
    #[error("the rules name a site that is not there, twice or out of order, or an amount is none")]
    RulesDoNotFit,
    /// Without a plan there are no sites and no numbers of one.
    #[error("no plan is said to be possible, but sites or numbers of one are given")]
    PlanWithoutPlan,
    /// The reason of infeasibility does not hold.
    #[error("the reason given for there being no plan does not hold")]
    ReasonDoesNotHold,
    /// The scale is not positive.
    #[error("the scale {scale} of the multipliers is not positive")]
    BadScale {
        /// The scale.
        scale: i64,
    },
    /// A reduction does not hold.
    #[error("reduction step {step} does not hold")]
    BadReduction {
        /// Its index.
        step: usize,
    },
    /// The list of classes has the wrong length.
    #[error("there are {found} row classes for {rows} rows")]
    WrongClassCount {
        /// How many there are.
        found: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// Two rows of a class have different sites.
    #[error("demand row {row} does not have the sites of its class")]
    UnequalClass {
        /// The row.
        row: usize,
    },
    /// A multiplier is negative.
    #[error("multiplier set {set} has a negative multiplier")]
    NegativeMultiplier {
        /// The set.
        set: usize,
    },
    /// A multiplier belongs to a rule or row that is not there.
    #[error("multiplier set {set} has a multiplier of a rule or row that is not there")]
    UnknownRule {
        /// The set.
        set: usize,
    },
    /// The objective's part in a set is neither 0 nor 1.
    #[error("multiplier set {set} has an objective part other than 0 and 1")]
    BadObjective {
        /// The set.
        set: usize,
    },
    /// A node names a node or multiplier set that is not there.
    #[error("branch node {node} names what is not there")]
    DanglingNode {
        /// The node.
        node: usize,
    },
    /// A node is the child of no node or of several, or of a later one.
    #[error("branch node {node} is not the child of exactly one earlier node")]
    BrokenTree {
        /// The node.
        node: usize,
    },
    /// A node branches on or fixes a site that is decided already or may not be chosen.
    #[error("branch node {node} decides site {} a second time", site.0)]
    DecidedTwice {
        /// The node.
        node: usize,
        /// The site.
        site: SiteId,
    },
    /// A leaf's bound is better than the claim.
    #[error("the bound of leaf {node} does not prove the claim")]
    LeafTooWeak {
        /// The leaf.
        node: usize,
    },
    /// A fixed site is not proven to be fixed.
    #[error("branch node {node} fixes site {} without proof", site.0)]
    UnprovenFix {
        /// The node.
        node: usize,
        /// The site.
        site: SiteId,
    },
    /// A rule does not rule out what a leaf or a fixed site says it does.
    #[error("the rule named by branch node {node} does not rule its plans out")]
    RuleAllows {
        /// The node.
        node: usize,
    },
    /// There is no branch tree, and the bound is better than what needs no proof.
    #[error("the bound {bound} has no proof")]
    NoProof {
        /// The bound.
        bound: i64,
    },
}
