//! What is remembered of an extract, as bytes: the graph in columns, everything else value by value.

use super::codec::{Damaged, Source, Stored, stored_enum, stored_struct};
use crate::facility::{Facility, FacilityStatus, FunctionOffer, Wheels};
use crate::ids::{EdgeId, FunctionId, NodeId};
use crate::import::osm::tags::basemap::kind_named;
use crate::import::osm::{
    BaseArea, BaseLine, Basemap, Boundary, Building, BuildingUse, Compound, Grade, Names,
    OsmExtract, OsmStats, PlaceName,
};
use crate::import::{ImportIssue, IssueKind, IssueLog};
use crate::spatial::{Area, AreaPolygon, BoundingBox, LonLat};
use crate::street::{
    Edge, Footprint, GraphParts, Heights, ObstacleKind, Obstacles, StreetClass, StreetGraph,
    StreetTraits,
};

/// An extract without its street ingredients, and the graph made from them.
#[derive(Debug)]
pub(in crate::import) struct Network {
    /// The streets.
    pub(in crate::import) graph: StreetGraph,
    /// Everything else; its `streets` are empty.
    pub(in crate::import) extract: OsmExtract,
    /// Role and SHA-256 of the inputs it was made from.
    pub(in crate::import) hashes: Vec<(String, String)>,
}

/// Bytes of an edge in the columns.
const EDGE_BYTES: usize = 4 + 4 + 4 + 1 + 4 + 4 + 8;

impl Network {
    /// The network as bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let parts = self.graph.parts();
        let mut out = Vec::with_capacity(
            parts.edges.len() * EDGE_BYTES + (parts.places.len() + parts.shapes.len()) * 8 + 4096,
        );
        parts.put(&mut out);
        let OsmExtract {
            streets: _,
            facilities,
            buildings,
            boundaries,
            compounds,
            obstacles,
            basemap,
            issues,
            bounds,
            stats,
        } = &self.extract;
        facilities.put(&mut out);
        buildings.put(&mut out);
        boundaries.put(&mut out);
        compounds.put(&mut out);
        obstacles.put(&mut out);
        basemap.put(&mut out);
        issues.put(&mut out);
        bounds.put(&mut out);
        stats.put(&mut out);
        self.hashes.put(&mut out);
        out
    }

    /// The network that `bytes` were made from, for a taxonomy of `functions` functions.
    pub(super) fn from_bytes(bytes: &[u8], functions: usize) -> Result<Self, Damaged> {
        let mut from = Source::new(bytes);
        let graph =
            StreetGraph::from_parts(from.take()?).map_err(|error| Damaged(error.reason()))?;
        let extract = OsmExtract {
            streets: crate::street::StreetIngredients::default(),
            facilities: from.take()?,
            buildings: from.take()?,
            boundaries: from.take()?,
            compounds: from.take()?,
            obstacles: from.take()?,
            basemap: from.take()?,
            issues: from.take()?,
            bounds: from.take()?,
            stats: from.take()?,
        };
        let hashes = from.take()?;
        from.end()?;
        let known = |offer: &FunctionOffer| (offer.function.0 as usize) < functions;
        let sound = |facility: &Facility| {
            let enterable = !facility.entrances.is_empty() || facility.outline.is_some();
            enterable && facility.offers.iter().all(known)
        };
        let real = |building: &Building| (0.0..f64::MAX).contains(&building.floor_area_m2);
        if !extract.facilities.iter().all(sound) {
            return Err(Damaged(
                "a facility without a way in, or with a function that is not known",
            ));
        }
        if !extract.buildings.iter().all(real) {
            return Err(Damaged("a building without a floor area"));
        }
        Ok(Self { graph, extract, hashes })
    }
}

/// One column of the edges.
fn put_column<T: Stored>(edges: &[Edge], out: &mut Vec<u8>, value: impl Fn(&Edge) -> T) {
    for edge in edges {
        value(edge).put(out);
    }
}

impl Stored for ObstacleKind {
    fn put(&self, out: &mut Vec<u8>) {
        (*self as u8).put(out);
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        Self::from_number(from.take()?).ok_or(Damaged("an obstacle of a kind that is not known"))
    }
}

impl Stored for Obstacles {
    fn put(&self, out: &mut Vec<u8>) {
        (self.lines().len() as u64).put(out);
        self.lines().iter().for_each(|line| line.put(out));
        (self.waters().len() as u64).put(out);
        self.waters().iter().for_each(|water| water.put(out));
        (self.buildings().len() as u64).put(out);
        self.buildings().iter().for_each(|building| building.put(out));
        (self.limits().len() as u64).put(out);
        for (door, limits) in self.limits() {
            door.put(out);
            limits.bits().put(out);
        }
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        let plain = Self::new(from.take()?, from.take()?, from.take()?);
        let limits: Vec<(LonLat, u32)> = from.take()?;
        let known = |(door, bits)| {
            let traits =
                StreetTraits::from_bits(bits).ok_or(Damaged("a trait that is not known"))?;
            Ok((door, traits))
        };
        Ok(plain.with_limits(limits.into_iter().map(known).collect::<Result<_, _>>()?))
    }
}

impl Stored for GraphParts {
    fn put(&self, out: &mut Vec<u8>) {
        self.places.put(out);
        let edges = &self.edges;
        (edges.len() as u64).put(out);
        put_column(edges, out, |edge| edge.from.0);
        put_column(edges, out, |edge| edge.to.0);
        put_column(edges, out, |edge| edge.length_mm);
        put_column(edges, out, |edge| edge.class as u8);
        put_column(edges, out, |edge| edge.traits.bits());
        put_column(edges, out, |edge| edge.name);
        put_column(edges, out, |edge| edge.source_id);
        u32::put_all(&self.shape_counts, out);
        self.shapes.put(out);
        self.names.put(out);
        let (outs, intos): (Vec<u32>, Vec<u32>) =
            self.twins.iter().map(|&(out, into)| (out.0, into.0)).unzip();
        outs.put(out);
        intos.put(out);
        self.heights.put(out);
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        let places = from.take()?;
        let (edges, shape_counts) = take_edges(from)?;
        Ok(Self {
            places,
            edges,
            shape_counts,
            shapes: from.take()?,
            names: from.take()?,
            twins: {
                let (outs, intos): (Vec<u32>, Vec<u32>) = from.take()?;
                if outs.len() != intos.len() {
                    return Err(Damaged("private ground with one side"));
                }
                outs.into_iter().zip(intos).map(|(out, into)| (EdgeId(out), EdgeId(into))).collect()
            },
            heights: from.take()?,
        })
    }
}

fn take_edges(from: &mut Source<'_>) -> Result<(Vec<Edge>, Vec<u32>), Damaged> {
    let count = usize::try_from(from.take::<u64>()?).unwrap_or(usize::MAX);
    let (starts, ends) = (u32::take_all(count, from)?, u32::take_all(count, from)?);
    let lengths = u32::take_all(count, from)?;
    let classes = u8::take_all(count, from)?;
    let traits = u32::take_all(count, from)?;
    let names = u32::take_all(count, from)?;
    let sources = i64::take_all(count, from)?;
    let mut all_known = true;
    let edge = |at: usize| {
        let (class, traits) =
            (StreetClass::from_number(classes[at]), StreetTraits::from_bits(traits[at]));
        all_known &= class.is_some() && traits.is_some();
        Edge {
            from: NodeId(starts[at]),
            to: NodeId(ends[at]),
            length_mm: lengths[at],
            class: class.unwrap_or(StreetClass::Footway),
            traits: traits.unwrap_or_default(),
            name: names[at],
            source_id: sources[at],
        }
    };
    let edges: Vec<Edge> = (0..count).map(edge).collect();
    if !all_known {
        return Err(Damaged("a street of a kind that is not known"));
    }
    Ok((edges, u32::take_all(count, from)?))
}

impl Stored for &'static str {
    fn put(&self, out: &mut Vec<u8>) {
        (*self).to_owned().put(out);
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        kind_named(&from.take::<String>()?).ok_or(Damaged("a word that is not known"))
    }
}

impl Stored for FunctionId {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        Ok(Self(from.take()?))
    }
}

impl Stored for usize {
    fn put(&self, out: &mut Vec<u8>) {
        (*self as u64).put(out);
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        Self::try_from(from.take::<u64>()?).or(Err(Damaged("a number that is too large")))
    }
}

impl Stored for AreaPolygon {
    fn put(&self, out: &mut Vec<u8>) {
        self.outer.put(out);
        self.holes.put(out);
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        let polygon = Self { outer: from.take()?, holes: from.take()? };
        let closed = |ring: &Vec<LonLat>| ring.len() >= 4 && ring.first() == ring.last();
        if closed(&polygon.outer) && polygon.holes.iter().all(closed) {
            Ok(polygon)
        } else {
            Err(Damaged("a polygon that is not closed"))
        }
    }
}

impl Stored for BoundingBox {
    fn put(&self, out: &mut Vec<u8>) {
        self.min.put(out);
        self.max.put(out);
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        let (min, max): (LonLat, LonLat) = from.take()?;
        let bounds = Self { min, max };
        if bounds.contains(min) && bounds.contains(max) {
            Ok(bounds)
        } else {
            Err(Damaged("a box turned inside out"))
        }
    }
}

impl Stored for IssueLog {
    fn put(&self, out: &mut Vec<u8>) {
        self.issues().to_vec().put(out);
        let counts: Vec<(IssueKind, usize)> =
            self.counts().iter().map(|(&kind, &count)| (kind, count)).collect();
        counts.put(out);
    }

    fn take(from: &mut Source<'_>) -> Result<Self, Damaged> {
        let issues: Vec<ImportIssue> = from.take()?;
        let counts: Vec<(IssueKind, usize)> = from.take()?;
        let log = Self::counted(issues, counts);
        let kept = |kind| log.issues().iter().filter(|issue| issue.kind == kind).count();
        let told: usize = log.counts().iter().map(|(&kind, &count)| kept(kind).min(count)).sum();
        let small = log.counts().values().all(|&count| u32::try_from(count).is_ok());
        if told == log.issues().len() && small {
            Ok(log)
        } else {
            Err(Damaged("issues that are not counted"))
        }
    }
}

stored_struct! {
    Heights { nodes_cm, first, inner_cm }
    Names { name, zh, en }
    FunctionOffer { function, capacity, opening_hours }
    Facility {
        key, layer, name, offers, tier, status, opening_year, place, entrances, outline,
        foot, wheels,
    }
    Wheels { refused }
    Building { key, place, outline, floor_area_m2, levels, usage, doors }
    Footprint { outline, doors }
    Boundary { key, names, admin_level, area }
    Compound { key, area, gates }
    BaseArea { kind, name, area }
    BaseLine { kind, name, line, grade }
    PlaceName { key, kind, names, place }
    Basemap { water_areas, water_lines, green, rails, walls, motorways, places }
    Area { polygons }
    ImportIssue { kind, source, feature, reason }
    OsmStats { nodes, ways, relations, highways, walkable_ways, lift_places }
}

stored_enum! {
    FacilityStatus { Open, Planned, Closed }
    BuildingUse { Residential, NonResidential, Unknown }
    Grade { Ground, Bridge, Tunnel }
    IssueKind {
        CrsDetected, CrsWrong, AxesSwapped, GeometryMissing, GeometryInvalid, ReferenceMissing,
        ValueUnreadable, CapacityBad, PopulationBad, Duplicate, FunctionUnknown, EncodingDetected,
        DataDamaged, InputChanged, Island, SnapFar, LegForced, SnapFailed, OutsideZones, JoinMissing, InputLacking,
        Estimated, ElevationMissing, ElevationDoubtful, TableUnderstood,
    }
}
