//! The limits of what a request may hold and cost: each has a name, a default, and is named in the reply when it is hit.
//!
//! The defaults are generous: they stop accidents and attacks, not large batches. A limit on a request refuses the
//! request; a limit on a row refuses that row alone.

use std::time::Duration;

use crate::window::Window;

/// All limits of the collector. The names are those of the configuration, under `ingest.`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest body of a request as it was sent, that is, still compressed.
    pub request_bytes_max: usize,
    /// Largest body of a request after decompression.
    pub decompressed_bytes_max: usize,
    /// Bytes that all requests in progress may hold together: bodies, and the messages decoded from them.
    pub inflight_bytes_max: usize,
    /// Requests in progress at the same time, over HTTP and gRPC together.
    pub concurrent_requests_max: usize,
    /// How long a client may take to send a body.
    pub body_timeout: Duration,
    /// Rows (spans, log records, metric points) in one request.
    pub rows_per_request_max: usize,
    /// Attributes of one span, log record, metric point, event, link, resource or scope.
    pub attributes_per_record_max: usize,
    /// Length of an attribute's key, at any depth.
    pub attribute_key_bytes_max: usize,
    /// Size of an attribute's value: the text and bytes in it, and 8 for each other value in it.
    pub attribute_value_bytes_max: usize,
    /// How deep lists and maps may be nested in a value.
    pub value_depth_max: usize,
    /// Size of a log record's body, measured as an attribute's value is.
    pub log_body_bytes_max: usize,
    /// Length of the name of a span, event, metric or scope.
    pub name_bytes_max: usize,
    /// Length of the other texts: status message, trace state, description, unit, severity text, version.
    pub text_bytes_max: usize,
    /// Events of one span.
    pub events_per_span_max: usize,
    /// Links of one span.
    pub links_per_span_max: usize,
    /// Buckets or quantiles of one metric point.
    pub buckets_per_point_max: usize,
    /// Exemplars of one metric point.
    pub exemplars_per_point_max: usize,
    /// When spans may have begun.
    pub spans_window: Window,
    /// Of when log records may be.
    pub logs_window: Window,
    /// Of when metric points may be.
    pub metrics_window: Window,
    /// How long rows are kept: older ones are refused.
    pub retention: storage::Retention,
}

#[cfg(test)]
impl Limits {
    /// Rows of any time are taken.
    pub(crate) fn at_any_time(self) -> Self {
        let any = Window { late_max: None, future_max: Duration::MAX };
        let ever = Duration::MAX;
        let retention = storage::Retention { spans: ever, logs: ever, metrics: ever, services: Vec::new() };
        Self { spans_window: any, logs_window: any, metrics_window: any, retention, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        const KIB: usize = 1024;
        const MIB: usize = 1024 * KIB;
        Self {
            request_bytes_max: 16 * MIB,
            decompressed_bytes_max: 64 * MIB,
            inflight_bytes_max: 512 * MIB,
            concurrent_requests_max: 512,
            body_timeout: Duration::from_secs(30),
            rows_per_request_max: 500_000,
            attributes_per_record_max: 1024,
            attribute_key_bytes_max: KIB,
            attribute_value_bytes_max: 256 * KIB,
            value_depth_max: 16,
            log_body_bytes_max: MIB,
            name_bytes_max: 16 * KIB,
            text_bytes_max: 64 * KIB,
            events_per_span_max: 10_000,
            links_per_span_max: 10_000,
            buckets_per_point_max: 10_000,
            exemplars_per_point_max: 1_000,
            spans_window: Window::default(),
            logs_window: Window::default(),
            metrics_window: Window::default(),
            retention: storage::Retention::default(),
        }
    }
}
