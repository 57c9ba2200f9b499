//! Tells one trace: opens and closes spans at given times, writes logs, and runs functions on instances of their pool.
//!
//! Times are milliseconds after the trace's start; nothing waits.

use std::time::{Duration, SystemTime};

use opentelemetry::logs::Severity;
use opentelemetry::trace::{SpanKind, Status};
use opentelemetry::{KeyValue, Value};

use super::{Service, Shop};
use crate::args::Incident;
use crate::plan::{Ids, Measured, Parent, Plan, PlannedEvent, PlannedLog, PlannedSpan};

/// A span of this story, by its place in the plan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span(usize);

/// How something ended: when, and with which HTTP status (or what would be one).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended {
    pub(crate) at: f64,
    pub(crate) status: u16,
}

impl Ended {
    pub(crate) fn failed(self) -> bool {
        self.status >= 500
    }
}

/// One trace while it is told.
pub(crate) struct Story<'a> {
    pub(crate) shop: &'a mut Shop,
    pub(crate) plan: Plan,
    trace: u128,
}

impl<'a> Story<'a> {
    pub(crate) fn begin(shop: &'a mut Shop, start: SystemTime) -> Self {
        let trace = shop.chance.trace_id();
        Self { shop, plan: Plan::new(start), trace }
    }

    pub(crate) fn during(&self, incident: Incident) -> bool {
        self.shop.incident == Some(incident)
    }

    pub(crate) fn time(&self, at: f64) -> SystemTime {
        self.plan.start + Duration::from_secs_f64(at / 1000.0)
    }

    pub(crate) fn millis(&mut self, median_ms: f64, spread: f64) -> f64 {
        self.shop.chance.millis(median_ms, spread)
    }

    pub(crate) fn ids(&self, span: Span) -> Ids {
        self.plan.spans[span.0].ids
    }

    /// Opens a span; it ends where it starts until it is closed.
    pub(crate) fn open(
        &mut self,
        service: Service,
        parent: Option<Span>,
        kind: SpanKind,
        name: impl Into<String>,
        at: f64,
    ) -> Span {
        let parent = parent.map(|Span(index)| &self.plan.spans[index]);
        let parent = parent.map(|span| Parent { ids: span.ids, remote: span.service != service });
        let start = self.time(at);
        self.plan.spans.push(PlannedSpan {
            service,
            ids: Ids { trace: self.trace, span: self.shop.chance.span_id() },
            parent,
            links: Vec::new(),
            kind,
            name: name.into(),
            start,
            end: start,
            attributes: Vec::new(),
            events: Vec::new(),
            status: Status::Unset,
        });
        Span(self.plan.spans.len() - 1)
    }

    pub(crate) fn note(&mut self, span: Span, key: &'static str, value: impl Into<Value>) {
        self.plan.spans[span.0].attributes.push(KeyValue::new(key, value));
    }

    pub(crate) fn link(&mut self, span: Span, to: Ids) {
        self.plan.spans[span.0].links.push(to);
    }

    pub(crate) fn close(&mut self, span: Span, at: f64) {
        self.plan.spans[span.0].end = self.time(at);
    }

    /// Marks a span as failed.
    pub(crate) fn fail(&mut self, span: Span, error_type: &'static str, description: impl Into<String>) {
        self.note(span, "error.type", error_type);
        self.plan.spans[span.0].status = Status::error(description.into());
    }

    /// Adds an exception with its stack trace, as an SDK records one that was thrown.
    pub(crate) fn throw(&mut self, span: Span, at: f64, kind: &'static str, message: &str, stack: String) {
        let attributes = vec![
            KeyValue::new("exception.type", kind),
            KeyValue::new("exception.message", message.to_owned()),
            KeyValue::new("exception.stacktrace", stack),
        ];
        let event = PlannedEvent { at: self.time(at), name: "exception", attributes };
        self.plan.spans[span.0].events.push(event);
    }

    /// Writes a log line inside a span.
    pub(crate) fn log(
        &mut self,
        span: Span,
        at: f64,
        severity: Severity,
        body: impl Into<String>,
        attributes: Vec<(&'static str, Value)>,
    ) {
        let PlannedSpan { service, ids, .. } = self.plan.spans[span.0];
        let log = PlannedLog { service, ids, at: self.time(at), severity, body: body.into(), attributes };
        self.plan.logs.push(log);
    }

    /// Runs a function: its SERVER or CONSUMER span, and before that the initialization of an instance if none is warm.
    /// `act` does the function's work from the time it is given.
    pub(crate) fn invoke(
        &mut self,
        service: Service,
        parent: Option<Span>,
        trigger: &'static str,
        at: f64,
        act: impl FnOnce(&mut Self, Span, f64) -> Ended,
    ) -> Ended {
        let facts = service.facts();
        let storm = self.during(Incident::ColdStartStorm);
        let start = self.time(at);
        let taken = self.shop.pools.entry(service).or_default().take(start, storm, &mut self.shop.chance);
        let kind = if trigger == "pubsub" { SpanKind::Consumer } else { SpanKind::Server };
        let span = self.open(service, parent, kind, facts.name, at);
        let request_id = self.shop.chance.request_id();
        self.note(span, "faas.trigger", trigger);
        self.note(span, "faas.invocation_id", request_id.clone());
        self.note(span, "faas.coldstart", taken.cold);
        self.note(span, "faas.instance", taken.id.clone());
        let initialization_ms = if taken.cold { self.millis(facts.init_ms, 0.25) } else { 0.0 };
        if taken.cold {
            let initialization = self.open(service, Some(span), SpanKind::Internal, "initialization", at);
            self.close(initialization, at + initialization_ms);
            let body = format!("INIT_START Runtime Version: {:?} {}", facts.runtime, facts.version);
            self.log(initialization, at, Severity::Info, body, vec![("faas.instance", taken.id.clone().into())]);
        }
        let handler_at = at + initialization_ms + self.millis(1.5, 0.4);
        let ended = act(self, span, handler_at);
        // What the platform adds after the handler has returned.
        let over_at = ended.at + self.millis(0.8, 0.4);
        self.close(span, over_at);
        self.conclude(span, service, trigger, ended);
        let until = self.time(over_at);
        self.shop.pools.entry(service).or_default().give_back(&taken.id, until);
        let ended = Ended { at: over_at, ..ended };
        self.report(span, &request_id, handler_at, ended);
        self.plan.measured.push(Measured::Invocation {
            service,
            trigger,
            duration: Duration::from_secs_f64((over_at - at) / 1000.0),
            initialization: taken.cold.then(|| Duration::from_secs_f64(initialization_ms / 1000.0)),
            failed: ended.failed(),
            memory_bytes: (facts.memory_mb as f64 * 1e6 * (0.3 + 0.4 * self.shop.chance.millis(0.5, 0.3)).min(0.98))
                as u64,
        });
        ended
    }

    /// What the function's own span says of its end.
    fn conclude(&mut self, span: Span, service: Service, trigger: &'static str, ended: Ended) {
        if trigger != "pubsub" {
            self.note(span, "http.response.status_code", i64::from(ended.status));
        }
        if ended.failed() && self.plan.spans[span.0].status == Status::Unset {
            self.fail(span, "UpstreamError", format!("{} ended with {}", service.facts().name, ended.status));
        }
    }

    /// The line the platform writes at the end of an invocation.
    fn report(&mut self, span: Span, request_id: &str, handler_at: f64, ended: Ended) {
        let duration_ms = ended.at - handler_at;
        let body = format!(
            "REPORT RequestId: {request_id} Duration: {duration_ms:.2} ms Billed Duration: {} ms",
            duration_ms.ceil() as i64
        );
        let attributes =
            vec![("faas.duration_ms", duration_ms.into()), ("faas.invocation_id", request_id.to_owned().into())];
        self.log(span, ended.at, Severity::Info, body, attributes);
    }
}
