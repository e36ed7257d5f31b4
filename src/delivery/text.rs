//! Numbers as people read them in sentences.

/// A count of people with thousands separated: `83,314`.
pub(crate) fn count(number: f64) -> String {
    let whole = format!("{:.0}", number.abs());
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if number <= -0.5 { format!("-{text}") } else { text }
}

/// A share in percent with one decimal, or a dash. A share short of all never reads 100.0 %.
pub(crate) fn percent(share: Option<f64>) -> String {
    let Some(share) = share else { return "–".to_owned() };
    let tenths = share * 1000.0;
    let shown =
        if share < 1.0 && tenths > 999.0 { 999.0_f64.min(tenths.floor()) } else { tenths.round() };
    format!("{:.1} %", shown / 10.0)
}
