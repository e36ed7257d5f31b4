//! The walking network.

use std::io::Write;

use walkshed::import::osm::{OsmParts, OsmWants, read_osm, standard_functions};
use walkshed::import::{ImportError, IssueKind};
use walkshed::progress::{Progress, Stage};
use walkshed::street::{BarrierKind, StreetClass, StreetTraits, StreetWay};

use super::{count, node, read, read_bytes, square, way, ways, xml};

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
    let outlines = |way: &&StreetWay| !way.traits.contains(StreetTraits::CHORD);
    let extract = read(&parts);
    assert_eq!(extract.streets.ways.iter().filter(outlines).count(), 3);
    assert!(extract.streets.ways.len() > 3, "and lines over it");
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
    assert_eq!(count(&open, IssueKind::Estimated), 1);
    assert_eq!(count(&fence("barrier=gate"), IssueKind::Estimated), 0);
    assert_eq!(open.basemap.walking_barriers().count(), 1);
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
    let wants = OsmWants::new(&taxonomy, OsmParts::all());
    let stopped = read_osm(file.path(), &wants, &Stop);
    assert!(matches!(stopped, Err(ImportError::Cancelled(_))));
}
