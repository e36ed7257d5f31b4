//! The files of an audit.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::audit::Audit;
use crate::export::{
    self, DemandDetail, ExportResult, InputRecord, IssueCount, Provenance, Results, StudyRecord,
};
use crate::import::load::LoadedStudy;
use crate::import::study_file::Language as StudyLanguage;
use crate::progress::{Progress, Stage};
use crate::report::{
    FontBook, InputRow, Language, ReportInput, ReportSource, render_html, set_pdf, write_workbook,
};
use crate::store::Outputs;

use super::args::{AuditFormat, Lang};
use super::console::Console;

type Writer = fn(&mut dyn Write, &Results) -> ExportResult;

/// The files besides the report, in the order they are written.
const FILES: [(&str, Writer); 7] = [
    ("audit.json", export::write_audit),
    ("zones.geojson", export::write_zones),
    ("demand.geojson", |out, results| export::write_demand(out, results, DemandDetail::Times)),
    ("gaps.geojson", export::write_gaps),
    ("facilities.geojson", export::write_facilities),
    ("zones.csv", export::write_zones_csv),
    ("statement.csv", export::write_statement),
];

/// What is written, where and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// The folder.
    pub(super) out: &'a Path,
    /// The language of what people read.
    pub(super) lang: Lang,
    /// Files besides the usual ones.
    pub(super) formats: &'a [AuditFormat],
}

/// Writes every file of an audit, all or none; returns the text of `audit.json`.
pub(super) fn write(
    loaded: &LoadedStudy,
    audit: &Audit,
    wanted: Wanted,
    console: &Console,
) -> anyhow::Result<String> {
    let Wanted { out, lang, formats } = wanted;
    let provenance = provenance_of(loaded);
    let issues = issue_counts(loaded);
    let results =
        Results { baseline: &loaded.baseline, audit, provenance: &provenance, issues: &issues };
    let outputs = Outputs::begin(out)?;
    let mut files = FILES.to_vec();
    if formats.contains(&AuditFormat::Gpkg) {
        files.push(("walkshed.gpkg", export::write_geopackage));
    }
    let total = (FILES.len() + 1 + formats.len()) as u64;
    console.step(Stage::Writing, 0, total)?;
    let done = AtomicU64::new(0);
    let tick = || console.step(Stage::Writing, done.fetch_add(1, Ordering::Relaxed) + 1, total);
    let (report, written) = rayon::join(
        || -> anyhow::Result<()> {
            with_report_input(loaded, audit, lang, |input| {
                let page = render_html(input)?;
                outputs.write("report.html", page.as_bytes())?;
                tick()?;
                if formats.contains(&AuditFormat::Pdf) {
                    outputs.write("report.pdf", &set_pdf(&page, &FontBook::find())?)?;
                    tick()?;
                }
                if formats.contains(&AuditFormat::Xlsx) {
                    let mut file = outputs.create("tables.xlsx")?;
                    write_workbook(&mut file, input)?;
                    file.finish()?;
                    tick()?;
                }
                Ok(())
            })
        },
        || {
            files.par_iter().try_for_each(|(name, write)| -> anyhow::Result<()> {
                let mut file = outputs.create(name)?;
                write(&mut file, &results).map_err(|error| file.error(error))?;
                file.finish()?;
                Ok(tick()?)
            })
        },
    );
    report?;
    written?;
    outputs.commit()?;
    audit_text(loaded, audit)
}

/// The text of `audit.json`.
pub(super) fn audit_text(loaded: &LoadedStudy, audit: &Audit) -> anyhow::Result<String> {
    let provenance = provenance_of(loaded);
    let issues = issue_counts(loaded);
    let results =
        Results { baseline: &loaded.baseline, audit, provenance: &provenance, issues: &issues };
    let mut bytes = Vec::new();
    export::write_audit(&mut bytes, &results)?;
    Ok(String::from_utf8(bytes)?)
}

/// Does something with what reports are made from.
fn with_report_input<T>(
    loaded: &LoadedStudy,
    audit: &Audit,
    lang: Lang,
    make: impl FnOnce(&ReportInput) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let source = report_source(loaded);
    let water: Vec<_> = loaded.basemap.water_areas.iter().map(|water| water.area.clone()).collect();
    make(&ReportInput {
        baseline: &loaded.baseline,
        audit,
        source: &source,
        language: report_language(lang),
        date: None,
        water: &water,
    })
}

/// The language of a report.
pub(super) const fn report_language(lang: Lang) -> Language {
    match lang {
        Lang::Zh => Language::Zh,
        Lang::En => Language::En,
    }
}

/// What a report says about where its numbers come from.
pub(super) fn report_source(loaded: &LoadedStudy) -> ReportSource {
    let fingerprint = &loaded.fingerprint;
    let scenario = loaded.scenario.iter().map(|scenario| &scenario.input);
    let inputs = fingerprint.inputs.iter().chain(scenario).map(|input| InputRow {
        role: input.role.clone(),
        path: input.file.clone(),
        sha256: input.sha256.clone(),
        licence: input.license.clone(),
        attribution: input.attribution.clone(),
    });
    ReportSource {
        study_name: title_of(loaded),
        study_hash: fingerprint.study_hash.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        inputs: inputs.collect(),
        attribution: loaded.study.attributions(),
        issue_counts: loaded.issues.counts().iter().map(|(&kind, &count)| (kind, count)).collect(),
        notes: Vec::new(),
    }
}

/// The name of a study, with that of the scenario it was edited by.
pub(super) fn title_of(loaded: &LoadedStudy) -> String {
    match &loaded.scenario {
        Some(file) => format!("{} – {}", loaded.study.name, file.scenario.name),
        None => loaded.study.name.clone(),
    }
}

/// Where the numbers of a loaded study come from.
pub(super) fn provenance_of(loaded: &LoadedStudy) -> Provenance {
    let inputs =
        loaded.fingerprint.inputs.iter().zip(loaded.study.inputs()).map(|(hash, (_, input))| {
            InputRecord {
                role: hash.role.clone(),
                path: input.written.clone(),
                sha256: hash.sha256.clone(),
                bytes: hash.bytes,
                crs: String::new(),
                licence: hash.license.clone(),
                attribution: hash.attribution.clone(),
            }
        });
    let scenario = loaded.scenario.iter().map(|scenario| InputRecord {
        role: scenario.input.role.clone(),
        path: scenario.input.file.clone(),
        sha256: scenario.input.sha256.clone(),
        bytes: scenario.input.bytes,
        crs: String::new(),
        licence: String::new(),
        attribution: String::new(),
    });
    let language = if loaded.study.language == StudyLanguage::Zh { "zh" } else { "en" };
    let record = StudyRecord {
        study: title_of(loaded),
        study_hash: loaded.fingerprint.study_hash.clone(),
        language: language.to_owned(),
        inputs: inputs.chain(scenario).collect(),
    };
    Provenance::new(record, &loaded.baseline)
}

/// Issues by kind, under the names that files use.
pub(super) fn issue_counts(loaded: &LoadedStudy) -> Vec<IssueCount> {
    let name =
        |kind| serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_owned));
    let counts = loaded.issues.counts().iter();
    counts
        .map(|(kind, &count)| IssueCount { kind: name(kind).unwrap_or_default(), count })
        .collect()
}
