//! A body as sent → rows. CPU work only: small bodies are decoded where they arrive, large ones on a blocking thread.

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use storage::{Batch, Signal};

use crate::admission::Admitted;
use crate::compression::{Encoding, decompress};
use crate::limits::Limits;
use crate::reason::Refused;
use crate::refusal::Refusal;
use crate::{convert, json, window, wire};

/// The form of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Protobuf,
    Json,
}

/// What a body is said to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Described {
    pub(crate) signal: Signal,
    pub(crate) format: Format,
    pub(crate) encoding: Encoding,
}

/// What was in it.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) batch: Batch,
    pub(crate) refused: Refused,
    pub(crate) decompressed_bytes: usize,
}

/// Decompresses, parses, validates.
pub(crate) fn decode(
    described: Described,
    body: Bytes,
    limits: &Limits,
    received_unix_nano: i64,
    admitted: &mut Admitted,
) -> Result<Decoded, Refusal> {
    let body = decompress(described.encoding, body, limits.decompressed_bytes_max, admitted)?;
    let decompressed_bytes = body.len();
    let mut refused = Refused::default();
    let mut batch = match described.signal {
        Signal::Spans => {
            let request: ExportTraceServiceRequest = match described.format {
                Format::Protobuf => protobuf(described.signal, body, limits, admitted)?,
                Format::Json => json::traces(&body, limits, admitted, &mut refused)?,
            };
            Batch::Spans(convert::spans(request, limits, &mut refused))
        }
        Signal::Logs => {
            let request: ExportLogsServiceRequest = match described.format {
                Format::Protobuf => protobuf(described.signal, body, limits, admitted)?,
                Format::Json => json::logs(&body, limits, admitted, &mut refused)?,
            };
            Batch::Logs(convert::logs(request, limits, received_unix_nano, &mut refused))
        }
        Signal::Metrics => {
            let request: ExportMetricsServiceRequest = match described.format {
                Format::Protobuf => protobuf(described.signal, body, limits, admitted)?,
                Format::Json => json::metrics(&body, limits, admitted, &mut refused)?,
            };
            Batch::Metrics(convert::metrics(request, limits, &mut refused))
        }
    };
    window::refuse(&mut batch, limits, received_unix_nano, &mut refused);
    Ok(Decoded { batch, refused, decompressed_bytes })
}

fn protobuf<M: Message + Default>(
    signal: Signal,
    body: Bytes,
    limits: &Limits,
    admitted: &mut Admitted,
) -> Result<M, Refusal> {
    let cost = wire::cost(signal, &body, limits.rows_per_request_max);
    at_most_rows(cost.rows, limits)?;
    // Messages and then rows, side by side while the one becomes the other; the texts are moved.
    admitted.hold(cost.bytes.saturating_mul(2).saturating_add(body.len()))?;
    M::decode(body).map_err(|error| Refusal::invalid(format!("the body is not a valid protobuf message: {error}")))
}

fn at_most_rows(rows: usize, limits: &Limits) -> Result<(), Refusal> {
    if rows > limits.rows_per_request_max {
        return Err(Refusal::too_large("the number of rows", "rows_per_request_max", limits.rows_per_request_max));
    }
    Ok(())
}
