//! What a search finds on its way: told to the host, and kept on disk at once.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::ids::{Id, SiteId};
use crate::placement::{Improvement, Monitor};
use crate::store::Journal;

use super::host::{Host, News, Question, Scale};

/// Bounds that follow each other faster are not told one by one.
const BOUND_PAUSE: Duration = Duration::from_millis(100);

/// Listens to a search.
pub(crate) struct Watch<'a> {
    host: &'a dyn Host,
    keys: &'a [String],
    scale: Scale,
    begun: Instant,
    limit: Duration,
    question: Question,
    told: Mutex<Told>,
}

/// Where in a search an improvement stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    OnTheWay,
    Last,
}

struct Told {
    journal: Option<Journal>,
    value: Option<i64>,
    last: Option<Instant>,
    fault: Option<String>,
}

/// One line of `progress.jsonl`.
#[derive(Serialize)]
struct Line<'a> {
    seconds: f64,
    value: Option<f64>,
    bound: f64,
    gap: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sites: Option<Vec<&'a str>>,
}

impl<'a> Watch<'a> {
    /// Listens for `limit` from now on; better plans go to `journal`.
    pub(crate) fn new(
        host: &'a dyn Host,
        (keys, scale): (&'a [String], Scale),
        limit: Duration,
        journal: Option<Journal>,
    ) -> Self {
        // What is kept on disk is the plan itself.
        let question = if journal.is_some() { Question::Plan } else { Question::Aside };
        let told = Told { journal, value: None, last: None, fault: None };
        Self { host, keys, scale, begun: Instant::now(), limit, question, told: Mutex::new(told) }
    }

    /// Keeps the outcome too, and says when something could not be kept.
    pub(crate) fn finish(&self, last: &Improvement<'_>) {
        self.tell(last, Place::Last);
        self.close();
    }

    /// Says when something could not be kept.
    pub(crate) fn close(&self) {
        let fault = self.told.lock().ok().and_then(|mut told| told.fault.take());
        if let Some(fault) = fault {
            self.host.say(&format!("progress.jsonl could not be kept: {fault}"));
        }
    }

    fn tell(&self, best: &Improvement<'_>, place: Place) {
        let is_last = place == Place::Last;
        let Ok(mut told) = self.told.lock() else { return };
        let is_better = best.value != told.value;
        let is_soon = told.last.is_some_and(|last| last.elapsed() < BOUND_PAUSE);
        if !is_last && !is_better && is_soon {
            return;
        }
        (told.value, told.last) = (best.value, Some(Instant::now()));
        let seconds = self.begun.elapsed().as_secs_f64();
        let scaled = |value: i64| value as f64 / self.scale.divisor;
        let key = |site: &SiteId| self.keys[site.index()].as_str();
        let line = Line {
            seconds: (seconds * 1e3).round() / 1e3,
            value: best.value.map(scaled),
            bound: scaled(best.bound),
            gap: best.gap,
            sites: (is_better || is_last).then(|| best.chosen.iter().map(key).collect()),
        };
        if let Some(journal) = &mut told.journal
            && let Ok(text) = serde_json::to_string(&line)
            && let Err(error) = journal.push(&text)
        {
            told.fault = Some(error.to_string());
            told.journal = None;
        }
        self.host.improved(&News {
            question: self.question,
            seconds,
            value: line.value,
            bound: line.bound,
            gap: best.gap,
            unit: self.scale.unit,
        });
    }
}

impl Monitor for Watch<'_> {
    fn improved(&self, best: &Improvement<'_>) {
        self.tell(best, Place::OnTheWay);
    }

    fn is_cancelled(&self) -> bool {
        self.host.is_cancelled() || self.begun.elapsed() >= self.limit
    }
}
