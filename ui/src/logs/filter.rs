//! What logs are looked for: read from the URL, written to it, turned into the API's search.
//!
//! Parameters: `q` (the box, see [`crate::search_box`]), `severity` (smallest), `service` (comma-separated),
//! `trace_id`, `span_id`. The time range is shared by all screens.

use api::TimeRange;
use api::log::{LogSearch, Severity};

use crate::nothing::Sought;
use crate::search_box::{self, BoxQuery};

/// Lines on a page.
pub(crate) const PAGE: u32 = 300;

/// Bars of the histogram.
pub(crate) const BARS: u32 = 120;

/// The parameters beside that of the services.
pub(crate) const CONDITIONS: &[&str] = &["q", "severity", "trace_id", "span_id"];

/// The filter bar.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Filter {
    /// The box as it is written.
    pub(crate) input: String,
    /// What the box asks for; nothing if it cannot be read.
    pub(crate) query: BoxQuery,
    /// Why the box cannot be read.
    pub(crate) mistake: Option<String>,
    /// Smallest severity.
    pub(crate) severity: Option<Severity>,
    /// Any of these; empty for all.
    pub(crate) services: Vec<String>,
    /// Only this trace.
    pub(crate) trace_id: Option<String>,
    /// Only this span.
    pub(crate) span_id: Option<String>,
}

impl Filter {
    /// From the query of the URL.
    pub(crate) fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let input = get("q").unwrap_or_default();
        let (query, mistake) = match search_box::parse(&input) {
            Ok(query) => (query, None),
            Err(mistake) => (BoxQuery::default(), Some(mistake)),
        };
        let severity = get("severity").unwrap_or_default();
        let services = get("service").unwrap_or_default();
        Self {
            input,
            query,
            mistake,
            severity: Severity::ALL.into_iter().find(|s| s.as_str().eq_ignore_ascii_case(&severity)),
            services: services.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            trace_id: get("trace_id"),
            span_id: get("span_id"),
        }
    }

    /// The search for a page; the box's severity and services narrow the bar's.
    pub(crate) fn search(&self, range: TimeRange, environment: Option<String>) -> LogSearch {
        let environment = search_box::in_environment(environment);
        let mut services = self.services.clone();
        services.extend(self.query.services.iter().filter(|s| !self.services.contains(s)).cloned());
        LogSearch {
            range,
            text: self.query.text.clone(),
            severity_min: self.severity.max(self.query.severity_min),
            services,
            attributes: self.query.attributes.iter().cloned().chain(environment).collect(),
            trace_id: self.trace_id.clone(),
            span_id: self.span_id.clone(),
            limit: Some(PAGE),
            ..LogSearch::default()
        }
    }

    /// What is looked for, in words. A service in the box is one of its conditions.
    pub(crate) fn sought(&self, environment: Option<String>) -> Sought {
        Sought {
            what: "log lines".to_owned(),
            services: self.services.clone(),
            narrowed: Self { services: Vec::new(), ..self.clone() } != Self::default(),
            environment,
            first_step: "Choose a longer time range, or send logs by OTLP to port 4317 (gRPC) or 4318 (HTTP).",
            ..Sought::default()
        }
    }
}

/// The severity in the URL.
pub(crate) fn severity_name(severity: Severity) -> String {
    severity.as_str().to_lowercase()
}

#[cfg(test)]
mod tests;
