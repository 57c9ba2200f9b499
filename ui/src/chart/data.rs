//! What a time chart shows: lines of one value a period.

use std::collections::BTreeMap;

use api::alarm::ComparisonOperator;
use api::metric::{Exemplar, SeriesAnswer};

/// How the lines are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ChartKind {
    /// Lines.
    #[default]
    Line,
    /// Lines with the area to zero.
    Area,
    /// Areas on top of each other.
    Stacked,
    /// Bars on top of each other.
    Bars,
}

impl ChartKind {
    /// All, with their names in the URL and on the screen.
    pub(crate) const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Line, "line", "Lines"),
        (Self::Area, "area", "Area"),
        (Self::Stacked, "stacked", "Stacked"),
        (Self::Bars, "bars", "Bars"),
    ];

    /// By its name in the URL.
    pub(crate) fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|(_, known, _)| *known == name).map(|(kind, ..)| kind).unwrap_or_default()
    }

    /// Whether the values are added up.
    pub(super) fn stacks(self) -> bool {
        matches!(self, Self::Stacked | Self::Bars)
    }

    /// Whether zero must be in sight.
    pub(super) fn starts_at_zero(self) -> bool {
        self != Self::Line
    }
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ChartLine {
    /// In the legend.
    pub(crate) label: String,
    /// A class of the style sheet that gives the colour: `s0` … `s7`, or a status.
    pub(crate) colour: String,
    /// One for each period.
    pub(crate) values: Vec<Option<f64>>,
}

/// A line across the chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Threshold {
    /// Where.
    pub(crate) value: f64,
    /// Which side of it breaches.
    pub(crate) operator: ComparisonOperator,
    /// Its colour, as a line's.
    pub(crate) class: &'static str,
}

impl Threshold {
    /// Whether the side above breaches.
    pub(super) fn breaches_above(&self) -> bool {
        use ComparisonOperator::{GreaterThanOrEqualToThreshold, GreaterThanThreshold};
        matches!(self.operator, GreaterThanOrEqualToThreshold | GreaterThanThreshold)
    }
}

/// Lines over time.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ChartData {
    /// Begin of the first period, epoch nanoseconds.
    pub(crate) start: i64,
    /// Length of a period, nanoseconds.
    pub(crate) step: i64,
    /// UCUM unit.
    pub(crate) unit: String,
    /// The lines.
    pub(crate) lines: Vec<ChartLine>,
    /// Measurements with their traces.
    pub(crate) exemplars: Vec<Exemplar>,
    /// Whether a line's values are such measurements, so that an exemplar has a height. A count or a rate is none: its
    /// exemplars stand on the time axis.
    pub(crate) measures: bool,
}

impl ChartData {
    /// Whether there is anything to draw.
    pub(crate) fn has_values(&self) -> bool {
        self.lines.iter().any(|line| line.values.iter().any(Option::is_some))
    }

    /// The lines of an answer; a line without labels is called `name`.
    pub(crate) fn of(answer: &SeriesAnswer, name: &str) -> Self {
        let lines = answer.series.iter().enumerate().map(|(at, series)| ChartLine {
            label: label_of(&series.labels, name),
            colour: line_colour(at),
            values: series.values.clone(),
        });
        Self {
            start: answer.start_unix_nano.0,
            step: i64::from(answer.period_seconds.max(1)) * 1_000_000_000,
            unit: answer.unit.clone(),
            lines: lines.collect(),
            exemplars: answer.exemplars.clone(),
            measures: true,
        }
    }

    /// The same data, of counts or rates.
    pub(crate) fn measuring(mut self, measures: bool) -> Self {
        self.measures = measures;
        self
    }

    /// The same data in the unit of a service's measure: the API gives milliseconds and percents without a unit.
    pub(crate) fn in_unit(mut self, unit: &str) -> Self {
        if self.unit.is_empty() {
            unit.clone_into(&mut self.unit);
        }
        self
    }

    /// How many periods.
    pub(super) fn periods(&self) -> usize {
        self.lines.iter().map(|line| line.values.len()).max().unwrap_or(0)
    }

    /// End of the last period.
    pub(super) fn end(&self) -> i64 {
        self.start.saturating_add(self.step.saturating_mul(i64::try_from(self.periods()).unwrap_or(i64::MAX)))
    }
}

/// The class of the line at this place; after the eighth the colours begin again.
pub(crate) fn line_colour(at: usize) -> String {
    format!("s{}", at % 8)
}

/// The values of the labels; the name where there are none.
fn label_of(labels: &BTreeMap<String, String>, name: &str) -> String {
    if labels.is_empty() {
        return name.to_owned();
    }
    let values: Vec<&str> =
        labels.values().map(|value| if value.is_empty() { "(none)" } else { value.as_str() }).collect();
    values.join(" · ")
}
