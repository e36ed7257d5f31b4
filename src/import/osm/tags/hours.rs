//! Opening hours, as far as a walker through a gate needs them: always, never, or at times
//! (<https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification>).

/// When something is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hours {
    /// Around the clock, every day.
    Always,
    /// Shut for good.
    Never,
    /// At some times, or not known when.
    AtTimes,
}

const DAYS: [&str; 7] = ["mo", "tu", "we", "th", "fr", "sa", "su"];
const WHOLE_WEEK: u8 = 0x7f;

/// The hours that `text` tells: `24/7` and its spellings (`Mo-Su 00:00-24:00`, `Mo-Fr 00:00-24:00; Sa,Su
/// 00:00-24:00`) are always, `off` and `closed` never, all else at times.
pub fn hours_of(text: &str) -> Hours {
    let lower = without_comments(&text.to_lowercase());
    // Each day as the last rule that names it has it.
    let (mut open, mut shut) = (0_u8, 0_u8);
    for rule in lower.split([';', '|']).map(str::trim).filter(|rule| !rule.is_empty()) {
        let Some((days, is_open)) = whole_days_of(rule) else { return Hours::AtTimes };
        if is_open {
            (open, shut) = (open | days, shut & !days);
        } else {
            (open, shut) = (open & !days, shut | days);
        }
    }
    match (open, shut) {
        (WHOLE_WEEK, _) => Hours::Always,
        (0, WHOLE_WEEK) => Hours::Never,
        _ => Hours::AtTimes,
    }
}

/// Leaves out `"comments"`.
fn without_comments(text: &str) -> String {
    text.split('"').step_by(2).collect()
}

/// The days, a bit each, that a rule opens around the clock or shuts; `None` when it is about parts of days, of
/// the year, or about holidays alone.
fn whole_days_of(rule: &str) -> Option<(u8, bool)> {
    let (rule, is_open) = ["off", "closed"]
        .iter()
        .find_map(|word| rule.strip_suffix(word))
        .map_or((rule.strip_suffix("open").unwrap_or(rule), true), |rest| (rest, false));
    let rule = ["24/7", "jan-dec"].iter().fold(rule.trim(), |rest, all| {
        rest.strip_prefix(all).map_or(rest, |rest| rest.trim_start_matches(':').trim())
    });
    let days = ["00:00-24:00", "0:00-24:00", "00:00-00:00", "00:00-23:59", "00:00+"]
        .iter()
        .find_map(|whole| rule.strip_suffix(whole))
        .unwrap_or(rule)
        .trim()
        .trim_end_matches(':');
    Some((if days.is_empty() { WHOLE_WEEK } else { days_of(days)? }, is_open))
}

/// `mo-fr,su` as bits; public and school holidays beside days of the week are left out.
fn days_of(text: &str) -> Option<u8> {
    let day = |name: &str| DAYS.iter().position(|known| *known == name);
    let mut days = 0_u8;
    for part in text.split(',').map(str::trim) {
        if matches!(part, "ph" | "sh") {
            continue;
        }
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (day(first.trim())?, day(last.trim())?);
        let mut at = first;
        days |= 1 << at;
        while at != last {
            at = (at + 1) % DAYS.len();
            days |= 1 << at;
        }
    }
    (days != 0).then_some(days)
}
