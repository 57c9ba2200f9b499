//! A body as sent → rows in their stored form. CPU work only: small bodies are decoded where they arrive, large ones on a blocking thread.

use bytes::Bytes;
use storage::{EncodedBatch, Signal};

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
    pub(crate) batch: EncodedBatch,
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
    let message = match described.format {
        Format::Protobuf => body,
        Format::Json => json::message(described.signal, &body, limits, admitted, &mut refused)?,
    };
    let cost = wire::cost(described.signal, &message, limits.rows_per_request_max);
    at_most_rows(cost.rows, limits)?;
    // The rows, whose texts are those of the message, and then their stored form beside them.
    admitted.hold(cost.bytes.saturating_add(message.len()))?;
    let mut rows = convert::rows(described.signal, &message, limits, received_unix_nano, &mut refused)
        .map_err(|error| Refusal::invalid(format!("the body is not a valid protobuf message: {error}")))?;
    window::refuse(&mut rows, limits, received_unix_nano, &mut refused);
    let batch = EncodedBatch::new(&rows).map_err(Refusal::from)?;
    Ok(Decoded { batch, refused, decompressed_bytes })
}

fn at_most_rows(rows: usize, limits: &Limits) -> Result<(), Refusal> {
    if rows > limits.rows_per_request_max {
        return Err(Refusal::too_large("the number of rows", "rows_per_request_max", limits.rows_per_request_max));
    }
    Ok(())
}
