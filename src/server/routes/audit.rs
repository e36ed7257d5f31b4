//! `…/audit`: the audit as the command line writes it, and a job that makes one with all its files.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::audit::Audit;
use crate::delivery::{AuditFiles, DeliveryError, Extra, Papers, write_audit_files};
use crate::export::{Archive, InputRecord};
use crate::progress::Progress as _;
use crate::report::{FontBook, InputRow, Language, PDF_SAMPLES};
use crate::server::Server;
use crate::server::app::App;
use crate::server::ask::{Asked, JSON, MaybeBody, Opened, Parameters, fresh, reply};
use crate::server::describe::{NoParameters, StudyPath};
use crate::server::jobs::{Busy, Finished, JobFiles, JobHandle, JobKind, Outcome};
use crate::server::problem::{Problem, ProblemKind, Refusals};
use crate::server::scratch;
use crate::server::study::Study;
use crate::store::{Outputs, StoredScenario};

/// What is written besides the usual files; the PDF too, when there is a font for it.
const EXTRAS: [Extra; 3] = [Extra::Geopackage, Extra::Workbook, Extra::Pdf];
/// The file that holds all others.
const ALL: &str = "audit.zip";

/// The audit of the study, byte for byte as the command line writes `audit.json`
#[utoipa::path(
    get, path = "/api/v1/studies/{study}/audit", tag = "results", params(StudyPath),
    responses((status = 200, description = "The audit", body = Object), Refusals)
)]
pub(in crate::server) async fn show(asked: Asked<NoParameters>) -> Response {
    match asked.study.baseline().audit_json() {
        Some(body) => fresh(JSON, body),
        None => Problem::not_found(
            "this study was served without an audit; POST …/audit makes one as a job",
        )
        .into_response(),
    }
}

/// What is to be audited.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct AuditRequest {
    /// Id of a scenario; the baseline when absent.
    scenario: Option<String>,
    /// `zh` or `en`; the study's language when absent.
    language: Option<AuditLanguage>,
}

/// The language of the report.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::server) enum AuditLanguage {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// A job that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::server) struct Started {
    /// Its id; see `/api/v1/jobs/{job}`.
    pub(in crate::server) id: String,
}

/// Assess every rule as a job, and write every file
///
/// The job's result is `audit.json`; its files are those of `walkshed audit` with GeoPackage, workbook and PDF (when
/// there is a font for the language), and `audit.zip` with all of them.
#[utoipa::path(
    post, path = "/api/v1/studies/{study}/audit", tag = "jobs", params(StudyPath),
    request_body = Option<AuditRequest>,
    responses((status = 202, description = "The job", body = Started), Refusals)
)]
pub(in crate::server) async fn start(
    State(server): State<Arc<Server>>,
    Opened(study): Opened,
    Path(id): Path<String>,
    _: Parameters<NoParameters>,
    MaybeBody(request): MaybeBody<AuditRequest>,
) -> Response {
    let started = scenario_of(&study, request.scenario.as_deref()).and_then(|scenario| {
        let job = server.jobs.start(JobKind::Audit, Some(id), move |handle| {
            run(&study, (scenario.as_ref(), request.language), handle)
        });
        job.map_err(|Busy(why)| Problem::new(ProblemKind::Busy, why))
    });
    reply(StatusCode::ACCEPTED, started.map(|job| Started { id: job.to_string() }))
}

/// The scenario that is named, when one is.
pub(in crate::server) fn scenario_of(
    study: &Study,
    id: Option<&str>,
) -> Result<Option<StoredScenario>, Problem> {
    id.map(|id| study.scenarios().get(id)).transpose()
}

fn run(
    study: &Study,
    (scenario, language): (Option<&StoredScenario>, Option<AuditLanguage>),
    handle: &JobHandle,
) -> Result<Finished, String> {
    let id = scenario.map(|scenario| scenario.id.to_string());
    let app = study.as_in(id.as_deref()).map_err(|problem| problem.detail)?;
    let audit = Audit::run(app.baseline(), handle).map_err(|fault| fault.to_string())?;
    let papers = papers_of(&app, scenario);
    let said = |fault: DeliveryError| fault.to_string();
    let folder = scratch::folder().map_err(|fault| said(fault.into()))?;
    let outputs = Outputs::begin(folder.path()).map_err(|fault| said(fault.into()))?;
    let language = match (language, app.meta().language.as_str()) {
        (Some(AuditLanguage::Zh), _) | (None, "zh") => Language::Zh,
        _ => Language::En,
    };
    let left_out = pdf_left_out(&FontBook::find(), ("report.pdf", "report.html"), language);
    if let Some(note) = &left_out {
        handle.say(note);
    }
    let water: Vec<_> = app.content().water.iter().map(|water| water.area.clone()).collect();
    let files = AuditFiles {
        baseline: app.baseline(),
        audit: &audit,
        papers: &papers,
        water: &water,
        language,
        extras: if left_out.is_none() { &EXTRAS } else { &EXTRAS[..2] },
    };
    write_audit_files(&outputs, &files, handle).map_err(said)?;
    outputs.commit().map_err(|fault| said(fault.into()))?;
    pack(folder.path()).map_err(|fault| said(fault.into()))?;
    let files = JobFiles::of(folder).map_err(|fault| said(fault.into()))?;
    let result = Outcome::InFile("audit.json");
    Ok(Finished { result, files: Some(Arc::new(files)), ..Finished::default() })
}

/// Why there will be no PDF, in the language of the report; nothing when there will be one.
pub(in crate::server) fn pdf_left_out(
    fonts: &FontBook,
    (pdf, page): (&str, &str),
    language: Language,
) -> Option<String> {
    let why = fonts.check(language.pick(PDF_SAMPLES.0, PDF_SAMPLES.1)).err()?;
    Some(match language {
        Language::En => format!("{pdf} is left out: {why}"),
        Language::Zh => format!(
            "没有写出 {pdf}：没有含所需字形的字体。请先构建页面（`make web`）再构建程序，或安装 \
             fonts-noto-cjk 等字体包；{page} 不受影响，可直接打印"
        ),
    })
}

/// Puts everything in a folder into one archive there.
fn pack(folder: &std::path::Path) -> std::io::Result<()> {
    let mut names: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let mut out = std::io::BufWriter::new(std::fs::File::create(folder.join(ALL))?);
    let mut archive = Archive::new(&mut out);
    for name in &names {
        archive.add(name, &std::fs::read(folder.join(name))?)?;
    }
    archive.finish()
}

/// Where the numbers come from; a scenario is an input like the others.
pub(in crate::server) fn papers_of(app: &App, scenario: Option<&StoredScenario>) -> Papers {
    let mut papers = app.papers().clone();
    let Some(scenario) = scenario else { return papers };
    let edits = serde_json::to_string(&scenario.scenario().edits).unwrap_or_default();
    let sha256 = crate::import::hash::text_sha256(&edits);
    let path = scenario.name.clone();
    papers.record.study = format!("{} – {}", papers.record.study, scenario.name);
    papers.source.study_name = format!("{} – {}", papers.source.study_name, scenario.name);
    papers.record.inputs.push(InputRecord {
        role: "scenario".to_owned(),
        path: path.clone(),
        sha256: sha256.clone(),
        bytes: edits.len() as u64,
        ..InputRecord::default()
    });
    papers.source.inputs.push(InputRow {
        role: "scenario".to_owned(),
        path,
        sha256,
        ..InputRow::default()
    });
    papers
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: (&str, &str) = ("report.pdf", "report.html");

    #[test]
    fn a_pdf_that_is_left_out_is_told_in_the_language_of_the_report() {
        let none = FontBook::of_files(&[]);
        let told = pdf_left_out(&none, REPORT, Language::En).unwrap();
        assert!(told.contains("report.pdf is left out") && told.contains("make web"), "{told}");
        assert!(pdf_left_out(&none, REPORT, Language::Zh).unwrap().contains("没有写出 report.pdf"));
    }
}
