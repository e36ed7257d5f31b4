//! The verdict of a plan, the figures beside it, and how good its years are.

use crate::placement::headline::Part;
use crate::placement::schedule::{Schedule, Scope};
use crate::placement::{Measure, SolutionStatus};
use crate::report::number;
use crate::units::Persons;

use super::headline::{change_line, counted_label, newly_label, part_text, proven};
use super::tables::cost;
use super::{Desk, Labeled, PlanReportInput, Verdict};

impl Desk<'_> {
    pub(super) fn verdict(&self) -> Verdict {
        let texts = self.texts;
        let (sign, word, text) = self.judged();
        let headline = &self.input.plan.headline;
        let people = headline.people();
        let before = self.part(people.before);
        let lead = if headline.sites == 0 {
            texts.fill("plan_sentence_none", &[("before", &before)])
        } else {
            let (gain, after) = (people.gain().max(0), self.part(people.after));
            let sites = number::whole(headline.sites as u64);
            let gain = self.count(Persons::from_micro(gain));
            let what = counted_label(&people.counted);
            let facts = [
                ("sites", sites.as_str()),
                ("gain", gain.as_str()),
                ("before", before.as_str()),
                ("after", after.as_str()),
                ("what", what.pick(texts.language)),
            ];
            texts.fill("plan_sentence", &facts)
        };
        let others = headline.changes.iter().filter(|change| **change != people);
        let lines: Vec<String> = others
            .map(|change| change_line(change, &|zone| self.zone(zone), texts.language))
            .collect();
        let stop = texts.language.pick(". ", "。");
        let also = lines.iter().fold(String::new(), |also, line| also + " " + line + stop);
        Verdict {
            sign,
            title: self.title(),
            word: texts.say(word),
            sentence: format!("{lead}{} {text}", also.trim_end()),
        }
    }

    /// How far the search came: of the years when sites and years were chosen together, else of the plan.
    fn judged(&self) -> (&'static str, &'static str, String) {
        let PlanReportInput { proof, years, .. } = *self.input;
        let texts = self.texts;
        match &proof.status {
            SolutionStatus::Infeasible { .. } => {
                return ("fail", "plan_infeasible", texts.say("plan_infeasible_text"));
            }
            SolutionStatus::Unsolved => {
                return ("none", "plan_unsolved", texts.say("plan_unsolved_text"));
            }
            _ => {}
        }
        let of_years = years.filter(|years| years.scope == Scope::Sites && years.has_plan());
        let (is_proven, gap, bound) = match of_years {
            Some(years) => (years.is_proven(), years.optimality_gap(), self.most_years(years)),
            None => (proof.status == SolutionStatus::Optimal, proof.gap, self.bound()),
        };
        if is_proven {
            let what = match of_years {
                Some(_) => texts.fill("plan_proven_years", &[("years", &self.years_unit())]),
                None => proven(proof.measure, self.input.baseline.demand.unit)
                    .pick(texts.language)
                    .to_owned(),
            };
            ("pass", "plan_optimal", texts.fill("plan_optimal_text", &[("what", &what)]))
        } else {
            let gap = format!("{:.2}%", gap * 100.0);
            let facts = [("bound", bound.as_str()), ("gap", gap.as_str())];
            ("none", "plan_feasible", texts.fill("plan_feasible_text", &facts))
        }
    }

    /// People, or metres of street, times years.
    fn years_unit(&self) -> String {
        self.texts.say(self.by_unit("plan_person_years", "plan_street_years"))
    }

    fn most_years(&self, years: &Schedule) -> String {
        let most = number::persons(Persons::from_micro(years.bound));
        self.texts.fill("plan_bound_years", &[("n", &most), ("years", &self.years_unit())])
    }

    /// How the years are to be read, and how good their order is.
    pub(super) fn years_text(&self) -> String {
        let texts = self.texts;
        let Some(years) = self.input.years.filter(|years| years.has_plan()) else {
            return String::new();
        };
        let value = number::persons(Persons::from_micro(years.plan.value));
        let most = number::persons(Persons::from_micro(years.bound));
        let key = match (years.is_proven(), years.scope) {
            (true, Scope::Order) => "plan_years_order_proven",
            (true, Scope::Sites) => "plan_years_proven",
            (false, _) => "plan_years_open",
        };
        let said =
            texts.fill(key, &[("value", &value), ("bound", &most), ("years", &self.years_unit())]);
        let space = texts.language.pick(" ", "");
        format!("{}{space}{said}", texts.say("plan_phases_text"))
    }

    fn part(&self, part: Part) -> String {
        part_text(part, &|zone| self.zone(zone))
    }

    fn bound(&self) -> String {
        let bound = self.input.proof.bound;
        let people = || number::persons(Persons::from_micro(bound));
        let (key, value) = match self.input.proof.measure {
            Measure::People => ("plan_bound_people", people()),
            Measure::Served => ("plan_bound_served", people()),
            Measure::Promises => ("plan_bound_promises", people()),
            Measure::WorstShare => ("plan_bound_worst", number::plain(bound as f64 / 1e7, 2)),
            Measure::Sites => ("plan_bound_sites", number::whole(bound.max(0) as u64)),
            Measure::Cost => ("plan_bound_cost", cost(bound)),
            Measure::Apart => ("plan_bound_apart", number::plain(bound as f64 / 6e4, 1)),
        };
        self.texts.fill(key, &[("n", &value)])
    }

    pub(super) fn numbers(&self) -> Vec<Labeled> {
        let texts = self.texts;
        let plan = self.input.plan;
        let label = |value: String, key: &str| Labeled { value, label: texts.say(key) };
        let mut numbers = vec![Labeled {
            value: number::persons(plan.need.total),
            label: texts.fill("plan_number_persons", &[("unit", &self.unit())]),
        }];
        for change in &plan.headline.changes {
            let what = counted_label(&change.counted);
            for (part, key) in
                [(change.before, "plan_number_before"), (change.after, "plan_number_after")]
            {
                numbers.push(Labeled {
                    value: self.part(part),
                    label: texts.fill(key, &[("what", what.pick(texts.language))]),
                });
            }
        }
        let people = plan.headline.people();
        numbers.push(Labeled {
            value: number::persons(Persons::from_micro(people.gain().max(0))),
            label: newly_label(&people.counted).pick(texts.language).to_owned(),
        });
        numbers.push(label(number::whole(plan.headline.sites as u64), "plan_number_sites"));
        numbers.push(label(cost(plan.headline.cost), "plan_number_cost"));
        numbers
    }
}
