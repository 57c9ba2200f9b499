//! JSON: platform events (`{"type": "platform.report", "record": {…}}`) and lines of functions that log JSON.

use serde_json::Value as Json;

use super::{LambdaFields, MEGABYTE};

pub(super) fn fields(text: &str) -> LambdaFields {
    let Ok(json) = serde_json::from_str::<Json>(text) else { return LambdaFields::default() };
    let record = &json["record"];
    match json["type"].as_str() {
        Some("platform.start") => of_record(record, Some("START")),
        Some("platform.runtimeDone") => of_record(record, Some("END")),
        Some("platform.report") => with_metrics(of_record(record, Some("REPORT")), &record["metrics"]),
        Some("platform.initReport") => {
            let fields = of_record(record, None);
            let init_duration_ms = fields.status.as_ref().and_then(|_| record["metrics"]["durationMs"].as_f64());
            LambdaFields { init_duration_ms, ..fields }
        }
        Some("platform.restoreReport") => {
            let restore_duration_ms = record["metrics"]["durationMs"].as_f64();
            LambdaFields { restore_duration_ms, ..of_record(record, None) }
        }
        _ => LambdaFields { request_id: request_id_of_line(&json), ..LambdaFields::default() },
    }
}

fn of_record(record: &Json, kind: Option<&'static str>) -> LambdaFields {
    let text = |name: &str| record[name].as_str().map(str::to_owned);
    let tracing = &record["tracing"];
    let header = tracing["value"].as_str().unwrap_or_default();
    let root = header.split(';').find_map(|part| part.trim().strip_prefix("Root="));
    LambdaFields {
        kind,
        request_id: text("requestId"),
        status: text("status").filter(|status| status != "success"),
        error_type: text("errorType"),
        xray_trace_id: root.map(str::to_owned),
        xray_segment_id: tracing["spanId"].as_str().map(str::to_owned),
        ..LambdaFields::default()
    }
}

fn with_metrics(fields: LambdaFields, metrics: &Json) -> LambdaFields {
    let number = |name: &str| metrics[name].as_f64();
    let bytes = |name: &str| number(name).map(|megabytes| megabytes * MEGABYTE);
    LambdaFields {
        duration_ms: number("durationMs"),
        billed_duration_ms: number("billedDurationMs"),
        memory_size_bytes: bytes("memorySizeMB"),
        max_memory_used_bytes: bytes("maxMemoryUsedMB"),
        init_duration_ms: number("initDurationMs"),
        restore_duration_ms: number("restoreDurationMs"),
        ..fields
    }
}

/// Runtimes call it differently.
fn request_id_of_line(json: &Json) -> Option<String> {
    let names = ["requestId", "AWSRequestId", "awsRequestId", "aws_request_id", "function_request_id"];
    names.iter().find_map(|name| json[*name].as_str()).map(str::to_owned)
}
