use std::collections::BTreeMap;

use super::*;
use crate::shop::hex;

const END: u64 = 1_700_000_000_000_000_000;

fn made(signal: Signal, rounds: &[usize]) -> (Vec<Batch>, Expected) {
    let mut feed = Feed::new(signal, 1, 200, rounds.iter().sum(), END);
    let mut expected = Expected::default();
    let batches = rounds.iter().flat_map(|count| feed.round(*count, &mut expected)).collect();
    (batches, expected)
}

fn spans(batches: &[Batch]) -> Vec<(String, Span)> {
    let mut spans = Vec::new();
    for batch in batches {
        let request = ExportTraceServiceRequest::decode(&batch.body[..]).unwrap();
        for group in request.resource_spans {
            let service = format!("{:?}", group.resource.unwrap().attributes[0].value);
            let all = group.scope_spans.into_iter().flat_map(|scope| scope.spans);
            spans.extend(all.map(|span| (service.clone(), span)));
        }
    }
    spans
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for signal in Signal::ALL {
        let [one, two] = [(); 2].map(|()| made(signal, &[5_000]).0);
        assert!(one.iter().zip(&two).all(|(a, b)| a.body == b.body) && one.len() == two.len());
    }
}

#[test]
fn the_count_is_kept_over_rounds_and_nothing_is_younger_than_the_end() {
    for rounds in [&[5_000][..], &[2_000, 2_000, 1_000]] {
        let spans = spans(&made(Signal::Traces, rounds).0);
        assert_eq!(spans.len(), 5_000);
        assert!(spans.iter().all(|(_, span)| span.end_time_unix_nano < END));
        let logs = made(Signal::Logs, rounds).0;
        assert_eq!(logs.iter().map(|batch| batch.records).sum::<usize>(), 5_000);
        let points: usize = made(Signal::Metrics, rounds).0.iter().map(|batch| batch.records).sum();
        assert!((5_000..5_000 + 3 * 2_000).contains(&points), "{points}");
    }
}

#[test]
fn a_request_is_of_one_service() {
    for batch in &made(Signal::Traces, &[5_000]).0 {
        let spans = spans(std::slice::from_ref(batch));
        assert!(spans.iter().all(|(service, _)| *service == spans[0].0));
        assert_eq!(spans.len(), batch.records);
    }
}

#[test]
fn what_is_expected_of_traces_was_sent() {
    let (batches, expected) = made(Signal::Traces, &[20_000]);
    let mut sent: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, span) in spans(&batches) {
        sent.entry(hex(&span.trace_id)).or_default().push(hex(&span.span_id));
    }
    for sample in expected.traces.kept() {
        let mut ids = sample.span_ids.clone();
        ids.sort_unstable();
        sent.get_mut(&sample.trace_id).unwrap().sort_unstable();
        assert_eq!(sent[&sample.trace_id], ids);
    }
    assert!(expected.traces.kept().len() > 100);
    assert!(expected.traces_with(0).len() > expected.traces_with(1).len());
}

#[test]
fn what_is_expected_of_lines_adds_up() {
    let (_, expected) = made(Signal::Logs, &[20_000]);
    assert_eq!(expected.lines_by_service.values().flatten().sum::<u64>(), 20_000);
    assert!(!expected.times_with(0).is_empty() && expected.times_with(0).is_sorted_by(|a, b| a >= b));
    for sample in expected.trace_lines.kept() {
        assert_eq!(sample.request_times.len(), 2, "{}", sample.request);
    }
}
