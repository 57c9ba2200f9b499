use crate::trace::assembly::assemble;
use crate::trace::assembly::tests::span;

use super::*;

#[track_caller]
fn check(spans: Vec<Span>, expected: &[(&str, i64, i64)]) {
    let path = assemble(spans).unwrap().critical_path;
    let found: Vec<(&str, i64, i64)> = path
        .iter()
        .map(|stretch| (stretch.span_id.as_str(), stretch.start_time_unix_nano.0, stretch.end_time_unix_nano.0))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_root_alone_is_the_path() {
    check(vec![span("root", None, 0, 10)], &[("root", 0, 10)]);
}

#[test]
fn one_after_the_other() {
    check(
        vec![span("root", None, 0, 100), span("a", Some("root"), 10, 40), span("b", Some("root"), 50, 90)],
        &[("root", 0, 10), ("a", 10, 40), ("root", 40, 50), ("b", 50, 90), ("root", 90, 100)],
    );
}

#[test]
fn of_parallel_children_the_last_to_finish_counts() {
    check(
        vec![span("root", None, 0, 100), span("short", Some("root"), 10, 40), span("long", Some("root"), 12, 90)],
        &[("root", 0, 12), ("long", 12, 90), ("root", 90, 100)],
    );
}

#[test]
fn the_question_goes_down() {
    check(
        vec![
            span("root", None, 0, 100),
            span("a", Some("root"), 10, 90),
            span("b", Some("a"), 20, 80),
            span("c", Some("b"), 30, 80),
        ],
        &[("root", 0, 10), ("a", 10, 20), ("b", 20, 30), ("c", 30, 80), ("a", 80, 90), ("root", 90, 100)],
    );
}

#[test]
fn what_nobody_waits_for_does_not_count() {
    check(
        vec![
            span("root", None, 0, 100),
            span("later", Some("root"), 120, 200),
            span("outlives", Some("root"), 60, 150),
        ],
        &[("root", 0, 60), ("outlives", 60, 100)],
    );
}
