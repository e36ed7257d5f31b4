//! What every command shares: language, threads, progress, messages, Ctrl-C.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use crate::import::cache::CacheUse;
use crate::import::load::{LoadWants, MapDetail};
use crate::import::study_file::Study;
use crate::progress::{Progress, Stage};

use super::args::{Common, Lang};
use super::audit::study_lang;
use super::text::{Word, say};
use super::tongue;

/// The terminal, as one command sees it.
pub(super) struct Console {
    common: Common,
    cancelled: Arc<AtomicBool>,
    bar: Option<ProgressBar>,
    last: Mutex<Option<Stage>>,
    /// The language of the study, once one is known.
    learned: OnceLock<Lang>,
}

impl Console {
    /// A console for the options given.
    pub(super) fn new(common: &Common) -> Self {
        let on_terminal = std::io::stderr().is_terminal();
        let bar = (on_terminal && !common.quiet).then(|| {
            let bar = ProgressBar::new(1);
            if let Ok(style) =
                ProgressStyle::with_template("{msg:28} {wide_bar} {percent:>3}% {elapsed:>5}")
            {
                bar.set_style(style);
            }
            bar
        });
        Self {
            common: common.clone(),
            cancelled: Arc::default(),
            bar,
            last: Mutex::default(),
            learned: OnceLock::new(),
        }
    }

    /// Sets up threads and Ctrl-C.
    pub(super) fn start(&self) -> anyhow::Result<()> {
        if let Some(threads) = self.common.threads {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads));
            pool.build_global().context("cannot start the worker threads")?;
        }
        let flag = Arc::clone(&self.cancelled);
        ctrlc::set_handler(move || {
            // A second Ctrl-C does not wait for the step to end.
            if flag.swap(true, Ordering::SeqCst) {
                std::process::exit(2);
            }
        })
        .context("cannot listen for Ctrl-C")
    }

    /// The language asked for, or `otherwise`.
    pub(super) fn lang_or(&self, otherwise: Lang) -> Lang {
        self.common.lang.unwrap_or(otherwise)
    }

    /// The language asked for, or that of the study, which messages and errors follow from now on.
    pub(super) fn lang_of(&self, study: &Study) -> Lang {
        let lang = study_lang(study);
        // The first study is the one that the command is about.
        self.learned.get_or_init(|| lang);
        self.lang_or(lang)
    }

    /// The language of messages and errors.
    fn spoken(&self) -> Lang {
        self.lang_or(self.learned.get().copied().unwrap_or(Lang::En))
    }

    /// What is loaded of a study: `detail`, by way of the network cache unless the user says no.
    pub(super) fn wants(&self, detail: MapDetail) -> LoadWants {
        let cache = if self.common.no_cache { CacheUse::Never } else { CacheUse::BesideStudy };
        LoadWants { detail, cache, accept_losses: self.common.accept_losses }
    }

    /// What is loaded of a study: `detail`, always from the inputs.
    pub(super) fn fresh(&self, detail: MapDetail) -> LoadWants {
        LoadWants { accept_losses: self.common.accept_losses, ..LoadWants::from(detail) }
    }

    /// Whether lists are taken whatever they lose.
    pub(super) fn accepts_losses(&self) -> bool {
        self.common.accept_losses
    }

    /// Whether JSON was asked for.
    pub(super) fn json(&self) -> bool {
        self.common.json
    }

    /// Prints a result to standard output.
    pub(super) fn print(&self, text: &str) -> anyhow::Result<()> {
        self.print_bytes(text.as_bytes())
    }

    /// Prints a file to standard output.
    pub(super) fn print_bytes(&self, bytes: &[u8]) -> anyhow::Result<()> {
        self.clear();
        let mut out = std::io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).context("cannot print the result")
    }

    /// Prints a value as JSON to standard output.
    pub(super) fn print_json(&self, value: &impl serde::Serialize) -> anyhow::Result<()> {
        self.print(&format!("{}\n", serde_json::to_string_pretty(value)?))
    }

    /// Says something beside the result, on standard error.
    pub(super) fn say(&self, text: &str) {
        self.clear();
        if !self.common.quiet {
            let text = tongue::message(self.spoken(), text);
            // Nobody is left to tell when standard error itself cannot be written.
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// Prints an error, one line per cause.
    pub(super) fn error(&self, error: &anyhow::Error) {
        self.clear();
        let mut err = std::io::stderr();
        let mut told = String::new();
        for (depth, cause) in error.chain().enumerate() {
            let line = cause.to_string();
            // Messages that already tell their cause say it once.
            if !told.contains(&line) {
                let lang = self.spoken();
                let lead = say(lang, if depth == 0 { Word::Error } else { Word::Because });
                let _ = writeln!(err, "{lead}{}", tongue::message(lang, &line));
            }
            told = line;
        }
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Whether the reader of our output has gone, which is not our failure.
pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = |cause: &(dyn std::error::Error + 'static)| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    };
    error.chain().any(io)
}

fn stage_name(lang: Lang, stage: Stage) -> &'static str {
    let word = match stage {
        Stage::Reading => Word::Reading,
        Stage::Building => Word::Building,
        Stage::Linking => Word::Linking,
        Stage::Reaching => Word::Reaching,
        Stage::Assessing => Word::Assessing,
        Stage::Writing => Word::Writing,
    };
    say(lang, word)
}

impl Progress for Console {
    fn report(&self, stage: Stage, done: u64, total: u64) {
        if let Some(bar) = &self.bar {
            bar.set_message(stage_name(self.spoken(), stage));
            bar.set_length(total.max(1));
            bar.set_position(done);
            return;
        }
        let Ok(mut last) = self.last.lock() else { return };
        if *last != Some(stage) && !self.common.quiet {
            let _ = writeln!(std::io::stderr(), "{} …", stage_name(self.spoken(), stage));
        }
        *last = Some(stage);
    }

    fn say(&self, text: &str) {
        Self::say(self, text);
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }
}
