//! Log records.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::search::AttributeFilter;
use crate::statistics::{Statistics, Truncation};
use crate::time::{Nanos, TimeRange};
use crate::trace::Attributes;

/// The six ranges of OpenTelemetry severity numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 1 to 4.
    Trace,
    /// 5 to 8.
    Debug,
    /// 9 to 12.
    Info,
    /// 13 to 16.
    Warn,
    /// 17 to 20.
    Error,
    /// 21 to 24.
    Fatal,
}

impl Severity {
    /// All, rising.
    pub const ALL: [Self; 6] = [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal];

    /// The range that a severity number lies in; `None` for 0, which means unspecified.
    pub fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1..=4 => Self::Trace,
            5..=8 => Self::Debug,
            9..=12 => Self::Info,
            13..=16 => Self::Warn,
            17..=20 => Self::Error,
            21..=24 => Self::Fatal,
            _ => return None,
        })
    }

    /// The first severity number of the range.
    pub fn first_number(self) -> u8 {
        match self {
            Self::Trace => 1,
            Self::Debug => 5,
            Self::Info => 9,
            Self::Warn => 13,
            Self::Error => 17,
            Self::Fatal => 21,
        }
    }

    /// `TRACE`, `DEBUG`, …
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }
}

/// A log record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogRecord {
    /// Event time.
    pub time_unix_nano: Nanos,
    /// When it was observed.
    pub observed_time_unix_nano: Nanos,
    /// 0 to 24.
    pub severity_number: u8,
    /// As sent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub severity_text: String,
    /// Text, or the structure that was sent.
    pub body: Value,
    /// The event's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub event_name: String,
    /// 32 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// 16 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// `service.name`.
    pub service_name: String,
    /// `service.namespace`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_namespace: Option<String>,
    /// `deployment.environment.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Instrumentation scope.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope_name: String,
    /// The record's attributes.
    pub attributes: Attributes,
    /// The resource's attributes.
    pub resource_attributes: Attributes,
}

/// Body of `POST /api/v1/logs/search`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LogSearch {
    /// Event time.
    #[serde(flatten)]
    pub range: TimeRange,
    /// Words (all of them) and `"phrases"` of the body; `-word` excludes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Smallest severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity_min: Option<Severity>,
    /// Any of these services; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Conditions on attributes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeFilter>,
    /// 32 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// 16 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// How many records a page has; 1 to 1000, default 100. 0 asks for the histogram only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `cursor` of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Count matches over time in about this many bars; 0 for none, at most 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub histogram_bars: Option<u32>,
    /// Oldest first instead of newest first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub oldest_first: bool,
}

/// A bar of the histogram over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogBar {
    /// Begin of the bar.
    pub time_unix_nano: Nanos,
    /// Records without severity, then by [`Severity::ALL`].
    pub counts: [u64; 7],
}

/// Matches over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHistogram {
    /// Width of a bar.
    pub step_ns: i64,
    /// Every bar of the range, empty ones too.
    pub bars: Vec<LogBar>,
    /// Sum of all counts: exact.
    pub total: u64,
}

/// Answer of `POST /api/v1/logs/search`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogPage {
    /// Newest first unless asked otherwise.
    pub records: Vec<LogRecord>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// If it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub histogram: Option<LogHistogram>,
    /// What the query read.
    pub statistics: Statistics,
    /// Whether there are more than this page holds, or something was left out.
    pub truncated: Option<Truncation>,
}
