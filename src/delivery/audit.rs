//! The files of an audit.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::audit::Audit;
use crate::export::{
    self, DemandDetail, ExportResult, IssueCount, Provenance, Results, StudyRecord,
};
use crate::progress::{Cancelled, Progress, Stage};
use crate::report::{
    FontBook, Language, PdfError, ReportError, ReportInput, ReportSource, render_html, set_pdf,
    write_workbook,
};
use crate::scenario::Baseline;
use crate::spatial::Area;
use crate::store::{Outputs, StoreError};

type Writer = fn(&mut dyn Write, &Results) -> ExportResult;

/// The files besides the report, in the order they are written.
const FILES: [(&str, Writer); 8] = [
    ("audit.json", export::write_audit),
    ("zones.geojson", export::write_zones),
    ("demand.geojson", |out, results| export::write_demand(out, results, DemandDetail::Times)),
    ("gaps.geojson", export::write_gaps),
    ("facilities.geojson", export::write_facilities),
    ("zones.csv", export::write_zones_csv),
    ("gaps.csv", export::write_gaps_csv),
    ("statement.csv", export::write_statement),
];

/// What the files say besides the numbers: where these come from.
#[derive(Clone, Debug, Default)]
pub struct Papers {
    /// The study and its inputs, for exports.
    pub record: StudyRecord,
    /// The same for reports.
    pub source: ReportSource,
    /// What was noticed about the inputs, by kind.
    pub issues: Vec<IssueCount>,
}

/// A file written only when asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extra {
    /// All layers in one GeoPackage: `walkshed.gpkg`.
    Geopackage,
    /// Tables for a spreadsheet program: `tables.xlsx`.
    Workbook,
    /// The report on A4 pages: `report.pdf`.
    Pdf,
}

/// What is written, and how.
#[derive(Clone, Copy, Debug)]
pub struct AuditFiles<'a> {
    /// The study.
    pub baseline: &'a Baseline,
    /// Its audit.
    pub audit: &'a Audit,
    /// Where the numbers come from.
    pub papers: &'a Papers,
    /// Water to draw on the maps of the report.
    pub water: &'a [Area],
    /// The language of what people read.
    pub language: Language,
    /// Files besides the usual ones.
    pub extras: &'a [Extra],
}

/// Why files could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The disk refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The report cannot be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The report cannot be set as PDF.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// A text cannot be written.
    #[error(transparent)]
    Write(#[from] std::io::Error),
    /// The user asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Writes every file of an audit into `outputs`, which are then to be committed.
///
/// # Errors
/// When the disk is full or refuses, a report cannot be made, or the user asked to stop.
pub fn write_audit_files(
    outputs: &Outputs,
    asked: &AuditFiles,
    progress: &dyn Progress,
) -> Result<(), DeliveryError> {
    let provenance = Provenance::new(asked.papers.record.clone(), asked.baseline);
    let results = asked.results(&provenance);
    let mut files = FILES.to_vec();
    if asked.extras.contains(&Extra::Geopackage) {
        files.push(("walkshed.gpkg", export::write_geopackage));
    }
    let total = (FILES.len() + 1 + asked.extras.len()) as u64;
    progress.step(Stage::Writing, 0, total)?;
    let done = AtomicU64::new(0);
    let tick = || progress.step(Stage::Writing, done.fetch_add(1, Ordering::Relaxed) + 1, total);
    let (reports, written) = rayon::join(
        || asked.write_reports(outputs, (&tick, progress)),
        || {
            files.par_iter().try_for_each(|(name, write)| -> Result<(), DeliveryError> {
                let mut file = outputs.create(name)?;
                write(&mut file, &results).map_err(|error| file.error(error))?;
                file.finish()?;
                Ok(tick()?)
            })
        },
    );
    reports?;
    written
}

/// The text of `audit.json`.
///
/// # Errors
/// When there is no memory for it.
pub fn audit_json(
    baseline: &Baseline,
    audit: &Audit,
    papers: &Papers,
) -> Result<Vec<u8>, DeliveryError> {
    let provenance = Provenance::new(papers.record.clone(), baseline);
    let results = Results { baseline, audit, provenance: &provenance, issues: &papers.issues };
    let mut bytes = Vec::new();
    export::write_audit(&mut bytes, &results)?;
    Ok(bytes)
}

impl<'a> AuditFiles<'a> {
    fn results(&self, provenance: &'a Provenance) -> Results<'a> {
        let Self { baseline, audit, papers, .. } = *self;
        Results { baseline, audit, provenance, issues: &papers.issues }
    }

    fn write_reports(
        &self,
        outputs: &Outputs,
        (tick, progress): (&dyn Fn() -> Result<(), Cancelled>, &dyn Progress),
    ) -> Result<(), DeliveryError> {
        let input = ReportInput {
            baseline: self.baseline,
            audit: self.audit,
            source: &self.papers.source,
            language: self.language,
            date: None,
            water: self.water,
        };
        let page = render_html(&input)?;
        outputs.write("report.html", page.as_bytes())?;
        tick()?;
        if self.extras.contains(&Extra::Pdf) {
            let fonts = FontBook::find();
            outputs.write("report.pdf", &set_pdf(&page, &fonts)?)?;
            let lacking = fonts.lacking(&page);
            if !lacking.is_empty() {
                progress.say(&printed_as_missing(&lacking, ("report.pdf", self.language)));
            }
            tick()?;
        }
        if self.extras.contains(&Extra::Workbook) {
            let mut file = outputs.create("tables.xlsx")?;
            write_workbook(&mut file, &input)?;
            file.finish()?;
            tick()?;
        }
        Ok(())
    }
}

/// What is said of characters that no font has.
pub(super) fn printed_as_missing(lacking: &[char], (file, language): (&str, Language)) -> String {
    let list: Vec<String> = lacking.iter().take(40).map(char::to_string).collect();
    let list = list.join(" ");
    match language {
        Language::En => format!(
            "{file} prints 〓 for characters that no font has: {list}; install a font with them and run again"
        ),
        Language::Zh => {
            format!("{file} 中以 〓 代替字体所缺的字符：{list}；安装含这些字符的字体后重新运行")
        }
    }
}
