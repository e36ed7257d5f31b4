//! Sites and customers in the plane, covered within a straight-line radius: published benchmark instances.

use rayon::prelude::*;

use super::distances::DistanceTable;
use super::{CoverInstance, InstanceError, SiteFacts};
use crate::spatial::{BoundingBox, LocalFrame, LonLat};

/// A customer or a site of a published instance.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct PlanarSpot {
    /// First coordinate, in the unit of the file; finite.
    pub x: f64,
    /// Second coordinate.
    pub y: f64,
    /// Demand of a customer in millionths, cost of a site in thousandths; at least 0.
    pub weight: i64,
}

/// Sites and customers.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PlanarInstance {
    /// Where a facility could be.
    pub sites: Vec<PlanarSpot>,
    /// Who is to be covered.
    pub customers: Vec<PlanarSpot>,
}

impl PlanarInstance {
    /// Latitude and longitude in degrees as metres around the middle of all points (an error below 0.1 % within a
    /// city); `None` when a coordinate is no degree.
    #[must_use]
    pub fn in_meters(&self) -> Option<Self> {
        let all = || self.sites.iter().chain(&self.customers);
        let place = |spot: &PlanarSpot| LonLat::new(spot.y, spot.x).ok();
        let places = all().map(place).collect::<Option<Vec<LonLat>>>()?;
        let frame = LocalFrame::at(BoundingBox::around(places)?.center());
        let project = |spot: &PlanarSpot| {
            let point = frame.to_planar(place(spot)?);
            Some(PlanarSpot { x: point.x, y: point.y, ..*spot })
        };
        Some(Self {
            sites: self.sites.iter().map(project).collect::<Option<_>>()?,
            customers: self.customers.iter().map(project).collect::<Option<_>>()?,
        })
    }

    /// All straight-line distances between customers and sites.
    pub fn distances(&self) -> DistanceTable {
        let names = |count: usize| (0..count).map(|number| number.to_string()).collect();
        let far = |a: &PlanarSpot, b: &PlanarSpot| Some((a.x - b.x).hypot(a.y - b.y));
        let row =
            |customer: &PlanarSpot| self.sites.iter().map(|site| far(customer, site)).collect();
        DistanceTable {
            sites: names(self.sites.len()),
            costs: self.sites.iter().map(|site| site.weight as f64 / 1e3).collect(),
            customers: names(self.customers.len()),
            demands: self.customers.iter().map(|customer| customer.weight as f64 / 1e6).collect(),
            distances: self.customers.iter().map(row).collect(),
        }
    }

    /// The covering instance: a site covers the customers whose straight-line distance is at most `radius`
    /// (compared as squares, exact for whole coordinates).
    ///
    /// # Errors
    /// When the weights sum to too much.
    pub fn within(&self, radius: f64) -> Result<CoverInstance, InstanceError> {
        let mut by_x: Vec<(f64, u32)> =
            self.customers.iter().zip(0..).map(|(spot, row)| (spot.x, row)).collect();
        by_x.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let square = radius * radius;
        let lists: Vec<Vec<u32>> = self
            .sites
            .par_iter()
            .map(|site| {
                let first = by_x.partition_point(|entry| entry.0 < site.x - radius);
                let near = by_x[first..].iter().take_while(|entry| entry.0 <= site.x + radius);
                let mut rows: Vec<u32> = near
                    .map(|entry| entry.1)
                    .filter(|&row| {
                        let customer = &self.customers[row as usize];
                        let (dx, dy) = (customer.x - site.x, customer.y - site.y);
                        dx * dx + dy * dy <= square
                    })
                    .collect();
                rows.sort_unstable();
                rows
            })
            .collect();
        let weights = self.customers.iter().map(|customer| customer.weight).collect();
        let mut builder = CoverInstance::builder(weights)?;
        for (site, rows) in self.sites.iter().zip(&lists) {
            builder.add_site(rows, SiteFacts { cost: site.weight, ..SiteFacts::default() })?;
        }
        Ok(builder.build())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SiteId;

    #[test]
    fn a_customer_on_the_circle_is_covered() {
        let spot = |x: f64, y: f64| PlanarSpot { x, y, weight: 1 };
        let customers = vec![spot(3.0, 4.0), spot(5.0, 0.0), spot(3.0, 4.001), spot(-5.0, 0.0)];
        let planar = PlanarInstance { sites: vec![spot(0.0, 0.0)], customers };
        let instance = planar.within(5.0).unwrap();
        assert_eq!(instance.rows_of(SiteId(0)), [0, 1, 3]);
    }
}
