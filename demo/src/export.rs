//! Exports plans with the official OpenTelemetry SDK: one tracer, logger and meter provider for each service, each with
//! its own resource and its own OTLP/gRPC exporters, as separate processes would have.
//!
//! One provider stands for all instances of a function, so `faas.instance` is an attribute of the invocation's span and
//! not of the resource. Spans keep their planned times and ids (see [`ids`]); log records keep their times. Metrics are
//! aggregated by the SDK and carry the time of their collection, so a backfill has none.

mod counted;
mod ids;
mod instruments;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider};
use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::{
    Link, Span, SpanBuilder, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
    TracerProvider,
};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_otlp::tonic_types::metadata::MetadataMap;
use opentelemetry_otlp::{LogExporter, MetricExporter, SpanExporter, WithExportConfig, WithTonicConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{BatchConfigBuilder as LogBatchConfig, BatchLogProcessor, SdkLogger, SdkLoggerProvider};
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracer, SdkTracerProvider};

use self::counted::{Counted, Tally};
use self::ids::PlannedIds;
use self::instruments::Instruments;
use crate::plan::{Ids, Measured, Plan, PlannedLog, PlannedSpan};
use crate::shop::Service;

const SCOPE: &str = "alidade.demo";
/// Spans or log records a service may hold before the SDK drops some.
const QUEUE_MAX: usize = 8192;
const FLUSH_EVERY: Duration = Duration::from_millis(500);
const METRICS_EVERY: Duration = Duration::from_secs(10);
const EXPORT_LIMIT: Duration = Duration::from_secs(10);

/// Where to export to, and with which key.
pub(crate) struct Destination {
    pub(crate) endpoint: String,
    pub(crate) api_key: Option<String>,
}

/// The SDKs of all services.
pub(crate) struct Exports {
    services: HashMap<Service, Telemetry>,
    pub(crate) spans: Arc<Tally>,
    pub(crate) logs: Arc<Tally>,
}

struct Telemetry {
    traces: SdkTracerProvider,
    logs: SdkLoggerProvider,
    metrics: SdkMeterProvider,
    tracer: SdkTracer,
    logger: SdkLogger,
    instruments: Instruments,
    next_ids: PlannedIds,
}

impl Exports {
    /// Sets the SDKs up. Must be called inside a Tokio runtime: the exporters' connections live on it.
    pub(crate) fn new(destination: &Destination) -> Result<Self, String> {
        let mut exports = Self { services: HashMap::new(), spans: Arc::default(), logs: Arc::default() };
        for service in Service::ALL {
            let telemetry = exports.telemetry(service, destination)?;
            exports.services.insert(service, telemetry);
        }
        Ok(exports)
    }

    fn telemetry(&self, service: Service, destination: &Destination) -> Result<Telemetry, String> {
        let failed = |error: &dyn std::fmt::Display| format!("cannot export to {}: {error}", destination.endpoint);
        let mut metadata = MetadataMap::new();
        if let Some(key) = &destination.api_key {
            metadata.insert("x-api-key", key.parse().map_err(|error| failed(&error))?);
        }
        let spans =
            SpanExporter::builder().with_tonic().with_endpoint(&destination.endpoint).with_timeout(EXPORT_LIMIT);
        let spans = spans.with_metadata(metadata.clone()).build().map_err(|error| failed(&error))?;
        let logs = LogExporter::builder().with_tonic().with_endpoint(&destination.endpoint).with_timeout(EXPORT_LIMIT);
        let logs = logs.with_metadata(metadata.clone()).build().map_err(|error| failed(&error))?;
        let metrics =
            MetricExporter::builder().with_tonic().with_endpoint(&destination.endpoint).with_timeout(EXPORT_LIMIT);
        let metrics = metrics.with_metadata(metadata).build().map_err(|error| failed(&error))?;

        let resource = resource(service);
        let next_ids = PlannedIds::default();
        let batch =
            BatchConfigBuilder::default().with_max_queue_size(QUEUE_MAX).with_scheduled_delay(FLUSH_EVERY).build();
        let spans = Counted::new(spans, "spans", Arc::clone(&self.spans));
        let traces = SdkTracerProvider::builder()
            .with_span_processor(BatchSpanProcessor::builder(spans).with_batch_config(batch).build())
            .with_id_generator(next_ids.clone())
            .with_resource(resource.clone())
            .build();
        let batch = LogBatchConfig::default().with_max_queue_size(QUEUE_MAX).with_scheduled_delay(FLUSH_EVERY).build();
        let logs = Counted::new(logs, "log records", Arc::clone(&self.logs));
        let logs = SdkLoggerProvider::builder()
            .with_log_processor(BatchLogProcessor::builder(logs).with_batch_config(batch).build())
            .with_resource(resource.clone())
            .build();
        let metrics = SdkMeterProvider::builder()
            .with_reader(PeriodicReader::builder(metrics).with_interval(METRICS_EVERY).build())
            .with_resource(resource)
            .build();
        let (tracer, logger) = (traces.tracer(SCOPE), logs.logger(SCOPE));
        let instruments = Instruments::new(&metrics.meter(SCOPE), service);
        Ok(Telemetry { traces, logs, metrics, tracer, logger, instruments, next_ids })
    }

    /// Hands a plan to the SDKs. `measure` is false for the past.
    pub(crate) fn export(&self, plan: Plan, measure: bool) {
        for span in plan.spans {
            if let Some(telemetry) = self.services.get(&span.service) {
                telemetry.span(span);
            }
        }
        for log in plan.logs {
            if let Some(telemetry) = self.services.get(&log.service) {
                telemetry.log(log);
            }
        }
        for measured in plan.measured.iter().filter(|_| measure) {
            let service = match measured {
                Measured::Invocation { service, .. } => *service,
                Measured::Request { .. } => Service::Gateway,
                Measured::Order { .. } => Service::Checkout,
            };
            if let Some(telemetry) = self.services.get(&service) {
                telemetry.instruments.record(measured);
            }
        }
    }

    /// Records how many messages wait in the queue.
    pub(crate) fn record_queue_depth(&self, depth: u64) {
        if let Some(telemetry) = self.services.get(&Service::Fulfilment) {
            telemetry.instruments.record_queue_depth(depth);
        }
    }

    /// Sends what the batch processors hold. Blocks. Failures are counted and logged where they happen.
    pub(crate) fn flush(&self) {
        for telemetry in self.services.values() {
            let results = [telemetry.traces.force_flush(), telemetry.logs.force_flush()];
            for error in results.into_iter().filter_map(Result::err) {
                tracing::debug!(%error, "flush");
            }
        }
    }

    /// Sends everything and closes the SDKs. Blocks.
    pub(crate) fn shut_down(&self) {
        self.flush();
        for telemetry in self.services.values() {
            let results = [telemetry.metrics.shutdown(), telemetry.traces.shutdown(), telemetry.logs.shutdown()];
            for error in results.into_iter().filter_map(Result::err) {
                tracing::debug!(%error, "shutdown");
            }
        }
    }
}

impl Telemetry {
    fn span(&self, span: PlannedSpan) {
        let parent = match span.parent {
            Some(parent) => Context::new().with_remote_span_context(context(parent.ids, parent.remote)),
            None => Context::new(),
        };
        let links = span.links.iter().map(|ids| Link::new(context(*ids, true), Vec::new(), 0)).collect();
        let builder = SpanBuilder::from_name(span.name)
            .with_kind(span.kind)
            .with_start_time(span.start)
            .with_attributes(span.attributes)
            .with_links(links);
        self.next_ids.set(span.ids);
        let mut started = self.tracer.build_with_context(builder, &parent);
        for event in span.events {
            started.add_event_with_timestamp(event.name, event.at, event.attributes);
        }
        started.set_status(span.status);
        started.end_with_timestamp(span.end);
    }

    fn log(&self, log: PlannedLog) {
        let mut record = self.logger.create_log_record();
        record.set_timestamp(log.at);
        record.set_observed_timestamp(log.at);
        record.set_severity_number(log.severity);
        record.set_severity_text(log.severity.name());
        record.set_body(AnyValue::from(log.body));
        record.set_trace_context(TraceId::from(log.ids.trace), SpanId::from(log.ids.span), Some(TraceFlags::SAMPLED));
        for (key, value) in log.attributes {
            record.add_attribute(key, any(value));
        }
        self.logger.emit(record);
    }
}

fn context(ids: Ids, remote: bool) -> SpanContext {
    SpanContext::new(TraceId::from(ids.trace), SpanId::from(ids.span), TraceFlags::SAMPLED, remote, TraceState::NONE)
}

fn any(value: Value) -> AnyValue {
    match value {
        Value::Bool(value) => value.into(),
        Value::I64(value) => value.into(),
        Value::F64(value) => value.into(),
        other => AnyValue::from(other.to_string()),
    }
}

fn resource(service: Service) -> Resource {
    let facts = service.facts();
    let mut attributes = vec![
        KeyValue::new("service.name", facts.name),
        KeyValue::new("service.namespace", "shop"),
        KeyValue::new("service.version", facts.version),
        KeyValue::new("deployment.environment.name", "demo"),
        KeyValue::new("cloud.provider", "aws"),
        KeyValue::new("cloud.region", "eu-central-1"),
        KeyValue::new("cloud.account.id", "123456789012"),
    ];
    if facts.memory_mb > 0 {
        attributes.extend([
            KeyValue::new("cloud.platform", "aws_lambda"),
            KeyValue::new("faas.name", facts.name),
            KeyValue::new("faas.version", "$LATEST"),
            KeyValue::new("faas.max_memory", (facts.memory_mb * 1024 * 1024) as i64),
            KeyValue::new(
                "cloud.resource_id",
                format!("arn:aws:lambda:eu-central-1:123456789012:function:{}", facts.name),
            ),
        ]);
    }
    Resource::builder().with_attributes(attributes).build()
}
