//! The fields that CloudWatch discovers in the logs of functions: from Lambda's own lines (`START`, `END`, `REPORT`), its
//! JSON platform events, and the request's id in lines of the function.
//!
//! Units are AWS's: durations in milliseconds, memory in bytes, a megabyte as 1,000,000 of them. The duration of
//! `platform.runtimeDone` is left out, because `platform.report` has it again; so is that of `platform.initReport` unless
//! the initialisation failed, as a plain `INIT_REPORT` is only written then.

mod event;
mod line;

use crate::value::Value;

/// What a line says of an invocation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LambdaFields {
    /// `@type`: `START`, `END` or `REPORT`.
    pub kind: Option<&'static str>,
    /// `@requestId`
    pub request_id: Option<String>,
    /// `@duration`
    pub duration_ms: Option<f64>,
    /// `@billedDuration`
    pub billed_duration_ms: Option<f64>,
    /// `@memorySize`
    pub memory_size_bytes: Option<f64>,
    /// `@maxMemoryUsed`
    pub max_memory_used_bytes: Option<f64>,
    /// `@initDuration`
    pub init_duration_ms: Option<f64>,
    /// `@restoreDuration`, of functions that start from a snapshot.
    pub restore_duration_ms: Option<f64>,
    /// `@status`, where it is no success: `timeout`, `error`, `failure`.
    pub status: Option<String>,
    /// `@errorType`
    pub error_type: Option<String>,
    /// `@xrayTraceId`
    pub xray_trace_id: Option<String>,
    /// `@xraySegmentId`
    pub xray_segment_id: Option<String>,
}

/// The names of the fields, in the order of [`LambdaFields::values`].
pub const NAMES: [&str; 12] = [
    "@type",
    "@requestId",
    "@duration",
    "@billedDuration",
    "@memorySize",
    "@maxMemoryUsed",
    "@initDuration",
    "@restoreDuration",
    "@status",
    "@errorType",
    "@xrayTraceId",
    "@xraySegmentId",
];

const MEGABYTE: f64 = 1_000_000.0;

/// What a message says of an invocation; nothing where it is no line of a function.
pub fn fields(message: &str) -> LambdaFields {
    let message = message.trim();
    if message.starts_with('{') { event::fields(message) } else { line::fields(message) }
}

impl LambdaFields {
    /// The values, in the order of [`NAMES`]; null where the line does not say.
    pub fn values(&self) -> [Value; 12] {
        let text = |text: &Option<String>| text.as_deref().into();
        [
            self.kind.into(),
            text(&self.request_id),
            self.duration_ms.into(),
            self.billed_duration_ms.into(),
            self.memory_size_bytes.into(),
            self.max_memory_used_bytes.into(),
            self.init_duration_ms.into(),
            self.restore_duration_ms.into(),
            text(&self.status),
            text(&self.error_type),
            text(&self.xray_trace_id),
            text(&self.xray_segment_id),
        ]
    }
}

/// Whether a word is a UUID, as request ids are.
fn is_request_id(word: &str) -> bool {
    word.len() == 36
        && word.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests;
