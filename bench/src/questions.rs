//! The questions about a load and their right answers, from what is known of everything that was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::{Value, json};

use crate::ask::{Kind, Question};
use crate::expected::{Expected, WATCHED_ATTRIBUTES, WATCHED_PHRASES, WATCHED_WORDS};
use crate::feed::Signal;

/// A page of traces, of log lines.
const TRACES_PER_PAGE: usize = 50;
const LINES_PER_PAGE: usize = 100;
/// A metric is asked about the last hour.
const METRIC_RANGE_NS: u64 = 3_595_000_000_000;

/// All kinds of questions about a signal that lies in a range of time, in nanoseconds. Searches are asked `times` often, what
/// reads everything a tenth of it.
pub(crate) fn about(signal: Signal, expected: &Expected, range: &Range<u64>, times: usize) -> Vec<Kind> {
    let few = (times / 10).max(1);
    let kind = |name, times, questions: Vec<Question>| Kind { name, times, questions };
    let words = || WATCHED_WORDS.iter().enumerate().map(|(place, word)| (place, (*word).to_owned()));
    let phrases = || {
        let quoted = WATCHED_PHRASES.iter().map(|phrase| format!("\"{phrase}\""));
        quoted.enumerate().map(|(place, phrase)| (WATCHED_WORDS.len() + place, phrase))
    };
    match signal {
        Signal::Traces => vec![
            kind("trace by id, without a range of time", times, traces_by_id(expected)),
            kind("traces by an attribute that one span has", times, invocations(expected, range)),
            kind("traces by an attribute, 50 newest", times, attributes(expected, range)),
        ],
        Signal::Logs => vec![
            kind("log lines with a word, 100 newest", times, texts(expected, range, words())),
            kind("log lines with a phrase, 100 newest", times, texts(expected, range, phrases())),
            kind("log lines with an id in the text that two lines have", times, requests(expected, range)),
            kind("log lines of a trace id", times, trace_lines(expected, range)),
            kind("count of log lines by service and severity (SQL)", few, vec![by_service(expected)]),
            kind("count of log lines over time by severity (histogram)", few, vec![histogram(expected, range)]),
        ],
        Signal::Metrics => vec![
            kind(
                "sum of a counter by service, 1 hour by minutes",
                few,
                vec![requests_by_service(expected, range, REQUESTS)],
            ),
            kind(
                "count of a histogram by service, 1 hour by minutes",
                few,
                vec![requests_by_service(expected, range, DURATIONS)],
            ),
        ],
    }
}

/// A trace each, whole.
pub(crate) fn traces_by_id(expected: &Expected) -> Vec<Question> {
    let question = |trace_id: &str, span_ids: &[String]| {
        let wanted: BTreeSet<String> = span_ids.iter().cloned().collect();
        Question::get(format!("/api/v1/traces/{trace_id}"), move |answer| {
            let spans = list(answer, "spans")?;
            let found: BTreeSet<String> = spans.iter().map(|span| text(span, "span_id")).collect::<Result<_, _>>()?;
            same(&found, &wanted).and_then(|()| same(&spans.len(), &wanted.len()))
        })
    };
    expected.traces.kept().iter().map(|sample| question(&sample.trace_id, &sample.span_ids)).collect()
}

fn invocations(expected: &Expected, range: &Range<u64>) -> Vec<Question> {
    let samples = expected.traces.kept().iter();
    let question =
        |id: &str, trace_id: &str| with_attribute(range, "faas.invocation_id", id, vec![trace_id.to_owned()]);
    samples.map(|sample| question(&sample.invocation_id, &sample.trace_id)).collect()
}

fn attributes(expected: &Expected, range: &Range<u64>) -> Vec<Question> {
    let watched = WATCHED_ATTRIBUTES.iter().enumerate();
    watched.map(|(place, (key, value))| with_attribute(range, key, value, expected.traces_with(place))).collect()
}

/// Asks for the newest of the traces that are wanted, which are in their order.
fn with_attribute(range: &Range<u64>, key: &str, value: &str, mut wanted: Vec<String>) -> Question {
    let mut body = ranged(range);
    body["attributes"] = json!([{"key": key, "op": "eq", "value": value}]);
    body["limit"] = json!(TRACES_PER_PAGE);
    let has_more = wanted.len() > TRACES_PER_PAGE;
    wanted.truncate(TRACES_PER_PAGE);
    Question::post("/api/v1/traces/search", body, move |answer| {
        let traces = list(answer, "traces")?;
        let found: Vec<String> = traces.iter().map(|trace| text(trace, "trace_id")).collect::<Result<_, _>>()?;
        same(&found, &wanted).and_then(|()| same(&answer["cursor"].is_string(), &has_more))
    })
}

fn texts(expected: &Expected, range: &Range<u64>, watched: impl Iterator<Item = (usize, String)>) -> Vec<Question> {
    watched.map(|(place, text)| with_text(range, &text, expected.times_with(place))).collect()
}

fn requests(expected: &Expected, range: &Range<u64>) -> Vec<Question> {
    let samples = expected.trace_lines.kept().iter();
    samples.map(|sample| with_text(range, &sample.request, sample.request_times.clone())).collect()
}

fn with_text(range: &Range<u64>, text: &str, wanted: Vec<u64>) -> Question {
    let mut body = ranged(range);
    body["text"] = json!(text);
    lines(body, wanted)
}

fn trace_lines(expected: &Expected, range: &Range<u64>) -> Vec<Question> {
    let question = |trace_id: &str, times: &[u64]| {
        let mut body = ranged(range);
        body["trace_id"] = json!(trace_id);
        lines(body, times.to_vec())
    };
    expected.trace_lines.kept().iter().map(|sample| question(&sample.trace_id, &sample.times)).collect()
}

/// Asks for the newest of the lines that are wanted. A line is known by its time; those of one nanosecond are alike.
fn lines(mut body: Value, mut wanted: Vec<u64>) -> Question {
    body["limit"] = json!(LINES_PER_PAGE);
    let has_more = wanted.len() > LINES_PER_PAGE;
    wanted.truncate(LINES_PER_PAGE);
    Question::post("/api/v1/logs/search", body, move |answer| {
        let records = list(answer, "records")?;
        let found: Vec<u64> = records.iter().map(|record| nanos(record, "time_unix_nano")).collect::<Result<_, _>>()?;
        same(&found, &wanted).and_then(|()| same(&answer["cursor"].is_string(), &has_more))
    })
}

fn by_service(expected: &Expected) -> Question {
    let mut wanted = BTreeMap::new();
    for (service, counts) in &expected.lines_by_service {
        let counted = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        wanted.extend(counted.map(|(severity, count)| ((service.clone(), severity as u64), *count)));
    }
    let query = "SELECT service_name, severity_number, count(*) FROM logs GROUP BY 1, 2";
    Question::post("/api/v1/sql", json!({"query": query}), move |answer| {
        let mut found = BTreeMap::new();
        for row in list(answer, "rows")? {
            let cells = (row[0].as_str(), row[1].as_u64(), row[2].as_u64());
            let (Some(service), Some(severity), Some(count)) = cells else { return Err(format!("{row} is no count")) };
            found.insert((service.to_owned(), severity), count);
        }
        same(&found, &wanted)
    })
}

fn histogram(expected: &Expected, range: &Range<u64>) -> Question {
    let mut body = ranged(range);
    body["limit"] = json!(0);
    body["histogram_bars"] = json!(60);
    // Without severity, then six ranges of four numbers.
    let mut wanted = [0; 7];
    for counts in expected.lines_by_service.values() {
        for (severity, count) in counts.iter().enumerate() {
            wanted[severity.div_ceil(4)] += count;
        }
    }
    Question::post("/api/v1/logs/search", body, move |answer| {
        let mut found = [0; 7];
        for bar in list(&answer["histogram"], "bars")? {
            for (sum, count) in found.iter_mut().zip(list(bar, "counts")?) {
                *sum += count.as_u64().ok_or_else(|| format!("{bar} has no counts"))?;
            }
        }
        same(&found, &wanted)
    })
}

/// A metric, and the statistic of it that says how many requests there were.
type Counted = (&'static str, &'static str);
const REQUESTS: Counted = ("http.server.requests", "Sum");
const DURATIONS: Counted = ("http.server.request.duration", "SampleCount");

fn requests_by_service(expected: &Expected, range: &Range<u64>, (metric, statistic): Counted) -> Question {
    let from = range.end.saturating_sub(METRIC_RANGE_NS).max(range.start);
    let mut body = ranged(&(from..range.end));
    body["metric"] = json!(metric);
    body["statistic"] = json!(statistic);
    body["group_by"] = json!(["service.name"]);
    body["period_seconds"] = json!(60);
    let wanted: BTreeMap<String, u64> =
        expected.requests_since(from).into_iter().map(|(service, count)| (service.to_owned(), count)).collect();
    Question::post("/api/v1/metrics/query", body, move |answer| {
        let mut found = BTreeMap::new();
        for series in list(answer, "series")? {
            let sum: f64 = list(series, "values")?.iter().filter_map(Value::as_f64).sum();
            found.insert(text(&series["labels"], "service.name")?, sum.round() as u64);
        }
        same(&found, &wanted)
    })
}

fn ranged(range: &Range<u64>) -> Value {
    json!({"from": range.start.to_string(), "to": range.end.to_string()})
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a [Value], String> {
    if !value["truncated"].is_null() && value["cursor"].is_null() {
        return Err(format!("it is cut: {}", value["truncated"]));
    }
    value[key].as_array().map(Vec::as_slice).ok_or_else(|| format!("it has no {key}"))
}

fn text(value: &Value, key: &str) -> Result<String, String> {
    value[key].as_str().map(str::to_owned).ok_or_else(|| format!("{value} has no {key}"))
}

fn nanos(value: &Value, key: &str) -> Result<u64, String> {
    text(value, key)?.parse().map_err(|error| format!("{key}: {error}"))
}

fn same<T: PartialEq + std::fmt::Debug>(found: &T, wanted: &T) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("found {found:?}\nwanted {wanted:?}")) }
}
