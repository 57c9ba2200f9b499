use std::collections::BTreeMap;

use api::Nanos;
use api::trace::CriticalStretch;

use super::*;

/// A span: id, parent, begin and end in nanoseconds after the trace's begin.
pub(crate) fn span(id: &str, parent: &str, start: i64, end: i64) -> Span {
    Span {
        trace_id: "t".to_owned(),
        span_id: id.to_owned(),
        parent_span_id: (!parent.is_empty()).then(|| parent.to_owned()),
        trace_state: String::new(),
        flags: 1,
        name: format!("name {id}"),
        kind: "internal".to_owned(),
        start_time_unix_nano: Nanos(1_000 + start),
        end_time_unix_nano: Nanos(1_000 + end),
        duration_ns: end - start,
        status_code: "unset".to_owned(),
        status_message: String::new(),
        class: Class::Ok,
        service_name: "shop".to_owned(),
        service_namespace: None,
        environment: None,
        scope_name: String::new(),
        scope_version: String::new(),
        attributes: BTreeMap::new(),
        resource_attributes: BTreeMap::new(),
        events: Vec::new(),
        links: Vec::new(),
        self_time_ns: 0,
    }
}

/// A trace of 100 ns.
pub(crate) fn answer(spans: Vec<Span>) -> TraceAnswer {
    TraceAnswer {
        trace_id: "t".to_owned(),
        start_time_unix_nano: Nanos(1_000),
        duration_ns: 100,
        class: Class::Ok,
        root_span_id: spans.first().map(|s| s.span_id.clone()).unwrap_or_default(),
        spans,
        critical_path: Vec::new(),
        orphan_span_ids: Vec::new(),
        linked_traces: Vec::new(),
        log_count: 0,
        statistics: api::Statistics::default(),
        truncated: None,
    }
}

/// a(0) ─ b(1) ─ c(2), d(3); a ─ e(4)
pub(crate) fn family() -> Model {
    Model::new(answer(vec![
        span("a", "", 0, 100),
        span("b", "a", 10, 60),
        span("c", "b", 20, 30),
        span("d", "b", 30, 50),
        span("e", "a", 70, 90),
    ]))
}

fn ids(model: &Model) -> String {
    model.answer.spans.iter().map(|s| s.span_id.as_str()).collect()
}

#[test]
fn rows_have_depth_children_and_subtrees() {
    let model = family();
    assert_eq!(ids(&model), "abcde");
    let depths: Vec<u32> = model.nodes.iter().map(|n| n.depth).collect();
    let ends: Vec<usize> = model.nodes.iter().map(|n| n.end).collect();
    assert_eq!(depths, [0, 1, 2, 2, 1]);
    assert_eq!(ends, [5, 4, 3, 4, 5]);
    assert_eq!(model.nodes[0].children, 2);
    assert_eq!((model.nodes[3].start, model.nodes[3].stop), (0.3, 0.5));
    assert_eq!(model.levels(), 3);
}

#[test]
fn a_child_that_came_before_its_parent_is_put_below_it() {
    let model = Model::new(answer(vec![span("c", "b", 0, 1), span("a", "", 0, 100), span("b", "a", 0, 2)]));
    assert_eq!(ids(&model), "abc");
    assert_eq!(model.nodes[2].depth, 2);
}

#[test]
fn a_missing_parent_makes_a_root_and_a_circle_loses_no_span() {
    let model = Model::new(answer(vec![
        span("a", "", 0, 100),
        span("x", "gone", 5, 6),
        span("p", "q", 7, 8),
        span("q", "p", 7, 9),
        span("s", "s", 7, 9),
    ]));
    let mut all: Vec<char> = ids(&model).chars().collect();
    all.sort_unstable();
    assert_eq!(all, ['a', 'p', 'q', 's', 'x']);
    assert!(model.nodes[1].orphan);
    assert!(!model.nodes[0].orphan);
}

#[test]
fn equal_span_ids_are_both_kept() {
    let model = Model::new(answer(vec![span("a", "", 0, 100), span("b", "a", 0, 1), span("b", "a", 0, 2)]));
    assert_eq!(ids(&model), "abb");
    assert_eq!(model.row("b"), Some(1));
}

#[test]
fn services_are_tallied_in_order_of_appearance() {
    let mut spans = vec![span("a", "", 0, 100), span("b", "a", 0, 1), span("c", "a", 0, 2)];
    spans[1].service_name = "stock".to_owned();
    spans[2].class = Class::Throttle;
    let model = Model::new(answer(spans));
    let tallies: Vec<(&str, usize, usize)> =
        model.services.iter().map(|s| (s.name.as_str(), s.spans, s.failed)).collect();
    assert_eq!(tallies, [("shop", 2, 1), ("stock", 1, 0)]);
    assert_eq!(model.nodes[1].service, 1);
    assert_eq!(model.failed(), 1);
}

#[test]
fn the_critical_path_lies_on_its_rows() {
    let mut answer = answer(vec![span("a", "", 0, 100), span("b", "a", 50, 100)]);
    let stretch = |id: &str, from: i64, to: i64| CriticalStretch {
        span_id: id.to_owned(),
        start_time_unix_nano: Nanos(1_000 + from),
        end_time_unix_nano: Nanos(1_000 + to),
    };
    answer.critical_path = vec![stretch("a", 0, 50), stretch("b", 50, 100), stretch("nobody", 0, 1)];
    let model = Model::new(answer);
    assert_eq!(model.critical[&0], [(0.0, 0.5)]);
    assert_eq!(model.critical[&1], [(0.5, 1.0)]);
    assert_eq!(model.critical.len(), 2);
}

#[test]
fn a_trace_without_spans_or_duration_is_no_division_by_zero() {
    let mut empty = answer(Vec::new());
    empty.duration_ns = 0;
    let model = Model::new(empty);
    assert!(model.root().is_none());
    assert!(model.fraction(1_000).is_finite());
}

#[test]
fn a_chain_of_100_000_spans_does_not_overflow_the_stack() {
    let mut spans = vec![span("0", "", 0, 100)];
    for i in 1..100_000 {
        spans.push(span(&i.to_string(), &(i - 1).to_string(), 0, 100));
    }
    let model = Model::new(answer(spans));
    assert_eq!(model.nodes.len(), 100_000);
    assert_eq!(model.nodes[99_999].depth, 99_999);
}
