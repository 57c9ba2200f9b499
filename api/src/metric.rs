//! Metrics: what exists, and a statistic of it over time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::search::AttributeFilter;
use crate::statistics::{Statistics, Truncation};
use crate::time::{Nanos, TimeRange};

/// A metric that has data in the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricInfo {
    /// The metric's name.
    pub name: String,
    /// UCUM unit; may be empty.
    pub unit: String,
    /// For people; may be empty.
    pub description: String,
    /// `gauge`, `sum`, `histogram`, `exponential_histogram`, `summary`.
    pub kind: String,
    /// `delta` or `cumulative`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temporality: Option<String>,
    /// For sums.
    pub monotonic: bool,
    /// Services that sent it.
    pub services: Vec<String>,
    /// How many series.
    pub series: u64,
}

/// Answer of `GET /api/v1/metrics`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricList {
    /// By name.
    pub metrics: Vec<MetricInfo>,
    /// What the query read.
    pub statistics: Statistics,
    /// Whether metrics were left out.
    pub truncated: Option<Truncation>,
}

/// A statistic over a period, named as CloudWatch names it; in JSON its text: `Average`, `p99`, `Rate`.
///
/// Of a cumulative sum the statistics see the increase from point to point (a reset begins at 0), of a delta sum
/// the points; so `Sum` is the increase in the period and `Rate` is `Sum` divided by its seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// How many measurements.
    SampleCount,
    /// Their sum.
    Sum,
    /// Sum divided by count.
    Average,
    /// The smallest.
    Minimum,
    /// The largest.
    Maximum,
    /// Sum per second.
    Rate,
    /// The newest value in the period (gauges).
    Last,
    /// Percentile, above 0 and at most 100.
    Percentile(f64),
}

impl std::fmt::Display for Statistic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SampleCount => f.write_str("SampleCount"),
            Self::Sum => f.write_str("Sum"),
            Self::Average => f.write_str("Average"),
            Self::Minimum => f.write_str("Minimum"),
            Self::Maximum => f.write_str("Maximum"),
            Self::Rate => f.write_str("Rate"),
            Self::Last => f.write_str("Last"),
            Self::Percentile(percent) => write!(f, "p{percent}"),
        }
    }
}

impl std::str::FromStr for Statistic {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "SampleCount" => Self::SampleCount,
            "Sum" => Self::Sum,
            "Average" => Self::Average,
            "Minimum" => Self::Minimum,
            "Maximum" => Self::Maximum,
            "Rate" => Self::Rate,
            "Last" => Self::Last,
            _ => {
                let percent = text.strip_prefix('p').and_then(|digits| digits.parse::<f64>().ok());
                match percent {
                    Some(percent) if percent > 0.0 && percent <= 100.0 => Self::Percentile(percent),
                    _ => {
                        return Err(format!(
                            "{text:?} is not a statistic; use SampleCount, Sum, Average, Minimum, Maximum, Rate, Last or a percentile such as p99"
                        ));
                    }
                }
            }
        })
    }
}

impl Serialize for Statistic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Statistic {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What is plotted or watched: a statistic of a metric, over a period, by attributes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricQuery {
    /// The metric's name.
    pub metric: String,
    /// The statistic of each period.
    pub statistic: Statistic,
    /// Only this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Conditions on attributes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeFilter>,
    /// One line for each combination of values of these attributes (`service.name` is one of them); empty for one line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<String>,
}

/// Body of `POST /api/v1/metrics/query`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricRequest {
    /// Points whose time lies in the range.
    #[serde(flatten)]
    pub range: TimeRange,
    /// What is asked.
    #[serde(flatten)]
    pub query: MetricQuery,
    /// Period in seconds; absent: chosen so that a line has at most 300 points, and not shorter than the time between
    /// two reports of an exporter. A line may have 11,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_seconds: Option<u32>,
    /// How many lines; 1 to 500, default 50, the ones with the largest sums.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// An exemplar: a measurement and the trace it was made in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exemplar {
    /// When.
    pub time_unix_nano: Nanos,
    /// The measurement.
    pub value: f64,
    /// 32 hex digits.
    pub trace_id: String,
    /// 16 hex digits.
    pub span_id: String,
}

/// A line: a value for each period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The values of `group_by`; empty text where an attribute is missing. Where points of one name were sent as several
    /// kinds or in several units, which cannot be added up, each is a line of its own, and `kind` or `unit` is here too.
    pub labels: BTreeMap<String, String>,
    /// One for each period from `start`, `null` where there is no data.
    pub values: Vec<Option<f64>>,
}

/// Lines over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesAnswer {
    /// Begin of the first period.
    pub start_unix_nano: Nanos,
    /// Length of a period.
    pub period_seconds: u32,
    /// UCUM unit of the values; empty where there is none, or several.
    pub unit: String,
    /// Largest first.
    pub series: Vec<Series>,
    /// Some measurements with their traces; at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exemplars: Vec<Exemplar>,
    /// What the query read.
    pub statistics: Statistics,
    /// Whether lines or points were left out.
    pub truncated: Option<Truncation>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_read_what_they_write() {
        for text in ["SampleCount", "Sum", "Average", "Minimum", "Maximum", "Rate", "Last", "p50", "p99.9", "p100"] {
            assert_eq!(text.parse::<Statistic>().unwrap().to_string(), text);
        }
        for text in ["", "p", "p0", "p101", "average", "pNaN", "p-1"] {
            assert!(text.parse::<Statistic>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_request_is_flat() {
        let json = r#"{"from":"now-3h","metric":"faas.errors","statistic":"Sum","group_by":["faas.name"]}"#;
        let request: MetricRequest = serde_json::from_str(json).unwrap();
        assert_eq!((request.range.from.as_str(), request.range.to.as_str()), ("now-3h", "now"));
        assert_eq!(request.query.group_by, ["faas.name"]);
    }
}
