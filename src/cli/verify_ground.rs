//! What the checks of all plans share: why one is not believed, its study, its instance, where its sites stand.

use std::path::Path;

use crate::ids::EdgeId;
use crate::import::load::{LoadedStudy, MapDetail, load_study};
use crate::import::plan_file::ChosenSite;
use crate::placement::gate_reach::Gate;
use crate::placement::plan::Need;
use crate::street::{EdgePosition, Snapped, StreetGraph};

use super::console::Console;

/// Why a plan is not believed.
pub(super) struct Reject(pub(super) String);

/// The first thing wrong with a plan, if there is one.
pub(super) type Checked = Result<(), Reject>;

pub(super) fn reject(reason: impl Into<String>) -> Checked {
    Err(Reject(reason.into()))
}

/// A chosen site and where it meets the streets.
pub(super) type Doors = (u32, Vec<Snapped>);

/// The study, when it is the one that the plan was made for.
pub(super) fn same_study(
    said: &str,
    study: &Path,
    console: &Console,
    held: &mut Vec<String>,
) -> anyhow::Result<Result<LoadedStudy, Reject>> {
    let loaded = load_study(study, MapDetail::None, console)?;
    let found = &loaded.fingerprint.study_hash;
    if found != said {
        let shown = study.display();
        let reason = format!(
            "the plan is for another study: its hash is {said}, that of {shown} is {found}"
        );
        return Ok(Err(Reject(reason)));
    }
    held.push(format!("the study: {said}"));
    Ok(Ok(loaded))
}

/// The instance is the one that the plan was made for.
pub(super) fn same_instance(found: &str, said: &str) -> Checked {
    if found == said {
        return Ok(());
    }
    reject(format!(
        "the instance is another than the plan was made for: its fingerprint is {found}, the file says {said}"
    ))
}

/// Where the chosen sites stand, in site order.
pub(super) fn doors_of(need: &Need, sites: &[ChosenSite]) -> Result<Vec<Doors>, Reject> {
    let doors = sites.iter().map(|site| Ok((site.site, stands(need, site)?)));
    let mut doors = doors.collect::<Result<Vec<Doors>, Reject>>()?;
    doors.sort_by_key(|entry| entry.0);
    Ok(doors)
}

/// Where a site meets the streets, when it stands where it is drawn.
fn stands(need: &Need, site: &ChosenSite) -> Result<Vec<Snapped>, Reject> {
    let graph = need.site.graph;
    let wrong = |what: &str| Reject(format!("site {:?} {what}", site.id));
    let place = site.place().ok_or_else(|| wrong("is drawn nowhere on earth"))?;
    let mut found = Vec::new();
    for &(edge, offset_mm, access_mm) in &site.stands {
        let Some(whole) = graph.edges().get(EdgeId(edge)) else {
            return Err(wrong("stands on a street that is not there"));
        };
        if offset_mm > whole.length_mm {
            return Err(wrong("stands beyond the end of its street"));
        }
        let at = graph.place_at(EdgeId(edge), offset_mm);
        let position = EdgePosition { edge: EdgeId(edge), offset_mm };
        found.push(Snapped { position, access_mm, place: at, on_island: false });
    }
    if let [only] = found.as_slice() {
        let off = crate::spatial::frame::ground_distance(place, only.place).0;
        // A single door is where the site is drawn; parcels have several, and are drawn inside.
        if off > f64::from(only.access_mm) / 1e3 + PARCEL_SLACK_M {
            return Err(wrong(&format!("is drawn {off:.0} m from where it meets the streets")));
        }
    }
    Ok(found)
}

/// How far the middle of a parcel may lie from the door through which it is entered, in metres.
const PARCEL_SLACK_M: f64 = 500.0;

/// The straight line between the two sides of a gate, in millimetres.
pub(super) fn gap_mm(graph: &StreetGraph, gate: &Gate) -> u32 {
    let place = |at: EdgePosition| graph.place_at(at.edge, at.offset_mm);
    crate::spatial::frame::ground_distance(place(gate.from), place(gate.to)).as_mm()
}
