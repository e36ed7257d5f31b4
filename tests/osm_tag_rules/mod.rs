//! Each tag rule on its own, as tables of tags and decisions. The comment above a table names the wiki page.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod things;
mod walkers;

use walkshed::import::osm::tags::Tags;
use walkshed::import::osm::tags::crossing::crossing_of;
use walkshed::import::osm::tags::street::{Shape, StreetTag, street_of};
use walkshed::street::{CrossingKind, StreetClass, StreetTraits};

/// `"highway=path foot=no"` as pairs; a value may hold `_` for a space.
fn pairs(text: &str) -> Vec<(&str, &str)> {
    text.split_whitespace().map(|tag| tag.split_once('=').unwrap()).collect()
}

fn street(text: &str) -> Option<StreetTag> {
    street_of(Tags::new(&pairs(text)))
}

fn traits(text: &str) -> StreetTraits {
    street(text).unwrap_or_else(|| panic!("{text} is not walkable")).traits
}

fn assert_walkable(lines: &[&str]) {
    for line in lines {
        assert!(street(line).is_some(), "{line} should be walkable");
    }
}

fn assert_closed(lines: &[&str]) {
    for line in lines {
        assert_eq!(street(line), None, "{line} should not be walkable");
    }
}

#[test]
fn each_highway_value_has_its_class() {
    // https://wiki.openstreetmap.org/wiki/Key:highway
    let classes = [
        ("footway", StreetClass::Footway),
        ("pedestrian", StreetClass::Pedestrian),
        ("path", StreetClass::Path),
        ("steps", StreetClass::Steps),
        ("elevator", StreetClass::Elevator),
        ("corridor", StreetClass::Corridor),
        ("living_street", StreetClass::LivingStreet),
        ("residential", StreetClass::Residential),
        ("service", StreetClass::Service),
        ("unclassified", StreetClass::Unclassified),
        ("road", StreetClass::Unclassified),
        ("tertiary", StreetClass::Tertiary),
        ("tertiary_link", StreetClass::Tertiary),
        ("secondary", StreetClass::Secondary),
        ("secondary_link", StreetClass::Secondary),
        ("primary", StreetClass::Primary),
        ("primary_link", StreetClass::Primary),
        ("trunk", StreetClass::Trunk),
        ("trunk_link", StreetClass::Trunk),
        ("track", StreetClass::Track),
        ("cycleway", StreetClass::Cycleway),
        ("bridleway", StreetClass::Bridleway),
        ("platform", StreetClass::Platform),
    ];
    for (value, class) in classes {
        let found = street_of(Tags::new(&[("highway", value)])).unwrap();
        let indoor = StreetTraits::INDOOR | StreetTraits::OFF_GROUND;
        let inside = if value == "corridor" { indoor } else { StreetTraits::empty() };
        assert_eq!((found.class, found.traits), (class, inside), "{value}");
    }
}

#[test]
fn motorways_are_walked_where_walkers_are_let_in() {
    // https://wiki.openstreetmap.org/wiki/Tag:highway=motorway, Key:sidewalk: access=* does not open them.
    assert_closed(&[
        "highway=motorway",
        "highway=motorway_link",
        "highway=motorway access=yes",
        "highway=motorway sidewalk=no",
        "highway=motorway sidewalk=separate",
        "highway=motorway foot=no sidewalk=both",
        "highway=motorway access=no sidewalk=both",
        "highway=motorway motorroad=yes sidewalk=both",
        "highway=motorway oneway:foot=yes",
    ]);
    assert_walkable(&[
        "highway=motorway foot=yes",
        "highway=motorway_link foot=designated access=no",
        "highway=motorway sidewalk=right",
        "highway=motorway sidewalk:both=yes",
        "highway=motorway sidewalk:left=yes",
    ]);
}

#[test]
fn tracks_of_guided_buses_are_walked_only_with_a_tag_of_their_own() {
    // https://wiki.openstreetmap.org/wiki/Tag:highway=bus_guideway, Tag:highway=busway
    assert_closed(&[
        "highway=bus_guideway access=yes",
        "highway=busway",
        "highway=bus_guideway sidewalk=both",
        "highway=raceway",
    ]);
    assert_walkable(&["highway=bus_guideway foot=yes", "highway=busway foot=yes"]);
}

#[test]
fn ways_that_are_not_for_walking_are_out() {
    // https://wiki.openstreetmap.org/wiki/Tag:highway=escape, =via_ferrata, =services
    assert_closed(&[
        "highway=escape",
        "highway=via_ferrata",
        "highway=services",
        "highway=rest_area",
        "leisure=track",
        "golf=path",
        "railway=rail",
        "waterway=river",
    ]);
}

#[test]
fn ways_not_built_yet_or_gone_are_out() {
    // https://wiki.openstreetmap.org/wiki/Lifecycle_prefix, Tag:highway=construction, Tag:highway=proposed
    assert_closed(&[
        "highway=construction construction=residential",
        "highway=proposed proposed=footway",
        "highway=planned",
        "highway=abandoned",
        "highway=razed",
        "highway=disused",
        "highway=footway abandoned=yes",
        "highway=path disused=yes",
        "highway=residential construction=yes",
        "proposed:highway=footway",
    ]);
    // Works beside the road do not close it: https://wiki.openstreetmap.org/wiki/Key:construction
    assert_walkable(&["highway=residential construction=minor"]);
}

#[test]
fn motorroads_are_for_motors_unless_foot_is_tagged() {
    // https://wiki.openstreetmap.org/wiki/Key:motorroad
    assert_closed(&["highway=trunk motorroad=yes", "highway=primary motorroad=yes access=yes"]);
    assert_walkable(&["highway=trunk motorroad=yes foot=yes", "highway=trunk motorroad=no"]);
}

#[test]
fn foot_comes_before_access() {
    // https://wiki.openstreetmap.org/wiki/Key:access#Transport_mode_restrictions
    assert_closed(&[
        "highway=service access=no",
        "highway=residential foot=no",
        "highway=path access=yes foot=no",
        "highway=primary foot=use_sidepath",
        "highway=track access=agricultural",
        "highway=track access=forestry",
        "highway=service access=military",
    ]);
    assert_walkable(&[
        "highway=service access=no foot=yes",
        "highway=track access=forestry foot=designated",
        "highway=residential motor_vehicle=no",
        "highway=residential vehicle=private",
        "highway=path foot=permissive",
        "highway=path foot=discouraged",
        "highway=path foot=unknown",
        "highway=residential access=destination",
        "highway=footway foot=yes;designated",
    ]);
}

#[test]
fn private_ways_lead_to_not_through() {
    // https://wiki.openstreetmap.org/wiki/Tag:access=private
    for line in [
        "highway=service access=private",
        "highway=service service=driveway access=private",
        "highway=footway foot=private",
        "highway=residential access=residents",
        "highway=service access=permit",
        "highway=service service=parking_aisle access=customers",
        "highway=service access=delivery",
    ] {
        assert!(traits(line).contains(StreetTraits::PRIVATE), "{line}");
    }
    for line in [
        "highway=service access=private foot=yes",
        "highway=service access=private foot=permissive",
        "highway=service service=driveway",
        "highway=residential access=destination",
    ] {
        assert!(!traits(line).contains(StreetTraits::PRIVATE), "{line}");
    }
}

#[test]
fn conditions_open_and_close_ways_at_times() {
    // https://wiki.openstreetmap.org/wiki/Conditional_restrictions, Key:opening_hours
    for line in [
        "highway=footway access:conditional=no@(22:00-06:00)",
        "highway=footway foot:conditional=no@(sunset-sunrise)",
        "highway=path foot=no foot:conditional=yes@(Mo-Fr)",
        "highway=pedestrian opening_hours=06:00-22:00",
        "highway=service access=private access:conditional=yes@(08:00-18:00)",
    ] {
        assert!(traits(line).contains(StreetTraits::CONDITIONAL), "{line}");
    }
    for line in [
        "highway=footway opening_hours=24/7",
        "highway=residential motor_vehicle:conditional=no@(Su)",
        "highway=footway foot:conditional=yes@(06:00-22:00)",
    ] {
        assert!(!traits(line).contains(StreetTraits::CONDITIONAL), "{line}");
    }
    assert_closed(&["highway=path foot=no foot:conditional=no@(Su)"]);
    assert!(
        !traits("highway=service access=private access:conditional=yes@(08:00-18:00)")
            .contains(StreetTraits::PRIVATE),
        "open to all at times"
    );
}

#[test]
fn motor_roads_without_pavement_are_marked() {
    // https://wiki.openstreetmap.org/wiki/Key:sidewalk
    let marked = |line: &str| traits(line).contains(StreetTraits::NO_SIDEWALK);
    assert!(marked("highway=primary sidewalk=no"));
    assert!(marked("highway=secondary sidewalk=none"));
    assert!(marked("highway=trunk_link sidewalk:both=no"));
    assert!(marked("highway=primary sidewalk:left=no sidewalk:right=no"));
    // One side suffices; drawn apart is a pavement; small streets are walked without.
    assert!(!marked("highway=primary sidewalk=left"));
    assert!(!marked("highway=primary sidewalk:left=no sidewalk:right=yes"));
    assert!(!marked("highway=primary sidewalk=separate"));
    assert!(!marked("highway=primary"));
    assert!(!marked("highway=residential sidewalk=no"));
}

#[test]
fn pavements_and_crossings_drawn_apart_are_ways() {
    // https://wiki.openstreetmap.org/wiki/Tag:footway=sidewalk, Tag:footway=crossing
    assert_walkable(&["highway=footway footway=sidewalk", "highway=footway footway=crossing"]);
    assert_walkable(&["highway=service service=parking_aisle", "highway=service service=alley"]);
}

#[test]
fn crossings_are_told_by_their_nodes() {
    let kind = |line: &str| crossing_of(Tags::new(&pairs(line)));
    // https://wiki.openstreetmap.org/wiki/Tag:highway=crossing, Key:crossing
    for line in [
        "highway=crossing",
        "highway=crossing crossing=uncontrolled",
        "highway=crossing crossing=zebra",
        "highway=crossing crossing=unmarked",
        "highway=crossing crossing=traffic_signals crossing:signals=no",
    ] {
        assert_eq!(kind(line), Some(CrossingKind::Plain), "{line}");
    }
    // https://wiki.openstreetmap.org/wiki/Key:crossing:signals, Tag:highway=traffic_signals
    for line in [
        "highway=crossing crossing=traffic_signals",
        "highway=crossing crossing=marked crossing:signals=yes",
        "highway=traffic_signals",
        "highway=traffic_signals crossing=traffic_signals",
    ] {
        assert_eq!(kind(line), Some(CrossingKind::Signals), "{line}");
    }
    for line in
        ["highway=crossing crossing=no", "crossing=marked", "highway=stop", "railway=crossing"]
    {
        assert_eq!(kind(line), None, "{line}");
    }
}

#[test]
fn crossings_are_told_by_ways_drawn_over_the_road() {
    // https://wiki.openstreetmap.org/wiki/Tag:footway=crossing
    let drawn = StreetTraits::CROSSING_WAY;
    let signals = drawn | StreetTraits::SIGNALS_WAY;
    for (line, expected) in [
        ("highway=footway footway=crossing", drawn),
        ("highway=footway footway=crossing crossing=traffic_signals", signals),
        ("highway=footway footway=crossing crossing:signals=yes", signals),
        ("highway=path path=crossing", drawn),
        ("highway=cycleway cycleway=crossing crossing=traffic_signals", signals),
        ("highway=footway footway=sidewalk", StreetTraits::empty()),
        ("highway=footway crossing=traffic_signals", StreetTraits::empty()),
    ] {
        assert_eq!(traits(line), expected, "{line}");
    }
}

#[test]
fn moving_stairs_bind_to_their_direction() {
    // https://wiki.openstreetmap.org/wiki/Key:conveying
    let escalator = |line: &str| {
        let found = street(line).unwrap();
        assert_eq!(found.class, StreetClass::Escalator, "{line}");
        found.traits & (StreetTraits::FORWARD_ONLY | StreetTraits::BACKWARD_ONLY)
    };
    assert_eq!(escalator("highway=steps conveying=forward"), StreetTraits::FORWARD_ONLY);
    assert_eq!(escalator("highway=steps conveying=backward"), StreetTraits::BACKWARD_ONLY);
    assert_eq!(escalator("highway=steps conveying=yes oneway=yes"), StreetTraits::FORWARD_ONLY);
    assert_eq!(escalator("highway=steps conveying=yes oneway=-1"), StreetTraits::BACKWARD_ONLY);
    assert_eq!(escalator("highway=steps conveying=reversible"), StreetTraits::empty());
    assert_eq!(street("highway=steps conveying=no").unwrap().class, StreetClass::Steps);
    // A moving walkway is a footway with a direction.
    assert_eq!(traits("highway=footway conveying=forward"), StreetTraits::FORWARD_ONLY);
}

#[test]
fn one_way_streets_do_not_bind_walkers() {
    // https://wiki.openstreetmap.org/wiki/Key:oneway#Pedestrians
    for line in [
        "highway=residential oneway=yes",
        "highway=footway oneway=yes",
        "highway=steps oneway=-1",
        "highway=cycleway oneway=yes oneway:bicycle=yes",
        "highway=residential junction=roundabout",
    ] {
        assert_eq!(traits(line), StreetTraits::empty(), "{line}");
    }
    assert_eq!(traits("highway=path oneway:foot=yes"), StreetTraits::FORWARD_ONLY);
    assert_eq!(traits("highway=path oneway:foot=-1"), StreetTraits::BACKWARD_ONLY);
    assert_eq!(traits("highway=path foot:backward=no"), StreetTraits::FORWARD_ONLY);
    assert_eq!(traits("highway=path foot:forward=no"), StreetTraits::BACKWARD_ONLY);
    assert_eq!(traits("highway=path oneway=yes oneway:foot=no"), StreetTraits::empty());
}

#[test]
fn ramps_make_steps_passable() {
    // https://wiki.openstreetmap.org/wiki/Key:ramp
    assert_eq!(traits("highway=steps ramp=yes"), StreetTraits::STROLLER_RAMP);
    assert_eq!(traits("highway=steps ramp:stroller=yes"), StreetTraits::STROLLER_RAMP);
    assert_eq!(traits("highway=steps ramp=yes ramp:bicycle=yes"), StreetTraits::empty());
    assert_eq!(
        traits("highway=steps ramp=yes ramp:wheelchair=yes"),
        StreetTraits::STROLLER_RAMP | StreetTraits::WHEELCHAIR_YES
    );
    // Drawn as a way of its own.
    assert_eq!(traits("highway=steps ramp=separate"), StreetTraits::empty());
    assert_eq!(traits("highway=footway ramp=yes"), StreetTraits::empty());
}

#[test]
fn wheelchair_tags_are_kept() {
    // https://wiki.openstreetmap.org/wiki/Key:wheelchair
    assert_eq!(traits("highway=footway wheelchair=no"), StreetTraits::WHEELCHAIR_NO);
    assert_eq!(traits("highway=footway wheelchair=yes"), StreetTraits::WHEELCHAIR_YES);
    assert_eq!(traits("highway=footway wheelchair=designated"), StreetTraits::WHEELCHAIR_YES);
    assert_eq!(traits("highway=footway wheelchair=limited"), StreetTraits::empty());
}

#[test]
fn bad_ground_is_rough() {
    // https://wiki.openstreetmap.org/wiki/Key:surface, Key:smoothness, Key:tracktype
    for line in [
        "highway=path surface=gravel",
        "highway=footway surface=cobblestone",
        "highway=footway surface=unhewn_cobblestone",
        "highway=track surface=ground",
        "highway=path smoothness=very_bad",
        "highway=footway surface=asphalt smoothness=bad",
        "highway=track tracktype=grade5",
    ] {
        assert!(traits(line).contains(StreetTraits::ROUGH), "{line}");
    }
    for line in [
        "highway=footway surface=asphalt",
        "highway=footway surface=sett",
        "highway=path surface=compacted",
        "highway=path surface=fine_gravel",
        "highway=path surface=gravel smoothness=good",
        "highway=track tracktype=grade2",
        "highway=path",
    ] {
        assert!(!traits(line).contains(StreetTraits::ROUGH), "{line}");
    }
}

#[test]
fn mountain_paths_are_alpine() {
    // https://wiki.openstreetmap.org/wiki/Key:sac_scale
    for scale in ["mountain_hiking", "demanding_mountain_hiking", "alpine_hiking"] {
        let line = format!("highway=path sac_scale={scale}");
        assert!(traits(&line).contains(StreetTraits::ALPINE), "{scale}");
    }
    assert!(!traits("highway=path sac_scale=hiking").contains(StreetTraits::ALPINE));
    assert!(!traits("highway=path sac_scale=strolling").contains(StreetTraits::ALPINE));
}

#[test]
fn bridges_tunnels_and_indoor_ways_are_marked() {
    // https://wiki.openstreetmap.org/wiki/Key:bridge, Key:tunnel, Key:covered, Key:indoor. A passage through a
    // building and a covered way lie on the ground.
    let off_ground = StreetTraits::OFF_GROUND;
    assert_eq!(traits("highway=footway bridge=yes layer=1"), StreetTraits::BRIDGE | off_ground);
    assert_eq!(traits("highway=footway tunnel=yes"), StreetTraits::TUNNEL | off_ground);
    assert_eq!(traits("highway=footway bridge=no"), StreetTraits::empty());
    assert_eq!(traits("highway=footway tunnel=building_passage"), StreetTraits::TUNNEL);
    assert_eq!(traits("highway=footway covered=yes"), StreetTraits::TUNNEL);
    assert_eq!(traits("highway=footway indoor=yes level=-1"), StreetTraits::INDOOR | off_ground);
    assert_eq!(traits("highway=corridor"), StreetTraits::INDOOR | off_ground);
}

#[test]
fn cycleways_and_bridleways_are_walked_unless_closed() {
    // https://wiki.openstreetmap.org/wiki/Tag:highway=cycleway, Tag:highway=bridleway,
    // OSM_tags_for_routing/Access_restrictions: countries and routers differ; we go by foot=*.
    assert_walkable(&[
        "highway=cycleway",
        "highway=cycleway foot=designated segregated=yes",
        "highway=bridleway",
    ]);
    assert_closed(&["highway=cycleway foot=no", "highway=bridleway foot=no"]);
}

#[test]
fn busways_need_a_tag_to_be_walked() {
    // https://wiki.openstreetmap.org/wiki/Tag:highway=busway
    assert_closed(&["highway=busway", "highway=busway access=no bus=yes"]);
    assert_walkable(&["highway=busway foot=yes", "highway=busway sidewalk=right"]);
}

#[test]
fn platforms_piers_and_ferries_are_ways_too() {
    // https://wiki.openstreetmap.org/wiki/Tag:railway=platform, Tag:man_made=pier, Tag:route=ferry
    let class = |line: &str| street(line).map(|found| found.class);
    assert_eq!(class("railway=platform"), Some(StreetClass::Platform));
    assert_eq!(class("public_transport=platform"), Some(StreetClass::Platform));
    assert_eq!(class("man_made=pier"), Some(StreetClass::Footway));
    assert_eq!(class("route=ferry"), Some(StreetClass::Ferry));
    assert_eq!(class("indoor=corridor"), Some(StreetClass::Corridor));
    assert_closed(&["route=ferry foot=no", "man_made=pier access=no", "route=hiking"]);
}

#[test]
fn open_ground_is_told_from_rings() {
    // https://wiki.openstreetmap.org/wiki/Tag:highway=pedestrian#Squares_and_plazas, Key:area
    let shape = |line: &str| street(line).map(|found| (found.class, found.shape));
    assert_eq!(shape("highway=pedestrian area=yes"), Some((StreetClass::Plaza, Shape::Ground)));
    assert_eq!(shape("highway=pedestrian"), Some((StreetClass::Pedestrian, Shape::Line)));
    assert_eq!(shape("highway=footway area=yes"), Some((StreetClass::Plaza, Shape::Ground)));
    assert_eq!(shape("railway=platform"), Some((StreetClass::Platform, Shape::Ground)));
    assert_eq!(shape("railway=platform area=no"), Some((StreetClass::Platform, Shape::Line)));
    assert_eq!(shape("area:highway=pedestrian"), Some((StreetClass::Plaza, Shape::Surface)));
    assert_eq!(shape("area:highway=primary"), None);
}
