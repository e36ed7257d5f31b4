//! Solves covering instances given as JSON lines on standard input; `scripts/placement_peers.py` drives it.
//!
//! A line has `weights`, `sites` (each `rows`, `cost`, `bonus`) and `problem` (a `CoverProblem`); the answer is one JSON line.

use std::io::{BufRead, Write};

use serde::Deserialize;
use walkshed::placement::{
    CoverInstance, CoverProblem, Coverage, LscpOptions, MclpOptions, Objective, SiteFacts,
    solve_lscp, solve_mclp, verify,
};
use walkshed::progress::Silent;

#[derive(Deserialize)]
struct Line {
    weights: Vec<i64>,
    sites: Vec<Site>,
    problem: CoverProblem,
}

#[derive(Deserialize)]
struct Site {
    rows: Vec<u32>,
    cost: i64,
    bonus: i64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line: Line = serde_json::from_str(&line?)?;
        let mut builder = CoverInstance::builder(line.weights)?;
        for site in line.sites {
            let facts = SiteFacts { cost: site.cost, bonus: site.bonus, ..SiteFacts::default() };
            builder.add_site(&site.rows, facts)?;
        }
        let instance = builder.build();
        let rules = line.problem.rules.clone();
        let lscp = |coverage, payment| {
            let options =
                LscpOptions { coverage, payment, rules: rules.clone(), ..LscpOptions::default() };
            solve_lscp(&instance, &options, &Silent)
        };
        let solution = match line.problem.objective {
            Objective::CoverAll { payment } => lscp(Coverage::Everyone, payment),
            Objective::CoverWeight { target, payment } => lscp(Coverage::Weight(target), payment),
            Objective::MostWeight => solve_mclp(
                &instance,
                &MclpOptions { rules: rules.clone(), ..MclpOptions::default() },
                &Silent,
            ),
        };
        let verdict =
            verify(&instance, &line.problem, &solution).map_err(|reason| reason.to_string());
        let answer = serde_json::json!({
            "value": solution.value, "bound": solution.bound, "status": solution.status, "chosen": solution.chosen,
            "rejected": verdict.err(),
        });
        writeln!(out, "{answer}")?;
    }
    Ok(())
}
