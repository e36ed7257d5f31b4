//! The page's data: every number equals what the core says when asked apart.

use super::town::{app, ask, baseline, get, spot};
use serde_json::{Value, json};
use walkshed::coverage::GapWords;
use walkshed::coverage::summary::counting;
use walkshed::coverage::{Rule, RuleAssessment, Summary};
use walkshed::ids::{DemandPointId, FunctionId, GroupId, IdVec, ZoneId};
use walkshed::reach::{Ground, NearestField, Seed, Seeds};
use walkshed::scenario::Baseline;
use walkshed::spatial::LonLat;
use walkshed::street::Snapped;
use walkshed::units::{Persons, WalkTime};

const CHILDCARE: FunctionId = FunctionId(0);
const CLINIC: FunctionId = FunctionId(1);

/// Equal but for the last digit, which reading JSON may lose.
#[track_caller]
fn assert_near(told: &Value, core: Option<f64>) {
    assert_eq!(told.is_null(), core.is_none(), "{told} {core:?}");
    let (told, core) = (told.as_f64().unwrap_or(0.0), core.unwrap_or(0.0));
    assert!((told - core).abs() < 1e-9, "{told} {core}");
}

fn minutes(min: f64) -> WalkTime {
    WalkTime::from_minutes(min).unwrap()
}

/// A rule as the page asks coverage.
fn rule(function: &str, profile: &str, (group, cutoff_min): (&str, f64)) -> Rule {
    serde_json::from_value(json!({
        "id": "asked", "en": "", "zh": "", "functions": [function], "cutoff_min": cutoff_min,
        "profile": profile, "group": group, "source": "",
    }))
    .unwrap()
}

fn assess(baseline: &Baseline, rule: &Rule) -> RuleAssessment {
    let walker = baseline.find_walker(&rule.profile).unwrap();
    RuleAssessment::of(&baseline.site(), walker, ("asked", rule)).unwrap()
}

#[tokio::test]
async fn the_study_tells_what_there_is_to_choose_from() {
    let study = get(&app(), "/api/v1/studies/drawnton").await;
    assert_eq!(study["id"], "drawnton");
    assert_eq!(
        study["profiles"][1],
        json!({ "id": "wheelchair", "en": "wheelchair", "zh": "步行者", "walk_speed_m_s": 0.8 })
    );
    // A function that no facility offers and no rule asks for is not offered.
    let functions: Vec<&Value> = study["functions"].as_array().unwrap().iter().collect();
    assert_eq!(functions.len(), 2);
    assert_eq!(
        functions[0],
        &json!({ "id": "childcare", "en": "childcare", "zh": "托育", "facilities": 2 })
    );
    assert_eq!(study["groups"][1]["estimated"], true);
    assert_eq!(study["demand"]["points"], 48);
    assert_eq!(study["demand"]["unit"], "persons");
    assert_eq!(study["zone_levels"], json!(["city", "quarter"]));
    let clinic = &study["standards"][0]["rules"][1];
    assert_eq!((&clinic["cutoff_min"], &clinic["cutoff_m"]), (&Value::Null, &json!(600.0)));
    assert_eq!(
        study["default"],
        json!({ "function": "childcare", "profile": "adult", "group": "all", "cutoff_min": 15.0 })
    );
    assert_eq!(study["issues"], json!({ "total": 4, "counts": { "snap_far": 3, "duplicate": 1 } }));
    let bounds = study["bounds"].as_array().unwrap();
    assert!(bounds[0].as_f64().unwrap() <= 10.0 && bounds[2].as_f64().unwrap() >= 10.008);
}

#[tokio::test]
async fn coverage_equals_the_assessment_of_the_same_rule() {
    let (app, baseline) = (app(), baseline());
    for (function, profile, group, cutoff) in [
        ("childcare", "adult", "all", 5.0),
        ("clinic", "wheelchair", "age_0_3", 7.5),
        ("childcare", "adult", "all", 0.0),
        ("library", "adult", "all", 15.0),
    ] {
        let uri = format!(
            "/api/v1/studies/drawnton/coverage?function={function}&profile={profile}&group={group}&cutoff_min={cutoff}"
        );
        let told = get(&app, &uri).await;
        let core = assess(&baseline, &rule(function, profile, (group, cutoff)));
        let total = core.summary.total;
        assert_eq!(told["facilities"], core.serving.len());
        assert_eq!(told["persons"], total.persons.count());
        assert_eq!(told["covered_persons"], total.covered.count());
        // Of what is recorded nowhere no share is known.
        let share = total.share().filter(|_| !core.serving.is_empty());
        assert_near(&told["share"], share.map(|share| share.0));
        assert_eq!(told["buffer"]["covered_persons"], core.buffer.covered.count());
        assert_near(&told["buffer"]["radius_m"], Some(core.buffer.radius.0));
        for (told, core) in told["speeds"].as_array().unwrap().iter().zip(&core.speeds) {
            assert_eq!(told["walk_speed_m_s"], core.speed.0);
            assert_eq!(told["covered_persons"], core.sum.covered.count());
        }
        let zones = told["zones"].as_array().unwrap();
        assert_eq!(zones.len(), baseline.zones.zones.len());
        for told in zones {
            let (id, zone) =
                baseline.zones.zones.enumerate().find(|(_, z)| z.key == told["id"]).unwrap();
            let core = core.summary.zones[id];
            assert_eq!(told["covered_persons"], core.covered.count());
            assert_near(&told["mean_min"], core.mean_time().map(WalkTime::as_minutes));
            assert_eq!(
                told["parent"],
                json!(zone.parent.map(|p: ZoneId| baseline.zones.zones[p].key.clone()))
            );
        }
    }
}

#[tokio::test]
async fn the_histogram_up_to_a_minute_is_what_that_cutoff_covers() {
    let (app, baseline) = (app(), baseline());
    let told = get(
        &app,
        "/api/v1/studies/drawnton/coverage?function=childcare&profile=adult&group=all&cutoff_min=9",
    )
    .await;
    let bins = told["histogram"].as_array().unwrap();
    assert_eq!(bins.len(), 61);
    assert_eq!(bins[60], json!({ "from_min": 60, "to_min": null, "persons": bins[60]["persons"] }));
    let times = assess(&baseline, &rule("childcare", "adult", ("all", 60.0))).times;
    let mut so_far = 0.0;
    for bin in &bins[..60] {
        so_far += bin["persons"].as_f64().unwrap();
        let cutoff = minutes(bin["to_min"].as_f64().unwrap());
        let core = Summary::of(&baseline.demand, &baseline.zones, GroupId(0), &times, cutoff);
        assert!((so_far - core.total.covered.count()).abs() < 1e-6, "{cutoff:?}");
    }
    let no_street = told["no_street_persons"].as_f64().unwrap();
    let all = so_far + bins[60]["persons"].as_f64().unwrap() + no_street;
    assert!((all - told["persons"].as_f64().unwrap()).abs() < 1e-6);
}

#[tokio::test]
async fn gaps_are_those_of_the_core_and_hold_everybody_left_out() {
    let (app, baseline) = (app(), baseline());
    let told = get(
        &app,
        "/api/v1/studies/drawnton/gaps?function=childcare&profile=adult&group=all&cutoff_min=5",
    )
    .await;
    let core = assess(&baseline, &rule("childcare", "adult", ("all", 5.0)));
    let gaps = &core.gaps;
    let features = told["features"].as_array().unwrap();
    assert_eq!(features.len(), gaps.len());
    assert!(gaps.len() >= 2);
    for ((feature, gap), rank) in features.iter().zip(gaps).zip(1..) {
        let told = &feature["properties"];
        assert_eq!(told["rank"], rank);
        assert_eq!(told["id"], gap.key);
        assert_eq!(told["kind"], gap.kind.id());
        assert_eq!(told["name"], gap.title(GapWords::ENGLISH));
        assert_eq!(told["persons"], gap.persons.count());
        assert_eq!(told["points"], gap.points.len());
        assert_near(&told["nearest_min"], gap.nearest.map(WalkTime::as_minutes));
        let walks = gap.points.iter().filter_map(|&point| {
            let time = core.times.time(point).reached()?;
            Some((baseline.demand.points[point].persons[0].count(), time.as_minutes()))
        });
        let (people, walked) = walks.fold((0.0, 0.0), |(people, walked), (persons, minutes)| {
            (people + persons, walked + persons * minutes)
        });
        let mean = told["mean_min"].as_f64();
        assert_eq!(mean.is_some(), people > 0.0);
        assert!(mean.is_none_or(|mean| (mean - walked / people).abs() < 1e-4));
        if let (Some(nearest), Some(mean)) =
            (told["nearest_min"].as_f64(), told["mean_min"].as_f64())
        {
            assert!(mean >= nearest && nearest > 5.0);
        }
        assert!(feature["geometry"]["type"].as_str().unwrap().ends_with("Polygon"));
    }
    let sum: Persons = gaps.iter().map(|gap| gap.persons).sum();
    assert_eq!(sum, core.summary.total.left_out());
}

#[tokio::test]
async fn zones_and_facilities_are_drawn_with_their_properties() {
    let app = app();
    let zones = get(&app, "/api/v1/studies/drawnton/zones").await;
    let names: Vec<&Value> =
        zones["features"].as_array().unwrap().iter().map(|f| &f["properties"]["id"]).collect();
    assert_eq!(names, ["city", "east", "west"], "the remainder has no ground");
    assert_eq!(
        zones["features"][1]["properties"],
        json!({ "id": "east", "name": "Zone east", "level": "quarter", "parent": "city" })
    );
    let facilities = get(&app, "/api/v1/studies/drawnton/facilities?function=childcare").await;
    let features = facilities["features"].as_array().unwrap();
    assert_eq!(features.len(), 2, "planned ones do not count");
    assert_eq!(
        features[1]["properties"],
        json!({ "id": 1, "key": "b", "name": "House b", "layer": "test", "functions": ["childcare", "clinic"], "capacity": 30.0, "entrances": 2 })
    );
}

#[tokio::test]
async fn why_tells_every_home_the_time_its_coverage_was_decided_by() {
    let (app, baseline) = (app(), baseline());
    let rules = baseline.standards[0].rules.clone();
    let core: Vec<RuleAssessment> = rules.iter().map(|rule| assess(&baseline, rule)).collect();
    let times = [CHILDCARE, CLINIC].map(|function| {
        let walker = &baseline.walkers()[1];
        let serving = baseline.facilities.offering(&[function]);
        walker.nearest(&baseline.graph, &walker.impedance, &serving, WalkTime::LONGEST)
    });
    for (id, point) in baseline.demand.points.enumerate() {
        let (lon, lat) = (point.place.lon(), point.place.lat());
        let uri = format!(
            "/api/v1/studies/drawnton/why?lon={lon}&lat={lat}&profile=wheelchair&cutoff_min=6"
        );
        let told = get(&app, &uri).await;
        for (function, times) in told["functions"].as_array().unwrap().iter().zip(&times) {
            let time = times.time(id).reached();
            let nearest = function["nearest"].as_array().unwrap();
            assert_near(
                &nearest.first().map_or(Value::Null, |n| n["min"].clone()),
                time.map(WalkTime::as_minutes),
            );
            assert_eq!(
                nearest.first().map(|n| n["facility"].clone()),
                times.facility(id).map(|f| json!(f.0))
            );
            assert_eq!(function["within"], time.is_some_and(|time| time <= minutes(6.0)));
            assert!(nearest.len() < 2 || nearest[0]["min"].as_f64() <= nearest[1]["min"].as_f64());
        }
        for (told, core) in told["rules"].as_array().unwrap().iter().zip(&core) {
            assert_eq!(told["passes"], core.covers(id), "{id:?} {}", core.rule.id);
            let seconds = core.times.time(id).reached().map(WalkTime::as_seconds);
            let (found, in_rule) = if core.rule.cutoff_m.is_some() {
                (told["found_m"].as_f64(), seconds)
            } else {
                (told["found_min"].as_f64(), seconds.map(|seconds| seconds / 60.0))
            };
            assert!((found.unwrap_or(-1.0) - in_rule.unwrap_or(-1.0)).abs() < 1e-9);
        }
    }
}

#[tokio::test]
async fn why_says_when_no_street_is_near_and_which_zone_a_place_lies_in() {
    let app = app();
    let away = get(&app, "/api/v1/studies/drawnton/why?lon=10.02&lat=0.001").await;
    assert_eq!(away["snapped"], Value::Null);
    assert!(away["reason"].as_str().unwrap().contains("no walkable street within 250 m"));
    assert_eq!(away["zone"], "Zone city");
    assert_eq!(
        away["functions"][0],
        json!({ "function": "childcare", "within": false, "nearest": [] })
    );
    assert_eq!(away["rules"][0]["passes"], false);
    let near = get(&app, "/api/v1/studies/drawnton/why?lon=10.0005&lat=0.0002").await;
    assert_eq!((near["zone"].as_str(), &near["reason"]), (Some("Zone west"), &Value::Null));
    assert!((near["snapped"]["access_m"].as_f64().unwrap() - 22.1).abs() < 0.2);
}

#[tokio::test]
async fn the_route_takes_the_time_and_metres_that_why_tells() {
    let app = app();
    let why = get(&app, "/api/v1/studies/drawnton/why?lon=10.0041&lat=0.0031&profile=adult").await;
    for function in why["functions"].as_array().unwrap() {
        for near in function["nearest"].as_array().unwrap() {
            let uri = format!(
                "/api/v1/studies/drawnton/route?lon=10.0041&lat=0.0031&profile=adult&facility={}",
                near["facility"]
            );
            let route = get(&app, &uri).await;
            let told = &route["properties"];
            assert_eq!((&told["min"], &told["m"]), (&near["min"], &near["m"]));
            assert_eq!(told["name"], near["name"]);
            let line = route["geometry"]["coordinates"].as_array().unwrap();
            assert_eq!(line[0], json!([10.0041, 0.0031]));
            let streets = told["streets"].as_array().unwrap();
            let sum = |key: &str| streets.iter().map(|s| s[key].as_f64().unwrap()).sum::<f64>();
            let access_m = told["access_m"].as_f64().unwrap();
            assert!((sum("m") + access_m - told["m"].as_f64().unwrap()).abs() < 0.002);
            assert!(
                (sum("min") + access_m / 1.25 / 60.0 - told["min"].as_f64().unwrap()).abs() < 1e-3
            );
            for pair in streets.windows(2) {
                assert_ne!(pair[0]["name"], pair[1]["name"], "parts of one street are one");
            }
        }
    }
}

#[tokio::test]
async fn the_route_ends_at_the_better_door_and_uses_the_steps_only_for_those_who_may() {
    let app = app();
    let uri = "/api/v1/studies/drawnton/route?lon=10.003&lat=0.003&facility=1&profile=";
    let adult = get(&app, &format!("{uri}adult")).await;
    let names = |route: &Value| -> Vec<Value> {
        route["properties"]["streets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["name"].clone())
            .collect()
    };
    assert!(names(&adult).contains(&json!("Cut")));
    let line = adult["geometry"]["coordinates"].as_array().unwrap();
    let doors = [spot(7.9, 4.1), spot(8.1, 3.5)].map(|door| json!([door.lon(), door.lat()]));
    assert!(doors.contains(line.last().unwrap()), "{line:?}");
    let wheelchair = get(&app, &format!("{uri}wheelchair")).await;
    assert!(!names(&wheelchair).contains(&json!("Cut")));
    assert!(wheelchair["properties"]["m"].as_f64() > adult["properties"]["m"].as_f64());
}

fn walk_from(baseline: &Baseline, place: LonLat, cutoff: WalkTime) -> IdVec<GroupId, Persons> {
    let walker = &baseline.walkers()[0];
    let seed = |tie: &Snapped| Seed {
        position: tie.position,
        access: walker.impedance.access(tie.access_mm),
        owner: 0,
    };
    let seeds = Seeds::new(baseline.ties(walker, place).iter().map(seed).collect());
    let ground = Ground::from(&baseline.graph, &walker.impedance);
    let times = walker.read(&ground, &seeds, &NearestField::sweep(&ground, &seeds, cutoff));
    let within = |group| {
        counting(&baseline.demand, group)
            .filter(|(id, _): &(DemandPointId, Persons)| times.time(*id) <= cutoff)
    };
    baseline
        .demand
        .groups
        .ids()
        .map(|group| within(group).map(|(_, persons)| persons).sum())
        .collect()
}

#[tokio::test]
async fn reach_counts_people_on_streets_and_draws_the_largest_first() {
    let (app, baseline) = (app(), baseline());
    let told = get(
        &app,
        "/api/v1/studies/drawnton/reach?lon=10.0041&lat=0.0021&profile=adult&cutoff_min=2,5,3.5",
    )
    .await;
    let features = told["features"].as_array().unwrap();
    let cutoffs: Vec<f64> =
        features.iter().map(|f| f["properties"]["cutoff_min"].as_f64().unwrap()).collect();
    assert_eq!(cutoffs, [5.0, 3.5, 2.0]);
    let mut street_km = f64::INFINITY;
    for feature in features {
        let told = &feature["properties"];
        let place = LonLat::new(10.0041, 0.0021).unwrap();
        let core = walk_from(&baseline, place, minutes(told["cutoff_min"].as_f64().unwrap()));
        assert_eq!(
            told["persons"],
            json!({ "all": core[GroupId(0)], "age_0_3": core[GroupId(1)] })
        );
        assert!(told["street_km"].as_f64().unwrap() < street_km);
        street_km = told["street_km"].as_f64().unwrap();
        assert!(feature["geometry"]["coordinates"][0].as_array().is_some());
    }
}

#[tokio::test]
async fn the_audit_is_given_byte_for_byte() {
    let answer = ask(&app(), "/api/v1/studies/drawnton/audit", &[]).await;
    assert_eq!(answer.body, super::town::AUDIT.as_bytes());
    assert_eq!(answer.header("content-type"), "application/json");
}
