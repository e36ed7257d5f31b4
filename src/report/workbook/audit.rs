//! The sheets of an audit.

use std::cmp::Reverse;

use crate::coverage::{CapacitySplit, CoverageGap, CoverageSum, RuleAssessment};
use crate::export::gap_id;
use crate::facility::{Facility, FacilityStatus};
use crate::ids::{FacilityId, Id, ZoneId};
use crate::report::completeness::completeness_lines;
use crate::report::number;
use crate::report::view::Scene;
use crate::units::{Persons, WalkTime, Yardstick};

use super::book::{Cell, Column, ROWS_MAX, Sheet};

/// All sheets, in order.
pub(super) fn sheets(scene: &Scene) -> Vec<Sheet> {
    vec![summary(scene), rules(scene), zones(scene), gaps(scene), facilities(scene), origin(scene)]
}

fn persons(persons: Persons) -> Cell {
    Cell::Count(persons.count())
}

fn count(count: usize) -> Cell {
    Cell::Count(count as f64)
}

fn share(sum: &CoverageSum) -> Cell {
    Cell::share(sum.share().map(|share| share.0))
}

/// Minutes or metres.
fn walk(yardstick: Yardstick, time: Option<WalkTime>) -> Cell {
    Cell::measure(time.and_then(WalkTime::reached).map(|time| match yardstick {
        Yardstick::Minutes => time.as_minutes(),
        Yardstick::Meters => time.as_seconds(),
    }))
}

/// The pass line; nothing for a rule that is only counted.
fn promised(rule: &RuleAssessment) -> Cell {
    Cell::share(Some(rule.rule.pass_share).filter(|&share| share > 0.0))
}

fn place(value: f64) -> Cell {
    Cell::Plain((value * 1e5).round() / 1e5)
}

impl Scene<'_> {
    fn column(&self, key: &str, width: u8) -> Column {
        (self.texts.say(key), width)
    }

    fn column_of_unit(&self, key: &str, width: u8) -> Column {
        (self.texts.fill(key, &[("unit", &self.unit())]), width)
    }

    fn pair(&self, key: &str, cell: Cell) -> Vec<Cell> {
        vec![Cell::text(self.texts.say(key)), cell]
    }
}

fn summary(scene: &Scene) -> Sheet {
    let baseline = scene.baseline;
    let facilities = &baseline.facilities.facilities;
    let walker = baseline.walkers().first();
    let open = facilities
        .enumerate()
        .filter(|(_, facility)| facility.status == FacilityStatus::Open)
        .filter(|&(id, _)| !walker.is_some_and(|walker| walker.is_off_network(id)))
        .count();
    let km = baseline.graph.street_length().0 / 1000.0;
    let mut head = vec![
        vec![Cell::Title(scene.source.study_name.clone())],
        vec![Cell::text(scene.texts.say("report_title"))],
        Vec::new(),
        vec![Cell::text(scene.texts.say("recorded_title"))],
        scene.pair("number_facilities", count(open)),
        scene.pair("number_zones", count(baseline.zones.zones.len())),
        scene.pair("book_street_km", Cell::Measure(km)),
        scene.pair("book_version", Cell::text(scene.source.version.as_str())),
        scene.pair("fact_study", Cell::text(scene.source.study_hash.as_str())),
        Vec::new(),
    ];
    let recorded = completeness_lines(baseline, scene.audit, scene.texts);
    let at = head.len() - 6;
    head.splice(at..at, recorded.into_iter().map(|line| vec![Cell::text(line)]));
    for (id, group) in baseline.demand.groups.enumerate() {
        let counted = baseline.demand.points.iter().filter(|point| point.zone.is_some());
        let all: Persons = counted.map(|point| point.persons[id.index()]).sum();
        let origin = if group.estimated { "origin_estimated" } else { "origin_counted" };
        head.push(vec![
            Cell::text(scene.group_name(id)),
            persons(all),
            Cell::text(scene.texts.say(origin)),
        ]);
    }
    head.push(Vec::new());
    Sheet {
        name: scene.texts.say("sheet_summary"),
        head,
        columns: vec![
            scene.column("col_rule", 60),
            scene.column("col_standard", 30),
            scene.column("col_outcome", 16),
            scene.column("col_judged", 12),
            scene.column("col_pass", 10),
            scene.column("col_share", 10),
            scene.column("col_left_out", 14),
            scene.column("col_no_street", 14),
        ],
        rows: summary_rows(scene),
    }
}

/// A row a rule: those with places recorded first, most people left out first.
fn summary_rows(scene: &Scene) -> Vec<Vec<Cell>> {
    let mut rules: Vec<&RuleAssessment> = scene.audit.rules.iter().collect();
    rules.sort_by_key(|rule| (!rule.is_recorded, Reverse(rule.summary.total.left_out())));
    let row = |rule: &RuleAssessment| {
        let total = &rule.summary.total;
        let told = |cell: Cell| if rule.is_recorded { cell } else { Cell::Empty };
        vec![
            Cell::text(scene.full_name(rule)),
            Cell::text(scene.standard_title(&rule.standard)),
            Cell::text(scene.outcome_text(rule.outcome)),
            told(share(&rule.judged())),
            promised(rule),
            told(share(total)),
            told(persons(total.left_out())),
            persons(total.no_street),
        ]
    };
    rules.into_iter().map(row).collect()
}

fn rules(scene: &Scene) -> Sheet {
    let mut columns = vec![
        scene.column("col_standard", 28),
        scene.column("col_rule", 30),
        scene.column("col_functions", 30),
        scene.column("col_cutoff_min", 10),
        scene.column("col_cutoff_m", 10),
        scene.column("col_walker", 18),
        scene.column("col_group", 18),
        scene.column("col_places", 12),
        scene.column("col_facilities", 11),
        (scene.unit(), 14),
        scene.column("col_covered", 14),
        scene.column("col_left_out", 14),
        scene.column("col_no_street", 14),
        scene.column("col_share", 10),
        scene.column("col_judged", 12),
        scene.column("col_pass", 10),
        scene.column("col_benchmark", 11),
        scene.column("col_outcome", 16),
    ];
    for speed in crate::limits::SPEEDS_SIDE_BY_SIDE_M_S {
        let speed = number::speed_number(speed);
        columns.push((scene.texts.fill("col_at_speed", &[("speed", &speed)]), 12));
    }
    columns.push(scene.column("col_buffer_share", 12));
    columns.push(scene.column_of_unit("col_lost", 18));
    columns.extend(split_columns(scene));
    columns.push(scene.column("col_source", 60));
    let rows = scene.audit.rules.iter().map(|rule| rule_row(scene, rule)).collect();
    Sheet { name: scene.texts.say("sheet_rules"), head: Vec::new(), columns, rows }
}

fn rule_row(scene: &Scene, rule: &RuleAssessment) -> Vec<Cell> {
    let total = &rule.summary.total;
    let told = |cell: Cell| if rule.is_recorded { cell } else { Cell::Empty };
    let mut row = vec![
        Cell::text(scene.standard_title(&rule.standard)),
        Cell::text(scene.rule_title(rule)),
        Cell::text(scene.function_names(rule)),
        Cell::measure(rule.rule.cutoff_min),
        Cell::measure(rule.rule.cutoff_m),
        Cell::text(scene.walker_name(&rule.rule.profile)),
        Cell::text(scene.group_name(rule.group)),
        Cell::measure(rule.rule.capacity_per_1000.filter(|_| rule.rule.counts_places())),
        count(rule.serving.len()),
        persons(total.persons),
        told(persons(total.covered)),
        told(persons(total.left_out())),
        persons(total.no_street),
        told(share(total)),
        told(share(&rule.judged())),
        promised(rule),
        Cell::share(rule.rule.benchmark_share),
        Cell::text(scene.outcome_text(rule.outcome)),
    ];
    for at in 0..crate::limits::SPEEDS_SIDE_BY_SIDE_M_S.len() {
        row.push(told(rule.speeds.get(at).map_or(Cell::Empty, |speed| share(&speed.sum))));
    }
    let circle = rule.buffer.covered.share_of(total.assessed());
    row.push(told(Cell::share(circle.map(|share| share.0))));
    row.push(told(persons(rule.buffer.lost)));
    let places = rule.capacity.as_ref().filter(|_| rule.is_recorded);
    row.extend(split(places.map(|places| places.total)));
    row.push(Cell::text(rule.rule.source.as_str()));
    row
}

/// Who gets a place when places are counted, in the order of [`CapacitySplit::parts`].
fn split_columns(scene: &Scene) -> [Column; 4] {
    ["capacity_served", "capacity_full", "capacity_unknown", "capacity_out"]
        .map(|key| scene.column(key, 14))
}

/// Empty where no places are counted.
fn split(split: Option<CapacitySplit>) -> [Cell; 4] {
    split.map_or_else(|| [const { Cell::Empty }; 4], |split| split.parts().map(persons))
}

/// A row for every rule and zone; what a sheet cannot hold is in `zones.csv`.
fn zones(scene: &Scene) -> Sheet {
    let zones = &scene.baseline.zones;
    let level = |level: u8| zones.level_names.get(usize::from(level)).map_or("", String::as_str);
    let mut rows = Vec::new();
    for rule in scene.audit.rules.iter().filter(|rule| rule.is_recorded) {
        for (id, zone) in zones.zones.enumerate() {
            let sum = &rule.summary.zones[id];
            if sum.persons == Persons::ZERO {
                continue;
            }
            let mean = walk(rule.yardstick, sum.mean_time());
            let (min, m) = match rule.yardstick {
                Yardstick::Minutes => (mean, Cell::Empty),
                Yardstick::Meters => (Cell::Empty, mean),
            };
            let mut row = vec![
                Cell::text(scene.standard_title(&rule.standard)),
                Cell::text(scene.rule_title(rule)),
                Cell::text(zone.key.as_str()),
                Cell::text(scene.zone_name(id)),
                Cell::text(level(zone.level)),
                Cell::text(zone.parent.map(|p: ZoneId| scene.zone_name(p)).unwrap_or_default()),
                persons(sum.persons),
                persons(sum.covered),
                persons(sum.left_out()),
                persons(sum.no_street),
                share(sum),
                share(&rule.judged_in(id)),
                Cell::text(scene.outcome_text(rule.outcome_in(id))),
                min,
                m,
            ];
            row.extend(split(rule.capacity.as_ref().map(|places| places.zones[id])));
            rows.push(row);
        }
    }
    let mut columns = vec![
        scene.column("col_standard", 28),
        scene.column("col_rule", 28),
        scene.column("col_zone_key", 16),
        scene.column("col_zone", 26),
        scene.column("col_level", 14),
        scene.column("col_parent", 22),
        (scene.unit(), 13),
        scene.column("col_covered", 13),
        scene.column("col_left_out", 13),
        scene.column("col_no_street", 13),
        scene.column("col_share", 10),
        scene.column("col_judged", 12),
        scene.column("col_outcome", 16),
        scene.column("col_mean_min", 11),
        scene.column("col_mean_m", 11),
    ];
    columns.extend(split_columns(scene));
    sheet_or_note(scene, "sheet_zones", columns, rows)
}

fn gaps(scene: &Scene) -> Sheet {
    let mut rows = Vec::new();
    for rule in &scene.audit.rules {
        for (at, gap) in rule.gaps.iter().enumerate() {
            rows.push(gap_row(scene, rule, (at, gap)));
        }
    }
    let columns = vec![
        scene.column("col_standard", 28),
        scene.column("col_rule", 28),
        scene.column("col_rank", 8),
        scene.column("col_gap", 36),
        scene.column("col_zone", 26),
        (scene.unit(), 13),
        scene.column("col_mean_min", 12),
        scene.column("col_mean_m", 12),
        scene.column("col_nearest_min", 12),
        scene.column("col_nearest_m", 12),
        scene.column("col_lon", 12),
        scene.column("col_lat", 12),
        scene.column("col_gap_id", 40),
    ];
    sheet_or_note(scene, "sheet_gaps", columns, rows)
}

fn gap_row(scene: &Scene, rule: &RuleAssessment, (at, gap): (usize, &CoverageGap)) -> Vec<Cell> {
    let walks = |time| match rule.yardstick {
        Yardstick::Minutes => [walk(rule.yardstick, time), Cell::Empty],
        Yardstick::Meters => [Cell::Empty, walk(rule.yardstick, time)],
    };
    let mut row = vec![
        Cell::text(scene.standard_title(&rule.standard)),
        Cell::text(scene.rule_title(rule)),
        count(at + 1),
        Cell::text(gap.title(scene.texts.language.gap_words())),
        Cell::text(gap.zone.map(|zone| scene.zone_name(zone)).unwrap_or_default()),
        persons(gap.persons),
    ];
    row.extend([walks(gap.mean), walks(gap.nearest)].into_iter().flatten());
    row.extend([place(gap.center.lon()), place(gap.center.lat())]);
    row.push(Cell::text(gap_id(&rule.standard, &rule.rule.id, gap)));
    row
}

fn facilities(scene: &Scene) -> Sheet {
    let all = scene.baseline.facilities.facilities.enumerate();
    let rows = all.map(|(id, facility)| facility_row(scene, id, facility)).collect();
    let columns = vec![
        scene.column("col_number", 9),
        scene.column("col_name", 34),
        scene.column("col_functions", 34),
        scene.column("col_capacity", 11),
        scene.column("col_tier", 12),
        scene.column("col_status", 11),
        scene.column("col_opening_year", 10),
        scene.column("col_layer", 16),
        scene.column("col_key", 24),
        scene.column("col_lon", 12),
        scene.column("col_lat", 12),
    ];
    sheet_or_note(scene, "sheet_facilities", columns, rows)
}

fn facility_row(scene: &Scene, id: FacilityId, facility: &Facility) -> Vec<Cell> {
    let functions = scene.baseline.taxonomy.functions();
    let names: Vec<&str> = facility
        .offers
        .iter()
        .filter_map(|offer| functions.get(offer.function))
        .map(|function| scene.texts.language.pick(&function.en, &function.zh))
        .collect();
    let places = facility.places(&scene.baseline.taxonomy, None);
    let capacity = places.map_or(Cell::Empty, Cell::Count);
    let status = match facility.status {
        FacilityStatus::Open => "status_open",
        FacilityStatus::Planned => "status_planned",
        FacilityStatus::Closed => "status_closed",
    };
    vec![
        Cell::Plain(f64::from(id.0)),
        Cell::text(scene.facility_name(id)),
        Cell::text(names.join(&scene.texts.say("list_and"))),
        capacity,
        Cell::text(facility.tier.clone().unwrap_or_default()),
        Cell::text(scene.texts.say(status)),
        facility.opening_year.map_or(Cell::Empty, |year| Cell::Plain(f64::from(year))),
        Cell::text(facility.layer.as_str()),
        Cell::text(facility.key.as_str()),
        place(facility.place.lon()),
        place(facility.place.lat()),
    ]
}

fn origin(scene: &Scene) -> Sheet {
    let source = scene.source;
    let version = [("version", source.version.as_str())];
    let mut head = vec![
        vec![Cell::Title(scene.texts.say("inputs_title"))],
        vec![Cell::text(scene.texts.fill("inputs_text", &version))],
        vec![Cell::text(source.study_hash.as_str())],
        Vec::new(),
    ];
    head.extend(source.attribution.iter().map(|line| vec![Cell::text(line.as_str())]));
    head.push(vec![Cell::text(scene.texts.say("licences_text"))]);
    head.push(Vec::new());
    let role = |role: &str| {
        let key = format!("role_{role}");
        scene.texts.find(&key).map_or_else(|| role.to_owned(), str::to_owned)
    };
    let rows = source.inputs.iter().map(|input| {
        vec![
            Cell::text(role(&input.role)),
            Cell::text(input.path.as_str()),
            Cell::text(input.sha256.as_str()),
            Cell::text(input.licence.as_str()),
            Cell::text(input.attribution.as_str()),
        ]
    });
    Sheet {
        name: scene.texts.say("sheet_origin"),
        head,
        columns: vec![
            scene.column("col_role", 18),
            scene.column("book_file", 40),
            ("SHA-256".to_owned(), 68),
            scene.column("book_licence", 26),
            scene.column("book_attribution", 50),
        ],
        rows: rows.collect(),
    }
}

/// A sheet; when it has more rows than a sheet may have, the first line says where the rest is.
fn sheet_or_note(scene: &Scene, name: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Sheet {
    let mut sheet = Sheet { name: scene.texts.say(name), head: Vec::new(), columns, rows };
    if sheet.rows.len() + 1 > ROWS_MAX {
        let shown = number::whole(ROWS_MAX as u64 - 2);
        let all = number::whole(sheet.rows.len() as u64);
        let note = scene.texts.fill("book_cut", &[("shown", &shown), ("all", &all)]);
        sheet.head.push(vec![Cell::text(note)]);
    }
    sheet
}
