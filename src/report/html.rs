//! From a view to the text of a page.

use std::sync::Arc;

use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use crate::audit::Audit;
use crate::scenario::Baseline;
use crate::spatial::Area;

use super::language::{Catalog, CatalogError, Language};
use super::source::ReportSource;
use super::view::{Scene, View};

/// What a report is made from.
#[derive(Clone, Copy, Debug)]
pub struct ReportInput<'a> {
    /// The study.
    pub baseline: &'a Baseline,
    /// Its audit.
    pub audit: &'a Audit,
    /// Where its numbers come from.
    pub source: &'a ReportSource,
    /// The language.
    pub language: Language,
    /// The day to print, as it should be printed; none when `None`, as nothing here looks at a clock.
    pub date: Option<&'a str>,
    /// Water to draw on the maps; may be empty.
    pub water: &'a [Area],
}

/// Why a report cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The texts cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The page cannot be filled in.
    #[error("the report cannot be filled in: {0}")]
    Template(#[from] Error),
    /// The file it goes to cannot be written to.
    #[error("the report cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

/// The report as one HTML page that refers to nothing outside itself.
///
/// The same input gives the same bytes.
///
/// # Errors
/// When the shipped texts or templates do not fit together; no study can cause it.
pub fn render_html(input: &ReportInput) -> Result<String, ReportError> {
    let texts = Arc::new(Catalog::load(input.language)?);
    let view = View::new(&Scene {
        baseline: input.baseline,
        audit: input.audit,
        source: input.source,
        texts: &texts,
        date: input.date,
        water: input.water,
    });
    let page = environment(texts)?.get_template("report.html")?.render(Serde(&view))?;
    Ok(page)
}

/// The templates, with `t(key, name=value …)` for texts. Everything is escaped unless marked safe.
pub(super) fn environment(texts: Arc<Catalog>) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let templates = [
        ("style.css", include_str!("templates/style.css")),
        ("parts.html", include_str!("templates/parts.html")),
        ("head.html", include_str!("templates/head.html")),
        ("facts.html", include_str!("templates/facts.html")),
        ("verdict.html", include_str!("templates/verdict.html")),
        ("sheets.html", include_str!("templates/sheets.html")),
        ("plan-end.html", include_str!("templates/plan-end.html")),
        ("inputs.html", include_str!("templates/inputs.html")),
        ("signatures.html", include_str!("templates/signatures.html")),
        ("rule.html", include_str!("templates/rule.html")),
        ("composite.html", include_str!("templates/composite.html")),
        ("basis.html", include_str!("templates/basis.html")),
        ("plan.html", include_str!("templates/plan.html")),
        ("assigned.html", include_str!("templates/assigned.html")),
        ("report.html", include_str!("templates/report.html")),
    ];
    for (name, text) in templates {
        environment.add_template(name, text)?;
    }
    environment.add_function("t", move |key: &str, values: Kwargs| say(&texts, key, &values));
    Ok(environment)
}

fn say(texts: &Catalog, key: &str, values: &Kwargs) -> Result<String, Error> {
    if texts.find(key).is_none() {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("no text for {key:?}")));
    }
    let mut filled: Vec<(&str, String)> = Vec::new();
    for name in values.args() {
        filled.push((name, values.get::<Value>(name)?.to_string()));
    }
    let pairs: Vec<(&str, &str)> =
        filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(texts.fill(key, &pairs))
}
