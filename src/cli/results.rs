//! The files of an audit.

use std::path::Path;

use crate::audit::Audit;
use crate::delivery::{AuditFiles, Extra, Papers, audit_json, write_audit_files};
use crate::export::{InputRecord, IssueCount, Provenance, StudyRecord};
use crate::import::load::LoadedStudy;
use crate::import::study_file::Language as StudyLanguage;
use crate::report::{InputRow, Language, ReportSource};
use crate::store::Outputs;

use super::args::{AuditFormat, Lang};
use super::console::Console;

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
    let outputs = Outputs::begin(wanted.out)?;
    let mut extras: Vec<Extra> = wanted.formats.iter().map(|&format| extra(format)).collect();
    extras.sort_unstable();
    extras.dedup();
    let water: Vec<_> = loaded.basemap.water_areas.iter().map(|water| water.area.clone()).collect();
    let files = AuditFiles {
        baseline: &loaded.baseline,
        audit,
        papers: &papers_of(loaded),
        water: &water,
        language: report_language(wanted.lang),
        extras: &extras,
    };
    write_audit_files(&outputs, &files, console)?;
    outputs.commit()?;
    audit_text(loaded, audit)
}

const fn extra(format: AuditFormat) -> Extra {
    match format {
        AuditFormat::Gpkg => Extra::Geopackage,
        AuditFormat::Xlsx => Extra::Workbook,
        AuditFormat::Pdf => Extra::Pdf,
    }
}

/// The text of `audit.json`.
pub(super) fn audit_text(loaded: &LoadedStudy, audit: &Audit) -> anyhow::Result<String> {
    Ok(String::from_utf8(audit_json(&loaded.baseline, audit, &papers_of(loaded))?)?)
}

/// Where the numbers of a loaded study come from, for every file.
pub(super) fn papers_of(loaded: &LoadedStudy) -> Papers {
    Papers {
        record: record_of(loaded),
        source: report_source(loaded),
        issues: issue_counts(loaded),
    }
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
    Provenance::new(record_of(loaded), &loaded.baseline)
}

fn record_of(loaded: &LoadedStudy) -> StudyRecord {
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
    StudyRecord {
        study: title_of(loaded),
        study_hash: loaded.fingerprint.study_hash.clone(),
        language: language.to_owned(),
        inputs: inputs.chain(scenario).collect(),
    }
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
