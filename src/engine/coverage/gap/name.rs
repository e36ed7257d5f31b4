//! What a coverage gap is called: its community, the sheet of it, and a quarter or street in it.

use std::collections::{BTreeSet, VecDeque};

use crate::coverage::Site;
use crate::ids::{DemandPointId, EdgeId};
use crate::reach::LinkedWalker;
use crate::spatial::LonLat;
use crate::units::{Meters, Persons};

use super::{GapKind, LeftOut};

/// A quarter names a gap when it stands within this part of the walk from where most of its people live.
const QUARTER_PART: f64 = 1.0 / 3.0;
/// Streets looked at for a name around a home whose own has none.
const STREETS_TRIED: usize = 64;

/// What a gap is called, part by part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GapName {
    /// Its community, told apart from others of that name; empty in a study without zones.
    pub community: String,
    /// The rectangle of a community that is wider than the walk: columns lettered from the west, rows numbered from
    /// the north; empty when the community is in one piece.
    pub sheet: String,
    /// A quarter, or the street that most of its people live in; empty when neither is known.
    pub locale: String,
}

/// The words of a language that names of gaps need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GapWords {
    /// What is scattered over a zone.
    pub scattered: &'static str,
    /// The whole of a study without zones.
    pub study: &'static str,
}

impl GapWords {
    /// English, as in files.
    pub const ENGLISH: Self = Self { scattered: "scattered homes", study: "study area" };
    /// Chinese.
    pub const CHINESE: Self = Self { scattered: "零散居住点", study: "评估范围" };

    /// Those of a language by its tag; English for any that has none.
    pub fn of(language: &str) -> Self {
        if language.starts_with("zh") { Self::CHINESE } else { Self::ENGLISH }
    }
}

impl GapName {
    /// All of it: `community sheet · locale`.
    pub(super) fn text(&self, kind: GapKind, words: GapWords) -> String {
        let community = [self.community.as_str(), self.sheet.as_str()];
        let community: Vec<&str> = community.into_iter().filter(|part| !part.is_empty()).collect();
        let community = community.join(" ");
        let scattered = if kind == GapKind::Scattered { words.scattered } else { "" };
        let parts = [community.as_str(), self.locale.as_str(), scattered];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { words.study.to_owned() } else { parts.join(" · ") }
    }
}

/// A quarter near `center`, else the street of most of the people, else a street near the heaviest of them.
pub(super) fn locale(
    (site, walker, walk): (&Site, &LinkedWalker, Meters),
    community: &str,
    entries: &[LeftOut],
    (heaviest, center): (DemandPointId, LonLat),
) -> String {
    let mut quarters = site.quarters.near(center, Meters(walk.0 * QUARTER_PART));
    if let Some(quarter) = quarters.find(|&name| name != community) {
        return quarter.to_owned();
    }
    let edge_of = |point| {
        let nearest = walker.demand.of(point).iter().min_by_key(|tie| tie.access_mm);
        nearest.map(|tie| tie.position.edge)
    };
    let name_of = |edge: EdgeId| site.graph.edges()[edge].name;
    let mut by_street: Vec<(u32, Persons)> = entries
        .iter()
        .filter_map(|&(point, persons, _)| Some((name_of(edge_of(point)?), persons)))
        .filter(|&(name, _)| name > 0)
        .collect();
    by_street.sort_unstable_by_key(|&(name, _)| name);
    let sums = by_street.chunk_by(|a, b| a.0 == b.0).map(|street| {
        let persons: Persons = street.iter().map(|&(_, persons)| persons).sum();
        (persons, street[0].0)
    });
    let name = |name: u32| site.graph.names().get(name as usize).map_or("", String::as_str);
    let most = sums.max_by(|a, b| a.0.cmp(&b.0).then_with(|| name(b.1).cmp(name(a.1))));
    match most {
        Some((_, most)) => name(most).to_owned(),
        None => edge_of(heaviest).map_or_else(String::new, |edge| street_near(site, edge)),
    }
}

/// The name of the first street with one, street by street outward from `start`.
fn street_near(site: &Site, start: EdgeId) -> String {
    let (mut queue, mut seen) = (VecDeque::from([start]), BTreeSet::from([start]));
    while let Some(edge) = queue.pop_front() {
        let name = site.graph.name(edge);
        if !name.is_empty() {
            return name.to_owned();
        }
        let ends = [site.graph.edges()[edge].from, site.graph.edges()[edge].to];
        for arc in ends.into_iter().flat_map(|node| site.graph.arcs(node)) {
            if seen.len() < STREETS_TRIED && seen.insert(arc.edge()) {
                queue.push_back(arc.edge());
            }
        }
    }
    String::new()
}
