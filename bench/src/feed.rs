//! The records of a signal as encoded export requests, a round at a time, and what the answers about them must be.
//!
//! One service in each request, as SDKs send: a trace arrives in pieces. Everything but the time of the first record depends
//! on the seed alone, however the records are cut into rounds.

use std::mem::take;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;

use crate::expected::Expected;
use crate::shop::graph::Graph;
use crate::shop::log::lines;
use crate::shop::metric::Reporter;
use crate::shop::scope;
use crate::shop::trace::{Trace, trace};

const FUNCTIONS: usize = 20;
/// Instances of a function; each is a resource of its own.
const INSTANCES: usize = 3;
/// From one trace to the next: 500 a second.
const TRACE_INTERVAL_NS: u64 = 2_000_000;
/// From one report of an instance to the next.
const REPORT_INTERVAL_NS: u64 = 10_000_000_000;
/// So many traces tell how many records a trace has.
const PROBED_TRACES: u64 = 2_000;

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Signal {
    Traces,
    Logs,
    Metrics,
}

impl Signal {
    pub(crate) const ALL: [Self; 3] = [Self::Traces, Self::Logs, Self::Metrics];

    pub(crate) fn unit(self) -> &'static str {
        ["spans", "log records", "metric points"][self as usize]
    }

    pub(crate) fn table(self) -> &'static str {
        ["spans", "logs", "metrics"][self as usize]
    }

    pub(crate) fn path(self) -> &'static str {
        ["/v1/traces", "/v1/logs", "/v1/metrics"][self as usize]
    }
}

/// An export request.
pub(crate) struct Batch {
    pub(crate) body: Bytes,
    pub(crate) records: usize,
}

/// Makes the records of one signal, in the order of their times.
pub(crate) struct Feed {
    signal: Signal,
    seed: u64,
    start: u64,
    batch: usize,
    graph: Graph,
    /// The next trace, or report.
    next: u64,
    reporters: Vec<Reporter>,
}

impl Feed {
    /// Records of which the last of `count` is about as old as `end`, in nanoseconds, and not younger.
    pub(crate) fn new(signal: Signal, seed: u64, batch: usize, count: usize, end: u64) -> Self {
        let graph = Graph::new(seed, FUNCTIONS, INSTANCES);
        let mut feed = Self { signal, seed, start: 0, batch, graph, next: 0, reporters: Vec::new() };
        feed.start = end - feed.length(count);
        feed.reporters = Reporter::all(&feed.graph, seed, feed.start);
        feed
    }

    /// When the first record happened.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// At least the nanoseconds that so many records take.
    fn length(&self, count: usize) -> u64 {
        let (each, interval) = if self.signal == Signal::Metrics {
            let mut reporters = Reporter::all(&self.graph, self.seed, 0);
            let points: usize = reporters.iter_mut().map(|reporter| reporter.report(&self.graph, 1).1).sum();
            (points as f64, REPORT_INTERVAL_NS)
        } else {
            let records: usize = (0..PROBED_TRACES).map(|index| self.trace(index).1.len()).sum();
            (records as f64 / PROBED_TRACES as f64, TRACE_INTERVAL_NS)
        };
        // A part more and half a minute, since traces differ in size and take seconds themselves.
        (count as f64 / each * 1.03 * interval as f64) as u64 + 30_000_000_000
    }

    /// The next records, as requests in the order to be sent: `count` of them, of metrics whole reports of the shop.
    pub(crate) fn round(&mut self, count: usize, expected: &mut Expected) -> Vec<Batch> {
        if self.signal == Signal::Metrics { self.reports(count, expected) } else { self.traces(count, expected) }
    }

    fn trace(&self, index: u64) -> (Trace, Vec<Item>) {
        let mut trace = trace(&self.graph, self.seed, index, self.start + index * TRACE_INTERVAL_NS);
        let items = if self.signal == Signal::Logs {
            let lines = lines(&self.graph, self.seed, index, &trace).into_iter();
            lines.map(|line| Item { at: (line.function, line.instance), record: Record::Log(line.record) }).collect()
        } else {
            let spans = take(&mut trace.spans).into_iter();
            spans.map(|one| Item { at: (one.function, one.instance), record: Record::Span(one.span) }).collect()
        };
        (trace, items)
    }

    fn traces(&mut self, count: usize, expected: &mut Expected) -> Vec<Batch> {
        let mut queues: Vec<Vec<Item>> = Vec::new();
        queues.resize_with(self.graph.functions.len(), Vec::new);
        let (mut made, mut batches) = (0, Vec::with_capacity(count / self.batch + queues.len()));
        while made < count {
            let (trace, mut items) = self.trace(self.next);
            self.next += 1;
            let is_whole = items.len() <= count - made;
            items.truncate(count - made);
            made += items.len();
            self.expect(&trace, &items, is_whole, expected);
            for item in items {
                let queue = &mut queues[item.at.0];
                queue.push(item);
                if queue.len() == self.batch {
                    batches.push(self.encode(take(queue)));
                }
            }
        }
        batches.extend(queues.into_iter().filter(|queue| !queue.is_empty()).map(|queue| self.encode(queue)));
        batches
    }

    fn expect(&self, trace: &Trace, items: &[Item], is_whole: bool, expected: &mut Expected) {
        if self.signal == Signal::Logs {
            let named = items
                .iter()
                .filter_map(|item| Some((self.graph.functions[item.at.0].name.as_str(), item.record.log()?)));
            expected.lines(&trace.id, &named.collect::<Vec<_>>(), is_whole);
        } else {
            expected.spans(trace, &items.iter().filter_map(|item| item.record.span()).collect::<Vec<_>>(), is_whole);
        }
    }

    /// One request, records of an instance together.
    fn encode(&self, mut items: Vec<Item>) -> Batch {
        items.sort_by_key(|item| item.at);
        let records = items.len();
        let mut spans = ExportTraceServiceRequest::default();
        let mut logs = ExportLogsServiceRequest::default();
        let mut last = None;
        for item in items {
            if last != Some(item.at) {
                last = Some(item.at);
                let resource = Some(self.resource(item.at));
                if self.signal == Signal::Logs {
                    let scope_logs = vec![ScopeLogs { scope: Some(scope()), ..ScopeLogs::default() }];
                    logs.resource_logs.push(ResourceLogs { resource, scope_logs, ..ResourceLogs::default() });
                } else {
                    let scope_spans = vec![ScopeSpans { scope: Some(scope()), ..ScopeSpans::default() }];
                    spans.resource_spans.push(ResourceSpans { resource, scope_spans, ..ResourceSpans::default() });
                }
            }
            match item.record {
                Record::Span(span) => {
                    spans.resource_spans.last_mut().expect("opened above").scope_spans[0].spans.push(span);
                }
                Record::Log(log) => {
                    logs.resource_logs.last_mut().expect("opened above").scope_logs[0].log_records.push(log);
                }
            }
        }
        let body = if self.signal == Signal::Logs { logs.encode_to_vec() } else { spans.encode_to_vec() };
        Batch { body: body.into(), records }
    }

    fn resource(&self, (function, instance): (usize, usize)) -> Resource {
        self.graph.functions[function].instances[instance].clone()
    }

    /// Whole reports of all instances; a request has as many of one function as fit.
    fn reports(&mut self, count: usize, expected: &mut Expected) -> Vec<Batch> {
        let (mut made, mut batches) = (0, Vec::new());
        while made < count {
            self.next += 1;
            let now = self.start + self.next * REPORT_INTERVAL_NS;
            let mut pending = (ExportMetricsServiceRequest::default(), 0);
            let mut previous = 0;
            for reporter in &mut self.reporters {
                let function = reporter.function();
                if pending.1 > 0 && (function != previous || pending.1 >= self.batch) {
                    batches.push(request(take(&mut pending)));
                }
                previous = function;
                let before = reporter.requests();
                let (report, points) = reporter.report(&self.graph, now);
                expected.requests(&self.graph.functions[function].name, now, reporter.requests() - before);
                pending.0.resource_metrics.push(report);
                pending.1 += points;
                made += points;
            }
            batches.push(request(pending));
        }
        batches
    }
}

fn request((request, records): (ExportMetricsServiceRequest, usize)) -> Batch {
    Batch { body: request.encode_to_vec().into(), records }
}

/// A record, and the function and instance it is of.
struct Item {
    at: (usize, usize),
    record: Record,
}

enum Record {
    Span(Span),
    Log(LogRecord),
}

impl Record {
    fn span(&self) -> Option<&Span> {
        if let Self::Span(span) = self { Some(span) } else { None }
    }

    fn log(&self) -> Option<&LogRecord> {
        if let Self::Log(log) = self { Some(log) } else { None }
    }
}

#[cfg(test)]
mod tests;
