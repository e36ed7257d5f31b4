//! `walkshed audit`: every promise of a study, assessed and written down.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::audit::{Audit, full_name};
use crate::coverage::{CompositeAssessment, GapWords, Outcome, RuleAssessment};
use crate::demand::DemandUnit;
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::import::study_file::{Language, Study};
use crate::report::{Catalog, completeness_lines};
use crate::units::{Persons, WalkTime, Yardstick};

use super::Ending;
use super::args::{AuditArgs, AuditFormat, Lang};
use super::check::{filled, issue_table};
use super::console::Console;
use super::results::{self, Wanted};
use super::stored::find_scenario;
use super::table::{Align, Table, count, percent};
use super::text::{Said, Word, place_words, said, say};

/// Gaps shown on the terminal.
const GAPS_SHOWN: usize = 5;

/// Loads, assesses, writes, prints.
pub(super) fn run(args: &AuditArgs, console: &Console) -> anyhow::Result<Ending> {
    let loaded = load_study(&args.study, console.wants(MapDetail::Obstacles), console)?;
    let loaded = match &args.scenario {
        Some(words) => loaded.edited(find_scenario(&args.study, words)?)?,
        None => loaded,
    };
    let out = args.out.clone().unwrap_or_else(|| usual_out(&loaded));
    let audit = assess_and_write(&loaded, (&out, &args.format), console)?;
    require_judged(&audit)?;
    Ok(if audit.findings().is_empty() { Ending::Fine } else { Ending::Findings })
}

/// The study's `output`, with the name of the scenario behind it if there is one.
fn usual_out(loaded: &LoadedStudy) -> PathBuf {
    let out = loaded.study.output.clone();
    let Some(scenario) = &loaded.scenario else { return out };
    let stem = Path::new(&scenario.input.file).file_stem().unwrap_or_default();
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push("-");
    name.push(stem);
    out.with_file_name(name)
}

/// That some promise is made to somebody: kept for nobody is not kept.
pub(super) fn require_judged(audit: &Audit) -> anyhow::Result<()> {
    let is_for_somebody = |rule: &RuleAssessment| rule.outcome != Outcome::NotAssessable;
    if audit.rules.is_empty() || audit.rules.iter().any(is_for_somebody) {
        return Ok(());
    }
    anyhow::bail!(
        "nobody is counted in this study, so no promise could be judged; see what was noticed in the inputs"
    )
}

/// The language of a study's reports.
pub(super) fn study_lang(study: &Study) -> Lang {
    match study.language {
        Language::En => Lang::En,
        Language::Zh => Lang::Zh,
    }
}

/// Assesses a loaded study, writes all files, those of `formats` too, prints the table.
pub(super) fn assess_and_write(
    loaded: &LoadedStudy,
    (out, formats): (&Path, &[AuditFormat]),
    console: &Console,
) -> anyhow::Result<Audit> {
    let audit = Audit::run(&loaded.baseline, console)?;
    let lang = console.lang_of(&loaded.study);
    let summary = results::write(loaded, &audit, Wanted { out, lang, formats }, console)?;
    if console.json() {
        console.print(&summary)?;
    } else {
        console.print(&table_text(loaded, &audit, lang))?;
        console.say(&format!("{} {}", say(lang, Word::WrittenTo), out.display()));
    }
    Ok(audit)
}

/// What the terminal shows of an audit.
pub(super) fn table_text(loaded: &LoadedStudy, audit: &Audit, lang: Lang) -> String {
    let w = |word| say(lang, word);
    let mut text = format!("{}\n", results::title_of(loaded));
    text.push_str(&recorded(loaded, audit, lang));
    let mut unverified = false;
    let mut standard = "";
    let mut table = rule_table(loaded, lang);
    for rule in &audit.rules {
        if rule.standard != standard {
            standard = &rule.standard;
            let title = loaded.baseline.standards.iter().find(|s| s.id == standard);
            let title = title.map_or(standard, |s| pick(lang, &s.en, &s.zh));
            table.push(vec![format!("[{title}]")]);
        }
        unverified |= !rule.rule.verified;
        table.push(rule_row(loaded, rule, lang));
    }
    text.push_str(&table.render());
    text.push_str(&tally_line(audit, lang));
    for rule in &audit.rules {
        text.push_str(&places_line(loaded, rule, lang));
    }
    for composite in &audit.composites {
        text.push_str(&composite_line(audit, composite, lang));
    }
    if unverified {
        let _ = writeln!(text, "{}", w(Word::Unverified));
    }
    if loaded.baseline.demand.unit == DemandUnit::PersonsEstimated {
        text.extend([w(Word::EstimatedPeople), "\n"]);
    }
    text.push_str(&gap_table(loaded, audit, lang));
    text.push_str(&issue_table(&loaded.issues, lang));
    text
}

/// The words in one's language.
pub(super) fn pick<'a>(lang: Lang, en: &'a str, zh: &'a str) -> &'a str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// How complete the layers are, before any verdict.
fn recorded(loaded: &LoadedStudy, audit: &Audit, lang: Lang) -> String {
    let mut text = format!("\n{}\n", said(lang, Said::Recorded));
    // A test reads the texts of both languages, so that they are always there.
    if let Ok(texts) = Catalog::load(results::report_language(lang)) {
        for line in completeness_lines(&loaded.baseline, audit, &texts) {
            let _ = writeln!(text, "  {line}");
        }
    }
    text.push('\n');
    text
}

/// How many rules came out how.
fn tally_line(audit: &Audit, lang: Lang) -> String {
    let tally = audit.tally();
    let counts = [
        tally.rules(),
        tally.judged,
        tally.met,
        tally.not_recorded,
        tally.unverified,
        tally.counted_only,
        tally.not_assessable,
    ];
    format!("{}\n", filled(said(lang, Said::Tallied), &counts.map(|count| count.to_string())))
}

/// What the demand counts, as the head of a column.
pub(super) fn counted_in(unit: DemandUnit, lang: Lang) -> &'static str {
    match unit {
        DemandUnit::Persons | DemandUnit::PersonsEstimated => say(lang, Word::People),
        DemandUnit::StreetMeters => said(lang, Said::MetersOfStreet),
    }
}

fn rule_table(loaded: &LoadedStudy, lang: Lang) -> Table {
    let w = |word| say(lang, word);
    Table::new(&[
        (w(Word::Rule), Align::Left),
        (w(Word::Cutoff), Align::Right),
        (w(Word::Profile), Align::Left),
        (w(Word::Group), Align::Left),
        (w(Word::Facilities), Align::Right),
        (counted_in(loaded.baseline.demand.unit, lang), Align::Right),
        (said(lang, Said::NoStreet), Align::Right),
        (w(Word::LeftOut), Align::Right),
        (w(Word::Share), Align::Right),
        ("0.8", Align::Right),
        ("1.0", Align::Right),
        ("1.25 m/s", Align::Right),
        (w(Word::CircleLoss), Align::Right),
        (said(lang, Said::JudgedShare), Align::Right),
        (said(lang, Said::PassShare), Align::Right),
        (w(Word::Outcome), Align::Left),
    ])
}

fn rule_row(loaded: &LoadedStudy, rule: &RuleAssessment, lang: Lang) -> Vec<String> {
    let w = |word| say(lang, word);
    let mut cutoff = match (rule.rule.cutoff_min, rule.rule.cutoff_m) {
        (Some(minutes), _) => format!("{minutes} {}", w(Word::Minutes)),
        (_, Some(meters)) => format!("{meters} {}", w(Word::Meters)),
        _ => String::new(),
    };
    if let Some(places) = rule.rule.capacity_per_1000.filter(|_| rule.rule.counts_places()) {
        cutoff = format!("{cutoff}, {places}‰");
    }
    let told = |text: String| if rule.is_recorded { text } else { "–".to_owned() };
    let total = &rule.summary.total;
    let mark = if rule.rule.verified { "" } else { "†" };
    let mut row = vec![
        format!("  {}{mark}", pick(lang, &rule.rule.en, &rule.rule.zh)),
        cutoff,
        profile_name(loaded, &rule.rule.profile, lang),
        group_name(&loaded.baseline.demand.groups[rule.group], lang),
        count(rule.serving.len() as f64),
        count(total.persons.count()),
        count(total.no_street.count()),
        told(count(total.left_out().count())),
        told(percent(total.share().map(|share| share.0))),
    ];
    for speed in 0..3 {
        let share = rule.speeds.get(speed).filter(|_| rule.is_recorded);
        let share = share.and_then(|at| at.sum.share());
        row.push(share.map_or(String::new(), |share| percent(Some(share.0))));
    }
    row.push(told(format!("+{}", count(rule.buffer.lost.count()))));
    row.push(told(percent(rule.judged().share().map(|share| share.0))));
    let asked = Some(rule.rule.pass_share).filter(|_| !rule.rule.is_only_counted());
    row.push(percent(asked));
    row.push(said(lang, outcome_word(rule.outcome)).to_owned());
    row
}

/// What a walker is called; in English by id, as files and options do.
fn profile_name(loaded: &LoadedStudy, id: &str, lang: Lang) -> String {
    let walker = loaded.baseline.find_walker(id);
    walker.map_or(id, |walker| pick(lang, id, &walker.profile.zh)).to_owned()
}

/// What a group is called; in English by id, as files and options do.
fn group_name(group: &crate::demand::DemandGroup, lang: Lang) -> String {
    let name = pick(lang, &group.id, &group.zh);
    if name.trim().is_empty() { group.id.clone() } else { name.to_owned() }
}

/// The word for an outcome.
pub(super) fn outcome_word(outcome: Outcome) -> Said {
    match outcome {
        Outcome::Benchmark => Said::Benchmark,
        Outcome::Pass => Said::Pass,
        Outcome::Fail => Said::Fail,
        Outcome::CountedOnly => Said::CountedOnly,
        Outcome::Unverified => Said::NotVerified,
        Outcome::NotRecorded => Said::NotRecorded,
        Outcome::NotAssessable => Said::NotAssessable,
    }
}

/// Where people stand when places are counted, which is what such a rule is judged by; empty for other rules.
fn places_line(loaded: &LoadedStudy, rule: &RuleAssessment, lang: Lang) -> String {
    let Some(places) = rule.capacity.as_ref().filter(|_| rule.is_recorded) else {
        return String::new();
    };
    let name = full_name(&loaded.baseline, &rule.rule);
    let parts: Vec<String> = place_words(lang)
        .into_iter()
        .zip(places.total.parts())
        .map(|(word, part)| {
            let share = part.share_of(places.total.persons()).map(|share| share.0);
            format!("{word} {} ({})", count(part.count()), percent(share))
        })
        .collect();
    format!("{}: {}\n", pick(lang, &name.en, &name.zh), parts.join(", "))
}

fn composite_line(audit: &Audit, composite: &CompositeAssessment, lang: Lang) -> String {
    let title = pick(lang, &composite.composite.en, &composite.composite.zh);
    let Some(total) = composite.complete() else {
        let rules = composite.not_recorded.iter().filter_map(|id| {
            audit.rules.iter().find(|r| r.standard == composite.standard && r.rule.id == *id)
        });
        let lacking: Vec<&str> =
            rules.map(|rule| pick(lang, &rule.rule.en, &rule.rule.zh)).collect();
        return format!("{title}: {} {}\n", said(lang, Said::CompleteUnknown), lacking.join(", "));
    };
    let missing: Vec<String> = composite
        .persons_by_missing
        .iter()
        .enumerate()
        .map(|(n, p)| format!("{n}: {}", count(p.count())))
        .collect();
    let share = percent(total.share().map(|share| share.0));
    let mean = composite.mean_farthest().map_or_else(String::new, |time| {
        let unit = say(lang, Word::Minutes);
        format!(", {} {:.2} {unit}", said(lang, Said::CompleteMean), time.as_minutes())
    });
    format!("{title}: {} {share}  ({}){mean}\n", said(lang, Said::Complete), missing.join(", "))
}

/// The largest gaps over all rules.
fn gap_table(loaded: &LoadedStudy, audit: &Audit, lang: Lang) -> String {
    let w = |word| say(lang, word);
    let mut gaps: Vec<(&RuleAssessment, &crate::coverage::CoverageGap)> =
        audit.rules.iter().filter_map(|rule| rule.gaps.first().map(|gap| (rule, gap))).collect();
    gaps.sort_by(|a, b| b.1.persons.cmp(&a.1.persons).then_with(|| a.0.rule.id.cmp(&b.0.rule.id)));
    if gaps.first().is_none_or(|(_, gap)| gap.persons == Persons::ZERO) {
        return String::new();
    }
    let mut table = Table::new(&[
        (w(Word::Rule), Align::Left),
        (counted_in(loaded.baseline.demand.unit, lang), Align::Right),
        (w(Word::MeanWalk), Align::Right),
        (w(Word::Nearest), Align::Right),
        (w(Word::Place), Align::Left),
    ]);
    let words = match lang {
        Lang::En => GapWords::ENGLISH,
        Lang::Zh => GapWords::CHINESE,
    };
    for (rule, gap) in gaps.into_iter().take(GAPS_SHOWN) {
        let walk = |time: Option<WalkTime>| match (time, rule.yardstick) {
            (None, _) if rule.serving.is_empty() => said(lang, Said::NoneOpen).to_owned(),
            (None, _) => w(Word::CutOff).to_owned(),
            (Some(time), Yardstick::Minutes) => {
                format!("{:.1} {}", time.as_minutes(), w(Word::Minutes))
            }
            (Some(time), Yardstick::Meters) => {
                format!("{:.0} {}", time.as_seconds(), w(Word::Meters))
            }
        };
        let title = full_name(&loaded.baseline, &rule.rule);
        let title = pick(lang, &title.en, &title.zh).to_owned();
        let persons = count(gap.persons.count());
        table.push(vec![title, persons, walk(gap.mean), walk(gap.nearest), gap.title(words)]);
    }
    format!("\n{}\n{}", w(Word::WorstGaps), table.render())
}
