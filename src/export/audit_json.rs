//! `audit.json`: everything an audit found, for machines.

use std::io::Write;

use crate::audit::{Completeness, Finding, FunctionRecord, full_name};
use crate::coverage::summary::counting;
use crate::coverage::{
    CompositeAssessment, CoverageGap, CoverageSum, GapWords, RuleAssessment, Summary,
};
use crate::demand::DemandUnit;
use crate::facility::FacilityStatus;
use crate::ids::{GroupId, Id};
use crate::reach::LinkedWalker;
use crate::scenario::Baseline;
use crate::units::{Persons, WalkTime, Yardstick};

use super::audit_rows::{
    AuditDocument, BufferRow, CapacityRow, CompletenessRow, CompositeRow, ExactPersons, FindingRow,
    FunctionRow, GapRow, GroupTotal, Histogram, ProfileTotal, RuleRow, SpeedRow, Totals, ZoneRow,
};
use super::gaps::gap_id;
use super::{ExportResult, Results, names};

/// Gaps told of a rule; `gaps.geojson` has all.
const GAPS_TOLD: usize = 10;
/// Bins of a histogram in minutes: an hour.
const MINUTE_BINS: usize = 60;
/// Width of a bin in metres.
const METER_BIN: u32 = 100;
/// Bins of a histogram in metres: five kilometres.
const METER_BINS: usize = 50;

/// Writes `audit.json`, indented.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_audit(out: &mut dyn Write, results: &Results) -> ExportResult {
    let document = AuditDocument::of(results);
    match results.baseline.demand.unit {
        DemandUnit::Persons | DemandUnit::PersonsEstimated => {
            serde_json::to_writer_pretty(&mut *out, &document)?;
        }
        unit @ DemandUnit::StreetMeters => {
            let document = names::members(unit, serde_json::to_value(&document)?);
            serde_json::to_writer_pretty(&mut *out, &document)?;
        }
    }
    out.write_all(b"\n")?;
    out.flush()
}

impl<'a> AuditDocument<'a> {
    /// The document of `results`, to be serialized.
    pub fn of(results: &Results<'a>) -> Self {
        let Results { baseline, audit, provenance, issues } = *results;
        let words = GapWords::of(&provenance.language);
        Self {
            provenance,
            completeness: completeness(results),
            tally: audit.tally(),
            totals: totals(baseline),
            rules: audit.rules.iter().map(|rule| rule_row((baseline, words), rule)).collect(),
            composites: audit
                .composites
                .iter()
                .map(|c| composite_row((baseline, words), c))
                .collect(),
            findings: audit.findings().into_iter().map(finding_row).collect(),
            issues,
        }
    }
}

fn completeness(results: &Results) -> CompletenessRow {
    let Results { baseline, audit, .. } = *results;
    let Completeness { unit, streets, functions } = Completeness::of(baseline);
    let function = |record: FunctionRecord| {
        let known = baseline.taxonomy.functions().get(record.function);
        let text = |of: fn(&crate::facility::Function) -> &String| known.map(of).cloned();
        FunctionRow {
            function: text(|function| &function.id).unwrap_or_default(),
            en: text(|function| &function.en).unwrap_or_default(),
            zh: text(|function| &function.zh).unwrap_or_default(),
            places: record.places,
            open: record.open,
            off_network: record.off_network,
            with_capacity: record.with_capacity,
            recorded: !record.is_missing(),
        }
    };
    let unrecorded = audit.rules.iter().filter(|rule| !rule.is_recorded);
    CompletenessRow {
        unit,
        persons: ExactPersons(streets.persons),
        no_street_persons: ExactPersons(streets.no_street),
        no_street_share: streets.no_street.share_of(streets.persons),
        zones_without_street: streets.zones_without,
        functions: functions.into_iter().map(function).collect(),
        rules_not_recorded: unrecorded
            .map(|rule| format!("{}/{}", rule.standard, rule.rule.id))
            .collect(),
    }
}

fn finding_row(finding: Finding) -> FindingRow {
    let Finding { standard, rule, left_out_persons, share, pass_share } = finding;
    let left_out_persons = ExactPersons(left_out_persons);
    FindingRow { standard, rule, left_out_persons, share, pass_share }
}

fn totals(baseline: &Baseline) -> Totals {
    let Baseline { demand, facilities, graph, .. } = baseline;
    let group = |(id, group): (GroupId, &crate::demand::DemandGroup)| {
        let outside: Persons = demand
            .points
            .iter()
            .filter(|point| point.zone.is_none())
            .map(|point| point.persons[id.index()])
            .sum();
        GroupTotal {
            id: group.id.clone(),
            en: group.en.clone(),
            zh: group.zh.clone(),
            estimated: group.estimated,
            persons: ExactPersons(demand.total(id) - outside),
            outside_persons: ExactPersons(outside),
        }
    };
    let open =
        facilities.facilities.enumerate().filter(|(_, it)| it.status == FacilityStatus::Open);
    let is_off = |id| baseline.walkers().first().is_some_and(|walker| walker.is_off_network(id));
    let (off, on): (Vec<_>, Vec<_>) = open.map(|(id, _)| id).partition(|&id| is_off(id));
    Totals {
        groups: demand.groups.enumerate().map(group).collect(),
        unit: demand.unit,
        demand_points: demand.points.len(),
        facilities: facilities.facilities.len(),
        open_facilities: on.len(),
        off_network_facilities: off.len(),
        zones: baseline.zones.zones.len(),
        nodes: graph.node_count(),
        edges: graph.edge_count(),
        street_km: graph.street_length().0 / 1000.0,
        profiles: baseline.walkers().iter().map(profile_total).collect(),
    }
}

fn profile_total(walker: &LinkedWalker) -> ProfileTotal {
    let island_mm: u64 = walker.islands.pieces.iter().map(|&(_, mm)| mm).sum();
    ProfileTotal {
        id: walker.profile.id.clone(),
        islands: walker.islands.pieces.len(),
        island_km: island_mm as f64 / 1e6,
        unsnapped_facilities: walker.facilities.unlinked.len(),
        unsnapped_demand_points: walker.demand.unlinked.len(),
    }
}

/// Minutes and metres of a mean, one of them.
fn mean_of(sum: &CoverageSum, yardstick: Yardstick) -> (Option<f64>, Option<f64>) {
    match (yardstick, sum.mean_time()) {
        (Yardstick::Minutes, mean) => (mean.map(minutes), None),
        (Yardstick::Meters, mean) => (None, mean.map(WalkTime::as_seconds)),
    }
}

/// As in every other file: to 1e-5 minutes.
fn minutes(time: WalkTime) -> f64 {
    super::number::minutes_e5(time) as f64 / 1e5
}

/// The first of the gaps of a rule, with their walks where they have a yardstick.
fn gap_rows(
    (standard, rule): (&str, &str),
    words: GapWords,
    (gaps, yardstick): (&[CoverageGap], Option<Yardstick>),
) -> Vec<GapRow> {
    let row = |gap: &CoverageGap| {
        let in_minutes = |time: Option<WalkTime>| {
            time.filter(|_| yardstick == Some(Yardstick::Minutes)).map(minutes)
        };
        let in_meters = |time: Option<WalkTime>| {
            time.filter(|_| yardstick == Some(Yardstick::Meters)).map(WalkTime::as_seconds)
        };
        GapRow {
            id: gap_id(standard, rule, gap),
            kind: gap.kind,
            name: gap.title(words),
            persons: ExactPersons(gap.persons),
            mean_min: in_minutes(gap.mean),
            mean_m: in_meters(gap.mean),
            nearest_min: in_minutes(gap.nearest),
            nearest_m: in_meters(gap.nearest),
        }
    };
    gaps.iter().take(GAPS_TOLD).map(row).collect()
}

fn rule_row((baseline, words): (&Baseline, GapWords), assessed: &RuleAssessment) -> RuleRow {
    let RuleAssessment { rule, summary, buffer, .. } = assessed;
    let total = &summary.total;
    let (mean_min, mean_m) = mean_of(total, assessed.yardstick);
    let group = baseline.demand.groups.get(assessed.group);
    let name = full_name(baseline, rule);
    RuleRow {
        standard: assessed.standard.clone(),
        rule: rule.id.clone(),
        en: rule.en.clone(),
        zh: rule.zh.clone(),
        name_en: name.en,
        name_zh: name.zh,
        functions: rule.functions.clone(),
        tier: rule.tier.clone(),
        profile: rule.profile.clone(),
        group: group.map_or_else(|| rule.group.clone(), |group| group.id.clone()),
        group_lacking: assessed.group_lacking,
        cutoff_min: rule.cutoff_min,
        cutoff_m: rule.cutoff_m,
        capacity_per_1000: rule.capacity_per_1000.filter(|_| rule.counts_places()),
        facilities: assessed.serving.len(),
        off_network_facilities: assessed.off_network.len(),
        persons: ExactPersons(total.persons),
        covered_persons: assessed.known(ExactPersons(total.covered)),
        left_out_persons: assessed.known(ExactPersons(total.left_out())),
        no_street_persons: ExactPersons(total.no_street),
        share: assessed.known(total.share()).flatten(),
        share_of_all: assessed.known(total.covered.share_of(total.persons)).flatten(),
        judged_share: assessed.known(assessed.judged().share()).flatten(),
        pass_share: rule.pass_share,
        benchmark_share: rule.benchmark_share,
        outcome: assessed.outcome,
        full_coverage: total.persons > Persons::ZERO && assessed.judged().covered == total.persons,
        mean_min,
        mean_m,
        verified: rule.verified,
        source: rule.source.clone(),
        source_zh: rule.source_zh.clone(),
        speeds: speeds(assessed),
        buffer: assessed.known(BufferRow {
            radius_m: buffer.radius.0,
            covered_persons: ExactPersons(buffer.covered),
            share: buffer.covered.share_of(total.assessed()),
            lost_persons: ExactPersons(buffer.lost),
        }),
        capacity: capacity(assessed),
        histogram: assessed.is_recorded.then(|| histogram(baseline, assessed)),
        gaps: assessed.gaps.len(),
        largest_gaps: gap_rows(
            (&assessed.standard, &rule.id),
            words,
            (&assessed.gaps, Some(assessed.yardstick)),
        ),
        zones: zone_rows(baseline, summary, Some(assessed)),
    }
}

fn speeds(assessed: &RuleAssessment) -> Vec<SpeedRow> {
    let row = |at: &crate::coverage::SpeedShare| SpeedRow {
        walk_speed_m_s: at.speed.0,
        covered_persons: ExactPersons(at.sum.covered),
        share: at.sum.share(),
    };
    assessed.speeds.iter().filter(|_| assessed.is_recorded).map(row).collect()
}

fn capacity(assessed: &RuleAssessment) -> Option<CapacityRow> {
    let split = assessed.known(assessed.capacity.as_ref()?.total)?.into();
    Some(CapacityRow { per_1000: assessed.rule.capacity_per_1000?, split })
}

fn histogram(baseline: &Baseline, assessed: &RuleAssessment) -> Histogram {
    let (width_ms, bins, bin_min, bin_m) = match assessed.yardstick {
        Yardstick::Minutes => (60_000, MINUTE_BINS, Some(1), None),
        Yardstick::Meters => (METER_BIN * 1000, METER_BINS, None, Some(METER_BIN)),
    };
    let mut persons = vec![Persons::ZERO; bins];
    let (mut beyond, mut unreached) = (Persons::ZERO, Persons::ZERO);
    for (point, count) in counting(&baseline.demand, assessed.group) {
        match assessed.times.walk(point) {
            None => {}
            Some(time) if !time.is_reachable() => unreached += count,
            Some(time) => {
                match persons.get_mut((time.as_ms().max(1) as usize - 1) / width_ms as usize) {
                    Some(bin) => *bin += count,
                    None => beyond += count,
                }
            }
        }
    }
    Histogram {
        bin_min,
        bin_m,
        persons: persons.into_iter().map(ExactPersons).collect(),
        beyond_persons: ExactPersons(beyond),
        unreached_persons: ExactPersons(unreached),
        no_street_persons: ExactPersons(assessed.summary.total.no_street),
    }
}

fn zone_rows(
    baseline: &Baseline,
    summary: &Summary,
    promise: Option<&RuleAssessment>,
) -> Vec<ZoneRow> {
    let zones = &baseline.zones.zones;
    let row = |(id, zone): (crate::ids::ZoneId, &crate::demand::Zone)| {
        let sum = &summary.zones[id];
        let is_known = promise.is_none_or(|assessed| assessed.is_recorded);
        let (mean_min, mean_m) =
            promise.map_or((None, None), |assessed| mean_of(sum, assessed.yardstick));
        ZoneRow {
            zone: zone.key.clone(),
            level: zone.level,
            parent: zone.parent.map(|parent| zones[parent].key.clone()),
            persons: ExactPersons(sum.persons),
            covered_persons: is_known.then_some(ExactPersons(sum.covered)),
            left_out_persons: is_known.then_some(ExactPersons(sum.left_out())),
            no_street_persons: ExactPersons(sum.no_street),
            share: sum.share().filter(|_| is_known),
            judged_share: promise
                .filter(|_| is_known)
                .and_then(|assessed| assessed.judged_in(id).share()),
            mean_min,
            mean_m,
            capacity: promise
                .filter(|_| is_known)
                .and_then(|assessed| assessed.capacity.as_ref())
                .map(|places| places.zones[id].into()),
            outcome: promise.map(|assessed| assessed.outcome_in(id)),
        }
    };
    zones.enumerate().map(row).collect()
}

fn composite_row(
    (baseline, words): (&Baseline, GapWords),
    assessed: &CompositeAssessment,
) -> CompositeRow {
    let CompositeAssessment { composite, summary, .. } = assessed;
    let complete = assessed.complete();
    CompositeRow {
        standard: assessed.standard.clone(),
        en: composite.en.clone(),
        zh: composite.zh.clone(),
        anchor: composite.anchor.clone(),
        required: composite.required.clone(),
        optional: composite.optional.clone(),
        not_recorded: assessed.not_recorded.clone(),
        persons: ExactPersons(summary.total.persons),
        complete_persons: complete.map(|sum| ExactPersons(sum.covered)),
        no_street_persons: ExactPersons(summary.total.no_street),
        share: complete.and_then(|sum| sum.share()),
        mean_min: assessed.mean_farthest().map(minutes),
        persons_by_missing: assessed.persons_by_missing.iter().copied().map(ExactPersons).collect(),
        gaps: assessed.gaps.len(),
        largest_gaps: gap_rows(
            (&assessed.standard, names::COMPOSITE),
            words,
            (&assessed.gaps, None),
        ),
        zones: if assessed.is_recorded() { zone_rows(baseline, summary, None) } else { Vec::new() },
    }
}
