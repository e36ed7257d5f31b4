//! Plans of every problem on a made-up street, made and checked in memory.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::ground::Mute;
use super::super::{Against, Case, Lent, Log, Studied, Wanted, check};
use crate::delivery::Papers;
use crate::delivery::plan::{
    Desk, Further, Goal, PlanGround, ProblemKind, PromiseWish, Search, SiteTerms, Wish, YearsWish,
    make,
};
use crate::export::StudyRecord;
use crate::import::assign_file::{ASSIGN_FORMAT, AssignFile, assign_fingerprint};
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::import::plan_file::{FORMAT, InstanceRecord, PlanFile, fingerprint, seal};
use crate::import::program_file::ProgramFile;
use crate::progress::Silent;
use crate::report::Language;
use crate::spatial::Area;

/// A study and what plans are made and checked with.
pub(super) struct Bench {
    pub(super) loaded: LoadedStudy,
    pub(super) papers: Papers,
    fixed: Vec<Area>,
}

pub(super) fn toy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/toy")
}

impl Bench {
    pub(super) fn new() -> Self {
        let loaded = load_study(&toy(), MapDetail::Full, &Silent).unwrap();
        let record = StudyRecord {
            study: "toy".to_owned(),
            study_hash: loaded.fingerprint.study_hash.clone(),
            language: "zh".to_owned(),
            ..StudyRecord::default()
        };
        let papers = Papers { record, ..Papers::default() };
        let houses = loaded.buildings.iter().map(|building| building.outline.clone());
        let fixed = houses.collect();
        Self { loaded, papers, fixed }
    }

    /// The plan that is wished for, as its file holds it.
    pub(super) fn plan(&self, wish: &Wish) -> Value {
        let out = tempfile::tempdir().unwrap();
        let ground = PlanGround {
            baseline: &self.loaded.baseline,
            papers: &self.papers,
            water: &[],
            buildings: &self.fixed,
            language: Language::En,
            fonts: None,
        };
        let desk = Desk { ground: &ground, wish, host: &Mute, out: out.path() };
        make(&desk).unwrap();
        serde_json::from_slice(&std::fs::read(out.path().join("solution.json")).unwrap()).unwrap()
    }

    /// Why the file is refused, with its study; `Ok` with what was not checked when it is not.
    pub(super) fn verdict(&self, file: &Value) -> Result<Log, String> {
        self.verdict_of(file.to_string().as_bytes())
    }

    pub(super) fn verdict_of(&self, bytes: &[u8]) -> Result<Log, String> {
        let study = |_: Wanted| {
            let baseline = Lent::Other(&self.loaded.baseline);
            Ok(Studied { baseline, papers: self.papers.clone(), fixed: self.fixed.clone() })
        };
        run(bytes, Against::Study(&study))
    }

    /// The same without the study.
    pub(super) fn alone(file: &Value) -> Result<Log, String> {
        run(file.to_string().as_bytes(), Against::Itself)
    }
}

fn run<'a>(bytes: &'a [u8], against: Against<'a>) -> Result<Log, String> {
    let case = Case {
        bytes,
        shown: "solution.json".to_owned(),
        against,
        other: "toy".to_owned(),
        sample: None,
    };
    let mut log = Log::default();
    match check(&case, &mut log) {
        Ok(Ok(())) => Ok(log),
        Ok(Err(reject)) => {
            assert_ne!(reject.both().zh, reject.0, "no Chinese for: {}", reject.0);
            Err(reject.0)
        }
        Err(fault) => Err(format!("{fault:#}")),
    }
}

fn wish(problem: ProblemKind, rule: &str) -> Wish {
    let candidates = "tests/fixtures/toy/cand.csv".to_owned();
    Wish {
        promise: PromiseWish { rule: Some(rule.to_owned()), ..PromiseWish::default() },
        goal: Goal { problem, sites: Some(2), ..Goal::default() },
        sites: SiteTerms {
            candidates: vec![candidates],
            candidates_crs: Some("wgs84".to_owned()),
            ..SiteTerms::default()
        },
        extended: Further::default(),
        search: Search { time_limit_s: 20.0, seed: 1 },
    }
}

/// All problems and the years, by name.
pub(super) fn wishes() -> Vec<(&'static str, Wish)> {
    let cc = |problem| wish(problem, "my/cc");
    let share = |mut wish: Wish| {
        (wish.goal.sites, wish.goal.target_share) = (None, Some(0.6));
        wish
    };
    let mut years = cc(ProblemKind::Mclp);
    years.goal.sites = None;
    years.goal.phases =
        YearsWish { yearly_sites: vec![1, 1], first_year: Some(2026), ..YearsWish::default() };
    let mut tiers = wish(ProblemKind::TwoTier, "my/station");
    tiers.extended.center_rule = Some("my/center".to_owned());
    tiers.extended.centers = Some(1);
    let mut gates = cc(ProblemKind::Gates);
    (gates.extended.gates, gates.goal.sites) = (Some(1), Some(1));
    let mut centers = cc(ProblemKind::Center);
    centers.extended.also = vec!["my/station=0.5".to_owned()];
    let mut spaced = cc(ProblemKind::Mclp);
    spaced.sites.min_spacing_m = Some(500.0);
    spaced.sites.zone_max = vec!["*=1".to_owned()];
    vec![
        ("mclp", spaced),
        ("lscp", share(cc(ProblemKind::Lscp))),
        ("cost-to-target", share(cc(ProblemKind::CostToTarget))),
        ("p-median", cc(ProblemKind::PMedian)),
        ("p-center", cc(ProblemKind::PCenter)),
        ("capacitated", wish(ProblemKind::Capacitated, "my/places")),
        ("two-tier", tiers),
        ("gates", gates),
        ("worst-zone", cc(ProblemKind::WorstZone)),
        ("pareto", cc(ProblemKind::Pareto)),
        ("center", centers),
        ("lscp-b", share(cc(ProblemKind::LscpB))),
        ("p-dispersion", cc(ProblemKind::PDispersion)),
        ("years", years),
    ]
}

/// The wish of a problem.
pub(super) fn wish_of(name: &str) -> Wish {
    wishes().into_iter().find(|(known, _)| *known == name).unwrap().1
}

/// What a forger does last: every fingerprint is made anew, as far as the file can be read.
pub(super) fn resealed(file: &Value) -> Value {
    match file["format"].as_str() {
        Some(FORMAT) => seal_cover(file),
        Some(ASSIGN_FORMAT) => seal_assign(file),
        _ => seal_program(file),
    }
    .unwrap_or_else(|| file.clone())
}

fn print(record: &mut InstanceRecord) {
    if let Some(Ok(instance)) = record.build() {
        record.fingerprint = fingerprint(&instance);
    }
}

fn seal_cover(file: &Value) -> Option<Value> {
    let mut plan: PlanFile = serde_json::from_value(file.clone()).ok()?;
    print(&mut plan.instance);
    if plan.format_version > 1 {
        plan.seal = seal(&plan.ask, &plan.choices, &plan.instance.fingerprint).ok()?;
    }
    Some(with(file, &serde_json::to_value(plan).ok()?))
}

fn seal_assign(file: &Value) -> Option<Value> {
    let mut plan: AssignFile = serde_json::from_value(file.clone()).ok()?;
    if let Ok(instance) = plan.instance.build() {
        plan.instance.fingerprint = assign_fingerprint(&instance);
    }
    if plan.format_version > 1 {
        plan.seal = seal(&plan.ask, &plan.choices, &plan.instance.fingerprint).ok()?;
    }
    Some(with(file, &serde_json::to_value(plan).ok()?))
}

fn seal_program(file: &Value) -> Option<Value> {
    let mut plan: ProgramFile = serde_json::from_value(file.clone()).ok()?;
    plan.work.covers_mut().into_iter().for_each(print);
    plan.fingerprint = plan.work.fingerprint().ok()?;
    if plan.format_version > 1 {
        plan.seal = seal(&plan.ask, &plan.choices, &plan.fingerprint).ok()?;
    }
    Some(with(file, &serde_json::to_value(plan).ok()?))
}

/// The forged file with the fingerprints of `sealed`; whatever else reading it lost stays as forged.
fn with(file: &Value, sealed: &Value) -> Value {
    let mut found = file.clone();
    for path in [
        "seal",
        "fingerprint",
        "instance/fingerprint",
        "work/instance/cover/fingerprint",
        "work/instance/stations/fingerprint",
        "work/instance/centers/fingerprint",
        "work/instance/functions/0/fingerprint",
        "work/instance/functions/1/fingerprint",
    ] {
        let pointer = format!("/{path}");
        if let (Some(old), Some(new)) = (found.pointer_mut(&pointer), sealed.pointer(&pointer)) {
            old.clone_from(new);
        }
    }
    found
}
