//! Rows of a list that came to nothing: few are told, many stop the reading.

use super::table::FeatureTable;
use super::{ImportError, IssueLog};

/// A list that loses more than one row in so many is not read without being told to.
const LOST_SHARE: usize = 10;
/// Most lost rows that a message names.
const NAMED_MAX: usize = 8;

/// What happens when a list loses more than a tenth of its rows or of its people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OnLoss {
    /// Each lost row is an issue; nothing more.
    #[default]
    Tell,
    /// Reading stops; the message names rows, values and sums.
    Stop,
}

/// People of a list: in the rows that were lost, and in all.
pub(super) struct PeopleOfRows {
    pub(super) lost: f64,
    pub(super) all: f64,
}

/// Refuses `table` when more than a tenth of its rows or `people` are lost, or all of them; a row with too many cells is
/// a lost one.
pub(super) fn check_losses(
    on_loss: OnLoss,
    (table, is_kept): (&FeatureTable, &[bool]),
    people: Option<PeopleOfRows>,
    issues: &IssueLog,
) -> Result<(), ImportError> {
    let unread: Vec<usize> = (0..is_kept.len()).filter(|&row| !is_kept[row]).collect();
    let (all, lost) = (is_kept.len() + table.ragged.len(), unread.len() + table.ragged.len());
    let people_lost =
        people.as_ref().is_some_and(|people| people.lost * LOST_SHARE as f64 > people.all);
    let is_much = lost * LOST_SHARE > all || people_lost;
    if on_loss == OnLoss::Tell || lost == 0 || !is_much {
        return Ok(());
    }
    let why = |row: &str| {
        let mut of_row = issues.issues().iter().filter(|issue| issue.feature == row);
        of_row.next_back().map_or("", |issue| issue.reason.as_str())
    };
    let ragged = table.ragged.iter().map(|row| format!("{}: {}", row.name, row.reason));
    let unread = unread.iter().map(|&at| {
        let name = &table.rows[at].name;
        format!("{name}: {}", why(name))
    });
    let mut named: Vec<String> = ragged.chain(unread).take(NAMED_MAX).collect();
    if lost > NAMED_MAX {
        named.push(format!("and {} more", lost - NAMED_MAX));
    }
    let sum = people.map_or(String::new(), |people| {
        format!(", {} of {} people", rounded(people.lost), rounded(people.all))
    });
    let reason = format!(
        "{lost} of {all} rows are lost{sum}: {}. Correct them, or go on without them with --accept-losses (or \
         accept_losses = true for this input in study.toml)",
        named.join(" | ")
    );
    Err(ImportError::Lossy { path: table.path.clone(), reason })
}

/// A number of people as messages write it.
fn rounded(persons: f64) -> f64 {
    (persons * 100.0).round() / 100.0
}
