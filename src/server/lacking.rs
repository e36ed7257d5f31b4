//! Which of several functions, or of the rules of a composite, each home lacks.

use crate::audit::FunctionRecord;
use crate::coverage::assess::{is_recorded, serving};
use crate::coverage::{Rule, Standard};
use crate::ids::{DemandPointId, FacilityId, FunctionId, Id};
use crate::reach::DemandTimes;
use crate::units::{WalkTime, Yardstick};

use super::app::{App, WalkerId};

/// Most functions or rules that are told apart.
pub(super) const NEEDED_MAX: usize = 32;

/// What is asked for together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Needed {
    /// At most [`NEEDED_MAX`] functions, for one walker and cutoff.
    Functions(Vec<FunctionId>),
    /// The anchor and required rules of the standard at this position, each with its own walker, cutoff and functions.
    Composite(usize),
}

impl Needed {
    /// The first composite of the study whose standard is as `wanted`, and whose rules can be told apart.
    pub(super) fn composite(app: &App, wanted: impl Fn(&Standard) -> bool) -> Option<Self> {
        let mut standards = app.baseline().standards.iter();
        let fits = |standard: &Standard| {
            let composite = standard.composite.as_ref();
            composite.is_some_and(|it| it.anchor.len() + it.required.len() <= NEEDED_MAX)
        };
        standards.position(|standard| wanted(standard) && fits(standard)).map(Self::Composite)
    }

    /// The standard at `position` and the rules its composite needs, in their order.
    pub(super) fn rules(app: &App, position: usize) -> Option<(&Standard, Vec<&Rule>)> {
        let standard = app.baseline().standards.get(position)?;
        let composite = standard.composite.as_ref()?;
        let needed = composite.anchor.iter().chain(&composite.required);
        let rules = needed.filter_map(|id| standard.rules.iter().find(|rule| rule.id == *id));
        Some((standard, rules.collect()))
    }

    /// Ids of what is needed, in order: of functions, or of rules.
    pub(super) fn ids<'a>(&self, app: &'a App) -> Vec<&'a str> {
        match self {
            Self::Functions(functions) => {
                let known = app.baseline().taxonomy.functions();
                functions.iter().map(|&function| known[function].id.as_str()).collect()
            }
            Self::Composite(position) => Self::rules(app, *position)
                .map(|(_, rules)| rules.into_iter().map(|rule| rule.id.as_str()).collect())
                .unwrap_or_default(),
        }
    }
}

/// For every demand point, what is beyond the cutoff, and how far the farthest is. Of what no place is recorded is
/// beyond it for nobody: nothing is known of it.
#[derive(Debug)]
pub(super) struct Lacking {
    missing: Vec<u32>,
    farthest: Vec<WalkTime>,
    no_street: Vec<bool>,
    recorded: Vec<bool>,
}

impl Lacking {
    /// Of what is `needed`, in its order: the first is the lowest bit. Walker and cutoff are those of functions; a
    /// rule has its own.
    pub(super) fn of(app: &App, (needed, walker): (&Needed, WalkerId), cutoff: WalkTime) -> Self {
        let demand = &app.baseline().demand.points;
        let mut found = Self {
            missing: vec![0; demand.len()],
            farthest: vec![WalkTime::ZERO; demand.len()],
            no_street: demand.ids().map(|point| !app.walker(walker).has_street(point)).collect(),
            recorded: Vec::new(),
        };
        match needed {
            Needed::Functions(functions) => {
                for &function in functions {
                    let is_known = !FunctionRecord::of(app.baseline(), function).is_missing();
                    found.add(&app.sweep((function, walker)).times, (is_known, cutoff));
                }
            }
            Needed::Composite(position) => {
                let rules = Needed::rules(app, *position).map(|(_, rules)| rules);
                for rule in rules.unwrap_or_default() {
                    found.add_rule(app, rule);
                }
            }
        }
        found
    }

    fn add_rule(&mut self, app: &App, rule: &Rule) {
        let walker = app.find_walker(&rule.profile).map(|id| app.walker(id));
        let (Ok(walker), Ok((yardstick, cutoff))) = (walker, rule.cutoff()) else { return };
        let site = app.baseline().site();
        let open: Vec<FacilityId> =
            serving(&site, rule).into_iter().filter(|&id| !walker.is_off_network(id)).collect();
        let is_known = !open.is_empty() || is_recorded(&site, rule);
        let impedance = walker.impedance_in(yardstick);
        let times = walker.nearest(site.graph, impedance, &open, WalkTime::LONGEST);
        self.add(&times, (is_known, cutoff));
        if yardstick == Yardstick::Meters {
            self.farthest.fill(WalkTime::UNREACHABLE);
        }
    }

    fn add(&mut self, times: &DemandTimes, (is_recorded, cutoff): (bool, WalkTime)) {
        let bit = self.recorded.len();
        self.recorded.push(is_recorded);
        if !is_recorded {
            return;
        }
        let homes = self.missing.iter_mut().zip(&mut self.farthest);
        for (point, (missing, farthest)) in (0..).map(DemandPointId).zip(homes) {
            let Some(time) = times.walk(point) else { continue };
            if time > cutoff {
                *missing |= 1 << bit;
            }
            *farthest = time.max(*farthest);
        }
    }

    /// What `point` lacks, a bit each.
    pub(super) fn missing(&self, point: DemandPointId) -> u32 {
        self.missing[point.index()]
    }

    /// Whether `point` has no street data: nothing is known of what it lacks.
    pub(super) fn lacks_street(&self, point: DemandPointId) -> bool {
        self.no_street[point.index()]
    }

    /// Whether any place is recorded of each, in their order.
    pub(super) fn recorded(&self) -> &[bool] {
        &self.recorded
    }

    /// Time to the farthest of all; unreachable when one is, or when one is counted in metres.
    pub(super) fn farthest(&self, point: DemandPointId) -> WalkTime {
        self.farthest[point.index()]
    }
}
