//! What is left to decide, in compact arrays: free sites, row classes with a weight, and lists both ways.

/// The place of a root class that the sites inside cover.
pub(super) const COVERED: u32 = u32::MAX;
/// The place of a root class that no free site covers.
pub(super) const DEAD: u32 = u32::MAX - 1;

/// Compressed lists.
#[derive(Clone, Debug, Default)]
pub(super) struct Csr {
    start: Vec<u32>,
    items: Vec<u32>,
}

impl Csr {
    pub(super) fn new() -> Self {
        Self { start: vec![0], items: Vec::new() }
    }

    pub(super) fn push(&mut self, list: impl IntoIterator<Item = u32>) {
        self.items.extend(list);
        self.start.push(self.items.len() as u32);
    }

    /// Takes back an empty list pushed last.
    pub(super) fn pop_empty(&mut self) {
        self.start.pop();
    }

    pub(super) fn get(&self, key: u32) -> &[u32] {
        &self.items[self.start[key as usize] as usize..self.start[key as usize + 1] as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.start.len() - 1
    }

    pub(super) fn pairs(&self) -> usize {
        self.items.len()
    }

    /// The lists the other way round, sorted.
    pub(super) fn transposed(&self, keys: usize) -> Self {
        let mut start = vec![0_u32; keys + 1];
        for &item in &self.items {
            start[item as usize + 1] += 1;
        }
        for key in 0..keys {
            start[key + 1] += start[key];
        }
        let mut next = start.clone();
        let mut items = vec![0_u32; self.items.len()];
        for key in 0..self.len() {
            for &item in self.get(key as u32) {
                items[next[item as usize] as usize] = key as u32;
                next[item as usize] += 1;
            }
        }
        Self { start, items }
    }

    /// For each list the smallest key with the very same list.
    pub(super) fn same_as(&self) -> Vec<u32> {
        let hash = |key: u32| {
            self.get(key)
                .iter()
                .fold(0_u64, |sum, &item| sum.wrapping_add(mix(u64::from(item) + 1)))
        };
        let mut order: Vec<(u64, u32)> =
            (0..self.len() as u32).map(|key| (hash(key), key)).collect();
        order.sort_unstable();
        let mut same: Vec<u32> = (0..self.len() as u32).collect();
        let mut begin = 0;
        for at in 1..order.len() {
            if order[at].0 != order[begin].0 {
                begin = at;
                continue;
            }
            let key = order[at].1;
            let twin = order[begin..at].iter().map(|entry| entry.1);
            let mut twin = twin.filter(|&other| same[other as usize] == other);
            if let Some(first) = twin.find(|&other| self.get(other) == self.get(key)) {
                same[key as usize] = first;
            }
        }
        same
    }
}

/// A well mixed number of `seed` (Steele, Lea and Flood 2014, splitmix64).
pub(super) const fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Seeded random numbers.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `count`, which is at least 1.
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(1);
        ((u128::from(mix(self.0)) * count as u128) >> 64) as usize
    }
}

/// How rows enter the problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Covered weight is gained.
    Gain,
    /// Each row must be covered.
    All,
    /// Covered weight must reach a target.
    Target,
}

/// What is left to decide, as a minimum: free sites with a price each, row classes with a weight each.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) kind: Kind,
    /// Ids in the instance.
    pub(super) sites: Vec<u32>,
    /// What a site adds to the minimum (minus its bonus when weight is gained).
    pub(super) price: Vec<i64>,
    /// What a site takes from the budget.
    pub(super) cost: Vec<i64>,
    pub(super) rows_of: Csr,
    pub(super) sites_of: Csr,
    /// Weight of each class; 1 when all must be covered.
    pub(super) weight: Vec<i64>,
    /// Place of each root class: a class here, [`COVERED`] or [`DEAD`].
    pub(super) place: Vec<u32>,
    /// Price of the sites inside, minus the weight they cover when weight is gained.
    pub(super) base: i64,
    /// Weight the sites inside cover.
    pub(super) covered: i64,
}

/// What happens to a free site when a model shrinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Free,
    Inside,
    Outside,
}

impl Model {
    pub(super) fn site_count(&self) -> usize {
        self.sites.len()
    }

    pub(super) fn class_count(&self) -> usize {
        self.weight.len()
    }

    /// The model after these decisions, with its multipliers-to-be (one `share` a class, of the class's weight;
    /// for classes merged the weighted mean, or the sum when all rows must be covered).
    pub(super) fn shrunk(&self, fates: &[Fate], share: &[f64]) -> (Self, Vec<f64>) {
        let classes = self.class_count();
        let mut state = vec![DEAD; classes];
        let mut base = self.base;
        let mut covered = self.covered;
        for (site, fate) in fates.iter().enumerate() {
            if *fate == Fate::Inside {
                base += self.price[site];
                for &class in self.rows_of.get(site as u32) {
                    state[class as usize] = COVERED;
                }
            }
        }
        let mut new_index = vec![u32::MAX; self.site_count()];
        let mut kept = Vec::new();
        for (site, _) in fates.iter().enumerate().filter(|(_, fate)| **fate == Fate::Free) {
            new_index[site] = kept.len() as u32;
            kept.push(site);
        }
        let mut lists = Csr::new();
        let mut origin = Vec::new();
        for (class, state) in state.iter().enumerate() {
            if *state == COVERED {
                covered += self.weight[class];
                continue;
            }
            let sites =
                self.sites_of.get(class as u32).iter().map(|&site| new_index[site as usize]);
            let before = lists.pairs();
            lists.push(sites.filter(|site| *site != u32::MAX));
            if lists.pairs() == before {
                lists.pop_empty();
            } else {
                origin.push(class);
            }
        }
        if self.kind == Kind::Gain {
            base -= covered - self.covered;
        }
        let mut merged = Merged::new(self, &lists, &origin, share);
        merged.places(&mut state, &origin);
        let place = |old: &u32| if *old >= DEAD { *old } else { state[*old as usize] };
        let model = Self {
            kind: self.kind,
            sites: kept.iter().map(|&site| self.sites[site]).collect(),
            price: kept.iter().map(|&site| self.price[site]).collect(),
            cost: kept.iter().map(|&site| self.cost[site]).collect(),
            rows_of: merged.sites_of.transposed(kept.len()),
            sites_of: merged.sites_of,
            weight: merged.weight,
            place: self.place.iter().map(place).collect(),
            base,
            covered,
        };
        (model, merged.share)
    }
}

/// Classes with equal lists put together.
struct Merged {
    sites_of: Csr,
    weight: Vec<i64>,
    share: Vec<f64>,
    place_of: Vec<u32>,
}

impl Merged {
    fn new(model: &Model, lists: &Csr, origin: &[usize], share: &[f64]) -> Self {
        let same = lists.same_as();
        let mut merged = Self {
            sites_of: Csr::new(),
            weight: Vec::new(),
            share: Vec::new(),
            place_of: vec![0; origin.len()],
        };
        for (list, &class) in origin.iter().enumerate() {
            let first = same[list] as usize;
            let (weight, own) = (model.weight[class], share[class]);
            if first == list {
                merged.place_of[list] = merged.weight.len() as u32;
                merged.sites_of.push(lists.get(list as u32).iter().copied());
                merged.weight.push(weight);
                merged.share.push(own);
                continue;
            }
            let place = merged.place_of[first];
            merged.place_of[list] = place;
            let place = place as usize;
            if model.kind == Kind::All {
                merged.share[place] += own;
            } else {
                let (old, sum) = (merged.weight[place], merged.weight[place] + weight);
                if sum > 0 {
                    merged.share[place] =
                        (merged.share[place] * old as f64 + own * weight as f64) / sum as f64;
                }
                merged.weight[place] = sum;
            }
        }
        merged
    }

    fn places(&mut self, state: &mut [u32], origin: &[usize]) {
        for (list, &class) in origin.iter().enumerate() {
            state[class] = self.place_of[list];
        }
    }
}
