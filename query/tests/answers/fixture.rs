//! A small shop in a real store: traces, logs and metrics with known answers.

use std::sync::Arc;

use query::{Config, Engine};
use storage::{
    Attributes, Batch, Buckets, Clock, EncodedBatch, Exemplar, LogRecord, MetricKind, MetricPoint, Resource, Scope,
    Span, SpanEvent, SpanKind, SpanLink, StatusCode, Store, Temporality, TenantId, Value,
};

pub(crate) const SECOND: i64 = 1_000_000_000;
/// 2026-09-21T14:13:20Z; the rows lie in the hour after it.
pub(crate) const T0: i64 = 1_790_000_000 * SECOND;

struct Fixed;

impl Clock for Fixed {
    fn now_unix_nano(&self) -> i64 {
        T0 + 3_600 * SECOND
    }
}

pub(crate) struct Shop {
    pub(crate) store: Arc<Store>,
    pub(crate) engine: Engine,
    pub(crate) tenant: TenantId,
    pub(crate) directory: tempfile::TempDir,
}

impl Shop {
    pub(crate) async fn empty() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(storage::Config::new(directory.path()), Arc::new(Fixed)).await.unwrap();
        let engine = Engine::new(store.clone(), config, Arc::new(|| T0 + 3_600 * SECOND));
        Self { store, engine, tenant: TenantId::default_tenant(), directory }
    }

    pub(crate) async fn open() -> Self {
        let shop = Self::empty().await;
        shop.append(Batch::Spans(order_trace())).await;
        shop.append(Batch::Spans((0..200).flat_map(page_view).collect())).await;
        shop.append(Batch::Logs(logs())).await;
        shop.append(Batch::Metrics(metrics())).await;
        shop
    }

    pub(crate) async fn append(&self, batch: Batch<'_>) {
        self.store.append(&self.tenant, EncodedBatch::new(&batch).unwrap()).await.unwrap();
    }
}

pub(crate) fn text(value: &str) -> Value<'static> {
    Value::String(value.to_owned().into())
}

pub(crate) fn attributes(pairs: &[(&'static str, Value<'static>)]) -> Attributes<'static> {
    pairs.iter().map(|(key, value)| ((*key).into(), value.clone())).collect()
}

pub(crate) fn resource(service: &str, more: &[(&'static str, Value<'static>)]) -> Arc<Resource<'static>> {
    Arc::new(Resource {
        service_name: service.to_owned().into(),
        service_namespace: Some("shop".into()),
        environment: Some("production".into()),
        attributes: attributes(more),
    })
}

pub(crate) fn trace_id(n: u64) -> [u8; 16] {
    let mut id = [0x11; 16];
    // Ids of real clients are random, so the order of ids is not the order of times.
    id[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    id[8..].copy_from_slice(&n.to_be_bytes());
    id
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn span_id(n: u64) -> [u8; 8] {
    (n + 1).to_be_bytes()
}

/// A span that begins so many milliseconds after T0.
pub(crate) fn span(
    trace: u64,
    id: u64,
    parent: Option<u64>,
    service: &str,
    kind: SpanKind,
    at_ms: i64,
    ms: i64,
) -> Span<'static> {
    Span {
        resource: resource(service, &[]),
        scope: Arc::new(Scope { name: "shop".into(), version: "1.0".into(), attributes: Vec::new() }),
        trace_id: trace_id(trace),
        span_id: span_id(id),
        parent_span_id: parent.map(span_id),
        trace_state: "".into(),
        flags: 1,
        name: format!("{service} {}", kind.as_str()).into(),
        kind,
        // Nanoseconds below the microsecond are kept.
        start_time_unix_nano: T0 + at_ms * 1_000_000 + 7,
        duration_ns: ms * 1_000_000,
        status_code: StatusCode::Unset,
        status_message: "".into(),
        attributes: Vec::new(),
        events: Vec::new(),
        links: Vec::new(),
        dropped_attributes_count: 0,
        dropped_events_count: 0,
        dropped_links_count: 0,
    }
}

/// Trace 1: gateway → orders (a function, cold) → database; orders publishes a job, which trace 2 works off.
pub(crate) fn order_trace() -> Vec<Span<'static>> {
    let function = resource("orders", &[("faas.name", text("orders")), ("cloud.provider", text("aws"))]);
    let exception = SpanEvent {
        time_unix_nano: T0 + 60_100 * 1_000_000,
        name: "exception".into(),
        attributes: attributes(&[
            ("exception.type", text("PaymentDeclined")),
            ("exception.message", text("card was declined by the bank")),
        ]),
    };
    vec![
        Span {
            name: "POST /order".into(),
            status_code: StatusCode::Error,
            attributes: attributes(&[
                ("http.request.method", text("POST")),
                // The older name is folded into the stable one.
                ("http.status_code", Value::Int(500)),
                ("app.plan", text("gold")),
                ("app.items", Value::Int(3)),
                ("app.price", Value::Double(12.5)),
            ]),
            ..span(1, 1, None, "gateway", SpanKind::Server, 60_000, 400)
        },
        span(1, 2, Some(1), "gateway", SpanKind::Client, 60_010, 380),
        Span {
            resource: function.clone(),
            attributes: attributes(&[("faas.coldstart", Value::Bool(true)), ("faas.trigger", text("http"))]),
            status_code: StatusCode::Error,
            events: vec![exception],
            ..span(1, 3, Some(2), "orders", SpanKind::Server, 60_020, 350)
        },
        Span {
            resource: function.clone(),
            attributes: attributes(&[
                ("db.system", text("postgresql")),
                ("db.name", text("shop")),
                ("server.address", text("db1")),
            ]),
            ..span(1, 4, Some(3), "orders", SpanKind::Client, 60_050, 100)
        },
        Span {
            resource: function,
            attributes: attributes(&[
                ("messaging.system", text("aws_sqs")),
                ("messaging.destination.name", text("jobs")),
            ]),
            ..span(1, 5, Some(3), "orders", SpanKind::Producer, 60_200, 20)
        },
        Span {
            links: vec![SpanLink {
                trace_id: trace_id(1),
                span_id: span_id(5),
                trace_state: "".into(),
                attributes: Vec::new(),
            }],
            ..span(2, 6, None, "worker", SpanKind::Consumer, 61_220, 50)
        },
    ]
}

/// Traces 100…: one page view a second, each tenth of them a 404.
pub(crate) fn page_view(n: u64) -> Vec<Span<'static>> {
    let at = i64::try_from(n).unwrap() * 1_000 + 100_000;
    let status = if n.is_multiple_of(10) { 404 } else { 200 };
    let root = Span {
        name: "GET /".into(),
        attributes: attributes(&[
            ("http.request.method", text("GET")),
            ("http.response.status_code", Value::Int(status)),
            ("app.visitor", text(&format!("visitor-{}", n % 7))),
        ]),
        ..span(100 + n, 1_000 + n * 2, None, "gateway", SpanKind::Server, at, 20 + i64::try_from(n % 5).unwrap())
    };
    let inner = span(100 + n, 1_001 + n * 2, Some(1_000 + n * 2), "gateway", SpanKind::Internal, at + 1, 5);
    vec![root, inner]
}

pub(crate) fn log(at_ms: i64, severity_number: u8, body: &str) -> LogRecord<'static> {
    LogRecord {
        resource: resource("orders", &[]),
        scope: Arc::new(Scope::default()),
        time_unix_nano: T0 + at_ms * 1_000_000,
        observed_time_unix_nano: T0 + at_ms * 1_000_000 + 5,
        severity_number,
        severity_text: "".into(),
        body: text(body),
        event_name: "".into(),
        trace_id: None,
        span_id: None,
        flags: 0,
        attributes: Vec::new(),
        dropped_attributes_count: 0,
    }
}

/// 300 records: 100 moments, three records at each.
pub(crate) fn logs() -> Vec<LogRecord<'static>> {
    let mut records: Vec<LogRecord<'_>> = (0..100)
        .flat_map(|n| {
            let at = n * 10_000;
            [
                log(at, 9, &format!("order {n} was placed by user-{}", n % 9)),
                log(at, 13, &format!("retrying payment of order {n}, attempt 2")),
                // Two that are the same in everything.
                log(at, 9, "heartbeat"),
            ]
        })
        .collect();
    records.push(LogRecord {
        trace_id: Some(trace_id(1)),
        span_id: Some(span_id(3)),
        attributes: attributes(&[("app.plan", text("gold")), ("app.items", Value::Int(3))]),
        ..log(60_100, 17, "payment failed: the card was declined")
    });
    records.push(LogRecord {
        body: Value::Map(vec![("code".into(), Value::Int(42)), ("why".into(), text("disk full"))]),
        resource: resource("worker", &[]),
        ..log(61_000, 21, "")
    });
    records.push(log(0, 9, "heartbeat"));
    records
}

pub(crate) fn point(name: &str, kind: MetricKind, at_seconds: i64) -> MetricPoint<'static> {
    MetricPoint {
        resource: resource("orders", &[]),
        scope: Arc::new(Scope::default()),
        name: name.to_owned().into(),
        unit: "ms".into(),
        description: "what it says".into(),
        kind,
        temporality: None,
        monotonic: false,
        time_unix_nano: T0 + at_seconds * SECOND,
        start_time_unix_nano: T0,
        flags: 0,
        attributes: Vec::new(),
        value: None,
        value_int: None,
        count: None,
        sum: None,
        min: None,
        max: None,
        buckets: Buckets::None,
        exemplars: Vec::new(),
    }
}

pub(crate) fn metrics() -> Vec<MetricPoint<'static>> {
    let mut points = Vec::new();
    for n in 1..=60_i64 {
        let plan = |plan: &str| attributes(&[("app.plan", text(plan))]);
        points.push(MetricPoint {
            value: Some(n as f64),
            attributes: plan(if n % 2 == 0 { "gold" } else { "basic" }),
            ..point("queue.length", MetricKind::Gauge, n * 10)
        });
        // 5 more each time; the process restarts after 30 points.
        let (value, start) = if n <= 30 { (n * 5, T0) } else { ((n - 30) * 5, T0 + 300 * SECOND) };
        points.push(MetricPoint {
            value: Some(value as f64),
            value_int: Some(value),
            temporality: Some(Temporality::Cumulative),
            monotonic: true,
            start_time_unix_nano: start,
            ..point("orders.placed", MetricKind::Sum, n * 10)
        });
        points.push(MetricPoint {
            temporality: Some(Temporality::Delta),
            count: Some(10),
            sum: Some(100.0),
            min: Some(1.0),
            max: Some(30.0),
            buckets: Buckets::Explicit { bounds: vec![10.0, 20.0], counts: vec![5, 4, 1] },
            exemplars: vec![Exemplar {
                time_unix_nano: T0 + n * 10 * SECOND,
                value: n as f64,
                trace_id: Some(trace_id(100 + u64::try_from(n).unwrap())),
                span_id: Some(span_id(1)),
                filtered_attributes: Vec::new(),
            }],
            ..point("order.duration", MetricKind::Histogram, n * 10)
        });
    }
    points
}
