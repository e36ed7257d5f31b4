//! `zones.csv`, `statement.csv`, `audit.json`, reach answers, and the same bytes for any number of threads.

use std::collections::BTreeMap;

use serde_json::Value;
use walkshed::export::{self, DemandDetail, ReachExport, ReachedArea, RouteLine};
use walkshed::reach::{
    Ground, Isochrone, IsochroneOptions, NearestField, Route, Seed, Seeds, ServiceArea,
};
use walkshed::spatial::LonLat;
use walkshed::units::{Persons, WalkTime};

use super::features::collection;
use super::town::{Town, written};

type Row = BTreeMap<String, String>;

fn rows(bytes: &[u8]) -> Vec<Row> {
    csv::Reader::from_reader(bytes).deserialize().map(|row| row.expect("a row")).collect()
}

fn micro(text: &str) -> i64 {
    (text.parse::<f64>().expect("a number") * 1e6).round() as i64
}

#[test]
fn the_zone_table_adds_up_at_every_level_and_survives_commas_and_quotes() {
    let town = Town::new();
    let table = rows(&written(|out| export::write_zones_csv(out, &town.results())));
    assert_eq!(table.len(), 4 * (1 + 4), "three rules and a composite, the study and four zones");
    for rule in ["childcare-5", "meals-400", "any-day", "composite"] {
        let of = |level: &str, column: &str| -> i64 {
            let is = |row: &&Row| row["rule"] == rule && row["level"] == level;
            table.iter().filter(is).map(|row| micro(&row[column])).sum()
        };
        for column in ["persons", "covered_persons", "left_out_persons", "no_street_persons"] {
            assert_eq!(of("", column), of("0", column), "{rule} {column}");
            assert_eq!(of("0", column), of("1", column), "{rule} {column}");
        }
        let known = of("0", "covered_persons") + of("0", "left_out_persons");
        assert_eq!(known + of("0", "no_street_persons"), of("0", "persons"));
    }
    assert!(table.iter().any(|row| row["name"] == "east \"区\", one" && row["parent"] == "town"));
    let total = &table[0];
    assert_eq!((total["rule"].as_str(), total["outcome"].as_str()), ("childcare-5", "fail"));
    assert!(!total["mean_min"].is_empty() && total["mean_m"].is_empty());
}

#[test]
fn the_table_of_gaps_has_a_row_for_each_with_its_walks_in_one_unit() {
    let town = Town::new();
    let table = rows(&written(|out| export::write_gaps_csv(out, &town.results())));
    let drawn = collection(&written(|out| export::write_gaps(out, &town.results())));
    assert_eq!(table.len(), drawn.features.len());
    for (row, feature) in table.iter().zip(&drawn.features) {
        for name in ["id", "rule", "kind", "name"] {
            assert_eq!(feature.property(name).unwrap(), &Value::from(row[name].as_str()));
        }
        assert!(row["mean_min"].is_empty() || row["mean_m"].is_empty());
        for unit in ["min", "m"] {
            let walk = |what: &str| row[&format!("{what}_{unit}")].parse::<f64>().ok();
            assert_eq!(walk("mean").is_some(), walk("nearest").is_some());
            assert!(walk("mean").unwrap_or(0.0) >= walk("nearest").unwrap_or(0.0));
        }
    }
    for rule in &town.audit.rules {
        let of = table.iter().filter(|row| row["rule"] == rule.rule.id);
        let persons: i64 = of.map(|row| micro(&row["persons"])).sum();
        assert_eq!(persons, rule.summary.total.left_out().as_micro());
    }
    let document: Value =
        serde_json::from_slice(&written(|out| export::write_audit(out, &town.results()))).unwrap();
    for told in document["rules"].as_array().unwrap() {
        let of: Vec<&Row> = table.iter().filter(|row| row["rule"] == told["rule"]).collect();
        assert_eq!(told["gaps"], of.len());
        let largest = told["largest_gaps"].as_array().unwrap();
        assert_eq!(largest.len(), of.len().min(10));
        for (gap, row) in largest.iter().zip(of) {
            assert_eq!(
                (&gap["id"], &gap["name"]),
                (&row["id"].clone().into(), &row["name"].clone().into())
            );
        }
    }
}

#[test]
fn the_statement_lists_everybody_where_all_are_covered_and_else_who_is_left_out() {
    let town = Town::new();
    let lines = rows(&written(|out| export::write_statement(out, &town.results())));
    for rule in &town.audit.rules {
        let of: Vec<&Row> = lines.iter().filter(|row| row["rule"] == rule.rule.id).collect();
        let total = &rule.summary.total;
        let full = total.left_out() == Persons::ZERO;
        let expected = if full { total.covered } else { total.left_out() };
        let word = if full { "covered" } else { "left_out" };
        let listed = |word: &str| -> i64 {
            let of_word = of.iter().filter(|row| row["statement"] == word);
            of_word.map(|row| micro(&row["persons"])).sum()
        };
        assert_eq!(listed(word), expected.as_micro(), "{}", rule.rule.id);
        assert_eq!(listed("no_street"), total.no_street.as_micro(), "{}", rule.rule.id);
        assert!(of.iter().all(|row| row["statement"] == word || row["statement"] == "no_street"));
        for row in of.iter().filter(|row| row["statement"] == word) {
            let (walked, cutoff) = match rule.rule.cutoff_m {
                Some(_) => (&row["length_mm"], &row["cutoff_mm"]),
                None => (&row["time_ms"], &row["cutoff_ms"]),
            };
            let cutoff: u32 = cutoff.parse().unwrap();
            assert_eq!(cutoff, rule.cutoff.as_ms());
            let within = walked.parse::<u32>().is_ok_and(|walked| walked <= cutoff);
            assert_eq!(within, full, "a line that anyone can check");
        }
    }
}

#[test]
fn audit_json_says_everything_and_its_parts_add_up() {
    let town = Town::new();
    let bytes = written(|out| export::write_audit(out, &town.results()));
    let all: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(all["provenance"]["study"], "Export \"town\"");
    assert_eq!(all["provenance"]["profiles"][1]["walk_speed_m_s"], 0.9);
    assert_eq!(all["totals"]["open_facilities"], 5);
    assert_eq!(all["totals"]["off_network_facilities"], 1);
    assert_eq!(all["issues"][0]["count"], 2);
    let sum = |list: &Value| -> i64 {
        list.as_array().unwrap().iter().map(|n| micro(&n.to_string())).sum()
    };
    for (index, rule) in town.audit.rules.iter().enumerate() {
        let row = &all["rules"][index];
        let persons = rule.summary.total.persons.as_micro();
        assert_eq!(micro(&row["persons"].to_string()), persons);
        let bins = &row["histogram"];
        let beyond = micro(&bins["beyond_persons"].to_string())
            + micro(&bins["unreached_persons"].to_string())
            + micro(&bins["no_street_persons"].to_string());
        assert_eq!(sum(&bins["persons"]) + beyond, persons);
        let is_full = rule.summary.total.covered == rule.summary.total.persons;
        assert_eq!(row["full_coverage"], is_full, "known to be, for everybody");
    }
    // Bins up to the cutoff hold exactly whom it covers: five minutes, four times 100 m.
    for (rule, bins) in [(0, 5), (1, 4)] {
        let covered = &all["rules"][rule]["covered_persons"];
        let list = &all["rules"][rule]["histogram"]["persons"].as_array().unwrap()[..bins];
        assert_eq!(sum(&Value::from(list.to_vec())), micro(&covered.to_string()));
    }
    let first = &all["rules"][0];
    assert_eq!(first["speeds"].as_array().unwrap().len(), 3);
    let split: i64 = ["served_persons", "full_persons", "unknown_persons", "out_of_reach_persons"]
        .iter()
        .map(|part| micro(&first["capacity"][part].to_string()))
        .sum();
    let total = &town.audit.rules[0].summary.total;
    assert_eq!(split, total.persons.as_micro() - total.no_street.as_micro());
    let zones = first["zones"].as_array().unwrap();
    let part = |row: &Value, what: &str| micro(&row["capacity"][what].to_string());
    for what in ["served_persons", "full_persons", "unknown_persons", "out_of_reach_persons"] {
        let top = zones.iter().filter(|row| row["parent"].is_null());
        assert_eq!(
            top.map(|row| part(row, what)).sum::<i64>(),
            micro(&first["capacity"][what].to_string())
        );
        for zone in zones {
            let parts: Vec<&Value> =
                zones.iter().filter(|row| row["parent"] == zone["zone"]).collect();
            if !parts.is_empty() {
                assert_eq!(parts.iter().map(|row| part(row, what)).sum::<i64>(), part(zone, what));
            }
        }
    }
    for zone in zones {
        let row = &zone["capacity"];
        let split: i64 = row.as_object().unwrap().values().map(|n| micro(&n.to_string())).sum();
        let no_street = micro(&zone["no_street_persons"].to_string());
        assert_eq!(split, micro(&zone["persons"].to_string()) - no_street);
    }
    assert!(all["rules"][1]["zones"][0].get("capacity").is_none());
    assert_eq!(all["rules"][1]["group_lacking"], true);
    let composite = &all["composites"][0];
    let known = micro(&composite["persons"].to_string())
        - micro(&composite["no_street_persons"].to_string());
    assert_eq!(sum(&composite["persons_by_missing"]), known);
    assert_eq!(composite["persons_by_missing"][0], composite["complete_persons"]);
    assert_eq!(all["findings"].as_array().unwrap().len(), town.audit.findings().len());
}

#[test]
fn whole_people_are_written_whole_and_parts_exactly() {
    let text = |count| {
        serde_json::to_string(&export::ExactPersons(Persons::from_count(count).unwrap())).unwrap()
    };
    assert_eq!(text(12.0), "12");
    assert_eq!(text(0.1), "0.1");
    assert_eq!(text(1_234.567_891), "1234.567891");
}

/// A reach answer of the town: five and ten minutes around a place, and the way to the nearest meals.
fn reach(town: &Town) -> Vec<u8> {
    let baseline = &town.baseline;
    let walker = &baseline.walkers()[0];
    let point =
        baseline.demand.points.enumerate().find(|&(id, _)| !walker.demand.of(id).is_empty());
    let (id, point) = point.expect("a snapped point");
    let snap = &walker.demand.of(id)[0];
    let access = walker.impedance.access(snap.access_mm);
    let start = Seed { position: snap.position, access, owner: 0 };
    let ground = Ground::from(&baseline.graph, &walker.impedance);
    let seeds = Seeds::new(vec![start]);
    let cutoffs = [300_000, 600_000].map(WalkTime::from_ms);
    let field = NearestField::sweep(&ground, &seeds, cutoffs[1]);
    let reached = cutoffs.map(|cutoff| ServiceArea::find(&ground, &seeds, &field, cutoff));
    let scene = walkshed::reach::isochrone::Scene {
        graph: &baseline.graph,
        seeds: &seeds,
        origin: point.place,
    };
    let pairs = [(cutoffs[0], &reached[0]), (cutoffs[1], &reached[1])];
    let drawn = Isochrone::draw(&scene, &baseline.obstacles, &pairs, IsochroneOptions::default());
    let times = walker.read(&ground, &seeds, &field);
    let areas: Vec<ReachedArea> = drawn
        .into_iter()
        .zip(reached)
        .map(|(isochrone, parts)| ReachedArea {
            street: parts.length(&baseline.graph),
            persons: export::persons_within(&baseline.demand, &times, isochrone.cutoff),
            service_area: Some(parts),
            isochrone,
        })
        .collect();
    let serving = export::facilities_called(baseline, "meals").expect("a function");
    let ends = walker.seeds(&baseline.graph, &walker.impedance, &serving);
    let route =
        Route::find(&ground, &Seeds::new(vec![start]), &ends, WalkTime::LONGEST).expect("a way");
    let facility = walkshed::ids::FacilityId(route.end.owner);
    let to = baseline.facilities.facilities[facility].place;
    let routes = [RouteLine { route, from: point.place, to, facility: Some(facility) }];
    let answer = ReachExport {
        baseline,
        provenance: &town.provenance,
        profile: "adult",
        origin: point.place,
        areas: &areas,
        routes: &routes,
    };
    written(|out| export::write_reach(out, &answer))
}

#[test]
fn a_reach_answer_holds_isochrones_service_areas_and_the_walk() {
    let town = Town::new();
    let all = collection(&reach(&town));
    let what: Vec<&str> =
        all.features.iter().map(|f| f.property("what").unwrap().as_str().unwrap()).collect();
    assert_eq!(what, ["isochrone", "isochrone", "service_area", "service_area", "route"]);
    let number = |index: usize, name: &str| -> f64 {
        all.features[index].property(name).unwrap().as_f64().unwrap()
    };
    assert!((number(0, "cutoff_min") - 10.0).abs() < 1e-12, "the larger one first");
    assert!(number(0, "persons_all") > number(1, "persons_all"));
    assert!(number(2, "street_km") > number(3, "street_km"));
    let route = &all.features[4];
    let legs = route.property("legs").unwrap().as_array().unwrap();
    let walked: i64 = legs.iter().map(|leg| leg["time_ms"].as_i64().unwrap()).sum();
    let whole = |name: &str| route.property(name).unwrap().as_i64().unwrap();
    assert_eq!(walked + whole("start_access_ms") + whole("end_access_ms"), whole("time_ms"));
}

/// All files of the town, one after the other.
fn everything() -> Vec<Vec<u8>> {
    let town = Town::new();
    let results = town.results();
    let walker = &town.baseline.walkers()[0];
    vec![
        written(|out| export::write_audit(out, &results)),
        written(|out| export::write_zones(out, &results)),
        written(|out| export::write_zones_csv(out, &results)),
        written(|out| export::write_demand(out, &results, DemandDetail::Full)),
        written(|out| export::write_gaps(out, &results)),
        written(|out| export::write_facilities(out, &results)),
        written(|out| export::write_statement(out, &results)),
        written(|out| export::write_edges_csv(out, &town.baseline.graph, walker)),
        written(|out| export::write_facilities_csv(out, &town.baseline, walker)),
        written(|out| export::write_demand_csv(out, &town.baseline, walker)),
        reach(&town),
    ]
}

#[test]
fn the_same_study_gives_the_same_bytes_with_one_thread_and_with_three() {
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(everything)
    };
    let (one, three) = (with(1), with(3));
    for (index, (a, b)) in one.iter().zip(&three).enumerate() {
        assert!(a == b, "file {index} differs");
        assert!(!a.is_empty());
    }
    assert!(one == with(1), "and the same again");
}

#[test]
fn nobody_and_nothing_still_gives_readable_files() {
    let baseline = walkshed::scenario::Baseline::new(
        walkshed::scenario::Ingredients::default(),
        walkshed::reach::LinkLimits {
            snap_distance: walkshed::units::Meters(100.0),
            island_length: walkshed::units::Meters(0.0),
        },
    );
    let record = export::StudyRecord { study_hash: "00ff".to_owned(), ..Default::default() };
    let mut provenance = export::Provenance::new(record, &baseline);
    provenance.attribution = vec!["© OpenStreetMap contributors".to_owned()];
    let audit = walkshed::audit::Audit::default();
    let results = export::Results {
        baseline: &baseline,
        audit: &audit,
        provenance: &provenance,
        issues: &[],
    };
    assert!(
        collection(&written(|out| export::write_demand(out, &results, DemandDetail::Full)))
            .features
            .is_empty()
    );
    assert!(collection(&written(|out| export::write_gaps(out, &results))).features.is_empty());
    assert!(
        collection(&written(|out| export::write_facilities(out, &results))).features.is_empty()
    );
    assert_eq!(collection(&written(|out| export::write_zones(out, &results))).features.len(), 1);
    let all: Value =
        serde_json::from_slice(&written(|out| export::write_audit(out, &results))).unwrap();
    assert_eq!(all["rules"], Value::from(Vec::<Value>::new()));
    assert_eq!(rows(&written(|out| export::write_zones_csv(out, &results))).len(), 0);
}

#[test]
fn a_place_is_written_to_the_last_of_its_seven_decimals() {
    let town = Town::new();
    let text = String::from_utf8(written(|out| export::write_nodes_csv(out, &town.baseline.graph)))
        .unwrap();
    for (line, place) in text.lines().skip(1).zip(town.baseline.graph.places()) {
        let mut cells = line.split(',').skip(1).map(|cell| cell.parse::<f64>().unwrap());
        assert_eq!(LonLat::new(cells.next().unwrap(), cells.next().unwrap()), Ok(*place));
    }
}
