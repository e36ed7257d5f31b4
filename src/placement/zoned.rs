//! From a study to zones: everybody of a group with their zone, what is open today as one standing site.

use crate::ids::{Id, SiteId, ZoneId};
use crate::progress::Progress;

use super::candidate::Candidate;
use super::equity::{EquityInstance, ZoneShare};
use super::instance::{CoverInstance, SiteFacts, SiteStatus};
use super::plan::{Need, PlanError, ReachLists};

/// Everybody of a group by zone.
#[derive(Debug)]
pub struct Zoned<'a> {
    /// The rows are everybody of the group.
    pub need: Need<'a>,
    /// Whom each candidate reaches.
    pub reach: ReachLists,
    /// A site for each candidate, then one for all that is open today; zones are the deepest ones.
    pub instance: EquityInstance,
}

impl<'a> Zoned<'a> {
    /// Finds everybody, their zones, and whom the candidates reach.
    ///
    /// # Errors
    /// When there are too many pairs, a number does not fit, or the user asked to stop.
    pub fn find(
        need: &Need<'a>,
        candidates: &[Candidate],
        progress: &dyn Progress,
    ) -> Result<Self, PlanError> {
        let need = need.clone().of_everybody();
        let reach = need.reach(candidates, progress)?;
        let settled: Vec<u32> = (0_u32..)
            .zip(&need.rows)
            .filter(|&(_, &id)| need.times.time(id) <= need.cutoff)
            .map(|(row, _)| row)
            .collect();
        let cover = need.with_settled(candidates, &reach, &settled)?;
        let points = &need.site.demand.points;
        let zone_of = need.rows.iter().map(|&id| points[id].zone).collect();
        let zones = need.site.zones.zones.len();
        Ok(Self { instance: EquityInstance { cover, zone_of, zones }, need, reach })
    }

    /// The zones in which some candidate reaches somebody who is left out today, in order.
    pub fn helped(&self) -> Vec<ZoneId> {
        let cover = &self.instance.cover;
        let may = |&site: &u32| cover.is_open_to_choice(SiteId(site));
        let rows = (0..cover.row_count()).filter(|&row| cover.weight(row) > 0);
        let mut zones: Vec<ZoneId> = rows
            .filter(|&row| cover.sites_of(row).iter().any(may))
            .filter_map(|row| self.instance.zone_of[row])
            .collect();
        zones.sort_unstable();
        zones.dedup();
        zones
    }

    /// The zones where somebody is left out today and no candidate reaches anybody, in order.
    pub fn stuck(&self) -> Vec<ZoneId> {
        let helped = self.helped();
        let lacking = self.shares(&[]).into_iter().filter(|share| share.covered < share.persons);
        lacking.map(|share| share.zone).filter(|zone| helped.binary_search(zone).is_err()).collect()
    }

    /// The share of every zone with people when `chosen` are open beside what is open today, in zone order.
    pub fn shares(&self, chosen: &[SiteId]) -> Vec<ZoneShare> {
        let cover = &self.instance.cover;
        let mut covered: Vec<bool> =
            (0..cover.row_count()).map(|row| cover.is_settled(row)).collect();
        for &row in chosen.iter().flat_map(|&site| cover.rows_of(site)) {
            covered[row as usize] = true;
        }
        let mut sums = vec![(0_i64, 0_i64); self.instance.zones];
        for (row, zone) in self.instance.zone_of.iter().enumerate() {
            let Some(zone) = zone else { continue };
            let sum = &mut sums[zone.index()];
            sum.0 += if covered[row] { cover.weight(row) } else { 0 };
            sum.1 += cover.weight(row);
        }
        let zones = self.need.site.zones.zones.ids().zip(sums);
        zones
            .filter(|(_, sum)| sum.1 > 0)
            .map(|(zone, (covered, persons))| ZoneShare { zone, covered, persons })
            .collect()
    }
}

impl Need<'_> {
    /// The instance of these candidates with one more site, that of today, for the rows of `settled`.
    pub(super) fn with_settled(
        &self,
        candidates: &[Candidate],
        reach: &ReachLists,
        settled: &[u32],
    ) -> Result<CoverInstance, PlanError> {
        let mut builder = self.sites(candidates, reach)?;
        let facts = SiteFacts { cost: 0, bonus: 0, status: SiteStatus::Existing };
        builder.add_site(settled, facts)?;
        Ok(builder.build())
    }
}
