//! OTLP/JSON → the binary form of the same request.
//!
//! Takes what proto3's JSON mapping and OTLP's deviations from it allow: ids in hex in either case; 64-bit integers as
//! numbers or strings, and as `1000.0`; doubles as numbers or strings, `NaN` and the infinities among them;
//! enumerations as number or name; `null` for any field; camelCase and snake_case names; base64 of either alphabet,
//! padded or not. Unknown fields are ignored.
//!
//! A field that cannot be read refuses its row (span, log record, metric point), with a reason. Outside of rows, and
//! where the text is no JSON at all, it refuses the request and says where. One pass, no tree in between.

mod attributes;
mod logs;
mod metrics;
mod points;
mod reader;
mod scalar;
mod surrogates;
mod traces;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use storage::Signal;

use crate::admission::Admitted;
use crate::limits::Limits;
use crate::reason::Refused;
use crate::refusal::Refusal;

/// A request in its binary form, so that both forms become rows in one way.
pub(crate) fn message(
    signal: Signal,
    body: &[u8],
    limits: &Limits,
    admitted: &mut Admitted,
    refused: &mut Refused,
) -> Result<Bytes, Refusal> {
    let message = match signal {
        Signal::Spans => traces(body, limits, admitted, refused)?.encode_to_vec(),
        Signal::Logs => logs(body, limits, admitted, refused)?.encode_to_vec(),
        Signal::Metrics => metrics(body, limits, admitted, refused)?.encode_to_vec(),
    };
    admitted.hold(message.len())?;
    Ok(message.into())
}

/// Reads a request for spans.
fn traces(
    body: &[u8],
    limits: &Limits,
    admitted: &mut Admitted,
    refused: &mut Refused,
) -> Result<ExportTraceServiceRequest, Refusal> {
    reader::read(body, limits, admitted, refused)
}

/// Reads a request for log records.
fn logs(
    body: &[u8],
    limits: &Limits,
    admitted: &mut Admitted,
    refused: &mut Refused,
) -> Result<ExportLogsServiceRequest, Refusal> {
    reader::read(body, limits, admitted, refused)
}

/// Reads a request for metric points.
fn metrics(
    body: &[u8],
    limits: &Limits,
    admitted: &mut Admitted,
    refused: &mut Refused,
) -> Result<ExportMetricsServiceRequest, Refusal> {
    reader::read(body, limits, admitted, refused)
}

#[cfg(test)]
mod tests;
