//! What stands on streets and beside them: barriers, ways in, buildings, the map below.

use walkshed::import::osm::tags::Tags;
use walkshed::import::osm::tags::barrier::{barrier_of, is_door, is_way_in};
use walkshed::import::osm::tags::basemap::{Grade, Theme, base_of, place_of};
use walkshed::import::osm::tags::building::{BuildingUse, building_of};
use walkshed::import::osm::tags::compound::compound_of;
use walkshed::import::osm::tags::node::{limits_at, wheels_at};
use walkshed::street::{BarrierKind, StreetTraits};

use super::pairs;

#[test]
fn barriers_let_walkers_pass_by_kind() {
    // https://wiki.openstreetmap.org/wiki/Key:barrier#Values
    let kinds = [
        (
            BarrierKind::Gate,
            "gate lift_gate swing_gate sliding_gate bollard block entrance toll_booth yes",
        ),
        (BarrierKind::Narrow, "stile kissing_gate turnstile full-height_turnstile cycle_barrier"),
        (BarrierKind::Closed, "wall fence city_wall retaining_wall hedge"),
    ];
    for (kind, values) in kinds {
        for value in values.split(' ') {
            assert_eq!(barrier_of(Tags::new(&[("barrier", value)])), Some(kind), "{value}");
        }
    }
    for line in ["barrier=kerb", "barrier=height_restrictor", "barrier=no", "highway=crossing"] {
        assert_eq!(barrier_of(Tags::new(&pairs(line))), None, "{line}");
    }
}

#[test]
fn access_on_a_barrier_comes_before_its_kind() {
    // https://wiki.openstreetmap.org/wiki/Barriers#Routing, Key:locked
    let cases = [
        ("barrier=gate access=no", BarrierKind::Closed),
        ("barrier=gate access=no foot=yes", BarrierKind::Gate),
        ("barrier=gate access=private", BarrierKind::Private),
        ("barrier=gate foot=private", BarrierKind::Private),
        ("barrier=gate access=private foot=yes", BarrierKind::Gate),
        ("barrier=lift_gate access=residents", BarrierKind::Private),
        ("barrier=gate locked=yes", BarrierKind::Closed),
        ("barrier=gate locked=yes access=private", BarrierKind::Private),
        ("barrier=gate locked=yes foot=yes", BarrierKind::Gate),
        ("barrier=gate locked=no", BarrierKind::Gate),
        ("barrier=gate opening_hours=06:00-22:00", BarrierKind::Conditional),
        ("barrier=gate foot:conditional=no@(22:00-06:00)", BarrierKind::Conditional),
        ("barrier=gate access=no foot:conditional=yes@(Mo-Fr)", BarrierKind::Conditional),
        ("barrier=wall foot=yes", BarrierKind::Gate),
        ("barrier=bollard motor_vehicle=no", BarrierKind::Gate),
        ("barrier=stile foot=yes", BarrierKind::Narrow),
        ("entrance=yes access=private", BarrierKind::Private),
        ("door=yes access=no", BarrierKind::Closed),
        ("barrier=stile wheelchair=yes", BarrierKind::Gate),
        ("barrier=gate opening_hours=off", BarrierKind::Closed),
        ("barrier=gate opening_hours=00:00-24:00", BarrierKind::Gate),
        ("barrier=gate foot=no access:conditional=yes@(Mo)", BarrierKind::Closed),
        ("barrier=gate access=no access:conditional=yes@residents", BarrierKind::Private),
        ("barrier=turnstile access=customers", BarrierKind::Private),
        ("barrier=gate seasonal=summer", BarrierKind::Conditional),
        ("entrance=yes opening_hours=09:00-20:00", BarrierKind::Conditional),
        ("door=yes access:conditional=no@(20:00-08:00)", BarrierKind::Conditional),
        ("ford=stepping_stones", BarrierKind::Narrow),
        ("access=no", BarrierKind::Closed),
        ("barrier=height_restrictor access=no", BarrierKind::Closed),
        ("barrier=kerb foot=private", BarrierKind::Private),
        ("access=private source=survey", BarrierKind::Private),
        ("foot=no", BarrierKind::Closed),
    ];
    for (line, kind) in cases {
        assert_eq!(barrier_of(Tags::new(&pairs(line))), Some(kind), "{line}");
    }
    // The access of a thing that stands there is that of the thing.
    for line in [
        "entrance=main",
        "entrance=yes opening_hours=24/7",
        "access=no foot=yes",
        "access=unknown",
        "amenity=toilets access=customers",
        "amenity=parking_entrance access=private",
        "highway=crossing foot=no",
        "shop=kiosk opening_hours=Mo-Fr",
        "ford=yes",
    ] {
        assert_eq!(barrier_of(Tags::new(&pairs(line))), None, "{line}");
    }
}

#[test]
fn wheels_are_stopped_at_nodes() {
    // https://wiki.openstreetmap.org/wiki/Key:kerb, Key:wheelchair, Key:ford, Key:maxwidth:physical
    let (curb, no) = (StreetTraits::RAISED_CURB, StreetTraits::WHEELCHAIR_NO);
    for (line, expected) in [
        ("barrier=kerb kerb=raised", curb),
        ("barrier=kerb kerb=rolled", curb),
        ("barrier=kerb kerb=lowered", StreetTraits::empty()),
        ("barrier=kerb kerb=flush", StreetTraits::empty()),
        ("barrier=kerb", StreetTraits::empty()),
        ("barrier=kerb kerb:height=0.12", curb),
        ("barrier=kerb height=15cm", curb),
        ("barrier=kerb kerb:height=2cm", StreetTraits::empty()),
        ("barrier=kerb kerb=lowered kerb:height=0.05", StreetTraits::empty()),
        ("highway=crossing kerb=raised", curb),
        ("highway=crossing kerb:left=lowered kerb:right=raised", curb),
        ("barrier=kerb kerb=raised wheelchair=yes", StreetTraits::empty()),
        ("kerb=0.1", curb),
        ("sloped_curb=no", curb),
        ("barrier=bollard wheelchair=no", no),
        ("barrier=kerb kerb=lowered wheelchair=no", no),
        ("entrance=yes wheelchair=no", no),
        ("barrier=gate maxwidth:physical=0.8", StreetTraits::TIGHT),
        ("barrier=turnstile opening_hours=06:00-22:00", StreetTraits::NARROW),
        ("barrier=stile wheelchair=yes", StreetTraits::empty()),
        ("barrier=bollard maxwidth:physical=1.2", StreetTraits::empty()),
        ("ford=yes", StreetTraits::FORD),
        ("amenity=cafe wheelchair=no", StreetTraits::empty()),
        ("highway=bus_stop wheelchair=no", StreetTraits::empty()),
    ] {
        assert_eq!(wheels_at(Tags::new(&pairs(line))), expected, "{line}");
    }
}

#[test]
fn the_public_enters_by_doors_and_gates_that_are_open() {
    // https://wiki.openstreetmap.org/wiki/Key:entrance
    for line in [
        "entrance=main",
        "entrance=yes",
        "entrance=staircase",
        "barrier=gate",
        "building:entrance=yes",
    ] {
        assert!(is_way_in(Tags::new(&pairs(line))), "{line}");
    }
    for line in [
        "entrance=emergency",
        "entrance=no",
        "entrance=yes access=private",
        "entrance=main locked=yes",
        "barrier=gate access=no",
        "barrier=bollard",
    ] {
        assert!(!is_way_in(Tags::new(&pairs(line))), "{line}");
    }
    // Who lives there enters by a private door.
    assert!(is_door(Tags::new(&pairs("entrance=home access=private"))));
    assert!(is_door(Tags::new(&pairs("building:entrance=yes"))));
    for line in ["entrance=garage", "entrance=yes access=no", "entrance=yes locked=yes"] {
        assert!(!is_door(Tags::new(&pairs(line))), "{line}");
    }
}

#[test]
fn buildings_know_their_use_and_storeys() {
    // https://wiki.openstreetmap.org/wiki/Key:building, Key:building:levels
    let building = |line: &str| building_of(Tags::new(&pairs(line)));
    let cases = [
        (
            "building=apartments building:levels=6 roof:levels=1",
            BuildingUse::Residential,
            Some(6.0),
        ),
        ("building=house building:levels=1.5", BuildingUse::Residential, Some(1.5)),
        ("building=terrace building:levels=2;3", BuildingUse::Residential, Some(2.0)),
        ("building=yes", BuildingUse::Unknown, None),
        ("building=yes building:levels=ground", BuildingUse::Unknown, None),
        ("building=yes building:levels=-3", BuildingUse::Unknown, None),
        ("building=yes building:levels=9999", BuildingUse::Unknown, None),
        ("building=yes building:flats=12", BuildingUse::Residential, None),
        ("building=yes amenity=school", BuildingUse::NonResidential, None),
        ("building=garage", BuildingUse::NonResidential, None),
        ("building=industrial building:use=residential", BuildingUse::Residential, None),
        ("building=house building:use=office", BuildingUse::NonResidential, None),
    ];
    for (line, usage, levels) in cases {
        let found = building(line).unwrap();
        assert_eq!((found.usage, found.levels), (usage, levels), "{line}");
    }
    for line in
        ["building=no", "building=construction", "building=ruins", "building=yes demolished=yes"]
    {
        assert_eq!(building(line), None, "{line}");
    }
}

#[test]
fn the_basemap_knows_what_is_drawn_and_where_it_lies() {
    // https://wiki.openstreetmap.org/wiki/Key:natural, Key:waterway, Key:railway, Key:place
    let base = |line: &str| base_of(Tags::new(&pairs(line))).map(|b| (b.theme, b.kind, b.grade));
    assert_eq!(base("natural=water"), Some((Theme::Water, "water", Grade::Ground)));
    assert_eq!(
        base("waterway=stream tunnel=culvert"),
        Some((Theme::Water, "stream", Grade::Tunnel))
    );
    assert_eq!(base("railway=rail bridge=yes"), Some((Theme::Rail, "rail", Grade::Bridge)));
    assert_eq!(base("barrier=wall"), Some((Theme::Wall, "wall", Grade::Ground)));
    assert_eq!(base("leisure=park"), Some((Theme::Green, "park", Grade::Ground)));
    assert_eq!(base("highway=motorway"), Some((Theme::Motor, "motorway", Grade::Ground)));
    for (line, theme) in [
        ("highway=trunk motorroad=yes", Theme::Motor),
        ("highway=bus_guideway", Theme::Motor),
        ("highway=raceway", Theme::Motor),
        ("waterway=tidal_channel", Theme::Water),
        ("leisure=swimming_pool", Theme::Water),
        ("amenity=fountain", Theme::Water),
        ("natural=cliff", Theme::Wall),
        ("barrier=guard_rail", Theme::Wall),
        ("barrier=cable_barrier", Theme::Wall),
        ("barrier=jersey_barrier", Theme::Wall),
        ("barrier=handrail", Theme::Wall),
        ("barrier=ditch", Theme::Wall),
    ] {
        let told = base(line).map(|(theme, _, grade)| (theme, grade));
        assert_eq!(told, Some((theme, Grade::Ground)), "{line}");
    }
    assert_eq!(base("highway=trunk"), None);
    // One walks under a monorail and over covered water; tracks under a roof are tracks.
    let grade = |line: &str| base(line).map(|(_, _, grade)| grade);
    assert_eq!(grade("railway=monorail"), Some(Grade::Bridge));
    assert_eq!(grade("waterway=canal covered=yes"), Some(Grade::Tunnel));
    assert_eq!(grade("railway=rail covered=yes"), Some(Grade::Ground));
    assert_eq!(base("railway=abandoned"), None);
    assert_eq!(place_of(Tags::new(&[("place", "suburb")])), Some("suburb"));
    assert_eq!(place_of(Tags::new(&[("place", "farm")])), None);
}

#[test]
fn a_walled_compound_is_told_by_its_tags_or_left_to_its_gates() {
    // https://wiki.openstreetmap.org/wiki/Tag:landuse=residential, Key:residential
    let walled = |line: &str| compound_of(Tags::new(&pairs(line))).map(|tag| tag.walled);
    for line in [
        "landuse=residential barrier=wall",
        "landuse=residential barrier=fence",
        "landuse=residential residential=gated",
        "landuse=residential gated=yes",
        "landuse=residential access=private",
    ] {
        assert_eq!(walled(line), Some(true), "{line}");
    }
    for line in ["landuse=residential", "landuse=residential access=yes gated=no"] {
        assert_eq!(walled(line), Some(false), "{line}");
    }
    for line in ["landuse=retail", "landuse=residential abandoned=yes", "barrier=gate"] {
        assert_eq!(walled(line), None, "{line}");
    }
    // A wall around anything, for the gates in it to decide.
    for line in ["barrier=wall", "amenity=kindergarten barrier=fence"] {
        assert!(compound_of(Tags::new(&pairs(line))).is_some_and(|tag| tag.ring), "{line}");
    }
}

#[test]
fn a_door_says_who_gets_in_by_it() {
    for (line, expected) in [
        ("entrance=main", StreetTraits::empty()),
        ("entrance=service", StreetTraits::PRIVATE),
        ("entrance=staircase access=private", StreetTraits::PRIVATE),
        ("entrance=main opening_hours=08:00-20:00", StreetTraits::CONDITIONAL),
        ("entrance=main wheelchair=no", StreetTraits::WHEELCHAIR_NO),
        ("entrance=main kerb=raised", StreetTraits::RAISED_CURB),
        ("barrier=kissing_gate", StreetTraits::NARROW),
        ("barrier=kissing_gate wheelchair=yes", StreetTraits::empty()),
        // The hours of the shop, not of the door.
        ("entrance=yes shop=bakery opening_hours=08:00-20:00", StreetTraits::empty()),
    ] {
        assert_eq!(limits_at(Tags::new(&pairs(line))), expected, "{line}");
    }
}
