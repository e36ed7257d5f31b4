//! The files of a plan.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use crate::export::{self, ExportResult, PlanResults};
use crate::ids::Id;
use crate::import::plan_file::{
    Choice, ChosenSite, FORMAT, FORMAT_VERSION, InstanceRecord, PlanAsk, PlanFile, PlanSummary,
    seal, stand_of,
};
use crate::placement::candidate::{COST_UNIT, Candidate};
use crate::placement::explain::{Explained, Step};
use crate::placement::schedule::Schedule;
use crate::placement::{PlacementSolution, Proof, SiteRules};
use crate::progress::Stage;
use crate::report::sheet::{Both, Sheet};
use crate::report::{PlanReportInput, render_plan_html};
use crate::store::Outputs;
use crate::units::Persons;

use super::host::{Host, PlanGround};
use super::rules::ZoneTerm;

/// What came out of a plan.
pub(crate) struct Outcome<'a> {
    pub(crate) ground: &'a PlanGround<'a>,
    pub(crate) plan: &'a Explained<'a>,
    pub(crate) proof: &'a Proof,
    pub(crate) rules: &'a SiteRules,
    /// The years, and the weight that they are to reach.
    pub(crate) schedule: Option<(&'a Schedule, i64)>,
    pub(crate) sheets: &'a [Sheet],
    /// What is to be known beside the verdict.
    pub(crate) notes: &'a [Both],
    /// Places that 1000 people need, where places were counted.
    pub(crate) places_per_1000: Option<f64>,
    /// What was asked of zones: the last groups of the rules.
    pub(crate) zones: &'a [ZoneTerm],
    pub(crate) ask: &'a PlanAsk,
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

/// Writes every file into `out`, all or none: `solution` as it is, and what explains it; `further` are files by name.
pub(crate) fn write(
    outcome: &Outcome,
    solution: &impl Serialize,
    out: &Path,
    (further, host): (&[(&str, String)], &dyn Host),
) -> anyhow::Result<()> {
    let provenance = outcome.ground.provenance();
    let results = PlanResults {
        baseline: outcome.ground.baseline,
        plan: outcome.plan,
        provenance: &provenance,
    };
    let total = FILES.len() as u64 + 2;
    let outputs = Outputs::begin(out)?;
    for (done, (name, write)) in FILES.iter().enumerate() {
        host.report(Stage::Writing, done as u64, total);
        let mut file = outputs.create(name)?;
        write(&mut file, &results).map_err(|error| file.error(error))?;
        file.finish()?;
    }
    for sheet in outcome.sheets {
        outputs.write(&format!("{}.csv", sheet.name), sheet.csv().as_bytes())?;
    }
    for (name, text) in further {
        outputs.write(name, text.as_bytes())?;
    }
    let mut file = outputs.create("solution.json")?;
    serde_json::to_writer(&mut file, solution)?;
    file.finish()?;
    host.report(Stage::Writing, total, total);
    outcome.ground.write_report(&outputs, (&report(outcome)?, host))?;
    outputs.commit()?;
    Ok(())
}

/// The summary of a covering plan.
pub(crate) fn short(plan: &PlanFile) -> serde_json::Value {
    serde_json::json!({
        "study_hash": plan.study_hash,
        "ask": plan.ask,
        "summary": plan.summary,
        "status": plan.solution.status,
        "sites": plan.sites,
    })
}

fn report(outcome: &Outcome) -> anyhow::Result<String> {
    let input = PlanReportInput {
        baseline: outcome.ground.baseline,
        plan: outcome.plan,
        proof: outcome.proof,
        sheets: outcome.sheets,
        notes: outcome.notes,
        years: outcome.schedule.map(|(schedule, _)| schedule),
        places_per_1000: outcome.places_per_1000,
        candidates: &outcome.ask.candidates.join(", "),
        source: &outcome.ground.papers.source,
        language: outcome.ground.language,
        date: None,
        water: outcome.ground.water,
    };
    Ok(render_plan_html(&input)?)
}

/// The file of a covering plan.
pub(crate) fn plan_file(
    outcome: &Outcome,
    solution: &PlacementSolution,
    schedule: Option<Schedule>,
) -> anyhow::Result<PlanFile> {
    let Outcome { ground, plan, ask, .. } = outcome;
    let mut instance = InstanceRecord::of(plan.instance, "micro-persons");
    instance.points = plan.need.rows.iter().map(|id| id.0).collect();
    instance.sites = plan.candidates.iter().map(|candidate| candidate.key.clone()).collect();
    let choices = choices(ground, plan.candidates);
    Ok(PlanFile {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        study_hash: ground.study_hash().to_owned(),
        ask: (*ask).clone(),
        summary: summary(plan, outcome.proof),
        sites: plan.steps.iter().map(|step| chosen(plan.candidates, step)).collect(),
        claims: claims(plan),
        seal: seal(ask, &choices, &instance.fingerprint)?,
        choices,
        instance,
        solution: solution.clone(),
        phases: schedule,
        provenance: serde_json::to_value(ground.provenance())?,
    })
}

/// All places among which was chosen, as files hold them.
pub(crate) fn choices(ground: &PlanGround, candidates: &[Candidate]) -> Vec<Choice> {
    let taxonomy = &ground.baseline.taxonomy;
    candidates.iter().map(|candidate| Choice::of(candidate, taxonomy)).collect()
}

/// Who is newly covered, by which site, how far: as files claim it.
pub(crate) fn claims(plan: &Explained) -> Vec<(u32, u32, u32)> {
    let gained = plan.gained.iter();
    gained.map(|gained| (gained.point.0, gained.site.0, gained.time.as_ms())).collect()
}

/// The figures of a plan.
pub(crate) fn summary(plan: &Explained, proof: &Proof) -> PlanSummary {
    let people = plan.headline.people();
    let count = |micro: i64| Persons::from_micro(micro).count();
    PlanSummary {
        status: proof.status.id().to_owned(),
        persons: plan.need.total.count(),
        covered_before: count(people.before.covered),
        covered_after: count(people.after.covered),
        share_before: people.before.share(),
        share_after: people.after.share(),
        sites: plan.headline.sites,
        cost: plan.headline.cost as f64 / COST_UNIT as f64,
        optimality_gap: proof.gap,
    }
}

/// A chosen site as files hold it.
pub(crate) fn chosen(candidates: &[Candidate], step: &Step) -> ChosenSite {
    let candidate = &candidates[step.site.index()];
    ChosenSite {
        site: step.site.0,
        id: candidate.key.clone(),
        name: candidate.name.clone(),
        lon: candidate.place.lon(),
        lat: candidate.place.lat(),
        standing: candidate.standing.id().to_owned(),
        cost: step.cost as f64 / COST_UNIT as f64,
        gain_persons: Persons::from_micro(step.gain).count(),
        stands: candidate.stands.iter().map(stand_of).collect(),
    }
}
