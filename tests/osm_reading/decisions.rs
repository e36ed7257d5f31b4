//! What tags leave to a decision: seams, junctions, sidepaths, sites; decided, and said.

use walkshed::import::IssueKind;
use walkshed::import::osm::OsmExtract;
use walkshed::street::{BarrierKind, StreetTraits};

use super::{functions, node, read, way, ways};

fn tells(extract: &OsmExtract, word: &str) -> bool {
    extract.issues.issues().iter().any(|issue| issue.reason.contains(word))
}

#[test]
fn ends_at_one_place_on_two_nodes_are_joined() {
    // Two streets end at (1, 0), each on a node of its own.
    let parts = [
        node(1, 0.0, 0.0, ""),
        node(2, 1.0, 0.0, ""),
        node(3, 1.0, 0.0, ""),
        node(4, 2.0, 0.0, ""),
        way(10, &[1, 2], "highway=residential"),
        way(11, &[3, 4], "highway=residential"),
    ];
    let extract = read(&parts);
    let [(_, first), (_, second)] = ways(&extract).try_into().unwrap();
    assert_eq!(first[1], second[0]);
    assert!(tells(&extract, "1 ends of ways lie at the very same place"));
}

#[test]
fn what_only_crosses_or_lies_above_is_not_joined() {
    let at = |second: i64, tags: &str| {
        let parts = [
            node(1, 0.0, 0.0, ""),
            node(2, 1.0, 0.0, ""),
            node(3, 1.0, 0.0, ""),
            node(4, 2.0, 0.0, ""),
            node(5, 1.0, 1.0, ""),
            way(10, &[1, 2], "highway=residential"),
            way(11, &[3, second, 4], tags),
        ];
        let parts: Vec<String> = parts.into_iter().collect();
        read(&parts)
    };
    // A bridge that ends above, and a street that goes on over the place.
    assert!(!tells(&at(5, "highway=footway bridge=yes layer=1"), "the very same place"));
    let parts = [
        node(1, 0.0, 0.0, ""),
        node(2, 1.0, 0.0, ""),
        node(3, 1.0, 0.0, ""),
        node(4, 1.0, 1.0, ""),
        node(5, 1.0, -1.0, ""),
        way(10, &[1, 2], "highway=residential"),
        way(11, &[4, 3, 5], "highway=residential"),
    ];
    let extract = read(&parts);
    let [(_, first), (_, second)] = ways(&extract).try_into().unwrap();
    assert!(!second.contains(&first[1]));
}

#[test]
fn a_barrier_on_a_junction_is_said() {
    let town = |gate: &str| {
        let parts = [
            node(1, 0.0, 0.0, ""),
            node(2, 1.0, 0.0, gate),
            node(3, 2.0, 0.0, ""),
            node(4, 1.0, 1.0, ""),
            way(10, &[1, 2, 3], "highway=residential"),
            way(11, &[2, 4], "highway=service"),
        ];
        read(&parts)
    };
    assert!(tells(&town("barrier=gate access=private"), "1 gates, walls or other barriers"));
    assert!(!tells(&town("barrier=gate"), "stand on a junction"));
    assert!(!tells(&town("barrier=kerb kerb=raised"), "stand on a junction"));
}

#[test]
fn kerbs_of_a_crossing_are_no_matter_of_the_road_alone() {
    let crossing = "highway=crossing kerb=raised";
    let road = [node(1, 0.0, 0.0, ""), node(2, 1.0, 0.0, crossing), node(3, 2.0, 0.0, "")];
    let street = way(10, &[1, 2, 3], "highway=residential");
    let alone: Vec<String> = road.iter().cloned().chain([street.clone()]).collect();
    assert!(read(&alone).streets.barriers.is_empty());
    let walked = [node(4, 1.0, 1.0, ""), way(11, &[2, 4], "highway=footway")];
    let crossed: Vec<String> = road.into_iter().chain(walked).chain([street]).collect();
    let barriers = read(&crossed).streets.barriers;
    assert_eq!(barriers.len(), 1);
    assert_eq!(
        (barriers[0].kind, barriers[0].traits),
        (BarrierKind::Gate, StreetTraits::RAISED_CURB)
    );
}

#[test]
fn a_sidepath_that_nobody_drew_is_said() {
    let town = |beside: &str| {
        let parts = [
            node(1, 0.0, 0.0, ""),
            node(2, 5.0, 0.0, ""),
            node(3, 0.0, 0.1, ""),
            node(4, 5.0, 0.1, ""),
            node(5, 2.0, -1.0, ""),
            node(6, 2.0, 1.0, ""),
            way(10, &[1, 2], "highway=secondary foot=use_sidepath"),
            way(11, &[3, 4], beside),
            way(12, &[5, 6], "highway=residential"),
        ];
        read(&parts)
    };
    let silent = town("highway=footway");
    assert!(!tells(&silent, "use_sidepath"));
    assert_eq!(ways(&silent).len(), 2);
    let alone = town("waterway=stream");
    let told: Vec<_> =
        alone.issues.issues().iter().filter(|i| i.reason.contains("use_sidepath")).collect();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind, told[0].feature.as_str()), (IssueKind::Estimated, "way/10"));
}

#[test]
fn conditions_expressways_and_lifts_without_storeys_are_said() {
    let parts = [
        node(1, 0.0, 0.0, ""),
        node(2, 1.0, 0.0, "highway=elevator"),
        node(3, 2.0, 0.0, "barrier=gate opening_hours=06:00-22:00"),
        node(4, 3.0, 0.0, ""),
        node(5, 12.0, 0.0, ""),
        way(10, &[1, 2], "highway=footway"),
        way(11, &[2, 3], "highway=footway seasonal=summer"),
        way(12, &[3, 4], "highway=footway"),
        way(13, &[4, 5], "highway=trunk expressway=yes"),
    ];
    let extract = read(&parts);
    assert!(tells(&extract, "1 ways and 1 gates or doors are open only at times"));
    // 9 thousandths of a degree on the equator.
    assert!(tells(&extract, "1.0 km of fast roads"));
    assert!(tells(&extract, "1 lifts join ways of one storey"));
}

#[test]
fn a_tagged_slope_counts_when_it_is_longer_than_a_ramp_at_a_kerb() {
    // 0.07 thousandths of a degree are 7.8 m.
    let sloped = |to: f64| {
        let parts = [
            node(1, 0.0, 0.0, ""),
            node(2, to, 0.0, ""),
            way(10, &[1, 2], "highway=footway incline=15%"),
        ];
        read(&parts).streets.ways[0].traits
    };
    assert_eq!(sloped(0.07), StreetTraits::empty());
    assert_eq!(sloped(0.1), StreetTraits::STEEP);
}

#[test]
fn a_site_is_a_place_with_the_ground_and_the_doors_it_names() {
    let site = "<relation id='50'><member type='way' ref='20' role='perimeter'/><member type='way' ref='21' role=''/>\
                <member type='node' ref='9' role='entrance'/><tag k='type' v='site'/>\
                <tag k='amenity' v='pharmacy'/><tag k='name' v='Site'/></relation>";
    let odd = "<relation id='51'><member type='way' ref='20' role=''/><tag k='type' v='cluster'/>\
               <tag k='amenity' v='pharmacy'/></relation>";
    let parts = [
        node(1, 0.0, 0.0, ""),
        node(2, 1.0, 0.0, ""),
        node(3, 1.0, 1.0, ""),
        node(4, 0.0, 1.0, ""),
        node(5, 3.0, 3.0, ""),
        node(9, 0.5, 0.0, ""),
        way(20, &[1, 2, 3, 4, 1], ""),
        way(21, &[3, 5], ""),
        site.to_owned(),
        odd.to_owned(),
    ];
    let extract = read(&parts);
    assert_eq!(extract.facilities.len(), 1);
    let place = &extract.facilities[0];
    assert_eq!((place.key.as_str(), place.name.as_str()), ("relation/50", "Site"));
    assert_eq!(functions(place), ["pharmacy"]);
    assert_eq!(place.entrances.iter().map(|at| at.lon_e7()).collect::<Vec<_>>(), [5_000]);
    let area_m2 = place.outline.as_ref().unwrap().area_m2();
    assert!((12_000.0..12_600.0).contains(&area_m2), "{area_m2}");
    assert!(tells(&extract, "1 relations have the tags of a place"));
}

/// A compound of 400 m a side with its south-west corner at (0, 0), a street round its south, and what is given.
fn compound(tags: &str, more: &[String]) -> OsmExtract {
    let parts = [
        node(1, 0.0, 0.0, ""),
        node(2, 4.0, 0.0, ""),
        node(3, 4.0, 4.0, ""),
        node(4, 0.0, 4.0, ""),
        node(5, -1.0, -1.0, ""),
        node(6, 5.0, -1.0, ""),
        way(20, &[1, 2, 3, 4, 1], tags),
        way(21, &[5, 6], "highway=residential"),
    ];
    let parts: Vec<String> = parts.into_iter().chain(more.iter().cloned()).collect();
    read(&parts)
}

fn gates(extract: &OsmExtract) -> Vec<Vec<(i32, i32)>> {
    let at = |gate: &walkshed::spatial::LonLat| (gate.lon_e7(), gate.lat_e7());
    extract.compounds.iter().map(|found| found.gates.iter().map(at).collect()).collect()
}

#[test]
fn a_compound_is_left_by_its_gates_and_by_streets_that_pass_its_wall() {
    let more = [
        // A private gate in a fence drawn beside the outline, a street that passes the east wall without a gate, a
        // bridge over the wall, a gate that is locked, and a street to the gate that passes the wall there.
        node(9, 1.0, -0.05, "barrier=lift_gate access=private"),
        node(10, 3.0, 2.0, ""),
        node(11, 5.0, 2.0, ""),
        node(12, 3.0, 3.0, ""),
        node(13, 5.0, 3.0, ""),
        node(14, 0.0, 1.0, "barrier=gate locked=yes"),
        node(15, 1.0, 1.0, ""),
        way(30, &[10, 11], "highway=service"),
        way(31, &[12, 13], "highway=footway bridge=yes layer=1"),
        way(32, &[9, 15], "highway=service"),
    ];
    let extract = compound("landuse=residential barrier=wall", &more);
    assert_eq!(extract.compounds[0].key, "way/20");
    assert_eq!(gates(&extract), [[(10_000, -500), (40_000, 20_000)]]);
}

#[test]
fn an_outline_without_a_wall_is_a_compound_by_its_gate_alone() {
    let gate = [node(9, 2.0, 0.0, "barrier=gate")];
    assert_eq!(gates(&compound("landuse=residential", &gate)), [[(20_000, 0)]]);
    // A lane that ends on the outline from outside goes nowhere.
    let lane = [node(10, 2.0, -1.0, ""), way(30, &[10, 1], "highway=residential")];
    assert!(compound("landuse=residential gated=yes", &lane).compounds.is_empty());
    // A street that passes is no gate.
    let street =
        [node(9, 2.0, 1.0, ""), node(10, 2.0, -1.0, ""), way(30, &[9, 10], "highway=residential")];
    assert!(compound("landuse=residential", &street).compounds.is_empty());
    assert_eq!(gates(&compound("landuse=residential gated=yes", &street)), [[(20_000, 0)]]);
    assert!(!tells(&compound("landuse=residential", &[]), "walled compounds"));
    let shut = compound("landuse=residential barrier=wall", &[]);
    assert!(shut.compounds.is_empty());
    assert!(tells(&shut, "1 walled compounds have neither a gate nor a street"));
}

#[test]
fn where_the_outline_begins_changes_no_gate() {
    let gate_at = |first: usize| {
        let ring: Vec<i64> = (0..5).map(|at| [1, 9, 2, 3, 4][(first + at) % 5]).collect();
        let ring: Vec<i64> = ring.iter().copied().chain([ring[0]]).collect();
        let parts = [
            node(1, 0.0, 0.0, ""),
            node(2, 4.0, 0.0, ""),
            node(3, 4.0, 4.0, ""),
            node(4, 0.0, 4.0, ""),
            node(5, 1.0, -1.0, ""),
            node(6, 1.0, 1.0, ""),
            node(9, 1.0, 0.0, ""),
            way(20, &ring, "landuse=residential residential=gated"),
            way(21, &[5, 9, 6], "highway=residential"),
        ];
        gates(&read(&parts))
    };
    for first in 0..5 {
        assert_eq!(gate_at(first), [[(10_000, 0)]], "{first}");
    }
}
