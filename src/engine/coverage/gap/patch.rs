//! Patches: the ground of a study cut into pieces that one site could serve, whoever is left out today.
//!
//! Homes of one patch lie no farther apart than one walks within the cutoff. A community that is no wider is one patch;
//! a wider one is cut into even rectangles, and a small zone in it (a grid cell of a census, a block) goes whole to the
//! rectangle that holds its middle. The cut hangs on zones, walk and the earth alone, so no edit moves it.

use std::collections::BTreeMap;

use crate::demand::{DemandLayer, ZoneHierarchy};
use crate::ids::{Id, ZoneId};
use crate::spatial::{LonLat, Span, Tile, Tiling, geohash};
use crate::units::Meters;

/// Zones up to this part of the walk are no community of their own.
const SMALL_PART: f64 = 0.25;
/// Letters of the geohash in a lasting id.
const GEOHASH_LETTERS: usize = 8;

/// A piece of ground: its community, and the rectangle of it.
pub(super) type Patch = (ZoneId, Tile);

/// The patches of a study for one walk.
#[derive(Debug)]
pub(super) struct Patches<'a> {
    zones: &'a ZoneHierarchy,
    seats: Vec<Seat>,
    tilings: BTreeMap<ZoneId, Tiling>,
    corners: BTreeMap<ZoneId, LonLat>,
    labels: Vec<String>,
}

/// Where the homes of a zone belong.
#[derive(Clone, Copy, Debug)]
struct Seat {
    community: ZoneId,
    /// The middle of the small zone that goes whole to one rectangle.
    middle: Option<LonLat>,
}

impl<'a> Patches<'a> {
    /// The patches of `zones` whose homes lie up to `walk` apart.
    pub(super) fn new(zones: &'a ZoneHierarchy, demand: &DemandLayer, walk: Meters) -> Self {
        let spans: Vec<Option<Span>> =
            zones.zones.iter().map(|zone| Span::of(&zone.area)).collect();
        let mut overhang: BTreeMap<ZoneId, f64> = BTreeMap::new();
        let mut seats = Vec::with_capacity(spans.len());
        for zone in zones.zones.ids() {
            let (community, within) = seat_of(zones, &spans, zone, walk);
            let middle = within.and_then(|within| spans[within.index()]);
            let most = overhang.entry(community).or_default();
            *most = middle.map_or(0.0, |span| span.widest().0).max(*most);
            seats.push(Seat { community, middle: middle.map(|span| span.middle()) });
        }
        let everybody = || Span::around(demand.points.iter().map(|point| point.place));
        let full = walk.0 / std::f64::consts::SQRT_2;
        let (mut tilings, mut corners) = (BTreeMap::new(), BTreeMap::new());
        for (community, overhang) in overhang {
            let own = spans[community.index()];
            let Some(span) = own.or_else(everybody) else { continue };
            let side = Meters(full - overhang);
            let tiling = if own.is_some() && span.widest().0 <= full {
                Tiling::whole(&span)
            } else if own.is_none() || zones.zones.len() == 1 {
                Tiling::fixed(&span, side)
            } else {
                Tiling::even(&span, side)
            };
            tilings.insert(community, tiling);
            corners.insert(community, span.corner());
        }
        Self { zones, seats, tilings, corners, labels: labels(zones) }
    }

    /// The patch of a home in `zone`.
    pub(super) fn of(&self, zone: ZoneId, home: LonLat) -> Patch {
        let Seat { community, middle } = self.seats[zone.index()];
        let tile = self.tilings.get(&community).map(|tiling| tiling.tile(middle.unwrap_or(home)));
        (community, tile.unwrap_or_default())
    }

    /// How a community is cut.
    pub(super) fn tiling(&self, community: ZoneId) -> Option<&Tiling> {
        self.tilings.get(&community)
    }

    /// A place that stays where it is, to draw the patches of a community from.
    pub(super) fn corner(&self, community: ZoneId) -> Option<LonLat> {
        self.corners.get(&community).copied()
    }

    /// What a zone is called among all of the study; empty for the whole of a study without zones.
    pub(super) fn label(&self, zone: ZoneId) -> &str {
        &self.labels[zone.index()]
    }

    /// The rectangle as on the sheet of an atlas, columns lettered from the west and rows numbered from the north;
    /// empty for a community in one piece.
    pub(super) fn sheet(&self, (community, tile): Patch) -> String {
        let Some(tiling) = self.tilings.get(&community) else { return String::new() };
        let [columns, rows] = tiling.counts();
        if columns * rows == 1 {
            return String::new();
        }
        format!("{}{}", letters(tile[0]), rows - tile[1])
    }

    /// A word for a patch that lasts as long as its ground.
    pub(super) fn key(&self, (community, tile): Patch) -> String {
        let middle = self.tilings.get(&community).map(|tiling| tiling.middle(tile));
        let ground = middle.map_or_else(String::new, |place| geohash(place, GEOHASH_LETTERS));
        format!("{}/{ground}", self.zones.zones[community].key)
    }
}

/// The community that the homes of `zone` belong to, and the small zone of it that stays whole.
fn seat_of(
    zones: &ZoneHierarchy,
    spans: &[Option<Span>],
    zone: ZoneId,
    walk: Meters,
) -> (ZoneId, Option<ZoneId>) {
    let (mut community, mut within) = (zone, None);
    while let Some(parent) = zones.zones[community].parent {
        let span = spans[community.index()];
        if span.is_some_and(|span| span.widest().0 > walk.0 * SMALL_PART) {
            break;
        }
        within = span.map(|_| community).or(within);
        community = parent;
    }
    (community, within)
}

/// A name for every zone that no other has.
fn labels(zones: &ZoneHierarchy) -> Vec<String> {
    if zones.is_made_up() {
        return vec![String::new()];
    }
    let named = |id: ZoneId| {
        let zone = &zones.zones[id];
        if zone.name.trim().is_empty() { zone.key.as_str() } else { zone.name.as_str() }
    };
    let plain: Vec<String> = zones.zones.ids().map(|id| named(id).to_owned()).collect();
    let with_parent = |id: ZoneId| match zones.zones[id].parent {
        Some(parent) => format!("{} ({})", named(id), named(parent)),
        None => named(id).to_owned(),
    };
    let with_key = |id: ZoneId| format!("{} ({})", named(id), zones.zones[id].key);
    let plain = told_apart(zones, &plain, with_parent);
    told_apart(zones, &plain, with_key)
}

/// `names` with those that several zones have made anew.
fn told_apart(
    zones: &ZoneHierarchy,
    names: &[String],
    another: impl Fn(ZoneId) -> String,
) -> Vec<String> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *count.entry(name).or_default() += 1;
    }
    let one = |(name, id): (&String, ZoneId)| {
        if count[name.as_str()] > 1 { another(id) } else { name.clone() }
    };
    names.iter().zip(zones.zones.ids()).map(one).collect()
}

/// A column in letters: A to Z, then AA and on.
fn letters(column: u32) -> String {
    let last = char::from(b'A' + (column % 26) as u8);
    match column / 26 {
        0 => last.to_string(),
        more => letters(more - 1) + &last.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_in_a_spreadsheet() {
        let named: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(letters).to_vec();
        assert_eq!(named, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
