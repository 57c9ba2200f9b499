//! Replies: `Export*ServiceResponse` and `google.rpc.Status`, as protobuf and as JSON.

use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsPartialSuccess, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::{ExportMetricsPartialSuccess, ExportMetricsServiceResponse};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
use prost::Message;
use serde_json::json;
use storage::Signal;
use tonic_types::{ErrorDetails, StatusExt, pb};

use crate::decode::Format;
use crate::reason::Refused;
use crate::refusal::Refusal;

/// The body of a success reply. `partial_success` is there only where rows were refused.
pub(crate) fn export_response(signal: Signal, format: Format, refused: &Refused) -> Vec<u8> {
    let rejected = refused.total();
    if rejected == 0 {
        return if format == Format::Json { b"{}".to_vec() } else { Vec::new() };
    }
    let error_message = refused.message(signal);
    match format {
        Format::Json => {
            let count = match signal {
                Signal::Spans => "rejectedSpans",
                Signal::Logs => "rejectedLogRecords",
                Signal::Metrics => "rejectedDataPoints",
            };
            // A 64-bit integer is a string in proto3 JSON.
            let partial = json!({ count: rejected.to_string(), "errorMessage": error_message });
            json!({ "partialSuccess": partial }).to_string().into_bytes()
        }
        Format::Protobuf => {
            let rejected = i64::try_from(rejected).unwrap_or(i64::MAX);
            match signal {
                Signal::Spans => {
                    let partial = ExportTracePartialSuccess { rejected_spans: rejected, error_message };
                    ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec()
                }
                Signal::Logs => {
                    let partial = ExportLogsPartialSuccess { rejected_log_records: rejected, error_message };
                    ExportLogsServiceResponse { partial_success: Some(partial) }.encode_to_vec()
                }
                Signal::Metrics => {
                    let partial = ExportMetricsPartialSuccess { rejected_data_points: rejected, error_message };
                    ExportMetricsServiceResponse { partial_success: Some(partial) }.encode_to_vec()
                }
            }
        }
    }
}

/// A refusal as gRPC has it, with RetryInfo where it may be retried.
pub(crate) fn grpc_status(refusal: &Refusal) -> tonic::Status {
    let code = refusal.kind.grpc_code();
    match refusal.retry_after {
        None => tonic::Status::new(code, &refusal.message),
        Some(after) => {
            let details = ErrorDetails::with_retry_info(Some(after));
            tonic::Status::with_error_details(code, &refusal.message, details)
        }
    }
}

/// The body of a refusal over HTTP: the same status.
pub(crate) fn status_body(format: Format, refusal: &Refusal) -> Vec<u8> {
    let status = grpc_status(refusal);
    match format {
        Format::Protobuf => {
            let details = pb::Status::decode(status.details()).map(|status| status.details).unwrap_or_default();
            let message = status.message().to_owned();
            pb::Status { code: i32::from(status.code()), message, details }.encode_to_vec()
        }
        Format::Json => {
            let mut body = json!({ "code": i32::from(status.code()), "message": status.message() });
            if let Some(after) = refusal.retry_after {
                let info = json!({
                    "@type": "type.googleapis.com/google.rpc.RetryInfo",
                    "retryDelay": format!("{}s", after.as_secs_f64()),
                });
                body["details"] = json!([info]);
            }
            body.to_string().into_bytes()
        }
    }
}
