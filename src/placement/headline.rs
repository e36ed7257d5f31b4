//! What a plan changes, in what its problem counts: the question that was asked first, then what else is promised.

use crate::ids::ZoneId;

/// What people are counted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Within the cutoff of something open.
    Covered,
    /// Served with a place.
    Served,
    /// Within the cutoff of one of several promises: its titles.
    Promise {
        /// English.
        en: String,
        /// Chinese.
        zh: String,
    },
    /// Within the cutoff of all promises at once.
    All,
    /// Within the cutoff of two open places or more.
    Twice,
    /// Covered people of the worst-off zone, of all zones with people: today's and the plan's may be two zones.
    WorstZone,
    /// The same of the zones that some candidate reaches.
    WorstReached,
}

/// So many of so many, in millionths of a person; and of which zone, when it is of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Those who count.
    pub covered: i64,
    /// Everybody.
    pub persons: i64,
    /// The zone they live in.
    pub zone: Option<ZoneId>,
}

impl Part {
    /// A part of everybody.
    pub const fn of(covered: i64, persons: i64) -> Self {
        Self { covered, persons, zone: None }
    }

    /// The share, 0 to 1; `None` of nobody.
    pub fn share(self) -> Option<f64> {
        (self.persons > 0).then(|| self.covered as f64 / self.persons as f64)
    }
}

/// One thing that a plan changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is counted.
    pub counted: Counted,
    /// Today.
    pub before: Part,
    /// With the plan.
    pub after: Part,
}

impl Change {
    /// Of everybody, today and with the plan.
    pub const fn of(counted: Counted, persons: i64, (before, after): (i64, i64)) -> Self {
        Self { counted, before: Part::of(before, persons), after: Part::of(after, persons) }
    }

    /// Millionths of a person that it brings.
    pub const fn gain(&self) -> i64 {
        self.after.covered - self.before.covered
    }

    /// Whether it is of a zone instead of everybody.
    pub const fn is_of_zone(&self) -> bool {
        matches!(self.counted, Counted::WorstZone | Counted::WorstReached)
    }
}

/// What a plan changes, opens and costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// What was asked, then what else is promised; one at least is of everybody.
    pub changes: Vec<Change>,
    /// Everything that opens: sites, centers and gates.
    pub sites: usize,
    /// What all of it costs, in thousandths.
    pub cost: i64,
}

impl Headline {
    /// The first change that is of everybody: what the summary of a file tells.
    pub fn people(&self) -> Change {
        let of_all = self.changes.iter().find(|change| !change.is_of_zone());
        of_all.cloned().unwrap_or_else(|| Change::of(Counted::Covered, 0, (0, 0)))
    }
}
