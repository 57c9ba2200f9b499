//! What OTLP calls the three signals: paths, service names, the noun for a row.

use storage::Signal;

/// Names of a signal on the wire.
pub(crate) trait SignalNames {
    /// Path of OTLP/HTTP.
    fn http_path(self) -> &'static str;
    /// Path of the gRPC method.
    fn grpc_path(self) -> &'static str;
    /// What one row is called in messages; the plural.
    fn rows(self, count: u64) -> &'static str;
    /// Position in arrays by signal.
    fn index(self) -> usize;
}

impl SignalNames for Signal {
    fn http_path(self) -> &'static str {
        match self {
            Self::Spans => "/v1/traces",
            Self::Logs => "/v1/logs",
            Self::Metrics => "/v1/metrics",
        }
    }

    fn grpc_path(self) -> &'static str {
        match self {
            Self::Spans => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            Self::Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
            Self::Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        }
    }

    fn rows(self, count: u64) -> &'static str {
        match (self, count) {
            (Self::Spans, 1) => "span",
            (Self::Spans, _) => "spans",
            (Self::Logs, 1) => "log record",
            (Self::Logs, _) => "log records",
            (Self::Metrics, 1) => "data point",
            (Self::Metrics, _) => "data points",
        }
    }

    fn index(self) -> usize {
        match self {
            Self::Spans => 0,
            Self::Logs => 1,
            Self::Metrics => 2,
        }
    }
}
