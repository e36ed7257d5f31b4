//! Published maximal-covering instances with coordinates → sites and customers.
//!
//! Two layouts: `x y demand` a line, every point a customer and a site (SJC, ZDS, PCB: L. A. N. Lorena and
//! M. A. Pereira, 2002; S. Zarandi, S. Davari and S. Haddad Sisakht, 2011), and `F id x y cost` / `C id x y demand`
//! (BDS: J.-F. Cordeau, F. Furini and I. Ljubić, 2019). The first line counts and is only compared.

use std::path::Path;

use crate::placement::candidate::COST_UNIT;
use crate::placement::planar::{PlanarInstance, PlanarSpot};

use super::ImportError;

/// Points that one instance may have.
const POINTS_MAX: usize = 2_000_000;
/// Largest coordinate, demand or cost that is believed.
const NUMBER_MAX: f64 = 1e9;

/// Reads an instance from its text; `path` only names it in messages.
///
/// # Errors
/// When a line is not of one of the two layouts, or a demand is negative; the line is named.
pub fn parse_xy(path: &Path, text: &str) -> Result<PlanarInstance, ImportError> {
    let mut found = PlanarInstance::default();
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let (_, head) =
        lines.next().ok_or_else(|| ImportError::malformed(path, "the file is empty"))?;
    let counts: Vec<usize> = head.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    for (number, line) in lines {
        let bad = |reason: &str| {
            ImportError::malformed(path, format!("line {}: {reason}: {line:?}", number + 1))
        };
        let words: Vec<&str> = line.split_whitespace().collect();
        let spot = |x: &str, y: &str, weight: &str, unit: i64| -> Option<PlanarSpot> {
            let read = |word: &str| word.parse::<f64>().ok().filter(|n| n.abs() <= NUMBER_MAX);
            let weight = read(weight).filter(|&weight| weight >= 0.0)?;
            let weight = (weight * unit as f64).round() as i64;
            Some(PlanarSpot { x: read(x)?, y: read(y)?, weight })
        };
        match words.as_slice() {
            ["F", _, x, y, rest @ ..] => {
                let cost = rest.first().copied().unwrap_or("1");
                let site = spot(x, y, cost, COST_UNIT);
                found.sites.push(site.ok_or_else(|| bad("not `F id x y cost`"))?);
            }
            ["C", _, x, y, demand, ..] => {
                let customer = spot(x, y, demand, 1_000_000);
                found.customers.push(customer.ok_or_else(|| bad("not `C id x y demand`"))?);
            }
            [x, y, demand] => {
                let customer =
                    spot(x, y, demand, 1_000_000).ok_or_else(|| bad("not `x y demand`"))?;
                found.sites.push(PlanarSpot { weight: COST_UNIT, ..customer });
                found.customers.push(customer);
            }
            _ => return Err(bad("neither `x y demand` nor `F …` nor `C …`")),
        }
        if found.sites.len().max(found.customers.len()) > POINTS_MAX {
            return Err(bad("more points than can be read"));
        }
    }
    let stated = [found.sites.len(), found.customers.len()];
    if found.customers.is_empty() || found.sites.is_empty() {
        return Err(ImportError::malformed(path, "no sites or no customers"));
    }
    if counts.first().is_some_and(|&count| count != stated[0]) {
        return Err(ImportError::malformed(
            path,
            format!("the first line counts {}, but {} sites follow", counts[0], stated[0]),
        ));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<PlanarInstance, String> {
        parse_xy(Path::new("t.txt"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn both_layouts_are_read() {
        let sjc =
            parse("2\t9999\tp\tS\r\n409154\t435528\t50\t\r\n409151\t435683\t4\t\r\n").unwrap();
        assert_eq!((sjc.sites.len(), sjc.customers.len()), (2, 2));
        assert_eq!(sjc.customers[0], PlanarSpot { x: 409_154.0, y: 435_528.0, weight: 50_000_000 });
        assert_eq!(sjc.sites[0].weight, COST_UNIT);
        let bds =
            parse("1\t2\t\nF\t0\t25.2\t11.8\t1\nC\t1\t4.4\t18.8\t2\nC\t2\t1\t2\t80\n").unwrap();
        assert_eq!((bds.sites.len(), bds.customers.len()), (1, 2));
    }

    #[test]
    fn bad_lines_are_named() {
        for (text, said) in [
            ("", "empty"),
            ("2\n1 2 3\n", "the first line counts 2, but 1 sites follow"),
            ("1\n1 2 -3\n", "line 2: not `x y demand`"),
            ("1\n1 nan 3\n", "line 2: not `x y demand`"),
            ("1\n1 2\n", "line 2: neither"),
            ("1 1\nF 0 1 2 1\n", "no sites or no customers"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }
}
