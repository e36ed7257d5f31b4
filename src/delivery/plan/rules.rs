//! From options to a covering problem: the objective and the rules a plan must keep.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};

use crate::ids::{FacilityId, SiteId, ZoneId};
use crate::import::toml_check::suggestion;
use crate::placement::candidate::{COST_UNIT, Candidate, SiteStanding, too_near};
use crate::placement::plan::Need;
use crate::placement::{CoverProblem, GroupRule, Objective, Payment, SiteRules};
use crate::scenario::Baseline;
use crate::units::Meters;

use super::phases::Today;
use super::problem::ProblemKind;
use super::wish::{Goal, Least, SiteTerms, Wish};

/// Pairs of candidates too near to each other that one plan weighs at most.
const CONFLICTS_MAX: usize = 2_000_000;

/// The covering problem that the options ask for.
pub(crate) fn problem(need: &Need, goal: &Goal, own: SiteRules) -> anyhow::Result<CoverProblem> {
    let rules = super::phases::in_all(goal, own, Today::of(need))?;
    Ok(CoverProblem { objective: objective(need, goal)?, rules })
}

/// Checks what the options say of years and zones, as far as it can be known without people and candidates.
pub(crate) fn check_terms(baseline: &Baseline, wish: &Wish) -> anyhow::Result<()> {
    wish.goal.phases.check(wish.goal.sites)?;
    zone_terms(baseline, &[], (&wish.sites, &[])).map(|_| ())
}

/// The rules on sites that the options name: number, money, spacing, zones.
pub(crate) fn site_rules(
    candidates: &[Candidate],
    (goal, sites): (&Goal, &SiteTerms),
    zones: &[ZoneTerm],
) -> anyhow::Result<SiteRules> {
    Ok(SiteRules {
        max_sites: goal.sites,
        budget: budget(goal)?,
        conflicts: conflicts(candidates, sites)?,
        groups: zones.iter().map(ZoneTerm::rule).collect(),
    })
}

/// What the options want to be reached, of a study's people.
pub(crate) fn objective(need: &Need, goal: &Goal) -> anyhow::Result<Objective> {
    match goal.problem {
        ProblemKind::Mclp => {
            if goal.sites.is_none() && goal.budget.is_none() && !goal.phases.have_limits() {
                bail!("the most people for how much? give --sites P, --budget B or both");
            }
            Ok(Objective::MostWeight)
        }
        ProblemKind::Lscp | ProblemKind::CostToTarget | ProblemKind::LscpB => {
            Ok(covering(goal, target(need, goal.share())))
        }
        other => bail!("{} is no covering problem", other.id()),
    }
}

/// Full cover without a target, partial cover with one.
pub(crate) fn covering(goal: &Goal, target: Option<i64>) -> Objective {
    let payment = match (goal.problem, goal.least) {
        (ProblemKind::CostToTarget, _) | (_, Some(Least::Cost)) => Payment::Cost,
        _ => Payment::PerSite,
    };
    match target {
        Some(target) => Objective::CoverWeight { target, payment },
        None => Objective::CoverAll { payment },
    }
}

/// Weight to be newly covered for a share of everybody; `None` for all.
fn target(need: &Need, share: f64) -> Option<i64> {
    if share >= 1.0 {
        return None;
    }
    let goal = (need.total.as_micro() as f64 * share).ceil() as i64;
    Some((goal - need.covered.as_micro()).max(0))
}

/// The budget in thousandths.
pub(crate) fn budget(goal: &Goal) -> anyhow::Result<Option<i64>> {
    let Some(budget) = goal.budget else { return Ok(None) };
    if !(0.0..=1e12).contains(&budget) {
        bail!("a budget must lie in 0 to 1e12, not {budget}");
    }
    Ok(Some((budget * COST_UNIT as f64).round() as i64))
}

fn conflicts(candidates: &[Candidate], sites: &SiteTerms) -> anyhow::Result<Vec<(SiteId, SiteId)>> {
    let spacing = sites.min_spacing_m.unwrap_or(0.0);
    if !(0.0..=1e6).contains(&spacing) {
        bail!("--min-spacing-m must lie in 0 to 1000000, not {spacing}");
    }
    let mut pairs = too_near(candidates, Meters(spacing));
    let may = |site: u32| candidates[site as usize].standing != SiteStanding::Forbidden;
    pairs.retain(|&(a, b)| may(a) && may(b));
    if pairs.len() > CONFLICTS_MAX {
        bail!(
            "{} pairs of candidates stand nearer than {spacing} m to each other, more than {CONFLICTS_MAX}; \
             take fewer candidates (`grid:{spacing}`) or a smaller spacing",
            pairs.len()
        );
    }
    Ok(pairs.into_iter().map(|(a, b)| (SiteId(a), SiteId(b))).collect())
}

/// How many sites a zone is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ZoneTerm {
    pub(crate) zone: ZoneId,
    /// At least so many, and at most.
    pub(crate) asked: (Option<u32>, Option<u32>),
    /// What is open there today, when it counts too.
    pub(crate) open: u32,
    /// The candidates that stand there, sorted.
    pub(crate) sites: Vec<SiteId>,
}

impl ZoneTerm {
    /// The same as a rule on new sites alone.
    fn rule(&self) -> GroupRule {
        let (least, most) = self.asked;
        GroupRule {
            sites: self.sites.clone(),
            min: least.unwrap_or(0).saturating_sub(self.open),
            max: most.map_or(u32::MAX, |most| most.saturating_sub(self.open)),
        }
    }

    /// The same where the candidates are numbered from `first`.
    pub(crate) fn shifted(self, first: u32) -> Self {
        let sites = self.sites.iter().map(|site| SiteId(site.0 + first)).collect();
        Self { sites, ..self }
    }

    /// The options that say it, as they were given.
    pub(crate) fn options(&self, name: &str) -> String {
        let said = |option: &str, count: Option<u32>| count.map(|n| format!("{option} {name}={n}"));
        let all = [said("--zone-min", self.asked.0), said("--zone-max", self.asked.1)];
        all.into_iter().flatten().collect::<Vec<String>>().join(" ")
    }
}

/// A bound on the sites of one zone, or of every zone of the deepest level.
struct ZoneBound {
    zones: Vec<ZoneId>,
    count: u32,
}

/// What the options ask of zones, in zone order; `open` is what serves today.
pub(crate) fn zone_terms(
    baseline: &Baseline,
    candidates: &[Candidate],
    (sites, open): (&SiteTerms, &[FacilityId]),
) -> anyhow::Result<Vec<ZoneTerm>> {
    let mut bounds: BTreeMap<ZoneId, (Option<u32>, Option<u32>)> = BTreeMap::new();
    let bound = |option: &str, text: &str| {
        zone_bound(baseline, text).map_err(|fault| anyhow!("{option}: {fault:#}"))
    };
    for text in &sites.zone_min {
        let bound = bound("--zone-min", text)?;
        for zone in bound.zones {
            bounds.entry(zone).or_default().0 = Some(bound.count);
        }
    }
    for text in &sites.zone_max {
        let bound = bound("--zone-max", text)?;
        for zone in bound.zones {
            bounds.entry(zone).or_default().1 = Some(bound.count);
        }
    }
    if bounds.is_empty() && sites.zone_counts_open {
        bail!("--zone-counts-open is for --zone-min and --zone-max; give one of them too");
    }
    let zones = &baseline.zones;
    let within =
        |own: Option<ZoneId>, zone| own.is_some_and(|own| zones.ancestry(own).any(|up| up == zone));
    let open = if sites.zone_counts_open { open } else { &[] };
    let open: Vec<Option<ZoneId>> =
        open.iter().map(|&id| zones.find(baseline.facilities.facilities[id].place)).collect();
    let mut terms = Vec::new();
    for (zone, asked) in bounds {
        if let (Some(min), Some(max)) = asked
            && min > max
        {
            bail!(
                "--zone-min, --zone-max: zone {:?} is to have at least {min} and at most {max} sites",
                zones.zones[zone].name
            );
        }
        let inside = (0_u32..).zip(candidates).filter(|(_, one)| within(one.zone, zone));
        terms.push(ZoneTerm {
            zone,
            asked,
            open: open.iter().filter(|own| within(**own, zone)).count() as u32,
            sites: inside.map(|(site, _)| SiteId(site)).collect(),
        });
    }
    Ok(terms)
}

fn zone_bound(baseline: &Baseline, text: &str) -> anyhow::Result<ZoneBound> {
    let (name, count) = text
        .rsplit_once('=')
        .with_context(|| format!("{text:?}: write ZONE=N, for example Douglas=2, or *=1"))?;
    let count = count.trim().parse().with_context(|| format!("{text:?}: N is a whole number"))?;
    let name = name.trim();
    let zones = &baseline.zones.zones;
    if name == "*" {
        let deepest = zones.iter().map(|zone| zone.level).max().unwrap_or(0);
        let all = zones
            .enumerate()
            .filter(|(_, zone)| zone.level == deepest && !zone.area.polygons.is_empty());
        return Ok(ZoneBound { zones: all.map(|(id, _)| id).collect(), count });
    }
    let found: Vec<ZoneId> = zones
        .enumerate()
        .filter(|(_, zone)| zone.key == name || zone.name == name)
        .map(|(id, _)| id)
        .collect();
    match found.as_slice() {
        [_] => Ok(ZoneBound { zones: found, count }),
        [] => {
            let known: Vec<&str> = zones.iter().map(|zone| zone.name.as_str()).collect();
            bail!("no zone {name:?} in this study{}", suggestion(name, &known))
        }
        several => {
            let keys: Vec<&str> = several.iter().map(|&id| zones[id].key.as_str()).collect();
            bail!(
                "{} zones are called {name:?}; name one by its key: {}",
                keys.len(),
                keys.join(", ")
            )
        }
    }
}
