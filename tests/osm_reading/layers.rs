//! Facilities, buildings, boundaries and the map below.

use walkshed::facility::FacilityStatus;
use walkshed::import::IssueKind;
use walkshed::import::osm::BuildingUse;
use walkshed::spatial::{Front, LonLat};

use super::{count, functions, node, read, relation, square, way};

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
    assert!(school.entrances.is_empty(), "one enters anywhere on its outline");
    assert_eq!(school.front(), Front::Outline(Box::new(school.outline.clone().unwrap())));
}

#[test]
fn entrances_are_doors_and_gates_else_the_outline() {
    let (mut parts, ring) = square(10, 0.0, 0.0, 1.0);
    parts.push(way(100, &ring, "amenity=school"));
    let bare = read(&parts);
    assert!(bare.facilities[0].entrances.is_empty());
    assert!(matches!(bare.facilities[0].front(), Front::Outline(_)));

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
    assert_eq!((entrances[0].lon_e7(), entrances[0].lat_e7()), (5_000, -450));
    assert_eq!((entrances[1].lon_e7(), entrances[1].lat_e7()), (5_000, 10_000));
}

#[test]
fn a_place_off_the_ground_stands_on_the_line_of_its_level() {
    // https://wiki.openstreetmap.org/wiki/Key:level
    let front = |shop: &str, line: &str| {
        let parts = [
            node(1, 0.0, 0.0, ""),
            node(2, 1.0, 0.0, ""),
            way(100, &[1, 2], line),
            node(3, 0.5, 0.03, &format!("amenity=pharmacy {shop}")),
        ];
        read(&parts).facilities[0].front()
    };
    let corridor = "highway=corridor indoor=yes level=-1";
    let foot = Front::Level(LonLat::new(0.0005, 0.0).unwrap());
    for shop in ["level=-1", "level=-1.0", "level=-2;-1", "layer=-1"] {
        assert_eq!(front(shop, corridor), foot, "{shop}");
    }
    assert_eq!(front("layer=-1", "highway=footway tunnel=yes layer=-1"), foot);
    for shop in ["", "level=0", "level=0;-1", "level=1", "level=basement"] {
        assert_eq!(front(shop, corridor), Front::Point, "{shop}");
    }
    assert_eq!(front("level=-1", "highway=steps level=-1"), Front::Point);
    assert_eq!(front("level=-1", "highway=footway"), Front::Point);
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
