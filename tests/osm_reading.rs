//! Small maps written here as XML, and what is made of them.
#![expect(clippy::unwrap_used, clippy::float_cmp, reason = "a test stops at the first surprise")]

use std::io::Write;

use walkshed::facility::{Facility, FacilityStatus};
use walkshed::import::osm::{
    BuildingUse, OsmExtract, OsmParts, OsmWants, read_osm, standard_functions,
};
use walkshed::import::{ImportError, IssueKind};
use walkshed::progress::{Progress, Silent, Stage};
use walkshed::street::{BarrierKind, StreetClass, StreetTraits, StreetWay};

/// A map with north up: each node is `id lon lat` in units of 1e-3 degrees (about 111 m) and its tags.
fn node(id: i64, x: f64, y: f64, tags: &str) -> String {
    let (lon, lat) = (x / 1000.0, y / 1000.0);
    format!("<node id='{id}' lon='{lon:.7}' lat='{lat:.7}'>{}</node>\n", xml_tags(tags))
}

fn way(id: i64, refs: &[i64], tags: &str) -> String {
    let refs: Vec<String> = refs.iter().map(|id| format!("<nd ref='{id}'/>")).collect();
    let refs = refs.concat();
    format!("<way id='{id}'>{refs}{}</way>\n", xml_tags(tags))
}

fn relation(id: i64, members: &[(i64, &str)], tags: &str) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(id, role)| format!("<member type='way' ref='{id}' role='{role}'/>"))
        .collect();
    let members = members.concat();
    format!("<relation id='{id}'>{members}{}</relation>\n", xml_tags(tags))
}

/// `"a=b c=d_e"`: a space for each `_`.
fn xml_tags(tags: &str) -> String {
    let tags: Vec<String> = tags
        .split_whitespace()
        .map(|tag| tag.split_once('=').unwrap())
        .map(|(key, value)| {
            let value = if key == "name" { value.replace('_', " ") } else { value.to_owned() };
            format!("<tag k='{key}' v='{value}'/>")
        })
        .collect();
    tags.concat()
}

fn xml(parts: &[String]) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6'>\n{}</osm>\n",
        parts.concat()
    )
}

fn read_bytes(bytes: &[u8]) -> Result<OsmExtract, ImportError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let taxonomy = standard_functions().unwrap();
    let wants = OsmWants { taxonomy: &taxonomy, parts: OsmParts::all() };
    read_osm(file.path(), &wants, &Silent)
}

fn read(parts: &[String]) -> OsmExtract {
    read_bytes(xml(parts).as_bytes()).unwrap()
}

/// Way ids with the positions of their places.
fn ways(extract: &OsmExtract) -> Vec<(i64, Vec<u32>)> {
    let streets = &extract.streets;
    let places = |way: &StreetWay| streets.way_places[way.places.clone()].to_vec();
    streets.ways.iter().map(|way| (way.source_id, places(way))).collect()
}

fn functions(facility: &Facility) -> Vec<String> {
    let taxonomy = standard_functions().unwrap();
    facility.offers.iter().map(|o| taxonomy.functions()[o.function].id.clone()).collect()
}

fn count(extract: &OsmExtract, kind: IssueKind) -> usize {
    extract.issues.counts().get(&kind).copied().unwrap_or(0)
}

/// The four corners of a square of `side` at `(x, y)`, ids from `first`, and its closed ring.
fn square(first: i64, x: f64, y: f64, side: f64) -> (Vec<String>, Vec<i64>) {
    let corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)];
    let nodes =
        corners.iter().zip(first..).map(|((dx, dy), id)| node(id, x + dx, y + dy, "")).collect();
    (nodes, vec![first, first + 1, first + 2, first + 3, first])
}

#[test]
fn ways_meet_where_they_share_a_node_and_are_sorted_by_id() {
    let extract = read(&[
        way(20, &[2, 4], "highway=footway name=Side_Lane"),
        way(10, &[1, 2, 3], "highway=residential name=Main_Street"),
        node(4, 1.0, 1.0, ""),
        node(3, 2.0, 0.0, ""),
        node(2, 1.0, 0.0, ""),
        node(1, 0.0, 0.0, ""),
        node(9, 5.0, 5.0, ""),
    ]);
    assert_eq!(extract.streets.places.len(), 4);
    assert_eq!(ways(&extract), [(10, vec![0, 1, 2]), (20, vec![1, 3])]);
    assert_eq!(extract.streets.names, ["", "Main Street", "Side Lane"]);
    assert_eq!(extract.streets.ways[0].name, 1);
    let bounds = extract.bounds.unwrap().to_degrees();
    assert_eq!(bounds, [0.0, 0.0, 0.002, 0.001]);
    assert_eq!(extract.issues.total(), 0);
}

#[test]
fn a_way_is_cut_where_a_node_is_missing() {
    let extract = read(&[
        node(1, 0.0, 0.0, ""),
        node(2, 1.0, 0.0, ""),
        node(4, 3.0, 0.0, ""),
        node(5, 4.0, 0.0, ""),
        node(6, 5.0, 0.0, ""),
        way(10, &[1, 2, 3, 4, 5, 77, 6], "highway=path"),
    ]);
    assert_eq!(ways(&extract), [(10, vec![0, 1]), (10, vec![2, 3])]);
    assert_eq!(count(&extract, IssueKind::ReferenceMissing), 1);
    assert!(extract.issues.issues()[0].reason.contains("2 of its nodes"));
}

#[test]
fn doubled_nodes_in_a_row_are_dropped() {
    let extract = read(&[
        node(1, 0.0, 0.0, ""),
        node(2, 1.0, 0.0, ""),
        way(10, &[1, 1, 2, 2], "highway=path"),
        way(11, &[2, 2], "highway=path"),
    ]);
    assert_eq!(ways(&extract), [(10, vec![0, 1])]);
}

#[test]
fn one_walks_straight_across_a_square_but_not_across_its_hole() {
    // A square of open ground; streets end at its corners 1 and 3 and at the middle of an edge.
    let (mut parts, ring) = square(1, 0.0, 0.0, 4.0);
    parts.extend([
        node(11, -1.0, -1.0, ""),
        node(13, 5.0, 5.0, ""),
        way(10, &ring, "highway=pedestrian area=yes"),
        way(11, &[11, 1], "highway=footway"),
        way(13, &[13, 3], "highway=footway"),
    ]);
    let extract = read(&parts);
    let plaza: Vec<_> = ways(&extract).into_iter().filter(|way| way.0 == 10).collect();
    assert_eq!(plaza, [(10, vec![0, 1, 2, 3, 0]), (10, vec![0, 2])]);
    assert_eq!(extract.streets.ways[0].class, StreetClass::Plaza);

    let (mut parts, outer) = square(1, 0.0, 0.0, 4.0);
    let (hole_nodes, hole) = square(5, 1.0, 1.0, 2.0);
    parts.extend(hole_nodes);
    parts.extend([
        node(11, -1.0, -1.0, ""),
        node(13, 5.0, 5.0, ""),
        way(20, &outer, ""),
        way(21, &hole, ""),
        relation(7, &[(20, "outer"), (21, "inner")], "type=multipolygon highway=pedestrian"),
        way(11, &[11, 1], "highway=footway"),
        way(13, &[13, 3], "highway=footway"),
    ]);
    let plaza: Vec<_> = ways(&read(&parts)).into_iter().filter(|way| way.0 == -7).collect();
    assert_eq!(plaza, [(-7, vec![0, 1, 2, 3, 0]), (-7, vec![4, 5, 6, 7, 4])]);
}

#[test]
fn a_square_with_too_many_ways_is_walked_along_its_edge() {
    let count_of = 30;
    let mut parts: Vec<String> = Vec::new();
    let mut ring: Vec<i64> = Vec::new();
    for at in 0..count_of {
        let angle = f64::from(at) / f64::from(count_of) * std::f64::consts::TAU;
        let id = i64::from(at) + 1;
        parts.push(node(id, angle.cos(), angle.sin(), ""));
        parts.push(node(id + 100, 2.0 * angle.cos(), 2.0 * angle.sin(), ""));
        parts.push(way(id + 100, &[id, id + 100], "highway=footway"));
        ring.push(id);
    }
    ring.push(1);
    parts.push(way(10, &ring, "highway=pedestrian area=yes"));
    let extract = read(&parts);
    assert_eq!(ways(&extract).iter().filter(|way| way.0 == 10).count(), 1);
    assert_eq!(count(&extract, IssueKind::Estimated), 1);
}

#[test]
fn the_surface_of_a_street_counts_only_where_ways_end_on_it() {
    // https://wiki.openstreetmap.org/wiki/Key:area:highway
    let (mut parts, ring) = square(1, 0.0, 0.0, 1.0);
    parts.push(way(10, &ring, "area:highway=pedestrian"));
    assert!(read(&parts).streets.ways.is_empty());
    parts.extend([
        node(11, -1.0, -1.0, ""),
        node(13, 5.0, 5.0, ""),
        way(11, &[11, 1], "highway=footway"),
        way(13, &[13, 3], "highway=footway"),
    ]);
    assert_eq!(read(&parts).streets.ways.len(), 4);
}

#[test]
fn a_lift_joins_storeys_and_costs_one_ride() {
    // https://wiki.openstreetmap.org/wiki/Tag:highway=elevator
    let extract = read(&[
        node(1, 0.0, 0.0, ""),
        node(2, 1.0, 0.0, "highway=elevator wheelchair=yes"),
        node(3, 2.0, 0.0, ""),
        node(4, 1.0, 1.0, ""),
        way(10, &[1, 2], "highway=footway"),
        way(11, &[2, 3], "highway=footway level=1"),
        way(12, &[4, 2], "highway=footway level=-1 indoor=yes"),
    ]);
    let rides: Vec<_> =
        extract.streets.ways.iter().filter(|way| way.class == StreetClass::Elevator).collect();
    assert_eq!(rides.len(), 3, "each pair of three storeys");
    assert!(rides.iter().all(|ride| ride.source_id == -2));
    assert!(rides.iter().all(|ride| ride.traits == StreetTraits::WHEELCHAIR_YES));
    assert_eq!(extract.streets.places.len(), 6);
    let ends: Vec<u32> = ways(&extract)
        .iter()
        .filter(|way| way.0 > 0)
        .map(|(id, places)| if *id == 10 || *id == 12 { places[1] } else { places[0] })
        .collect();
    let mut apart = ends.clone();
    apart.sort_unstable();
    apart.dedup();
    assert_eq!(apart.len(), 3, "no two storeys share a place: {ends:?}");
    // All on one storey: the ways just meet.
    let flat = read(&[
        node(1, 0.0, 0.0, ""),
        node(2, 1.0, 0.0, "highway=elevator"),
        node(3, 2.0, 0.0, ""),
        way(10, &[1, 2], "highway=footway"),
        way(11, &[2, 3], "highway=footway"),
    ]);
    assert_eq!(flat.streets.ways.len(), 2);
}

#[test]
fn barriers_are_kept_on_the_network_only() {
    let extract = read(&[
        node(1, 0.0, 0.0, ""),
        node(2, 1.0, 0.0, "barrier=gate access=private"),
        node(3, 2.0, 0.0, "barrier=wall"),
        node(4, 3.0, 0.0, "barrier=stile"),
        node(5, 9.0, 9.0, "barrier=gate"),
        way(10, &[1, 2, 3, 4], "highway=path"),
    ]);
    let barriers: Vec<_> =
        extract.streets.barriers.iter().map(|b| (b.place, b.source_id, b.kind)).collect();
    assert_eq!(
        barriers,
        [(1, 2, BarrierKind::Private), (2, 3, BarrierKind::Closed), (3, 4, BarrierKind::Narrow)]
    );
}

#[test]
fn a_fence_over_a_street_without_a_gate_is_open_and_said() {
    // https://wiki.openstreetmap.org/wiki/Barriers#Linear_barriers
    let fence = |gate: &str| {
        read(&[
            node(1, 0.0, 0.0, ""),
            node(2, 1.0, 0.0, gate),
            node(3, 2.0, 0.0, ""),
            node(4, 1.0, 1.0, ""),
            node(5, 1.0, -1.0, ""),
            way(10, &[1, 2, 3], "highway=path"),
            way(11, &[4, 2, 5], "barrier=fence"),
        ])
    };
    let open = fence("");
    assert!(open.streets.barriers.is_empty());
    assert_eq!(count(&open, IssueKind::InputLacking), 1);
    assert_eq!(count(&fence("barrier=gate"), IssueKind::InputLacking), 0);
    assert_eq!(open.basemap.walking_barriers().count(), 1);
}

#[test]
fn facilities_come_from_nodes_ways_and_multipolygons() {
    let (mut parts, school) = square(10, 0.0, 0.0, 1.0);
    let (nodes, west) = square(20, 10.0, 0.0, 3.0);
    parts.extend(nodes);
    let (nodes, pond) = square(30, 11.0, 1.0, 1.0);
    parts.extend(nodes);
    parts.extend([
        node(1, 5.0, 5.0, "amenity=pharmacy name=Corner opening_hours=Mo-Fr_08:00-18:00"),
        node(2, 6.0, 6.0, "amenity=bench"),
        way(100, &school, "amenity=school name=North capacity=250 start_date=1998-09-01"),
        way(101, &west[..3], ""),
        way(102, &west[2..], ""),
        way(103, &pond, "natural=water"),
        relation(
            7,
            &[(101, "outer"), (102, "outer"), (103, "inner")],
            "type=multipolygon leisure=park name=West",
        ),
        node(3, 7.0, 7.0, "amenity=library disused=yes"),
    ]);
    let extract = read(&parts);
    let found: Vec<_> = extract
        .facilities
        .iter()
        .map(|f| (f.key.as_str(), f.name.as_str(), functions(f), f.outline.is_some()))
        .collect();
    assert_eq!(
        found,
        [
            ("node/1", "Corner", vec!["pharmacy".to_owned()], false),
            ("node/3", "", vec!["culture".to_owned()], false),
            ("relation/7", "West", vec!["park".to_owned()], true),
            ("way/100", "North", vec!["school".to_owned()], true),
        ]
    );
    let [pharmacy, library, park, school] = &extract.facilities[..] else { panic!() };
    assert_eq!(pharmacy.entrances, [pharmacy.place]);
    assert!(pharmacy.offers[0].opening_hours.is_some());
    assert_eq!(library.status, FacilityStatus::Closed);
    assert_eq!(school.offers[0].capacity, Some(250.0));
    assert_eq!(school.opening_year, Some(1998));
    let outline = park.outline.as_ref().unwrap();
    assert_eq!(outline.polygons[0].holes.len(), 1);
    assert!(outline.contains(park.place), "the label is not in the pond");
    // 3 by 3 less 1 by 1 thousandths of a degree on the equator.
    assert!((outline.area_m2() - 8.0 * 111.32 * 110.57).abs() < 100.0);
    assert!(!school.entrances.is_empty() && school.entrances.len() <= 24);
}

#[test]
fn entrances_are_doors_then_street_places_then_spread() {
    let (mut parts, ring) = square(10, 0.0, 0.0, 1.0);
    parts.push(way(100, &ring, "amenity=school"));
    let spread = read(&parts);
    assert_eq!(spread.facilities[0].entrances.len(), 7, "443 m, one every 60 m");

    parts.push(node(20, 5.0, 0.0, ""));
    parts.push(way(200, &[11, 20], "highway=footway"));
    let street = read(&parts);
    assert_eq!(street.facilities[0].entrances.len(), 1, "where the footway reaches the outline");

    let ring = vec![10, 11, 12, 30, 13, 10];
    parts.retain(|part| !part.contains("way id='100'"));
    parts.push(node(30, 0.5, 1.0, "entrance=main"));
    parts.push(way(100, &ring, "amenity=school"));
    // A gate in the fence, 5 m beyond the outline.
    parts.push(node(31, 0.5, -0.045, "barrier=gate"));
    parts.push(node(32, 0.0, -0.045, ""));
    parts.push(way(300, &[32, 31], "barrier=fence"));
    let doors = read(&parts);
    let entrances = &doors.facilities[0].entrances;
    assert_eq!(entrances.len(), 2);
    assert_eq!((entrances[0].lon_e7(), entrances[0].lat_e7()), (5_000, 10_000));
    assert_eq!((entrances[1].lon_e7(), entrances[1].lat_e7()), (5_000, -450));
}

#[test]
fn one_place_mapped_twice_counts_once() {
    // https://wiki.openstreetmap.org/wiki/One_feature,_one_OSM_element
    let (mut parts, ring) = square(10, 0.0, 0.0, 1.0);
    parts.extend([
        way(100, &ring, "amenity=clinic"),
        // Inside, named where the outline is not: the same; brings a function.
        node(1, 0.5, 0.5, "amenity=clinic healthcare=pharmacy name=City_Clinic"),
        // 22 m outside, another name: another place.
        node(2, 1.2, 0.5, "amenity=clinic name=Doctor_Wu"),
        // Inside, other function: another place.
        node(3, 0.5, 0.6, "amenity=library"),
        // The same name and function 5 m apart, as points.
        node(4, 20.0, 0.0, "shop=bakery amenity=cafe name=Bun"),
        node(5, 20.045, 0.0, "amenity=cafe name=Bun"),
        // The same name, 100 m apart: two.
        node(6, 30.0, 0.0, "amenity=bank name=B"),
        node(7, 30.9, 0.0, "amenity=bank name=B"),
    ]);
    let extract = read(&parts);
    let keys: Vec<_> = extract.facilities.iter().map(|f| f.key.as_str()).collect();
    assert_eq!(keys, ["node/2", "node/3", "node/4", "node/6", "node/7", "way/100"]);
    let clinic = extract.facilities.last().unwrap();
    assert_eq!(clinic.name, "City Clinic");
    assert_eq!(functions(clinic), ["health", "pharmacy"]);
    assert_eq!(count(&extract, IssueKind::Duplicate), 2);
}

#[test]
fn a_named_outline_takes_in_a_namesake_up_to_30_m_away() {
    let (mut parts, ring) = square(10, 0.0, 0.0, 1.0);
    parts.extend([
        way(100, &ring, "amenity=school name=North"),
        node(1, 1.2, 0.5, "amenity=school name=north"),
        node(2, 1.4, 0.5, "amenity=school name=North"),
    ]);
    let keys: Vec<_> = read(&parts).facilities.into_iter().map(|f| f.key).collect();
    assert_eq!(keys, ["node/2", "way/100"]);
}

#[test]
fn a_capacity_that_is_no_number_is_said_and_left_out() {
    let extract = read(&[
        node(1, 0.0, 0.0, "amenity=childcare capacity=0"),
        node(2, 5.0, 0.0, "amenity=childcare capacity=many"),
        node(3, 9.0, 0.0, "amenity=childcare capacity=24"),
    ]);
    assert_eq!(count(&extract, IssueKind::CapacityBad), 2);
    let capacities: Vec<_> = extract.facilities.iter().map(|f| f.offers[0].capacity).collect();
    assert_eq!(capacities, [None, None, Some(24.0)]);
}

#[test]
fn buildings_have_floor_area_levels_and_doors() {
    let (mut parts, mut ring) = square(10, 0.0, 0.0, 0.1);
    ring.insert(1, 50);
    parts.push(node(50, 0.05, 0.0, "entrance=staircase access=private"));
    parts.push(way(100, &ring, "building=apartments building:levels=5"));
    let (nodes, outer) = square(20, 1.0, 0.0, 0.2);
    parts.extend(nodes);
    let (nodes, court) = square(30, 1.05, 0.05, 0.1);
    parts.extend(nodes);
    parts.extend([
        // Tagged on the outer way too, as was done once: one building, not two.
        way(101, &outer, "building=yes"),
        way(102, &court, ""),
        relation(7, &[(101, "outer"), (102, "inner")], "type=multipolygon building=yes"),
        way(103, &[10, 11, 12], "building=yes"),
    ]);
    let extract = read(&parts);
    let keys: Vec<_> = extract.buildings.iter().map(|b| b.key.as_str()).collect();
    assert_eq!(keys, ["relation/7", "way/100"]);
    let [court, flats] = &extract.buildings[..] else { panic!() };
    let ground = 11.132 * 11.057;
    assert!((flats.floor_area_m2 - 5.0 * ground).abs() < 2.0, "{}", flats.floor_area_m2);
    assert_eq!((flats.levels, flats.usage), (Some(5.0), BuildingUse::Residential));
    assert_eq!(flats.doors.len(), 1);
    assert!((court.floor_area_m2 - 3.0 * ground).abs() < 2.0, "{}", court.floor_area_m2);
    assert_eq!(court.usage, BuildingUse::Unknown);
    assert_eq!(count(&extract, IssueKind::GeometryMissing), 1);
}

#[test]
fn boundaries_are_joined_from_ways_and_left_out_when_not_whole() {
    let (mut parts, ring) = square(10, 0.0, 0.0, 9.0);
    parts.extend([
        way(1, &ring[..3], "boundary=administrative admin_level=8"),
        way(2, &[ring[0], ring[3], ring[2]], ""),
        relation(
            5,
            &[(1, "outer"), (2, "outer")],
            "type=boundary boundary=administrative admin_level=8 name=Licheng name:zh=鲤城 name:en=Licheng",
        ),
        relation(
            6,
            &[(1, "outer"), (99, "outer")],
            "type=boundary boundary=administrative admin_level=6 name=Quanzhou",
        ),
        relation(8, &[(1, "outer")], "type=boundary boundary=maritime name=Sea"),
    ]);
    let extract = read(&parts);
    assert_eq!(extract.boundaries.len(), 1);
    let boundary = &extract.boundaries[0];
    assert_eq!((boundary.key.as_str(), boundary.admin_level), ("relation/5", 8));
    assert_eq!(boundary.names.zh.as_deref(), Some("鲤城"));
    assert_eq!(boundary.area.polygons[0].outer.len(), 5);
    assert_eq!(count(&extract, IssueKind::ReferenceMissing), 1);
}

#[test]
fn a_boundary_that_crosses_itself_is_mended_and_said() {
    let extract = read(&[
        node(1, 0.0, 0.0, ""),
        node(2, 9.0, 9.0, ""),
        node(3, 9.0, 0.0, ""),
        node(4, 0.0, 9.0, ""),
        way(1, &[1, 2, 3, 4, 1], "boundary=administrative admin_level=10 name=Bow"),
    ]);
    assert_eq!(extract.boundaries[0].area.polygons.len(), 2);
    assert_eq!(count(&extract, IssueKind::GeometryInvalid), 1);
}

#[test]
fn an_area_over_the_antimeridian_is_cut_there() {
    // As the islands of Fiji do.
    let at = |id: i64, lon: f64, lat: f64| node(id, lon * 1000.0, lat * 1000.0, "");
    let extract = read(&[
        at(1, 179.0, -17.0),
        at(2, -179.0, -17.0),
        at(3, -179.0, -16.0),
        at(4, 179.0, -16.0),
        way(1, &[1, 2, 3, 4, 1], "boundary=administrative admin_level=4 name=Islands"),
        way(2, &[1, 2], "highway=path"),
    ]);
    let area = &extract.boundaries[0].area;
    assert_eq!(area.polygons.len(), 2);
    let inside = |lon: f64| area.contains(walkshed::spatial::LonLat::new(lon, -16.5).unwrap());
    assert!(inside(179.5) && inside(-179.5) && inside(180.0) && inside(-180.0));
    assert!(!inside(0.0) && !inside(178.5) && !inside(-178.5));
    assert_eq!(extract.streets.ways.len(), 1);
}

#[test]
fn the_basemap_has_water_green_rail_walls_and_names() {
    let (mut parts, lake) = square(10, 0.0, 0.0, 1.0);
    let (nodes, park) = square(20, 5.0, 0.0, 1.0);
    parts.extend(nodes);
    parts.extend([
        node(1, 2.0, 2.0, "place=suburb name=Donghai name:en=East_Sea"),
        way(1, &lake, "natural=water name=West_Lake"),
        way(2, &park, "leisure=park barrier=fence"),
        way(3, &[10, 20], "waterway=river bridge=no"),
        way(4, &[11, 21], "railway=rail"),
        way(5, &[12, 22], "railway=rail bridge=yes"),
        way(6, &[13, 23], "highway=motorway"),
    ]);
    let map = read(&parts).basemap;
    assert_eq!((map.water_areas.len(), map.water_lines.len(), map.green.len()), (1, 1, 1));
    assert_eq!(map.water_areas[0].name, "West Lake");
    assert_eq!((map.rails.len(), map.walls.len(), map.motorways.len()), (2, 1, 1));
    assert_eq!(map.walking_barriers().count(), 3, "fence, rail on the ground, motorway");
    assert_eq!((map.places[0].kind, map.places[0].names.name.as_str()), ("suburb", "Donghai"));
}

#[test]
fn a_map_without_streets_is_said_not_refused() {
    let extract = read(&[node(1, 0.0, 0.0, "amenity=cafe")]);
    assert!(extract.streets.ways.is_empty());
    assert_eq!(extract.streets.names, [""]);
    assert_eq!(extract.bounds, None);
    assert_eq!(count(&extract, IssueKind::InputLacking), 1);
    assert_eq!(extract.facilities.len(), 1);
    assert_eq!(read(&[]).issues.total(), 1);
}

#[test]
fn packed_xml_reads_like_plain_xml() {
    let text =
        xml(&[node(1, 0.0, 0.0, ""), node(2, 1.0, 0.0, ""), way(1, &[1, 2], "highway=path")]);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(text.as_bytes()).unwrap();
    let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    bz.write_all(text.as_bytes()).unwrap();
    let plain = read_bytes(text.as_bytes()).unwrap();
    for bytes in [gz.finish().unwrap(), bz.finish().unwrap()] {
        let packed = read_bytes(&bytes).unwrap();
        assert_eq!(ways(&packed), ways(&plain));
        assert_eq!(packed.streets.places, plain.streets.places);
    }
}

#[test]
fn names_with_entities_and_chinese_are_kept() {
    let text = "<osm><node id='1' lon='0' lat='0'/><node id='2' lon='0.001' lat='0'/><way id='1'>\
                <nd ref='1'/><nd ref='2'/><tag k='highway' v='path'/>\
                <tag k='name' v='涂门街 &amp; &quot;Tumen&quot; &#x8857;'/></way></osm>";
    let extract = read_bytes(text.as_bytes()).unwrap();
    assert_eq!(extract.streets.names, ["", "涂门街 & \"Tumen\" 街"]);
}

#[test]
fn deleted_elements_of_an_editor_file_are_left_out() {
    let text = "<osm><node id='1' lon='0' lat='0'/><node id='2' lon='0.001' lat='0'/>\
                <way id='1' action='delete'><nd ref='1'/><nd ref='2'/><tag k='highway' v='path'/></way>\
                <way id='2' visible='false'><nd ref='1'/><nd ref='2'/><tag k='highway' v='path'/></way>\
                </osm>";
    assert!(read_bytes(text.as_bytes()).unwrap().streets.ways.is_empty());
}

#[test]
fn reading_stops_when_asked_to() {
    struct Stop;
    impl Progress for Stop {
        fn report(&self, _: Stage, _: u64, _: u64) {}
        fn is_cancelled(&self) -> bool {
            true
        }
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(xml(&[node(1, 0.0, 0.0, "")]).as_bytes()).unwrap();
    let taxonomy = standard_functions().unwrap();
    let wants = OsmWants { taxonomy: &taxonomy, parts: OsmParts::all() };
    let stopped = read_osm(file.path(), &wants, &Stop);
    assert!(matches!(stopped, Err(ImportError::Cancelled(_))));
}
