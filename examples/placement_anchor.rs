//! The covering works of the anchor scripts on their own lists (`cover.py … --raw PREFIX`), one JSON line a work.
//!
//! `placement_anchor PREFIX mclp|lscp SITES ROWS [P] [--seconds S] [--trace]`, or
//! `placement_anchor PREFIX center SITES ROWS P` on `PREFIX.matrix.u32` (rows by sites, decimetres) and
//! `PREFIX.matrix_pop.u32`. `placement_anchor - dense SITES ROWS P` takes the clustered city of the benches.
//!
//! Seconds are from the lists in memory to the answer, preparation included; the check of the certificate is beside
//! them.

use std::io::Write;
use std::sync::Mutex;
use std::time::Instant;

use walkshed::placement::{
    AssignEffort, AssignInstance, AssignProblem, CoverInstance, Improvement, LscpOptions,
    MclpOptions, Monitor, SiteFacts, SiteStatus, solve_lscp, solve_mclp, solve_p_center, verify,
};
use walkshed::progress::Silent;
use walkshed::units::WalkTime;

#[path = "../benches/support/clustered.rs"]
mod clustered;

type Failure = Box<dyn std::error::Error>;

/// Stops after some seconds, and tells when what was found when asked to.
struct Clock {
    start: Instant,
    seconds: f64,
    trace: bool,
    last: Mutex<f64>,
}

impl Monitor for Clock {
    fn improved(&self, found: &Improvement<'_>) {
        let now = self.start.elapsed().as_secs_f64();
        let Ok(mut last) = self.last.lock() else { return };
        if self.trace && now > *last + 0.2 {
            *last = now;
            let told = (found.value, found.bound, found.gap * 100.0);
            let _ = writeln!(std::io::stderr(), "{now:.2} {told:?}");
        }
    }

    fn is_cancelled(&self) -> bool {
        self.start.elapsed().as_secs_f64() > self.seconds
    }
}

fn numbers(path: &str) -> Result<Vec<u32>, Failure> {
    let bytes = std::fs::read(path).map_err(|fault| format!("{path}: {fault}"))?;
    Ok(bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
}

/// The first `sites` lists over the first `rows` rows; rows that nobody covers are left out when `all`.
fn lists(
    prefix: &str,
    (sites, rows): (usize, usize),
) -> Result<(Vec<Vec<u32>>, Vec<i64>), Failure> {
    let start = numbers(&format!("{prefix}.indptr.u32"))?;
    let items = numbers(&format!("{prefix}.idx.u32"))?;
    let weights = numbers(&format!("{prefix}.pop.u32"))?;
    let list = |site: usize| -> Vec<u32> {
        let own = &items[start[site] as usize..start[site + 1] as usize];
        own.iter().copied().filter(|&row| (row as usize) < rows).collect()
    };
    let weights = weights[..rows].iter().map(|&weight| i64::from(weight)).collect();
    Ok(((0..sites).map(list).collect(), weights))
}

/// Only the rows that some site covers.
fn coverable((lists, weights): (Vec<Vec<u32>>, Vec<i64>)) -> (Vec<Vec<u32>>, Vec<i64>) {
    let mut place = vec![u32::MAX; weights.len()];
    lists.iter().flatten().for_each(|&row| place[row as usize] = 0);
    let mut kept = Vec::new();
    for (row, place) in place.iter_mut().enumerate().filter(|(_, place)| **place == 0) {
        *place = kept.len() as u32;
        kept.push(weights[row]);
    }
    let moved = |list: Vec<u32>| list.into_iter().map(|row| place[row as usize]).collect();
    (lists.into_iter().map(moved).collect(), kept)
}

fn cover(words: &[String], clock: &mut Clock) -> Result<String, Failure> {
    let size: (usize, usize) = (words[2].parse()?, words[3].parse()?);
    if words[1] == "dense" {
        let instance = clustered::city(size.0, size.1, 7);
        clock.start = Instant::now();
        return solved(&instance, words, clock);
    }
    let given = lists(&words[0], size)?;
    let given = if words[1] == "lscp" { coverable(given) } else { given };
    clock.start = Instant::now();
    let mut builder = CoverInstance::builder(given.1)?;
    for list in &given.0 {
        builder.add_site(list, SiteFacts::default())?;
    }
    solved(&builder.build(), words, clock)
}

/// Solves and checks, from `clock.start` on.
fn solved(instance: &CoverInstance, words: &[String], clock: &Clock) -> Result<String, Failure> {
    let built_s = clock.start.elapsed().as_secs_f64();
    let solution = match words[1].as_str() {
        "lscp" => solve_lscp(instance, &LscpOptions::default(), clock),
        _ => solve_mclp(instance, &MclpOptions::sites(words[4].parse()?), clock),
    };
    let seconds = clock.start.elapsed().as_secs_f64();
    let check = Instant::now();
    verify(instance, &solution.problem, &solution).map_err(|reason| reason.to_string())?;
    Ok(format!(
        "\"value\": {}, \"bound\": {}, \"gap_percent\": {:.4}, \"status\": \"{:?}\", \"built_s\": {built_s:.3}, \
         \"seconds\": {seconds:.3}, \"verify_s\": {:.3}, \"nodes\": {}",
        solution.value,
        solution.bound,
        solution.optimality_gap() * 100.0,
        solution.status,
        check.elapsed().as_secs_f64(),
        solution.certificate.nodes.len()
    ))
}

fn center(words: &[String]) -> Result<String, Failure> {
    let (sites, rows): (usize, usize) = (words[2].parse()?, words[3].parse()?);
    let table = numbers(&format!("{}.matrix.u32", words[0]))?;
    let weights = numbers(&format!("{}.matrix_pop.u32", words[0]))?;
    let start = Instant::now();
    let times: Vec<WalkTime> = table.iter().map(|&far| WalkTime::from_ms(far)).collect();
    let weights = weights[..rows].iter().map(|&weight| i64::from(weight)).collect();
    let instance = AssignInstance::from_table(&times, weights, &vec![SiteStatus::Free; sites])?;
    let problem = AssignProblem::center(words[4].parse()?);
    let solution = solve_p_center(&instance, &problem, AssignEffort::default(), &Silent);
    let seconds = start.elapsed().as_secs_f64();
    Ok(format!(
        "\"value\": {}, \"bound\": {}, \"status\": \"{:?}\", \"seconds\": {seconds:.3}",
        solution.value, solution.bound, solution.status
    ))
}

fn main() -> Result<(), Failure> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let mut clock =
        Clock { start: Instant::now(), seconds: 30.0, trace: false, last: Mutex::new(-1.0) };
    if let Some(at) = words.iter().position(|word| word == "--trace") {
        words.remove(at);
        clock.trace = true;
    }
    if let Some(at) = words.iter().position(|word| word == "--seconds") {
        clock.seconds = words.remove(at + 1).parse()?;
        words.remove(at);
    }
    let answer = if words[1] == "center" { center(&words)? } else { cover(&words, &mut clock)? };
    let name = words[1..].join(" ");
    writeln!(std::io::stdout(), "{{\"work\": \"{name}\", {answer}}}")?;
    Ok(())
}
