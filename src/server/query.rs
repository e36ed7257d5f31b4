//! Query parameters, read and checked: a refusal names the parameter, its value and what is allowed.

use axum::extract::Query as Pairs;
use axum::http::Uri;

use crate::ids::{FunctionId, GroupId};
use crate::limits::CUTOFF_MIN;
use crate::spatial::LonLat;
use crate::units::{Ranged, WalkTime};

use super::app::{App, SelectionKey, WalkerId};
use super::problem::Problem;

/// Longest parameter value echoed in a refusal, in characters.
const ECHO_MAX: usize = 60;
/// Names listed in a refusal.
const NAMES_MAX: usize = 40;

/// The parameters of one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
}

/// Which numbers are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selection {
    pub(super) function: FunctionId,
    pub(super) walker: WalkerId,
    pub(super) group: GroupId,
    pub(super) cutoff: Cutoff,
}

impl Selection {
    /// What answers are kept by.
    pub(super) fn key(&self) -> SelectionKey {
        let Self { function, walker, group, cutoff } = *self;
        SelectionKey { function, walker, group, cutoff: cutoff.time }
    }
}

/// A cutoff as asked and as reckoned with, inclusive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cutoff {
    pub(super) min: f64,
    pub(super) time: WalkTime,
}

impl Query {
    /// The parameters of `uri`, each one of `allowed` and given once.
    pub(super) fn read(uri: &Uri, allowed: &[&str]) -> Result<Self, Problem> {
        let Pairs(pairs) = Pairs::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|fault| Problem::parameter(format!("the query cannot be read: {fault}")))?;
        for (position, (name, _)) in pairs.iter().enumerate() {
            if !allowed.contains(&name.as_str()) {
                let detail = unknown("parameter", name, allowed.iter().copied());
                return Err(Problem::parameter(detail));
            }
            if pairs[..position].iter().any(|(other, _)| other == name) {
                return Err(Problem::parameter(format!("{name} is given twice; give it once")));
            }
        }
        Ok(Self { pairs })
    }

    /// Parameters that came some other way.
    pub(super) fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        Self { pairs: pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
    }

    /// The value of `name`, if given and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let given = self.pairs.iter().find(|(known, _)| known == name);
        given.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of `name`, if given; a number that is left empty is none.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The function asked for.
    pub(super) fn function(&self, app: &App) -> Result<FunctionId, Problem> {
        match self.text("function") {
            None => Ok(app.default_selection().function),
            Some(id) => app.find_function(id).map_err(Problem::not_found),
        }
    }

    /// The walker asked for.
    pub(super) fn walker(&self, app: &App) -> Result<WalkerId, Problem> {
        match self.text("profile") {
            None => Ok(app.default_selection().walker),
            Some(id) => app.find_walker(id).map_err(Problem::not_found),
        }
    }

    /// The group asked for.
    pub(super) fn group(&self, app: &App) -> Result<GroupId, Problem> {
        let Some(id) = self.text("group") else { return Ok(app.default_selection().group) };
        let demand = &app.baseline().demand;
        demand.find_group(id).ok_or_else(|| {
            let known = demand.groups.iter().map(|group| group.id.as_str());
            Problem::not_found(unknown("group", id, known))
        })
    }

    /// The cutoff asked for.
    pub(super) fn cutoff(&self, app: &App) -> Result<Cutoff, Problem> {
        match self.given("cutoff_min") {
            None => Ok(app.default_selection().cutoff),
            Some(text) => cutoff("cutoff_min", text, CUTOFF_MIN),
        }
    }

    /// Everything that coverage is asked by.
    pub(super) fn selection(&self, app: &App) -> Result<Selection, Problem> {
        Ok(Selection {
            function: self.function(app)?,
            walker: self.walker(app)?,
            group: self.group(app)?,
            cutoff: self.cutoff(app)?,
        })
    }

    /// The place asked for.
    pub(super) fn place(&self) -> Result<LonLat, Problem> {
        let lon = self.required("lon", Ranged { min: -180.0, default: 0.0, max: 180.0 })?;
        let lat = self.required("lat", Ranged { min: -90.0, default: 0.0, max: 90.0 })?;
        LonLat::new(lon, lat).map_err(|fault| Problem::parameter(format!("lon, lat: {fault}")))
    }

    /// The number asked for, or the usual one.
    pub(super) fn number(&self, name: &str, range: Ranged) -> Result<f64, Problem> {
        self.given(name).map_or(Ok(range.default), |text| number(name, text, range))
    }

    fn required(&self, name: &str, range: Ranged) -> Result<f64, Problem> {
        let missing = || {
            let Ranged { min, max, .. } = range;
            Problem::parameter(format!("{name} is missing; give a number from {min} to {max}"))
        };
        number(name, self.text(name).ok_or_else(missing)?, range)
    }
}

/// `text` as a cutoff in minutes.
pub(super) fn cutoff(name: &str, text: &str, range: Ranged) -> Result<Cutoff, Problem> {
    let min = number(name, text, range)?;
    let time = WalkTime::from_minutes(min)
        .ok_or_else(|| Problem::parameter(format!("{name} is {min}; give a shorter time")))?;
    Ok(Cutoff { min, time })
}

fn number(name: &str, text: &str, range: Ranged) -> Result<f64, Problem> {
    let value = text.trim().parse::<f64>().ok().and_then(|value| range.check(value));
    value.ok_or_else(|| {
        let (text, Ranged { min, max, .. }) = (echo(text), range);
        Problem::parameter(format!("{name} is {text:?}; give a number from {min} to {max}"))
    })
}

/// What is said of a word that is none of `known`: the nearest of them, then all.
pub(super) fn unknown<'a>(what: &str, given: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let given = echo(given);
    let near = known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(name, &given), *name))
        .filter(|(edits, name)| *edits <= 2.max(name.chars().count() / 3))
        .min();
    let hint = near.map_or(String::new(), |(_, name)| format!(" did you mean {name:?}?"));
    let shown = known.iter().take(NAMES_MAX).copied().collect::<Vec<_>>().join(", ");
    let more = if known.len() > NAMES_MAX { " …" } else { "" };
    format!("unknown {what} {given:?};{hint} known: {shown}{more}")
}

fn echo(text: &str) -> String {
    if text.chars().count() <= ECHO_MAX {
        text.to_owned()
    } else {
        text.chars().take(ECHO_MAX).chain(['…']).collect()
    }
}
