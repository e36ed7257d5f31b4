//! One page per rule: map, histogram, speeds, straight line beside streets, places, worst zones, coverage gaps.

use serde::Serialize;

use crate::coverage::{CoverageGap, RuleAssessment, Summary};
use crate::ids::{DemandPointId, ZoneId};
use crate::report::figure::chart::bar;
use crate::report::figure::map::{GAPS_NUMBERED, MapPlan, color_of};
use crate::report::number;
use crate::units::{Meters, Persons, Yardstick};

use super::rule_row::{CapacityRow, capacity};
use super::times::draw_times;
use super::words::{outcome_sign, pass_line, pass_share};
use super::{Maps, Scene};

/// What else is lacking is listed up to this many, then counted.
const LACKING_LISTED: usize = 1;
/// Zones listed as the worst.
const ZONES_LISTED: usize = 10;

/// The page of a rule.
#[derive(Debug, Serialize)]
pub(super) struct RuleSheet {
    index: usize,
    title: String,
    standard: String,
    sign: &'static str,
    outcome: String,
    sentence: String,
    /// What is asked, in full: walker, group, cutoff, places.
    name: String,
    is_recorded: bool,
    map: Option<MapView>,
    histogram: Option<String>,
    speeds: Vec<SpeedRow>,
    buffer: Option<String>,
    capacity: Option<CapacityRow>,
    places: Vec<PlacesRow>,
    zones: Vec<ZoneRow>,
    gaps: Vec<GapRow>,
    gaps_total: String,
    gaps_more: bool,
}

/// A map and what it leaves out.
#[derive(Debug, Serialize)]
pub(super) struct MapView {
    svg: String,
    note: Option<String>,
}

#[derive(Debug, Serialize)]
struct SpeedRow {
    speed: String,
    share: String,
    covered: String,
    bar: String,
}

/// A zone of a table.
#[derive(Debug, Serialize)]
pub(super) struct ZoneRow {
    pub(super) name: String,
    /// The zone above it.
    pub(super) parent: String,
    pub(super) depth: u8,
    pub(super) persons: String,
    pub(super) covered: String,
    pub(super) left_out: String,
    pub(super) no_street: String,
    pub(super) share: String,
    pub(super) bar: String,
    pub(super) mean: String,
}

/// A zone by who gets a place.
#[derive(Debug, Serialize)]
struct PlacesRow {
    name: String,
    parent: String,
    persons: String,
    parts: Vec<String>,
}

/// A coverage gap of a table.
#[derive(Debug, Serialize)]
pub(super) struct GapRow {
    pub(super) rank: usize,
    pub(super) name: String,
    pub(super) place: String,
    pub(super) persons: String,
    pub(super) nearest: String,
    pub(super) mean: String,
    pub(super) facility: String,
    pub(super) lacking: String,
}

impl RuleSheet {
    pub(super) fn new(scene: &Scene, maps: &Maps, index: usize) -> Self {
        let rule = &scene.audit.rules[index];
        let facilities: Vec<_> =
            rule.serving.iter().map(|&id| scene.baseline.facilities.facilities[id].place).collect();
        let map = (maps.mapped[index] && rule.is_recorded)
            .then(|| {
                draw_map(
                    scene,
                    maps,
                    &scene.rule_title(rule),
                    (&rule.summary, &rule.gaps),
                    facilities,
                )
            })
            .flatten();
        Self {
            index,
            title: scene.rule_title(rule),
            standard: scene.standard_title(&rule.standard),
            sign: outcome_sign(rule.outcome),
            outcome: scene.outcome_text(rule.outcome),
            sentence: sentence(scene, rule),
            name: scene.full_name(rule),
            is_recorded: rule.is_recorded,
            map,
            histogram: draw_times(scene, rule).filter(|_| rule.is_recorded),
            speeds: if rule.is_recorded { speeds(scene, rule) } else { Vec::new() },
            buffer: buffer(scene, rule),
            capacity: capacity(scene, rule).filter(|_| rule.is_recorded),
            places: short_of_places(scene, rule),
            zones: worst_zones(scene, rule),
            gaps: rule
                .gaps
                .iter()
                .take(GAPS_NUMBERED)
                .enumerate()
                .map(|(at, gap)| gap_row(scene, rule, at, gap))
                .collect(),
            gaps_total: number::whole(rule.gaps.len() as u64),
            gaps_more: rule.gaps.len() > GAPS_NUMBERED,
        }
    }
}

/// A map of shares with its coverage gaps.
pub(super) fn draw_map(
    scene: &Scene,
    maps: &Maps,
    title: &str,
    (summary, gaps): (&Summary, &[CoverageGap]),
    facilities: Vec<crate::spatial::LonLat>,
) -> Option<MapView> {
    let sheet = maps.sheet?;
    let label = scene.texts.fill("map_label", &[("title", title)]);
    let scale_text = |meters: f64| {
        if meters >= 1000.0 {
            let km = number::plain(meters / 1000.0, 1);
            scene.texts.fill("kilometers", &[("n", &km)])
        } else {
            number::meters(scene.texts, Meters(meters))
        }
    };
    let drawing = sheet.draw(&MapPlan {
        label: &label,
        colors: sheet.shown.iter().map(|&id| color_of(&summary.zones[id])).collect(),
        gaps,
        facilities,
        maps: maps.count,
        scale_text: &scale_text,
    });
    let note = (drawing.gaps_not_drawn > 0).then(|| {
        let n = number::whole(drawing.gaps_not_drawn as u64);
        scene.texts.fill("map_gaps_not_drawn", &[("n", &n)])
    });
    Some(MapView { svg: drawing.svg, note })
}

fn sentence(scene: &Scene, rule: &RuleAssessment) -> String {
    let total = rule.summary.total;
    if !rule.is_recorded {
        return scene
            .texts
            .fill("rule_not_recorded", &[("functions", &scene.function_names(rule))]);
    }
    let walked = scene.texts.fill(
        if rule.rule.verified { "rule_sentence" } else { "rule_sentence_unverified" },
        &[
            ("covered", &scene.count(total.covered)),
            ("persons", &scene.count(total.assessed())),
            ("group", &scene.group_name(rule.group)),
            ("share", &number::share(total.covered, total.assessed(), walked_line(rule))),
            ("cutoff", &scene.cutoff(rule)),
            ("functions", &scene.function_names(rule)),
            ("walker", &scene.walker_name(&rule.rule.profile)),
            ("pass", &pass_line(rule)),
            ("facilities", &number::whole(rule.serving.len() as u64)),
        ],
    );
    [Some(walked), judged_sentence(scene, rule), no_street_sentence(scene, rule)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(scene.texts.language.between_sentences())
}

/// The pass line, where the walks are what it is held against.
fn walked_line(rule: &RuleAssessment) -> Option<f64> {
    pass_share(rule).filter(|_| rule.capacity.is_none())
}

/// Who has a place, where the verdict rests on places.
fn judged_sentence(scene: &Scene, rule: &RuleAssessment) -> Option<String> {
    rule.capacity.as_ref()?;
    let judged = rule.judged();
    let share = number::share(judged.covered, judged.assessed(), pass_share(rule));
    let served = scene.count(judged.covered);
    Some(scene.texts.fill("rule_judged", &[("served", &served), ("share", &share)]))
}

/// Who is counted apart, as the map has no street there.
fn no_street_sentence(scene: &Scene, rule: &RuleAssessment) -> Option<String> {
    let total = rule.summary.total;
    (total.no_street > Persons::ZERO).then(|| {
        let of_all = number::share(total.no_street, total.persons, None);
        let count = scene.count(total.no_street);
        scene.texts.fill("rule_no_street", &[("count", &count), ("share", &of_all)])
    })
}

fn speeds(scene: &Scene, rule: &RuleAssessment) -> Vec<SpeedRow> {
    let line = walked_line(rule);
    rule.speeds
        .iter()
        .map(|entry| SpeedRow {
            speed: number::speed(scene.texts, entry.speed.0),
            share: number::share(entry.sum.covered, entry.sum.assessed(), line),
            covered: number::persons(entry.sum.covered),
            bar: bar(&[(entry.sum.share().map_or(0.0, |share| share.0), "in")], line),
        })
        .collect()
}

fn buffer(scene: &Scene, rule: &RuleAssessment) -> Option<String> {
    let total = rule.summary.total;
    (total.assessed() > Persons::ZERO && !rule.serving.is_empty()).then(|| {
        scene.texts.fill(
            "buffer_sentence",
            &[
                ("radius", &number::meters(scene.texts, rule.buffer.radius)),
                ("share", &number::share(rule.buffer.covered, total.assessed(), None)),
                ("lost", &scene.count(rule.buffer.lost)),
                ("lost_share", &number::share(rule.buffer.lost, rule.buffer.covered, None)),
            ],
        )
    })
}

/// The smallest zones with most people left out.
fn worst_zones(scene: &Scene, rule: &RuleAssessment) -> Vec<ZoneRow> {
    if !rule.is_recorded {
        return Vec::new();
    }
    let worst = most_of(scene, |id| rule.summary.zones[id].left_out());
    worst.into_iter().map(|id| zone_row(scene, &rule.summary, id, rule.yardstick)).collect()
}

/// The smallest zones with most people who get no place.
fn short_of_places(scene: &Scene, rule: &RuleAssessment) -> Vec<PlacesRow> {
    let Some(places) = rule.capacity.as_ref().filter(|_| rule.is_recorded) else {
        return Vec::new();
    };
    let zones = &scene.baseline.zones.zones;
    let row = |id: ZoneId| PlacesRow {
        name: scene.zone_name(id),
        parent: zones[id].parent.map(|parent| scene.zone_name(parent)).unwrap_or_default(),
        persons: number::persons(places.zones[id].persons()),
        parts: places.zones[id].parts().map(number::persons).to_vec(),
    };
    most_of(scene, |id| places.zones[id].not_served()).into_iter().map(row).collect()
}

/// The smallest zones with most of some people, most first; none without any.
fn most_of(scene: &Scene, persons: impl Fn(ZoneId) -> Persons) -> Vec<ZoneId> {
    let zones = &scene.baseline.zones.zones;
    let mut has_parts = vec![false; zones.len()];
    for zone in zones {
        if let Some(parent) = zone.parent {
            has_parts[parent.0 as usize] = true;
        }
    }
    let mut most: Vec<(Persons, ZoneId)> = zones
        .ids()
        .filter(|&id| !has_parts[id.0 as usize])
        .map(|id| (persons(id), id))
        .filter(|&(count, _)| count > Persons::ZERO)
        .collect();
    most.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    most.into_iter().take(ZONES_LISTED).map(|(_, id)| id).collect()
}

/// A row for a zone.
pub(super) fn zone_row(
    scene: &Scene,
    summary: &Summary,
    id: ZoneId,
    yardstick: Yardstick,
) -> ZoneRow {
    let sum = summary.zones[id];
    let zone = &scene.baseline.zones.zones[id];
    ZoneRow {
        name: scene.zone_name(id),
        parent: zone.parent.map(|parent| scene.zone_name(parent)).unwrap_or_default(),
        depth: zone.level.min(6),
        persons: number::persons(sum.persons),
        covered: number::persons(sum.covered),
        left_out: number::persons(sum.left_out()),
        no_street: number::persons(sum.no_street),
        share: number::share(sum.covered, sum.assessed(), None),
        bar: bar(&[(sum.share().map_or(0.0, |share| share.0), "in")], None),
        mean: sum
            .mean_time()
            .map_or_else(|| "–".to_owned(), |t| number::reached(scene.texts, yardstick, t)),
    }
}

fn gap_row(scene: &Scene, rule: &RuleAssessment, at: usize, gap: &CoverageGap) -> GapRow {
    let nearest = gap
        .points
        .iter()
        .map(|&point: &DemandPointId| (rule.times.time(point), point))
        .min()
        .and_then(|(_, point)| rule.times.facility(point));
    let mut others = scene
        .audit
        .rules
        .iter()
        .filter(|other| other.standard == rule.standard && other.rule.id != rule.rule.id);
    let lacking = scene.lacking(&gap.points, &mut others);
    GapRow {
        rank: at + 1,
        name: gap.title(scene.texts.language.gap_words()),
        place: format!("{:.5}, {:.5}", gap.center.lon(), gap.center.lat()),
        persons: number::persons(gap.persons),
        nearest: gap.nearest.map_or_else(
            || scene.texts.say(if rule.serving.is_empty() { "none_open" } else { "no_way" }),
            |time| number::reached(scene.texts, rule.yardstick, time),
        ),
        mean: gap.mean.map_or_else(
            || "–".to_owned(),
            |time| number::reached(scene.texts, rule.yardstick, time),
        ),
        facility: nearest.map(|id| scene.facility_name(id)).unwrap_or_default(),
        lacking: scene.shortlist(&lacking, LACKING_LISTED),
    }
}
