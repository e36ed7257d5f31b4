//! The study that a plan is made of, and who has it made.

use anyhow::{Context, bail};

use crate::export::Provenance;
use crate::import::toml_check::suggestion;
use crate::placement::Measure;
use crate::progress::Progress;
use crate::reach::LinkedWalker;
use crate::report::{FontBook, Language, set_pdf};
use crate::scenario::Baseline;
use crate::spatial::Area;
use crate::store::Outputs;

use super::super::Papers;
use super::super::audit::printed_as_missing;
use super::opening::Opening;
use super::{assign_write, write};

/// The report on A4 pages.
pub(crate) const PLAN_PDF: &str = "plan.pdf";

/// The study that a plan is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlanGround<'a> {
    /// The study, as its scenario has it.
    pub(crate) baseline: &'a Baseline,
    /// Where its numbers come from.
    pub(crate) papers: &'a Papers,
    /// Water: drawn on the maps of the report, and no gate leads through it.
    pub(crate) water: &'a [Area],
    /// Buildings: no gate leads through one.
    pub(crate) buildings: &'a [Area],
    /// The language of what people read.
    pub(crate) language: Language,
    /// Fonts for the report on A4 pages; it is not written without.
    pub(crate) fonts: Option<&'a FontBook>,
}

impl<'a> PlanGround<'a> {
    /// Hash of the study.
    pub(crate) fn study_hash(&self) -> &'a str {
        &self.papers.record.study_hash
    }

    /// Where the numbers come from, for files.
    pub(crate) fn provenance(&self) -> Provenance {
        Provenance::new(self.papers.record.clone(), self.baseline)
    }

    /// Writes the report as a page and, with fonts, on A4 pages.
    pub(super) fn write_report(
        &self,
        outputs: &Outputs,
        (page, progress): (&str, &dyn Progress),
    ) -> anyhow::Result<()> {
        outputs.write("plan.html", page.as_bytes())?;
        if let Some(fonts) = self.fonts {
            outputs.write(PLAN_PDF, &set_pdf(page, fonts)?)?;
            let lacking = fonts.lacking(page);
            if !lacking.is_empty() {
                progress.say(&printed_as_missing(&lacking, (PLAN_PDF, self.language)));
            }
        }
        Ok(())
    }

    /// The walker of `profile`, or the study's first.
    pub(crate) fn walker_of(&self, profile: Option<&str>) -> anyhow::Result<&'a LinkedWalker> {
        walker_of(self.baseline, profile)
    }
}

/// The walker of `profile`, or the study's first.
pub(crate) fn walker_of<'a>(
    baseline: &'a Baseline,
    profile: Option<&str>,
) -> anyhow::Result<&'a LinkedWalker> {
    let walkers = baseline.walkers();
    let Some(id) = profile else { return walkers.first().context("the study has no walk profile") };
    let known: Vec<&str> = walkers.iter().map(|walker| walker.profile.id.as_str()).collect();
    match baseline.find_walker(id) {
        Some(walker) => Ok(walker),
        None => bail!("no walk profile {id:?} in this study{}", suggestion(id, &known)),
    }
}

/// How values are written: weights as people, payments as sites or cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    /// What one unit of value is divided by.
    pub(crate) divisor: f64,
    /// What it then counts.
    pub(crate) unit: &'static str,
}

impl Scale {
    /// That of a measure.
    pub(crate) const fn of(measure: Measure) -> Self {
        Self { divisor: measure.divisor(), unit: measure.unit() }
    }
}

/// Which question a search answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// That of the plan itself.
    Plan,
    /// One on the way: the most by the end of a year, the order of the years.
    Aside,
}

/// What a search has found so far, as people read it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct News {
    pub(crate) question: Question,
    /// Seconds since the search began.
    pub(crate) seconds: f64,
    /// The best value so far, if there is a plan.
    pub(crate) value: Option<f64>,
    /// No plan is better.
    pub(crate) bound: f64,
    /// The gap between the two, 0 to 1.
    pub(crate) gap: f64,
    /// What value and bound count.
    pub(crate) unit: &'static str,
}

/// A plan as it was found, its files written.
pub(crate) enum Made<'a> {
    /// Who is within a cutoff, or the least sites for them; perhaps over several years.
    Cover { outcome: &'a write::Outcome<'a>, file: &'a crate::import::plan_file::PlanFile },
    /// Everybody walks to the nearest.
    Assigned {
        outcome: &'a assign_write::Outcome<'a>,
        file: &'a crate::import::assign_file::AssignFile,
    },
    /// Solved as a program.
    Program {
        outcome: &'a write::Outcome<'a>,
        file: &'a crate::import::program_file::ProgramFile,
        opens: &'a [Opening],
    },
}

impl Made<'_> {
    /// What `solution.json` holds.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub(crate) fn solution(&self) -> serde_json::Result<Vec<u8>> {
        match self {
            Self::Cover { file, .. } => serde_json::to_vec(file),
            Self::Assigned { file, .. } => serde_json::to_vec(file),
            Self::Program { file, .. } => serde_json::to_vec(file),
        }
    }
}

/// Who has a plan made: hears of the search, may stop it, is shown the plan.
pub(crate) trait Host: Progress {
    /// A better plan or bound was found.
    fn improved(&self, news: &News);

    /// The plan, its files on disk.
    ///
    /// # Errors
    /// When it cannot be shown.
    fn show(&self, made: &Made<'_>) -> anyhow::Result<()>;

    /// The plan, whose files could not be written.
    ///
    /// # Errors
    /// When it cannot be shown.
    fn rescue(&self, made: &Made<'_>) -> anyhow::Result<()>;
}

/// Shows a plan. When its files could not be written, it is handed over all the same: the search may have taken hours.
pub(super) fn hand_over(
    host: &dyn Host,
    made: &Made<'_>,
    written: anyhow::Result<()>,
) -> anyhow::Result<()> {
    if written.is_ok() {
        return host.show(made);
    }
    host.rescue(made)?;
    written
}
