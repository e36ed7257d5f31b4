//! Who may walk where, when and on what: conditions, directions, pavements, wheels.

use walkshed::import::osm::tags::Tags;
use walkshed::import::osm::tags::street::{elevated_in_china, street_of};
use walkshed::spatial::LonLat;
use walkshed::street::{StreetClass, StreetTraits};

use super::{assert_closed, street, traits};

#[test]
fn the_more_specific_key_wins_over_conditions_of_the_other() {
    // https://wiki.openstreetmap.org/wiki/Conditional_restrictions#Evaluation_of_conflicting_restrictions
    assert_closed(&[
        "highway=primary foot=no access:conditional=yes@(May-Jun)",
        "highway=path foot=use_sidepath access:conditional=yes@Su",
    ]);
    let open_at_times = [
        "highway=primary access=no foot:conditional=yes@(May-Jun)",
        "highway=path access=no access:conditional=yes@(08:00-18:00)",
    ];
    for line in open_at_times {
        assert!(traits(line).contains(StreetTraits::CONDITIONAL), "{line}");
    }
    for line in [
        "highway=path foot=yes access:conditional=no@(22:00-06:00)",
        "highway=path foot:conditional=yes@(24/7) access=no",
    ] {
        assert_eq!(traits(line), StreetTraits::empty(), "{line}");
    }
}

#[test]
fn every_clause_of_a_condition_is_read() {
    // https://wiki.openstreetmap.org/wiki/Conditional_restrictions#Tagging
    let of = |condition: &str| {
        let tags = [("highway", "path"), ("access", "no"), ("foot:conditional", condition)];
        street_of(Tags::new(&tags)).map(|street| street.traits)
    };
    let conditional = Some(StreetTraits::CONDITIONAL);
    let private = Some(StreetTraits::PRIVATE);
    for (condition, expected) in [
        ("no @ (Su); yes @ (Mo-Sa 08:00-18:00)", conditional),
        ("yes @ (Mo-Fr 08:00-10:00; Sa 09:00-10:00)", conditional),
        ("yes @ Mo-Fr 08:00-10:00; Sa 09:00-10:00", conditional),
        ("no @ Su; no @ PH", None),
        ("yes @ residents", private),
        ("private @ (Mo-Fr); no @ Sa", Some(StreetTraits::PRIVATE | StreetTraits::CONDITIONAL)),
        ("yes @ (residents AND 06:00-22:00)", private),
        ("destination @ permit_holder", private),
        ("yes @ 24/7", Some(StreetTraits::empty())),
        ("yes @ (Mo-Su 00:00-24:00)", Some(StreetTraits::empty())),
        ("yes @ (weight<3.5)", None),
        ("yes @ low_tide", conditional),
        ("yes", conditional),
    ] {
        assert_eq!(of(condition), expected, "{condition}");
    }
    // What is refused to some, or to vehicles of a kind, binds nobody who walks.
    for condition in ["no @ (maxweight>7.5)", "no @ disabled", "no @ hgv"] {
        let tags = [("highway", "residential"), ("access:conditional", condition)];
        assert_eq!(
            street_of(Tags::new(&tags)).unwrap().traits,
            StreetTraits::empty(),
            "{condition}"
        );
    }
}

#[test]
fn hours_that_never_end_bind_nobody_and_off_is_shut() {
    // https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
    let of = |hours: &str| {
        let tags = [("highway", "footway"), ("opening_hours", hours)];
        street_of(Tags::new(&tags)).map(|street| street.traits)
    };
    for hours in [
        "24/7",
        "Mo-Su 00:00-24:00",
        "00:00-24:00",
        "Mo-Su,PH 00:00-24:00",
        "Mo-Fr 00:00-24:00; Sa,Su 00:00-24:00",
        "Mo-Su",
        "Jan-Dec 00:00-24:00",
        "24/7 \"no lights\"",
        "00:00-12:00,12:00-24:00",
        "Mo-Su 12:00-24:00, 0:00-11:59",
        "06:00-22:00,22:00-06:00",
        "Mo-Fr 00:00-12:00,12:00-24:00; Sa,Su 00:00+",
    ] {
        assert_eq!(of(hours), Some(StreetTraits::empty()), "{hours}");
    }
    for hours in ["off", "closed", "24/7 off", "Mo-Su closed"] {
        assert_eq!(of(hours), None, "{hours}");
    }
    for hours in [
        "06:00-22:00",
        "00:00-11:00,12:00-24:00",
        "08:00-02:00",
        "Mo-Fr 00:00-24:00",
        "24/7; PH off",
        "Mo-Su 00:00-24:00; We off",
        "sunrise-sunset",
        "Apr-Oct",
        "unknown",
        "",
    ] {
        assert_eq!(of(hours), Some(StreetTraits::CONDITIONAL), "{hours}");
    }
}

#[test]
fn what_nature_opens_and_shuts_is_conditional() {
    // https://wiki.openstreetmap.org/wiki/Key:seasonal, Key:tidal, Key:ice_road, Key:winter_road
    for line in [
        "highway=path seasonal=winter",
        "highway=path seasonal=yes",
        "highway=footway tidal=yes",
        "highway=track ice_road=yes",
        "highway=track winter_road=yes",
    ] {
        assert_eq!(traits(line), StreetTraits::CONDITIONAL, "{line}");
    }
    assert_eq!(traits("highway=path seasonal=no tidal=no"), StreetTraits::empty());
}

#[test]
fn access_may_differ_by_direction() {
    // https://wiki.openstreetmap.org/wiki/Forward_%26_backward,_left_%26_right
    for (line, expected) in [
        ("highway=path access:backward=no", StreetTraits::FORWARD_ONLY),
        ("highway=path access:forward=no", StreetTraits::BACKWARD_ONLY),
        ("highway=path access=no access:forward=yes", StreetTraits::FORWARD_ONLY),
        ("highway=path access:backward=no foot=yes", StreetTraits::empty()),
        ("highway=path foot=no foot:backward=yes", StreetTraits::BACKWARD_ONLY),
        ("highway=path foot:backward=designated", StreetTraits::empty()),
        ("highway=motorway foot:forward=yes", StreetTraits::FORWARD_ONLY),
        ("highway=path access:backward=private", StreetTraits::PRIVATE),
    ] {
        assert_eq!(traits(line), expected, "{line}");
    }
    assert_closed(&[
        "highway=path foot:forward=no foot:backward=no",
        "highway=path oneway:foot=yes foot:forward=no",
    ]);
}

#[test]
fn ferries_and_conveyors_go_their_way() {
    // https://wiki.openstreetmap.org/wiki/Tag:route=ferry, Key:conveying
    assert_eq!(traits("route=ferry oneway=yes"), StreetTraits::FORWARD_ONLY);
    assert_eq!(traits("route=ferry oneway=-1"), StreetTraits::BACKWARD_ONLY);
    assert_eq!(traits("route=ferry oneway=yes oneway:foot=no"), StreetTraits::empty());
    assert_eq!(street("highway=path ford=boat").unwrap().class, StreetClass::Ferry);
    // A conveyor is a way of walkers.
    assert_eq!(
        traits("highway=corridor conveying=forward") & StreetTraits::FORWARD_ONLY,
        StreetTraits::FORWARD_ONLY
    );
    assert_eq!(traits("highway=residential conveying=forward"), StreetTraits::empty());
    assert_eq!(traits("highway=service oneway=yes conveying=yes"), StreetTraits::empty());
}

#[test]
fn a_carriageway_knows_where_its_pavement_is() {
    // https://wiki.openstreetmap.org/wiki/Tag:sidewalk=separate
    let apart = |line: &str| traits(line).contains(StreetTraits::SIDEWALK_APART);
    for line in [
        "highway=residential sidewalk=separate",
        "highway=primary sidewalk:both=separate",
        "highway=tertiary sidewalk:left=separate sidewalk:right=no",
        "highway=secondary sidewalk:right=separate",
    ] {
        assert!(apart(line), "{line}");
    }
    for line in [
        "highway=tertiary sidewalk:left=separate sidewalk:right=yes",
        "highway=living_street sidewalk=separate",
        "highway=residential sidewalk=both",
        "highway=cycleway sidewalk=separate",
        "highway=residential",
    ] {
        assert!(!apart(line), "{line}");
    }
}

#[test]
fn fast_roads_without_anything_for_walkers_are_expressways() {
    // https://wiki.openstreetmap.org/wiki/Key:expressway, Tag:highway=trunk
    let is = |line: &str| traits(line).contains(StreetTraits::EXPRESSWAY);
    for line in [
        "highway=trunk oneway=yes lanes=4 maxspeed=80",
        "highway=trunk oneway=yes lanes=2 maxspeed=50mph",
        "highway=primary expressway=yes",
    ] {
        assert!(is(line), "{line}");
    }
    for line in [
        "highway=trunk oneway=yes lanes=4 maxspeed=80 foot=yes",
        "highway=trunk oneway=yes lanes=4 maxspeed=80 sidewalk=right",
        "highway=trunk oneway=yes lanes=4 maxspeed=80 sidewalk=separate",
        "highway=trunk lanes=4 maxspeed=80",
        "highway=trunk oneway=yes lanes=1 maxspeed=80",
        "highway=trunk oneway=yes lanes=2 maxspeed=60",
        "highway=primary oneway=yes lanes=4 maxspeed=80",
        "highway=trunk",
        "highway=residential expressway=yes",
    ] {
        assert!(!is(line), "{line}");
    }
    // The elevated rings of Chinese cities; elsewhere a bridge is walked over.
    // https://wiki.openstreetmap.org/wiki/China_tagging_guidelines
    let [wuhan, porto] =
        [(114.3, 30.6), (-8.6, 41.15)].map(|(lon, lat)| LonLat::new(lon, lat).unwrap());
    let above =
        |line: &str, level: i16, at: LonLat| elevated_in_china(street(line).unwrap(), level, at);
    assert_eq!(above("highway=trunk bridge=viaduct", 0, wuhan), StreetTraits::EXPRESSWAY);
    assert_eq!(above("highway=trunk_link", 2, wuhan), StreetTraits::EXPRESSWAY);
    for (line, level, place) in [
        ("highway=trunk bridge=yes", 2, porto),
        ("highway=trunk", 0, wuhan),
        ("highway=trunk bridge=yes foot=yes", 2, wuhan),
        ("highway=trunk bridge=yes sidewalk=both", 2, wuhan),
        ("highway=secondary bridge=yes", 2, wuhan),
    ] {
        assert_eq!(above(line, level, place), StreetTraits::empty(), "{line}");
    }
}

#[test]
fn what_stops_wheels_on_a_way_is_marked() {
    // https://wiki.openstreetmap.org/wiki/Key:ford, Key:incline, Key:width, Key:smoothness, Key:kerb, Key:stroller
    for (line, expected) in [
        ("highway=footway ford=yes", StreetTraits::FORD),
        ("highway=track ford=yes depth=0", StreetTraits::empty()),
        ("highway=footway ford=stepping_stones", StreetTraits::NARROW),
        ("highway=footway ford=no", StreetTraits::empty()),
        ("highway=footway incline=20%", StreetTraits::STEEP),
        ("highway=footway incline=-9%", StreetTraits::STEEP),
        ("highway=residential incline=12", StreetTraits::STEEP),
        ("highway=footway incline=5°", StreetTraits::STEEP),
        ("highway=footway incline=1:10", StreetTraits::STEEP),
        ("highway=footway incline=8%", StreetTraits::empty()),
        ("highway=footway incline=1:12", StreetTraits::empty()),
        ("highway=footway incline=4°", StreetTraits::empty()),
        ("highway=footway incline=up", StreetTraits::empty()),
        ("highway=steps incline=60%", StreetTraits::empty()),
        ("highway=footway width=0.8", StreetTraits::TIGHT),
        ("highway=path maxwidth:physical=80cm width=2", StreetTraits::TIGHT),
        ("highway=footway width=0,85m", StreetTraits::TIGHT),
        ("highway=footway width=2'11\"", StreetTraits::TIGHT),
        ("highway=footway width=3'", StreetTraits::empty()),
        ("highway=footway width=0.9", StreetTraits::empty()),
        ("highway=footway width=narrow", StreetTraits::empty()),
        ("highway=residential width=0.8", StreetTraits::empty()),
        ("highway=path stroller=no", StreetTraits::OFF_ROAD),
        ("highway=steps stroller=yes", StreetTraits::STROLLER_RAMP),
        ("highway=residential kerb=raised", StreetTraits::empty()),
    ] {
        assert_eq!(traits(line), expected, "{line}");
    }
    let tractors = traits("highway=path smoothness=horrible");
    assert_eq!(tractors, StreetTraits::ROUGH | StreetTraits::OFF_ROAD);
    let crossing = traits("highway=footway footway=crossing kerb=raised");
    assert_eq!(crossing, StreetTraits::CROSSING_WAY | StreetTraits::RAISED_CURB);
}
