//! Everything a study knows, linked once per walk profile and never changed.

use std::sync::Arc;

use rayon::prelude::*;

use crate::coverage::{Site, Standard};
use crate::demand::zone::WHOLE_STUDY;
use crate::demand::{DemandLayer, Origin, Quarters, Zone, ZoneHierarchy};
use crate::facility::{FacilityLayer, Taxonomy};
use crate::ids::{DemandPointId, FacilityId, IdVec, ZoneId};
use crate::reach::{
    Comer, LinkLimits, LinkSource, LinkedWalker, TieFinder, TieGround, front_for, front_through,
    home_front,
};
use crate::spatial::{Area, BoundingBox, Front, LonLat};
use crate::street::{Linkage, Obstacles, Snapped, Snapper, StreetGraph, WalkProfile};
use crate::units::{Meters, Persons};

/// What a baseline is made of.
#[derive(Debug, Default)]
pub struct Ingredients {
    /// The streets.
    pub graph: StreetGraph,
    /// Finds streets near places, when it was already built.
    pub snapper: Option<Snapper>,
    /// The walk profiles in use, in study order; at least one.
    pub profiles: Vec<WalkProfile>,
    /// The words for functions.
    pub taxonomy: Taxonomy,
    /// The facilities.
    pub facilities: FacilityLayer,
    /// The people; their zones are assigned here.
    pub demand: DemandLayer,
    /// The zones.
    pub zones: ZoneHierarchy,
    /// The promises.
    pub standards: Vec<Standard>,
    /// Where walks from homes in walled compounds begin.
    pub origin: Origin,
    /// What only streets cross.
    pub obstacles: Obstacles,
    /// Names of settlements and quarters.
    pub quarters: Quarters,
}

/// A study, ready to be asked.
///
/// What no edit touches is shared by copies.
#[derive(Debug)]
pub struct Baseline {
    /// The streets.
    pub graph: StreetGraph,
    /// Finds streets near places.
    pub snapper: Arc<Snapper>,
    /// The words for functions.
    pub taxonomy: Taxonomy,
    /// The facilities.
    pub facilities: FacilityLayer,
    /// The people.
    pub demand: Arc<DemandLayer>,
    /// The zones, with the remainders that make every level add up.
    pub zones: Arc<ZoneHierarchy>,
    /// The promises.
    pub standards: Vec<Standard>,
    /// Where walks from homes in walled compounds begin.
    pub origin: Origin,
    /// What only streets cross.
    pub obstacles: Arc<Obstacles>,
    /// Names of settlements and quarters.
    pub quarters: Arc<Quarters>,
    /// How far points were snapped.
    pub limits: LinkLimits,
    walkers: Vec<LinkedWalker>,
}

/// A point that meets the streets badly or not at all under a profile.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkIssue {
    /// A facility has no street within the limit.
    FacilityUnlinked(FacilityId),
    /// A demand point has no street within the limit.
    DemandUnlinked(DemandPointId),
    /// A facility was snapped farther than half the limit; its shortest access leg.
    FacilityFar(FacilityId, Meters),
    /// A demand point was snapped farther than half the limit.
    DemandFar(DemandPointId, Meters),
    /// A facility is tied to the streets over an obstacle only.
    FacilityForced(FacilityId),
    /// A demand point is tied to the streets over an obstacle only.
    DemandForced(DemandPointId),
    /// How many people live on streets that the walker cannot leave.
    IslandPeople(Persons),
    /// A facility lies on streets cut off from the rest.
    FacilityOnIsland(FacilityId),
    /// A demand point lies on streets cut off from the rest.
    DemandOnIsland(DemandPointId),
    /// A demand point lies in no zone and counts nowhere.
    DemandOutside(DemandPointId),
    /// A piece of street network is cut off: how long it is.
    Island(crate::ids::EdgeId, Meters),
}

impl Baseline {
    /// Assigns zones, ties both layers to the streets for every profile.
    pub fn new(ingredients: Ingredients, limits: LinkLimits) -> Self {
        let Ingredients {
            graph,
            snapper,
            profiles,
            taxonomy,
            facilities,
            mut demand,
            zones,
            standards,
            origin,
            obstacles,
            quarters,
        } = ingredients;
        let zones = assign_zones(&mut demand, zones);
        let snapper = snapper.unwrap_or_else(|| Snapper::new(&graph));
        let streets = (&snapper, &obstacles);
        let source = LinkSource::new(&graph, streets, (&facilities, &demand), limits);
        let mut walkers = LinkedWalker::link_all(&profiles, &source);
        LinkedWalker::note_unmapped(&mut walkers);
        Self {
            graph,
            snapper: snapper.into(),
            taxonomy,
            facilities,
            demand: demand.into(),
            zones: zones.into(),
            standards,
            origin,
            obstacles: obstacles.into(),
            quarters: quarters.into(),
            limits,
            walkers,
        }
    }

    /// The same with other linked profiles.
    pub(super) fn with_walkers(self, walkers: Vec<LinkedWalker>) -> Self {
        Self { walkers, ..self }
    }

    /// A copy with other streets, facilities and linked profiles; the rest is shared.
    pub(super) fn edited(
        &self,
        (graph, facilities): (&StreetGraph, &FacilityLayer),
        walkers: &[LinkedWalker],
    ) -> Self {
        Self {
            graph: graph.clone(),
            snapper: Arc::clone(&self.snapper),
            taxonomy: self.taxonomy.clone(),
            facilities: facilities.clone(),
            demand: Arc::clone(&self.demand),
            zones: Arc::clone(&self.zones),
            standards: self.standards.clone(),
            origin: self.origin,
            obstacles: Arc::clone(&self.obstacles),
            quarters: Arc::clone(&self.quarters),
            limits: self.limits,
            walkers: walkers.to_vec(),
        }
    }

    /// The linked profiles, in study order.
    pub fn walkers(&self) -> &[LinkedWalker] {
        &self.walkers
    }

    /// The walker of profile `id`.
    pub fn find_walker(&self, id: &str) -> Option<&LinkedWalker> {
        self.walkers.iter().find(|walker| walker.profile.id == id)
    }

    /// Where `walker` meets the streets from a place without a mapped door; empty when no street is within the limit.
    pub fn ties(&self, walker: &LinkedWalker, place: LonLat) -> Vec<Snapped> {
        let ground = TieGround {
            graph: &self.graph,
            map: &self.snapper,
            snappers: vec![&self.snapper],
            obstacles: &self.obstacles,
            limit: self.limits.snap_distance,
        };
        let at = (place, &Front::Listed);
        let front = front_through(&walker.profile, Comer::Resident, at, &self.obstacles);
        TieFinder::new(&ground, &walker.impedance, &walker.islands).ties(place, &front)
    }

    /// What coverage is assessed on.
    pub fn site(&self) -> Site<'_> {
        Site {
            graph: &self.graph,
            taxonomy: &self.taxonomy,
            facilities: &self.facilities,
            demand: &self.demand,
            zones: &self.zones,
            quarters: &self.quarters,
        }
    }

    /// What meets the streets badly under `walker`, in layer and id order.
    pub fn link_issues(&self, walker: &LinkedWalker) -> Vec<LinkIssue> {
        let mut issues: Vec<LinkIssue> = Vec::new();
        let far = Meters(self.limits.snap_distance.0 / 2.0);
        for (id, facility) in self.facilities.facilities.enumerate() {
            match standing(&walker.facilities, id, far) {
                // Its doors say why.
                Standing::Unlinked
                    if front_for(&walker.profile, facility, &self.obstacles) == Front::Nowhere => {}
                Standing::Unlinked => issues.push(LinkIssue::FacilityUnlinked(id)),
                Standing::Island => issues.push(LinkIssue::FacilityOnIsland(id)),
                Standing::Forced => issues.push(LinkIssue::FacilityForced(id)),
                Standing::Far(leg) => issues.push(LinkIssue::FacilityFar(id, leg)),
                Standing::Fine => {}
            }
        }
        let mut on_islands = Persons::ZERO;
        for (id, point) in self.demand.points.enumerate() {
            if point.zone.is_none() {
                issues.push(LinkIssue::DemandOutside(id));
            }
            match standing(&walker.demand, id, far) {
                Standing::Unlinked
                    if *home_front(&walker.profile, point, &self.obstacles) == Front::Nowhere => {}
                Standing::Unlinked => issues.push(LinkIssue::DemandUnlinked(id)),
                Standing::Island => {
                    on_islands += point.persons.first().copied().unwrap_or_default();
                    issues.push(LinkIssue::DemandOnIsland(id));
                }
                Standing::Forced => issues.push(LinkIssue::DemandForced(id)),
                Standing::Far(leg) => issues.push(LinkIssue::DemandFar(id, leg)),
                Standing::Fine => {}
            }
        }
        if on_islands > Persons::ZERO {
            issues.push(LinkIssue::IslandPeople(on_islands));
        }
        let island = |&(edge, mm): &(crate::ids::EdgeId, u64)| {
            LinkIssue::Island(edge, Meters(mm as f64 / 1000.0))
        };
        issues.extend(walker.islands.pieces.iter().map(island));
        issues
    }
}

enum Standing {
    Fine,
    Far(Meters),
    Island,
    Forced,
    Unlinked,
}

fn standing(linkage: &Linkage, id: impl crate::ids::Id, far: Meters) -> Standing {
    let snaps = linkage.of(id);
    let Some(best) = snaps.iter().min_by_key(|snap| (snap.on_island, snap.access_mm)) else {
        return Standing::Unlinked;
    };
    let leg = Meters::from_mm(best.access_mm);
    if best.on_island {
        Standing::Island
    } else if best.forced {
        Standing::Forced
    } else if leg.0 > far.0 {
        Standing::Far(leg)
    } else {
        Standing::Fine
    }
}

/// Puts every demand point into its deepest zone, and gives each zone with parts a remainder for the people
/// who live in none of them, so that the parts of a zone add up to it exactly.
fn assign_zones(demand: &mut DemandLayer, zones: ZoneHierarchy) -> ZoneHierarchy {
    if zones.zones.is_empty() {
        for point in &mut demand.points {
            point.zone = Some(ZoneId(0));
        }
        return whole_study(demand);
    }
    let found: Vec<Option<ZoneId>> =
        demand.points.as_slice().par_iter().map(|point| zones.find(point.place)).collect();
    let mut has_parts = vec![false; zones.zones.len()];
    for zone in &zones.zones {
        if let Some(parent) = zone.parent {
            has_parts[parent.0 as usize] = true;
        }
    }
    let ZoneHierarchy { zones: given, level_names, .. } = zones;
    let mut rests: std::collections::BTreeMap<ZoneId, Option<ZoneId>> =
        std::collections::BTreeMap::new();
    for &zone in found.iter().flatten() {
        if has_parts[zone.0 as usize] {
            rests.insert(zone, None);
        }
    }
    let mut all: IdVec<ZoneId, Zone> = given;
    for (&parent, rest) in &mut rests {
        let whole = &all[parent];
        let zone = Zone {
            key: format!("{}/rest", whole.key),
            name: format!("{} (rest)", whole.name),
            parent: Some(parent),
            level: whole.level + 1,
            kind: whole.kind.clone(),
            area: Area::default(),
        };
        *rest = Some(all.push(zone));
    }
    for (point, zone) in demand.points.iter_mut().zip(found) {
        point.zone = zone.map(|zone| rests.get(&zone).copied().flatten().unwrap_or(zone));
    }
    ZoneHierarchy::new(all.into_inner(), level_names)
}

/// One zone for everything, when a study has none; in two parts where the antimeridian goes through it.
fn whole_study(demand: &DemandLayer) -> ZoneHierarchy {
    let places = || demand.points.iter().map(|point| point.place);
    let bounds = BoundingBox::around(places());
    let parts = match bounds {
        Some(all) if all.max.lon() - all.min.lon() > 180.0 => vec![
            BoundingBox::around(places().filter(|place| place.lon() >= 0.0)).and_then(|east| {
                Some(east.with(LonLat::from_e7(1_800_000_000, east.min.lat_e7())?))
            }),
            BoundingBox::around(places().filter(|place| place.lon() < 0.0)).and_then(|west| {
                Some(west.with(LonLat::from_e7(-1_800_000_000, west.min.lat_e7())?))
            }),
        ],
        all => vec![all],
    };
    let polygons = parts.into_iter().flatten().flat_map(|part| box_area(part).polygons);
    let area = Area { polygons: polygons.collect() };
    let zone = Zone {
        key: WHOLE_STUDY.to_owned(),
        name: "study area".to_owned(),
        parent: None,
        level: 0,
        kind: None,
        area,
    };
    ZoneHierarchy::new(vec![zone], vec!["study".to_owned()])
}

/// The ground of a box.
fn box_area(bounds: BoundingBox) -> Area {
    let (west, south) = (bounds.min.lon_e7(), bounds.min.lat_e7());
    let (east, north) = (bounds.max.lon_e7(), bounds.max.lat_e7());
    let corners = [(west, south), (east, south), (east, north), (west, north)];
    let ring: Option<Vec<LonLat>> =
        corners.into_iter().map(|(lon, lat)| LonLat::from_e7(lon, lat)).collect();
    ring.map(Area::from_ring).unwrap_or_default()
}
