//! Options of the problems beyond plain covering.

use clap::{Args as ClapArgs, ValueEnum};

use crate::delivery::plan::Further;
use crate::placement::multi_function::Housing;

/// What further problems are told.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Places, tiers, gates, several functions")]
pub(super) struct ExtendedArgs {
    /// For capacitated: places that 1000 people need (default: the rule's `capacity_per_1000`)
    #[arg(long, value_name = "PLACES", value_parser = positive)]
    pub(super) places_per_1000: Option<f64>,
    /// For capacitated: places of a candidate whose `capacity` column is empty (default: none)
    #[arg(long, value_name = "PLACES", value_parser = amount)]
    pub(super) capacity: Option<f64>,
    /// For two-tier: the promise that centers keep; --rule is that of the stations
    #[arg(long, value_name = "STANDARD/RULE")]
    pub(super) center_rule: Option<String>,
    /// For two-tier: open at most this many centers; --sites is for stations
    #[arg(long, value_name = "Q")]
    pub(super) centers: Option<u32>,
    /// For two-tier: where centers could be, as --candidates (default: where stations could be)
    #[arg(long, value_name = "FROM")]
    pub(super) center_candidates: Vec<String>,
    /// For gates: open at most this many gates; candidate sites come in with --sites
    #[arg(long, value_name = "K")]
    pub(super) gates: Option<u32>,
    /// For gates: what a gate costs, in the unit of --budget (default: 1)
    #[arg(long, value_name = "COST", value_parser = amount)]
    pub(super) gate_cost: Option<f64>,
    /// For gates: longest straight line between the two sides, in metres (default: 30)
    #[arg(long, value_name = "M", value_parser = positive)]
    pub(super) gate_gap_m: Option<f64>,
    /// For gates: shortest walk today between the two sides that is worth a gate, in metres (default: 400)
    #[arg(long, value_name = "M", value_parser = positive)]
    pub(super) gate_walk_m: Option<f64>,
    /// For gates: most candidate gates that are weighed, those that save the longest walk first (default: 2000)
    #[arg(long, value_name = "N")]
    pub(super) gates_most: Option<usize>,
    /// For center: a further promise that a center keeps, with what its part costs beside the site; may be given
    /// several times
    #[arg(long, value_name = "STANDARD/RULE[=COST]")]
    pub(super) also: Vec<String>,
    /// For center: what one person counts who has all functions within reach, beside 1 for each function (default: 1)
    #[arg(long, value_name = "N")]
    pub(super) complete_worth: Option<u32>,
    /// For center: whether a site opens with all its functions or with some of them (default: all)
    #[arg(long, value_enum)]
    pub(super) house: Option<House>,
}

/// How a center opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum House {
    /// With all its functions
    All,
    /// With some of them
    Some,
}

impl ExtendedArgs {
    /// The same, as plans are asked.
    pub(super) fn wish(&self) -> Further {
        Further {
            places_per_1000: self.places_per_1000,
            capacity: self.capacity,
            center_rule: self.center_rule.clone(),
            centers: self.centers,
            center_candidates: self.center_candidates.clone(),
            gates: self.gates,
            gate_cost: self.gate_cost,
            gate_gap_m: self.gate_gap_m,
            gate_walk_m: self.gate_walk_m,
            gates_most: self.gates_most,
            also: self.also.clone(),
            complete_worth: self.complete_worth,
            house: self.house.map(|house| match house {
                House::All => Housing::All,
                House::Some => Housing::Some,
            }),
        }
    }
}

/// Most that an amount may be.
const AMOUNT_MAX: f64 = 1e9;

fn amount(text: &str) -> Result<f64, String> {
    let value: f64 = text.trim().parse().map_err(|fault| format!("{fault}"))?;
    if (0.0..=AMOUNT_MAX).contains(&value) {
        Ok(value)
    } else {
        Err(format!("must lie in 0 to {AMOUNT_MAX}"))
    }
}

fn positive(text: &str) -> Result<f64, String> {
    amount(text).and_then(|value| {
        if value > 0.0 { Ok(value) } else { Err("must be more than 0".to_owned()) }
    })
}
