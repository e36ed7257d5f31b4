//! The page of a composite (1+6+X): complete homes, how much is missing, what is missing most, every zone.

use serde::Serialize;

use crate::coverage::summary::counting;
use crate::coverage::{CompositeAssessment, CoverageGap, RuleAssessment};
use crate::ids::{GroupId, ZoneId};
use crate::report::figure::chart::bar;
use crate::report::figure::map::GAPS_NUMBERED;
use crate::report::number;
use crate::units::{Persons, Yardstick};

use super::rule_sheet::{GapRow, MapView, ZoneRow, draw_map, zone_row};
use super::{Maps, Scene};

/// Zones listed at most.
const ZONES_LISTED_MAX: usize = 800;

/// The page of a composite.
#[derive(Debug, Serialize)]
pub(super) struct CompositeSheet {
    index: usize,
    title: String,
    standard: String,
    sentence: String,
    asked: String,
    persons: String,
    complete: String,
    no_street: String,
    share: String,
    by_missing: Vec<PartRow>,
    by_function: Vec<PartRow>,
    optional: Vec<PartRow>,
    map: Option<MapView>,
    gaps: Vec<GapRow>,
    gaps_total: String,
    gaps_more: bool,
    zones: Vec<ZoneRow>,
    zones_note: Option<String>,
}

/// People of one kind as a part of all.
#[derive(Debug, Serialize)]
struct PartRow {
    label: String,
    persons: String,
    share: String,
    bar: String,
}

impl CompositeSheet {
    pub(super) fn new(scene: &Scene, maps: &Maps, index: usize) -> Self {
        let composite = &scene.audit.composites[index];
        let total = composite.summary.total;
        let title = scene.texts.language.pick(&composite.composite.en, &composite.composite.zh);
        let needed = find_rules(scene, composite, &mut composite.needed());
        let rows = zones_in_order(scene);
        let lived_in: Vec<ZoneId> = rows
            .into_iter()
            .filter(|&id| composite.summary.zones[id].persons > Persons::ZERO)
            .filter(|_| composite.is_recorded())
            .collect();
        Self {
            index,
            title: title.to_owned(),
            standard: scene.standard_title(&composite.standard),
            sentence: sentence(scene, composite),
            asked: asked(scene, composite),
            persons: number::persons(total.persons),
            complete: number::persons(total.covered),
            no_street: number::persons(total.no_street),
            share: number::share(total.covered, total.assessed(), None),
            by_missing: by_missing(scene, composite),
            by_function: by_function(scene, composite, &needed),
            optional: optional(scene, composite),
            map: composite
                .is_recorded()
                .then(|| {
                    draw_map(
                        scene,
                        maps,
                        title,
                        (&composite.summary, &composite.gaps),
                        anchors(scene, composite),
                    )
                })
                .flatten(),
            gaps: composite
                .gaps
                .iter()
                .take(GAPS_NUMBERED)
                .enumerate()
                .map(|(at, gap)| gap_row(scene, &needed, at, gap))
                .collect(),
            gaps_total: number::whole(composite.gaps.len() as u64),
            gaps_more: composite.gaps.len() > GAPS_NUMBERED,
            zones: lived_in
                .iter()
                .take(ZONES_LISTED_MAX)
                .map(|&id| zone_row(scene, &composite.summary, id, Yardstick::Minutes))
                .collect(),
            zones_note: (lived_in.len() > ZONES_LISTED_MAX).then(|| {
                let n = number::whole((lived_in.len() - ZONES_LISTED_MAX) as u64);
                scene.texts.fill("zones_not_listed", &[("n", &n)])
            }),
        }
    }
}

fn find_rules<'a>(
    scene: &Scene<'a>,
    composite: &CompositeAssessment,
    ids: &mut dyn Iterator<Item = &str>,
) -> Vec<&'a RuleAssessment> {
    ids.filter_map(|id| {
        scene.audit.rules.iter().find(|r| r.standard == composite.standard && r.rule.id == id)
    })
    .collect()
}

/// Who has everything, how far those walk to the farthest of it, and who is counted apart.
fn sentence(scene: &Scene, composite: &CompositeAssessment) -> String {
    let texts = scene.texts;
    let Some(total) = composite.complete() else {
        let lacking = scene.titles_of(&composite.standard, &composite.not_recorded);
        return texts.fill("composite_unknown", &[("lacking", &lacking)]);
    };
    let mut parts = vec![texts.fill(
        "composite_sentence",
        &[
            ("covered", &scene.count(total.covered)),
            ("persons", &scene.count(total.assessed())),
            ("share", &number::share(total.covered, total.assessed(), None)),
        ],
    )];
    if let Some(mean) = composite.mean_farthest() {
        let mean = number::plain(mean.as_minutes(), 2);
        parts.push(texts.fill("composite_mean", &[("n", &mean)]));
    }
    if total.no_street > Persons::ZERO {
        let count = scene.count(total.no_street);
        parts.push(texts.fill("composite_no_street", &[("count", &count)]));
    }
    parts.join(texts.language.between_sentences())
}

/// What the composite asks for, in words.
fn asked(scene: &Scene, composite: &CompositeAssessment) -> String {
    let and = scene.texts.say("list_and");
    let titles = |ids: &[String]| {
        let rules = find_rules(scene, composite, &mut ids.iter().map(String::as_str));
        rules.iter().map(|rule| scene.rule_title(rule)).collect::<Vec<_>>().join(&and)
    };
    let asked = &composite.composite;
    let key =
        if asked.optional.is_empty() { "composite_asked" } else { "composite_asked_optional" };
    scene.texts.fill(
        key,
        &[
            ("anchor", &titles(&asked.anchor)),
            ("required", &titles(&asked.required)),
            ("optional", &titles(&asked.optional)),
        ],
    )
}

/// Places of what the anchor rules count, for the map.
fn anchors(scene: &Scene, composite: &CompositeAssessment) -> Vec<crate::spatial::LonLat> {
    let ids = &composite.composite.anchor;
    find_rules(scene, composite, &mut ids.iter().map(String::as_str))
        .iter()
        .flat_map(|rule| &rule.serving)
        .map(|&id| scene.baseline.facilities.facilities[id].place)
        .collect()
}

fn part(label: String, persons: Persons, all: Persons, class: &str) -> PartRow {
    let share = persons.share_of(all).map_or(0.0, |share| share.0);
    PartRow {
        label,
        persons: number::persons(persons),
        share: number::share(persons, all, None),
        bar: bar(&[(share, class)], None),
    }
}

fn by_missing(scene: &Scene, composite: &CompositeAssessment) -> Vec<PartRow> {
    let all = composite.summary.total.assessed();
    let none = if composite.is_recorded() { "missing_none" } else { "missing_none_recorded" };
    composite
        .persons_by_missing
        .iter()
        .enumerate()
        .map(|(missing, &persons)| {
            let n = number::whole(missing as u64);
            let (label, class) = if missing == 0 {
                (scene.texts.say(none), "in")
            } else {
                (scene.texts.fill("missing_n", &[("n", &n)]), "out")
            };
            part(label, persons, all, class)
        })
        .collect()
}

/// People who miss each required function, most first.
fn by_function(
    scene: &Scene,
    composite: &CompositeAssessment,
    needed: &[&RuleAssessment],
) -> Vec<PartRow> {
    let mut missing = vec![Persons::ZERO; needed.len()];
    for (id, persons) in counting(&scene.baseline.demand, GroupId(0)) {
        for &position in &composite.points[id.0 as usize].missing {
            missing[usize::from(position)] += persons;
        }
    }
    let mut order: Vec<usize> = (0..needed.len()).filter(|&at| needed[at].is_recorded).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(missing[at]));
    let all = composite.summary.total.assessed();
    order
        .into_iter()
        .map(|at| part(scene.rule_title(needed[at]), missing[at], all, "out"))
        .collect()
}

/// People by how many of the optional functions they reach.
fn optional(scene: &Scene, composite: &CompositeAssessment) -> Vec<PartRow> {
    let most = composite.composite.optional.len();
    if most == 0 {
        return Vec::new();
    }
    let mut people = vec![Persons::ZERO; most + 1];
    for (id, persons) in counting(&scene.baseline.demand, GroupId(0)) {
        people[usize::from(composite.points[id.0 as usize].optional).min(most)] += persons;
    }
    let all = composite.summary.total.persons;
    (0..=most)
        .rev()
        .map(|n| {
            let values = [("part", number::whole(n as u64)), ("all", number::whole(most as u64))];
            let label =
                scene.texts.fill("of", &[(values[0].0, &values[0].1), (values[1].0, &values[1].1)]);
            part(label, people[n], all, "in")
        })
        .collect()
}

fn gap_row(scene: &Scene, needed: &[&RuleAssessment], at: usize, gap: &CoverageGap) -> GapRow {
    let lacking = scene.lacking(&gap.points, &mut needed.iter().copied());
    GapRow {
        rank: at + 1,
        name: gap.title(scene.texts.language.gap_words()),
        place: format!("{:.5}, {:.5}", gap.center.lon(), gap.center.lat()),
        persons: number::persons(gap.persons),
        nearest: String::new(),
        mean: String::new(),
        facility: String::new(),
        lacking: lacking.join(&scene.texts.say("list_and")),
    }
}

/// All zones, each followed by its parts.
fn zones_in_order(scene: &Scene) -> Vec<ZoneId> {
    let zones = &scene.baseline.zones.zones;
    let mut parts: Vec<Vec<ZoneId>> = vec![Vec::new(); zones.len()];
    let mut open: Vec<ZoneId> = Vec::new();
    for (id, zone) in zones.enumerate().rev() {
        match zone.parent {
            Some(parent) => parts[parent.0 as usize].push(id),
            None => open.push(id),
        }
    }
    let mut order = Vec::with_capacity(zones.len());
    while let Some(id) = open.pop() {
        order.push(id);
        open.append(&mut parts[id.0 as usize]);
    }
    order
}
