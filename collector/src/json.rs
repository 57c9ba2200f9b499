//! OTLP/JSON → the messages that the binary form decodes to.
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

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use crate::admission::Admitted;
use crate::limits::Limits;
use crate::reason::Refused;
use crate::refusal::Refusal;

/// Reads a request for spans.
pub(crate) fn traces(
    body: &[u8],
    limits: &Limits,
    admitted: &mut Admitted,
    refused: &mut Refused,
) -> Result<ExportTraceServiceRequest, Refusal> {
    reader::read(body, limits, admitted, refused)
}

/// Reads a request for log records.
pub(crate) fn logs(
    body: &[u8],
    limits: &Limits,
    admitted: &mut Admitted,
    refused: &mut Refused,
) -> Result<ExportLogsServiceRequest, Refusal> {
    reader::read(body, limits, admitted, refused)
}

/// Reads a request for metric points.
pub(crate) fn metrics(
    body: &[u8],
    limits: &Limits,
    admitted: &mut Admitted,
    refused: &mut Refused,
) -> Result<ExportMetricsServiceRequest, Refusal> {
    reader::read(body, limits, admitted, refused)
}

#[cfg(test)]
mod tests;
