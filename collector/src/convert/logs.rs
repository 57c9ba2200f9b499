//! Log records.

use std::sync::Arc;

use storage::{LogRecord, Resource, Scope, Value};

use super::attributes::{Pairs, body};
use super::resource::rows_of_scopes;
use super::text::{name, text};
use super::{Stop, id, time};
use crate::limits::Limits;
use crate::protobuf::{Fields, Malformed, Text};
use crate::reason::Refused;

/// The highest severity number, FATAL4.
const SEVERITY_MAX: u8 = 24;

const LOG_RECORDS: u32 = 2;

/// The log records of a request. One without an observed time was observed now, at `received_unix_nano`.
pub(super) fn logs<'a>(
    request: Fields<'a>,
    limits: &Limits,
    received_unix_nano: i64,
    refused: &mut Refused,
) -> Result<Vec<LogRecord<'a>>, Malformed> {
    rows_of_scopes(request, LOG_RECORDS, limits, refused, |sent, resource, scope| {
        log_record(sent, resource, scope, limits, received_unix_nano)
    })
}

fn log_record<'a>(
    mut sent: Fields<'a>,
    resource: &Arc<Resource<'a>>,
    scope: &Arc<Scope<'a>>,
    limits: &Limits,
    received_unix_nano: i64,
) -> Result<LogRecord<'a>, Stop> {
    let mut row = LogRecord {
        resource: Arc::clone(resource),
        scope: Arc::clone(scope),
        time_unix_nano: 0,
        observed_time_unix_nano: 0,
        severity_number: 0,
        severity_text: Text::default(),
        body: Value::Empty,
        event_name: Text::default(),
        trace_id: None,
        span_id: None,
        flags: 0,
        attributes: Vec::new(),
        dropped_attributes_count: 0,
    };
    let mut pairs = Pairs::new(limits);
    while let Some(field) = sent.next()? {
        match field.number {
            1 => row.time_unix_nano = time::in_range("time_unix_nano", field.fixed64()?)?,
            2 => row.severity_number = severity(field.int32()?),
            3 => row.severity_text = text("length of severity_text", field.text()?, limits)?,
            5 => row.body = body(field.message()?, limits)?,
            6 => pairs.add(field.message()?)?,
            7 => row.dropped_attributes_count = field.uint32()?,
            8 => row.flags = field.fixed32()?,
            9 => row.trace_id = id::optional("trace_id", field.bytes()?)?,
            10 => row.span_id = id::optional("span_id", field.bytes()?)?,
            11 => row.observed_time_unix_nano = time::in_range("observed_time_unix_nano", field.fixed64()?)?,
            12 => row.event_name = name("length of event_name", field.text()?, limits)?,
            _ => {}
        }
    }
    if row.observed_time_unix_nano == 0 {
        row.observed_time_unix_nano = received_unix_nano;
    }
    if row.time_unix_nano == 0 {
        row.time_unix_nano = row.observed_time_unix_nano;
    }
    row.attributes = pairs.finish()?;
    Ok(row)
}

fn severity(sent: i32) -> u8 {
    u8::try_from(sent).ok().filter(|number| *number <= SEVERITY_MAX).unwrap_or(0)
}
