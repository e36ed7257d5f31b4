//! Small random cities of demand rows and sites, and every plan for them.

use walkshed::placement::{CoverInstance, SiteFacts, SiteStatus};

/// Numbers that look random, from a seed (`SplitMix64`: Steele, Lea and Flood, OOPSLA 2014).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// Every subset of `count` things.
pub(crate) fn subsets(count: usize) -> impl Iterator<Item = Vec<bool>> {
    (0..1_u32 << count).map(move |bits| (0..count).map(|at| bits >> at & 1 == 1).collect())
}

pub(crate) const PERSON: i64 = 1_000_000;

/// A covering instance as plain lists.
#[derive(Clone, Debug)]
pub(crate) struct City {
    pub(crate) weights: Vec<i64>,
    pub(crate) rows: Vec<Vec<u32>>,
    pub(crate) facts: Vec<SiteFacts>,
}

impl City {
    pub(crate) fn random(dice: &mut Dice, rows: u64, sites: u64, percent: u64) -> Self {
        let weights = (0..rows).map(|_| dice.below(30) as i64 * PERSON).collect();
        let reached = (0..sites)
            .map(|_| (0..rows as u32).filter(|_| dice.chance(percent)).collect())
            .collect();
        let facts = (0..sites)
            .map(|_| SiteFacts {
                cost: 1 + dice.below(9) as i64,
                bonus: 0,
                status: match dice.below(14) {
                    0 => SiteStatus::Existing,
                    1 => SiteStatus::Forbidden,
                    2 => SiteStatus::Required,
                    _ => SiteStatus::Free,
                },
            })
            .collect();
        Self { weights, rows: reached, facts }
    }

    pub(crate) fn instance(&self) -> CoverInstance {
        let mut builder = CoverInstance::builder(self.weights.clone()).expect("weights are small");
        for (rows, &facts) in self.rows.iter().zip(&self.facts) {
            builder.add_site(rows, facts).expect("rows are there");
        }
        builder.build()
    }

    pub(crate) fn existing(&self) -> Vec<usize> {
        let all = 0..self.facts.len();
        all.filter(|&site| self.facts[site].status == SiteStatus::Existing).collect()
    }

    /// Rows covered by `open` and not by existing sites.
    pub(crate) fn newly(&self, open: impl Fn(usize) -> bool) -> Vec<usize> {
        let covers = |site: usize, row: usize| self.rows[site].contains(&(row as u32));
        (0..self.weights.len())
            .filter(|&row| !self.existing().iter().any(|&site| covers(site, row)))
            .filter(|&row| (0..self.rows.len()).any(|site| open(site) && covers(site, row)))
            .collect()
    }

    pub(crate) fn weight(&self, rows: &[usize]) -> i64 {
        rows.iter().map(|&row| self.weights[row]).sum()
    }

    /// Whether the states of the sites allow these to be open (existing ones left out).
    pub(crate) fn states_allow(&self, open: impl Fn(usize) -> bool) -> bool {
        (0..self.facts.len()).all(|site| match self.facts[site].status {
            SiteStatus::Free => true,
            SiteStatus::Required => open(site),
            SiteStatus::Forbidden | SiteStatus::Existing => !open(site),
        })
    }

    pub(crate) fn cost(&self, open: impl Fn(usize) -> bool) -> i64 {
        (0..self.facts.len()).filter(|&s| open(s)).map(|s| self.facts[s].cost).sum()
    }
}
