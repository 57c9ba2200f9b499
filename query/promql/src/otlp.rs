//! OTLP's metrics by Prometheus' names: `http.server.request.duration` in seconds is
//! `http_server_request_duration_seconds_bucket`, `…_count` and `…_sum`.
//!
//! The rules are those of OpenTelemetry's "Prometheus and OpenMetrics Compatibility" and Prometheus' strategy
//! `UnderscoreEscapingWithSuffixes`. What it leaves out: the way back by taking a name apart. Suffixes and underscores
//! do not say what they were made of, so [`meanings`] translates the stored names forward and compares. OTLP's own names
//! work too, in quotes: `{"http.server.request.duration"}`.

mod label;
mod metric;
mod unit;

pub use label::{is_label_of, label_name, labels_of, resource_labels};
pub use metric::{Meaning, MetricKind, Part, meanings, metric_name, series_name};

#[cfg(test)]
mod tests;
