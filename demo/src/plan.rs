//! What happened, as plain data: the spans, logs and measurements of one trace, before any SDK sees them.

use std::time::{Duration, SystemTime};

use opentelemetry::logs::Severity;
use opentelemetry::trace::{SpanKind, Status};
use opentelemetry::{KeyValue, Value};

use crate::shop::Service;

/// Identifies a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Ids {
    pub(crate) trace: u128,
    pub(crate) span: u64,
}

/// A span that is over.
#[derive(Debug, Clone)]
pub(crate) struct PlannedSpan {
    pub(crate) service: Service,
    pub(crate) ids: Ids,
    pub(crate) parent: Option<Parent>,
    pub(crate) links: Vec<Ids>,
    pub(crate) kind: SpanKind,
    pub(crate) name: String,
    pub(crate) start: SystemTime,
    pub(crate) end: SystemTime,
    pub(crate) attributes: Vec<KeyValue>,
    pub(crate) events: Vec<PlannedEvent>,
    pub(crate) status: Status,
}

/// The span that caused another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) ids: Ids,
    /// Whether it is another service's.
    pub(crate) remote: bool,
}

/// An event of a span.
#[derive(Debug, Clone)]
pub(crate) struct PlannedEvent {
    pub(crate) at: SystemTime,
    pub(crate) name: &'static str,
    pub(crate) attributes: Vec<KeyValue>,
}

/// A log record, written inside a span.
#[derive(Debug, Clone)]
pub(crate) struct PlannedLog {
    pub(crate) service: Service,
    pub(crate) ids: Ids,
    pub(crate) at: SystemTime,
    pub(crate) severity: Severity,
    pub(crate) body: String,
    pub(crate) attributes: Vec<(&'static str, Value)>,
}

/// What a service measured.
#[derive(Debug, Clone)]
pub(crate) enum Measured {
    /// A function ran.
    Invocation {
        service: Service,
        trigger: &'static str,
        duration: Duration,
        initialization: Option<Duration>,
        failed: bool,
        memory_bytes: u64,
    },
    /// The gateway answered.
    Request { method: &'static str, route: &'static str, status: u16, duration: Duration },
    /// An order was placed, or was not.
    Order { outcome: &'static str, region: &'static str, amount: f64 },
}

/// One trace.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) start: SystemTime,
    pub(crate) spans: Vec<PlannedSpan>,
    pub(crate) logs: Vec<PlannedLog>,
    pub(crate) measured: Vec<Measured>,
}

impl Plan {
    pub(crate) fn new(start: SystemTime) -> Self {
        Self { start, spans: Vec::new(), logs: Vec::new(), measured: Vec::new() }
    }

    /// When the last of its spans ended: the time from which it may be exported.
    pub(crate) fn end(&self) -> SystemTime {
        self.spans.iter().map(|span| span.end).max().unwrap_or(self.start)
    }
}
