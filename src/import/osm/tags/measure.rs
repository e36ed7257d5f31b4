//! Numbers with units in tags (<https://wiki.openstreetmap.org/wiki/Map_features/Units>).

/// Metres of `text`: `0.8`, `0.8 m`, `80 cm`, `2'6"`, `6 ft`; `None` when it is no length.
pub fn meters_of(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    if let Some((feet, inches)) = text.split_once('\'') {
        let inches = inches.trim().trim_end_matches(['"', '\'']).trim();
        let inches = if inches.is_empty() { 0.0 } else { number(inches)? };
        return Some(number(feet)? * 0.3048 + inches * 0.0254);
    }
    if let Some(inches) = text.strip_suffix('"') {
        return Some(number(inches)? * 0.0254);
    }
    let units = [("cm", 0.01), ("mm", 0.001), ("ft", 0.3048), ("m", 1.0)];
    let (digits, unit) = units
        .iter()
        .find_map(|&(unit, meters)| Some((text.strip_suffix(unit)?, meters)))
        .unwrap_or((&text, 1.0));
    Some(number(digits)? * unit)
}

/// The slope of `text` as a fraction, uphill positive: `12%`, `-12 %`, `7°`, `1:12`, and a bare number as percent
/// (<https://wiki.openstreetmap.org/wiki/Key:incline>); `None` for `up`, `down` and what is no slope.
pub fn slope_of(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    if let Some(degrees) = text.strip_suffix('°') {
        return Some(number(degrees)?.to_radians().tan());
    }
    if let Some((rise, run)) = text.split_once(':') {
        let run = number(run)?;
        return (run != 0.0).then_some(number(rise)? / run);
    }
    Some(number(text.trim_end_matches('%'))? / 100.0)
}

/// Kilometers an hour of `text`: `80`, `50 mph`; `None` for `signals`, `none` and country codes
/// (<https://wiki.openstreetmap.org/wiki/Key:maxspeed>).
pub fn km_h_of(text: &str) -> Option<f64> {
    match text.trim().strip_suffix("mph") {
        Some(miles) => Some(number(miles)? * 1.609_344),
        None => number(text.trim().trim_end_matches("km/h")),
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}
