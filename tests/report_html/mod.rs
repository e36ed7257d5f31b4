//! The report of a made-up town, read as a reader and as an attacker would.

pub(crate) mod pdf;
pub(crate) mod town;
mod workbook;

use std::fmt::Write as _;

use town::TownSize;
use walkshed::audit::Audit;
use walkshed::report::{Catalog, Language, ReportInput, render_html};
use walkshed::scenario::Baseline;

pub(crate) const TOWN: TownSize = TownSize(36);

pub(crate) fn render(baseline: &Baseline, audit: &Audit, language: Language) -> String {
    let source = town::source();
    let water = town::water(TOWN);
    let input = ReportInput {
        baseline,
        audit,
        source: &source,
        language,
        date: Some("2025-03-01"),
        water: &water,
    };
    render_html(&input).expect("a report")
}

/// The text of a page: tags away, the few entities back.
pub(crate) fn visible(html: &str) -> String {
    let body = html.split_once("<main>").expect("a body").1;
    let mut text = String::new();
    for part in body.split('<') {
        let words = part.split_once('>').map_or("", |(_, words)| words);
        let _ = write!(text, "{words} ");
    }
    for (entity, letter) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, letter);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn both_languages_render_the_same_bytes_every_time() {
    let baseline = town::baseline(TOWN);
    let audit = town::audit(&baseline);
    for language in [Language::En, Language::Zh] {
        let first = render(&baseline, &audit, language);
        let again = {
            let baseline = town::baseline(TOWN);
            let audit = town::audit(&baseline);
            render(&baseline, &audit, language)
        };
        assert!(first == again);
    }
}

#[test]
fn nothing_from_a_study_becomes_markup() {
    let baseline = town::baseline(TOWN);
    let audit = town::audit(&baseline);
    let html = render(&baseline, &audit, Language::Zh);
    assert!(!html.to_lowercase().contains("<script"));
    assert!(!html.contains("<b>A</b>"));
    assert!(!html.contains("\"Sons\""));
    let text = visible(&html);
    assert!(text.contains(town::HOSTILE), "the hostile name is shown as it is written");
    // Every name of a zone, facility or study lies in text, so that no tag holds a part of it.
    for tag in html.split('<').skip(1).filter_map(|part| part.split_once('>')).map(|(tag, _)| tag) {
        assert!(!tag.contains("alert("), "{tag}");
    }
}

#[test]
fn the_page_asks_nobody_for_anything() {
    let baseline = town::baseline(TOWN);
    let audit = town::audit(&baseline);
    let html = render(&baseline, &audit, Language::En);
    for word in
        ["http://", "https://", "src=", "@import", "url(//", "<link", "<iframe", "javascript:"]
    {
        assert!(!html.contains(word), "{word}");
    }
    for target in html.split("href=\"").skip(1) {
        assert!(target.starts_with('#'), "{}", &target[..20]);
    }
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn every_place_that_is_linked_to_is_there_once() {
    let baseline = town::baseline(TOWN);
    let audit = town::audit(&baseline);
    let html = render(&baseline, &audit, Language::En);
    for target in html.split("href=\"#").skip(1) {
        let id = target.split('"').next().unwrap();
        assert_eq!(html.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
}

pub(crate) fn thousands(count: f64) -> String {
    let digits = format!("{count:.0}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[test]
fn the_sums_that_are_printed_are_those_of_the_audit() {
    let baseline = town::baseline(TOWN);
    let audit = town::audit(&baseline);
    let text = visible(&render(&baseline, &audit, Language::En));
    let results = text.split_once("Results by standard").unwrap().1;
    for rule in &audit.rules {
        let total = rule.summary.total;
        let title =
            if rule.rule.verified { rule.rule.en.clone() } else { format!("{}†", rule.rule.en) };
        let row = format!(
            "{} {} {} {:.1}%",
            thousands(total.persons.count()),
            thousands(total.covered.count()),
            thousands(total.no_street.count()),
            total.share().unwrap().percent()
        );
        assert!(results.contains(&row), "{title}: {row}");
        let split: Vec<f64> = rule
            .capacity
            .iter()
            .flat_map(|c| c.total.parts())
            .map(walkshed::units::Persons::count)
            .collect();
        for part in split {
            assert!(results.contains(&thousands(part)), "{title}: {part}");
        }
        for gap in rule.gaps.iter().take(10) {
            assert!(results.contains(&thousands(gap.persons.count())), "{title}: {gap:?}");
        }
    }
    for composite in &audit.composites {
        for persons in &composite.persons_by_missing {
            assert!(results.contains(&thousands(persons.count())));
        }
        assert_eq!(
            composite.persons_by_missing.iter().copied().sum::<walkshed::units::Persons>(),
            composite.summary.total.persons
        );
    }
}

#[test]
fn the_bars_of_a_histogram_add_up_to_everybody_and_those_before_the_cutoff_to_the_covered() {
    let baseline = town::baseline(TOWN);
    let audit = town::audit(&baseline);
    let html = render(&baseline, &audit, Language::En);
    let sheets: Vec<&str> = html.split("id=\"rule-").skip(1).collect();
    for (index, rule) in audit.rules.iter().enumerate() {
        let sheet = sheets.iter().find(|sheet| sheet.starts_with(&format!("{index}\""))).unwrap();
        let chart = sheet.split("class=\"chart\"").nth(1).unwrap().split("</svg>").next().unwrap();
        let sum = |class: &str| -> f64 {
            chart
                .split("<rect ")
                .skip(1)
                .filter(|bar| bar.starts_with(&format!("class=\"{class}\"")))
                .map(|bar| bar.split("<title>").nth(1).unwrap().split("</title>").next().unwrap())
                .map(|title| title.split(": ").nth(1).unwrap().replace([',', '<'], ""))
                .map(|count| {
                    count
                        .split(' ')
                        .next()
                        .unwrap()
                        .trim_start_matches("&lt;")
                        .parse::<f64>()
                        .unwrap()
                })
                .sum()
        };
        let total = rule.summary.total;
        // Every printed bar is rounded to whole people.
        assert!((sum("in") - total.covered.count()).abs() <= 3.0, "{}", rule.rule.id);
        assert!((sum("in") + sum("out") - total.persons.count()).abs() <= 10.0, "{}", rule.rule.id);
    }
}

#[test]
fn outcomes_have_words_and_signs_and_unverified_rules_a_dagger() {
    let baseline = town::baseline(TOWN);
    let audit = town::audit(&baseline);
    let zh = render(&baseline, &audit, Language::Zh);
    assert!(zh.contains("lang=\"zh-CN\""));
    let text = visible(&zh);
    for word in ["未达标", "标杆", "食有所安†", "† 该指标的数值尚未与原始出处核对", "ODbL", "编制"]
    {
        assert!(text.contains(word), "{word}");
    }
    for sign in ["#sign-fail", "#sign-benchmark"] {
        assert!(zh.contains(sign), "{sign}");
    }
    assert!(text.contains("按全部人群评估：项目中没有人群“workers”"));
    let en = visible(&render(&baseline, &audit, Language::En));
    assert!(en.contains("taken for everybody: the study has no group “workers”"));
}

#[test]
fn a_rule_without_a_pass_line_is_counted_but_neither_met_nor_broken() {
    let baseline = town::baseline(TOWN);
    let audit = town::audit(&baseline);
    let html = render(&baseline, &audit, Language::En);
    let text = visible(&html);
    assert!(text.contains("Park · Counted only"));
    let only_counted = audit.rules.iter().filter(|rule| rule.rule.pass_share <= 0.0).count();
    assert_eq!(only_counted, 1);
    let all = format!("of {} rules met", audit.rules.len() - only_counted);
    assert!(text.contains(&all), "{all}");
}

#[test]
fn every_text_that_is_used_is_in_the_catalogue_and_every_one_there_is_used() {
    let texts = Catalog::load(Language::En).unwrap();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report");
    let mut sources = String::new();
    for part in ["", "view", "plan", "figure", "templates", "workbook"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let text = std::fs::read_to_string(path).unwrap();
                sources.push_str(text.split("#[cfg(test)]").next().unwrap());
            }
        }
    }
    for call in ["t(\"", "say(\"", "fill(\"", "fill(\n            \"", "entry(\""] {
        for rest in sources.split(call).skip(1) {
            let key = rest.split('"').next().unwrap();
            let known = texts.find(key).is_some() || key.ends_with('_') || call == "entry(\"";
            assert!(known, "{call}{key}");
        }
    }
    let by_name = ["issue_", "role_", "word_", "means_", "sign_", "plan_standing_"];
    for key in texts.keys() {
        let used = sources.contains(&format!("\"{key}\""));
        assert!(used || by_name.iter().any(|start| key.starts_with(start)), "{key}");
    }
}

#[test]
fn a_study_without_people_facilities_or_rules_still_has_a_report() {
    let baseline = Baseline::new(
        walkshed::scenario::Ingredients::default(),
        walkshed::reach::LinkLimits {
            snap_distance: walkshed::units::Meters(250.0),
            island_length: walkshed::units::Meters(0.0),
        },
    );
    let audit = Audit::default();
    for language in [Language::En, Language::Zh] {
        let html = render(&baseline, &audit, language);
        assert!(html.ends_with("</html>") && html.len() < 60_000);
    }
}

#[test]
fn a_city_of_a_hundred_thousand_junctions_stays_below_three_megabytes() {
    let size = TownSize(317);
    let mut baseline = town::baseline(size);
    assert!(baseline.graph.node_count() > 98_000);
    baseline.standards.remove(0);
    let audit = town::audit(&baseline);
    let html = render(&baseline, &audit, Language::En);
    assert!(html.len() < 3_000_000, "{} bytes", html.len());
}
