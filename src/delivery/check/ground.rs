//! What the checks of all plans share: why one is not believed, its study, its instance, where its sites stand.

use crate::ids::{EdgeId, SiteId};
use crate::import::plan_file::ChosenSite;
use crate::placement::gate_reach::Gate;
use crate::placement::plan::Need;
use crate::report::sheet::Both;
use crate::street::{EdgePosition, Snapped, StreetGraph};

use super::{Checked, FetchStudy, Lent, Reject, Studied};

pub(crate) fn reject(reason: impl Into<String>) -> Checked {
    Err(Reject(reason.into()))
}

/// A chosen site and where it meets the streets.
pub(crate) type Doors = (u32, Vec<Snapped>);

/// The study, when it is the one that the plan was made for.
pub(crate) fn same_study<'a>(
    said: &str,
    (study, shown): (FetchStudy<'a>, &str),
    held: &mut Vec<Both>,
) -> anyhow::Result<Result<Lent<'a>, Reject>> {
    let Studied { baseline, hash } = study()?;
    if hash != said {
        let reason =
            format!("the plan is for another study: its hash is {said}, that of {shown} is {hash}");
        return Ok(Err(Reject(reason)));
    }
    held.push(Both::new(format!("the study: {said}"), format!("研究项目：{said}")));
    Ok(Ok(baseline))
}

/// The instance is the one that the plan was made for.
pub(crate) fn same_instance(found: &str, said: &str) -> Checked {
    if found == said {
        return Ok(());
    }
    reject(format!(
        "the instance is another than the plan was made for: its fingerprint is {found}, the file says {said}"
    ))
}

/// The sites that are told are the chosen ones, called as the instance calls them; `ids` may be empty.
pub(crate) fn same_sites(named: &[ChosenSite], chosen: &[SiteId], ids: &[String]) -> Checked {
    let mut told: Vec<u32> = named.iter().map(|site| site.site).collect();
    told.sort_unstable();
    if !told.iter().copied().eq(chosen.iter().map(|site| site.0)) {
        return reject("the list of sites is not the list of chosen sites");
    }
    let other =
        named.iter().find(|site| ids.get(site.site as usize).is_some_and(|id| *id != site.id));
    if let Some(site) = other {
        return reject(format!("site {} is called {:?} elsewhere", site.site, site.id));
    }
    Ok(())
}

/// Where the chosen sites stand, in site order.
pub(crate) fn doors_of(need: &Need, sites: &[ChosenSite]) -> Result<Vec<Doors>, Reject> {
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
        found.push(Snapped { access_mm, ..Snapped::on_street(position, at) });
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
pub(crate) fn gap_mm(graph: &StreetGraph, gate: &Gate) -> u32 {
    let place = |at: EdgePosition| graph.place_at(at.edge, at.offset_mm);
    crate::spatial::frame::ground_distance(place(gate.from), place(gate.to)).as_mm()
}
