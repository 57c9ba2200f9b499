//! What the server must answer about a load, written down while it is made.

mod thinned;

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::trace::v1::Span;

use self::thinned::Thinned;
use crate::shop::hex;
use crate::shop::trace::Trace;

/// Severity numbers go from 0 to 24.
const SEVERITIES: usize = 25;

/// Attributes that are searched for, from common to rare.
pub(crate) const WATCHED_ATTRIBUTES: [(&str, &str); 8] = [
    ("tenant.id", "tenant-0000"),
    ("tenant.id", "tenant-0007"),
    ("tenant.id", "tenant-0070"),
    ("tenant.id", "tenant-0400"),
    ("enduser.id", "user-0000000"),
    ("enduser.id", "user-0000010"),
    ("enduser.id", "user-0000300"),
    ("enduser.id", "user-0006000"),
];

/// Words that one kind of line has, from common to rare.
pub(crate) const WATCHED_WORDS: [&str; 5] = ["published", "deserialized", "deprecated", "declined", "unhandled"];

/// The same for phrases.
pub(crate) const WATCHED_PHRASES: [&str; 5] = [
    "moved from PENDING to CONFIRMED",
    "feature flag evaluated",
    "slow query took",
    "rate limit at 80",
    "failed to reserve stock",
];

/// A trace that was sent whole.
pub(crate) struct TraceSample {
    pub(crate) trace_id: String,
    pub(crate) span_ids: Vec<String>,
    /// An attribute of the root that no other span has.
    pub(crate) invocation_id: String,
}

/// The lines of a trace that were sent whole.
pub(crate) struct LinesSample {
    pub(crate) trace_id: String,
    /// Of all lines of the trace, newest first.
    pub(crate) times: Vec<u64>,
    /// An id that only this trace's lines have in their bodies.
    pub(crate) request: String,
    /// Of the lines that have it, newest first.
    pub(crate) request_times: Vec<u64>,
}

/// What is known of everything that was sent.
#[derive(Default)]
pub(crate) struct Expected {
    pub(crate) traces: Thinned<TraceSample>,
    pub(crate) trace_lines: Thinned<LinesSample>,
    /// For each of [`WATCHED_ATTRIBUTES`] the traces that have it, by the begin of the newest such span.
    attributes: [Vec<(u64, [u8; 16])>; WATCHED_ATTRIBUTES.len()],
    /// For each of [`WATCHED_WORDS`], then of [`WATCHED_PHRASES`], the times of the lines that have it.
    texts: [Vec<u64>; WATCHED_WORDS.len() + WATCHED_PHRASES.len()],
    /// Lines by service and severity number.
    pub(crate) lines_by_service: BTreeMap<String, [u64; SEVERITIES]>,
    /// Requests by service, then by the time they were reported at.
    requests: BTreeMap<String, Vec<(u64, u64)>>,
}

impl Expected {
    /// Takes the spans of a trace that are sent.
    pub(crate) fn spans(&mut self, trace: &Trace, spans: &[&Span], is_whole: bool) {
        for ((key, value), found) in WATCHED_ATTRIBUTES.iter().zip(&mut self.attributes) {
            // Looking at two texts of the trace spares a look at every attribute of every span.
            if *value == trace.tenant || *value == trace.user {
                let begins = spans.iter().filter(|span| attribute(span, key) == Some(value));
                found.extend(begins.map(|span| span.start_time_unix_nano).max().map(|newest| (newest, trace.id)));
            }
        }
        if let Some(invocation_id) = spans.first().and_then(|root| attribute(root, "faas.invocation_id"))
            && is_whole
        {
            self.traces.offer(|| TraceSample {
                trace_id: hex(&trace.id),
                span_ids: spans.iter().map(|span| hex(&span.span_id)).collect(),
                invocation_id: invocation_id.to_owned(),
            });
        }
    }

    /// Takes the lines of a trace that are sent, each with its service.
    pub(crate) fn lines(&mut self, trace_id: &[u8], lines: &[(&str, &LogRecord)], is_whole: bool) {
        for (service, line) in lines {
            let severity = usize::try_from(line.severity_number).unwrap_or(0);
            match self.lines_by_service.get_mut(*service) {
                Some(counts) => counts[severity] += 1,
                None => self.lines_by_service.entry((*service).to_owned()).or_insert([0; SEVERITIES])[severity] = 1,
            }
            let body = body(line);
            for (text, times) in WATCHED_WORDS.iter().chain(&WATCHED_PHRASES).zip(&mut self.texts) {
                if body.contains(text) {
                    times.push(line.time_unix_nano);
                }
            }
        }
        let request = lines.first().and_then(|(_, line)| body(line).split(' ').nth(2));
        if let Some(request) = request
            && is_whole
        {
            let times = |text: &str| {
                let having = lines.iter().filter(|(_, line)| body(line).contains(text));
                newest_first(having.map(|(_, line)| line.time_unix_nano).collect())
            };
            self.trace_lines.offer(|| LinesSample {
                trace_id: hex(trace_id),
                times: times(""),
                request: request.to_owned(),
                request_times: times(request),
            });
        }
    }

    /// Takes how many requests an instance of a service reports to have answered since its report before.
    pub(crate) fn requests(&mut self, service: &str, time: u64, count: u64) {
        let reports = self.requests.entry(service.to_owned()).or_default();
        match reports.last_mut() {
            Some(last) if last.0 == time => last.1 += count,
            _ => reports.push((time, count)),
        }
    }

    /// Traces that have one of [`WATCHED_ATTRIBUTES`], in the order of the list of traces.
    pub(crate) fn traces_with(&self, watched: usize) -> Vec<String> {
        let mut found = self.attributes[watched].clone();
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.into_iter().map(|(_, id)| hex(&id)).collect()
    }

    /// Times of the lines that have a watched word, or behind the words a watched phrase; newest first.
    pub(crate) fn times_with(&self, watched: usize) -> Vec<u64> {
        newest_first(self.texts[watched].clone())
    }

    /// Requests by service from a time on.
    pub(crate) fn requests_since(&self, time: u64) -> BTreeMap<&str, u64> {
        let since = |reports: &[(u64, u64)]| reports.iter().filter(|(at, _)| *at >= time).map(|(_, count)| count).sum();
        self.requests.iter().map(|(service, reports)| (service.as_str(), since(reports))).collect()
    }
}

fn newest_first(mut times: Vec<u64>) -> Vec<u64> {
    times.sort_unstable_by(|a, b| b.cmp(a));
    times
}

fn attribute<'a>(span: &'a Span, key: &str) -> Option<&'a str> {
    let attribute = span.attributes.iter().find(|attribute| attribute.key == key)?;
    text(attribute.value.as_ref()?.value.as_ref()?)
}

fn body(line: &LogRecord) -> &str {
    line.body.as_ref().and_then(|body| text(body.value.as_ref()?)).unwrap_or_default()
}

fn text(value: &Value) -> Option<&str> {
    if let Value::StringValue(text) = value { Some(text) } else { None }
}

#[cfg(test)]
mod tests;
