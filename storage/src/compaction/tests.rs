use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::segment::{Checksums, Segment};

const TODAY: i32 = 20_000;

fn segment(number: u64, day: i32, rows: u64) -> Arc<Segment> {
    Arc::new(Segment {
        id: format!("{number:012x}-{number:012x}-0"),
        path: format!("{number}.parquet").into(),
        size_bytes: rows * 50,
        rows,
        day,
        time_min_us: i64::from(day) * 86_400_000_000 + number as i64,
        time_max_us: i64::from(day) * 86_400_000_000 + number as i64,
        service_min: None,
        service_max: None,
        checksums: Some(Checksums { file: 0, data_bytes: 0, tail: 0 }),
        sidecar: None,
        expired: Vec::new(),
        columns: Vec::new(),
    })
}

fn limits() -> Limits {
    Limits { segments_min: 8, rows_max: 4 << 20, bytes_max: 1 << 40 }
}

/// Compacts until nothing is left to do; answers the rows that were rewritten.
fn settle(segments: &mut Vec<Arc<Segment>>, today: i32) -> u64 {
    let mut rewritten = 0;
    for number in 1_000_000.. {
        let Some(inputs) = choose(segments, &limits(), today) else { return rewritten };
        let rows = inputs.iter().map(|segment| segment.rows).sum();
        assert!(inputs.len() > 1 && rows <= limits().rows_max);
        assert!(inputs.iter().all(|segment| segment.day == inputs[0].day));
        rewritten += rows;
        segments.retain(|segment| !inputs.iter().any(|input| Arc::ptr_eq(input, segment)));
        segments.push(segment(number, inputs[0].day, rows));
    }
    unreachable!()
}

#[test]
fn a_day_of_small_seals_becomes_few_segments_and_is_rewritten_a_few_times() {
    let mut segments = Vec::new();
    let mut rewritten = 0;
    for minute in 0..1440 {
        segments.push(segment(minute, TODAY, 3_000));
        rewritten += settle(&mut segments, TODAY);
    }
    let rows: u64 = segments.iter().map(|segment| segment.rows).sum();
    assert_eq!(rows, 1440 * 3_000);
    assert!(segments.len() <= 30, "{}", segments.len());
    assert!(rewritten <= rows * 4, "{rewritten} of {rows}");
    settle(&mut segments, TODAY + 2);
    assert!(segments.len() <= 3, "{}", segments.len());
}

#[test]
fn what_is_large_and_what_is_anothers_is_left_alone() {
    let large: Vec<_> = (0..20).map(|number| segment(number, TODAY, 3 << 20)).collect();
    assert_eq!(choose(&large, &limits(), TODAY + 5), None);
    let others = (0..20).map(|number| Arc::new(Segment { checksums: None, ..(*segment(number, TODAY, 10)).clone() }));
    assert_eq!(choose(&others.collect::<Vec<_>>(), &limits(), TODAY + 5), None);
    let few: Vec<_> = (0..7).map(|number| segment(number, TODAY, 10)).collect();
    assert_eq!(choose(&few, &limits(), TODAY), None, "a day that goes on waits for more");
}

proptest! {
    #[test]
    fn it_comes_to_an_end_and_rewrites_a_row_a_few_times(
        sizes in prop::collection::vec((0i32..3, 1u64..2_000_000), 0..80),
    ) {
        let mut segments: Vec<_> =
            (0..).zip(&sizes).map(|(number, (day, rows))| segment(number, TODAY - day, *rows)).collect();
        let rows: u64 = segments.iter().map(|segment| segment.rows).sum();
        let rewritten = settle(&mut segments, TODAY + 5);
        prop_assert_eq!(segments.iter().map(|segment| segment.rows).sum::<u64>(), rows);
        prop_assert!(rewritten <= rows * 12, "{} of {}", rewritten, rows);
        prop_assert_eq!(settle(&mut segments, TODAY + 5), 0);
    }
}
