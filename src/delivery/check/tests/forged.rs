//! Forgeries that once passed, each refused by its name; every refusal on the streets is met.

use serde_json::{Value, json};

use crate::ids::SiteId;
use crate::import::plan_file::PlanFile;
use crate::placement::answer::solve;
use crate::progress::Silent;

use super::desk::{Bench, resealed, wish_of};

struct Forge {
    bench: Bench,
    plan: Value,
}

impl Forge {
    fn of(name: &str) -> Self {
        let bench = Bench::new();
        let plan = bench.plan(&wish_of(name));
        bench.verdict(&plan).unwrap();
        Self { bench, plan }
    }

    /// The forged plan is refused for a reason that holds `why`.
    fn refused(&self, why: &str, forge: impl FnOnce(&mut Value)) {
        let mut file = self.plan.clone();
        forge(&mut file);
        let reason = self.bench.verdict(&resealed(&file)).unwrap_err();
        assert!(reason.contains(why), "{why:?} expected: {reason}");
    }
}

fn set(path: &'static str, value: Value) -> impl FnOnce(&mut Value) {
    move |file| *file.pointer_mut(&format!("/{path}")).unwrap_or_else(|| panic!("{path}")) = value
}

#[test]
fn the_question_is_bound_to_the_proof() {
    let mclp = Forge::of("mclp");
    for other in ["lscp", "cost-to-target", "center", "p-median", "anything"] {
        mclp.refused("ask.problem", set("ask/problem", json!(other)));
    }
    mclp.refused("ask.target_share", set("ask/target_share", json!(0.5)));
    mclp.refused("ask.rule.cutoff_min", set("ask/rule/cutoff_min", json!(30.0)));
    mclp.refused("ask.rule.en", set("ask/rule/en", json!("all the day")));
    mclp.refused("ask.rule.pass_share", set("ask/rule/pass_share", json!(0.9)));
    mclp.refused("ask.rule", set("ask/rule/id", json!("nothing")));
    mclp.refused("ask.rule", set("ask/standard", json!("childcare-15")));
    mclp.refused("no number", set("ask/standard", json!("no number")));
    mclp.refused("conflicts", set("ask/min_spacing_m", json!(50_000.0)));
    mclp.refused("group", set("ask/terms/zone_max", json!(["*=2"])));
    mclp.refused("ask.candidate_hashes", set("ask/candidates", json!(["network"])));
    for words in ["network", "junctions", "grid:200"] {
        mclp.refused("choices", |file| {
            file["ask"]["candidates"] = json!([words]);
            file["ask"]["candidate_hashes"] = json!([]);
        });
    }
    mclp.refused("required", |file| file["ask"]["terms"]["required"] = json!(["k1"]));
    mclp.refused("ask.terms.zone_max", |file| file["ask"]["terms"]["zone_max"] = json!([]));
    let lscp = Forge::of("lscp");
    lscp.refused("ask.target_share", set("ask/target_share", json!(0.9)));
    lscp.refused("ask.problem", set("ask/problem", json!("mclp")));
    let tiers = Forge::of("two-tier");
    tiers.refused("ask.problem", set("ask/problem", json!("center")));
    tiers.refused("ask.rule is not", set("ask/rule/cutoff_m", json!(900.0)));
    tiers.refused("cutoff_m", |file| {
        file["ask"]["rule"]["cutoff_m"] = json!(900.0);
        file["promises"][0]["cutoff_m"] = json!(900.0);
    });
    tiers.refused("promises[1]", |file| file["promises"][1]["cutoff_m"] = json!(3_000.0));
}

#[test]
fn impossible_is_proven() {
    let refused = json!({ "kind": "infeasible", "reason": { "why": "rules_do_not_fit" } });
    for name in ["two-tier", "center", "gates", "capacitated", "worst-zone"] {
        let forge = Forge::of(name);
        let status =
            if name == "worst-zone" { "work/plan/worst_status" } else { "work/plan/status" };
        for why in ["rules_do_not_fit", "together"] {
            let mut said = refused.clone();
            said["reason"]["why"] = json!(why);
            forge.refused("no plan is said to be possible", |file| {
                set(status, said.clone())(file);
                file["summary"]["status"] = json!("infeasible");
            });
            forge.refused("", |file| {
                set(status, said)(file);
                file["summary"]["status"] = json!("infeasible");
                let plan = file["work"]["plan"].as_object_mut().unwrap();
                for key in ["chosen", "stations", "centers", "modules", "allocation"] {
                    if let Some(list) = plan.get_mut(key) {
                        *list = json!([]);
                    }
                }
                for key in ["value", "bound", "by_stations", "by_centers", "completed", "served"] {
                    if let Some(number) = plan.get_mut(key) {
                        *number = json!(0);
                    }
                }
            });
        }
    }
    let mclp = Forge::of("mclp");
    mclp.refused("no plan is said to be possible", |file| {
        file["solution"]["status"] = json!({ "kind": "unsolved" });
    });
}

#[test]
fn the_bound_speaks_of_every_candidate() {
    let forge = Forge::of("mclp");
    let mut file: PlanFile = serde_json::from_value(forge.plan.clone()).unwrap();
    // Whoever was not chosen reaches nobody; the forger has a proof made for that.
    let chosen = file.solution.chosen.clone();
    for (site, list) in (0_u32..).zip(file.instance.lists.as_mut().unwrap()) {
        if !chosen.contains(&SiteId(site)) {
            list.clear();
        }
    }
    let instance = file.instance.build().unwrap().unwrap();
    file.solution = solve(&instance, &file.solution.problem, 1, &Silent);
    assert_eq!(file.solution.chosen, chosen);
    let forged = resealed(&serde_json::to_value(&file).unwrap());
    let log = Bench::alone(&forged).unwrap();
    assert!(log.unchecked[0].en.contains("relative to the lists in the file"), "{log:?}");
    let reason = forge.bench.verdict(&forged).unwrap_err();
    assert!(reason.contains("instance.lists["), "{reason}");
    for (name, lists) in [
        ("capacitated", "work/instance/cover/lists"),
        ("worst-zone", "work/instance/cover/lists"),
        ("two-tier", "work/instance/stations/lists"),
        ("center", "work/instance/functions/0/lists"),
        ("p-median", "instance/walks"),
    ] {
        Forge::of(name).refused("", |file| {
            let lists = file.pointer_mut(&format!("/{lists}")).unwrap().as_array_mut().unwrap();
            for list in lists {
                *list = json!([]);
            }
        });
    }
}

/// Forges what a site says of itself, in the list of sites and among the choices alike.
fn both(site: &'static str, choice: &'static str, value: Value) -> impl FnOnce(&mut Value) {
    move |file| {
        let at = file["sites"][0]["site"].as_u64().unwrap() as usize;
        file["sites"][0][site] = value.clone();
        file["choices"][at][choice] = value;
    }
}

#[test]
fn a_site_is_one_place() {
    let forge = Forge::of("mclp");
    forge.refused("sites[0].name", set("sites/0/name", json!("elsewhere")));
    forge.refused("choices", both("name", "name", json!("elsewhere")));
    forge.refused("sites[0].lon", set("sites/0/lon", json!(118.61)));
    forge.refused("sites[0].standing", set("sites/0/standing", json!("upgrade")));
    forge.refused("standing", both("standing", "standing", json!("required")));
    forge.refused("sites[0].cost", set("sites/0/cost", json!(0.5)));
    forge.refused("sites[0].gain_persons", set("sites/0/gain_persons", json!(1.0)));
    let doors = json!([[0, 10, 0], [1, 10, 0], [2, 10, 0]]);
    forge.refused("stands", both("stands", "stands", doors));
    forge.refused("stands", both("stands", "stands", json!([[999_999, 0, 0]])));
    forge.refused("stands", both("stands", "stands", json!([[0, 4_000_000_000_u32, 0]])));
    forge.refused("nowhere on earth", |file| {
        file["choices"][4]["place"] = json!([2_000_000_000, 0]);
    });
    forge.refused("one place", |file| {
        file["choices"][4]["doors"] =
            json!([[1_186_000_000, 249_000_000], [1_190_000_000, 249_000_000]]);
    });
    forge.refused("has one door", |file| {
        file["choices"][4]["doors"] = json!([[1_186_000_000, 249_000_000]]);
    });
    forge.refused("facility", |file| file["choices"][4]["facility"] = json!(0));
    forge.refused("does not have", |file| file["choices"][4]["facility"] = json!(99));
    forge.refused("function", |file| file["choices"][4]["functions"] = json!(["flying"]));
    // Drawn 490 m away, with its streets left where they were.
    forge.refused("stands", |file| {
        let at = file["sites"][0]["site"].as_u64().unwrap() as usize;
        let place = &mut file["choices"][at]["place"];
        *place = json!([place[0].as_i64().unwrap() + 49_000, place[1]]);
        let lon = place[0].as_i64().unwrap() as f64 / 1e7;
        file["sites"][0]["lon"] = json!(lon);
    });
    forge.refused("summary.share_after", set("summary/share_after", json!(0.99)));
    forge.refused("summary.persons", |file| {
        file["summary"]["persons"] = json!(1_000.0);
        file["summary"]["share_before"] =
            json!(file["summary"]["covered_before"].as_f64().unwrap() / 1_000.0);
        file["summary"]["share_after"] =
            json!(file["summary"]["covered_after"].as_f64().unwrap() / 1_000.0);
    });
    forge.refused("weight_unit", set("instance/weight_unit", json!("micro-demand")));
    forge.refused("provenance.study", set("provenance/study", json!("elsewhere")));
    forge.refused("which no check reads", |file| file["note"] = json!("proven by somebody"));
    forge.refused("another study", set("study_hash", json!("0")));
}

#[test]
fn walks_are_walked_again() {
    let forge = Forge::of("mclp");
    forge.refused("but walks", |file| {
        let time = file["claims"][0][2].as_u64().unwrap();
        file["claims"][0][2] = json!(time + 1);
    });
    forge.refused("is claimed twice, or not covered", set("claims/0/0", json!(999_999)));
    forge.refused("not within reach of site", set("claims/0/1", json!(999_999)));
    let gates = Forge::of("gates");
    if !gates.plan["claims"][0].as_array().unwrap().is_empty() {
        gates.refused("through the gates", |file| {
            let time = file["claims"][0][0][2].as_u64().unwrap();
            file["claims"][0][0][2] = json!(time + 1);
        });
    }
    let median = Forge::of("p-median");
    median.refused("", |file| {
        let time = file["claims"][0][2].as_u64().unwrap();
        file["claims"][0][2] = json!(time + 1);
    });
}

#[test]
fn odd_files_are_refused_without_a_panic() {
    let bench = Bench::new();
    for bytes in [&b""[..], b"{}", b"[]", b"null", b"{\"format\":\"walkshed-plan\"}", b"\xff\xfe"] {
        assert!(bench.verdict_of(bytes).is_err());
    }
    let unread = |version: u32| json!({ "format": "walkshed-plan", "format_version": version });
    assert!(bench.verdict(&unread(2)).unwrap_err().contains("missing field"));
    assert!(bench.verdict(&unread(3)).unwrap_err().contains("version"));
    let tiers = Forge::of("two-tier");
    tiers.refused("hangs under a center", |file| {
        file["work"]["instance"]["over"][0] = json!([9_999]);
    });
    tiers.refused("a rule names a site", |file| {
        file["work"]["problem"]["stations"]["conflicts"] = json!([[0, 9_999]]);
    });
    tiers.refused("a rule names a site", |file| {
        file["work"]["problem"]["centers"]["groups"] =
            json!([{ "sites": [9_999], "min": 0, "max": 1 }]);
    });
    tiers.refused("counts", |file| {
        file["work"]["problem"]["station_worth"] = json!(4_000_000_000_000_000_000_i64);
    });
    let centers = Forge::of("center");
    centers
        .refused("a module", |file| file["work"]["instance"]["modules"][0]["site"] = json!(9_999));
    centers
        .refused("a module", |file| file["work"]["instance"]["modules"][0]["function"] = json!(9));
    centers.refused("required", |file| file["work"]["problem"]["required"] = json!([7]));
    centers.refused("counts", |file| file["work"]["problem"]["worths"] = json!([1]));
    let mclp = Forge::of("mclp");
    mclp.refused("the rules name a site", |file| {
        file["solution"]["problem"]["rules"]["groups"] =
            json!([{ "sites": [77], "min": 0, "max": 1 }]);
    });
}
