//! With a study the question is made anew from what was asked, and must come out as it stands in the file: promises,
//! people, places, whom every candidate reaches, the rules.

mod program;

use crate::coverage::Rule;
use crate::import::assign_file::{AssignFile, AssignRecord};
use crate::import::plan_file::{Choice, ChosenSite, InstanceRecord, PlanFile};
use crate::import::program_file::Work;
use crate::placement::candidate::Candidate;
use crate::placement::nearest_site::{Everybody, WhoCounts};
use crate::placement::plan::Need;
use crate::placement::{Objective, SiteRules};
use crate::progress::Silent;

pub(in crate::delivery) use program::{
    Today, beside_today, capacitated, gates_of, several, two_tier, zoned,
};

use super::super::plan::extended::{keys, places, with_today};
use super::super::plan::{
    Goal, ProblemKind, Promise, PromiseWish, SiteTerms, most_for, site_rules, walker_of, zone_terms,
};
use super::differ::same;
use super::file::{Head, Plan};
use super::walks::Listed;
use super::{Case, Checked, FetchStudy, Log, Reject, Studied, Wanted, ground, reject, told, walks};

/// A plan on the streets of its study.
pub(in crate::delivery) struct Field<'a> {
    head: Head<'a>,
    studied: &'a Studied<'a>,
    /// Who needs a site, promise by promise.
    pub(in crate::delivery) needs: &'a [Need<'a>],
    /// Only so many candidates walk again.
    pub(in crate::delivery) sample: Option<usize>,
    /// Places of a candidate that does not tell how many it has, where that was asked.
    capacity: Option<f64>,
}

/// Checks a plan that holds by itself on the streets of its study.
pub(super) fn on_study(
    plan: &Plan,
    case: &Case,
    study: FetchStudy,
    log: &mut Log,
) -> anyhow::Result<Checked> {
    let is_gates = matches!(plan, Plan::Program(file) if matches!(file.work, Work::Gates { .. }));
    let wanted = if is_gates { Wanted::Fixed } else { Wanted::Plain };
    let head = plan.head();
    if plan.promises().is_empty() {
        return Ok(reject("ask.rule is missing: a plan of a study keeps a promise of it"));
    }
    let studied = match ground::fetch(&head, (case, study, wanted), log)? {
        Ok(studied) => studied,
        Err(reason) => return Ok(Err(reason)),
    };
    Ok(on(plan, &studied, case.sample, log))
}

fn on(plan: &Plan, studied: &Studied, sample: Option<usize>, log: &mut Log) -> Checked {
    let head = plan.head();
    let rules = promises(plan, studied)?;
    let mut needs = Vec::with_capacity(rules.len());
    for rule in &rules {
        let none =
            |fault: anyhow::Error| Reject(format!("a promise of the file is none: {fault:#}"));
        let walker = walker_of(&studied.baseline, Some(&rule.profile)).map_err(none)?;
        let need = Need::find(studied.baseline.site(), walker, rule);
        needs.push(need.map_err(|fault| none(fault.into()))?);
    }
    let capacity = match plan {
        Plan::Program(file) => match &file.work {
            Work::Capacitated { instance, .. } => instance.capacity,
            _ => None,
        },
        _ => None,
    };
    let field = Field { head, studied, needs: &needs, sample, capacity };
    match plan {
        Plan::Cover(file) => cover(file, &field, log),
        Plan::Assign(file) => assign(file, &field, log),
        Plan::Program(file) => program::check(file, &field, log),
    }
}

/// The promises of the file, which must be those of the study.
fn promises(plan: &Plan, studied: &Studied) -> Result<Vec<Rule>, Reject> {
    let head = plan.head();
    for (at, said) in plan.promises().iter().enumerate() {
        let said = head.ask.rule.as_ref().filter(|_| at == 0).unwrap_or(said);
        let place = if at == 0 { "ask.rule".to_owned() } else { format!("promises[{at}]") };
        let none =
            |fault: anyhow::Error| Reject(format!("{place} is no rule of the study: {fault:#}"));
        if at == 0 {
            let wish = PromiseWish::of(head.ask, said, head.version);
            let mut found = Promise::find(&studied.baseline, &wish).map_err(none)?;
            if found.standard != head.ask.standard {
                return reject(format!(
                    "ask.standard is said to be {:?}, but is {:?}",
                    head.ask.standard, found.standard
                ))
                .map(|()| Vec::new());
            }
            if matches!(plan, Plan::Assign(_)) {
                // Their cutoff is how far candidates are looked for.
                (found.rule.cutoff_min, found.rule.cutoff_m) = (said.cutoff_min, said.cutoff_m);
            }
            same(&place, said, &found.rule)?;
        } else {
            let standards = studied.baseline.standards.iter();
            let known = standards.flat_map(|s| &s.rules).filter(|rule| rule.id == said.id);
            let known: Vec<Rule> = known.map(|rule| beside(rule, (said, &head))).collect();
            match known.as_slice() {
                [] => {
                    return reject(format!("{place} is no rule of the study")).map(|()| Vec::new());
                }
                several if several.contains(said) => {}
                several => same(&place, said, &several[0])?,
            }
        }
    }
    Ok(plan.promises().to_vec())
}

/// A further rule for the walker and the group that were asked for beside the first.
fn beside(rule: &Rule, (said, head): (&Rule, &Head)) -> Rule {
    let mut found = rule.clone();
    let changed = &head.ask.changed;
    if head.version == 1 {
        (found.profile, found.group) = (said.profile.clone(), said.group.clone());
    }
    found.profile = changed.profile.clone().unwrap_or(found.profile);
    found.group = changed.group.clone().unwrap_or(found.group);
    found
}

impl Field<'_> {
    /// The people of the study and those covered today are as said.
    fn people(&self, (persons, covered): (f64, f64)) -> Checked {
        let need = &self.needs[0];
        for (place, said, found) in [
            ("summary.persons", persons, need.total.count()),
            ("summary.covered_before", covered, need.covered.count()),
        ] {
            if (said - found).abs() > 1e-6 {
                return reject(format!("{place} is said to be {said}, but is {found}"));
            }
        }
        Ok(())
    }

    /// The candidates among `choices`, which `ids` name in the instance: as they are listed, and as what was asked for
    /// gives them again. `None` when a file of version 1 has none and they cannot be asked for again.
    pub(in crate::delivery) fn candidates(
        &self,
        (choices, ids): (&[Choice], &[String]),
        (need, most): (&Need, usize),
        log: &mut Log,
    ) -> Result<Option<Vec<Candidate>>, Reject> {
        let ask = self.head.ask;
        let again = ground::again((ask, self.head.version, most), (need, self.studied), ids)?;
        let taxonomy = &self.studied.baseline.taxonomy;
        let words = ask.candidates.join(", ");
        if self.head.version == 1 {
            let Some(mut found) = again else {
                log.leaves(
                    "which places were candidates, their ids, names and costs, where exactly sites stand, and whom candidates \
                     reach that were not chosen: a file of version 1 does not say where they are, so the bound is \
                     relative to the lists in the file",
                    "候选点有哪些及其编号、名称、造价，站点的确切位置，未选候选点的可达名单：版本 1 的文件没有写明候选点位置，界只相对于文件中的名单",
                );
                return Ok(None);
            };
            let keys: Vec<String> = keys(&found);
            same("instance.sites", &ids, &&keys[..])?;
            // Options that version 1 does not tell may have made candidates required or forbidden.
            for candidate in &mut found {
                candidate.phase = None;
            }
            return Ok(Some(found));
        }
        let listed = ground::listed(choices, (need, self.studied))?;
        let keys = keys(&listed);
        same("choices", &keys.iter().collect::<Vec<_>>(), &ids.iter().collect::<Vec<_>>())?;
        match again {
            Some(mut found) => {
                if let Some(places) = self.capacity {
                    for candidate in &mut found {
                        candidate.capacity.get_or_insert(places);
                    }
                }
                let found: Vec<Choice> =
                    found.iter().map(|candidate| Choice::of(candidate, taxonomy)).collect();
                same("choices", &choices, &&found[..])?;
                let count = listed.len();
                log.holds(
                    format!("the candidates: {count}, as asked for ({words})"),
                    format!("候选点：{count} 个，与所求一致（{words}）"),
                );
            }
            None => log.leaves(
                format!("whether candidates are missing, and their ids, names, costs and places beside their list in the file: {words} is not here as it was, so the bound is relative to that list"),
                format!("候选点是否齐全，及其编号、名称、造价与托位数（文件名单之外）：此处没有当时的 {words}，界只相对于该名单"),
            ),
        }
        Ok(Some(listed))
    }

    /// Spacing and zone rules are those that were asked for, and there are no others; a site of `rules` is `first` plus
    /// its position.
    pub(in crate::delivery) fn rules(
        &self,
        rules: &SiteRules,
        place: (u32, &[Candidate]),
    ) -> Checked {
        let own = self.zones(rules, place)?;
        if own > 0 && self.head.version > 1 {
            return reject("rules.groups holds more than the zones that were asked for");
        }
        Ok(())
    }

    /// As [`Field::rules`], beside counts that come before the zones: how many there are.
    fn zones(
        &self,
        rules: &SiteRules,
        (first, candidates): (u32, &[Candidate]),
    ) -> Result<usize, Reject> {
        let terms = SiteTerms::of(self.head.ask);
        let goal = Goal { sites: rules.max_sites, ..Goal::default() };
        let none =
            |fault: anyhow::Error| Reject(format!("the rules that were asked for: {fault:#}"));
        let open = self.needs[0].serving.as_slice();
        let zones = zone_terms(&self.studied.baseline, candidates, (&terms, open)).map_err(none)?;
        let found = site_rules(candidates, (&goal, &terms), &zones).map_err(none)?;
        let found = places::shifted(&found, first);
        same("rules.conflicts", &rules.conflicts, &found.conflicts)?;
        let own = rules.groups.len().saturating_sub(found.groups.len());
        if self.head.version > 1 {
            same("rules.groups", &&rules.groups[own..], &&found.groups[..])?;
        }
        Ok(own)
    }

    /// The list of chosen sites is drawn as the candidates are: for files that do not list them.
    pub(in crate::delivery) fn drawn(&self, (first, candidates): (u32, &[Candidate])) -> Checked {
        let taxonomy = &self.studied.baseline.taxonomy;
        for (at, site) in self.head.sites.iter().enumerate() {
            let position = site.site.checked_sub(first).map(|at| at as usize);
            let Some(candidate) = position.and_then(|at| candidates.get(at)) else { continue };
            let found = told::drawn(&Choice::of(candidate, taxonomy), site);
            let found = ChosenSite { standing: site.standing.clone(), ..found };
            same(&format!("sites[{at}]"), site, &found)?;
        }
        Ok(())
    }
}

/// What a search through the study that cannot fail for its file says when it does.
pub(in crate::delivery) fn lost(fault: &impl ToString) -> Reject {
    Reject(format!("the instance cannot be made anew: {}", fault.to_string()))
}

fn cover(file: &PlanFile, field: &Field, log: &mut Log) -> Checked {
    let (need, record) = (&field.needs[0], &file.instance);
    field.people((file.summary.persons, file.summary.covered_before))?;
    let objective = file.solution.problem.objective;
    target(file.ask.target_share, ("solution.problem.objective.target", objective), need)?;
    let most = most_for(ProblemKind::Mclp);
    let found = field.candidates((&file.choices, &record.sites), (need, most), log)?;
    walks::rows("instance", record, (&need.rows, &need.persons))?;
    if let Some(mut candidates) = found {
        walks::follow_statuses(&mut candidates, record, (0, field.head.version));
        let reach = need.reach(&candidates, &Silent).map_err(|fault| lost(&fault))?;
        let instance = need.instance(&candidates, &reach).map_err(|fault| lost(&fault))?;
        let mut again = InstanceRecord::of(&instance, "micro-persons");
        again.points.clone_from(&record.points);
        again.sites = keys(&candidates);
        same("instance", record, &again)?;
        field.drawn((0, &candidates))?;
        field.rules(&file.solution.problem.rules, (0, &candidates))?;
        let lists = record.lists.as_deref().unwrap_or_default();
        if record.lists.is_some() {
            let listed = ("instance.lists", lists, Listed::All);
            walks::reach((need, &need.rows), listed, (&candidates, field.sample), log)?;
        }
        let doors = ground::doors_of(&walks::numbers(&file.solution.chosen), (0, &candidates));
        walks::claims(need, (&file.claims, &doors), log)?;
    } else {
        let doors = walks::doors_said(need, field.head.sites)?;
        walks::claims(need, (&file.claims, &doors), log)?;
    }
    walks::settled(need, log)
}

/// The weight to be covered is the share that was asked for.
pub(in crate::delivery) fn target(
    share: Option<f64>,
    (place, objective): (&str, Objective),
    need: &Need,
) -> Checked {
    let Some(share) = share else { return Ok(()) };
    let goal = (need.total.as_micro() as f64 * share).ceil() as i64;
    let found = (share < 1.0).then(|| (goal - need.covered.as_micro()).max(0));
    let said = match objective {
        Objective::CoverWeight { target, .. } => Some(target),
        _ => None,
    };
    same(place, &said, &found)
}

fn assign(file: &AssignFile, field: &Field, log: &mut Log) -> Checked {
    let need = field.needs[0].clone().of_everybody();
    let record = &file.instance;
    // The last site stands for what is open today.
    let ids = record.sites.split_last().map_or(&[][..], |(_, ids)| ids);
    let most = most_for(ProblemKind::PMedian);
    let found = field.candidates((&file.choices, ids), (&need, most), log)?;
    let Some(candidates) = found else {
        let doors = walks::doors_said(&need, field.head.sites)?;
        return super::assign::walks(file, (&need, &doors), log);
    };
    let mut candidates = candidates;
    walks::follow_assigned(&mut candidates, record, field.head.version);
    let who = WhoCounts::of(&file.solution.problem);
    let people = Everybody::find(need, who);
    let left: Vec<u32> = people.left_out.iter().map(|id| id.0).collect();
    same("left_out", &file.left_out, &left)?;
    let rows: Vec<u32> = people.need.rows.iter().map(|id| id.0).collect();
    same("instance.points", &record.points, &rows)?;
    let unserved = file.solution.problem.unserved();
    let instance = people.instance(&candidates, unserved, &Silent).map_err(|fault| lost(&fault))?;
    let again = AssignRecord::of(&instance, &record.weight_unit, with_today(keys(&candidates)));
    same("instance", record, &AssignRecord { points: rows, ..again })?;
    field.drawn((0, &candidates))?;
    walks::assigned((&people.need, record), (&candidates, field.sample), unserved, log)?;
    let doors = ground::doors_of(&walks::numbers(&file.solution.chosen), (0, &candidates));
    let everybody = field.needs[0].clone().of_everybody();
    super::assign::walks(file, (&everybody, &doors), log)
}
