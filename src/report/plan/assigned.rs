//! The report of a p-median or p-center plan: where everybody walks, how far, and how good it is.

use std::sync::Arc;

use minijinja::value::Serde;
use serde::Serialize;

use crate::demand::DemandUnit;
use crate::ids::{Id, SiteId};
use crate::placement::SolutionStatus;
use crate::placement::candidate::Candidate;
use crate::placement::nearest_site::{Everybody, Served};
use crate::report::figure::map::MapSheet;
use crate::report::figure::plan_map::PlanMap;
use crate::report::html::{ReportError, environment};
use crate::report::language::{Catalog, Language};
use crate::report::number;
use crate::report::sheet::{Both, Sheet};
use crate::report::source::ReportSource;
use crate::report::view::limits_of_times;
use crate::scenario::Baseline;
use crate::spatial::Area;
use crate::units::Meters;

use super::headline::walks;
use super::tables::{input_row, sheet_view};
use super::{Input, Labeled, SheetView, Verdict};

/// What the report of such a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct AssignedReportInput<'a> {
    /// The study.
    pub baseline: &'a Baseline,
    /// Who walks.
    pub people: &'a Everybody<'a>,
    /// The candidates.
    pub candidates: &'a [Candidate],
    /// The new sites.
    pub chosen: &'a [SiteId],
    /// Where every row goes with the plan.
    pub served: &'a [Served],
    /// What was asked, above the title.
    pub asked: &'a Both,
    /// The sentence that tells the plan.
    pub lead: &'a Both,
    /// What is proven when the plan is.
    pub proven: &'a Both,
    /// What no plan can undercut, and the gap to it as a part (0–1).
    pub bound: (&'a Both, f64),
    /// How far the solver came.
    pub status: &'a SolutionStatus,
    /// The figures: value and what it is.
    pub numbers: &'a [(String, Both)],
    /// The tables.
    pub sheets: &'a [Sheet],
    /// What is to be known beside the verdict; may be empty.
    pub notes: &'a [Both],
    /// Where candidates came from, as it should be printed.
    pub from: &'a str,
    /// Where the numbers come from.
    pub source: &'a ReportSource,
    /// The language.
    pub language: Language,
    /// Water to draw on the map; may be empty.
    pub water: &'a [Area],
}

#[derive(Debug, Serialize)]
struct View {
    language: &'static str,
    study_name: String,
    study_hash: String,
    version: String,
    date: Option<String>,
    kicker: String,
    title: String,
    verdict: Verdict,
    numbers: Vec<Labeled>,
    promise: String,
    notes: Vec<String>,
    map: Option<String>,
    map_defs: String,
    sheets: Vec<SheetView>,
    candidates: String,
    candidate_count: String,
    reach: String,
    limits: Vec<String>,
    inputs: Vec<Input>,
    attribution: Vec<String>,
}

/// The report of a p-median or p-center plan as one HTML page that refers to nothing outside itself.
///
/// The same input gives the same bytes.
///
/// # Errors
/// When the shipped texts or templates do not fit together; no study can cause it.
pub fn render_assigned_html(input: &AssignedReportInput) -> Result<String, ReportError> {
    let texts = Arc::new(Catalog::load(input.language)?);
    let view = view(input, &texts);
    Ok(environment(texts)?.get_template("assigned.html")?.render(Serde(&view))?)
}

fn view(input: &AssignedReportInput, texts: &Catalog) -> View {
    let (language, source) = (input.language, input.source);
    let rule = input.people.need.rule;
    let named = language.pick(&rule.en, &rule.zh);
    let title = if named.trim().is_empty() { rule.id.clone() } else { named.to_owned() };
    let sheet = MapSheet::new(input.baseline, input.water);
    let need = &input.people.need;
    let reach = [
        ("cutoff", number::cutoff(texts, need.yardstick, need.cutoff)),
        ("left_out", number::whole(input.people.left_out.len() as u64)),
    ];
    let reach: Vec<(&str, &str)> = reach.iter().map(|(key, fact)| (*key, fact.as_str())).collect();
    View {
        language: language.tag(),
        study_name: source.study_name.clone(),
        study_hash: source.study_hash.clone(),
        version: source.version.clone(),
        date: None,
        kicker: input.asked.pick(language).to_owned(),
        verdict: verdict(input, texts, &title),
        numbers: (input.numbers.iter())
            .map(|(value, label)| Labeled {
                value: value.clone(),
                label: label.pick(language).to_owned(),
            })
            .collect(),
        promise: walks(need, texts),
        notes: input.notes.iter().map(|note| note.pick(language).to_owned()).collect(),
        map: sheet.as_ref().map(|sheet| map(input, texts, (sheet, &title))),
        map_defs: sheet.map(|sheet| sheet.defs).unwrap_or_default(),
        title,
        sheets: input.sheets.iter().map(|sheet| sheet_view(texts, sheet)).collect(),
        candidates: input.from.to_owned(),
        candidate_count: number::whole(input.candidates.len() as u64),
        reach: texts.fill("assigned_method_reach", &reach),
        limits: limits(input, texts),
        inputs: source.inputs.iter().map(|input| input_row(texts, input)).collect(),
        attribution: source.attribution.clone(),
    }
}

fn verdict(input: &AssignedReportInput, texts: &Catalog, title: &str) -> Verdict {
    let language = input.language;
    let (sign, word, text) = match input.status {
        SolutionStatus::Optimal => ("pass", "plan_optimal", proof(input, texts)),
        SolutionStatus::Feasible | SolutionStatus::Cancelled => {
            let gap = format!("{:.2}%", input.bound.1 * 100.0);
            let facts = [("bound", input.bound.0.pick(language)), ("gap", gap.as_str())];
            ("none", "plan_feasible", texts.fill("plan_feasible_text", &facts))
        }
        SolutionStatus::Infeasible { .. } => {
            ("fail", "plan_infeasible", texts.say("plan_infeasible_text"))
        }
        SolutionStatus::Unsolved => ("none", "plan_unsolved", texts.say("plan_unsolved_text")),
    };
    let sentence = format!("{} {text}", input.lead.pick(language));
    Verdict { sign, title: title.to_owned(), word: texts.say(word), sentence }
}

/// What is proven: the mean or the longest walk, and nothing else.
fn proof(input: &AssignedReportInput, texts: &Catalog) -> String {
    texts.fill("plan_optimal_text", &[("what", input.proven.pick(texts.language))])
}

/// Homes that go to a new site, and homes that go where they go today.
fn map(input: &AssignedReportInput, texts: &Catalog, (sheet, title): (&MapSheet, &str)) -> String {
    let need = &input.people.need;
    let place = |walk: &Served| input.baseline.demand.points[need.rows[walk.row as usize]].place;
    let facilities = &input.baseline.facilities.facilities;
    let scale_text = |meters: f64| {
        if meters >= 1000.0 {
            number::kilometers(texts, Meters(meters))
        } else {
            number::meters(texts, Meters(meters))
        }
    };
    let (nearer, same): (Vec<&Served>, Vec<&Served>) =
        input.served.iter().partition(|walk| walk.site.is_some());
    sheet.draw_plan(&PlanMap {
        label: title,
        colors: Vec::new(),
        gained: nearer.into_iter().map(place).collect(),
        left_out: same.into_iter().map(place).collect(),
        facilities: need.serving.iter().map(|&id| facilities[id].place).collect(),
        sites: input.chosen.iter().map(|site| input.candidates[site.index()].place).collect(),
        scale_text: &scale_text,
    })
}

fn limits(input: &AssignedReportInput, texts: &Catalog) -> Vec<String> {
    let mut keys = vec!["plan_limit_candidates", "plan_limit_capacity"];
    match input.baseline.demand.unit {
        DemandUnit::Persons => {}
        DemandUnit::PersonsEstimated => keys.push("limit_estimated"),
        DemandUnit::StreetMeters => keys.push("limit_street_meters"),
    }
    keys.push("limit_map_data");
    keys.extend(limits_of_times(input.baseline));
    keys.into_iter().map(|key| texts.say(key)).collect()
}
