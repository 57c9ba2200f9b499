use std::collections::{BTreeMap, HashSet};

use api::Nanos;
use proptest::prelude::*;

use super::*;

pub(crate) fn span(id: &str, parent: Option<&str>, start: i64, end: i64) -> Span {
    Span {
        trace_id: "0af7651916cd43dd8448eb211c80319c".to_owned(),
        span_id: id.to_owned(),
        parent_span_id: parent.map(str::to_owned),
        trace_state: String::new(),
        flags: 1,
        name: id.to_owned(),
        kind: "internal".to_owned(),
        start_time_unix_nano: Nanos(start),
        end_time_unix_nano: Nanos(end),
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

fn order(trace: &Assembled) -> Vec<&str> {
    trace.spans.iter().map(|span| span.span_id.as_str()).collect()
}

#[test]
fn no_spans_are_no_trace() {
    assert_eq!(assemble(Vec::new()), None);
}

#[test]
fn children_follow_their_parent_by_begin() {
    let trace = assemble(vec![
        span("late", Some("root"), 50, 60),
        span("below", Some("early"), 12, 15),
        span("root", None, 0, 100),
        span("early", Some("root"), 10, 20),
        span("early", Some("root"), 10, 20),
    ])
    .unwrap();
    assert_eq!(order(&trace), ["root", "early", "below", "late"]);
    assert_eq!((trace.root_span_id.as_str(), trace.start_unix_nano, trace.duration_ns), ("root", 0, 100));
    assert_eq!(trace.spans.iter().map(|span| span.self_time_ns).collect::<Vec<_>>(), [80, 7, 3, 10]);
    assert!(trace.orphan_span_ids.is_empty());
}

#[test]
fn orphans_begin_trees_of_their_own_behind_the_root() {
    let trace = assemble(vec![
        span("orphan", Some("never arrived"), 0, 10),
        span("child", Some("orphan"), 1, 2),
        span("root", None, 5, 100),
        span("second root", None, 3, 4),
    ])
    .unwrap();
    assert_eq!(trace.root_span_id, "second root");
    assert_eq!(order(&trace), ["second root", "orphan", "child", "root"]);
    assert_eq!(trace.orphan_span_ids, ["orphan"]);
}

#[test]
fn without_a_root_the_worst_entry_span_is_the_class() {
    let entry = Span { kind: "server".to_owned(), class: Class::Error, ..span("entry", Some("browser"), 5, 10) };
    let inner = Span { class: Class::Fault, ..span("inner", Some("entry"), 6, 7) };
    assert_eq!(assemble(vec![entry.clone(), inner.clone()]).unwrap().class, Class::Error);
    let root = span("root", None, 0, 20);
    assert_eq!(assemble(vec![root, entry, inner]).unwrap().class, Class::Ok);
}

#[test]
fn circles_and_self_parents_come_out() {
    let trace = assemble(vec![
        span("a", Some("b"), 1, 5),
        span("b", Some("c"), 2, 5),
        span("c", Some("a"), 3, 5),
        span("self", Some("self"), 0, 1),
        span("tail", Some("c"), 4, 5),
    ])
    .unwrap();
    assert_eq!(order(&trace), ["self", "a", "c", "b", "tail"]);
}

#[test]
fn overlapping_children_cover_once() {
    let trace = assemble(vec![
        span("root", None, 0, 100),
        span("a", Some("root"), 10, 50),
        span("b", Some("root"), 20, 30),
        span("c", Some("root"), 40, 60),
        span("after", Some("root"), 90, 200),
    ])
    .unwrap();
    assert_eq!(trace.spans[0].self_time_ns, 100 - 50 - 10);
}

#[test]
fn a_hundred_thousand_spans_take_well_under_a_second() {
    let id = |n: usize| format!("{n:016x}");
    // A chain of 50,000, and 50,000 siblings below the root.
    let chain = (0..50_000).map(|n| span(&id(n), n.checked_sub(1).map(id).as_deref(), n as i64, 1_000_000 - n as i64));
    let fan = (50_000..100_000).map(|n| span(&id(n), Some(&id(0)), n as i64, n as i64 + 10));
    let spans: Vec<Span> = chain.chain(fan).collect();
    let started = std::time::Instant::now();
    let trace = assemble(spans).unwrap();
    let elapsed = started.elapsed();
    assert_eq!(trace.spans.len(), 100_000);
    assert!(elapsed < std::time::Duration::from_secs(2), "{elapsed:?}");
}

proptest! {
    /// Whatever the parents are: every span comes out once, a parent before its children unless they form a circle.
    #[test]
    fn every_span_comes_out_once(parents in prop::collection::vec(prop::option::of(0_usize..40), 1..40), starts in prop::collection::vec(0_i64..50, 40), lengths in prop::collection::vec(0_i64..50, 40)) {
        let spans: Vec<Span> = parents.iter().enumerate().map(|(at, parent)| {
            let parent = parent.map(|parent| parent.to_string());
            span(&at.to_string(), parent.as_deref(), starts[at], starts[at] + lengths[at])
        }).collect();
        let trace = assemble(spans).unwrap();
        let ids: HashSet<&str> = order(&trace).into_iter().collect();
        prop_assert_eq!(ids.len(), parents.len());
        prop_assert_eq!(trace.spans.len(), parents.len());
        for span in &trace.spans {
            prop_assert!(span.self_time_ns >= 0 && span.self_time_ns <= span.duration_ns);
        }
        // The path is within the root, in order, and does not overlap.
        let root = trace.spans.iter().find(|span| span.span_id == trace.root_span_id).unwrap();
        let mut reached = root.start_time_unix_nano;
        for stretch in &trace.critical_path {
            prop_assert!(stretch.start_time_unix_nano >= reached && stretch.end_time_unix_nano > stretch.start_time_unix_nano);
            reached = stretch.end_time_unix_nano;
        }
        prop_assert!(reached <= root.end_time_unix_nano || trace.critical_path.is_empty());
        let length: i64 = trace.critical_path.iter().map(|stretch| stretch.end_time_unix_nano.0 - stretch.start_time_unix_nano.0).sum();
        prop_assert_eq!(length, root.duration_ns);
    }
}
