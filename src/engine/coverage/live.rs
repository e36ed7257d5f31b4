//! Coverage that follows edits: times of demand points and sums by zone, of which only what changed is
//! computed again, equal to an assessment from scratch bit for bit.

use crate::demand::{DemandLayer, ZoneHierarchy};
use crate::ids::{DemandPointId, EdgeId, FacilityId, GroupId, ZoneId};
use crate::reach::{
    DemandTimes, Direction, EdgePoints, FieldChange, FieldEdit, FieldRepair, Ground, LinkedWalker,
    NearestField, Seed, Seeds, walk_of,
};
use crate::units::{Persons, WalkTime};

use super::summary::{CoverageSum, Summary};

/// What a standing field is read on: the streets and links as they are now.
#[derive(Clone, Copy, Debug)]
pub struct LiveView<'a> {
    /// The streets under the walker.
    pub ground: Ground<'a>,
    /// Where people are linked.
    pub walker: &'a LinkedWalker,
    /// Which demand points stand on which edge.
    pub points: &'a EdgePoints,
}

/// The nearest facility of every node and demand point, kept up to date.
#[derive(Clone, Debug)]
pub struct LiveField {
    seeds: Seeds,
    field: NearestField,
    times: Vec<(WalkTime, u32)>,
    repair: FieldRepair,
    seen: Vec<bool>,
}

/// A demand point whose nearest facility, or the time to it, is another than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointChange {
    /// The point.
    pub point: DemandPointId,
    /// Time and owner before.
    pub before: (WalkTime, u32),
    /// Time and owner after.
    pub after: (WalkTime, u32),
}

/// What an edit changed in a field, enough to take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveChange {
    /// Demand points that changed.
    pub points: Vec<PointChange>,
    /// Nodes that changed.
    pub field: FieldChange,
    removed: Vec<Seed>,
    added: Vec<Seed>,
}

impl LiveChange {
    /// Whether nothing can be seen of it.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty() && self.field.nodes().len() == 0
    }
}

impl LiveField {
    /// A sweep from all entrances of `serving` within `bound` (inclusive), read at every demand point.
    pub fn sweep(view: &LiveView, serving: &[FacilityId], bound: WalkTime) -> Self {
        let seeds = view.walker.seeds(view.ground.graph, view.ground.impedance, serving);
        let field = NearestField::sweep(&view.ground, &seeds, bound);
        let points = view.walker.demand.len();
        let times = (0..points as u32)
            .map(|point| {
                view.walker.read_point(&view.ground, (&seeds, &field), DemandPointId(point))
            })
            .collect();
        Self { seeds, field, times, repair: FieldRepair::default(), seen: vec![false; points] }
    }

    /// Brings the field up to date after an edit of the streets, the seeds, or where the points `moved` stand.
    pub fn update(
        &mut self,
        view: &LiveView,
        edit: &FieldEdit,
        moved: &[DemandPointId],
    ) -> LiveChange {
        self.seeds.exchange(edit.removed, edit.added);
        let change = self.repair.repair(&mut self.field, &view.ground, &self.seeds, edit);
        let seeded = edit.removed.iter().chain(edit.added).map(|seed| seed.position.edge);
        let streets = edit.raised.iter().chain(edit.lowered).copied();
        let mut points = moved.to_vec();
        for edge in seeded.chain(streets) {
            points.extend(points_of(view, edge));
        }
        self.read_again(view, change, points, (edit.removed, edit.added))
    }

    /// Takes the field as far as `bound` (inclusive), farther or less far than before.
    pub fn rebound(&mut self, view: &LiveView, bound: WalkTime) -> LiveChange {
        let change = self.repair.rebound(&mut self.field, &view.ground, &self.seeds, bound);
        let points = (0..self.times.len() as u32).map(DemandPointId).collect();
        self.read_again(view, change, points, (&[], &[]))
    }

    /// Takes back the last change that was not taken back.
    pub fn revert(&mut self, change: &LiveChange) {
        FieldRepair::revert(&mut self.field, &change.field);
        self.seeds.exchange(&change.added, &change.removed);
        for point in &change.points {
            self.times[point.point.0 as usize] = point.before;
        }
    }

    fn read_again(
        &mut self,
        view: &LiveView,
        field: FieldChange,
        mut points: Vec<DemandPointId>,
        (removed, added): (&[Seed], &[Seed]),
    ) -> LiveChange {
        for node in field.nodes() {
            if (node.0 as usize) < view.ground.graph.node_count() {
                for arc in view.ground.graph.arcs(node) {
                    points.extend(points_of(view, arc.edge()));
                }
            }
        }
        let mut changes = Vec::new();
        for &point in &points {
            let index = point.0 as usize;
            if !std::mem::replace(&mut self.seen[index], true) {
                let after = view.walker.read_point(&view.ground, (&self.seeds, &self.field), point);
                let before = std::mem::replace(&mut self.times[index], after);
                if before != after {
                    changes.push(PointChange { point, before, after });
                }
            }
        }
        for &point in &points {
            self.seen[point.0 as usize] = false;
        }
        changes.sort_unstable_by_key(|change| change.point);
        LiveChange { points: changes, field, removed: removed.to_vec(), added: added.to_vec() }
    }

    /// Time of `point`; unreachable beyond the bound.
    pub fn time(&self, point: DemandPointId) -> WalkTime {
        self.times[point.0 as usize].0
    }

    /// Times of all demand points.
    pub fn times(&self) -> DemandTimes {
        DemandTimes::of_walks(self.times.iter().map(|&label| walk_of(label)))
    }

    /// Time and nearest facility of `point`, when one is within the bound.
    pub fn nearest(&self, point: DemandPointId) -> Option<(WalkTime, FacilityId)> {
        let (time, owner) = self.times[point.0 as usize];
        time.is_reachable().then_some((time, FacilityId(owner)))
    }

    /// Time and owner of `point`, as [`PointChange`] has them.
    pub fn label(&self, point: DemandPointId) -> (WalkTime, u32) {
        self.times[point.0 as usize]
    }

    /// Labels of all nodes.
    pub fn field(&self) -> &NearestField {
        &self.field
    }

    /// Where the field starts from.
    pub fn seeds(&self) -> &Seeds {
        &self.seeds
    }
}

/// The demand points whose time a label on `edge` decides.
fn points_of<'a>(view: &LiveView<'a>, edge: EdgeId) -> impl Iterator<Item = DemandPointId> + 'a {
    let home = match view.ground.direction {
        Direction::Toward => None,
        Direction::From => view.ground.graph.find_leaving_side(edge),
    };
    view.points.on(home.unwrap_or(edge)).map(DemandPointId)
}

/// The sums of one rule, kept up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveRule {
    group: GroupId,
    cutoff: WalkTime,
    farthest: WalkTime,
    summary: Summary,
}

impl LiveRule {
    /// Sums over all demand points. Who is farther than `farthest` (inclusive, at least the cutoff) counts as
    /// reaching nothing, however far the field goes.
    pub fn new(
        (demand, zones): (&DemandLayer, &ZoneHierarchy),
        group: GroupId,
        (cutoff, farthest): (WalkTime, WalkTime),
        field: &LiveField,
    ) -> Self {
        let clipped = field.times.iter().map(|&label| clip(label, farthest));
        let times = DemandTimes::of_walks(clipped);
        let summary = Summary::of(demand, zones, group, &times, cutoff);
        Self { group, cutoff, farthest, summary }
    }

    /// Follows the points that changed; the zones whose sums did are returned, sorted.
    pub fn update(
        &mut self,
        (demand, zones): (&DemandLayer, &ZoneHierarchy),
        points: &[PointChange],
    ) -> Vec<ZoneId> {
        let mut touched = Vec::new();
        for change in points {
            let point = &demand.points[change.point];
            let persons = point.persons[self.group.0 as usize];
            let walks = (clip(change.before, self.farthest), clip(change.after, self.farthest));
            let counts = walks.0 != walks.1 && persons > Persons::ZERO;
            if let Some(zone) = point.zone.filter(|_| counts) {
                self.summary.shift(zones, (zone, persons), walks, self.cutoff);
                touched.push(zone);
            }
        }
        with_parents(zones, touched)
    }

    /// People of the group whom `points` brought within the cutoff, and those it took beyond.
    pub fn gained_and_lost(
        &self,
        demand: &DemandLayer,
        points: &[PointChange],
    ) -> (Persons, Persons) {
        let (mut gained, mut lost) = (Persons::ZERO, Persons::ZERO);
        for change in points {
            let point = &demand.points[change.point];
            let persons = point.persons[self.group.0 as usize];
            let covered = (change.before.0 <= self.cutoff, change.after.0 <= self.cutoff);
            match covered {
                (false, true) if point.zone.is_some() => gained += persons,
                (true, false) if point.zone.is_some() => lost += persons,
                _ => {}
            }
        }
        (gained, lost)
    }

    /// Sums by zone.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Sum of the study area.
    pub fn total(&self) -> CoverageSum {
        self.summary.total
    }

    /// The cutoff, inclusive.
    pub fn cutoff(&self) -> WalkTime {
        self.cutoff
    }

    /// The group that is counted.
    pub fn group(&self) -> GroupId {
        self.group
    }
}

fn clip(label: (WalkTime, u32), farthest: WalkTime) -> Option<WalkTime> {
    walk_of(label).map(|time| if time <= farthest { time } else { WalkTime::UNREACHABLE })
}

fn with_parents(zones: &ZoneHierarchy, mut touched: Vec<ZoneId>) -> Vec<ZoneId> {
    touched.sort_unstable();
    touched.dedup();
    let mut all = Vec::with_capacity(touched.len());
    for zone in touched {
        let mut next = Some(zone);
        while let Some(zone) = next {
            all.push(zone);
            next = zones.zones[zone].parent;
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}
