//! The report of a plan: where to build, who gains, how good it is, what else could have been.

mod assigned;
mod headline;
mod tables;
mod verdict;

pub use assigned::{AssignedReportInput, render_assigned_html};
pub use headline::{change_line, counted_label, newly_label, promise_line, proven, walks_line};

use std::sync::Arc;

use minijinja::value::Serde;
use serde::Serialize;

use crate::demand::DemandUnit;
use crate::ids::{DemandPointId, Id, SiteId, ZoneId};
use crate::placement::Proof;
use crate::placement::candidate::Candidate;
use crate::placement::explain::{Explained, Unreached};
use crate::placement::schedule::Schedule;
use crate::scenario::Baseline;
use crate::spatial::Area;
use crate::units::{Meters, Persons};

use super::figure::map::{MapSheet, color_of};
use super::figure::plan_map::PlanMap;
use super::html::{ReportError, environment};
use super::language::{Catalog, Language};
use super::number;
use super::sheet::{Both, Sheet};
use super::source::ReportSource;

/// Sites that the table lists.
const SITES_LISTED: usize = 100;
/// Zones that the table lists.
const ZONES_LISTED: usize = 15;
/// Runners-up that the table lists.
const RUNNERS_LISTED: usize = 10;
/// Bars of the marginal-gain chart.
const BARS: usize = 24;

/// What the report of a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct PlanReportInput<'a> {
    /// The study.
    pub baseline: &'a Baseline,
    /// The plan, explained.
    pub plan: &'a Explained<'a>,
    /// How good it is.
    pub proof: &'a Proof,
    /// Further tables, each a section.
    pub sheets: &'a [Sheet],
    /// What is to be known beside the verdict; may be empty.
    pub notes: &'a [Both],
    /// The years in which the sites open.
    pub years: Option<&'a Schedule>,
    /// Places that 1000 people need, where places were counted.
    pub places_per_1000: Option<f64>,
    /// Where candidates came from, as it should be printed.
    pub candidates: &'a str,
    /// Where the numbers come from.
    pub source: &'a ReportSource,
    /// The language.
    pub language: Language,
    /// The day to print; none when `None`, as nothing here looks at a clock.
    pub date: Option<&'a str>,
    /// Water to draw on the map; may be empty.
    pub water: &'a [Area],
}

/// The report of a plan as one HTML page that refers to nothing outside itself.
///
/// The same input gives the same bytes.
///
/// # Errors
/// When the shipped texts or templates do not fit together; no study can cause it.
pub fn render_plan_html(input: &PlanReportInput) -> Result<String, ReportError> {
    let texts = Arc::new(Catalog::load(input.language)?);
    let view = Desk { input, texts: &texts }.view();
    Ok(environment(texts)?.get_template("plan.html")?.render(Serde(&view))?)
}

#[derive(Debug, Serialize)]
struct View {
    language: &'static str,
    study_name: String,
    study_hash: String,
    version: String,
    date: Option<String>,
    title: String,
    unit: String,
    verdict: Verdict,
    numbers: Vec<Labeled>,
    asked: String,
    notes: Vec<String>,
    map: Option<String>,
    map_defs: String,
    legend: Vec<Legend>,
    sites: Vec<SiteRow>,
    sites_more: Option<String>,
    col_each: String,
    has_phases: bool,
    phases: Vec<YearRow>,
    phases_text: String,
    sheets: Vec<SheetView>,
    curve: Option<String>,
    zones: Vec<GainRow>,
    zones_more: Option<String>,
    groups: Vec<GainRow>,
    speeds: Vec<GainRow>,
    runners_up: Vec<RunnerRow>,
    candidates: String,
    candidate_count: String,
    limits: Vec<String>,
    inputs: Vec<Input>,
    attribution: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Verdict {
    sign: &'static str,
    title: String,
    word: String,
    sentence: String,
}

#[derive(Debug, Serialize)]
struct Labeled {
    value: String,
    label: String,
}

#[derive(Debug, Serialize)]
struct Legend {
    class: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct SiteRow {
    order: usize,
    name: String,
    street: String,
    zone: String,
    place: String,
    phase: String,
    standing: String,
    cost: String,
    gain: String,
    cumulative: String,
    share: String,
    each: String,
}

#[derive(Debug, Serialize)]
struct YearRow {
    year: String,
    sites: String,
    cost: String,
    gain: String,
    cumulative: String,
    share: String,
    most: String,
    gap: String,
}

#[derive(Debug, Serialize)]
struct SheetView {
    name: &'static str,
    title: String,
    text: String,
    columns: Vec<SheetColumn>,
    rows: Vec<Vec<String>>,
    more: Option<String>,
}

#[derive(Debug, Serialize)]
struct SheetColumn {
    name: &'static str,
    is_number: bool,
}

#[derive(Debug, Serialize)]
struct GainRow {
    name: String,
    persons: String,
    before: String,
    after: String,
    gain: String,
}

#[derive(Debug, Serialize)]
struct RunnerRow {
    name: String,
    place: String,
    instead: String,
    lost: String,
    extra: String,
    on_top: String,
}

#[derive(Debug, Serialize)]
struct Input {
    role: String,
    path: String,
    sha256: String,
    licence: String,
    attribution: String,
}

/// Where a report is written: what it is made from, and the words.
struct Desk<'a> {
    input: &'a PlanReportInput<'a>,
    texts: &'a Catalog,
}

impl Desk<'_> {
    fn view(&self) -> View {
        let PlanReportInput { plan, source, .. } = *self.input;
        let sheet = MapSheet::new(self.input.baseline, self.input.water);
        View {
            language: self.texts.language.tag(),
            study_name: source.study_name.clone(),
            study_hash: source.study_hash.clone(),
            version: source.version.clone(),
            date: self.input.date.map(str::to_owned),
            title: self.title(),
            unit: self.unit(),
            verdict: self.verdict(),
            numbers: self.numbers(),
            asked: self.asked(),
            notes: self.notes(),
            map: sheet.as_ref().map(|sheet| self.map(sheet)),
            map_defs: sheet.map(|sheet| sheet.defs).unwrap_or_default(),
            legend: self.legend(),
            sites: self.sites(),
            sites_more: self.more(plan.steps.len(), SITES_LISTED),
            col_each: self.texts.say(self.by_unit("plan_col_each", "plan_col_each_street")),
            has_phases: plan
                .steps
                .iter()
                .any(|step| plan.candidates[step.site.index()].phase.is_some()),
            phases: self.phases(),
            phases_text: self.years_text(),
            sheets: self.sheets(),
            curve: self.curve(),
            zones: self.zones(),
            zones_more: (plan.zones.len() > ZONES_LISTED)
                .then(|| self.texts.say("plan_zones_more")),
            groups: self.groups(),
            speeds: self.speeds(),
            runners_up: self.runners_up(),
            candidates: self.input.candidates.to_owned(),
            candidate_count: number::whole(plan.candidates.len() as u64),
            limits: self.limits(),
            inputs: source
                .inputs
                .iter()
                .map(|input| tables::input_row(self.texts, input))
                .collect(),
            attribution: source.attribution.clone(),
        }
    }

    fn title(&self) -> String {
        let rule = self.input.plan.need.rule;
        let title = self.texts.language.pick(&rule.en, &rule.zh);
        if title.trim().is_empty() { rule.id.clone() } else { title.to_owned() }
    }

    fn unit(&self) -> String {
        self.texts.say(match self.input.baseline.demand.unit {
            DemandUnit::Persons => "unit_persons",
            DemandUnit::PersonsEstimated => "unit_persons_estimated",
            DemandUnit::StreetMeters => "unit_street_meters",
        })
    }

    /// The key for people, or that for the metres of street that stand in for them.
    fn by_unit(&self, people: &'static str, street: &'static str) -> &'static str {
        match self.input.baseline.demand.unit {
            DemandUnit::Persons | DemandUnit::PersonsEstimated => people,
            DemandUnit::StreetMeters => street,
        }
    }

    fn count(&self, persons: Persons) -> String {
        let key = match self.input.baseline.demand.unit {
            DemandUnit::Persons | DemandUnit::PersonsEstimated => "count_persons",
            DemandUnit::StreetMeters => "count_street_meters",
        };
        self.texts.fill(key, &[("n", &number::persons(persons))])
    }

    fn share(&self, part: Persons) -> String {
        number::share(part, self.input.plan.need.total, None)
    }

    fn asked(&self) -> String {
        headline::asked(self.input.plan.need, self.input.places_per_1000, self.texts)
    }

    fn notes(&self) -> Vec<String> {
        let language = self.texts.language;
        let own = self.input.notes.iter().map(|note| note.pick(language).to_owned());
        let unreached = self.input.plan.unreached.iter().map(|unreached| self.unreached(unreached));
        own.chain(unreached).collect()
    }

    fn unreached(&self, unreached: &Unreached) -> String {
        let need = self.input.plan.need;
        let (homes, people) =
            (number::whole(unreached.rows.len() as u64), self.count(unreached.persons));
        let mut facts = vec![("homes", homes), ("people", people)];
        let mut keys = vec!["plan_unreached"];
        if let Some(time) = unreached.least_cutoff {
            facts.push(("cutoff", number::reached(self.texts, need.yardstick, time)));
            keys.push("plan_unreached_cutoff");
        }
        if unreached.extra_sites > 0 {
            facts.push(("extra", number::whole(unreached.extra_sites as u64)));
            keys.push("plan_unreached_extra");
        }
        if unreached.cut_off > Persons::ZERO {
            facts.push(("cut_off", self.count(unreached.cut_off)));
            keys.push("plan_unreached_cut_off");
        }
        let facts: Vec<(&str, &str)> =
            facts.iter().map(|(key, fact)| (*key, fact.as_str())).collect();
        let said: Vec<String> = keys.iter().map(|key| self.texts.fill(key, &facts)).collect();
        said.join(if self.input.language == Language::Zh { "" } else { " " })
    }

    fn map(&self, sheet: &MapSheet) -> String {
        let PlanReportInput { plan, baseline, .. } = *self.input;
        let need = plan.need;
        let place = |point: DemandPointId| baseline.demand.points[point].place;
        let gained: std::collections::BTreeSet<DemandPointId> =
            plan.gained.iter().map(|gained| gained.point).collect();
        let of_group: std::collections::BTreeMap<ZoneId, &'static str> = plan
            .zones
            .iter()
            .filter(|gain| gain.group == need.group)
            .filter_map(|gain| Some((gain.zone?, color_of(&gain.after))))
            .collect();
        let color = |zone: &ZoneId| of_group.get(zone).copied().unwrap_or("cn");
        let facilities = &baseline.facilities.facilities;
        let scale_text = |meters: f64| {
            if meters >= 1000.0 {
                number::kilometers(self.texts, Meters(meters))
            } else {
                number::meters(self.texts, Meters(meters))
            }
        };
        sheet.draw_plan(&PlanMap {
            label: &self.title(),
            colors: sheet.shown.iter().map(color).collect(),
            gained: plan.gained.iter().map(|gained| place(gained.point)).collect(),
            left_out: need
                .rows
                .iter()
                .filter(|point| !gained.contains(point))
                .map(|&point| place(point))
                .collect(),
            facilities: need.serving.iter().map(|&id| facilities[id].place).collect(),
            sites: plan.steps.iter().map(|step| self.candidate(step.site).place).collect(),
            scale_text: &scale_text,
        })
    }

    fn legend(&self) -> Vec<Legend> {
        [
            ("c0", "legend_below_50"),
            ("c1", "legend_50"),
            ("c2", "legend_75"),
            ("c3", "legend_90"),
            ("c4", "legend_100"),
            ("cn", "legend_nobody"),
            ("cx", "legend_no_street"),
        ]
        .map(|(class, key)| Legend { class, text: self.texts.say(key) })
        .into()
    }

    fn candidate(&self, site: SiteId) -> &Candidate {
        &self.input.plan.candidates[site.index()]
    }

    /// What a site is called, and what tells it apart: its name or street, then street or id.
    fn names(&self, site: SiteId) -> (String, String) {
        let candidate = self.candidate(site);
        let graph = &self.input.baseline.graph;
        let street = candidate
            .nearest_stand()
            .map_or("", |stand| graph.name(stand.position.edge))
            .to_owned();
        let name = if candidate.name.trim().is_empty() { &candidate.key } else { &candidate.name };
        (name.clone(), street)
    }
}
