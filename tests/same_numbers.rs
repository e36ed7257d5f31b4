//! One study, read as document, table, report, PDF and answer of the server: every number is the same one.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use serde_json::Value;
use walkshed::delivery::Papers;
use walkshed::export::{self, ExportResult, Provenance, Results, StudyRecord};
use walkshed::progress::Progress;
use walkshed::report::{FontBook, Language, set_pdf};
use walkshed::server::{AppInput, MapContent, Server, Shelf, StudyMeta};

use crate::report_html::{TOWN, pdf, render, thousands, town, visible};
use crate::server_routes::town::get;

fn written(write: impl FnOnce(&mut dyn Write) -> ExportResult) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    bytes
}

/// A share as it is printed: to a tenth, and never as if all were covered, or the line were reached, when it is not.
fn printed(part: f64, all: f64, line: Option<f64>) -> String {
    let real = part / all;
    let nearest = (real * 1000.0).round();
    let overstates = (nearest >= 1000.0 && part < all)
        || line.is_some_and(|l| real < l && nearest >= l * 1000.0);
    let tenths = if overstates { (real * 1000.0).floor() } else { nearest };
    if tenths <= 0.0 && part > 0.0 { "<0.1%".to_owned() } else { format!("{:.1}%", tenths / 10.0) }
}

/// The town behind a router.
fn served() -> Arc<Server> {
    let input = || AppInput {
        baseline: town::with_homes_off_the_streets(TOWN),
        audit_json: None,
        content: MapContent::default(),
        meta: StudyMeta { id: "town".into(), ..StudyMeta::default() },
        papers: Papers::default(),
    };
    let shelf = Shelf {
        id: "town".into(),
        name: "Town".into(),
        folder: None,
        described: None,
        open: Arc::new(move |_: &dyn Progress| Ok(input())),
    };
    let server = Server::new(vec![shelf]);
    server.put("town", input()).unwrap();
    Arc::new(server)
}

/// The numbers of a rule of the document stand in the row of the table for the whole study.
fn stands_in_table(rows: &[BTreeMap<String, String>], rule: &Value) {
    let id = rule["rule"].as_str().unwrap();
    let total = rows
        .iter()
        .find(|row| row["rule"] == id && row["level_name"].is_empty() && row["zone"].is_empty());
    let total = total.unwrap();
    for name in [
        "persons",
        "covered_persons",
        "left_out_persons",
        "no_street_persons",
        "share",
        "judged_share",
    ] {
        let told: f64 = total[name].parse().unwrap();
        assert!((told - rule[name].as_f64().unwrap()).abs() < 1e-5, "{id} {name}: {told}");
    }
    assert_eq!(total["outcome"], rule["outcome"].as_str().unwrap());
}

/// A composite of the document is what the server answers, by name and by default.
async fn the_composite_is_the_same(server: &Arc<Server>, composite: &Value) {
    for uri in
        ["/api/v1/studies/town/composite?functions=one-six-x", "/api/v1/studies/town/composite"]
    {
        let answer = get(server, uri).await;
        let counts = |value: &Value| -> Vec<f64> {
            value.as_array().unwrap().iter().map(|count| count.as_f64().unwrap()).collect()
        };
        let missing = counts(&answer["missing_persons"]);
        assert_eq!(missing, counts(&composite["persons_by_missing"]), "{uri}");
        for (told, wanted) in [
            ("complete_persons", "complete_persons"),
            ("no_street_persons", "no_street_persons"),
            ("share", "share"),
            ("mean_farthest_min", "mean_min"),
        ] {
            let (told, wanted) =
                (answer[told].as_f64().unwrap(), composite[wanted].as_f64().unwrap());
            assert!((told - wanted).abs() < 1e-4, "{uri}: {told} {wanted}");
        }
    }
}

#[tokio::test]
async fn the_same_numbers_stand_in_document_table_report_pdf_and_answer() {
    let baseline = town::with_homes_off_the_streets(TOWN);
    let audit = town::audit(&baseline);
    let provenance = Provenance::new(StudyRecord::default(), &baseline);
    let results =
        Results { baseline: &baseline, audit: &audit, provenance: &provenance, issues: &[] };
    let document: Value =
        serde_json::from_slice(&written(|out| export::write_audit(out, &results))).unwrap();
    let table = written(|out| export::write_zones_csv(out, &results));
    let rows: Vec<BTreeMap<String, String>> =
        csv::Reader::from_reader(&table[..]).deserialize().map(Result::unwrap).collect();
    let html = render(&baseline, &audit, Language::En);
    let page = visible(&html);
    let fonts = FontBook::of_files(&[pdf::font(&[pdf::LATIN, pdf::HAN])]);
    let paper = pdf::text_of(&set_pdf(&html, &fonts).unwrap());
    let server = served();
    let (mut asked, mut apart) = (0, 0);
    for rule in document["rules"].as_array().unwrap() {
        let number = |name: &str| rule[name].as_f64().unwrap();
        let id = rule["rule"].as_str().unwrap();
        let known = number("persons") - number("no_street_persons");
        let (covered, left_out) = (number("covered_persons"), number("left_out_persons"));
        assert!((covered + left_out - known).abs() < 1e-6, "{id}");
        apart += u32::from(number("no_street_persons") > 0.0);
        let served = rule["capacity"]["served_persons"].as_f64();
        let judged = served.unwrap_or(covered);
        assert!((number("share") - covered / known).abs() < 1e-9, "{id}");
        assert!((number("judged_share") - judged / known).abs() < 1e-9, "{id}");

        stands_in_table(&rows, rule);

        let line = Some(number("pass_share")).filter(|&share| share > 0.0);
        let walked = printed(covered, known, line.filter(|_| served.is_none()));
        let judged = printed(judged, known, line);
        let people =
            ["persons", "covered_persons", "no_street_persons"].map(|n| thousands(number(n)));
        let told = format!("{} {walked} {judged}", people.join(" "));
        assert!(page.contains(&told), "{id}: {told}");
        for part in people.iter().chain([&walked, &judged]) {
            assert!(paper.lines().any(|line| line.contains(part.as_str())), "{id}: {part}");
        }
        let name = rule["name_en"].as_str().unwrap();
        assert!(page.contains(name), "{name}");

        if let (Some(cutoff), None) = (rule["cutoff_min"].as_f64(), served) {
            let function = rule["functions"][0].as_str().unwrap();
            let (profile, group) =
                (rule["profile"].as_str().unwrap(), rule["group"].as_str().unwrap());
            let uri = format!(
                "/api/v1/studies/town/coverage?function={function}&profile={profile}&group={group}&cutoff_min={cutoff}"
            );
            let answer = get(&server, &uri).await;
            for name in ["persons", "covered_persons", "no_street_persons", "share"] {
                let told = answer[name].as_f64().unwrap();
                assert!((told - number(name)).abs() < 1e-6, "{id} {name}: {told}");
            }
            assert_eq!(answer["facilities"], rule["facilities"], "{id}");
            asked += 1;
        }
    }
    assert!(asked > 5 && apart > 0, "{asked} rules asked, {apart} with people without streets");
    the_composite_is_the_same(&server, &document["composites"][0]).await;
    let tally = &document["tally"];
    let kept = format!("{} of {}", tally["met"], tally["judged"]);
    assert!(page.contains(&format!("{kept} rules met")), "{kept}");
    assert!(paper.contains(&kept), "{kept}");
}
