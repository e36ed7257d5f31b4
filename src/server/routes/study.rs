//! `/api/v1/study`: what there is to choose from.

use serde_json::{Value, json};

use super::Answer;
use crate::coverage::{Rule, Standard};
use crate::ids::GroupId;
use crate::server::app::App;
use crate::server::query::Query;
use crate::spatial::BoundingBox;

/// The study, its vocabulary and what to show first.
#[expect(clippy::unnecessary_wraps, reason = "every resource answers alike")]
pub(in crate::server) fn answer(app: &App, _: &Query) -> Answer {
    let (baseline, meta, default) = (app.baseline(), app.meta(), app.default_selection());
    let functions: Vec<Value> = app
        .functions()
        .map(|(_, f, facilities)| {
            json!({ "id": f.id, "en": f.en, "zh": f.zh, "facilities": facilities })
        })
        .collect();
    let total: usize = meta.issue_counts.iter().map(|(_, count)| count).sum();
    let counts: serde_json::Map<String, Value> =
        meta.issue_counts.iter().map(|(kind, count)| (kind.clone(), (*count).into())).collect();
    Ok(json!({
        "id": meta.id,
        "name": meta.name,
        "language": meta.language,
        "version": meta.version,
        "study_hash": meta.study_hash,
        "attribution": meta.attribution,
        "bounds": app.bounds().map_or([-180.0, -85.0, 180.0, 85.0], BoundingBox::to_degrees),
        "profiles": profiles(app),
        "functions": functions,
        "groups": baseline.demand.groups.as_slice(),
        "demand": {
            "unit": baseline.demand.unit,
            "points": baseline.demand.points.len(),
            "persons_total": baseline.demand.total(GroupId(0)).count(),
        },
        "zone_levels": baseline.zones.level_names,
        "standards": baseline.standards.iter().map(standard).collect::<Vec<_>>(),
        "default": {
            "function": baseline.taxonomy.functions()[default.function].id,
            "profile": app.walker(default.walker).profile.id,
            "group": baseline.demand.groups[default.group].id,
            "cutoff_min": default.cutoff.min,
        },
        "issues": { "total": total, "counts": counts },
    }))
}

fn profiles(app: &App) -> Vec<Value> {
    let profiles = app.baseline().walkers().iter().map(|walker| &walker.profile);
    profiles
        .map(|p| json!({ "id": p.id, "en": p.en, "zh": p.zh, "walk_speed_m_s": p.walk_speed_m_s }))
        .collect()
}

fn standard(standard: &Standard) -> Value {
    json!({
        "id": standard.id,
        "en": standard.en,
        "zh": standard.zh,
        "source": standard.source,
        "note": standard.note,
        "rules": standard.rules.iter().map(rule).collect::<Vec<_>>(),
    })
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "en": rule.en,
        "zh": rule.zh,
        "functions": rule.functions,
        "tier": rule.tier,
        "cutoff_min": rule.cutoff_min,
        "cutoff_m": rule.cutoff_m,
        "profile": rule.profile,
        "group": rule.group,
        "pass_share": rule.pass_share,
        "verified": rule.verified,
        "source": rule.source,
    })
}
