//! The histogram of walking times of a rule.

use crate::coverage::RuleAssessment;
use crate::coverage::summary::counting;
use crate::report::figure::chart::{HistogramBar, histogram};
use crate::report::number;
use crate::units::{Persons, WalkTime, Yardstick};

use super::Scene;

/// Bars up to the cutoff.
const WITHIN: usize = 5;
/// Bars on the scale; one for what is beyond it and one for who cannot get there at all stand apart.
const ON_SCALE: usize = 15;

/// People by walking time: the bars up to the cutoff add up to the covered. `None` when nobody counts.
pub(super) fn draw_times(scene: &Scene, rule: &RuleAssessment) -> Option<String> {
    let scale = Scale { scene, rule };
    let people = scale.people();
    if people.iter().all(|&persons| persons == Persons::ZERO) {
        return None;
    }
    let bars: Vec<HistogramBar> = people
        .iter()
        .enumerate()
        .filter(|&(bin, &persons)| bin < ON_SCALE || persons > Persons::ZERO)
        .map(|(bin, &persons)| HistogramBar {
            value: persons.count(),
            class: if bin < WITHIN { "in" } else { "out" },
            text: scale.text(bin),
            title: scale.title(bin, persons),
            is_apart: bin >= ON_SCALE,
        })
        .collect();
    let texts = scene.texts;
    let label = texts.fill("histogram_label", &[("title", &scene.rule_title(rule))]);
    let cutoff = texts.fill("histogram_cutoff", &[("cutoff", &scene.cutoff(rule))]);
    let axis = |value: f64| number::whole(value.round() as u64);
    Some(histogram(&bars, &label, &axis, (WITHIN, &cutoff)))
}

struct Scale<'a> {
    scene: &'a Scene<'a>,
    rule: &'a RuleAssessment,
}

impl Scale<'_> {
    /// Upper edge of the bar before `bin`, inclusive, in milliseconds.
    fn edge(&self, bin: usize) -> u64 {
        u64::from(self.rule.cutoff.as_ms()) * bin as u64 / WITHIN as u64
    }

    /// People by bar.
    fn people(&self) -> Vec<Persons> {
        let mut people = vec![Persons::ZERO; ON_SCALE + 2];
        for (id, persons) in counting(&self.scene.baseline.demand, self.rule.group) {
            let Some(time) = self.rule.times.walk(id) else { continue };
            let bin = if time.is_reachable() {
                let ms = u64::from(time.as_ms());
                (0..ON_SCALE).find(|&bin| ms <= self.edge(bin + 1)).unwrap_or(ON_SCALE)
            } else {
                ON_SCALE + 1
            };
            people[bin] += persons;
        }
        people
    }

    fn value(&self, bin: usize) -> String {
        match self.rule.yardstick {
            Yardstick::Minutes => number::plain(self.edge(bin) as f64 / 60_000.0, 1),
            Yardstick::Meters => number::whole(self.edge(bin) / 1000),
        }
    }

    fn with_unit(&self, bin: usize) -> String {
        let longest = u64::from(WalkTime::LONGEST.as_ms());
        let time = WalkTime::from_ms(self.edge(bin).min(longest) as u32);
        number::cutoff(self.scene.texts, self.rule.yardstick, time)
    }

    /// What stands under a bar; long numbers only under every fifth.
    fn text(&self, bin: usize) -> String {
        let texts = self.scene.texts;
        let wide = self.value(WITHIN * 2 - 1).chars().count() > 2;
        match bin {
            ON_SCALE => texts.fill("histogram_beyond", &[("n", &self.value(ON_SCALE))]),
            bin if bin > ON_SCALE && self.rule.serving.is_empty() => texts.say("none_open"),
            bin if bin > ON_SCALE => texts.say("histogram_no_way"),
            // The bar beside it says "over" the same number.
            bin if bin + 1 == ON_SCALE => String::new(),
            bin if wide && !(bin + 1).is_multiple_of(WITHIN) => String::new(),
            bin => self.value(bin + 1),
        }
    }

    fn title(&self, bin: usize, persons: Persons) -> String {
        let texts = self.scene.texts;
        let range = match bin {
            ON_SCALE => texts.fill("histogram_beyond", &[("n", &self.with_unit(ON_SCALE))]),
            bin if bin > ON_SCALE && self.rule.serving.is_empty() => texts.say("none_open"),
            bin if bin > ON_SCALE => texts.say("no_way"),
            bin => format!("{}–{}", self.value(bin), self.with_unit(bin + 1)),
        };
        let count = self.scene.count(persons);
        texts.fill("histogram_bar", &[("range", &range), ("count", &count)])
    }
}
