use std::sync::Arc;

use arrow::compute::concat_batches;
use proptest::prelude::*;

use super::*;
use crate::codec::tests::{log_record, stored};
use crate::columns::record_batch;
use crate::row::*;

const SERVICES: [&str; 3] = ["b", "", "a long name of a service"];

/// What makes a row: whose it is, when, and how many rows its request has.
type Seed = (usize, i64, usize);

fn resource(number: usize) -> Arc<Resource<'static>> {
    Arc::new(Resource {
        service_name: SERVICES[number % 3].into(),
        attributes: vec![("faas.name".into(), Value::Int(number as i64))],
        ..Resource::default()
    })
}

fn log((number, time, _): Seed, at: usize) -> LogRecord<'static> {
    log_record(&resource(number), time, &format!("line {at}"))
}

fn span((number, time, _): Seed, at: usize) -> Span<'static> {
    Span {
        resource: resource(number),
        scope: Arc::default(),
        trace_id: [number as u8 * 50; 16],
        span_id: (at as u64).to_be_bytes(),
        parent_span_id: (number == 1).then_some([7; 8]),
        trace_state: "".into(),
        flags: 300,
        name: "GET /".into(),
        kind: SpanKind::Server,
        start_time_unix_nano: time,
        duration_ns: 5,
        status_code: StatusCode::Ok,
        status_message: "".into(),
        attributes: vec![("at".into(), Value::Int(at as i64))],
        events: Vec::new(),
        links: Vec::new(),
        dropped_attributes_count: 0,
        dropped_events_count: 0,
        dropped_links_count: 0,
    }
}

fn point((number, time, _): Seed, at: usize) -> MetricPoint<'static> {
    MetricPoint {
        resource: resource(number / 2),
        scope: Arc::default(),
        name: SERVICES[number % 2].into(),
        unit: "ms".into(),
        description: "".into(),
        kind: MetricKind::Gauge,
        temporality: None,
        monotonic: false,
        time_unix_nano: time,
        start_time_unix_nano: 0,
        flags: 0,
        attributes: vec![("k".into(), Value::Int(number as i64 / 3))],
        value: Some(at as f64),
        value_int: None,
        count: None,
        sum: None,
        min: None,
        max: None,
        buckets: Buckets::None,
        exemplars: Vec::new(),
    }
}

/// Seals these rows, those of every second request as columns, and compares with the rows sorted one by one.
fn check(signal: Signal, seeds: &[Seed], to_batch: impl Fn(&[(Seed, usize)]) -> Batch<'static>) {
    let set = PromotedSet::fixed();
    let rows: Vec<(Seed, usize)> = seeds.iter().copied().zip(0..).collect();
    let (mut parts, mut rest) = (Vec::new(), rows.as_slice());
    while let Some(((_, _, count), at)) = rest.first() {
        let (request, others) = rest.split_at((*count).min(rest.len()));
        let batch = stored(&to_batch(request));
        parts.push(if at % 2 == 0 {
            Part::Stored(batch)
        } else {
            Part::Columns(record_batch(signal, &[batch], &set).expect("columns"))
        });
        rest = others;
    }
    let sources = Sources::new(signal, &set, &parts).expect("reads");
    let mut sealed = Vec::new();
    for (_, order) in sources.by_day().expect("sorts") {
        sealed.extend(sources.chunks(&order).map(|chunk| chunk.expect("a chunk")));
    }
    let sealed = concat_batches(set.written(signal), &sealed).expect("one schema");

    let all = record_batch(signal, &[stored(&to_batch(&rows))], &set).expect("columns");
    let mut names = Names::default();
    let keys = column_keys(signal, &all, &mut names);
    let mut expected = rows.clone();
    let name = |row: usize| match signal {
        Signal::Spans => "",
        Signal::Logs => all.column_by_name("service_name").expect("column").as_string::<i32>().value(row),
        Signal::Metrics => all.column_by_name("name").expect("column").as_string::<i32>().value(row),
    };
    let below = if signal == Signal::Spans { u128::MAX } else { (1 << NAME_SHIFT) - 1 };
    expected.sort_by_key(|(_, at)| {
        let (major, time) = keys[*at];
        (day(time), name(*at), major & below, time, *at)
    });
    let expected = record_batch(signal, &[stored(&to_batch(&expected))], &set).expect("columns");
    assert_eq!(sealed, expected);
}

proptest! {
    #[test]
    fn rows_come_out_in_order_whether_they_were_columns_or_not(
        seeds in prop::collection::vec(
            (0usize..5, prop_oneof![Just(i64::MIN), Just(i64::MAX), -2 * DAY_NS..2 * DAY_NS, 0i64..3], 1usize..5), 1..40),
    ) {
        check(Signal::Logs, &seeds, |rows| Batch::Logs(rows.iter().map(|(seed, at)| log(*seed, *at)).collect()));
        check(Signal::Spans, &seeds, |rows| Batch::Spans(rows.iter().map(|(seed, at)| span(*seed, *at)).collect()));
        check(Signal::Metrics, &seeds, |rows| Batch::Metrics(rows.iter().map(|(seed, at)| point(*seed, *at)).collect()));
    }
}

#[test]
fn no_rows_have_no_days() {
    let set = PromotedSet::fixed();
    let sources = Sources::new(Signal::Spans, &set, &[]).expect("reads");
    assert!(sources.by_day().expect("sorts").is_empty());
}
