//! Zones in a hierarchy: street → community → grid → building, or whatever levels a study has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::ids::{Id, IdVec, ZoneId};
use crate::spatial::{Area, AreaLocator, LonLat};

/// A polygon that results are summed up for.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// Id at the source, unique in the study.
    pub key: String,
    /// Name.
    pub name: String,
    /// The zone it is part of.
    pub parent: Option<ZoneId>,
    /// Depth in the hierarchy: 0 for the coarsest level.
    pub level: u8,
    /// What kind of community it is (`old_town`, `urban_village` …), when known.
    pub kind: Option<String>,
    /// Its ground; empty for the remainder of a parent that its children leave over.
    pub area: Area,
}

/// Key of the one zone of a study without zones.
pub const WHOLE_STUDY: &str = "study";

/// A zone before its parent is known by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ZoneDraft {
    /// Id at the source, unique among the drafts.
    pub key: String,
    /// Name.
    pub name: String,
    /// Key of the zone it is part of; else the one that contains it is looked for.
    pub parent: Option<String>,
    /// Depth in the hierarchy: 0 for the coarsest level.
    pub level: u8,
    /// What kind of community it is, when known.
    pub kind: Option<String>,
    /// Its ground.
    pub area: Area,
}

/// A named boundary with an administrative level, as maps have them.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedArea {
    /// Id at the source: `relation/7`.
    pub key: String,
    /// Name.
    pub name: String,
    /// Administrative level: larger is finer.
    pub admin_level: u8,
    /// Its ground.
    pub area: Area,
}

/// Why zones make no hierarchy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// Two zones with one key.
    #[error("two zones have the id {0:?}; give one of them another")]
    Twice(String),
    /// Zones that are parts of each other.
    #[error("zones are parts of each other: {}; correct their parents", .0.join(" → "))]
    Cycle(Vec<String>),
}

/// All zones of a study, parents before children. The zones are not to change after the first
/// [`ZoneHierarchy::find`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ZoneHierarchy {
    /// The zones, sorted by level then key.
    pub zones: IdVec<ZoneId, Zone>,
    /// Name of each level, coarsest first.
    pub level_names: Vec<String>,
    locator: LazyLocator,
}

/// Made at the first question; no part of what a hierarchy is.
#[derive(Clone, Debug, Default)]
struct LazyLocator(OnceLock<AreaLocator>);

impl PartialEq for LazyLocator {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl ZoneHierarchy {
    /// A hierarchy of zones that are sorted by level then key, with parents that come before them.
    pub fn new(zones: Vec<Zone>, level_names: Vec<String>) -> Self {
        Self { zones: zones.into(), level_names, locator: LazyLocator::default() }
    }

    /// Whether it is the one zone made up for a study without zones.
    pub fn is_made_up(&self) -> bool {
        self.zones.len() == 1 && self.zones.iter().all(|zone| zone.key == WHOLE_STUDY)
    }

    /// A hierarchy of `drafts`. A parent is the draft it names when that is on a coarser level, else the zone of
    /// the nearest coarser level that contains its label place (ties by key), else none.
    ///
    /// # Errors
    /// When two drafts share a key or are, by the parents they name, parts of each other.
    pub fn from_drafts(
        mut drafts: Vec<ZoneDraft>,
        level_names: Vec<String>,
    ) -> Result<Self, ZoneError> {
        drafts.sort_by(|a, b| (a.level, &a.key).cmp(&(b.level, &b.key)));
        check_drafts(&drafts)?;
        let parents = find_parents(&drafts);
        let zones = drafts
            .into_iter()
            .zip(parents)
            .map(|(draft, parent)| Zone {
                key: draft.key,
                name: draft.name,
                parent,
                level: draft.level,
                kind: draft.kind,
                area: draft.area,
            })
            .collect();
        Ok(Self::new(zones, level_names))
    }

    /// The deepest zone that contains `place` (boundary included); ties by id.
    pub fn find(&self, place: LonLat) -> Option<ZoneId> {
        let areas = || AreaLocator::new(self.zones.iter().map(|zone| &zone.area));
        let locator = self.locator.0.get_or_init(areas);
        let mut deepest: Option<(u8, ZoneId)> = None;
        for id in locator.containing(place).into_iter().map(ZoneId) {
            let level = self.zones[id].level;
            if deepest.is_none_or(|(found, _)| level > found) {
                deepest = Some((level, id));
            }
        }
        deepest.map(|(_, id)| id)
    }

    /// `zone` and all zones above it, deepest first.
    pub fn ancestry(&self, zone: ZoneId) -> impl Iterator<Item = ZoneId> + '_ {
        std::iter::successors(Some(zone), |&id| self.zones[id].parent)
    }
}

/// A hierarchy of map boundaries: their administrative levels become levels 0, 1 …, parents contain the label
/// places of their parts. Of areas with one key the first is kept.
pub fn hierarchy_from_areas(areas: Vec<NamedArea>) -> ZoneHierarchy {
    let levels: BTreeSet<u8> = areas.iter().map(|area| area.admin_level).collect();
    let level_names = levels.iter().map(|level| format!("admin_level={level}")).collect();
    let mut seen = BTreeSet::new();
    let mut drafts: Vec<ZoneDraft> = areas
        .into_iter()
        .filter(|area| seen.insert(area.key.clone()))
        .map(|area| ZoneDraft {
            key: area.key,
            name: area.name,
            parent: None,
            level: levels.range(..area.admin_level).count() as u8,
            kind: None,
            area: area.area,
        })
        .collect();
    drafts.sort_by(|a, b| (a.level, &a.key).cmp(&(b.level, &b.key)));
    ZoneHierarchy::from_drafts(drafts, level_names).unwrap_or_default()
}

/// Checks keys and named parents of sorted drafts.
fn check_drafts(drafts: &[ZoneDraft]) -> Result<(), ZoneError> {
    let mut parents: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for draft in drafts {
        if parents.insert(&draft.key, draft.parent.as_deref()).is_some() {
            return Err(ZoneError::Twice(draft.key.clone()));
        }
    }
    let mut cleared: BTreeSet<&str> = BTreeSet::new();
    for draft in drafts {
        let mut path: Vec<&str> = Vec::new();
        let mut on_path: BTreeSet<&str> = BTreeSet::new();
        let mut next = Some(draft.key.as_str());
        while let Some(key) = next.filter(|key| !cleared.contains(key)) {
            path.push(key);
            if !on_path.insert(key) {
                let start = path.iter().position(|&on| on == key).unwrap_or(0);
                let cycle = path[start..].iter().map(|&key| key.to_owned()).collect();
                return Err(ZoneError::Cycle(cycle));
            }
            next = parents.get(key).copied().flatten();
        }
        cleared.extend(path);
    }
    Ok(())
}

/// The parent of each of the sorted drafts.
fn find_parents(drafts: &[ZoneDraft]) -> Vec<Option<ZoneId>> {
    let by_key: BTreeMap<&str, usize> =
        drafts.iter().enumerate().map(|(at, draft)| (draft.key.as_str(), at)).collect();
    let locator = AreaLocator::new(drafts.iter().map(|draft| &draft.area));
    let parent = |draft: &ZoneDraft| {
        let named = draft
            .parent
            .as_ref()
            .and_then(|key| by_key.get(key.as_str()).copied())
            .filter(|&at| drafts[at].level < draft.level);
        let around = || {
            let holders = locator.containing(draft.area.label_place()?);
            holders
                .into_iter()
                .map(|at| at as usize)
                .filter(|&at| drafts[at].level < draft.level)
                .max_by_key(|&at| (drafts[at].level, std::cmp::Reverse(at)))
        };
        named.or_else(|| if draft.level == 0 { None } else { around() }).map(ZoneId::from_index)
    };
    drafts.iter().map(parent).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn square(west: f64, south: f64, side: f64) -> Area {
        let ring = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
            .map(|(x, y)| LonLat::new(west + x, south + y).unwrap());
        Area::from_ring(ring.to_vec())
    }

    fn draft(key: &str, level: u8, area: Area) -> ZoneDraft {
        ZoneDraft { key: key.into(), name: key.into(), level, area, ..ZoneDraft::default() }
    }

    fn parent_key(zones: &ZoneHierarchy, key: &str) -> Option<String> {
        let zone = zones.zones.iter().find(|zone| zone.key == key).unwrap();
        zone.parent.map(|id| zones.zones[id].key.clone())
    }

    #[test]
    fn a_part_belongs_to_the_nearest_coarser_zone_around_it() {
        let zones = ZoneHierarchy::from_drafts(
            vec![
                draft("grid", 2, square(0.1, 0.1, 0.1)),
                draft("lone grid", 2, square(0.7, 0.7, 0.1)),
                draft("community", 1, square(0.0, 0.0, 0.5)),
                draft("street", 0, square(0.0, 0.0, 1.0)),
            ],
            vec![],
        )
        .unwrap();
        assert_eq!(parent_key(&zones, "grid").as_deref(), Some("community"));
        assert_eq!(parent_key(&zones, "lone grid").as_deref(), Some("street"));
        assert_eq!(parent_key(&zones, "street"), None);
        let deepest = zones.find(LonLat::new(0.15, 0.15).unwrap()).unwrap();
        let up: Vec<&str> =
            zones.ancestry(deepest).map(|id| zones.zones[id].key.as_str()).collect();
        assert_eq!(up, ["grid", "community", "street"]);
    }

    #[test]
    fn a_named_parent_goes_before_the_one_around() {
        let mut part = draft("part", 1, square(0.1, 0.1, 0.1));
        part.parent = Some("far".into());
        let drafts = vec![
            part,
            draft("around", 0, square(0.0, 0.0, 1.0)),
            draft("far", 0, square(5.0, 5.0, 1.0)),
        ];
        let zones = ZoneHierarchy::from_drafts(drafts, vec![]).unwrap();
        assert_eq!(parent_key(&zones, "part").as_deref(), Some("far"));
    }

    #[test]
    fn zones_that_are_parts_of_each_other_are_an_error() {
        let with_parent = |key: &str, parent: &str| ZoneDraft {
            parent: Some(parent.into()),
            ..draft(key, 1, square(0.0, 0.0, 1.0))
        };
        let drafts = vec![with_parent("a", "b"), with_parent("b", "c"), with_parent("c", "b")];
        let error = ZoneHierarchy::from_drafts(drafts, vec![]).unwrap_err();
        assert_eq!(error, ZoneError::Cycle(vec!["b".into(), "c".into(), "b".into()]));
    }

    #[test]
    fn boundaries_of_a_map_become_levels() {
        let area = |key: &str, admin_level, area| NamedArea {
            key: key.into(),
            name: key.into(),
            admin_level,
            area,
        };
        let zones = hierarchy_from_areas(vec![
            area("ward", 10, square(0.0, 0.0, 0.5)),
            area("city", 6, square(0.0, 0.0, 1.0)),
            area("city", 6, square(2.0, 0.0, 1.0)),
        ]);
        assert_eq!(zones.level_names, ["admin_level=6", "admin_level=10"]);
        assert_eq!(zones.zones.len(), 2);
        assert_eq!(parent_key(&zones, "ward").as_deref(), Some("city"));
    }

    proptest! {
        #[test]
        fn the_fast_search_finds_what_a_plain_scan_finds(
            squares in prop::collection::vec((0..10_u8, 0..10_u8, 1..5_u8, 0..4_u8), 1..20),
            asked in prop::collection::vec((0..14_u8, 0..14_u8), 40),
        ) {
            let at = |n: u8| f64::from(n) * 0.25;
            let drafts: Vec<ZoneDraft> = squares
                .iter()
                .enumerate()
                .map(|(i, &(x, y, side, level))| draft(&format!("z{i}"), level, square(at(x), at(y), at(side))))
                .collect();
            let zones = ZoneHierarchy::from_drafts(drafts, vec![]).unwrap();
            for (x, y) in asked {
                let place = LonLat::new(at(x), at(y)).unwrap();
                let holders = zones.zones.enumerate().filter(|(_, zone)| zone.area.contains(place));
                let scan = holders.max_by_key(|(id, zone)| (zone.level, std::cmp::Reverse(*id)));
                prop_assert_eq!(zones.find(place), scan.map(|(id, _)| id));
            }
        }
    }
}
