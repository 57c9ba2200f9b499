use std::collections::BTreeMap;

use api::Nanos;
use serde_json::json;

use super::*;

pub(crate) fn record(time: i64, body: &str) -> LogRecord {
    LogRecord {
        time_unix_nano: Nanos(time),
        observed_time_unix_nano: Nanos(time),
        severity_number: 9,
        severity_text: "INFO".to_owned(),
        body: json!(body),
        event_name: String::new(),
        trace_id: None,
        span_id: None,
        service_name: "shop".to_owned(),
        service_namespace: None,
        environment: None,
        scope_name: String::new(),
        attributes: BTreeMap::new(),
        resource_attributes: BTreeMap::new(),
    }
}

fn bodies(lines: &Lines) -> Vec<String> {
    lines.lines.iter().map(|l| l.record.body.as_str().unwrap().to_owned()).collect()
}

#[test]
fn pages_are_put_behind_each_other_with_keys_of_their_own() {
    let mut lines = Lines::first(vec![record(3, "c"), record(2, "b")]);
    lines.older(vec![record(1, "a")]);
    assert_eq!(bodies(&lines), ["c", "b", "a"]);
    let keys: HashSet<u64> = lines.lines.iter().map(|l| l.key).collect();
    assert_eq!(keys.len(), 3);
}

#[test]
fn following_adds_what_is_new_and_nothing_twice() {
    let mut lines = Lines::first(vec![record(3, "c"), record(3, "c2"), record(2, "b")]);
    let key_of_c = lines.lines[0].key;
    assert_eq!(lines.newer(vec![record(5, "e"), record(3, "c3"), record(3, "c"), record(3, "c2")]), 2);
    assert_eq!(bodies(&lines), ["e", "c3", "c", "c2", "b"]);
    assert_eq!(lines.lines[2].key, key_of_c);
    assert_eq!(lines.newer(vec![record(5, "e")]), 0);
    assert_eq!(lines.newest(), Some(5));
}

#[test]
fn equal_records_of_one_moment_are_counted() {
    let mut lines = Lines::first(vec![record(3, "same")]);
    assert_eq!(lines.newer(vec![record(3, "same"), record(3, "same")]), 1);
    assert_eq!(lines.newer(vec![record(3, "same"), record(3, "same")]), 0);
}

#[test]
fn following_an_empty_search_begins_it() {
    let mut lines = Lines::default();
    assert_eq!(lines.newest(), None);
    assert_eq!(lines.newer(vec![record(1, "a")]), 1);
}

#[test]
fn the_oldest_lines_are_dropped_at_the_limit_and_counted() {
    let mut lines = Lines::first((0..LINES_MAX as i64).rev().map(|t| record(t, "x")).collect());
    lines.newer(vec![record(LINES_MAX as i64 + 1, "y"), record(LINES_MAX as i64, "z")]);
    assert_eq!((lines.lines.len(), lines.dropped), (LINES_MAX, 2));
    assert_eq!(lines.newest(), Some(LINES_MAX as i64 + 1));
}
