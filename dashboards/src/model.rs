//! The document.

use api::TimeRange;
use api::alarm::AlarmState;
use api::log::LogSearch;
use api::metric::MetricQuery;
use api::service::ServiceQuery;
use serde::{Deserialize, Serialize};

use crate::layout::Place;

/// The version of the document's schema that is written.
pub const SCHEMA_VERSION: u32 = 1;

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// What people call it; 1 to 255 characters.
    pub title: String,
    /// What it is for; up to 1024 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The time range it opens with.
    #[serde(default)]
    pub range: TimeRange,
    /// Reloads itself this often; absent: not by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_seconds: Option<u32>,
    /// What a reader may choose above the board.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// What is on the board.
    #[serde(default)]
    pub widgets: Vec<Widget>,
}

/// Something a reader chooses: a value of an attribute, or all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// `service` is written `$service` in queries and texts; `a-z`, `0-9` and `_`, beginning with a letter.
    pub name: String,
    /// What stands before the choice; empty for the name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Where the attribute's values are looked for.
    #[serde(default)]
    pub signal: Signal,
    /// The attribute whose values can be chosen.
    pub attribute: String,
    /// The value the board opens with; empty for all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub default: String,
}

/// A kind of telemetry, as `GET /api/v1/attributes` names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Spans.
    #[default]
    Spans,
    /// Log records.
    Logs,
    /// Metric points.
    Metrics,
}

impl Signal {
    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spans => "spans",
            Self::Logs => "logs",
            Self::Metrics => "metrics",
        }
    }
}

/// A part of the board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Widget {
    /// Unique on the board, stable over edits: part of addresses; `a-z`, `0-9` and `-`.
    pub id: String,
    /// Written above it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Where it lies.
    #[serde(flatten)]
    pub place: Place,
    /// What it shows.
    #[serde(flatten)]
    pub kind: WidgetKind,
}

/// What a widget shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum WidgetKind {
    /// Lines over time.
    Timeseries {
        /// What is drawn.
        lines: Vec<Line>,
        /// Areas upon each other instead of lines.
        #[serde(default, skip_serializing_if = "is_false")]
        stacked: bool,
        /// UCUM unit of the axis; absent: as the data says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// Length of a period; absent: by the width of the range.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        period_seconds: Option<u32>,
        /// Horizontal marks.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        thresholds: Vec<Threshold>,
    },
    /// One number, with a sparkline.
    Value {
        /// What is asked. If it answers several lines, `across` makes them one number.
        line: Line,
        /// One number of each line.
        #[serde(default)]
        summary: Summary,
        /// One number of several lines.
        #[serde(default)]
        across: Across,
        /// UCUM unit; absent: as the data says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// The number takes the tone of the last threshold it reaches.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        thresholds: Vec<Threshold>,
    },
    /// The largest lines, as bars.
    Top {
        /// What is asked; each of the lines it answers is a bar.
        line: Line,
        /// The length of the bar.
        #[serde(default)]
        summary: Summary,
        /// How many bars; 1 to 100.
        #[serde(default = "ten")]
        limit: u32,
        /// UCUM unit; absent: as the data says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
    /// A row for each combination of labels, a column for each query.
    Table {
        /// The columns after the labels; the first one sorts, largest first.
        columns: Vec<Column>,
        /// How many rows; 1 to 500.
        #[serde(default = "fifty")]
        limit: u32,
    },
    /// Log records.
    Logs {
        /// Which; the board's range is used, and `limit` says how many.
        search: LogSearch,
    },
    /// Alarms and their states.
    Alarms {
        /// Only those of these names; empty for all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        names: Vec<String>,
        /// Only those in these states; empty for all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        states: Vec<AlarmState>,
    },
    /// Text for people.
    Text {
        /// Headings, paragraphs, lists, `code`, **strong**, *emphasis*, links. No HTML.
        markdown: String,
    },
    /// The service map.
    ServiceMap {
        /// Only this environment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        environment: Option<String>,
        /// Only this service and its neighbours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        service: Option<String>,
    },
}

impl WidgetKind {
    /// The `type` in the document.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Timeseries { .. } => "timeseries",
            Self::Value { .. } => "value",
            Self::Top { .. } => "top",
            Self::Table { .. } => "table",
            Self::Logs { .. } => "logs",
            Self::Alarms { .. } => "alarms",
            Self::Text { .. } => "text",
            Self::ServiceMap { .. } => "service_map",
        }
    }
}

/// A query and how its lines look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// What is asked.
    pub query: Query,
    /// Its name in the legend, before the labels; empty: the query's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// A meaning that has a colour; absent: one of the palette.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tone: Option<Tone>,
    /// How many lines at most, the largest; 1 to 500, absent: 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// What is asked for lines over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Query {
    /// A statistic of a metric; one line for each combination of `group_by`.
    Metric(MetricQuery),
    /// A measure of a service; without a service, one line for each.
    Service(ServiceQuery),
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// What is asked.
    pub line: Line,
    /// One number of each line.
    #[serde(default)]
    pub summary: Summary,
    /// UCUM unit; absent: as the data says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A meaning that has a colour of its own, the same on every screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Fine: green.
    Ok,
    /// Client errors: yellow.
    Error,
    /// Throttled: purple.
    Throttle,
    /// Faults: red.
    Fault,
    /// Without meaning: grey.
    Neutral,
}

/// A value from which on something is different.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// Where.
    pub value: f64,
    /// What it means; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// How it looks.
    pub tone: Tone,
}

/// One number of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Summary {
    /// The newest value.
    #[default]
    Last,
    /// The sum of all periods.
    Sum,
    /// The mean of the periods that have data.
    Average,
    /// The smallest.
    Minimum,
    /// The largest.
    Maximum,
}

/// One number of several lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Across {
    /// Of all lines together.
    #[default]
    Sum,
    /// Of the line with the largest; its label is shown.
    Maximum,
    /// Of the line with the smallest; its label is shown.
    Minimum,
    /// The mean of the lines, each counting the same.
    Average,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

fn ten() -> u32 {
    10
}

fn fifty() -> u32 {
    50
}
