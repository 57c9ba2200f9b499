use api::Nanos;

use super::*;

fn trace(start: i64, duration_ns: i64, class: Class) -> TraceSummary {
    TraceSummary {
        trace_id: start.to_string(),
        start_time_unix_nano: Nanos(start),
        duration_ns,
        class,
        root_service: String::new(),
        root_name: String::new(),
        http_method: None,
        http_status_code: None,
        span_count: 1,
        services: Vec::new(),
        matched_span_id: String::new(),
        matched_spans: 1,
    }
}

#[test]
fn dots_stand_by_time_and_logarithm_of_duration() {
    let traces =
        [trace(0, 100_000_000, Class::Fault), trace(50, 1_000_000_000, Class::Ok), trace(100, 9_000_000, Class::Ok)];
    let axis = Axis::new(&traces);
    assert_eq!((axis.low, axis.high), (6.0, 10.0));
    let dots = dots(&traces, axis, 0, 100);
    assert_eq!(dots.iter().map(|d| d.index).collect::<Vec<_>>(), [1, 2, 0], "faults lie on top");
    assert_eq!((dots[2].x, dots[2].y), (0.0, 0.5));
    assert_eq!((dots[0].x, dots[0].y), (0.5, 0.25));
}

#[test]
fn no_traces_or_equal_ones_still_give_an_axis() {
    assert!(Axis::new(&[]).levels().len() > 1);
    let axis = Axis::new(&[trace(0, 0, Class::Ok)]);
    assert!(axis.high > axis.low);
    assert!(axis.levels().len() <= 7);
    let y = axis.y(0);
    assert!((0.0..=1.0).contains(&y));
}

#[test]
fn the_axis_is_thinned() {
    let axis = Axis::new(&[trace(0, 1_000, Class::Ok), trace(0, i64::MAX, Class::Ok)]);
    assert!(axis.levels().len() <= 7, "{:?}", axis.levels());
}

#[test]
fn the_nearest_dot_within_reach_is_taken() {
    let traces = [trace(0, 1_000_000, Class::Ok), trace(100, 1_000_000, Class::Ok)];
    let axis = Axis::new(&traces);
    let dots = dots(&traces, axis, 0, 100);
    let y = axis.y(1_000_000) * 50.0;
    assert_eq!(nearest(&dots, (195.0, y), (200.0, 50.0), 8.0), Some(1));
    assert_eq!(nearest(&dots, (100.0, y), (200.0, 50.0), 8.0), None);
}
