//! Plain lines: `REPORT RequestId: … Duration: 12.34 ms …`, with tabs or blanks between.

use super::{LambdaFields, MEGABYTE, is_request_id};

/// Keys of a line; longer ones before those they end with.
const KEYS: [&str; 13] = [
    "Billed Restore Duration:",
    "Billed Duration:",
    "Restore Duration:",
    "Init Duration:",
    "Duration:",
    "Memory Size:",
    "Max Memory Used:",
    "RequestId:",
    "XRAY TraceId:",
    "SegmentId:",
    "Sampled:",
    "Status:",
    "Error Type:",
];

/// A request's id stands within so many words of a line of the function.
const WORDS_TO_REQUEST_ID: usize = 4;

pub(super) fn fields(line: &str) -> LambdaFields {
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let mut fields = LambdaFields::default();
    fields.kind = match first {
        "START" => Some("START"),
        "END" => Some("END"),
        "REPORT" => Some("REPORT"),
        "INIT_REPORT" | "RESTORE_REPORT" => None,
        _ => {
            let words = line.split_whitespace().take(WORDS_TO_REQUEST_ID);
            fields.request_id =
                words.map(|word| word.trim_end_matches(':')).find(|word| is_request_id(word)).map(str::to_owned);
            return fields;
        }
    };
    // A line of the function may begin with these words too.
    if fields.kind.is_some() && !rest.trim_start().starts_with("RequestId:") {
        return LambdaFields::default();
    }
    let mut rest = rest;
    while let Some((key, value, behind)) = next_pair(rest) {
        take(&mut fields, key, value);
        rest = behind;
    }
    fields
}

/// The next key, its value (one word), and what stands behind. Words that belong to no key are skipped.
fn next_pair(text: &str) -> Option<(&'static str, &str, &str)> {
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some((key, behind)) = KEYS.iter().find_map(|key| rest.strip_prefix(key).map(|behind| (*key, behind))) {
            let behind = behind.trim_start();
            let length = behind.find(char::is_whitespace).unwrap_or(behind.len());
            return Some((key, &behind[..length], &behind[length..]));
        }
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        rest = rest[length..].trim_start();
    }
    None
}

fn take(fields: &mut LambdaFields, key: &str, value: &str) {
    let number = || value.parse::<f64>().ok().filter(|number| number.is_finite());
    let bytes = || number().map(|megabytes| megabytes * MEGABYTE);
    let text = || (!value.is_empty()).then(|| value.to_owned());
    match key {
        "RequestId:" => fields.request_id = text(),
        "Duration:" => fields.duration_ms = number(),
        "Billed Duration:" => fields.billed_duration_ms = number(),
        "Memory Size:" => fields.memory_size_bytes = bytes(),
        "Max Memory Used:" => fields.max_memory_used_bytes = bytes(),
        "Init Duration:" => fields.init_duration_ms = number(),
        "Restore Duration:" => fields.restore_duration_ms = number(),
        "Status:" => fields.status = text(),
        "Error Type:" => fields.error_type = text(),
        "XRAY TraceId:" => fields.xray_trace_id = text(),
        "SegmentId:" => fields.xray_segment_id = text(),
        _ => {}
    }
}
