//! A plan answers the question that was asked: on a made-up street of 41 homes whose numbers one works out by hand.
#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

struct Toy {
    folder: tempfile::TempDir,
}

impl Toy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/toy"), folder.path());
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Exit code, answer, messages.
    fn run(&self, words: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_walkshed"));
        let command = command.args(words).stdin(Stdio::null()).current_dir(self.folder.path());
        let done = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (done.status.code().unwrap_or(-1), text(done.stdout), text(done.stderr))
    }

    /// Places among the candidates of the fixture.
    fn place(&self, words: &str) -> (i32, String, String) {
        let more: Vec<&str> = words.split(' ').collect();
        let fixed = ["place", ".", "--candidates", "cand.csv", "--out", "out", "--lang", "en"];
        self.run(&[&fixed[..], &more].concat())
    }

    /// What is printed and the file, of a plan that holds when it is checked again.
    fn planned(&self, words: &str) -> (String, Value) {
        let (code, said, errors) = self.place(words);
        assert_eq!(code, 0, "{words}: {said}{errors}");
        let (code, checked, errors) = self.run(&["verify", "out/solution.json", "--study", "."]);
        assert_eq!(code, 0, "{words}: {checked}{errors}");
        let file = fs::read_to_string(self.path("out/solution.json")).unwrap();
        (said, serde_json::from_str(&file).unwrap())
    }

    /// Value of the plan in the file's whole numbers, as the shell prints it; nothing without a plan.
    fn value(&self, words: &str) -> Option<i64> {
        let (code, said, errors) = self.place(&format!("{words} --json"));
        assert!(code < 2, "{words}: {errors}");
        let said: Value = serde_json::from_str(&said).unwrap();
        let file = fs::read_to_string(self.path("out/solution.json")).unwrap();
        let file: Value = serde_json::from_str(&file).unwrap();
        let value = said["value"].as_i64().or_else(|| file["solution"]["value"].as_i64());
        if code == 0 { value } else { None }
    }

    /// The rule's row of an audit of the study with `sites` open beside what is there.
    fn audited(&self, rule: &str, sites: &[(Value, Value)]) -> Value {
        let edits: Vec<Value> = sites
            .iter()
            .map(|(site, capacity)| {
                let offer = json!({ "function": "childcare", "capacity": capacity });
                json!({
                    "edit": "open_facility", "key": site["id"],
                    "place": [site["lon"], site["lat"]], "offers": [offer],
                })
            })
            .collect();
        let scenario = json!({ "name": "the plan", "edits": edits }).to_string();
        fs::write(self.path("plan.json"), scenario).unwrap();
        let (code, _, errors) =
            self.run(&["audit", ".", "--scenario", "plan.json", "--out", "audit"]);
        assert!(code < 2, "{errors}");
        let audit = fs::read_to_string(self.path("audit/audit.json")).unwrap();
        let audit: Value = serde_json::from_str(&audit).unwrap();
        let rows = audit["rules"].as_array().unwrap();
        let is_meant = |row: &&Value| row["standard"] == "my" && row["rule"] == rule;
        rows.iter().find(is_meant).unwrap().clone()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn near(found: &Value, expected: f64) -> bool {
    found.as_f64().is_some_and(|found| (found - expected).abs() < 1e-4)
}

/// Rows of a table by their first cell.
fn table(path: PathBuf) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    rows.map(|row| (row[0].clone(), row)).collect()
}

#[test]
fn a_promise_that_counts_places_is_planned_with_places_as_it_is_audited() {
    let toy = Toy::new();
    // 2 places at 45 for 1000 serve 44.4; c2 does not say how many it has and serves nobody.
    for (words, sites, after) in [
        ("--rule my/places --sites 1", 1, 88.888_889),
        ("--rule my/places --sites 2", 2, 133.333_333),
        ("--rule my/places --problem capacitated --sites 3", 3, 177.777_778),
    ] {
        let (said, plan) = toy.planned(words);
        assert!(said.contains("places: counted, 45 for 1,000 people"), "{said}");
        assert!(said.contains("served with a place 10.8 % →"), "{said}");
        let summary = &plan["summary"];
        assert_eq!(plan["ask"]["problem"], "capacitated");
        assert_eq!((&summary["sites"], &summary["status"]), (&json!(sites), &json!("optimal")));
        assert!(near(&summary["covered_before"], 44.444_444), "{summary}");
        assert!(near(&summary["covered_after"], after), "{summary}");
        let chosen = plan["sites"].as_array().unwrap();
        let gains: f64 = chosen.iter().map(|site| site["gain_persons"].as_f64().unwrap()).sum();
        assert!((gains - (after - 44.444_444)).abs() < 1e-4, "{chosen:?}");
        let opened: Vec<(Value, Value)> =
            chosen.iter().map(|site| (site.clone(), json!(2))).collect();
        let audited = toy.audited("places", &opened);
        assert!(near(&audited["capacity"]["served_persons"], after), "{}", audited["capacity"]);
    }
}

#[test]
fn places_that_are_not_told_are_none() {
    let toy = Toy::new();
    let bare = "id,lon,lat\na,118.6197958,24.9\nb,118.6257345,24.9\n";
    fs::write(toy.path("bare.csv"), bare).unwrap();
    let words = ["place", ".", "--rule", "my/places", "--sites", "1", "--out", "out"];
    let (code, _, errors) = toy.run(&[&words[..], &["--candidates", "bare.csv"]].concat());
    assert_eq!((code, errors.contains("请给出 --capacity N")), (2, true), "{errors}");
    let given = [&words[..], &["--candidates", "bare.csv", "--capacity", "9"]].concat();
    let (code, said, errors) = toy.run(&given);
    assert_eq!(code, 0, "{said}{errors}");
    let file = fs::read_to_string(toy.path("out/solution.json")).unwrap();
    let plan: Value = serde_json::from_str(&file).unwrap();
    // 9 places serve 200 of the 230 who reach nothing today.
    assert!(near(&plan["summary"]["covered_after"], 244.444_444), "{}", plan["summary"]);
    let audited = toy.audited("places", &[(plan["sites"][0].clone(), json!(9))]);
    assert!(near(&audited["capacity"]["served_persons"], 244.444_444), "{audited}");
}

#[test]
fn two_tiers_cost_and_count_everything_that_opens() {
    let toy = Toy::new();
    let asked =
        "--problem two-tier --rule my/station --center-rule my/center --sites 2 --centers 1";
    let (said, plan) = toy.planned(asked);
    let summary = &plan["summary"];
    let named = plan["sites"].as_array().unwrap();
    let cost: f64 = named.iter().map(|site| site["cost"].as_f64().unwrap()).sum();
    assert_eq!(summary["sites"], json!(named.len()), "{summary}");
    assert!(near(&summary["cost"], cost), "{summary}");
    assert!(said.contains("station 300 m") && said.contains("center 1000 m: 48.8%"), "{said}");
    let value = |plan: &Value| plan["work"]["plan"]["value"].as_i64().unwrap();
    // All of it must be paid: with so much the plan is as good, with a little less not this one.
    let whole = toy.planned(&format!("{asked} --budget {cost}")).1;
    assert_eq!(value(&whole), value(&plan));
    let less = toy.planned(&format!("{asked} --budget {}", cost - 0.1)).1;
    assert!(less["summary"]["cost"].as_f64().unwrap() < cost, "{}", less["summary"]);
}

#[test]
fn a_center_is_headed_by_those_who_have_all_promises() {
    let toy = Toy::new();
    let (said, plan) = toy.planned("--problem center --rule my/cc --also my/station=0.5 --sites 1");
    let rows = table(toy.folder.path().join("out/functions.csv"));
    let share: f64 = rows["all of them"][4].parse().unwrap();
    assert!(near(&plan["summary"]["share_after"], share), "{share} {}", plan["summary"]);
    assert!(said.contains("all promises kept"), "{said}");
    // The part of the second promise costs 0.5 beside the site.
    let site = plan["sites"][0]["cost"].as_f64().unwrap();
    assert!(near(&plan["summary"]["cost"], site + 0.5), "{}", plan["summary"]);
}

#[test]
fn the_gate_of_a_lane_that_shares_its_junction_is_found() {
    let toy = Toy::new();
    let asked = "place . --scenario c3 --problem gates --rule my/cc --gates 1 --out out";
    let mut found = Vec::new();
    for streets in ["toy.osm", "toy-with-stubs.osm"] {
        let study = fs::read_to_string(toy.path("study.toml")).unwrap();
        let other = study.replace("osm = \"toy.osm\"", &format!("osm = \"{streets}\""));
        fs::write(toy.path("study.toml"), other).unwrap();
        let (code, said, errors) = toy.run(&asked.split(' ').collect::<Vec<_>>());
        assert_eq!(code, 0, "{streets}: {said}{errors}");
        let file = fs::read_to_string(toy.path("out/solution.json")).unwrap();
        let plan: Value = serde_json::from_str(&file).unwrap();
        let gained = &plan["summary"];
        let newly =
            gained["covered_after"].as_f64().unwrap() - gained["covered_before"].as_f64().unwrap();
        assert!((newly - 90.0).abs() < 1e-6, "{streets}: {gained}");
        found.push(plan["sites"][0]["lon"].as_f64().unwrap());
    }
    assert!((found[0] - found[1]).abs() < 1e-4, "the same gate: {found:?}");
}

#[test]
fn what_does_not_apply_is_refused_and_contradictions_are_said() {
    let toy = Toy::new();
    let rule = "--rule my/cc --sites 1";
    for (more, said) in [
        ("--problem p-median --phases 2", "p-median knows no --phases"),
        ("--problem lscp --complete-worth 1", "lscp knows no --complete-worth"),
        ("--capacity 5", "mclp knows no --capacity: that is for capacitated"),
        ("--first-year 2027", "--first-year is of several years"),
        ("--zone-counts-open", "--zone-counts-open is for --zone-min and --zone-max"),
        ("--required k5", "\"k5\" is forbidden by its status"),
        ("--required k1 --forbidden k1", "named by --required and by --forbidden"),
        ("--required k9", "no candidate has the id \"k9\""),
        ("--radius 5", "--radius is of a published instance"),
    ] {
        let (code, _, errors) = toy.place(&format!("{rule} {more}"));
        assert_eq!((code, errors.contains(said)), (2, true), "{more}: {errors}");
    }
    for problem in ["lscp", "worst-zone", "pareto", "gates"] {
        let (code, _, errors) =
            toy.place(&format!("--rule my/places --sites 1 --problem {problem}"));
        let said = errors.contains("counts places (45 for 1000 people)");
        assert_eq!((code, said), (2, true), "{problem}: {errors}");
    }
}

#[test]
fn zones_and_their_rules_are_named_and_open_places_count_when_asked() {
    let toy = Toy::new();
    // Two candidates stand in community C (k2 of zone 乙一社区 among them), c1 and c2 are open in A.
    let (code, said, _) = toy.place("--rule my/cc --sites 3 --zone-min 甲一社区=1");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("--zone-min 甲一社区=1: zone \"甲一社区\" has 0 candidates"), "{said}");
    let (said, _) = toy.planned("--rule my/cc --sites 1 --zone-min 甲一社区=1 --zone-counts-open");
    let row = table(toy.folder.path().join("out/zone_rules.csv"))["甲一社区"].clone();
    assert_eq!(row, ["甲一社区", "1", "–", "2", "0", "0"], "{said}");
    let (code, said, _) = toy.place("--rule my/cc --sites 2 --required k2,k3 --zone-max 乙街道=1");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("--zone-max 乙街道=1: in zone \"乙街道\" k2, k3 are required"), "{said}");
    let apart = "--rule my/cc --sites 1 --required k1 --zone-min 乙街道=1";
    let (code, said, _) = toy.place(apart);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("not all together: --sites 1; --required k1; --zone-min 乙街道=1"),
        "{said}"
    );
}

/// A front under rules that no plan keeps says which, as every other plan does.
#[test]
fn a_front_that_a_rule_forbids_says_which_rule() {
    let toy = Toy::new();
    let asked = "--rule my/cc --problem pareto --required k2,k3";
    for (more, said_so) in [
        ("--sites 1", "2 sites are required (k2, k3), but only 1 may be opened"),
        ("--sites 2 --min-spacing-m 9000", "stand nearer to each other than --min-spacing-m"),
    ] {
        let (code, said, _) = toy.place(&format!("{asked} {more}"));
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(said_so), "{said}");
        assert!(!said.contains("--time-limit-s"), "{said}");
    }
}

/// Every candidate forbidden in turn: no problem's value becomes better.
#[test]
fn forbidding_a_candidate_never_makes_a_plan_better() {
    let toy = Toy::new();
    let cases = [
        ("--rule my/cc --sites 2", true),
        ("--rule my/places --sites 2", true),
        ("--rule my/cc --problem p-median --sites 2 --reach-min 6", false),
        ("--rule my/cc --problem p-center --sites 2", false),
        ("--rule my/cc --problem lscp --target-share 60%", false),
        ("--rule my/cc --problem worst-zone --sites 2", true),
        ("--rule my/cc --problem pareto --sites 2", true),
        (
            "--problem two-tier --rule my/station --center-rule my/center --sites 2 --centers 1",
            true,
        ),
        ("--problem center --rule my/cc --also my/station --sites 1", true),
    ];
    for (words, larger) in cases {
        let better = |value: Option<i64>| value.map(|value| if larger { value } else { -value });
        let whole = better(toy.value(words));
        for site in ["k1", "k2", "k3", "k4"] {
            let less = better(toy.value(&format!("{words} --forbidden {site}")));
            assert!(less <= whole, "{words} without {site}: {less:?} is better than {whole:?}");
        }
    }
}

#[test]
fn whoever_reaches_nothing_counts_at_a_price_that_is_shown() {
    let toy = Toy::new();
    let asked = "--rule my/cc --problem p-median --sites 1 --reach-min 6";
    let (said, plan) = toy.planned(asked);
    assert!(said.contains("counts as walking 6 min"), "{said}");
    assert!(near(&plan["summary"]["persons"], 410.0), "{}", plan["summary"]);
    // Every candidate but k4 forbidden: the same 410 count, and walk no less.
    let (_, less) = toy.planned(&format!("{asked} --forbidden k1,k2,k3"));
    assert!(near(&less["summary"]["persons"], 410.0), "{}", less["summary"]);
    let value = |plan: &Value| plan["solution"]["value"].as_i64().unwrap();
    assert!(value(&less) >= value(&plan));
}

/// Sites and customers on a lattice, the distances between them, and every choice of `p` sites.
#[test]
fn presets_of_a_published_instance_are_kept() {
    let toy = Toy::new();
    let places: Vec<(i32, i32)> = (0..25).map(|at| (at % 5, at / 5)).collect();
    let far = |a: usize, b: usize| {
        let (dx, dy) = (places[a].0 - places[b].0, places[a].1 - places[b].1);
        f64::from(dx * dx + dy * dy).sqrt()
    };
    let mut text = "customer,facility,distance\n".to_owned();
    for (customer, site) in (0..25).flat_map(|a| (0..25).map(move |b| (a, b))) {
        let row = format_args!("c{customer},s{site},{:.3}\n", far(customer, site));
        std::fmt::Write::write_fmt(&mut text, row).unwrap();
    }
    fs::write(toy.path("lattice.csv"), text).unwrap();
    let thirds = |a: usize, b: usize| (far(a, b) * 1000.0).round() as i64;
    let best = |required: &[usize], forbidden: &[usize], of: &dyn Fn(&[usize]) -> i64| {
        let sets = (0..25).flat_map(|a| (0..a).flat_map(move |b| (0..b).map(move |c| [a, b, c])));
        let kept = sets.filter(|set| {
            required.iter().all(|site| set.contains(site))
                && !forbidden.iter().any(|site| set.contains(site))
        });
        kept.map(|set| of(&set)).min().unwrap()
    };
    let nearest = |customer: usize, set: &[usize]| {
        set.iter().map(|&site| thirds(customer, site)).min().unwrap()
    };
    let sum = |set: &[usize]| (0..25).map(|c| nearest(c, set)).sum::<i64>();
    let longest = |set: &[usize]| (0..25).map(|c| nearest(c, set)).max().unwrap();
    let left = |set: &[usize]| (0..25).filter(|&c| nearest(c, set) > 1_500).count() as i64;
    for (required, forbidden) in [(vec![], vec![]), (vec![0, 1], vec![]), (vec![4], vec![12, 20])] {
        let ids = |sites: &[usize]| {
            sites.iter().map(|site| format!("s{site}")).collect::<Vec<_>>().join(",")
        };
        let mut words: Vec<String> =
            ["place", "--instance", "lattice.csv", "--sites", "3"].map(str::to_owned).to_vec();
        words.extend(["--out", "lattice", "--json"].map(str::to_owned));
        for (option, sites) in [("--required", &required), ("--forbidden", &forbidden)] {
            if !sites.is_empty() {
                words.extend([option.to_owned(), ids(sites)]);
            }
        }
        let asked = |more: &[&str]| {
            let words: Vec<&str> =
                words.iter().map(String::as_str).chain(more.iter().copied()).collect();
            let (code, said, errors) = toy.run(&words);
            assert_eq!(code, 0, "{words:?}: {errors}");
            let check = ["verify", "lattice/solution.json", "--instance", "lattice.csv"];
            let (code, checked, errors) = toy.run(&check);
            assert_eq!(code, 0, "{words:?}: {checked}{errors}");
            serde_json::from_str::<Value>(&said).unwrap()["value"].as_i64().unwrap()
        };
        let expected = best(&required, &forbidden, &sum);
        assert_eq!(asked(&["--problem", "p-median"]), expected, "{required:?} {forbidden:?}");
        let expected = best(&required, &forbidden, &longest);
        assert_eq!(asked(&["--problem", "p-center"]), expected, "{required:?} {forbidden:?}");
        let expected = 25 - best(&required, &forbidden, &left);
        assert_eq!(asked(&["--problem", "mclp", "--radius", "1.5"]), expected * 1_000_000);
    }
    for (more, said) in [
        ("--required s99", "no candidate has the id \"s99\""),
        ("--min-spacing-m 2", "a published instance knows no --min-spacing-m"),
        ("--zone-max *=1", "a published instance knows no --zone-max"),
        ("--problem lscp --phases 2", "a published instance knows no --phases"),
    ] {
        let words = format!("place --instance lattice.csv --radius 2 --sites 3 --out x {more}");
        let (code, _, errors) = toy.run(&words.split(' ').collect::<Vec<_>>());
        assert_eq!((code, errors.contains(said)), (2, true), "{more}: {errors}");
    }
}

#[test]
fn the_rule_line_stands_wherever_the_plan_is_told() {
    let toy = Toy::new();
    let (said, _) = toy.planned("--rule my/cc --sites 1");
    let line = "The promise: childcare within 15 min on foot; walker:";
    let page = fs::read_to_string(toy.path("out/plan.html")).unwrap();
    for text in [&said, &page] {
        let lower = text.to_lowercase();
        assert!(lower.contains(&line.to_lowercase()), "{said}");
        assert!(lower.contains("group:") && lower.contains("places: not counted"), "{said}");
    }
}
