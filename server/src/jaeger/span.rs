//! From our spans to Jaeger's, as its own translation of OTLP does it. Pure.

use std::collections::BTreeMap;

use api::trace::{Attributes, Span, SpanEvent};
use serde_json::Value;

use super::model::{self, Log, Process, Reference, Tag, Trace};

/// A trace of spans in any order; a warning is shown above it.
pub(super) fn trace(spans: Vec<Span>, warning: Option<String>) -> Trace {
    let trace_id = spans.first().map(|span| span.trace_id.clone()).unwrap_or_default();
    let mut processes = Processes::default();
    let spans = spans.iter().map(|one| span(one, processes.id(one))).collect();
    let processes = processes.seen.into_iter().enumerate().map(|(at, process)| (process_id(at), process)).collect();
    Trace { trace_id, spans, processes, warnings: warning.map(|warning| vec![warning]) }
}

/// A kind as a tag has it; empty where there is none.
pub(super) fn kind(kind: &str) -> &str {
    if kind == "unspecified" { "" } else { kind }
}

/// The resources of a trace, once each.
#[derive(Default)]
struct Processes {
    seen: Vec<Process>,
    by_resource: BTreeMap<String, usize>,
}

impl Processes {
    fn id(&mut self, span: &Span) -> String {
        let process = process(span);
        let key = format!("{process:?}");
        let next = self.seen.len();
        let at = *self.by_resource.entry(key).or_insert(next);
        if at == next {
            self.seen.push(process);
        }
        process_id(at)
    }
}

fn process_id(at: usize) -> String {
    format!("p{}", at + 1)
}

fn process(span: &Span) -> Process {
    let mut tags = tags(&span.resource_attributes);
    tags.extend(span.service_namespace.iter().map(|name| text("service.namespace", name)));
    tags.extend(span.environment.iter().map(|name| text("deployment.environment.name", name)));
    Process { service_name: span.service_name.clone(), tags }
}

fn span(span: &Span, process_id: String) -> model::Span {
    let parent = span.parent_span_id.as_ref().map(|parent| Reference {
        kind: "CHILD_OF",
        trace_id: span.trace_id.clone(),
        span_id: parent.clone(),
    });
    let links = span.links.iter().map(|link| {
        let is_child = link.attributes.get("opentracing.ref_type").is_some_and(|kind| kind == "child_of");
        Reference {
            kind: if is_child { "CHILD_OF" } else { "FOLLOWS_FROM" },
            trace_id: link.trace_id.clone(),
            span_id: link.span_id.clone(),
        }
    });
    model::Span {
        trace_id: span.trace_id.clone(),
        span_id: span.span_id.clone(),
        flags: span.flags & 0xff,
        operation_name: span.name.clone(),
        references: parent.into_iter().chain(links).collect(),
        start_time: span.start_time_unix_nano.0.div_euclid(1_000),
        duration: span.duration_ns.div_euclid(1_000),
        tags: span_tags(span),
        logs: span.events.iter().map(log).collect(),
        process_id,
        warnings: None,
    }
}

/// The attributes, and what OpenTelemetry has fields for.
fn span_tags(span: &Span) -> Vec<Tag> {
    let mut tags = tags(&span.attributes);
    let given = |key: &str, value: &str| (!value.is_empty()).then(|| text(key, value));
    tags.extend(given("otel.scope.name", &span.scope_name));
    tags.extend(given("otel.scope.version", &span.scope_version));
    tags.extend(given("span.kind", kind(&span.kind)));
    match span.status_code.as_str() {
        "error" => {
            tags.push(text("otel.status_code", "ERROR"));
            tags.push(Tag { key: "error".to_owned(), kind: "bool", value: Value::Bool(true) });
        }
        "ok" => tags.push(text("otel.status_code", "OK")),
        _ => {}
    }
    tags.extend(given("otel.status_description", &span.status_message));
    tags.extend(given("w3c.tracestate", &span.trace_state));
    tags
}

fn log(event: &SpanEvent) -> Log {
    let name = (!event.name.is_empty()).then(|| text("event", &event.name));
    Log {
        timestamp: event.time_unix_nano.0.div_euclid(1_000),
        fields: name.into_iter().chain(tags(&event.attributes)).collect(),
    }
}

fn tags(attributes: &Attributes) -> Vec<Tag> {
    attributes.iter().map(|(key, value)| tag(key, value)).collect()
}

/// Lists and maps are their JSON.
fn tag(key: &str, value: &Value) -> Tag {
    let (kind, value) = match value {
        Value::Bool(_) => ("bool", value.clone()),
        Value::Number(number) if number.is_f64() => ("float64", value.clone()),
        Value::Number(_) => ("int64", value.clone()),
        Value::String(_) => ("string", value.clone()),
        Value::Null => ("string", Value::String(String::new())),
        Value::Array(_) | Value::Object(_) => ("string", Value::String(value.to_string())),
    };
    Tag { key: key.to_owned(), kind, value }
}

fn text(key: &str, value: &str) -> Tag {
    Tag { key: key.to_owned(), kind: "string", value: Value::String(value.to_owned()) }
}
