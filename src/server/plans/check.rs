//! A plan checked again from its file: its proof without the solver, and every home walked from its own door.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Plan, SOLUTION};
use crate::delivery::check::{Against, Case, Lent, Log, Studied, Wanted, check};
use crate::report::sheet::Both;
use crate::server::problem::{Problem, ProblemKind};
use crate::spatial::Area;

/// One thing that was checked.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PlanCheck)]
pub(in crate::server) struct Check {
    /// Whether it holds.
    holds: bool,
    /// What it is, in a sentence.
    text: String,
}

/// What came of checking a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Verified {
    /// Whether everything holds.
    valid: bool,
    /// What was checked.
    checks: Vec<Check>,
    /// What nobody checked, and why.
    not_checked: Vec<String>,
    /// The first thing found wrong.
    reason: Option<String>,
}

impl Plan {
    /// Checks the plan again, from its file alone and on the streets it was made for.
    ///
    /// # Errors
    /// When the file is gone or cannot be checked.
    pub(in crate::server) fn verified(&self) -> Result<Verified, Problem> {
        let app = self.app()?;
        let failed = |detail: String| Problem::new(ProblemKind::Failed, detail);
        let read =
            self.files.read(SOLUTION).ok_or_else(|| failed(format!("{SOLUTION} is gone")))?;
        let bytes = read.1.map_err(|fault| failed(fault.to_string()))?;
        let study = |wanted: Wanted| {
            let content = app.content();
            let water = content.water.iter().map(|water| water.area.clone());
            let fixed: Vec<Area> = match wanted {
                Wanted::Plain => Vec::new(),
                Wanted::Fixed => water.chain(content.buildings.iter().cloned()).collect(),
            };
            let (baseline, papers) = (Lent::Other(app.baseline()), self.papers.clone());
            Ok(Studied { baseline, papers, fixed })
        };
        let case = Case {
            bytes: &bytes,
            shown: SOLUTION.to_owned(),
            against: Against::Study(&study),
            other: app.meta().id.clone(),
            sample: None,
        };
        let mut log = Log::default();
        let checked = check(&case, &mut log)
            .map_err(|fault| Problem::new(ProblemKind::CannotRead, format!("{fault:#}")))?;
        let holds = |both: &Both| Check { holds: true, text: both.pick(self.language).to_owned() };
        let mut checks: Vec<Check> = log.held.iter().map(holds).collect();
        let told = |both: &Both| both.pick(self.language).to_owned();
        let reason = checked.err().map(|reject| told(&reject.both()));
        checks.extend(reason.clone().map(|text| Check { holds: false, text }));
        let not_checked = log.unchecked.iter().map(told).collect();
        Ok(Verified { valid: reason.is_none(), checks, not_checked, reason })
    }
}
