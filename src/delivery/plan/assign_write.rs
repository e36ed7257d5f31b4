//! The files of a p-median or p-center plan.

use std::path::Path;

use crate::export::{self, AssignedResults};
use crate::ids::SiteId;
use crate::import::assign_file::{
    ASSIGN_FORMAT, ASSIGN_FORMAT_VERSION, AssignFile, AssignRecord, AssignSummary, WalkFigures,
};
use crate::import::plan_file::{ChosenSite, PlanAsk, seal, stand_of};
use crate::placement::candidate::{COST_UNIT, Candidate, SiteStanding};
use crate::placement::distances::DISTANCE_PARTS;
use crate::placement::nearest_site::{Everybody, served};
use crate::placement::{AssignInstance, AssignSolution, SiteStatus};
use crate::store::Outputs;
use crate::units::Persons;

use super::assign::{MINUTE, PERSON};
use super::assign_report;
use super::host::{Host, PlanGround};

/// What came out of a plan.
pub(crate) struct Outcome<'a> {
    pub(crate) ground: &'a PlanGround<'a>,
    pub(crate) people: &'a Everybody<'a>,
    pub(crate) candidates: &'a [Candidate],
    pub(crate) instance: &'a AssignInstance,
    pub(crate) solution: &'a AssignSolution,
    /// Where candidates came from.
    pub(crate) from: &'a [String],
    pub(crate) ask: PlanAsk,
}

/// What `solution.json` holds.
pub(crate) fn file_of(outcome: &Outcome, keys: Vec<String>) -> anyhow::Result<AssignFile> {
    Ok(study_file(outcome, keys, serde_json::to_value(outcome.ground.provenance())?)?)
}

/// Writes every file into `out`, all or none.
pub(crate) fn write(
    outcome: &Outcome,
    plan: &AssignFile,
    (out, host): (&Path, &dyn Host),
) -> anyhow::Result<()> {
    let provenance = outcome.ground.provenance();
    let chosen = &outcome.solution.chosen;
    let walks = served(outcome.instance, chosen);
    let results = AssignedResults {
        baseline: outcome.ground.baseline,
        people: outcome.people,
        candidates: outcome.candidates,
        chosen,
        served: if outcome.solution.has_plan() { &walks } else { &[] },
        provenance: &provenance,
    };
    let outputs = Outputs::begin(out)?;
    let writers: [(&str, export::AssignedWriter); 4] = [
        ("sites.geojson", export::write_assigned_sites),
        ("sites.csv", export::write_assigned_sites_csv),
        ("assigned.csv", export::write_assigned),
        ("zones.csv", export::write_assigned_zones),
    ];
    for (name, write) in writers {
        let mut file = outputs.create(name)?;
        write(&mut file, &results).map_err(|error| file.error(error))?;
        file.finish()?;
    }
    solution_file(&outputs, plan)?;
    let page = assign_report::report(outcome, results.served)?;
    outcome.ground.write_report(&outputs, (&page, host))?;
    outputs.commit()?;
    if !plan.left_out.is_empty() {
        host.say(&format!(
            "{} homes ({:.1} people) do not count: no street leads from them to the others",
            plan.left_out.len(),
            outcome.people.persons_left_out().count()
        ));
    }
    Ok(())
}

/// Writes `solution.json`.
pub(crate) fn solution_file(outputs: &Outputs, plan: &AssignFile) -> anyhow::Result<()> {
    let mut file = outputs.create("solution.json")?;
    serde_json::to_writer(&mut file, plan)?;
    file.finish()?;
    Ok(())
}

/// What `--json` prints.
pub(crate) fn short(plan: &AssignFile) -> serde_json::Value {
    serde_json::json!({
        "study_hash": plan.study_hash, "ask": plan.ask, "summary": plan.summary,
        "status": plan.solution.status, "value": plan.solution.value,
        "bound": plan.solution.bound, "sites": plan.sites,
    })
}

/// The figures of a plan, recomputed by `walkshed verify`.
pub(crate) fn summary(
    instance: &AssignInstance,
    solution: &AssignSolution,
    weight_unit: &str,
) -> AssignSummary {
    let is_study = weight_unit == STUDY_UNIT;
    let units = units(weight_unit);
    AssignSummary {
        status: solution.status.id().to_owned(),
        unit: if is_study { "min" } else { "distance" }.to_owned(),
        persons: instance.total_weight() as f64 / units.0,
        before: WalkFigures::of(instance, &[], units),
        after: WalkFigures::of(instance, &solution.chosen, units),
        sites: solution.chosen.len(),
        optimality_gap: solution.optimality_gap(),
    }
}

/// How many parts of a weight and of a walk a unit of weights stands for.
pub(crate) fn units(weight_unit: &str) -> (f64, f64) {
    match weight_unit {
        STUDY_UNIT => (PERSON, MINUTE),
        "demand, milli-distance" => (1.0, DISTANCE_PARTS),
        "milli-demand, milli-distance" => (DISTANCE_PARTS, DISTANCE_PARTS),
        _ => (1.0, 1.0),
    }
}

/// What the weights of a study are counted in.
const STUDY_UNIT: &str = "milli-persons";

/// The file of a published instance.
pub(crate) fn published(
    (instance, unit): (&AssignInstance, &str),
    solution: &AssignSolution,
    (keys, ask, hash): (Vec<String>, PlanAsk, String),
) -> serde_json::Result<AssignFile> {
    file((instance, solution), AssignRecord::of(instance, unit, keys), (ask, hash))
}

fn file(
    (instance, solution): (&AssignInstance, &AssignSolution),
    record: AssignRecord,
    (ask, study_hash): (PlanAsk, String),
) -> serde_json::Result<AssignFile> {
    let walks = if solution.has_plan() { served(instance, &solution.chosen) } else { Vec::new() };
    let people = units(&record.weight_unit).0;
    let mut goes = vec![0_i64; instance.site_count()];
    for walk in &walks {
        if let Some(site) = walk.site {
            goes[site.0 as usize] += instance.weight(walk.row as usize);
        }
    }
    let sites = solution.chosen.iter().map(|site| ChosenSite {
        site: site.0,
        id: record.sites[site.0 as usize].clone(),
        name: String::new(),
        lon: 0.0,
        lat: 0.0,
        standing: standing_of(instance, *site).to_owned(),
        cost: 0.0,
        gain_persons: goes[site.0 as usize] as f64 / people,
        stands: Vec::new(),
    });
    Ok(AssignFile {
        format: ASSIGN_FORMAT.to_owned(),
        format_version: ASSIGN_FORMAT_VERSION,
        study_hash,
        seal: seal(&ask, &[], &record.fingerprint)?,
        ask,
        summary: summary(instance, solution, &record.weight_unit),
        sites: sites.collect(),
        claims: walks
            .iter()
            .map(|walk| (walk.row, walk.site.map(|site| site.0), walk.time.as_ms()))
            .collect(),
        left_out: Vec::new(),
        choices: Vec::new(),
        instance: record,
        solution: solution.clone(),
        provenance: serde_json::Value::Null,
    })
}

/// The state of a chosen site in files.
fn standing_of(instance: &AssignInstance, site: SiteId) -> &'static str {
    let is_required = instance.status(site) == SiteStatus::Required;
    if is_required { SiteStanding::Required } else { SiteStanding::Candidate }.id()
}

fn study_file(
    outcome: &Outcome,
    keys: Vec<String>,
    provenance: serde_json::Value,
) -> serde_json::Result<AssignFile> {
    let mut record = AssignRecord::of(outcome.instance, STUDY_UNIT, keys);
    record.points = outcome.people.need.rows.iter().map(|id| id.0).collect();
    let hash = outcome.ground.study_hash().to_owned();
    let mut plan = file((outcome.instance, outcome.solution), record, (outcome.ask.clone(), hash))?;
    for site in &mut plan.sites {
        let candidate = &outcome.candidates[site.site as usize];
        site.name.clone_from(&candidate.name);
        (site.lon, site.lat) = (candidate.place.lon(), candidate.place.lat());
        candidate.standing.id().clone_into(&mut site.standing);
        site.cost = candidate.cost as f64 / COST_UNIT as f64;
        site.stands = candidate.stands.iter().map(stand_of).collect();
    }
    plan.left_out = outcome.people.left_out.iter().map(|id| id.0).collect();
    plan.choices = super::write::choices(outcome.ground, outcome.candidates);
    plan.provenance = provenance;
    plan.seal = seal(&plan.ask, &plan.choices, &plan.instance.fingerprint)?;
    Ok(plan)
}

/// People of the rows, for messages.
pub(crate) fn persons_of(outcome: &Outcome, rows: &[u32]) -> Persons {
    rows.iter().map(|&row| outcome.people.need.persons[row as usize]).sum()
}
