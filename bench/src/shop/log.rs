//! Log records: what the functions of a trace print while they run.

use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value::Value};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::trace::v1::{span::SpanKind, status::StatusCode};

use super::graph::{Function, Graph, int, text};
use super::trace::Trace;
use ::tests::dice::Dice;

/// A kind of line.
pub(crate) struct Template {
    severity: i32,
    pub(crate) text: &'static str,
}

const fn line(severity: i32, text: &'static str) -> Template {
    Template { severity, text }
}

const DEBUG: i32 = 5;
const INFO: i32 = 9;
const WARN: i32 = 13;
const ERROR: i32 = 17;

/// `{…}` marks a variable; `fill` says what each one is.
pub(crate) const LINES: [Template; 24] = [
    line(INFO, "received {method} {path} from {ip} user={user}"),
    line(INFO, "completed {method} {path} status={status} in {ms} ms"),
    line(INFO, "cache hit key={fn}:{id} age={n}s"),
    line(INFO, "cache miss key={fn}:{id}, loading from primary"),
    line(INFO, "order {id} moved from PENDING to CONFIRMED by {user}"),
    line(INFO, "published event {fn}.updated.v2 partition={n} offset={id}"),
    line(INFO, "loaded {n} items for tenant {tenant} in {ms} ms"),
    line(INFO, "session {uuid} refreshed for {user}, expires in {n} s"),
    line(INFO, "charged card ending {n} amount={money} currency=EUR authorization={hex}"),
    line(
        INFO,
        "{\"level\":\"info\",\"msg\":\"request finished\",\"path\":\"{path}\",\"status\":{status},\"durationMs\":{ms},\"bytes\":{n},\"requestId\":\"{uuid}\"}",
    ),
    line(
        INFO,
        "{\"level\":\"info\",\"msg\":\"feature flag evaluated\",\"flag\":\"new-{fn}\",\"variant\":\"b\",\"user\":\"{user}\"}",
    ),
    line(
        INFO,
        "{\"level\":\"info\",\"msg\":\"batch flushed\",\"records\":{n},\"queue\":\"{fn}-events\",\"durationMs\":{ms}}",
    ),
    line(DEBUG, "acquired connection {n} from pool main ({n} idle, {n} waiting)"),
    line(DEBUG, "GET https://{fn}.internal{path} -> {status} ({ms} ms, {n} bytes)"),
    line(DEBUG, "deserialized payload of {n} bytes, schema version 7, checksum {hex}"),
    line(DEBUG, "rule set {hex} evaluated: score={money} threshold=80.00"),
    line(WARN, "slow query took {ms} ms: SELECT * FROM {fn} WHERE tenant_id = '{tenant}' LIMIT {n}"),
    line(WARN, "retrying call to {fn} (attempt 2 of 3) after {ms} ms: upstream connect error"),
    line(WARN, "rate limit at 80% for tenant {tenant}: {n} requests in the last minute"),
    line(WARN, "deprecated field 'customerRef' used by client {ip}"),
    line(ERROR, "failed to reserve stock for sku {id}: ConditionalCheckFailedException"),
    line(ERROR, "timeout after {ms} ms calling {fn}: requestId={uuid}"),
    line(ERROR, "payment {uuid} declined: code=51 reason=insufficient_funds user={user}"),
    line(
        ERROR,
        "unhandled rejection in {fn}: TypeError: Cannot read properties of undefined (reading 'id')\n    at handle (/var/task/{fn}/handler.js:{n}:13)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
    ),
];
const FIRST_DEBUG: usize = 12;
const FIRST_WARN: usize = 16;
const FIRST_ERROR: usize = 20;

/// A log record and where it was printed.
pub(crate) struct Line {
    pub(crate) function: usize,
    pub(crate) instance: usize,
    pub(crate) record: LogRecord,
}

/// The lines of one trace, in the order of its spans.
pub(crate) fn lines(graph: &Graph, seed: u64, index: u64, trace: &Trace) -> Vec<Line> {
    let mut dice = Dice::new(seed ^ 0x10_65, index);
    let mut out = Vec::with_capacity(trace.spans.len() * 2);
    for recorded in &trace.spans {
        let span = &recorded.span;
        let function = &graph.functions[recorded.function];
        let failed = span.status.as_ref().is_some_and(|s| s.code == StatusCode::Error as i32);
        let serves = span.kind == SpanKind::Server as i32;
        let request = super::uuid(&mut dice);
        let (start, end) = (span.start_time_unix_nano, span.end_time_unix_nano);
        let mut print = |at: u64, severity: i32, body: String, dice: &mut Dice| {
            let observed = at + 1_000_000 + dice.below(40_000_000) as u64;
            out.push(Line {
                function: recorded.function,
                instance: recorded.instance,
                record: LogRecord {
                    time_unix_nano: at,
                    observed_time_unix_nano: observed,
                    severity_number: severity,
                    severity_text: severity_name(severity).to_owned(),
                    body: Some(AnyValue { value: Some(Value::StringValue(body)) }),
                    attributes: vec![
                        text("log.iostream", if severity >= ERROR { "stderr" } else { "stdout" }),
                        text("faas.invocation_id", &request),
                        text("tenant.id", &trace.tenant),
                        text("code.function.name", format!("{}.handle", function.name)),
                        int("thread.id", dice.between(1, 16)),
                    ],
                    flags: 1,
                    trace_id: span.trace_id.clone(),
                    span_id: span.span_id.clone(),
                    ..Default::default()
                },
            });
        };
        if serves {
            print(start, INFO, format!("START RequestId: {request} Version: $LATEST"), &mut dice);
        }
        let count = if serves { 1 + dice.below(2) } else { usize::from(dice.chance(0.25)) };
        for turn in 0..count {
            let template = choose(&mut dice, failed && turn == 0);
            let at = start + dice.below((end - start).max(1) as usize) as u64;
            let body = fill(template.text, &mut dice, function, trace);
            print(at, template.severity, body, &mut dice);
        }
        if serves {
            print(end, INFO, report(&request, end - start, &mut dice), &mut dice);
        }
    }
    out
}

fn choose(dice: &mut Dice, failed: bool) -> &'static Template {
    let range = match (failed, dice.below(100)) {
        (true, _) => FIRST_ERROR..LINES.len(),
        (false, 0..3) => FIRST_WARN..FIRST_ERROR,
        (false, 3..25) => FIRST_DEBUG..FIRST_WARN,
        (false, _) => 0..FIRST_DEBUG,
    };
    &LINES[range.start + dice.below(range.len())]
}

fn report(request: &str, nanos: u64, dice: &mut Dice) -> String {
    let ms = nanos as f64 / 1e6;
    format!(
        "REPORT RequestId: {request}\tDuration: {ms:.2} ms\tBilled Duration: {} ms\tMemory Size: 512 MB\tMax Memory Used: {} MB",
        ms.ceil(),
        dice.between(80, 500)
    )
}

fn fill(template: &str, dice: &mut Dice, function: &Function, trace: &Trace) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        match rest.find('}').map(|close| (&rest[1..close], close)) {
            Some((name, close)) if name.bytes().all(|b| b.is_ascii_lowercase()) => {
                variable(name, dice, function, trace, &mut out);
                rest = &rest[close + 1..];
            }
            _ => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn variable(name: &str, dice: &mut Dice, function: &Function, trace: &Trace, out: &mut String) {
    let operation = |dice: &mut Dice| dice.below(function.operations.len());
    match name {
        "method" => out.push_str(function.operations[operation(dice)].method),
        "path" => {
            let route = &function.operations[operation(dice)].route;
            out.push_str(&route.replace("{id}", &dice.skewed(5_000_000).to_string()));
        }
        "ip" => out.push_str(&super::ip(dice)),
        "user" => out.push_str(&trace.user),
        "tenant" => out.push_str(&trace.tenant),
        "fn" => out.push_str(&function.name),
        "uuid" => out.push_str(&super::uuid(dice)),
        "hex" => out.push_str(&super::hex(&dice.bytes::<8>())),
        "id" => out.push_str(&dice.skewed(50_000_000).to_string()),
        "n" => out.push_str(&dice.skewed(10_000).to_string()),
        "ms" => out.push_str(&format!("{:.1}", dice.log_normal(20.0, 1.0))),
        "money" => out.push_str(&format!("{:.2}", dice.log_normal(40.0, 0.8))),
        "status" => out.push_str(["200", "200", "200", "201", "404", "500"][dice.below(6)]),
        other => unreachable!("no variable {{{other}}}"),
    }
}

fn severity_name(severity: i32) -> &'static str {
    match severity {
        DEBUG => "DEBUG",
        WARN => "WARN",
        ERROR => "ERROR",
        _ => "INFO",
    }
}

#[cfg(test)]
mod tests;
