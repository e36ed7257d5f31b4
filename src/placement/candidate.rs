//! Where a facility could be: given places, or places proposed from the streets.
//!
//! A candidate is a plain value: where it stands, what it costs, whether it may, must or must not be chosen, and
//! where it meets the streets of one walker.

use rayon::prelude::*;

use crate::ids::{EdgeId, FacilityId, FunctionId, NodeId, ZoneId};
use crate::reach::{Comer, LinkedWalker, TieFinder, TieGround, front_through};
use crate::spatial::{BoundingBox, Front, LocalFrame, LonLat, PlanarPoint, PointIndex};
use crate::street::{EdgePosition, Obstacles, Snapped, Snapper, StreetGraph};
use crate::units::{Meters, Persons};

use super::{SiteFacts, SiteStatus};

/// Most candidates that one plan takes.
pub const CANDIDATES_MAX: usize = 2_000_000;
/// Streets shorter than this have no mid-block candidate of their own, in millimetres.
const MIDBLOCK_MM: u32 = 40_000;

/// What stands for one unit of cost: costs are kept in whole thousandths, so that sums are exact.
pub const COST_UNIT: i64 = 1_000;

/// Whether a candidate may, must or must not be chosen.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum SiteStanding {
    /// May be chosen.
    #[default]
    Candidate,
    /// Must be chosen: promised, under way.
    Required,
    /// May be chosen, and its community asked for it: its bonus counts for it.
    Applied,
    /// May be chosen: a place that is there already and would be upgraded to offer the function.
    Upgrade,
    /// Must not be chosen.
    Forbidden,
}

impl SiteStanding {
    /// What a solver may do with such a site.
    pub const fn status(self) -> SiteStatus {
        match self {
            Self::Required => SiteStatus::Required,
            Self::Forbidden => SiteStatus::Forbidden,
            Self::Candidate | Self::Applied | Self::Upgrade => SiteStatus::Free,
        }
    }

    /// Its name in files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Required => "required",
            Self::Applied => "applied",
            Self::Upgrade => "upgrade",
            Self::Forbidden => "forbidden",
        }
    }
}

/// A place where a facility could be.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its id, unique among the candidates of a plan.
    pub key: String,
    /// What it is called; may be empty.
    pub name: String,
    /// Where it is drawn.
    pub place: LonLat,
    /// Where one enters; never empty.
    pub doors: Vec<LonLat>,
    /// Whether it may, must or must not be chosen.
    pub standing: SiteStanding,
    /// What it costs in thousandths of the unit of the budget; 1,000 where nothing is told.
    pub cost: i64,
    /// Places it would have, when that is known.
    pub capacity: Option<f64>,
    /// First phase in which it can open, counted from 1.
    pub phase: Option<u32>,
    /// People that count in its favor beyond those it covers (an application).
    pub bonus: Persons,
    /// Ground area in square metres, when it is a parcel.
    pub area_m2: Option<f64>,
    /// Functions it could offer; empty when that is not told.
    pub functions: Vec<FunctionId>,
    /// The facility that would be upgraded.
    pub facility: Option<FacilityId>,
    /// Where it meets the streets; empty when no street is near.
    pub stands: Vec<Snapped>,
    /// The deepest zone it lies in.
    pub zone: Option<ZoneId>,
}

impl Candidate {
    /// A candidate at `place` that costs 1 and is not yet linked to the streets.
    pub fn at(key: String, place: LonLat) -> Self {
        Self {
            key,
            name: String::new(),
            place,
            doors: vec![place],
            standing: SiteStanding::Candidate,
            cost: COST_UNIT,
            capacity: None,
            phase: None,
            bonus: Persons::ZERO,
            area_m2: None,
            functions: Vec::new(),
            facility: None,
            stands: Vec::new(),
            zone: None,
        }
    }

    /// What choosing it means to a solver.
    pub fn facts(&self) -> SiteFacts {
        SiteFacts { cost: self.cost, bonus: self.bonus.as_micro(), status: self.standing.status() }
    }

    /// Where it meets the streets by the shortest access leg.
    pub fn nearest_stand(&self) -> Option<&Snapped> {
        self.stands.iter().min_by_key(|stand| (stand.on_island, stand.access_mm, stand.position))
    }

    fn front(&self) -> Front {
        if self.doors == [self.place] { Front::Listed } else { Front::of_doors(&self.doors) }
    }

    /// A candidate that is drawn between the nodes of a street. It is tied where it is drawn, like any other place:
    /// written down to 1e-7 degrees it is read back a few millimetres off, and whoever lives at the very cutoff is
    /// within reach of the one and not of the other.
    pub(super) fn drawn(key: String, graph: &StreetGraph, position: EdgePosition) -> Self {
        Self::at(key, graph.place_at(position.edge, position.offset_mm))
    }

    /// A candidate that stands at a node: no access leg.
    pub(super) fn on_street(key: String, graph: &StreetGraph, position: EdgePosition) -> Self {
        let place = graph.place_at(position.edge, position.offset_mm);
        Self { stands: vec![Snapped::on_street(position, place)], ..Self::at(key, place) }
    }
}

/// Why there is no list of candidates.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CandidateError {
    /// More than a plan takes.
    #[error(
        "{0} candidates are more than the {CANDIDATES_MAX} a plan takes; take `grid:` with a wider mesh, \
         `junctions`, or a file of places"
    )]
    TooMany(usize),
    /// Two candidates have one id.
    #[error("two candidates have the id {0:?}; ids must differ")]
    TwoOfOneKey(String),
    /// An id that no candidate has.
    #[error("no candidate has the id {0:?}")]
    UnknownKey(String),
    /// A candidate that must not be chosen is to be.
    #[error(
        "candidate {0:?} is forbidden by its status, but --required names it; change its status, or leave it out of \
         --required"
    )]
    ForbiddenRequired(String),
    /// A candidate that must be chosen is not to be.
    #[error(
        "candidate {0:?} is required by its status, but --forbidden names it; change its status, or leave it out of \
         --forbidden"
    )]
    RequiredForbidden(String),
    /// A candidate that both options name.
    #[error(
        "candidate {0:?} is named by --required and by --forbidden; leave it out of one of them"
    )]
    BothNamed(String),
    /// A mesh that is none.
    #[error("the mesh of a grid must lie in 10 to 100000 m, not {0}")]
    Mesh(f64),
}

/// The ground that candidates are proposed on.
#[derive(Clone, Copy, Debug)]
pub struct CandidateGround<'a> {
    /// The streets.
    pub graph: &'a StreetGraph,
    /// Finds streets near places.
    pub snapper: &'a Snapper,
    /// What stands between doors and streets.
    pub obstacles: &'a Obstacles,
    /// Who walks.
    pub walker: &'a LinkedWalker,
    /// Longest access leg.
    pub limit: Meters,
}

impl CandidateGround<'_> {
    /// Whether a site may stand on `edge`: the walker may use it, it is off the islands and no second side.
    pub fn takes_site(&self, edge: EdgeId) -> bool {
        self.graph.street_mm(edge) > 0
            && self.walker.impedance.is_walkable(edge)
            && !self.walker.islands.contains(edge)
    }

    /// Whether a site may be drawn between the ends of `edge`: not within a lift, a ferry or the passage of a gate.
    pub fn draws_site(&self, edge: EdgeId) -> bool {
        self.takes_site(edge) && Snapper::takes_points(self.graph, edge)
    }

    /// Ties the doors of `candidates` that are not linked yet; a facility stands where it stands.
    pub fn link(&self, candidates: &mut [Candidate]) {
        let (graph, obstacles, limit) = (self.graph, self.obstacles, self.limit);
        let map = self.snapper;
        let ground = TieGround { graph, map, snappers: vec![map], obstacles, limit };
        let (impedance, islands) = (&self.walker.impedance, &self.walker.islands);
        candidates.par_iter_mut().filter(|candidate| candidate.stands.is_empty()).for_each_init(
            || TieFinder::new(&ground, impedance, islands),
            |finder, candidate| {
                candidate.stands = if let Some(id) = candidate.facility {
                    self.walker.facilities.of(id).to_vec()
                } else {
                    let (place, front) = (candidate.place, candidate.front());
                    let profile = &self.walker.profile;
                    let at = (place, &front);
                    finder.ties(place, &front_through(profile, Comer::Visitor, at, obstacles))
                };
            },
        );
    }

    /// A candidate at every junction: a node where three or more streets that the walker may use meet.
    ///
    /// # Errors
    /// When there are more than [`CANDIDATES_MAX`].
    pub fn junctions(&self) -> Result<Vec<Candidate>, CandidateError> {
        let mut found = Vec::new();
        for node in self.graph.places().ids() {
            if let Some(position) = self.junction(node) {
                found.push((node, position));
            }
        }
        checked(found.len())?;
        Ok(found
            .into_par_iter()
            .map(|(node, at)| Candidate::on_street(format!("junction-{}", node.0), self.graph, at))
            .collect())
    }

    fn junction(&self, node: NodeId) -> Option<EdgePosition> {
        let usable = || {
            let arcs = self.graph.arcs(node).iter();
            arcs.map(|arc| arc.edge()).filter(|&edge| self.takes_site(edge))
        };
        if usable().count() < 3 {
            return None;
        }
        let edge = usable().min()?;
        let whole = &self.graph.edges()[edge];
        let offset_mm = if whole.from == node { 0 } else { whole.length_mm };
        Some(EdgePosition { edge, offset_mm })
    }

    /// A candidate at the middle of every street part of 40 m or more between two junctions.
    ///
    /// # Errors
    /// When there are more than [`CANDIDATES_MAX`].
    pub fn midblocks(&self) -> Result<Vec<Candidate>, CandidateError> {
        let edges: Vec<EdgeId> = self
            .graph
            .edges()
            .enumerate()
            .filter(|&(id, edge)| edge.length_mm >= MIDBLOCK_MM && self.draws_site(id))
            .map(|(id, _)| id)
            .collect();
        checked(edges.len())?;
        let at =
            |edge: EdgeId| EdgePosition { edge, offset_mm: self.graph.edges()[edge].length_mm / 2 };
        Ok(edges
            .into_par_iter()
            .map(|edge| Candidate::drawn(format!("midblock-{}", edge.0), self.graph, at(edge)))
            .collect())
    }

    /// A candidate at the street position nearest to each point of a square mesh over `bounds`; mesh points
    /// without a street within half the mesh are left out, and a street position counts once.
    ///
    /// # Errors
    /// When the mesh is out of range or gives more than [`CANDIDATES_MAX`].
    pub fn grid(
        &self,
        bounds: BoundingBox,
        mesh: Meters,
    ) -> Result<Vec<Candidate>, CandidateError> {
        if !(10.0..=100_000.0).contains(&mesh.0) {
            return Err(CandidateError::Mesh(mesh.0));
        }
        let frame = LocalFrame::at(bounds.center());
        let (low, high) = (frame.to_planar(bounds.min), frame.to_planar(bounds.max));
        let (columns, rows) = (steps(high.x - low.x, mesh), steps(high.y - low.y, mesh));
        checked(columns.saturating_mul(rows))?;
        let reach = Meters(self.limit.0.min(mesh.0 / 2.0));
        let mut found: Vec<(EdgePosition, usize)> = (0..columns * rows)
            .into_par_iter()
            .filter_map(|cell| {
                let (column, row) = ((cell % columns) as f64, (cell / columns) as f64);
                let point = PlanarPoint { x: low.x + column * mesh.0, y: low.y + row * mesh.0 };
                let place = frame.to_lonlat(point)?;
                let takes = |edge| self.draws_site(edge);
                let snapped = self.snapper.nearest_where(self.graph, place, reach, takes)?;
                Some((snapped.position, cell))
            })
            .collect();
        found.sort_unstable();
        found.dedup_by_key(|found| found.0);
        found.sort_unstable_by_key(|found| found.1);
        Ok(found
            .into_par_iter()
            .map(|(at, cell)| {
                let key = format!("grid-{}-{}", cell % columns, cell / columns);
                Candidate::drawn(key, self.graph, at)
            })
            .collect())
    }
}

fn steps(length: f64, mesh: Meters) -> usize {
    (length.max(0.0) / mesh.0).floor() as usize + 1
}

/// # Errors
/// When `count` is more than a plan takes.
pub(super) fn checked(count: usize) -> Result<(), CandidateError> {
    if count > CANDIDATES_MAX { Err(CandidateError::TooMany(count)) } else { Ok(()) }
}

/// Candidates at the facilities of `layer` (its name) that do not serve yet, to be upgraded in place.
pub fn upgrades(
    facilities: &crate::facility::FacilityLayer,
    layer: impl Fn(&crate::facility::Facility) -> bool,
    serving: &[FacilityId],
) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (id, facility) in facilities.facilities.enumerate() {
        if facility.status == crate::facility::FacilityStatus::Closed
            || serving.binary_search(&id).is_ok()
            || !layer(facility)
        {
            continue;
        }
        found.push(Candidate {
            name: facility.name.clone(),
            doors: facility.edge_places().skip(1).collect(),
            standing: SiteStanding::Upgrade,
            facility: Some(id),
            ..Candidate::at(format!("{}/{}", facility.layer, facility.key), facility.place)
        });
    }
    found
}

/// Makes the candidates with these ids required and forbidden.
///
/// # Errors
/// [`CandidateError::UnknownKey`] for an id that none has; a contradiction when a candidate is asked for and ruled
/// out, by the two lists or by its own standing.
pub fn set_standings(
    candidates: &mut [Candidate],
    (required, forbidden): (&[String], &[String]),
) -> Result<(), CandidateError> {
    if let Some(both) = required.iter().find(|key| forbidden.contains(key)) {
        return Err(CandidateError::BothNamed(both.clone()));
    }
    let by_key: std::collections::BTreeMap<String, usize> =
        candidates.iter().enumerate().map(|(at, found)| (found.key.clone(), at)).collect();
    let named = |keys: &[String], standing: SiteStanding| {
        let at = |key: &String| {
            let at = by_key.get(key).copied();
            Ok((at.ok_or_else(|| CandidateError::UnknownKey(key.clone()))?, standing))
        };
        keys.iter().map(at).collect::<Result<Vec<_>, CandidateError>>()
    };
    let all =
        [named(required, SiteStanding::Required)?, named(forbidden, SiteStanding::Forbidden)?];
    for (at, standing) in all.concat() {
        let candidate = &mut candidates[at];
        match (candidate.standing, standing) {
            (SiteStanding::Forbidden, SiteStanding::Required) => {
                return Err(CandidateError::ForbiddenRequired(candidate.key.clone()));
            }
            (SiteStanding::Required, SiteStanding::Forbidden) => {
                return Err(CandidateError::RequiredForbidden(candidate.key.clone()));
            }
            _ => candidate.standing = standing,
        }
    }
    Ok(())
}

/// Sees to it that no two candidates have one id.
///
/// # Errors
/// [`CandidateError::TwoOfOneKey`], with the first such id in order.
pub fn check_keys(candidates: &[Candidate]) -> Result<(), CandidateError> {
    let mut keys: Vec<&str> = candidates.iter().map(|candidate| candidate.key.as_str()).collect();
    keys.par_sort_unstable();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(CandidateError::TwoOfOneKey(pair[0].to_owned())),
        None => checked(candidates.len()),
    }
}

/// Pairs of candidates (by position, the smaller first) that stand nearer to each other than `spacing` in a
/// straight line; a distance of exactly `spacing` is allowed.
pub fn too_near(candidates: &[Candidate], spacing: Meters) -> Vec<(u32, u32)> {
    if spacing.0 <= 0.0 {
        return Vec::new();
    }
    let index = PointIndex::new(candidates.iter().map(|candidate| candidate.place));
    let mut pairs: Vec<(u32, u32)> = candidates
        .par_iter()
        .enumerate()
        .flat_map_iter(|(at, candidate)| {
            let near = index.within(candidate.place, spacing);
            near.into_iter()
                .filter(move |&(other, far)| other as usize > at && far.0 < spacing.0)
                .map(move |(other, _)| (at as u32, other))
        })
        .collect();
    pairs.sort_unstable();
    pairs
}
