//! One self-contained HTML report that an official can read, print and sign: verdicts, tables, maps, method, limits.
//!
//! No script, no request to anywhere, no clock: the same input gives the same bytes. All texts are in two
//! catalogues, `texts/en.toml` and `texts/zh.toml`; everything that comes from a study is escaped.

mod completeness;
pub mod language;
pub mod source;
mod number;
pub mod sheet;
pub mod sheets;
mod figure;
mod view;
mod html;
mod plan;
mod workbook;
mod pdf;

pub use completeness::completeness_lines;
pub use html::{ReportError, ReportInput, render_html};
pub use language::{Catalog, CatalogError, Language};
pub use pdf::{FontBook, PDF_SAMPLES, PdfError, set_pdf};
pub use plan::{
    AssignedReportInput, PlanReportInput, change_line, counted_label, newly_label, promise_line,
    proven, render_assigned_html, render_plan_html, walks_line,
};
pub use source::{InputRow, ReportSource};
pub use workbook::write_workbook;
