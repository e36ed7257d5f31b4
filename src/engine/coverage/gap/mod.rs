//! Coverage gaps: places where people are not covered, each such that one site could serve it.
//!
//! Homes that are left out belong to one gap when they lie in one patch of ground (`patch`), which no edit moves: an
//! edit changes only gaps with a home whose walk it changes, and a gap keeps its key for as long as its ground is there.
//! What is left out by less than one person in a patch is gathered by community, then by the zone above, then by study.

mod name;
mod outline;
mod patch;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::demand::DemandLayer;
use crate::ids::{DemandPointId, GroupId, Id, ZoneId};
use crate::reach::LinkedWalker;
use crate::spatial::{Area, LonLat, Tile, Tiling};
use crate::units::{Meters, Persons, WalkTime};

use super::Site;
use patch::{Patch, Patches};

pub use name::{GapName, GapWords};

/// How far around a demand point a gap is drawn, in metres.
pub const GAP_DRAW_M: f64 = 75.0;
/// Gaps of rules with a shorter walk are as wide as if it were this, in metres.
pub const GAP_WIDTH_MIN_M: f64 = 200.0;
/// With fewer people than this, what is left out in a patch is scattered.
pub const GAP_PERSONS_MIN: Persons = Persons::from_micro(1_000_000);

/// Whether one site could serve a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// A place: its homes lie no farther apart than one walks within the cutoff.
    Place,
    /// Homes of a zone, or of the study, with less than a person in each patch.
    Scattered,
}

impl GapKind {
    /// Its name in files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Scattered => "scattered",
        }
    }
}

/// People who are not covered, at one place or scattered over a zone.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageGap {
    /// A word for its ground that no other gap of the rule has and that outlasts edits: key of the zone, geohash.
    pub key: String,
    /// Whether one site could serve it.
    pub kind: GapKind,
    /// What it is called; no other gap of the rule is called the same.
    pub name: GapName,
    /// The points, in id order.
    pub points: Vec<DemandPointId>,
    /// People of the group in it.
    pub persons: Persons,
    /// Shortest time from any of its points; `None` when none reaches a facility at all.
    pub nearest: Option<WalkTime>,
    /// Mean time of its people who reach a facility at all, rounded half up.
    pub mean: Option<WalkTime>,
    /// The zone most of its people live in.
    pub zone: Option<ZoneId>,
    /// Where most of its people live.
    pub center: LonLat,
    /// Its drawing.
    pub area: Area,
}

impl CoverageGap {
    /// What it is called in the language of `words`.
    pub fn title(&self, words: GapWords) -> String {
        self.name.text(self.kind, words)
    }
}

/// Uncovered people: who and how far from the nearest facility (unreachable allowed).
pub type LeftOut = (DemandPointId, Persons, WalkTime);

/// How far apart the homes of one gap may lie: the walk within the cutoff, at least [`GAP_WIDTH_MIN_M`].
pub fn widest(walk: Meters) -> Meters {
    Meters(walk.0.max(GAP_WIDTH_MIN_M))
}

/// The gaps among `left_out` for a cutoff within which `walker` walks `walk` on the level: places, most people first,
/// then what is scattered; ties by key. Points outside all zones are in none.
pub fn find_gaps(
    site: &Site,
    walker: &LinkedWalker,
    (walk, left_out): (Meters, &[LeftOut]),
) -> Vec<CoverageGap> {
    let walk = widest(walk);
    let patches = Patches::new(site.zones, site.demand, walk);
    let points = &site.demand.points;
    let mut homes: Vec<(Patch, LeftOut)> = left_out
        .par_iter()
        .filter_map(|&entry| {
            let zone = points[entry.0].zone?;
            Some((patches.of(zone, points[entry.0].place), entry))
        })
        .collect();
    homes.par_sort_unstable();
    let (gathered, crumbs): (Vec<_>, Vec<_>) = homes
        .chunk_by(|a, b| a.0 == b.0)
        .partition(|homes| homes.iter().map(|home| home.1.1).sum::<Persons>() >= GAP_PERSONS_MIN);
    let maker = Maker { site, walker, walk, patches: &patches };
    let mut gaps: Vec<CoverageGap> =
        gathered.par_iter().filter_map(|homes| maker.place(homes)).collect();
    let scattered = gather(site, &crumbs);
    gaps.par_extend(
        scattered.par_iter().filter_map(|(zone, entries)| maker.scattered(*zone, entries)),
    );
    gaps.sort_by(|a, b| {
        (a.kind, Reverse(a.persons), &a.key).cmp(&(b.kind, Reverse(b.persons), &b.key))
    });
    gaps
}

/// Crumbs by community; those of a zone with less than one person count in the zone above, and those of zones that have
/// none above in the study as a whole.
fn gather(site: &Site, crumbs: &[&[(Patch, LeftOut)]]) -> Vec<(Option<ZoneId>, Vec<LeftOut>)> {
    let zones = &site.zones.zones;
    let mut open: BTreeMap<(Reverse<u8>, ZoneId), Vec<LeftOut>> = BTreeMap::new();
    let seat = |zone: ZoneId| (Reverse(zones[zone].level), zone);
    for homes in crumbs {
        let own = open.entry(seat(homes[0].0.0)).or_default();
        own.extend(homes.iter().map(|home| home.1));
    }
    let (mut closed, mut rest) = (Vec::new(), Vec::new());
    while let Some(((_, zone), mut entries)) = open.pop_first() {
        let persons: Persons = entries.iter().map(|entry| entry.1).sum();
        match zones[zone].parent {
            _ if persons >= GAP_PERSONS_MIN => closed.push((Some(zone), entries)),
            Some(parent) => open.entry(seat(parent)).or_default().append(&mut entries),
            None => rest.append(&mut entries),
        }
    }
    if !rest.is_empty() {
        closed.push((None, rest));
    }
    closed
}

/// What gaps are made with.
struct Maker<'a> {
    site: &'a Site<'a>,
    walker: &'a LinkedWalker,
    walk: Meters,
    patches: &'a Patches<'a>,
}

impl Maker<'_> {
    /// The gap of a patch.
    fn place(&self, homes: &[(Patch, LeftOut)]) -> Option<CoverageGap> {
        let patch = homes.first()?.0;
        let entries: Vec<LeftOut> = homes.iter().map(|home| home.1).collect();
        let heaviest = heaviest(&entries)?;
        let center = self.site.demand.points[heaviest].place;
        let community = self.patches.label(patch.0);
        let ground = (self.site, self.walker, self.walk);
        let name = GapName {
            community: community.to_owned(),
            sheet: self.patches.sheet(patch),
            locale: name::locale(ground, community, &entries, (heaviest, center)),
        };
        let cut = self.patches.tiling(patch.0).filter(|tiling| tiling.counts() != [1, 1]);
        let cut = cut.map(|tiling| (tiling, patch.1));
        self.gap(
            (GapKind::Place, self.patches.key(patch), name),
            (Some(patch.0), cut),
            (center, &entries),
        )
    }

    /// What is scattered over a zone, or over the study.
    fn scattered(&self, zone: Option<ZoneId>, entries: &[LeftOut]) -> Option<CoverageGap> {
        let mut entries = entries.to_vec();
        entries.sort_unstable();
        let center = self.site.demand.points[heaviest(&entries)?].place;
        let community = zone.map_or_else(String::new, |zone| self.patches.label(zone).to_owned());
        let key = zone.map_or_else(
            || "scattered".to_owned(),
            |zone| format!("{}/scattered", self.site.zones.zones[zone].key),
        );
        let name = GapName { community, ..GapName::default() };
        self.gap((GapKind::Scattered, key, name), (zone, None), (center, &entries))
    }

    fn gap(
        &self,
        (kind, key, name): (GapKind, String, GapName),
        (community, cut): (Option<ZoneId>, Option<(&Tiling, Tile)>),
        (center, entries): (LonLat, &[LeftOut]),
    ) -> Option<CoverageGap> {
        let demand = &self.site.demand.points;
        let points: Vec<DemandPointId> = entries.iter().map(|entry| entry.0).collect();
        let mut by_zone: BTreeMap<ZoneId, Persons> = BTreeMap::new();
        for &(id, persons, _) in entries {
            if let Some(zone) = demand[id].zone {
                *by_zone.entry(zone).or_default() += persons;
            }
        }
        let most = by_zone.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
        let homes: Vec<LonLat> = points.iter().map(|&id| demand[id].place).collect();
        let corner = community.and_then(|community| self.patches.corner(community));
        let origin = corner.or_else(|| homes.first().copied())?;
        Some(CoverageGap {
            key,
            kind,
            name,
            persons: entries.iter().map(|entry| entry.1).sum(),
            nearest: entries.iter().map(|entry| entry.2).min().and_then(WalkTime::reached),
            mean: mean(entries),
            zone: most.map(|(zone, _)| zone),
            center,
            area: outline::draw(&homes, origin, cut),
            points,
        })
    }
}

/// The point with most people, the smaller id at a tie.
fn heaviest(entries: &[LeftOut]) -> Option<DemandPointId> {
    entries.iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|entry| entry.0)
}

/// Mean time of those who reach a facility, weighted by people, rounded half up.
fn mean(entries: &[LeftOut]) -> Option<WalkTime> {
    let (mut people, mut weighted) = (0_i128, 0_i128);
    for &(_, persons, time) in entries {
        if let Some(time) = time.reached() {
            people += i128::from(persons.as_micro());
            weighted += i128::from(persons.as_micro()) * i128::from(time.as_ms());
        }
    }
    (people > 0).then(|| WalkTime::from_ms(((weighted + people / 2) / people) as u32))
}

/// The people of `group` whose time exceeds `cutoff`, in id order; those without street data are not known to be left
/// out.
pub fn left_out(
    demand: &DemandLayer,
    group: GroupId,
    times: &crate::reach::DemandTimes,
    cutoff: WalkTime,
) -> Vec<LeftOut> {
    demand
        .points
        .enumerate()
        .filter(|(id, point)| {
            point.zone.is_some()
                && point.persons[group.index()] > Persons::ZERO
                && times.walk(*id).is_some_and(|time| time > cutoff)
        })
        .map(|(id, point)| (id, point.persons[group.index()], times.time(id)))
        .collect()
}
