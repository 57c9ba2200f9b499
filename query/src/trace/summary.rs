//! A trace in a list, from the few columns of its spans that a list shows. Pure.

use std::collections::{BTreeMap, HashSet};

use api::Nanos;
use api::trace::{Class, ServiceSpans, Span, TraceSummary};
use serde_json::Value;

use crate::hex;

/// What a list needs of a span.
#[derive(Debug, Clone)]
pub(super) struct Brief {
    pub(super) span_id: [u8; 8],
    pub(super) parent: Option<[u8; 8]>,
    pub(super) start: i64,
    pub(super) duration: i64,
    pub(super) entry: bool,
    pub(super) class: Class,
    pub(super) service: String,
    pub(super) name: String,
    pub(super) http_method: Option<String>,
    pub(super) http_status: Option<i64>,
}

impl Brief {
    /// Of a whole span; `None` where its id is none.
    pub(super) fn of(span: &Span) -> Option<Self> {
        let text = |key: &str| span.attributes.get(key).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            span_id: hex::decode_exact::<8>(&span.span_id)?,
            parent: span.parent_span_id.as_deref().and_then(hex::decode_exact::<8>),
            start: span.start_time_unix_nano.0,
            duration: span.duration_ns,
            entry: matches!(span.kind.as_str(), "server" | "consumer"),
            class: span.class,
            service: span.service_name.clone(),
            name: span.name.clone(),
            http_method: text("http.request.method"),
            http_status: span.attributes.get("http.response.status_code").and_then(Value::as_i64),
        })
    }
}

/// What of a trace met the conditions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matched {
    pub(super) start: i64,
    pub(super) span_id: [u8; 8],
    pub(super) spans: u64,
}

/// The summary; `None` where none of the trace's spans were found.
pub(super) fn summarize(trace_id: &[u8; 16], mut spans: Vec<Brief>, matched: Matched) -> Option<TraceSummary> {
    let mut seen = HashSet::with_capacity(spans.len());
    spans.retain(|span| seen.insert(span.span_id));
    let first = |wanted: &dyn Fn(&&Brief) -> bool| {
        spans.iter().filter(wanted).min_by_key(|span| (span.start, -span.duration, span.span_id))
    };
    let root = first(&|span| span.parent.is_none())
        .or_else(|| first(&|span| span.parent.is_none_or(|parent| !seen.contains(&parent))))
        .or_else(|| first(&|_| true))?;
    let start = spans.iter().map(|span| span.start).min()?;
    let end = spans.iter().map(|span| span.start.saturating_add(span.duration)).max()?;
    let mut by_service: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for span in &spans {
        let counts = by_service.entry(&span.service).or_default();
        counts.0 += 1;
        counts.1 += u64::from(span.class != Class::Ok);
    }
    let mut services: Vec<ServiceSpans> = by_service
        .into_iter()
        .map(|(service, (spans, failed))| ServiceSpans { service: service.to_owned(), spans, failed })
        .collect();
    services.sort_by_key(|service| std::cmp::Reverse(service.spans));
    Some(TraceSummary {
        trace_id: hex::encode(trace_id),
        start_time_unix_nano: Nanos(start),
        duration_ns: end - start,
        class: class(&spans, root),
        root_service: root.service.clone(),
        root_name: root.name.clone(),
        http_method: root.http_method.clone(),
        http_status_code: root.http_status,
        span_count: spans.len() as u64,
        services,
        matched_span_id: hex::encode(&matched.span_id),
        matched_spans: matched.spans,
    })
}

/// As assembly has it: the root's, or where it did not arrive the worst entry span's.
fn class(spans: &[Brief], root: &Brief) -> Class {
    if root.parent.is_none() {
        return root.class;
    }
    let worst_entry = spans.iter().filter(|span| span.entry).map(|span| span.class).max();
    worst_entry.or(spans.iter().map(|span| span.class).max()).unwrap_or_default()
}
