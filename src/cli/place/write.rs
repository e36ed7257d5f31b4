//! The files of a plan.

use std::io::Write;
use std::path::Path;

use crate::export::{self, ExportResult, PlanResults};
use crate::ids::Id;
use crate::import::load::LoadedStudy;
use crate::import::plan_file::{
    ChosenSite, FORMAT, FORMAT_VERSION, InstanceRecord, PlanAsk, PlanFile, PlanSummary,
};
use crate::placement::candidate::COST_UNIT;
use crate::placement::explain::{Explained, Step};
use crate::placement::schedule::Schedule;
use crate::placement::{PlacementSolution, SolutionStatus};
use crate::progress::{Progress, Stage};
use crate::report::{PlanReportInput, render_plan_html};
use crate::store::Outputs;
use crate::units::Persons;

use super::super::args::Lang;
use super::super::console::Console;
use super::super::results::{provenance_of, report_language, report_source};

/// What came out of a plan.
pub(super) struct Outcome<'a> {
    pub(super) loaded: &'a LoadedStudy,
    pub(super) plan: &'a Explained<'a>,
    pub(super) solution: &'a PlacementSolution,
    pub(super) schedule: Option<&'a Schedule>,
    pub(super) ask: &'a PlanAsk,
}

type Writer = fn(&mut dyn Write, &PlanResults) -> ExportResult;

/// The tables and layers of a plan, in the order they are written.
const FILES: [(&str, Writer); 8] = [
    ("sites.geojson", export::write_sites),
    ("sites.csv", export::write_sites_csv),
    ("phases.csv", export::write_phases),
    ("covered.csv", export::write_covered),
    ("zones.csv", export::write_gain_zones),
    ("curve.csv", export::write_curve),
    ("runners_up.csv", export::write_runners_up),
    ("sensitivity.csv", export::write_sensitivity),
];

/// Writes every file into `out`, all or none; returns the summary as JSON.
pub(super) fn write(
    outcome: &Outcome,
    (out, lang): (&Path, Lang),
    console: &Console,
) -> anyhow::Result<String> {
    let provenance = provenance_of(outcome.loaded);
    let results = PlanResults {
        baseline: &outcome.loaded.baseline,
        plan: outcome.plan,
        provenance: &provenance,
    };
    let total = FILES.len() as u64 + 2;
    let outputs = Outputs::begin(out)?;
    for (done, (name, write)) in FILES.iter().enumerate() {
        console.report(Stage::Writing, done as u64, total);
        let mut file = outputs.create(name)?;
        write(&mut file, &results).map_err(|error| file.error(error))?;
        file.finish()?;
    }
    let plan = plan_file(outcome, serde_json::to_value(&provenance)?);
    let mut file = outputs.create("solution.json")?;
    serde_json::to_writer(&mut file, &plan)?;
    file.finish()?;
    console.report(Stage::Writing, total, total);
    outputs.write("plan.html", report(outcome, lang)?.as_bytes())?;
    outputs.commit()?;
    let short = serde_json::json!({
        "study_hash": plan.study_hash,
        "ask": plan.ask,
        "summary": plan.summary,
        "status": plan.solution.status,
        "sites": plan.sites,
    });
    Ok(format!("{}\n", serde_json::to_string_pretty(&short)?))
}

fn report(outcome: &Outcome, lang: Lang) -> anyhow::Result<String> {
    let source = report_source(outcome.loaded);
    let water = &outcome.loaded.basemap.water_areas;
    let water: Vec<_> = water.iter().map(|water| water.area.clone()).collect();
    let input = PlanReportInput {
        baseline: &outcome.loaded.baseline,
        plan: outcome.plan,
        solution: outcome.solution,
        candidates: &outcome.ask.candidates.join(", "),
        source: &source,
        language: report_language(lang),
        date: None,
        water: &water,
    };
    Ok(render_plan_html(&input)?)
}

fn plan_file(outcome: &Outcome, provenance: serde_json::Value) -> PlanFile {
    let Outcome { loaded, plan, solution, schedule, ask } = outcome;
    let mut instance = InstanceRecord::of(plan.instance, "micro-persons");
    instance.points = plan.need.rows.iter().map(|id| id.0).collect();
    instance.sites = plan.candidates.iter().map(|candidate| candidate.key.clone()).collect();
    PlanFile {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        study_hash: loaded.fingerprint.study_hash.clone(),
        ask: (*ask).clone(),
        summary: summary(plan, solution),
        sites: plan.steps.iter().map(|step| chosen(plan, step)).collect(),
        claims: plan
            .gained
            .iter()
            .map(|gained| (gained.point.0, gained.site.0, gained.time.as_ms()))
            .collect(),
        instance,
        solution: (*solution).clone(),
        phases: schedule.cloned(),
        provenance,
    }
}

/// The figures of a plan.
pub(super) fn summary(plan: &Explained, solution: &PlacementSolution) -> PlanSummary {
    let need = plan.need;
    let after = need.covered + plan.gain();
    PlanSummary {
        status: status(&solution.status).to_owned(),
        persons: need.total.count(),
        covered_before: need.covered.count(),
        covered_after: after.count(),
        share_before: need.covered.share_of(need.total).map(|share| share.0),
        share_after: after.share_of(need.total).map(|share| share.0),
        sites: plan.steps.len(),
        cost: plan.cost() as f64 / COST_UNIT as f64,
        optimality_gap: solution.optimality_gap(),
    }
}

/// The name of a status in files.
pub(in crate::cli) const fn status(status: &SolutionStatus) -> &'static str {
    match status {
        SolutionStatus::Optimal => "optimal",
        SolutionStatus::Feasible => "feasible",
        SolutionStatus::Infeasible { .. } => "infeasible",
        SolutionStatus::Cancelled => "cancelled",
        SolutionStatus::Unsolved => "unsolved",
    }
}

fn chosen(plan: &Explained, step: &Step) -> ChosenSite {
    let candidate = &plan.candidates[step.site.index()];
    let stand = |s: &crate::street::Snapped| (s.position.edge.0, s.position.offset_mm, s.access_mm);
    ChosenSite {
        site: step.site.0,
        id: candidate.key.clone(),
        name: candidate.name.clone(),
        lon: candidate.place.lon(),
        lat: candidate.place.lat(),
        standing: candidate.standing.id().to_owned(),
        cost: step.cost as f64 / COST_UNIT as f64,
        gain_persons: Persons::from_micro(step.gain).count(),
        stands: candidate.stands.iter().map(stand).collect(),
    }
}
