//! A table of distances: one row a pair of site and customer, with the distance and perhaps the demand (the layout of
//! the San Francisco example of spopt: `distance,name,DestinationName,demand`).

use std::collections::BTreeMap;
use std::path::Path;

use crate::placement::distances::DistanceTable;

use super::ImportError;
use super::table::{FeatureTable, FieldValue};

/// Names of the column of distances, in lower case.
const DISTANCE: [&str; 9] = [
    "distance",
    "dist",
    "cost",
    "time",
    "length",
    "travel_time",
    "minutes",
    "total_length",
    "距离",
];
/// Names of the column of sites.
const SITE: [&str; 10] = [
    "site",
    "facility",
    "name",
    "store",
    "candidate",
    "site_id",
    "facility_id",
    "origin",
    "from",
    "点位",
];
/// Names of the column of customers.
const CUSTOMER: [&str; 11] = [
    "destinationname",
    "customer",
    "client",
    "demand_id",
    "destination",
    "point",
    "tract",
    "to",
    "id",
    "demand_point",
    "需求点",
];
/// Names of the column of demands.
const DEMAND: [&str; 8] =
    ["demand", "weight", "population", "people", "persons", "pop2000", "weights", "人数"];
/// Largest number that is believed.
const NUMBER_MAX: f64 = 1e6;
/// Largest demand that is believed.
const DEMAND_MAX: f64 = 1e9;
/// Pairs that a table may span.
const PAIRS_MAX: usize = 20_000_000;

/// Reads a table of distances; `path` only names it in messages.
///
/// # Errors
/// When a column is missing, a number is none, a pair stands twice with different distances, or a customer has two
/// demands; the row is named.
pub fn read_distances(path: &Path, table: &FeatureTable) -> Result<DistanceTable, ImportError> {
    let malformed = |reason: String| ImportError::malformed(path, reason);
    let find = |known: &[&str]| known.iter().find_map(|word| table.find_column(word));
    let needed = |known: &[&str], what: &str| {
        find(known).ok_or_else(|| {
            malformed(format!("no column of {what}: give one of {}", known.join(", ")))
        })
    };
    let distance = needed(&DISTANCE, "distances")?;
    let site = needed(&SITE, "sites")?;
    let customer = needed(&CUSTOMER, "customers")?;
    let demand = find(&DEMAND);
    let mut found = Pairs::default();
    for row in &table.rows {
        let cell = |column: usize| row.value(column).to_text().unwrap_or_default();
        let bad = |what: String| malformed(format!("{}: {what}", row.name));
        let number = |column: usize, most: f64| {
            let value = match row.value(column) {
                FieldValue::Number(number) => Some(*number),
                other => other.to_text().and_then(|text| text.parse().ok()),
            };
            let value = value.filter(|number| (0.0..=most).contains(number));
            value.ok_or_else(|| bad(format!("{:?} is no number in 0 to {most}", cell(column))))
        };
        let weight = demand.map_or(Ok(1.0), |column| number(column, DEMAND_MAX))?;
        let names = (cell(site), cell(customer));
        if names.0.is_empty() || names.1.is_empty() {
            return Err(bad("the site or the customer has no name".to_owned()));
        }
        let names = (names.0.as_str(), names.1.as_str());
        found.push(names, (number(distance, NUMBER_MAX)?, weight)).map_err(bad)?;
    }
    if found.distances.is_empty() {
        return Err(malformed("the table has no rows".to_owned()));
    }
    if found.sites.len().saturating_mul(found.customers.len()) > PAIRS_MAX {
        return Err(malformed(format!("more than {PAIRS_MAX} pairs of site and customer")));
    }
    Ok(found.table())
}

/// Pairs as they are read; sites and customers are numbered in the order in which they are met.
#[derive(Default)]
struct Pairs {
    sites: BTreeMap<String, usize>,
    customers: BTreeMap<String, usize>,
    demands: Vec<f64>,
    distances: BTreeMap<(usize, usize), f64>,
}

impl Pairs {
    fn push(&mut self, names: (&str, &str), (distance, demand): (f64, f64)) -> Result<(), String> {
        let next = self.sites.len();
        let site = *self.sites.entry(names.0.to_owned()).or_insert(next);
        let next = self.customers.len();
        let customer = *self.customers.entry(names.1.to_owned()).or_insert(next);
        if customer == self.demands.len() {
            self.demands.push(demand);
        } else if (self.demands[customer] - demand).abs() > 0.0 {
            return Err(format!("{:?} has another demand in an earlier row", names.1));
        }
        match self.distances.insert((customer, site), distance) {
            Some(before) if (before - distance).abs() > 0.0 => Err(format!(
                "{:?} and {:?} have another distance in an earlier row",
                names.0, names.1
            )),
            _ => Ok(()),
        }
    }

    fn table(self) -> DistanceTable {
        let in_order = |names: BTreeMap<String, usize>| {
            let mut named: Vec<(usize, String)> =
                names.into_iter().map(|(name, number)| (number, name)).collect();
            named.sort();
            named.into_iter().map(|(_, name)| name).collect::<Vec<String>>()
        };
        let (sites, customers) = (in_order(self.sites), in_order(self.customers));
        let mut distances = vec![vec![None; sites.len()]; customers.len()];
        for ((customer, site), distance) in self.distances {
            distances[customer][site] = Some(distance);
        }
        DistanceTable {
            costs: vec![1.0; sites.len()],
            demands: self.demands,
            sites,
            customers,
            distances,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{IssueLog, csv_file};
    use super::*;

    fn read(text: &str) -> Result<DistanceTable, String> {
        let path = Path::new("t.csv");
        let mut table = FeatureTable::new(path);
        let filled = csv_file::fill(&mut table, text, &mut IssueLog::default());
        filled.map_err(|error| error.to_string())?;
        read_distances(path, &table).map_err(|error| error.to_string())
    }

    #[test]
    fn a_table_of_pairs_is_read_whatever_the_columns_are_called() {
        let table =
            read("distance,name,DestinationName,demand\n671.5,S1,060.01,6540\n9,S2,060.01,6540\n1,S1,b,3\n")
                .unwrap();
        assert_eq!((table.sites.len(), table.customers.len(), table.pairs()), (2, 2, 3));
        assert_eq!(table.distances, [vec![Some(671.5), Some(9.0)], vec![Some(1.0), None]]);
        assert_eq!(read("site,customer,time\na,b,3\n").unwrap().demands, [1.0]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, said) in [
            ("a,b\n1,2\n", "no column of distances"),
            ("site,customer,time\na,b,-3\n", "is no number in 0 to"),
            ("site,customer,time\na,b,nan\n", "is no number in 0 to"),
            ("site,customer,time\na,b,1\na,b,2\n", "another distance in an earlier row"),
            ("site,customer,time,demand\na,b,1,1\nc,b,2,2\n", "another demand"),
            ("site,customer,time\n,b,1\n", "no name"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }
}
