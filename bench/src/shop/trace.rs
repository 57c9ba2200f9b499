//! Traces: one simulated request through the function graph per trace.

use opentelemetry_proto::tonic::trace::v1::{Span, Status, span::Event, span::SpanKind, status::StatusCode};

use super::graph::{Function, Graph, double, flag, int, text};
use ::tests::dice::Dice;

const MAX_SPANS: usize = 250;
const CALL_CHANCE: f64 = 0.75;
const NANOS_PER_MS: f64 = 1e6;

const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "okhttp/4.12.0",
    "python-requests/2.32.4",
];
const ERRORS: [(&str, &str); 4] = [
    ("TimeoutError", "upstream did not answer within 3000 ms"),
    ("ConditionalCheckFailedException", "The conditional request failed"),
    ("ValidationError", "field 'quantity' must be greater than 0"),
    ("ConnectionResetError", "connection reset by peer"),
];

/// A span and where it was recorded.
pub(crate) struct Recorded {
    pub(crate) function: usize,
    pub(crate) instance: usize,
    pub(crate) span: Span,
}

/// A trace.
pub(crate) struct Trace {
    pub(crate) id: [u8; 16],
    pub(crate) tenant: String,
    pub(crate) user: String,
    /// Parents come before their children, so any prefix is a tree.
    pub(crate) spans: Vec<Recorded>,
}

/// Trace number `index`: the same for a seed, whatever else is generated.
pub(crate) fn trace(graph: &Graph, seed: u64, index: u64, start: u64) -> Trace {
    let mut dice = Dice::new(seed, index);
    let trace = Trace {
        id: dice.bytes(),
        tenant: format!("tenant-{:04}", dice.skewed(500)),
        user: format!("user-{:07}", dice.skewed(200_000)),
        spans: Vec::with_capacity(32),
    };
    let entry = dice.skewed(graph.entries);
    let mut walk = Walk { graph, dice, trace };
    walk.invoke(entry, start, Vec::new());
    walk.trace
}

struct Walk<'a> {
    graph: &'a Graph,
    dice: Dice,
    trace: Trace,
}

impl Walk<'_> {
    /// One invocation of a function. Returns when it ended, and whether it failed.
    fn invoke(&mut self, index: usize, start: u64, parent: Vec<u8>) -> (u64, bool) {
        let function = &self.graph.functions[index];
        let instance = self.dice.below(function.instances.len());
        let slot = self.open(index, instance, start, parent, SpanKind::Server);
        let id = self.trace.spans[slot].span.span_id.clone();
        let cold = self.dice.chance(0.01);
        let mut now = start + self.work(if cold { 180.0 } else { 0.4 });
        let mut failed = self.dice.chance(function.error_rate);

        if function.store.is_some() {
            for _ in 0..1 + self.dice.below(2) {
                now = self.query(function, index, instance, now, &id);
            }
        }
        for &callee in &function.calls {
            if self.dice.chance(CALL_CHANCE) && self.trace.spans.len() < MAX_SPANS {
                let (end, broke) = self.call(index, instance, callee, now, &id);
                now = end + self.work(0.3);
                failed |= broke && self.dice.chance(0.5);
            }
        }
        let end = now + self.work(function.median_ms);
        self.close_server(slot, function, cold, end, failed);
        (end, failed)
    }

    /// The caller's side of a call, with the callee's invocation under it.
    fn call(&mut self, index: usize, instance: usize, callee: usize, start: u64, parent: &[u8]) -> (u64, bool) {
        let slot = self.open(index, instance, start, parent.to_vec(), SpanKind::Client);
        let id = self.trace.spans[slot].span.span_id.clone();
        let sent = start + self.work(0.8);
        let (answered, failed) = self.invoke(callee, sent, id);
        let end = answered + self.work(0.8);

        let callee = &self.graph.functions[callee];
        let operation = self.dice.pick(&callee.operations);
        let status = if failed { 500 } else { 200 };
        let attributes = vec![
            text("http.request.method", operation.method),
            text("url.full", format!("https://{}.internal{}", callee.name, self.path(&operation.route))),
            text("server.address", format!("{}.internal", callee.name)),
            int("server.port", 443),
            int("http.response.status_code", status),
            text("network.protocol.version", "2"),
            text("peer.service", &callee.name),
            int("http.request.resend_count", i64::from(failed)),
            double("app.retry.budget", (self.dice.unit() * 1000.0).round() / 1000.0),
            text("aws.request_id", super::uuid(&mut self.dice)),
            text("tenant.id", &self.trace.tenant),
            int("thread.id", self.dice.between(1, 64)),
        ];
        let span = &mut self.trace.spans[slot].span;
        span.name = format!("{} {}", operation.method, operation.route);
        span.attributes = attributes;
        span.end_time_unix_nano = end;
        if failed {
            span.status = Some(error_status("HTTP 500"));
        }
        (end, failed)
    }

    fn query(&mut self, function: &Function, index: usize, instance: usize, start: u64, parent: &[u8]) -> u64 {
        let store = function.store.unwrap_or("redis");
        let slot = self.open(index, instance, start, parent.to_vec(), SpanKind::Client);
        let end = start + self.work(3.0);
        let table = function.name.replace('-', "_");
        let (verb, statement) = match self.dice.below(3) {
            0 => ("SELECT", format!("SELECT * FROM {table} WHERE tenant_id = $1 AND id = $2")),
            1 => ("UPDATE", format!("UPDATE {table} SET state = $1, updated_at = $2 WHERE id = $3")),
            _ => ("INSERT", format!("INSERT INTO {table} (id, tenant_id, state) VALUES ($1, $2, $3)")),
        };
        let attributes = vec![
            text("db.system.name", store),
            text("db.namespace", "shop"),
            text("db.operation.name", verb),
            text("db.collection.name", &table),
            text("db.query.text", statement),
            int("db.response.returned_rows", self.dice.skewed(200) as i64),
            text("server.address", format!("{table}.cluster.internal")),
            int("server.port", 5432),
            text("network.peer.address", super::ip(&mut self.dice)),
            text("db.client.connection.pool.name", "main"),
            text("tenant.id", &self.trace.tenant),
            flag("app.cache.hit", self.dice.chance(0.3)),
        ];
        let span = &mut self.trace.spans[slot].span;
        span.name = format!("{verb} shop.{table}");
        span.attributes = attributes;
        span.end_time_unix_nano = end;
        end
    }

    fn close_server(&mut self, slot: usize, function: &Function, cold: bool, end: u64, failed: bool) {
        let operation = self.dice.pick(&function.operations);
        let status = match (failed, self.dice.below(50)) {
            (true, _) => 500,
            (false, 0) => 404,
            (false, 1..4) => 201,
            (false, _) => 200,
        };
        let attributes = vec![
            text("http.request.method", operation.method),
            text("http.route", &operation.route),
            text("url.path", self.path(&operation.route)),
            text("url.scheme", "https"),
            int("http.response.status_code", status),
            text("client.address", super::ip(&mut self.dice)),
            text("user_agent.original", *self.dice.pick(&AGENTS)),
            text("faas.invocation_id", super::uuid(&mut self.dice)),
            flag("faas.coldstart", cold),
            text("tenant.id", &self.trace.tenant),
            text("enduser.id", &self.trace.user),
            int("http.request.body.size", self.dice.skewed(20_000) as i64),
            double("app.billed_ms", self.dice.between(1, 3000) as f64),
        ];
        let (kind, message) = *self.dice.pick(&ERRORS);
        let span = &mut self.trace.spans[slot].span;
        span.name = format!("{} {}", operation.method, operation.route);
        span.attributes = attributes;
        span.end_time_unix_nano = end;
        if failed {
            span.status = Some(error_status(message));
            span.events.push(Event {
                time_unix_nano: end - 1000,
                name: "exception".to_owned(),
                attributes: vec![
                    text("exception.type", kind),
                    text("exception.message", message),
                    text("exception.stacktrace", stacktrace(kind, message, &function.name)),
                ],
                ..Default::default()
            });
        }
    }

    fn open(&mut self, function: usize, instance: usize, start: u64, parent: Vec<u8>, kind: SpanKind) -> usize {
        let span = Span {
            trace_id: self.trace.id.to_vec(),
            span_id: self.dice.bytes::<8>().to_vec(),
            parent_span_id: parent,
            flags: 0x101, // sampled, and whether the parent is remote is known
            kind: kind as i32,
            start_time_unix_nano: start,
            ..Default::default()
        };
        self.trace.spans.push(Recorded { function, instance, span });
        self.trace.spans.len() - 1
    }

    /// A duration in nanoseconds around `median_ms`.
    fn work(&mut self, median_ms: f64) -> u64 {
        (self.dice.log_normal(median_ms, 0.6) * NANOS_PER_MS) as u64
    }

    fn path(&mut self, route: &str) -> String {
        route.replace("{id}", &format!("{:08}", self.dice.skewed(5_000_000)))
    }
}

fn error_status(message: &str) -> Status {
    Status { message: message.to_owned(), code: StatusCode::Error as i32 }
}

fn stacktrace(kind: &str, message: &str, function: &str) -> String {
    format!(
        "{kind}: {message}\n    at handle (/var/task/{function}/handler.js:118:13)\n    at dispatch \
         (/var/task/node_modules/router/index.js:44:9)\n    at process.processTicksAndRejections \
         (node:internal/process/task_queues:105:5)\n    at async Runtime.handleOnceNonStreaming \
         (file:///var/runtime/index.mjs:1173:29)"
    )
}

#[cfg(test)]
mod tests;
