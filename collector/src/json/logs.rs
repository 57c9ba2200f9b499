//! Log records.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs, SeverityNumber};
use serde::de::MapAccess;

use super::reader::{Field, Fields};

impl Fields for ExportLogsServiceRequest {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "resourceLogs" | "resource_logs" => field.list("resourceLogs", &mut self.resource_logs),
            _ => field.ignore(),
        }
    }
}

impl Fields for ResourceLogs {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "resource" => field.message("resource", &mut self.resource),
            "scopeLogs" | "scope_logs" => field.list("scopeLogs", &mut self.scope_logs),
            _ => field.ignore(),
        }
    }
}

impl Fields for ScopeLogs {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "scope" => field.message("scope", &mut self.scope),
            "logRecords" | "log_records" => field.list("logRecords", &mut self.log_records),
            _ => field.ignore(),
        }
    }
}

impl Fields for LogRecord {
    const IS_ROW: bool = true;

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error> {
        match name {
            "timeUnixNano" | "time_unix_nano" => field.unsigned64("timeUnixNano", &mut self.time_unix_nano),
            "observedTimeUnixNano" | "observed_time_unix_nano" => {
                field.unsigned64("observedTimeUnixNano", &mut self.observed_time_unix_nano)
            }
            "severityNumber" | "severity_number" => {
                field.enumeration("severityNumber", &mut self.severity_number, |name| {
                    SeverityNumber::from_str_name(name).map(|number| number as i32)
                })
            }
            "severityText" | "severity_text" => field.text("severityText", &mut self.severity_text),
            "body" => field.message("body", &mut self.body),
            "attributes" => field.list("attributes", &mut self.attributes),
            "droppedAttributesCount" | "dropped_attributes_count" => {
                field.unsigned32("droppedAttributesCount", &mut self.dropped_attributes_count)
            }
            "flags" => field.unsigned32("flags", &mut self.flags),
            "traceId" | "trace_id" => field.id("traceId", &mut self.trace_id),
            "spanId" | "span_id" => field.id("spanId", &mut self.span_id),
            "eventName" | "event_name" => field.text("eventName", &mut self.event_name),
            _ => field.ignore(),
        }
    }
}
