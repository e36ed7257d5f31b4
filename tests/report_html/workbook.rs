//! `tables.xlsx`, unpacked and read back.

use std::collections::BTreeMap;
use std::io::Read;

use walkshed::audit::Audit;
use walkshed::report::{Language, ReportInput, write_workbook};
use walkshed::scenario::Baseline;

use super::{TOWN, town};

fn workbook(baseline: &Baseline, audit: &Audit, language: Language) -> Vec<u8> {
    let source = town::source();
    let input = ReportInput { baseline, audit, source: &source, language, date: None, water: &[] };
    let mut bytes = Vec::new();
    write_workbook(&mut bytes, &input).expect("a workbook");
    bytes
}

fn number(bytes: &[u8], at: usize, size: usize) -> usize {
    bytes[at..at + size].iter().rev().fold(0, |value, &byte| value << 8 | usize::from(byte))
}

/// The files of an archive, found by its list at the end, their checksums tried.
fn unpacked(zip: &[u8]) -> BTreeMap<String, String> {
    let end = zip.len() - 22;
    assert_eq!(zip[end..end + 4], *b"PK\x05\x06");
    let mut at = number(zip, end + 16, 4);
    let mut files = BTreeMap::new();
    for _ in 0..number(zip, end + 10, 2) {
        assert_eq!(zip[at..at + 4], *b"PK\x01\x02");
        let name_length = number(zip, at + 28, 2);
        let name = String::from_utf8(zip[at + 46..at + 46 + name_length].to_vec()).expect("UTF-8");
        let head = number(zip, at + 42, 4);
        let from = head + 30 + number(zip, head + 26, 2) + number(zip, head + 28, 2);
        let packed = &zip[from..from + number(zip, at + 20, 4)];
        let mut text = Vec::new();
        flate2::read::DeflateDecoder::new(packed).read_to_end(&mut text).expect("deflated");
        assert_eq!(text.len(), number(zip, at + 24, 4));
        let mut crc = flate2::Crc::new();
        crc.update(&text);
        assert_eq!(crc.sum() as usize, number(zip, at + 16, 4), "checksum of {name}");
        files.insert(name, String::from_utf8(text).expect("UTF-8"));
        at += 46 + name_length;
    }
    files
}

/// The cells of a sheet by their address: numbers as numbers, texts quoted.
fn cells(xml: &str) -> BTreeMap<String, String> {
    xml.split("<c r=\"")
        .skip(1)
        .map(|cell| {
            let (at, rest) = cell.split_once('"').expect("an address");
            let inner = |open: &str, close: &str| {
                rest.split_once(open).and_then(|(_, r)| r.split_once(close)).map(|(v, _)| v)
            };
            let text = if rest.contains("inlineStr") {
                format!("\"{}\"", inner("preserve\">", "</t>").expect("a text"))
            } else {
                inner("<v>", "</v>").expect("a number").to_owned()
            };
            (at.to_owned(), text)
        })
        .collect()
}

#[test]
fn numbers_are_those_of_the_audit_and_shares_are_numbers() {
    let baseline = town::baseline(TOWN);
    let audit = town::audit(&baseline);
    let files = unpacked(&workbook(&baseline, &audit, Language::En));
    let rules = cells(&files["xl/worksheets/sheet2.xml"]);
    assert_eq!(rules["A1"], "\"Standard\"");
    for (index, rule) in audit.rules.iter().enumerate() {
        let row = index + 2;
        let covered: f64 = rules[&format!("K{row}")].parse().expect("a number");
        assert!((covered - rule.summary.total.covered.count()).abs() < 1e-6);
        if let Some(share) = rule.summary.total.share() {
            let cell: f64 = rules[&format!("N{row}")].parse().expect("a number");
            assert!((cell - share.0).abs() < 1e-12);
        }
    }
    let facilities = cells(&files["xl/worksheets/sheet5.xml"]);
    let last = format!("A{}", baseline.facilities.facilities.len() + 1);
    assert!(facilities.contains_key(&last), "a row for each facility");
    let zones = &files["xl/worksheets/sheet3.xml"];
    let lived: usize = audit
        .rules
        .iter()
        .map(|r| r.summary.zones.iter().filter(|sum| sum.persons.as_micro() > 0).count())
        .sum();
    let rows = cells(zones);
    assert_eq!(rows["P1"], "\"Served\"");
    let mut row = 2;
    let mut split = 0;
    for rule in &audit.rules {
        for (id, sum) in rule.summary.zones.enumerate() {
            if sum.persons.as_micro() == 0 {
                continue;
            }
            let told = ["P", "Q", "R", "S"].map(|at| rows.get(&format!("{at}{row}")));
            let parts = rule.capacity.as_ref().map(|places| places.zones[id].parts());
            for (told, part) in told.into_iter().zip(parts.iter().flatten()) {
                let told: f64 = told.expect("places of the zone").parse().expect("a number");
                assert!((told - part.count()).abs() < 1e-6, "row {row}");
                split += 1;
            }
            assert!(parts.is_some() || told.iter().all(Option::is_none), "row {row}");
            row += 1;
        }
    }
    assert!(split > 0, "a rule of the town counts places");
    assert_eq!(zones.matches("<row ").count(), lived + 1);
    assert!(zones.contains("state=\"frozen\""));
}

#[test]
fn hostile_names_stay_text_and_chinese_titles_are_chinese() {
    let baseline = town::baseline(TOWN);
    let audit = town::audit(&baseline);
    let bytes = workbook(&baseline, &audit, Language::Zh);
    assert!(bytes == workbook(&baseline, &audit, Language::Zh), "same bytes");
    let files = unpacked(&bytes);
    assert!(files["xl/workbook.xml"].contains("分区分指标"));
    assert!(files.values().all(|xml| !xml.contains("<script>")));
    for (name, xml) in &files {
        let mut reader = quick_xml::Reader::from_str(xml);
        loop {
            match reader.read_event() {
                Ok(quick_xml::events::Event::Eof) => break,
                Ok(_) => {}
                Err(error) => assert_eq!(error.to_string(), "", "{name} is well-formed"),
            }
        }
    }
}
