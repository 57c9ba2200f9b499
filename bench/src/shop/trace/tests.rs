use super::*;
use std::collections::HashMap;

#[test]
fn every_trace_is_one_tree_with_nested_times() {
    let graph = Graph::new(1, 20, 3);
    for index in 0..500 {
        let trace = trace(&graph, 1, index, 1_000_000_000_000);
        let mut seen: HashMap<Vec<u8>, (u64, u64)> = HashMap::new();
        for (place, recorded) in trace.spans.iter().enumerate() {
            let span = &recorded.span;
            assert_eq!(span.trace_id, trace.id);
            assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
            assert!(span.attributes.len() >= 12 && !span.name.is_empty());
            assert_eq!(span.parent_span_id.is_empty(), place == 0);
            if place > 0 {
                let &(start, end) = seen.get(&span.parent_span_id).expect("parent comes first");
                assert!(start <= span.start_time_unix_nano && span.end_time_unix_nano <= end);
            }
            let times = (span.start_time_unix_nano, span.end_time_unix_nano);
            assert!(seen.insert(span.span_id.clone(), times).is_none());
        }
    }
}

#[test]
fn a_trace_depends_on_seed_and_index_only() {
    let graph = Graph::new(1, 20, 3);
    let spans =
        |seed, index| -> Vec<Span> { trace(&graph, seed, index, 5).spans.into_iter().map(|r| r.span).collect() };
    assert_eq!(spans(1, 4), spans(1, 4));
    assert_ne!(spans(1, 4), spans(1, 5));
    assert_ne!(spans(1, 4), spans(2, 4));
}
