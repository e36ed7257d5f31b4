//! `walkshed batch`: many studies, one summary, worst first; a broken study is said and the others go on.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;

use crate::audit::{Audit, Completeness, Tally};
use crate::demand::DemandUnit;
use crate::import::load::{MapDetail, load_study};
use crate::progress::Cancelled;
use crate::store::write_file;

use super::Ending;
use super::args::{BatchArgs, Lang};
use super::audit::{counted_in, require_judged, study_lang};
use super::console::Console;
use super::results::{self, Wanted};
use super::table::{Align, Table, count, percent};
use super::text::{Said, Word, said, say};

/// One study of a batch.
#[derive(Debug, Serialize)]
struct Row {
    /// Where the study is, as it was written.
    study: String,
    /// Its name; empty when it could not be read.
    name: String,
    /// Folder of its files.
    out: String,
    /// What the demand counts: studies of people stand before those where metres of street stand in for them.
    unit: Option<DemandUnit>,
    /// Promises with a verdict.
    promises: usize,
    /// Promises broken.
    broken: usize,
    /// Every promise by how it came out.
    tally: Tally,
    /// People without street data, everybody counted; metres of street where these stand in.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_street_persons: Option<f64>,
    /// The same in metres of street.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_street_m: Option<f64>,
    /// People left out by the worst broken promise.
    #[serde(skip_serializing_if = "Option::is_none")]
    worst_left_out_persons: Option<f64>,
    /// Metres of street left out by it, where these stand in for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    worst_left_out_street_m: Option<f64>,
    /// Its share (0–1).
    worst_share: Option<f64>,
    /// The worst broken promise, that with most people left out: `standard/rule`.
    worst_rule: Option<String>,
    /// Why it could not be audited.
    error: Option<String>,
}

impl Row {
    fn worst_left_out(&self) -> f64 {
        self.worst_left_out_persons.or(self.worst_left_out_street_m).unwrap_or_default()
    }
}

/// Audits every study, worst first in the summary.
pub(super) fn run(args: &BatchArgs, console: &Console) -> anyhow::Result<Ending> {
    let mut rows: Vec<Row> = Vec::new();
    for (index, study) in args.studies.iter().enumerate() {
        console.say(&format!("[{}/{}] {}", index + 1, args.studies.len(), study.display()));
        let out = folder_of(&args.out, study, &rows);
        match audit_one(study, &out, console) {
            Ok(row) => rows.push(row),
            Err(error) if error.is::<Cancelled>() => return Err(error),
            Err(error) => {
                console.error(&error);
                rows.push(broken(study, format!("{error:#}")));
            }
        }
    }
    rows.sort_by(|a, b| {
        let group = |row: &Row| (row.error.is_none(), row.unit == Some(DemandUnit::StreetMeters));
        group(a).cmp(&group(b)).then(b.broken.cmp(&a.broken)).then_with(|| {
            b.worst_left_out().total_cmp(&a.worst_left_out()).then_with(|| a.study.cmp(&b.study))
        })
    });
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("cannot make the folder {}", args.out.display()))?;
    write_file(
        &args.out.join("batch.json"),
        format!("{}\n", serde_json::to_string_pretty(&rows)?).as_bytes(),
    )?;
    if console.json() {
        console.print_json(&rows)?;
    } else {
        console.print(&summary(&rows, console.lang_or(Lang::En)))?;
    }
    if rows.iter().any(|row| row.error.is_some()) {
        anyhow::bail!(
            "{} of {} studies could not be audited",
            rows.iter().filter(|r| r.error.is_some()).count(),
            rows.len()
        );
    }
    Ok(if rows.iter().any(|row| row.broken > 0) { Ending::Findings } else { Ending::Fine })
}

/// A folder of its own for each study, also when two share a name.
fn folder_of(out: &Path, study: &Path, rows: &[Row]) -> PathBuf {
    let folder = if study.is_file() { study.parent().unwrap_or(study) } else { study };
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = absolute
        .file_name()
        .map_or_else(|| "study".to_owned(), |name| name.to_string_lossy().into_owned());
    let taken = |candidate: &Path| rows.iter().any(|row| Path::new(&row.out) == candidate);
    let numbered = (2..).map(|number| out.join(format!("{name}-{number}")));
    std::iter::once(out.join(&name))
        .chain(numbered)
        .find(|candidate| !taken(candidate))
        .unwrap_or_else(|| out.join(&name))
}

fn audit_one(study: &Path, out: &Path, console: &Console) -> anyhow::Result<Row> {
    let loaded = load_study(study, console.wants(MapDetail::Obstacles), console)?;
    let audit = Audit::run(&loaded.baseline, console)?;
    let lang = console.lang_or(study_lang(&loaded.study));
    results::write(&loaded, &audit, Wanted { out, lang, formats: &[] }, console)?;
    require_judged(&audit)?;
    let findings = audit.findings();
    let worst = findings.first();
    let unit = loaded.baseline.demand.unit;
    let is_of_meters = unit == DemandUnit::StreetMeters;
    let people = |count: f64| Some(count).filter(|_| !is_of_meters);
    let meters = |count: f64| Some(count).filter(|_| is_of_meters);
    let left_out = worst.map_or(0.0, |finding| finding.left_out_persons.count());
    let no_street = Completeness::of(&loaded.baseline).streets.no_street.count();
    Ok(Row {
        study: study.display().to_string(),
        name: loaded.study.name.clone(),
        out: out.display().to_string(),
        unit: Some(unit),
        promises: audit.tally().judged,
        broken: findings.len(),
        tally: audit.tally(),
        no_street_persons: people(no_street),
        no_street_m: meters(no_street),
        worst_left_out_persons: people(left_out),
        worst_left_out_street_m: meters(left_out),
        worst_share: worst.map(|finding| finding.share),
        worst_rule: worst.map(|finding| format!("{}/{}", finding.standard, finding.rule)),
        error: None,
    })
}

fn broken(study: &Path, error: String) -> Row {
    Row {
        study: study.display().to_string(),
        name: String::new(),
        out: String::new(),
        unit: None,
        promises: 0,
        broken: 0,
        tally: Tally::default(),
        no_street_persons: None,
        no_street_m: None,
        worst_left_out_persons: None,
        worst_left_out_street_m: None,
        worst_share: None,
        worst_rule: None,
        error: Some(error),
    }
}

fn summary(rows: &[Row], lang: Lang) -> String {
    let w = |word| say(lang, word);
    let mut table = Table::new(&[
        (w(Word::Study), Align::Left),
        (w(Word::Broken), Align::Right),
        (w(Word::Promises), Align::Right),
        (said(lang, Said::NotRecorded), Align::Right),
        (said(lang, Said::WithoutVerdict), Align::Right),
        (said(lang, Said::Counted), Align::Left),
        (w(Word::LeftOut), Align::Right),
        (w(Word::Share), Align::Right),
        (w(Word::Rule), Align::Left),
    ]);
    for row in rows {
        let name = if row.name.is_empty() { row.study.clone() } else { row.name.clone() };
        table.push(match &row.error {
            Some(error) => {
                let dashes = vec!["–".to_owned(); 7];
                [vec![name], dashes, vec![error.clone()]].concat()
            }
            None => vec![
                name,
                row.broken.to_string(),
                row.promises.to_string(),
                row.tally.not_recorded.to_string(),
                row.tally.without_verdict().to_string(),
                row.unit.map_or("–", |unit| counted_in(unit, lang)).to_owned(),
                count(row.worst_left_out()),
                percent(row.worst_share),
                row.worst_rule.clone().unwrap_or_default(),
            ],
        });
    }
    table.render()
}
