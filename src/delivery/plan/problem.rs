//! The problems, each told once: id, words in both languages, what limits it, how it is solved.
//!
//! The command line, the API and the checks of options read this table; how problems beyond plain covering are planned and
//! checked stands in `delivery/programs`.

/// The problems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    /// Most people for a number of sites or a budget.
    #[default]
    Mclp,
    /// Fewest sites, or least cost, for everybody or a share of people.
    Lscp,
    /// Least mean walk of everybody to the nearest site.
    PMedian,
    /// Least longest walk of anybody to the nearest site.
    PCenter,
    /// Least cost for everybody or a share of people.
    CostToTarget,
    /// Most people served with a place, when places are counted.
    Capacitated,
    /// Stations nested under centers, both chosen together.
    TwoTier,
    /// Which gates to open, alone or beside sites.
    Gates,
    /// The zone of the least share lifted as far as it goes, then most people.
    WorstZone,
    /// The front of cost, people and the worst-off zone.
    Pareto,
    /// Centers that keep several promises at once.
    Center,
    /// Fewest sites for everybody or a share of people, then most people within reach of two.
    LscpB,
    /// So many sites, the nearest two as far apart as may be.
    PDispersion,
}

/// How a problem is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// As a covering problem: most people, or the least sites or cost.
    Cover,
    /// Everybody counts with the walk to the nearest site, instead of within a cutoff or not.
    Nearest,
    /// As a binary program with a branch tree.
    Program,
}

/// What a problem cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Nothing: sites and money are for it to find, or only bounds.
    Nothing,
    /// Sites or money.
    SitesOrMoney,
    /// The number of sites.
    Sites,
    /// The number of gates, or money.
    GatesOrMoney,
}

/// What is known of a problem.
struct Entry {
    kind: ProblemKind,
    /// Its name in files, on the command line and in the API.
    id: &'static str,
    /// What the command line takes for the same.
    also: &'static [&'static str],
    /// What it is, in English and Chinese.
    words: (&'static str, &'static str),
    family: Family,
    limit: Limit,
    /// Whether a share of people may be its goal.
    has_target: bool,
}

const fn entry(
    kind: ProblemKind,
    id: &'static str,
    words: (&'static str, &'static str),
    (family, limit): (Family, Limit),
) -> Entry {
    Entry { kind, id, also: &[], words, family, limit, has_target: false }
}

/// In the order of [`ProblemKind`].
const ENTRIES: [Entry; 13] = [
    entry(
        ProblemKind::Mclp,
        "mclp",
        (
            "Most people for a number of sites or a budget (maximal covering)",
            "给定点数或预算，覆盖最多的人（最大覆盖）",
        ),
        (Family::Cover, Limit::SitesOrMoney),
    ),
    Entry {
        has_target: true,
        ..entry(
            ProblemKind::Lscp,
            "lscp",
            (
                "Fewest sites, or least cost, for everybody or a share of people (set covering)",
                "覆盖全体或一定比例的人所需的最少点位或最低费用（集合覆盖）",
            ),
            (Family::Cover, Limit::Nothing),
        )
    },
    entry(
        ProblemKind::PMedian,
        "p-median",
        (
            "Least mean walk of everybody to the nearest site (p-median)",
            "全体到最近点位的平均步行最短（p-median）",
        ),
        (Family::Nearest, Limit::Sites),
    ),
    entry(
        ProblemKind::PCenter,
        "p-center",
        (
            "Least longest walk of anybody to the nearest site (p-center)",
            "离最近点位最远者的步行最短（p-center）",
        ),
        (Family::Nearest, Limit::Sites),
    ),
    Entry {
        has_target: true,
        ..entry(
            ProblemKind::CostToTarget,
            "cost-to-target",
            (
                "Least cost for everybody or a share of people: lscp with `--least cost`",
                "覆盖全体或一定比例的人所需的最低费用：即 lscp 加 `--least cost`",
            ),
            (Family::Cover, Limit::Nothing),
        )
    },
    entry(
        ProblemKind::Capacitated,
        "capacitated",
        (
            "Most people served with a place, when places are counted (capacitated maximal covering)",
            "计入名额时，获得名额的人最多（有容量的最大覆盖）",
        ),
        (Family::Program, Limit::SitesOrMoney),
    ),
    entry(
        ProblemKind::TwoTier,
        "two-tier",
        (
            "Stations nested under centers, both chosen together (hierarchical covering)",
            "驿站隶属中心，两级一并选点（分级覆盖）",
        ),
        (Family::Program, Limit::SitesOrMoney),
    ),
    entry(
        ProblemKind::Gates,
        "gates",
        (
            "Which gates to open in walls and fences, alone or beside sites",
            "在围墙围栏上开哪些出入口，可单独或与新点位一起考虑",
        ),
        (Family::Program, Limit::GatesOrMoney),
    ),
    Entry {
        also: &["max-min", "deciles"],
        ..entry(
            ProblemKind::WorstZone,
            "worst-zone",
            (
                "The zone of the least share lifted as far as it goes, then most people (max-min)",
                "先尽量提高覆盖率最低的片区，再使覆盖的人最多（最大最小）",
            ),
            (Family::Program, Limit::SitesOrMoney),
        )
    },
    entry(
        ProblemKind::Pareto,
        "pareto",
        ("The front of cost, people and the worst-off zone", "造价、人数与最差片区之间的权衡前沿"),
        (Family::Program, Limit::SitesOrMoney),
    ),
    Entry {
        also: &["centre"],
        ..entry(
            ProblemKind::Center,
            "center",
            (
                "Centers that keep several promises at once (1+6+X)",
                "一处中心同时兑现多项承诺（1+6+X）",
            ),
            (Family::Program, Limit::SitesOrMoney),
        )
    },
    Entry {
        also: &["backup"],
        has_target: true,
        ..entry(
            ProblemKind::LscpB,
            "lscp-b",
            (
                "Fewest sites, or least cost, for everybody or a share of people, and then most people within reach of two (backup coverage)",
                "覆盖全体或一定比例的人所需的最少点位或最低费用，再使两处以上可达的人最多（后备覆盖）",
            ),
            (Family::Program, Limit::Nothing),
        )
    },
    Entry {
        also: &["dispersion"],
        ..entry(
            ProblemKind::PDispersion,
            "p-dispersion",
            (
                "So many sites, the nearest two of all places as far apart as may be (p-dispersion)",
                "给定点数，使相距最近的两处离得最远（p-dispersion，最大最小间距）",
            ),
            (Family::Program, Limit::Sites),
        )
    },
];

impl ProblemKind {
    /// All of them.
    pub(crate) const ALL: [Self; ENTRIES.len()] = {
        let mut all = [Self::Mclp; ENTRIES.len()];
        let mut at = 0;
        while at < ENTRIES.len() {
            all[at] = ENTRIES[at].kind;
            at += 1;
        }
        all
    };

    /// The names of all of them.
    pub(crate) const IDS: [&'static str; ENTRIES.len()] = {
        let mut ids = [""; ENTRIES.len()];
        let mut at = 0;
        while at < ENTRIES.len() {
            ids[at] = ENTRIES[at].id;
            at += 1;
        }
        ids
    };

    const fn entry(self) -> &'static Entry {
        const TABLE: &[Entry] = &ENTRIES;
        &TABLE[self as usize]
    }

    /// The one of that name, or that is also called so.
    pub(crate) fn named(word: &str) -> Option<Self> {
        let found = ENTRIES.iter().find(|one| one.id == word || one.also.contains(&word));
        found.map(|one| one.kind)
    }

    /// Its name in files.
    pub(crate) const fn id(self) -> &'static str {
        self.entry().id
    }

    /// What the command line takes for it beside its name.
    pub(crate) const fn also(self) -> &'static [&'static str] {
        self.entry().also
    }

    /// What it is, in English and Chinese.
    pub(crate) const fn words(self) -> (&'static str, &'static str) {
        self.entry().words
    }

    /// What it cannot do without.
    pub(crate) const fn limit(self) -> Limit {
        self.entry().limit
    }

    /// Whether everybody counts with the walk to the nearest site, instead of within a cutoff or not.
    pub(crate) const fn serves_nearest(self) -> bool {
        matches!(self.entry().family, Family::Nearest)
    }

    /// Whether it is a covering problem: most people, or the least sites or cost.
    pub(crate) const fn covers(self) -> bool {
        matches!(self.entry().family, Family::Cover)
    }

    /// Whether a share of people may be its goal.
    pub(crate) const fn has_target(self) -> bool {
        self.entry().has_target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_problems_and_names_each_once() {
        let mut names = Vec::new();
        for (at, kind) in ProblemKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, at, "{kind:?}");
            let called = std::iter::once(kind.id()).chain(kind.also().iter().copied());
            for name in called {
                assert_eq!(ProblemKind::named(name), Some(kind), "{name}");
                names.push(name);
            }
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "a name stands for two problems: {names:?}");
    }
}
