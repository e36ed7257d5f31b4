//! The front of cost, people and worst-off.

use crate::placement::SolutionStatus;
use crate::placement::candidate::Candidate;
use crate::placement::pareto::ParetoFront;
use crate::scenario::Baseline;

use super::super::sheet::{Both, Cell, Sheet};
use super::zones::named;
use super::{COST, SITES, column, text};

/// Every point of the front; `picked` is the one that the plan is.
pub fn front_sheet(
    baseline: &Baseline,
    (front, candidates): (&ParetoFront, &[Candidate]),
    picked: usize,
) -> Sheet {
    let rows = front.points.iter().enumerate().map(|(at, point)| {
        let sites: Vec<&str> =
            point.chosen.iter().map(|site| candidates[site.0 as usize].key.as_str()).collect();
        let [zone, share] = named(baseline, point.worst.as_ref());
        let mark = if at == picked { Both::new("the plan", "本方案") } else { Both::default() };
        let proof = match point.status {
            SolutionStatus::Optimal => Both::new("proven", "已证明"),
            _ => Both::new("best found", "当前最好"),
        };
        vec![
            Cell::Count(at as i64 + 1),
            Cell::Count(point.chosen.len() as i64),
            Cell::Cost(point.cost),
            Cell::People(point.people),
            zone,
            share,
            Cell::People(point.people_bound),
            Cell::Words(proof),
            Cell::Words(mark),
            text(&sites.join(" ")),
        ]
    });
    let text = if front.complete {
        Both::new(
            "No plan under these ceilings is better in one of cost, people and worst-off without being worse in \
             another: proven.",
            "在这些上限内，没有方案能在造价、人数、最差片区三者之一更好而其余不差：已证明。",
        )
    } else {
        Both::new(
            "None of these is as good as another in all three; further points may be missing.",
            "各点互不占优；可能还有未找到的点。",
        )
    };
    Sheet {
        name: "front",
        title: Both::new("Cost, people, worst-off", "造价、人数、最差片区的权衡"),
        text,
        columns: vec![
            column("point", "#", "#"),
            SITES,
            COST,
            column("people", "newly covered", "新增覆盖"),
            column("worst_zone", "worst-off zone that a candidate reaches", "候选点可达的最差片区"),
            column("worst_share", "its share", "其覆盖率"),
            column("people_bound", "at most", "上界"),
            column("proof", "proof", "证明"),
            column("plan", "plan", "方案"),
            column("chosen", "sites chosen", "所选点位"),
        ],
        rows: rows.collect(),
    }
}
