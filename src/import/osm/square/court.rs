//! A group of squares that is one piece of ground, with all that bounds it.

use std::collections::{BTreeMap, BTreeSet};

use super::border::{self, Spot};
use super::chords::{self, Corner, Role};
use super::grid::Point;
use super::inside::Ends;
use super::obstacle::{Obstacle, edge_touches};
use super::outline::{Groups, bounds_of, edges_of, sight_of};
use super::sight::{LINE, RIM, Sight, Wall};
use super::{Plaza, Spots};
use crate::spatial::{BoundingBox, BoxIndex};

type Edge = [u32; 2];
type Ring = Vec<(u32, Point)>;

fn sorted([from, to]: Edge) -> Edge {
    [from.min(to), from.max(to)]
}

/// A group of squares before lines are drawn over it. Squares that are not the first of their group have an
/// empty one.
#[derive(Default)]
pub(super) struct Court {
    /// `None` when no line is drawn over it.
    sight: Option<Sight>,
    corners: Vec<Corner>,
    edges: BTreeSet<Edge>,
    entries: usize,
    /// The rings of its squares with their numbers, when something stands on it, and where ways end on them.
    rings: Vec<(usize, Ring)>,
    reached: BTreeSet<u32>,
}

/// The lines over a court.
#[derive(Default)]
pub(super) struct Drawn {
    /// Their ends, the lower slot first.
    pub(super) chords: Vec<Edge>,
    /// How many ways, doors and other squares reach it.
    pub(super) entries: usize,
    /// How many places on it are joined.
    pub(super) ends: usize,
    /// Whether these were too many for all lines between them.
    pub(super) is_thinned: bool,
    /// What is walked of the outline of each square, when something stands on one of them.
    pub(super) borders: BTreeMap<usize, Vec<Vec<Spot>>>,
}

impl Court {
    /// How many places of it are to be joined.
    pub(super) fn end_count(&self) -> usize {
        self.corners.iter().filter(|corner| corner.role == Role::End).count()
    }

    /// Draws the lines; of more than `most` ends not all.
    pub(super) fn draw(self, most: usize) -> Drawn {
        let (entries, ends) = (self.entries, self.end_count());
        let Some(sight) = self.sight else { return Drawn { entries, ..Drawn::default() } };
        let (chords, is_thinned) = chords::draw(&sight, self.corners, &self.edges, most);
        let mut borders: BTreeMap<usize, Vec<Vec<Spot>>> = BTreeMap::new();
        for (plaza, ring) in &self.rings {
            let parts = border::open_parts(&sight, ring, &self.reached);
            borders.entry(*plaza).or_default().extend(parts);
        }
        Drawn { chords, entries, ends, is_thinned, borders }
    }
}

/// One court for each square: that of its group for the first square of a group, an empty one for the others.
pub(super) fn gather(
    spots: &mut Spots<'_>,
    plazas: &[Plaza],
    (groups, ends): (&Groups, &Ends),
    obstacles: &[Obstacle],
) -> Vec<Court> {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..plazas.len() {
        members.entry(groups.of(at)).or_default().push(at);
    }
    let index = BoxIndex::new((0_u32..).zip(obstacles).map(|(at, obstacle)| (at, obstacle.bounds)));
    let nodes = spots.ground.nodes.iter().filter(|node| node.door || node.way_in);
    let doors: BTreeSet<u32> = nodes.filter_map(|node| node.slot).collect();
    let mut courts: Vec<Court> = plazas.iter().map(|_| Court::default()).collect();
    for (first, members) in members {
        let squares: Vec<&Plaza> = members.iter().map(|&at| &plazas[at]).collect();
        let mut yard = Yard::new(spots, &squares, ends);
        let reached = members.iter().flat_map(|&at| {
            let from = ends.reached.partition_point(|end| end.0 < at);
            ends.reached[from..].iter().take_while(move |end| end.0 == at)
        });
        let reached: Vec<u32> = reached.map(|end| end.1).collect();
        let entries = yard.entries;
        let is_reached = entries + reached.len() > 0;
        yard.ends.extend(reached);
        courts[first].entries = entries;
        let bounds = squares.iter().map(|square| bounds_of(spots, square));
        let bounds =
            bounds.reduce(|a, b| b.and_then(|b| Some(a?.with(b.min).with(b.max)))).flatten();
        if let Some(bounds) = bounds.filter(|_| is_reached) {
            let near = index.touching(bounds).into_iter().map(|at| &obstacles[at as usize]);
            let rim: Vec<Point> = yard.rim.iter().map(|edge| spots.point(edge[0])).collect();
            let standing: Vec<&Obstacle> = near
                .filter(|obstacle| obstacle.touches(spots, bounds))
                .filter(|obstacle| obstacle.stands_on(spots, &squares[0].template, &rim))
                .collect();
            let mut court = yard.close(spots, (&standing, &doors), bounds);
            if court.sight.as_ref().is_some_and(Sight::is_stood_upon) {
                let rings =
                    members.iter().flat_map(|&at| plazas[at].rings.iter().map(move |r| (at, r)));
                let ring =
                    |ring: &[u32]| ring.iter().map(|&slot| (slot, spots.point(slot))).collect();
                court.rings = rings.map(|(at, slots)| (at, ring(slots))).collect();
            }
            courts[first] = court;
        }
    }
    courts
}

/// A court in the making.
struct Yard {
    rim: Vec<Edge>,
    edges: BTreeSet<Edge>,
    /// Slots on its outlines.
    outline: BTreeSet<u32>,
    ends: BTreeSet<u32>,
    stops: BTreeSet<u32>,
    entries: usize,
}

impl Yard {
    fn new(spots: &Spots<'_>, squares: &[&Plaza], ends: &Ends) -> Self {
        let edges: BTreeSet<Edge> = squares.iter().flat_map(|p| edges_of(p)).map(sorted).collect();
        let outline: BTreeSet<u32> = edges.iter().flatten().copied().collect();
        let rim = match squares {
            [square] => edges_of(square).collect(),
            _ => rim_of(spots, squares),
        };
        let reached: BTreeSet<u32> = outline.intersection(&ends.entries).copied().collect();
        let stops = outline.intersection(&ends.stops).copied().collect();
        Self { rim, edges, outline, entries: reached.len(), ends: reached, stops }
    }

    /// Puts obstacles on it and gathers its corners.
    fn close(
        self,
        spots: &mut Spots<'_>,
        (obstacles, doors): (&[&Obstacle], &BTreeSet<u32>),
        bounds: BoundingBox,
    ) -> Court {
        let mut bounding = Bounding {
            bounds,
            walls: Vec::new(),
            arms: BTreeMap::new(),
            on_lines: BTreeSet::new(),
        };
        for &edge in &self.rim {
            bounding.put(spots, edge, RIM);
        }
        for (obstacle, number) in obstacles.iter().zip(1_u32..) {
            bounding.put_obstacle(spots, obstacle, number);
        }
        let Bounding { walls, arms, on_lines, .. } = bounding;
        let sight = Sight::new(walls);
        let mut corners = Vec::new();
        let reached = self.ends.intersection(&self.outline).copied().collect();
        for slot in arms.keys().copied().chain(self.ends.iter().copied()).collect::<BTreeSet<u32>>()
        {
            let at = spots.point(slot);
            let is_own = self.outline.contains(&slot) || self.ends.contains(&slot);
            if !is_own && !sight.is_within_rim(at) {
                continue;
            }
            let is_door = doors.contains(&slot) && arms.contains_key(&slot);
            let role = if self.ends.contains(&slot) || is_door {
                Role::End
            } else if self.stops.contains(&slot) {
                Role::Stop
            } else {
                Role::Turn
            };
            let mut walls = arms.get(&slot).cloned().unwrap_or_default();
            walls.sort_unstable();
            walls.dedup();
            let Some(place) = spots.place(slot) else { continue };
            if role == Role::Turn && is_hollow(&sight, at, (&walls, on_lines.contains(&slot))) {
                continue;
            }
            // A corner of something that stands there is no place of the ways that meet it.
            let slot = if is_own || is_door { slot } else { spots.add(place) };
            corners.push(Corner { slot, at, order: place.hilbert(), role, walls });
        }
        let Self { edges, entries, .. } = self;
        Court { sight: Some(sight), corners, edges, entries, reached, rings: Vec::new() }
    }
}

/// What bounds a court, as it is gathered.
struct Bounding {
    bounds: BoundingBox,
    walls: Vec<Wall>,
    /// The other ends of the walls that meet at each slot.
    arms: BTreeMap<u32, Vec<Point>>,
    /// Slots on walls that have no inside.
    on_lines: BTreeSet<u32>,
}

impl Bounding {
    fn put(&mut self, spots: &Spots<'_>, [from, to]: Edge, owner: u32) {
        let ends = [from, to].map(|slot| spots.point(slot));
        self.walls.push(Wall { ends, owner });
        self.arms.entry(from).or_default().push(ends[1]);
        self.arms.entry(to).or_default().push(ends[0]);
        if owner == LINE {
            self.on_lines.extend([from, to]);
        }
    }

    /// Puts the edges of an obstacle that may run over the court. Those of an area farther east tell what is inside
    /// it, wherever they are, and are moved to the side of the court.
    fn put_obstacle(&mut self, spots: &Spots<'_>, obstacle: &Obstacle, number: u32) {
        let owner = if obstacle.is_area { number } else { LINE };
        let [east, south, north] =
            [self.bounds.max.lon_e7(), self.bounds.min.lat_e7(), self.bounds.max.lat_e7()]
                .map(i64::from);
        for edge in obstacle.edges() {
            if edge_touches(spots, edge, self.bounds) {
                self.put(spots, edge, owner);
                continue;
            }
            let [a, b] = edge.map(|slot| spots.point(slot));
            let rows = [a.1, b.1].map(|row| row.clamp(south - 1, north + 1));
            if obstacle.is_area && a.0.min(b.0) > east && rows[0] != rows[1] {
                self.walls.push(Wall { ends: rows.map(|row| (east + 1, row)), owner });
            }
        }
    }
}

/// Whether two walls meet such that the ground lies within their angle: no shortest walk turns there. Around a bend
/// of a fence, `is_line`, there is ground as well.
fn is_hollow(sight: &Sight, at: Point, (walls, is_line): (&[Point], bool)) -> bool {
    let [a, b] = *walls else { return false };
    // A hand's breadth into the angle.
    let toward = |other: Point| {
        let (east, north) = ((other.0 - at.0) as f64, (other.1 - at.1) as f64);
        let reach = 10.0 / east.hypot(north).max(1e-9);
        (east * reach, north * reach)
    };
    let (a, b) = (toward(a), toward(b));
    let step = (f64::midpoint(a.0, b.0).round() as i64, f64::midpoint(a.1, b.1).round() as i64);
    let is_open = |sign: i64| sight.is_open_at((at.0 + sign * step.0, at.1 + sign * step.1));
    step != (0, 0) && is_open(1) && !(is_line && is_open(-1))
}

/// The edges of overlapping squares that bound their common ground: not those on another of them, and of edges that
/// two share only those with both on one side.
fn rim_of(spots: &Spots<'_>, squares: &[&Plaza]) -> Vec<Edge> {
    let sights: Vec<Sight> = squares.iter().map(|square| sight_of(spots, square)).collect();
    let mut owners: BTreeMap<Edge, Vec<usize>> = BTreeMap::new();
    for (at, square) in squares.iter().enumerate() {
        for edge in edges_of(square) {
            owners.entry(sorted(edge)).or_default().push(at);
        }
    }
    let bounds: Vec<Option<BoundingBox>> =
        squares.iter().map(|square| bounds_of(spots, square)).collect();
    let index =
        BoxIndex::new((0_u32..).zip(&bounds).filter_map(|(at, bounds)| Some((at, (*bounds)?))));
    let is_rim = |edge: Edge, owners: &[usize]| {
        let [a, b] = edge.map(|slot| spots.point(slot));
        let middle = (i64::midpoint(a.0, b.0), i64::midpoint(a.1, b.1));
        // A hand's breadth to the left.
        let (east, north) = ((b.0 - a.0) as f64, (b.1 - a.1) as f64);
        let reach = 10.0 / east.hypot(north).max(1.0);
        let left =
            (middle.0 - (north * reach).round() as i64, middle.1 + (east * reach).round() as i64);
        let mut sides = owners.iter().map(|&owner| sights[owner].is_within_rim(left));
        let first = sides.next();
        let is_between = sides.any(|side| Some(side) != first);
        let places = edge.iter().filter_map(|&slot| spots.place(slot));
        let around = BoundingBox::around(places);
        let covers =
            |at: u32| !owners.contains(&(at as usize)) && sights[at as usize].is_within_rim(middle);
        !is_between && !around.is_some_and(|around| index.any_touching(around, covers))
    };
    owners.into_iter().filter(|(edge, owners)| is_rim(*edge, owners)).map(|rim| rim.0).collect()
}
