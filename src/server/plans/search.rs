//! The search itself, made as the command line makes it: candidates, solver, files; its news go to the job.

use std::sync::{Arc, Mutex, PoisonError};

use super::told::{Shown, told};
use super::understood::Ask;
use super::words::in_members;
use super::{Plan, SOLUTION};
use crate::delivery::plan::{
    Desk, Host, Made, News, PLAN_PDF, PlanGround, ProblemKind, Question, make,
};
use crate::import::reason::find_chinese;
use crate::progress::{Progress, Stage};
use crate::report::{FontBook, Language};
use crate::scenario::Edit;
use crate::server::jobs::{Finished, JobFiles, JobHandle, Outcome};
use crate::server::routes::{papers_of, pdf_left_out};
use crate::server::scratch;
use crate::spatial::Area;
use crate::store::StoredScenario;

/// Finds a plan, writes its files and tells it.
///
/// # Errors
/// Why there is nothing to search, in a sentence.
pub(in crate::server) fn run(
    ask: Ask,
    scenario: Option<&StoredScenario>,
    handle: &JobHandle,
) -> Result<Finished, String> {
    let app = Arc::clone(&ask.app);
    let papers = papers_of(&app, scenario);
    let content = app.content();
    let fonts = FontBook::find();
    let left_out = pdf_left_out(&fonts, (PLAN_PDF, "plan.html"), ask.language);
    if let Some(note) = &left_out {
        handle.say(note);
    }
    let water: Vec<Area> = content.water.iter().map(|water| water.area.clone()).collect();
    let ground = PlanGround {
        baseline: app.baseline(),
        papers: &papers,
        water: &water,
        // Only gates look out for buildings.
        buildings: if ask.wish.goal.problem == ProblemKind::Gates {
            &content.buildings
        } else {
            &[]
        },
        language: ask.language,
        fonts: left_out.is_none().then_some(&fonts),
    };
    let folder = scratch::folder().map_err(|fault| fault.to_string())?;
    let bench = Bench { handle, ask: &ask, shown: Mutex::default(), rescued: Mutex::default() };
    let desk = Desk { ground: &ground, wish: &ask.wish, host: &bench, out: folder.path() };
    handle.name_step("reaching");
    let made = make(&desk);
    let shown = bench.shown.into_inner().unwrap_or_else(PoisonError::into_inner);
    let rescued = bench.rescued.into_inner().unwrap_or_else(PoisonError::into_inner);
    let files = match (made, rescued) {
        (Ok(_), _) => JobFiles::of(folder).map_err(|fault| fault.to_string())?,
        (Err(fault), Some(solution)) => {
            handle.say(&unwritten(&format!("{fault:#}"), ask.language));
            JobFiles::held(SOLUTION, solution)
        }
        (Err(fault), None) => return Err(in_members(&format!("{fault:#}"))),
    };
    let (result, edits) = shown.ok_or("the search ended without an answer")?;
    let files = Arc::new(files);
    let plan = Plan {
        base: Arc::downgrade(&ask.base),
        made_for: scenario.map(StoredScenario::scenario),
        scenario: ask.scenario,
        language: ask.language,
        edits,
        papers,
        files: Arc::clone(&files),
    };
    let result = Outcome::of(&result);
    Ok(Finished { result, files: Some(files), plan: Some(Arc::new(plan)) })
}

/// What is said of a plan whose files could not be written.
fn unwritten(fault: &str, language: Language) -> String {
    match language {
        Language::En => format!(
            "the plan is found, but its files could not be written: {fault}; {SOLUTION} is kept in memory, and the plan can \
             be taken into a scenario"
        ),
        Language::Zh => {
            let why = find_chinese(fault).unwrap_or_else(|| fault.to_owned());
            format!("方案已求得，但文件无法写出：{why}；{SOLUTION} 暂存于内存，方案仍可采纳为情景")
        }
    }
}

/// The job as whoever has a plan made.
struct Bench<'a> {
    handle: &'a JobHandle,
    ask: &'a Ask,
    shown: Mutex<Option<(serde_json::Value, Vec<Edit>)>>,
    /// What `solution.json` would hold, when it could not be written.
    rescued: Mutex<Option<Vec<u8>>>,
}

impl Progress for Bench<'_> {
    fn report(&self, stage: Stage, done: u64, total: u64) {
        self.handle.report(stage, done, total);
        if stage == Stage::Reaching && done == total {
            self.handle.name_step("solving");
        }
    }

    fn is_cancelled(&self) -> bool {
        self.handle.is_cancelled()
    }
}

impl Host for Bench<'_> {
    fn improved(&self, news: &News) {
        // A front is many searches, each with bounds of its own.
        if self.ask.wish.goal.problem == ProblemKind::Pareto {
            return;
        }
        // The years and their order are asked in other units.
        if let (Question::Plan, Some(value)) = (news.question, news.value) {
            self.handle.improve(value, (news.bound, news.gap));
        }
    }

    fn show(&self, made: &Made<'_>) -> anyhow::Result<()> {
        let shown = Shown { app: &self.ask.app, language: self.ask.language };
        let answer = told(shown, made, self.handle.seconds());
        if let Some((value, bound, gap)) = answer.proof() {
            self.handle.improve(value, (bound, gap));
        }
        let edits = super::edits::of(&self.ask.app, made);
        let mut kept = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((serde_json::to_value(&answer)?, edits));
        Ok(())
    }

    fn rescue(&self, made: &Made<'_>) -> anyhow::Result<()> {
        self.show(made)?;
        let mut kept = self.rescued.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(made.solution()?);
        Ok(())
    }
}
