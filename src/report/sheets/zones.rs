//! Zones from the worst-off on, and their people by tenths.

use crate::placement::equity::{ZoneShare, deciles};
use crate::scenario::Baseline;

use super::super::sheet::{Both, Cell, Sheet};
use super::{column, share, share_of, text};

/// Every zone with its share before and after, worst before first. `before` and `after` hold the same zones.
pub fn shares_sheet(baseline: &Baseline, before: &[ZoneShare], after: &[ZoneShare]) -> Sheet {
    let mut both: Vec<(&ZoneShare, &ZoneShare)> = before.iter().zip(after).collect();
    both.sort_by_key(|(zone, _)| (zone.ppb(), zone.zone));
    let rows = both.into_iter().map(|(was, is)| {
        let zone = &baseline.zones.zones[was.zone];
        vec![
            text(&zone.key),
            text(&zone.name),
            Cell::People(was.persons),
            share_of(was),
            share_of(is),
            Cell::People(is.covered - was.covered),
        ]
    });
    Sheet {
        name: "shares",
        title: Both::new("Zones, the worst-off of today first", "各片区（现状最差者在前）"),
        text: Both::default(),
        columns: vec![
            column("zone", "zone", "片区编号"),
            column("name", "name", "名称"),
            column("persons", "people", "人数"),
            column("share_before", "today", "现状"),
            column("share_after", "with the plan", "规划后"),
            column("gain_persons", "newly covered", "新增覆盖"),
        ],
        rows: rows.collect(),
    }
}

/// Ten tenths of the people by the share of their zone today, worst-off first.
pub fn deciles_sheet(before: &[ZoneShare], after: &[ZoneShare]) -> Sheet {
    let rows = (1_i64..).zip(deciles(before, after)).map(|(number, decile)| {
        vec![
            Cell::Count(number),
            Cell::Count(i64::from(decile.zones)),
            Cell::People(decile.persons),
            share(decile.before, decile.persons),
            share(decile.after, decile.persons),
            Cell::People(decile.after - decile.before),
        ]
    });
    Sheet {
        name: "deciles",
        title: Both::new("Ten tenths of the people, worst-off first", "按十分位（最差者在前）"),
        text: Both::new(
            "Zones are sorted by their share of today; a zone stands in the tenth where the middle of its people \
             falls, so a large zone may leave a tenth empty.",
            "片区按现状覆盖率排序，归入其人口中点所在的十分位；人口多的片区可能使个别十分位为空。",
        ),
        columns: vec![
            column("decile", "tenth", "十分位"),
            column("zones", "zones", "片区数"),
            column("persons", "people", "人数"),
            column("share_before", "today", "现状"),
            column("share_after", "with the plan", "规划后"),
            column("gain_persons", "newly covered", "新增覆盖"),
        ],
        rows: rows.collect(),
    }
}

/// The zone a share is of.
pub(super) fn named(baseline: &Baseline, zone: Option<&ZoneShare>) -> [Cell; 2] {
    match zone {
        Some(zone) => [text(&baseline.zones.zones[zone.zone].name), share_of(zone)],
        None => [text(""), Cell::Share(None)],
    }
}
