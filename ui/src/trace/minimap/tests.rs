use super::*;
use crate::trace::model::tests::{answer, family, span};

#[test]
fn each_span_has_a_line_when_there_is_room() {
    let paths = paths(&family(), 10);
    assert_eq!(paths.len(), 1);
    assert_eq!(paths[0].1, "M0 0.5H1000M100 1.5H600M200 2.5H300M300 3.5H500M700 4.5H900");
}

#[test]
fn spans_on_the_same_line_are_united() {
    assert_eq!(paths(&family(), 1)[0].1, "M0 0.5H1000");
    assert_eq!(united(vec![(5, 6), (1, 3), (3, 4), (2, 3)]), [(1, 4), (5, 6)]);
}

#[test]
fn failures_are_drawn_over_the_services_and_no_span_vanishes() {
    let mut failing = answer(vec![span("a", "", 0, 100), span("b", "a", 100, 100)]);
    failing.spans[1].class = Class::Fault;
    let paths = paths(&Model::new(failing), 10);
    assert_eq!(paths[0].0, Ink::Service(0));
    assert_eq!(paths[1], (Ink::Failed(Class::Fault as u8), "M999 1.5H1000".to_owned()));
}

#[test]
fn a_hundred_thousand_spans_stay_small() {
    let mut spans = vec![span("r", "", 0, 100)];
    for i in 0..100_000 {
        spans.push(span(&i.to_string(), "r", i % 97, i % 97 + 3));
    }
    let total: usize = paths(&Model::new(answer(spans)), 60).iter().map(|(_, d)| d.len()).sum();
    assert!(total < 100_000, "{total}");
}
