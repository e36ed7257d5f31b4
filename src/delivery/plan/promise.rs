//! The promise that sites are placed for: a rule of the study, or one made up on the command line.

use anyhow::{Context, bail};

use crate::coverage::Rule;
use crate::coverage::assess::is_known;
use crate::demand::DemandUnit;
use crate::import::toml_check::suggestion;
use crate::report::sheet::Both;
use crate::scenario::Baseline;

use super::host::walker_of;
use super::problem::ProblemKind;
use super::wish::PromiseWish;

/// What is counted, behind a number: people, or the metres of street that stand in for them.
pub(crate) fn people_word(unit: DemandUnit) -> Both {
    match unit {
        DemandUnit::Persons | DemandUnit::PersonsEstimated => Both::new("people", "人"),
        DemandUnit::StreetMeters => Both::new("m of street", "米街道"),
    }
}

/// What is to be known of today while no place is recorded for `rule`.
pub(crate) fn not_recorded(baseline: &Baseline, rule: &Rule) -> Option<Both> {
    let walker = baseline.find_walker(&rule.profile)?;
    (!is_known(&baseline.site(), walker, rule)).then(|| {
        Both::new(
            "no place is recorded for this: what there is today is not known, and the plan counts on none",
            "没有相关设施资料（资料缺失）：现状不明，方案按现有设施为零计算",
        )
    })
}

/// A rule and the standard it is part of; no standard when it was made up.
pub(crate) struct Promise {
    pub(crate) standard: String,
    pub(crate) rule: Rule,
}

impl Promise {
    /// The promise that the options name.
    pub(crate) fn find(baseline: &Baseline, wish: &PromiseWish) -> anyhow::Result<Self> {
        let mut promise = match (&wish.rule, &wish.function) {
            (Some(rule), _) => Self::of_rule(baseline, rule)?,
            (None, Some(function)) => Self::of_function(baseline, function)?,
            (None, None) => bail!(
                "say what to place: --rule STANDARD/RULE or --function FUNCTION; the study has the rules {}",
                rules_of(baseline).join(", ")
            ),
        };
        let rule = &mut promise.rule;
        if let Some(minutes) = wish.cutoff_min {
            (rule.cutoff_min, rule.cutoff_m) = (Some(minutes), None);
        }
        if let Some(meters) = wish.cutoff_m {
            (rule.cutoff_min, rule.cutoff_m) = (None, Some(meters));
        }
        if let Some(profile) = &wish.profile {
            rule.profile.clone_from(profile);
        }
        if let Some(group) = &wish.group {
            let known: Vec<&str> =
                baseline.demand.groups.iter().map(|group| group.id.as_str()).collect();
            if !known.contains(&group.as_str()) {
                bail!("no demand group {group:?} in this study{}", suggestion(group, &known));
            }
            rule.group.clone_from(group);
        }
        Ok(promise)
    }

    /// The problem that the promise is planned as: one that counts places is planned with places.
    pub(crate) fn problem_for(&self, asked: ProblemKind) -> anyhow::Result<ProblemKind> {
        match asked {
            ProblemKind::Mclp if self.rule.counts_places() => Ok(ProblemKind::Capacitated),
            // Nothing is said of places: everybody walks to the nearest.
            ProblemKind::Capacitated | ProblemKind::PMedian | ProblemKind::PCenter => Ok(asked),
            _ => self.without_places(asked).map(|()| asked),
        }
    }

    /// Refuses a promise that counts places where they are not counted.
    pub(crate) fn without_places(&self, asked: ProblemKind) -> anyhow::Result<()> {
        if let Some(places) = self.rule.capacity_per_1000.filter(|_| self.rule.counts_places()) {
            bail!(
                "{:?} counts places ({places} for 1000 people), and {} does not: give --problem capacitated, or plan \
                 for the walk alone with --function {} and --cutoff-min or --cutoff-m",
                self.rule.id,
                asked.id(),
                self.rule.functions.first().map_or("FUNCTION", String::as_str)
            );
        }
        Ok(())
    }

    fn of_rule(baseline: &Baseline, name: &str) -> anyhow::Result<Self> {
        let (standard, rule) = rule_called(baseline, name)?;
        Ok(Self { standard, rule })
    }

    fn of_function(baseline: &Baseline, id: &str) -> anyhow::Result<Self> {
        let taxonomy = &baseline.taxonomy;
        let known: Vec<&str> =
            taxonomy.functions().iter().map(|function| function.id.as_str()).collect();
        let Some(found) = taxonomy.find(id).or_else(|| taxonomy.find_word(id)) else {
            bail!("no function {id:?}{}", suggestion(id, &known));
        };
        let function = &taxonomy.functions()[found];
        let walker = walker_of(baseline, None).context("nobody walks in this study")?;
        let rule = Rule {
            id: function.id.clone(),
            en: function.en.clone(),
            zh: function.zh.clone(),
            functions: vec![function.id.clone()],
            tier: None,
            cutoff_min: Some(15.0),
            cutoff_m: None,
            profile: walker.profile.id.clone(),
            group: "all".to_owned(),
            capacity_per_1000: None,
            pass_share: 1.0,
            benchmark_share: None,
            source: "stated on the command line".to_owned(),
            source_zh: "由命令行给出".to_owned(),
            verified: true,
        };
        Ok(Self { standard: String::new(), rule })
    }
}

/// The rule called `STANDARD/RULE`, or by its id alone when only one standard has it, with its standard.
fn rule_called(baseline: &Baseline, name: &str) -> anyhow::Result<(String, Rule)> {
    let known = rules_of(baseline);
    let standards = &baseline.standards;
    let mut found = standards.iter().flat_map(|standard| {
        let of = move |rule: &Rule| (standard.id.clone(), rule.clone());
        standard.rules.iter().map(of)
    });
    let named = |(standard, rule): &(String, Rule)| {
        format!("{standard}/{}", rule.id) == name || rule.id == name
    };
    let Some((standard, rule)) = found.find(named) else {
        let words: Vec<&str> = known.iter().map(String::as_str).collect();
        bail!("no rule {name:?} in this study{}", suggestion(name, &words));
    };
    if !name.contains('/')
        && let Some((other, _)) = found.find(|(_, rule)| rule.id == name)
    {
        bail!("{name:?} is a rule of {standard} and of {other}; write --rule {standard}/{name}");
    }
    Ok((standard, rule))
}

fn rules_of(baseline: &Baseline) -> Vec<String> {
    let standards = baseline.standards.iter();
    let names = |standard: &crate::coverage::Standard| {
        let of = |rule: &Rule| format!("{}/{}", standard.id, rule.id);
        standard.rules.iter().map(of).collect::<Vec<_>>()
    };
    standards.flat_map(names).collect()
}
