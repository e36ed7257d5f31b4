//! The terminal as whoever has a plan made.

use std::path::Path;

use crate::delivery::plan::{Host, Made, News, assign_short, cover_short, program_short};
use crate::progress::{Progress, Stage};

use super::super::args::Lang;
use super::super::console::Console;
use super::{assign_text, table};

/// The terminal, and where the files go.
#[derive(Clone, Copy)]
pub(super) struct Terminal<'a> {
    pub(super) console: &'a Console,
    pub(super) lang: Lang,
    pub(super) out: &'a Path,
}

impl Progress for Terminal<'_> {
    fn report(&self, stage: Stage, done: u64, total: u64) {
        self.console.report(stage, done, total);
    }

    fn say(&self, text: &str) {
        self.console.say(text);
    }

    fn is_cancelled(&self) -> bool {
        self.console.is_cancelled()
    }
}

impl Host for Terminal<'_> {
    fn improved(&self, news: &News) {
        let value = news.value.map_or("–".to_owned(), |value| format!("{value:.1}"));
        self.console.say(&format!(
            "{:7.1} s  value {value}  bound {:.1} {}  gap {:.2} %",
            news.seconds,
            news.bound,
            news.unit,
            news.gap * 100.0
        ));
    }

    fn show(&self, made: &Made<'_>) -> anyhow::Result<()> {
        self.rescue(made)?;
        if !self.console.json() {
            self.console.say(&format!("written to {}", self.out.display()));
        }
        Ok(())
    }

    fn rescue(&self, made: &Made<'_>) -> anyhow::Result<()> {
        if self.console.json() {
            return self.console.print_json(&match made {
                Made::Cover { file, .. } => cover_short(file),
                Made::Assigned { file, .. } => assign_short(file),
                Made::Program { file, outcome, .. } => program_short(file, outcome.proof),
            });
        }
        self.console.print(&match made {
            Made::Cover { outcome, .. } | Made::Program { outcome, .. } => {
                table::plan(outcome, self.lang)
            }
            Made::Assigned { outcome, .. } => assign_text::plan(outcome, self.lang),
        })
    }
}
