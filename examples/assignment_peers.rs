//! 500 random instances of p-median and p-center with our optima, one a line, for `scripts/assignment_peers.py`, which
//! solves them with HiGHS. `cargo run --release --example assignment_peers > cases.txt`.
//!
//! A line: kind p value rows sites, then for each row its weight and `site time` (ms) for every site.

use std::io::Write;

use walkshed::placement::{
    AssignEffort, AssignInstance, AssignProblem, SiteStatus, SolutionStatus, solve_p_center,
    solve_p_median,
};
use walkshed::progress::Silent;
use walkshed::units::WalkTime;

type Failure = Box<dyn std::error::Error>;

/// Numbers that look random, from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

/// Homes and sites in a square, walked along its axes.
fn town(dice: &mut Dice, rows: usize, sites: usize) -> Result<AssignInstance, Failure> {
    let mut points = |count: usize| -> Vec<(i64, i64)> {
        (0..count).map(|_| (dice.below(10_000) as i64, dice.below(10_000) as i64)).collect()
    };
    let (homes, places) = (points(rows), points(sites));
    let time = |a: &(i64, i64), b: &(i64, i64)| {
        WalkTime::from_ms(((a.0 - b.0).abs() + (a.1 - b.1).abs()) as u32)
    };
    let times: Vec<WalkTime> =
        homes.iter().flat_map(|home| places.iter().map(move |place| time(home, place))).collect();
    let weights = (0..rows).map(|_| 1 + dice.below(9) as i64).collect();
    Ok(AssignInstance::from_table(&times, weights, &vec![SiteStatus::Free; sites])?)
}

fn main() -> Result<(), Failure> {
    let mut dice = Dice(99);
    let mut out = std::io::stdout().lock();
    for case in 0..500 {
        let (rows, sites) = (5 + dice.below(30) as usize, 3 + dice.below(20) as usize);
        let instance = town(&mut dice, rows, sites)?;
        let count = 1 + dice.below(6) as u32;
        let effort = AssignEffort::default();
        let (kind, solution) = if case % 2 == 0 {
            ("median", solve_p_median(&instance, &AssignProblem::median(count), effort, &Silent))
        } else {
            ("center", solve_p_center(&instance, &AssignProblem::center(count), effort, &Silent))
        };
        if solution.status != SolutionStatus::Optimal {
            return Err(format!("case {case} was not proven").into());
        }
        write!(out, "{kind} {count} {} {rows} {sites}", solution.value)?;
        for row in 0..rows {
            write!(out, " {}", instance.weight(row))?;
            for walk in instance.walks(row) {
                write!(out, " {} {}", walk.site.0, walk.ms)?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
