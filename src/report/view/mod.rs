//! What the template prints: every number already text, every sentence already said.

mod words;
mod headline;
mod rule_row;
mod times;
mod rule_sheet;
mod composite;
mod basis;

pub(super) use basis::limits_of_times;

use serde::Serialize;

use crate::audit::Audit;
use crate::scenario::Baseline;
use crate::spatial::Area;

use super::completeness::completeness_lines;
use super::figure::map::MapSheet;
use super::language::Catalog;
use super::source::ReportSource;

use basis::Basis;
use composite::CompositeSheet;
use headline::{KeyNumber, Verdict};
use rule_row::StandardTable;
use rule_sheet::RuleSheet;

/// Maps that one report holds at most.
const MAPS_MAX: usize = 64;

/// What a view is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) baseline: &'a Baseline,
    pub(super) audit: &'a Audit,
    pub(super) source: &'a ReportSource,
    pub(super) texts: &'a Catalog,
    pub(super) date: Option<&'a str>,
    pub(super) water: &'a [Area],
}

/// Everything the template prints.
#[derive(Debug, Serialize)]
pub(super) struct View {
    language: &'static str,
    study_name: String,
    study_hash: String,
    version: String,
    date: Option<String>,
    unit: String,
    /// How complete the layers are, before the verdicts.
    recorded: Vec<String>,
    verdicts: Vec<Verdict>,
    numbers: Vec<KeyNumber>,
    standards: Vec<StandardTable>,
    composites: Vec<CompositeSheet>,
    rules: Vec<RuleSheet>,
    legend: Vec<LegendEntry>,
    basis: Basis,
    speeds: Vec<String>,
    has_daggers: bool,
    /// Shapes that the maps share, as SVG.
    map_defs: String,
}

/// One color of the maps.
#[derive(Debug, Serialize)]
struct LegendEntry {
    class: &'static str,
    text: String,
}

impl View {
    /// The view of a scene.
    pub(super) fn new(scene: &Scene) -> Self {
        let sheet = MapSheet::new(scene.baseline, scene.water);
        let maps = (scene.audit.rules.len() + scene.audit.composites.len()).min(MAPS_MAX);
        let plan = Maps { sheet: sheet.as_ref(), count: maps, mapped: scene.mapped_rules(maps) };
        let rules: Vec<RuleSheet> =
            (0..scene.audit.rules.len()).map(|index| RuleSheet::new(scene, &plan, index)).collect();
        let composites = (0..scene.audit.composites.len())
            .map(|index| CompositeSheet::new(scene, &plan, index))
            .collect();
        Self {
            language: scene.texts.language.tag(),
            study_name: scene.source.study_name.clone(),
            study_hash: scene.source.study_hash.clone(),
            version: scene.source.version.clone(),
            date: scene.date.map(str::to_owned),
            unit: scene.unit(),
            recorded: completeness_lines(scene.baseline, scene.audit, scene.texts),
            verdicts: headline::verdicts(scene),
            numbers: headline::key_numbers(scene),
            standards: rule_row::standard_tables(scene),
            composites,
            rules,
            legend: legend(scene.texts),
            basis: Basis::new(scene),
            speeds: crate::limits::SPEEDS_SIDE_BY_SIDE_M_S
                .iter()
                .map(|&speed| super::number::speed_number(speed))
                .collect(),
            has_daggers: scene.audit.rules.iter().any(|rule| !rule.rule.verified),
            map_defs: sheet.map(|sheet| sheet.defs).unwrap_or_default(),
        }
    }
}

/// Which sheets get a map.
struct Maps<'a> {
    sheet: Option<&'a MapSheet>,
    /// How many there will be.
    count: usize,
    mapped: Vec<bool>,
}

impl Scene<'_> {
    /// The rules that get a map when there are more rules than maps: those that leave most people out.
    fn mapped_rules(&self, maps: usize) -> Vec<bool> {
        let rules = &self.audit.rules;
        let room = maps.saturating_sub(self.audit.composites.len());
        let mut order: Vec<usize> = (0..rules.len()).collect();
        order.sort_by_key(|&index| {
            (!rules[index].is_recorded, std::cmp::Reverse(rules[index].summary.total.left_out()))
        });
        let mut mapped = vec![false; rules.len()];
        for index in order.into_iter().take(room) {
            mapped[index] = true;
        }
        mapped
    }
}

fn legend(texts: &Catalog) -> Vec<LegendEntry> {
    [
        ("c0", "legend_below_50"),
        ("c1", "legend_50"),
        ("c2", "legend_75"),
        ("c3", "legend_90"),
        ("c4", "legend_100"),
        ("cn", "legend_nobody"),
        ("cx", "legend_no_street"),
    ]
    .map(|(class, key)| LegendEntry { class, text: texts.say(key) })
    .into()
}
