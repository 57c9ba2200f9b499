//! Log records.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::LogRecord as Sent;
use storage::{LogRecord, Resource, Scope};

use super::attributes::{attributes, body};
use super::resource::{resource, scope};
use super::text::{name, text};
use super::{id, time};
use crate::limits::Limits;
use crate::reason::{Reason, Refused};

/// The highest severity number, FATAL4.
const SEVERITY_MAX: u8 = 24;

/// How many log records a request holds.
fn count(request: &ExportLogsServiceRequest) -> usize {
    request.resource_logs.iter().flat_map(|resource| &resource.scope_logs).map(|scope| scope.log_records.len()).sum()
}

/// The log records of a request. One without an observed time was observed now, at `received_unix_nano`.
pub(crate) fn logs(
    request: ExportLogsServiceRequest,
    limits: &Limits,
    received_unix_nano: i64,
    refused: &mut Refused,
) -> Vec<LogRecord> {
    let mut rows = Vec::with_capacity(count(&request));
    for sent in request.resource_logs {
        let resource = resource(sent.resource, limits);
        for sent in sent.scope_logs {
            let shared = resource.clone().and_then(|resource| Ok((resource, scope(sent.scope, limits)?)));
            let (resource, scope) = match shared {
                Ok(shared) => shared,
                Err(reason) => {
                    refused.add_many(reason, sent.log_records.len() as u64);
                    continue;
                }
            };
            for sent in sent.log_records {
                match log_record(sent, &resource, &scope, limits, received_unix_nano) {
                    Ok(row) => rows.push(row),
                    Err(reason) => refused.add(reason),
                }
            }
        }
    }
    rows
}

fn log_record(
    sent: Sent,
    resource: &Arc<Resource>,
    scope: &Arc<Scope>,
    limits: &Limits,
    received_unix_nano: i64,
) -> Result<LogRecord, Reason> {
    let event = time::in_range("time_unix_nano", sent.time_unix_nano)?;
    let observed = time::in_range("observed_time_unix_nano", sent.observed_time_unix_nano)?;
    let observed_time_unix_nano = if observed == 0 { received_unix_nano } else { observed };
    Ok(LogRecord {
        time_unix_nano: if event == 0 { observed_time_unix_nano } else { event },
        observed_time_unix_nano,
        severity_number: severity(sent.severity_number),
        severity_text: text("length of severity_text", sent.severity_text, limits)?,
        body: body(sent.body, limits)?,
        event_name: name("length of event_name", sent.event_name, limits)?,
        trace_id: id::optional("trace_id", &sent.trace_id)?,
        span_id: id::optional("span_id", &sent.span_id)?,
        flags: sent.flags,
        attributes: attributes(sent.attributes, limits)?,
        dropped_attributes_count: sent.dropped_attributes_count,
        resource: Arc::clone(resource),
        scope: Arc::clone(scope),
    })
}

fn severity(sent: i32) -> u8 {
    u8::try_from(sent).ok().filter(|number| *number <= SEVERITY_MAX).unwrap_or(0)
}
