//! OTLP messages in their binary form → rows. Pure: no IO, no clock (the time of receipt is an argument).
//!
//! A row that breaks a rule is refused alone and counted by reason; the others are kept. A resource or scope that
//! breaks a limit takes the rows below it with it. What is no protobuf message refuses the request. Texts are borrowed from
//! the message, never copied; a resource and a scope are shared by their rows. Enumerations are open, as proto3 has them: an
//! unknown span kind, status code or severity is taken for unspecified, because a newer client knows more than we do; an
//! unknown temporality is refused, because a point cannot be read without it.

mod attributes;
mod id;
mod logs;
mod metrics;
mod points;
mod resource;
mod spans;
mod text;
mod time;

use storage::{Batch, Signal};

use crate::limits::Limits;
use crate::protobuf::{Fields, Malformed};
use crate::reason::{Reason, Refused};

/// The rows of a request.
pub(crate) fn rows<'a>(
    signal: Signal,
    request: &'a [u8],
    limits: &Limits,
    received_unix_nano: i64,
    refused: &mut Refused,
) -> Result<Batch<'a>, Malformed> {
    let request = Fields::new(request);
    Ok(match signal {
        Signal::Spans => Batch::Spans(spans::spans(request, limits, refused)?),
        Signal::Logs => Batch::Logs(logs::logs(request, limits, received_unix_nano, refused)?),
        Signal::Metrics => Batch::Metrics(metrics::metrics(request, limits, refused)?),
    })
}

/// Why a row is not there.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stop {
    /// It is refused.
    Row(Reason),
    /// The whole request is.
    Request(Malformed),
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Self {
        Self::Row(reason)
    }
}

impl From<Malformed> for Stop {
    fn from(malformed: Malformed) -> Self {
        Self::Request(malformed)
    }
}

/// Keeps a row, or counts why it is not kept.
fn keep<T>(row: Result<T, Stop>, rows: &mut Vec<T>, refused: &mut Refused) -> Result<(), Malformed> {
    match row {
        Ok(row) => rows.push(row),
        Err(Stop::Row(reason)) => refused.add(reason),
        Err(Stop::Request(malformed)) => return Err(malformed),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
