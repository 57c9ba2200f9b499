//! Charts, drawn as SVG. Scales, ticks, stacking and thinning out are pure and tested; the components only draw.

mod data;
mod drawing;
mod latency_histogram;
mod legend;
mod measure;
mod path;
mod scale;
mod sparkline;
mod ticks;
mod time_series;
mod trend;

pub(crate) use data::{ChartData, ChartKind, ChartLine, Threshold, line_colour};
pub(crate) use latency_histogram::LatencyHistogram;
pub(crate) use legend::LegendKind;
pub(crate) use measure::width_of;
pub(crate) use sparkline::Sparkline;
pub(crate) use time_series::TimeSeries;
pub(crate) use trend::Trend;

#[cfg(test)]
mod tests;
