//! Sites and customers with the distances between them: published instances that come as a network or a table.

use super::assignment::{AssignError, AssignInstance};
use super::{CoverInstance, InstanceError, SiteFacts, SiteStatus};
use crate::units::WalkTime;

/// Thousandths of the unit of distance in an assignment instance.
pub const DISTANCE_PARTS: f64 = 1_000.0;
/// Millionths of the unit of demand in a covering instance.
const DEMAND_PARTS: f64 = 1e6;

/// Who is how far from where.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DistanceTable {
    /// Ids of the sites.
    pub sites: Vec<String>,
    /// What each costs, 0 or more.
    pub costs: Vec<f64>,
    /// Ids of the customers.
    pub customers: Vec<String>,
    /// Demand of each customer, 0 or more.
    pub demands: Vec<f64>,
    /// Customer by customer the distance to each site; `None` where there is no way.
    pub distances: Vec<Vec<Option<f64>>>,
}

impl DistanceTable {
    /// How many pairs of customer and site have a way.
    pub fn pairs(&self) -> usize {
        self.distances.iter().flatten().flatten().count()
    }

    /// The covering instance: a site covers the customers at most `radius` away. Demand counts in millionths.
    ///
    /// # Errors
    /// When the demands sum to too much.
    pub fn within(&self, radius: f64) -> Result<CoverInstance, InstanceError> {
        let weights = self.demands.iter().map(|demand| (demand * DEMAND_PARTS).round() as i64);
        let mut builder = CoverInstance::builder(weights.collect())?;
        for (site, cost) in self.costs.iter().enumerate() {
            let covered = (0_u32..).zip(&self.distances);
            let rows: Vec<u32> = covered
                .filter(|(_, row)| row[site].is_some_and(|distance| distance <= radius))
                .map(|(customer, _)| customer)
                .collect();
            let cost = (cost * super::candidate::COST_UNIT as f64).round() as i64;
            builder.add_site(&rows, SiteFacts { cost, ..SiteFacts::default() })?;
        }
        Ok(builder.build())
    }

    /// The assignment instance: distances in thousandths, demands in whole units when all are whole, else in
    /// thousandths.
    ///
    /// # Errors
    /// When sums leave all measure.
    pub fn assignment(&self) -> Result<AssignInstance, AssignError> {
        let parts = self.demand_parts();
        let time = |distance: &Option<f64>| match distance {
            Some(distance) => WalkTime::from_ms((distance * DISTANCE_PARTS).round() as u32),
            None => WalkTime::UNREACHABLE,
        };
        let times: Vec<WalkTime> = self.distances.iter().flatten().map(time).collect();
        let weights = self.demands.iter().map(|demand| (demand * parts).round() as i64).collect();
        AssignInstance::from_table(&times, weights, &vec![SiteStatus::Free; self.sites.len()])
    }

    /// How many parts of the unit of demand the assignment instance counts in.
    pub fn demand_parts(&self) -> f64 {
        let is_whole = |demand: &f64| (demand - demand.round()).abs() < 1e-9;
        if self.demands.iter().all(is_whole) { 1.0 } else { 1_000.0 }
    }
}
