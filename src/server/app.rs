//! What the server knows: one study, and the answers it keeps.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::Bytes;
use rayon::prelude::*;

use crate::audit::FunctionRecord;
use crate::coverage::{CoverageGap, Rule, StraightDistances};
use crate::delivery::Papers;
use crate::facility::Function;
use crate::ids::{FunctionId, GroupId};
use crate::limits::{CUTOFF_MIN, WALK_SPEED_M_S};
use crate::reach::{DemandTimes, Ground, LinkedWalker, NearestField, Seeds};
use crate::scenario::Baseline;
use crate::spatial::BoundingBox;
use crate::units::{Meters, MetersPerSecond, WalkTime};

use super::cache::Cache;
use super::changes;
use super::content::MapContent;
use super::gains::Gains;
pub(super) use super::lacking::{Lacking, Needed};
use super::names::Names;
use super::problem::{Problem, ProblemKind};
use super::query::{Cutoff, Selection, cutoff, unknown};
use super::tiles::{Atlas, Tile, TileError, TileKey, TileSet};

/// Sweeps kept: one a function and profile, about 8 bytes a node and 8 a demand point each.
const SWEEPS_KEPT: usize = 32;
/// Sets of three speeds kept.
const SPEEDS_KEPT: usize = 16;
/// Straight-line distances kept, one a function.
const STRAIGHT_KEPT: usize = 32;
/// Lists of coverage gaps kept.
const GAPS_KEPT: usize = 16;
/// Gain surfaces kept, about 8 bytes a node each.
const GAINS_KEPT: usize = 8;
/// Longest cutoff that gains are counted for, in minutes: every node asks everybody in reach of it.
const GAIN_MIN_MAX: f64 = 60.0;
/// Tiles kept, compressed.
const TILES_KEPT: usize = 768;

/// What the page is told about a study besides its baseline.
#[derive(Clone, Debug, Default)]
pub struct StudyMeta {
    /// Short name of the study.
    pub id: String,
    /// Name shown.
    pub name: String,
    /// `en` or `zh`.
    pub language: String,
    /// Version of walkshed.
    pub version: String,
    /// Hash of the study and its inputs.
    pub study_hash: String,
    /// Who made the data, a line each.
    pub attribution: Vec<String>,
    /// Import issues by kind, with how many there were; the order is kept.
    pub issue_counts: Vec<(String, usize)>,
    /// What the page shows first.
    pub default: DefaultSelection,
}

/// What the page shows first; what is not said is chosen from the study.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DefaultSelection {
    /// Id of a function.
    pub function: Option<String>,
    /// Id of a walk profile.
    pub profile: Option<String>,
    /// Id of a demand group.
    pub group: Option<String>,
    /// Cutoff in minutes.
    pub cutoff_min: Option<f64>,
}

/// What a server is made of.
#[derive(Debug)]
pub struct AppInput {
    /// The study.
    pub baseline: Baseline,
    /// `audit.json` as the audit writes it, when there was an audit.
    pub audit_json: Option<Vec<u8>>,
    /// The base map.
    pub content: MapContent,
    /// The rest of what the page is told.
    pub meta: StudyMeta,
    /// Where the numbers come from, for the files of an audit.
    pub papers: Papers,
}

/// Why a study cannot be served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    /// No walk profile.
    #[error("the study has no walk profile; add one to `profiles` in study.toml")]
    NoProfile,
    /// No function.
    #[error("the study knows no function; add facilities or a standard to study.toml")]
    NoFunction,
    /// No demand group.
    #[error("the study has no demand group; add demand to study.toml")]
    NoGroup,
    /// A default that the study does not have.
    #[error("default selection: {0}")]
    Default(String),
}

/// Position of a walk profile in the study.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WalkerId(pub(super) usize);

/// A function and a walker: what a sweep is made for.
pub(super) type SweepKey = (FunctionId, WalkerId);

/// One sweep from all facilities of a function, however far, and what it says at every demand point.
#[derive(Debug)]
pub(super) struct Sweep {
    pub(super) field: NearestField,
    pub(super) times: DemandTimes,
}

/// Demand times at one speed.
#[derive(Debug)]
pub(super) struct SpeedTimes {
    pub(super) speed: MetersPerSecond,
    pub(super) times: DemandTimes,
}

/// What a list of gaps or a gain surface is kept by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SelectionKey {
    pub(super) function: FunctionId,
    pub(super) walker: WalkerId,
    pub(super) group: GroupId,
    pub(super) cutoff: WalkTime,
}

/// A drawn tile, `None` when nothing is on it.
pub(super) type Drawn = Result<Option<Tile>, TileError>;

/// One study being served, as it is or as a scenario has it.
#[derive(Debug)]
pub struct App {
    baseline: Baseline,
    audit_json: Option<Bytes>,
    content: Arc<MapContent>,
    meta: Arc<StudyMeta>,
    papers: Arc<Papers>,
    default: Selection,
    bounds: Option<BoundingBox>,
    /// What this was edited from last: tiles that did not change are taken from there.
    before: Mutex<Option<Arc<Self>>>,
    changes: Cache<SweepKey, Vec<BoundingBox>>,
    sweeps: Cache<SweepKey, Sweep>,
    speeds: Cache<SweepKey, Vec<SpeedTimes>>,
    straight: Cache<FunctionId, StraightDistances>,
    gaps: Cache<SelectionKey, Vec<CoverageGap>>,
    lacking: Cache<(Needed, WalkerId, WalkTime), Lacking>,
    gains: Cache<SelectionKey, Result<Arc<Gains>, String>>,
    names: OnceLock<Names>,
    tiles: Cache<TileKey, Drawn>,
    atlas: OnceLock<Atlas>,
}

impl App {
    /// A server for one study; nothing is worked out before it is asked for.
    ///
    /// # Errors
    /// When the study has no profile, function or group, or the default selection names none of them.
    pub fn new(input: AppInput) -> Result<Self, AppError> {
        let AppInput { baseline, audit_json, content, meta, papers } = input;
        let default = choose_default(&baseline, &meta.default)?;
        let bounds = study_bounds(&baseline);
        let (content, meta, papers) = (Arc::new(content), Arc::new(meta), Arc::new(papers));
        let audit_json = audit_json.map(Bytes::from);
        let of = Parts { audit_json, content, meta, papers, default, bounds };
        Ok(Self::made_of(baseline, of, None))
    }

    /// The same study with another baseline: as a scenario has it.
    pub(super) fn edited(self: &Arc<Self>, baseline: Baseline) -> Self {
        let of = Parts {
            audit_json: None,
            content: Arc::clone(&self.content),
            meta: Arc::clone(&self.meta),
            papers: Arc::clone(&self.papers),
            default: self.default,
            bounds: self.bounds,
        };
        self.forget_before();
        Self::made_of(baseline, of, Some(Arc::clone(self)))
    }

    fn made_of(baseline: Baseline, of: Parts, before: Option<Arc<Self>>) -> Self {
        let Parts { audit_json, content, meta, papers, default, bounds } = of;
        Self {
            baseline,
            audit_json,
            content,
            meta,
            papers,
            default,
            bounds,
            before: Mutex::new(before),
            changes: Cache::new(SWEEPS_KEPT),
            sweeps: Cache::new(SWEEPS_KEPT),
            speeds: Cache::new(SPEEDS_KEPT),
            straight: Cache::new(STRAIGHT_KEPT),
            gaps: Cache::new(GAPS_KEPT),
            lacking: Cache::new(GAPS_KEPT),
            gains: Cache::new(GAINS_KEPT),
            names: OnceLock::new(),
            tiles: Cache::new(TILES_KEPT),
            atlas: OnceLock::new(),
        }
    }

    /// Lets go of what this was edited from.
    fn forget_before(&self) {
        *self.before.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The study.
    pub fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    pub(super) fn audit_json(&self) -> Option<Bytes> {
        self.audit_json.clone()
    }

    pub(super) fn content(&self) -> &MapContent {
        &self.content
    }

    pub(super) fn meta(&self) -> &StudyMeta {
        &self.meta
    }

    pub(super) fn papers(&self) -> &Papers {
        &self.papers
    }

    pub(super) fn default_selection(&self) -> &Selection {
        &self.default
    }

    /// The box the page opens on.
    pub(super) fn bounds(&self) -> Option<BoundingBox> {
        self.bounds
    }

    pub(super) fn walker(&self, id: WalkerId) -> &LinkedWalker {
        &self.baseline.walkers()[id.0]
    }

    /// The functions the page offers: those with an open facility, and those a rule asks for.
    pub(super) fn functions(&self) -> impl Iterator<Item = (FunctionId, &Function, usize)> {
        let baseline = &self.baseline;
        baseline.taxonomy.functions().enumerate().filter_map(|(id, function)| {
            let facilities = baseline.facilities.offering(&[id]).len();
            let mut rules = baseline.standards.iter().flat_map(|standard| &standard.rules);
            let asked = facilities > 0 || rules.any(|rule| rule.functions.contains(&function.id));
            asked.then_some((id, function, facilities))
        })
    }

    /// The function called `id`, or what is said when there is none.
    pub(super) fn find_function(&self, id: &str) -> Result<FunctionId, String> {
        find_function(&self.baseline, id)
    }

    /// The walker called `id`, or what is said when there is none.
    pub(super) fn find_walker(&self, id: &str) -> Result<WalkerId, String> {
        find_walker(&self.baseline, id)
    }

    /// Times of everybody to the nearest facility of a function, on foot.
    pub(super) fn sweep(&self, (function, walker): SweepKey) -> Arc<Sweep> {
        self.sweeps.get_or_make(&(function, walker), || {
            let (graph, walker) = (&self.baseline.graph, self.walker(walker));
            let serving = self.baseline.facilities.offering(&[function]);
            let ground = Ground::toward(graph, &walker.impedance);
            let seeds: Seeds = walker.seeds(graph, &walker.impedance, &serving);
            let field = NearestField::sweep(&ground, &seeds, WalkTime::LONGEST);
            let times = walker.read(&ground, &seeds, &field);
            Sweep { field, times }
        })
    }

    /// The same at the speeds shown side by side.
    pub(super) fn speeds(&self, (function, walker): SweepKey) -> Arc<Vec<SpeedTimes>> {
        self.speeds.get_or_make(&(function, walker), || {
            let (graph, walker) = (&self.baseline.graph, self.walker(walker));
            let serving = self.baseline.facilities.offering(&[function]);
            walker
                .at_speeds(graph)
                .par_iter()
                .map(|&(speed, ref impedance)| {
                    let times = walker.nearest(graph, impedance, &serving, WalkTime::LONGEST);
                    SpeedTimes { speed, times }
                })
                .collect()
        })
    }

    /// Straight-line distances of everybody to the nearest facility of a function.
    pub(super) fn straight(&self, function: FunctionId) -> Arc<StraightDistances> {
        self.straight.get_or_make(&function, || {
            let serving = self.baseline.facilities.offering(&[function]);
            let farthest = Meters(CUTOFF_MIN.max * 60.0 * WALK_SPEED_M_S.max);
            let Baseline { demand, facilities, .. } = &self.baseline;
            StraightDistances::of(demand, facilities, &serving, farthest)
        })
    }

    /// The coverage gaps of a selection.
    pub(super) fn gaps(&self, asked: &Selection) -> Arc<Vec<CoverageGap>> {
        let Selection { function, walker, group, cutoff } = *asked;
        self.gaps.get_or_make(&asked.key(), || {
            if FunctionRecord::of(&self.baseline, function).is_missing() {
                return Vec::new();
            }
            let sweep = self.sweep((function, walker));
            let demand = &self.baseline.demand;
            let out = crate::coverage::gap::left_out(demand, group, &sweep.times, cutoff.time);
            let walker = self.walker(walker);
            let walk = Meters(cutoff.time.as_seconds() * walker.profile.walk_speed_m_s);
            crate::coverage::gap::find_gaps(&self.baseline.site(), walker, (walk, &out))
        })
    }

    /// What homes lack of what is needed.
    pub(super) fn lacking(&self, asked: &(Needed, WalkerId, WalkTime)) -> Arc<Lacking> {
        let (needed, walker, cutoff) = asked;
        self.lacking.get_or_make(asked, || Lacking::of(self, (needed, *walker), *cutoff))
    }

    /// What one more site would gain.
    ///
    /// # Errors
    /// When the selection cannot be placed for.
    pub(super) fn gains(&self, key: &SelectionKey) -> Result<Arc<Gains>, Problem> {
        if key.cutoff.as_minutes() > GAIN_MIN_MAX {
            let detail = format!(
                "cutoff_min is {}; what one more site gains is told up to {GAIN_MIN_MAX} minutes",
                key.cutoff.as_minutes()
            );
            return Err(Problem::new(ProblemKind::CannotEdit, detail));
        }
        let found = self.gains.get_or_make(key, || {
            Gains::find(self, key).map(Arc::new).map_err(|fault| fault.to_string())
        });
        match found.as_ref() {
            Ok(gains) => Ok(Arc::clone(gains)),
            Err(fault) => Err(Problem::new(ProblemKind::CannotEdit, fault.clone())),
        }
    }

    /// Everything that has a name.
    pub(super) fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(self))
    }

    /// A selection as a rule.
    pub(super) fn rule_of(&self, key: &SelectionKey) -> Rule {
        let baseline = &self.baseline;
        Rule {
            id: "selection".to_owned(),
            en: String::new(),
            zh: String::new(),
            functions: vec![baseline.taxonomy.functions()[key.function].id.clone()],
            tier: None,
            cutoff_min: Some(key.cutoff.as_minutes()),
            cutoff_m: None,
            profile: self.walker(key.walker).profile.id.clone(),
            group: baseline.demand.groups[key.group].id.clone(),
            capacity_per_1000: None,
            pass_share: 1.0,
            benchmark_share: None,
            source: String::new(),
            source_zh: String::new(),
            verified: false,
        }
    }

    /// A tile.
    pub(super) fn tile(&self, key: &TileKey) -> Arc<Drawn> {
        self.tiles.get_or_make(key, || self.unchanged(key).unwrap_or_else(|| Tile::draw(self, key)))
    }

    /// The tile as it was before the last edit, when it was drawn then and nothing on it is otherwise now.
    fn unchanged(&self, key: &TileKey) -> Option<Drawn> {
        let TileSet::Time(function, walker) = key.set else { return None };
        let before = self.before.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let drawn = before.tiles.find(key)?;
        let sweep = (function, walker);
        let changes = self.changes.get_or_make(&sweep, || changes::between(&before, self, sweep));
        let window = key.id.window()?;
        if changes.iter().any(|changed| window.shared(*changed).is_some()) {
            return None;
        }
        drawn.as_ref().as_ref().ok().map(|tile| Ok(tile.clone()))
    }

    /// Where everything lies that tiles are drawn from.
    pub(super) fn atlas(&self) -> &Atlas {
        self.atlas.get_or_init(|| Atlas::new(&self.baseline, &self.content))
    }
}

/// What views of one study share.
struct Parts {
    audit_json: Option<Bytes>,
    content: Arc<MapContent>,
    meta: Arc<StudyMeta>,
    papers: Arc<Papers>,
    default: Selection,
    bounds: Option<BoundingBox>,
}

fn find_function(baseline: &Baseline, id: &str) -> Result<FunctionId, String> {
    let known = || baseline.taxonomy.functions().iter().map(|function| function.id.as_str());
    baseline.taxonomy.find(id).ok_or_else(|| unknown("function", id, known()))
}

fn find_walker(baseline: &Baseline, id: &str) -> Result<WalkerId, String> {
    let ids = || baseline.walkers().iter().map(|walker| walker.profile.id.as_str());
    let found = ids().position(|known| known == id).map(WalkerId);
    found.ok_or_else(|| unknown("profile", id, ids()))
}

/// What is shown first: as asked, else the first rule's function, the first profile, everybody, 15 minutes.
fn choose_default(baseline: &Baseline, asked: &DefaultSelection) -> Result<Selection, AppError> {
    if baseline.walkers().is_empty() {
        return Err(AppError::NoProfile);
    }
    if baseline.demand.groups.is_empty() {
        return Err(AppError::NoGroup);
    }
    let function = match &asked.function {
        Some(id) => find_function(baseline, id).map_err(AppError::Default)?,
        None => first_function(baseline).ok_or(AppError::NoFunction)?,
    };
    let walker = match &asked.profile {
        Some(id) => find_walker(baseline, id).map_err(AppError::Default)?,
        None => WalkerId(0),
    };
    let known = || baseline.demand.groups.iter().map(|group| group.id.as_str());
    let group = match &asked.group {
        Some(id) => baseline
            .demand
            .find_group(id)
            .ok_or_else(|| AppError::Default(unknown("group", id, known())))?,
        None => GroupId(0),
    };
    let min = asked.cutoff_min.unwrap_or(CUTOFF_MIN.default);
    let cutoff: Cutoff = cutoff("cutoff_min", &min.to_string(), CUTOFF_MIN)
        .map_err(|problem| AppError::Default(problem.detail))?;
    Ok(Selection { function, walker, group, cutoff })
}

/// The first function of a rule that has a facility, else the first that has one, else the first.
fn first_function(baseline: &Baseline) -> Option<FunctionId> {
    let offered = |id: &FunctionId| !baseline.facilities.offering(&[*id]).is_empty();
    let rules = baseline.standards.iter().flat_map(|standard| &standard.rules);
    let named = rules.flat_map(|rule| &rule.functions).filter_map(|id| baseline.taxonomy.find(id));
    let all = baseline.taxonomy.functions();
    named.chain(all.ids()).find(offered).or_else(|| all.ids().next())
}

/// The zones as far as there are streets, or whatever of both there is, or the people.
fn study_bounds(baseline: &Baseline) -> Option<BoundingBox> {
    let zones = baseline.zones.zones.iter().filter_map(|zone| zone.area.bounding_box());
    let zones = zones.reduce(|all, one| all.with(one.min).with(one.max));
    let streets = baseline.graph.bounding_box();
    match (zones, streets) {
        (Some(zones), Some(streets)) => Some(zones.shared(streets).unwrap_or(streets)),
        (None, None) => BoundingBox::around(baseline.demand.points.iter().map(|p| p.place)),
        (zones, streets) => zones.or(streets),
    }
}
