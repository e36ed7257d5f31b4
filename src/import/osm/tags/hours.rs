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
    let days = without_whole_day(rule)?.trim().trim_end_matches(':');
    Some((if days.is_empty() { WHOLE_WEEK } else { days_of(days)? }, is_open))
}

/// What stands before the times of a rule, when these are none, or all of the day in one or more parts.
fn without_whole_day(rule: &str) -> Option<&str> {
    let is_time = |c: char| c.is_ascii_digit() || matches!(c, ':' | '-' | ',' | '+' | ' ');
    let days = rule.trim_end_matches(is_time);
    let times = rule[days.len()..].trim_start_matches([' ', ':', ',', '-']);
    if times.is_empty() {
        return Some(rule);
    }
    let spans = times.split(',').map(spans_of).collect::<Option<Vec<_>>>()?;
    let mut spans = spans.concat();
    spans.sort_unstable();
    // The last minute before the next part is how many write its end.
    let on = |until: u32, &(from, to): &(u32, u32)| {
        if from <= until + 1 { until.max(to) } else { until }
    };
    let until = spans.iter().fold(0, on);
    (until >= DAY_MIN).then_some(days)
}

const DAY_MIN: u32 = 24 * 60;

/// The minutes of a day that `8:00-12:30` takes; past midnight, the beginning of a day as well, and to its end where
/// none is told, as in `00:00+`.
fn spans_of(text: &str) -> Option<[(u32, u32); 2]> {
    let minute = |text: &str| {
        let (hours, minutes) = text.trim().split_once(':')?;
        Some(hours.parse::<u32>().ok()? * 60 + minutes.parse::<u32>().ok()?)
    };
    if let Some(from) = text.trim().strip_suffix('+') {
        return Some([(minute(from)?, DAY_MIN); 2]);
    }
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute(from)?, minute(to)?);
    if to > from {
        let to = if to == DAY_MIN - 1 { DAY_MIN } else { to };
        return Some([(from, to); 2]);
    }
    Some([(0, to), (from, DAY_MIN)])
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
