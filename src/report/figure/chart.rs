//! Charts: a histogram of walking times, bars and stacked bars for table cells.

use std::fmt::Write;

use super::escape;

/// One bar of a histogram.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct HistogramBar {
    /// How high, at least 0.
    pub(in crate::report) value: f64,
    /// Style class: `in` or `out`.
    pub(in crate::report) class: &'static str,
    /// Text under the bar's right edge, or under its middle when `is_apart`.
    pub(in crate::report) text: String,
    /// What it says when pointed at.
    pub(in crate::report) title: String,
    /// Whether it stands apart from the scale (beyond it, unreachable).
    pub(in crate::report) is_apart: bool,
}

/// Size and margins of a histogram in units.
const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 230.0;
const LEFT: f64 = 62.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 190.0;

/// A histogram; `value_text` writes the numbers of the axis, `cutoff` is how many bars lie within the cutoff and
/// what the line at their end says.
pub(in crate::report) fn histogram(
    bars: &[HistogramBar],
    label: &str,
    value_text: &dyn Fn(f64) -> String,
    (cutoff_bars, cutoff_text): (usize, &str),
) -> String {
    let most = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let step = round_step(most / 3.0);
    let top = (most / step).ceil().max(1.0) * step;
    let apart = bars.iter().filter(|bar| bar.is_apart).count() as f64;
    let wide = (WIDTH - LEFT - 8.0) / (bars.len() as f64 + apart * 1.4).max(1.0);
    let mut svg = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        escape(label)
    );
    let mut line = 0.0;
    while line <= top * 1.000_1 {
        let y = BOTTOM - line / top * (BOTTOM - TOP);
        let _ = write!(
            svg,
            "<path class=\"rule\" d=\"M{LEFT} {y:.1}H{WIDTH}\"/><text class=\"axis end\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            LEFT - 8.0,
            y + 5.0,
            escape(&value_text(line))
        );
        line += step;
    }
    let mut x = LEFT + 4.0;
    for (index, bar) in bars.iter().enumerate() {
        if bar.is_apart {
            x += wide * 0.7;
        }
        let high = bar.value / top * (BOTTOM - TOP);
        let _ = write!(
            svg,
            "<rect class=\"{}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{high:.1}\"><title>{}</title></rect>",
            bar.class,
            x + 1.0,
            BOTTOM - high,
            wide - 2.0,
            escape(&bar.title)
        );
        let under = if bar.is_apart { x + wide / 2.0 } else { x + wide };
        let _ = write!(
            svg,
            "<text class=\"axis mid\" x=\"{under:.1}\" y=\"{:.1}\">{}</text>",
            BOTTOM + 18.0,
            escape(&bar.text)
        );
        x += wide;
        if index + 1 == cutoff_bars {
            let _ = write!(
                svg,
                "<path class=\"cut\" d=\"M{x:.1} {:.1}V{BOTTOM}\"/><text class=\"axis cut-text\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                TOP - 18.0,
                x + 6.0,
                TOP - 8.0,
                escape(cutoff_text)
            );
        }
        if bar.is_apart {
            x += wide * 0.7;
        }
    }
    svg.push_str("</svg>");
    svg
}

/// A bar for a table cell: parts of a whole (0 to 1 each) with their style classes, and a mark at `mark`.
pub(in crate::report) fn bar(parts: &[(f64, &str)], mark: Option<f64>) -> String {
    let mut svg = "<svg class=\"bar\" viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
        <rect class=\"bar-back\" width=\"1000\" height=\"100\"/>"
        .to_owned();
    let mut x = 0.0;
    for &(part, class) in parts {
        let wide = part.clamp(0.0, 1.0) * 1000.0;
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{x:.1}\" width=\"{wide:.1}\" height=\"100\"/>"
        );
        x += wide;
    }
    if let Some(mark) = mark {
        let x = (mark.clamp(0.0, 1.0) * 1000.0).clamp(3.0, 997.0);
        let _ = write!(svg, "<path class=\"bar-mark\" d=\"M{x:.1} 0V100\"/>");
    }
    svg.push_str("</svg>");
    svg
}

/// The least 1, 2 or 5 times a power of ten that is not below `least`; at least 1.
fn round_step(least: f64) -> f64 {
    if least <= 1.0 {
        return 1.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&step| step >= least)
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axis_steps_are_round() {
        for (least, step) in [(0.0, 1.0), (3.2, 5.0), (50.0, 50.0), (51.0, 100.0)] {
            assert!((round_step(least) - step).abs() < 1e-9, "{least}");
        }
    }

    #[test]
    fn texts_in_a_chart_are_escaped() {
        let bars = [HistogramBar {
            value: 2.0,
            class: "in",
            text: "<b>".to_owned(),
            title: "\"&".to_owned(),
            is_apart: false,
        }];
        let svg = histogram(&bars, "<script>", &|v| format!("{v}"), (1, "'"));
        assert!(!svg.contains("<script>") && !svg.contains("<b>"), "{svg}");
        assert!(svg.contains("&quot;&amp;") && svg.contains("&#39;"));
    }
}
