//! From options to a covering problem: the objective and the rules a plan must keep.

use anyhow::{Context, anyhow, bail};

use crate::ids::{SiteId, ZoneId};
use crate::import::toml_check::suggestion;
use crate::placement::candidate::{COST_UNIT, Candidate, SiteStanding, too_near};
use crate::placement::plan::Need;
use crate::placement::{CoverProblem, GroupRule, Objective, Payment, SiteRules};
use crate::scenario::Baseline;
use crate::units::Meters;

use super::phases::Today;
use super::wish::{Goal, Least, ProblemKind, SiteTerms, Wish};

/// Pairs of candidates too near to each other that one plan weighs at most.
const CONFLICTS_MAX: usize = 2_000_000;

/// The covering problem that the options ask for.
pub(crate) fn problem(
    baseline: &Baseline,
    (need, candidates): (&Need, &[Candidate]),
    (goal, sites): (&Goal, &SiteTerms),
) -> anyhow::Result<CoverProblem> {
    let own = site_rules(baseline, candidates, (goal, sites))?;
    let rules = super::phases::in_all(goal, own, Today::of(need))?;
    Ok(CoverProblem { objective: objective(need, goal)?, rules })
}

/// Checks what the options say of years and zones, as far as it can be known without people and candidates.
pub(crate) fn check_terms(baseline: &Baseline, wish: &Wish) -> anyhow::Result<()> {
    wish.goal.phases.check(wish.goal.sites)?;
    groups(baseline, &[], &wish.sites).map(|_| ())
}

/// The rules on sites that the options name: number, money, spacing, zones.
pub(crate) fn site_rules(
    baseline: &Baseline,
    candidates: &[Candidate],
    (goal, sites): (&Goal, &SiteTerms),
) -> anyhow::Result<SiteRules> {
    Ok(SiteRules {
        max_sites: goal.sites,
        budget: budget(goal)?,
        conflicts: conflicts(candidates, sites)?,
        groups: groups(baseline, candidates, sites)?,
    })
}

/// What the options want to be reached, of a study's people.
fn objective(need: &Need, goal: &Goal) -> anyhow::Result<Objective> {
    match goal.problem {
        ProblemKind::Mclp => {
            if goal.sites.is_none() && goal.budget.is_none() && !goal.phases.have_limits() {
                bail!("the most people for how much? give --sites P, --budget B or both");
            }
            Ok(Objective::MostWeight)
        }
        ProblemKind::Lscp | ProblemKind::CostToTarget => {
            Ok(covering(goal, target(need, goal.target_share)))
        }
        other => bail!("{} is no covering problem", other.id()),
    }
}

/// Full cover without a target, partial cover with one.
pub(crate) fn covering(goal: &Goal, target: Option<i64>) -> Objective {
    let payment = match (goal.problem, goal.least) {
        (ProblemKind::CostToTarget, _) | (_, Least::Cost) => Payment::Cost,
        (_, Least::Sites) => Payment::PerSite,
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
    let spacing = sites.min_spacing_m;
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

/// A bound on the sites of one zone, or of every zone of the deepest level.
struct ZoneBound {
    zones: Vec<ZoneId>,
    count: u32,
}

fn groups(
    baseline: &Baseline,
    candidates: &[Candidate],
    sites: &SiteTerms,
) -> anyhow::Result<Vec<GroupRule>> {
    let mut bounds: std::collections::BTreeMap<ZoneId, (u32, u32)> =
        std::collections::BTreeMap::new();
    let bound = |option: &str, text: &str| {
        zone_bound(baseline, text).map_err(|fault| anyhow!("{option}: {fault:#}"))
    };
    for text in &sites.zone_min {
        let bound = bound("--zone-min", text)?;
        for zone in bound.zones {
            bounds.entry(zone).or_insert((0, u32::MAX)).0 = bound.count;
        }
    }
    for text in &sites.zone_max {
        let bound = bound("--zone-max", text)?;
        for zone in bound.zones {
            bounds.entry(zone).or_insert((0, u32::MAX)).1 = bound.count;
        }
    }
    let zones = &baseline.zones;
    let within = |candidate: &Candidate, zone: ZoneId| {
        candidate.zone.is_some_and(|own| zones.ancestry(own).any(|above| above == zone))
    };
    let mut groups = Vec::new();
    for (zone, (min, max)) in bounds {
        if min > max {
            bail!(
                "--zone-min, --zone-max: zone {:?} is to have at least {min} and at most {max} sites",
                zones.zones[zone].name
            );
        }
        let inside = (0_u32..).zip(candidates).filter(|(_, candidate)| within(candidate, zone));
        groups.push(GroupRule { sites: inside.map(|(site, _)| SiteId(site)).collect(), min, max });
    }
    Ok(groups)
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
