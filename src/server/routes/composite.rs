//! `…/composite`: which of several functions, or of the rules of a standard's composite, a home lacks.

use axum::response::Response;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::level_name;
use crate::coverage::summary::counting;
use crate::ids::{DemandPointId, FunctionId, GroupId, Id, ZoneId};
use crate::server::app::{App, Needed};
use crate::server::ask::{Asked, JSON};
use crate::server::describe::StudyPath;
use crate::server::problem::{Problem, Refusals};
use crate::server::query::Query;
use crate::units::{Persons, Share, WalkTime};

/// Most functions that are asked for together.
pub(in crate::server) const FUNCTIONS_MAX: usize = 12;

/// Which functions, for whom.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description only")]
pub(in crate::server) struct CompositeQuery {
    /// Ids of functions, joined by commas (at most 12), or the id of a standard that has a composite: then each of the
    /// rules it needs counts with its own walker, cutoff and functions, for everybody. When absent the first
    /// composite of the study, or the functions its rules ask for.
    functions: Option<String>,
    /// Id of a walk profile.
    profile: Option<String>,
    /// Id of a demand group.
    group: Option<String>,
    /// Cutoff in minutes, inclusive.
    #[param(minimum = 0, maximum = 1440)]
    cutoff_min: Option<f64>,
    /// Id of a scenario; the baseline when absent.
    scenario: Option<String>,
}

/// How many functions people lack.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CompositeCoverage)]
pub(in crate::server) struct CompositeAnswer {
    /// Each function, or each rule of the composite, with how many lack it.
    functions: Vec<FunctionLack>,
    /// Id of the walk profile; nothing where each rule has its own.
    profile: Option<String>,
    group: String,
    /// The cutoff; nothing where each rule has its own.
    cutoff_min: Option<f64>,
    #[schema(value_type = f64)]
    persons: Persons,
    /// Of those, people without street data: nothing is known of what they lack, and they stand in no other number.
    #[schema(value_type = f64)]
    no_street_persons: Persons,
    /// People by how many of the recorded functions they lack: the first lack none.
    #[schema(value_type = Vec<f64>)]
    missing_persons: Vec<Persons>,
    /// Those who lack none of the recorded functions.
    #[schema(value_type = f64)]
    complete_persons: Persons,
    /// Their share of those with street data; nothing while no place is recorded of some function asked for.
    #[schema(value_type = Option<f64>)]
    share: Option<Share>,
    /// Mean minutes to the farthest of the functions, of those who have all within the cutoff.
    mean_farthest_min: Option<f64>,
    /// By zone, coarsest level first.
    zones: Vec<ZoneLack>,
}

/// How many lack one function.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct FunctionLack {
    /// Id of the function, or of the rule of a composite.
    id: String,
    /// Whether any place is recorded that says whether the function is there.
    recorded: bool,
    #[schema(value_type = f64)]
    missing_persons: Persons,
}

/// How many functions the people of a zone lack.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct ZoneLack {
    id: String,
    name: String,
    level: String,
    #[schema(value_type = f64)]
    persons: Persons,
    #[schema(value_type = f64)]
    no_street_persons: Persons,
    #[schema(value_type = f64)]
    complete_persons: Persons,
    #[schema(value_type = Option<f64>)]
    share: Option<Share>,
    /// People by how many functions they lack.
    #[schema(value_type = Vec<f64>)]
    missing_persons: Vec<Persons>,
}

/// Which of several functions people lack
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/composite", tag = "results", params(StudyPath, CompositeQuery),
    responses((status = 200, description = "Totals and zones", body = CompositeAnswer), Refusals)
)]
pub(in crate::server) async fn show(asked: Asked<CompositeQuery>) -> Response {
    asked.answer(JSON, answer).await
}

/// What a text names: a standard with a composite, or functions joined by commas, each once.
pub(in crate::server) fn read_needed(app: &App, text: &str) -> Result<Needed, Problem> {
    match Needed::composite(app, |standard| standard.id == text) {
        Some(composite) => Ok(composite),
        None => Ok(Needed::Functions(read_functions(app, text)?)),
    }
}

fn read_functions(app: &App, text: &str) -> Result<Vec<FunctionId>, Problem> {
    let mut functions = Vec::new();
    for id in text.split(',') {
        let function = app.find_function(id).map_err(Problem::not_found)?;
        if !functions.contains(&function) {
            functions.push(function);
        }
    }
    if functions.len() > FUNCTIONS_MAX {
        let count = functions.len();
        let detail = format!("functions names {count}; give at most {FUNCTIONS_MAX}");
        return Err(Problem::parameter(detail));
    }
    Ok(functions)
}

/// The first composite of the study, or the functions of its rules.
fn default_needed(app: &App) -> Needed {
    let baseline = app.baseline();
    let standards = &baseline.standards;
    if let Some(composite) = Needed::composite(app, |_| true) {
        return composite;
    }
    let mut functions: Vec<FunctionId> = Vec::new();
    let rules = standards.iter().flat_map(|standard| &standard.rules);
    for function in rules.filter_map(|rule| rule.functions.first()) {
        let found = baseline.taxonomy.find(function);
        functions.extend(found.filter(|found| !functions.contains(found)));
    }
    if functions.is_empty() {
        functions.push(app.default_selection().function);
    }
    functions.truncate(FUNCTIONS_MAX);
    Needed::Functions(functions)
}

fn answer(app: &App, query: &Query) -> Result<CompositeAnswer, Problem> {
    let needed = match query.text("functions") {
        Some(text) => read_needed(app, text)?,
        None => default_needed(app),
    };
    let (walker, group, cutoff) = (query.walker(app)?, query.group(app)?, query.cutoff(app)?);
    let is_own = matches!(needed, Needed::Composite(_));
    let group = if is_own { GroupId(0) } else { group };
    let ids = needed.ids(app);
    let lacking = app.lacking(&(needed, walker, cutoff.time));
    let (baseline, most) = (app.baseline(), ids.len() + 1);
    let mut by_function = vec![Persons::ZERO; ids.len()];
    let mut zones = vec![vec![Persons::ZERO; most]; baseline.zones.zones.len()];
    let mut total = vec![Persons::ZERO; most];
    let mut no_street = vec![Persons::ZERO; baseline.zones.zones.len() + 1];
    let (mut reaching, mut weighted) = (0_i128, 0_i128);
    for (id, persons) in counting(&baseline.demand, group) {
        if lacking.lacks_street(id) {
            no_street[0] += persons;
            for zone in above(app, id) {
                no_street[zone.index() + 1] += persons;
            }
            continue;
        }
        let missing = lacking.missing(id);
        for (index, sum) in by_function.iter_mut().enumerate() {
            if missing & (1 << index) != 0 {
                *sum += persons;
            }
        }
        let count = missing.count_ones() as usize;
        total[count] += persons;
        for zone in above(app, id) {
            zones[zone.index()][count] += persons;
        }
        if let Some(time) = lacking.farthest(id).reached().filter(|_| missing == 0) {
            reaching += i128::from(persons.as_micro());
            weighted += i128::from(persons.as_micro()) * i128::from(time.as_ms());
        }
    }
    let mean = (reaching > 0)
        .then(|| WalkTime::from_ms(((weighted + reaching / 2) / reaching) as u32).as_minutes());
    let profile = (!is_own).then(|| app.walker(walker).profile.id.clone());
    let group = baseline.demand.groups[group].id.clone();
    let words = ((profile, group), Some(cutoff.min).filter(|_| !is_own));
    let people = People { total, zones, no_street };
    Ok(shaped(app, (&ids, &by_function, lacking.recorded()), &people, (words, mean)))
}

/// Ids of the profile and the group, and the cutoff in minutes.
type Words = ((Option<String>, String), Option<f64>);

/// People by how many functions they lack, and those of whom nothing is known: of the study first, then of each zone.
struct People {
    total: Vec<Persons>,
    zones: Vec<Vec<Persons>>,
    no_street: Vec<Persons>,
}

/// The zone of a demand point and all it is part of.
fn above(app: &App, point: DemandPointId) -> impl Iterator<Item = ZoneId> + '_ {
    let baseline = app.baseline();
    let parent = |zone: &ZoneId| baseline.zones.zones[*zone].parent;
    std::iter::successors(baseline.demand.points[point].zone, parent)
}

fn shaped(
    app: &App,
    (functions, by_function, recorded): (&[&str], &[Persons], &[bool]),
    People { total, zones, no_street }: &People,
    (((profile, group), cutoff_min), mean): (Words, Option<f64>),
) -> CompositeAnswer {
    let hierarchy = &app.baseline().zones;
    let mut ids: Vec<_> = hierarchy.zones.ids().collect();
    ids.sort_by_key(|&id| (hierarchy.zones[id].level, id.index()));
    let all_recorded = recorded.iter().all(|&recorded| recorded);
    let row = |id: ZoneId| {
        let (zone, missing_persons) = (&hierarchy.zones[id], zones[id.index()].clone());
        let known: Persons = missing_persons.iter().copied().sum();
        ZoneLack {
            id: zone.key.clone(),
            name: zone.name.clone(),
            level: level_name(hierarchy, zone.level).to_owned(),
            persons: known + no_street[id.index() + 1],
            no_street_persons: no_street[id.index() + 1],
            complete_persons: missing_persons[0],
            share: missing_persons[0].share_of(known).filter(|_| all_recorded),
            missing_persons,
        }
    };
    let known: Persons = total.iter().copied().sum();
    let functions = functions.iter().zip(by_function).zip(recorded);
    let functions = functions.map(|((&id, &missing_persons), &recorded)| FunctionLack {
        id: id.to_owned(),
        recorded,
        missing_persons,
    });
    CompositeAnswer {
        functions: functions.collect(),
        profile,
        group,
        cutoff_min,
        persons: known + no_street[0],
        no_street_persons: no_street[0],
        complete_persons: total[0],
        share: total[0].share_of(known).filter(|_| all_recorded),
        missing_persons: total.clone(),
        mean_farthest_min: mean.filter(|_| all_recorded),
        zones: ids.into_iter().map(row).collect(),
    }
}
