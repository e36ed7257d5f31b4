//! The tags of a facility, boundary or place name, condensed as soon as they are read.

use super::matcher::Matcher;
use super::scan::levels_off_ground;
use super::tags::Tags;
use super::tags::hours::{Hours, hours_of};
use crate::facility::{FacilityStatus, FunctionOffer, Taxonomy, share_places};
use crate::ids::FunctionId;

/// A name in the languages the report speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// `name`: as written on the ground.
    pub name: String,
    /// `name:zh`, else `name:zh-Hans`.
    pub zh: Option<String>,
    /// `name:en`.
    pub en: Option<String>,
}

impl Names {
    /// The names in `tags`; `name` falls back to the Chinese, then the English one.
    pub(super) fn of(tags: Tags<'_>) -> Self {
        let text = |key: &str| tags.get(key).filter(|t| !t.trim().is_empty()).map(str::to_owned);
        let zh = text("name:zh").or_else(|| text("name:zh-Hans"));
        let en = text("name:en");
        let name = text("name").or_else(|| zh.clone()).or_else(|| en.clone()).unwrap_or_default();
        Self { name, zh, en }
    }
}

/// A facility's tags.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FacilityTag {
    pub(super) functions: Vec<FunctionId>,
    pub(super) name: String,
    pub(super) capacity: Option<f64>,
    pub(super) opening_hours: Option<String>,
    pub(super) opening_year: Option<i32>,
    pub(super) status: FacilityStatus,
    /// The levels it is on, in halves, when none of them is the ground (`level`, else `layer`).
    pub(super) levels: Vec<i16>,
    /// Whether a wheelchair gets in, when it is told (<https://wiki.openstreetmap.org/wiki/Key:wheelchair>).
    pub(super) wheelchair: Option<bool>,
    /// A capacity that cannot be read or is not above 0.
    pub(super) bad_capacity: Option<String>,
}

impl FacilityTag {
    /// The decision on the tags of an element; `None` when it is no facility of the taxonomy.
    pub(super) fn of(tags: Tags<'_>, matcher: &Matcher) -> Option<Self> {
        if !tags.pairs().iter().any(|(key, _)| matcher.knows_key(key)) {
            return None;
        }
        let functions = matcher.functions(tags);
        if functions.is_empty() {
            return None;
        }
        let (capacity, bad_capacity) = capacity_of(tags);
        let owned = |key: &str| tags.get(key).map(str::to_owned);
        Some(Self {
            functions,
            name: Names::of(tags).name,
            capacity,
            bad_capacity,
            opening_hours: owned("opening_hours"),
            opening_year: tags.get("start_date").and_then(year_of),
            status: status_of(tags),
            levels: levels_off_ground(tags),
            wheelchair: match tags.text("wheelchair") {
                "no" => Some(false),
                "yes" | "designated" | "limited" => Some(true),
                _ => None,
            },
        })
    }

    /// One offer a function; the places are shared by the functions.
    pub(super) fn offers(&self, taxonomy: &Taxonomy) -> Vec<FunctionOffer> {
        let shares = self.capacity.map(|places| share_places(taxonomy, &self.functions, places));
        let places = |function: FunctionId| {
            shares.as_ref()?.iter().find(|(id, _)| *id == function).map(|(_, share)| *share)
        };
        self.functions
            .iter()
            .map(|&function| FunctionOffer {
                function,
                capacity: places(function),
                opening_hours: self.opening_hours.clone(),
            })
            .collect()
    }
}

/// `capacity=*` or `beds=*` as a number above 0
/// (<https://wiki.openstreetmap.org/wiki/Key:capacity>).
fn capacity_of(tags: Tags<'_>) -> (Option<f64>, Option<String>) {
    let Some(text) = ["capacity", "beds", "capacity:beds", "capacity:persons"]
        .into_iter()
        .find_map(|key| tags.get(key))
    else {
        return (None, None);
    };
    match text.trim().parse::<f64>() {
        Ok(number) if number > 0.0 && number < 1e6 => (Some(number), None),
        _ => (None, Some(text.to_owned())),
    }
}

fn year_of(date: &str) -> Option<i32> {
    let year: i32 = date.get(..4)?.parse().ok()?;
    (1000..2200).contains(&year).then_some(year)
}

/// A place that is `disused=yes` or the like does not count, one under construction not yet
/// (<https://wiki.openstreetmap.org/wiki/Lifecycle_prefix>).
fn status_of(tags: Tags<'_>) -> FacilityStatus {
    if ["construction", "proposed", "planned"].iter().any(|state| tags.is(state, "yes"))
        || tags.is_any("building", &["construction", "proposed"])
    {
        FacilityStatus::Planned
    } else if tags.is_out_of_use() || tags.get("opening_hours").map(hours_of) == Some(Hours::Never)
    {
        FacilityStatus::Closed
    } else {
        FacilityStatus::Open
    }
}

/// A boundary's tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BoundaryTag {
    pub(super) names: Names,
    pub(super) admin_level: u8,
}

impl BoundaryTag {
    /// `boundary=administrative` with a name and a level from 1 to 12
    /// (<https://wiki.openstreetmap.org/wiki/Tag:boundary=administrative>).
    pub(super) fn of(tags: Tags<'_>) -> Option<Self> {
        if !tags.is("boundary", "administrative") {
            return None;
        }
        let admin_level: u8 = tags.get("admin_level")?.trim().parse().ok()?;
        let names = Names::of(tags);
        let usable = (1..=12).contains(&admin_level) && !names.name.is_empty();
        usable.then_some(Self { names, admin_level })
    }
}
