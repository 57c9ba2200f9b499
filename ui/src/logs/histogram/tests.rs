use api::Nanos;
use api::log::LogBar;

use super::*;

fn histogram(counts: &[[u64; 7]]) -> LogHistogram {
    let bar = |(i, c): (usize, &[u64; 7])| LogBar { time_unix_nano: Nanos(1_000 + i as i64 * 10), counts: *c };
    let total = counts.iter().flatten().sum();
    LogHistogram { step_ns: 10, bars: counts.iter().enumerate().map(bar).collect(), total }
}

#[test]
fn bars_are_stacked_with_the_most_severe_at_the_bottom() {
    let parts = parts(&histogram(&[[0, 0, 0, 6, 0, 2, 0], [0; 7]]));
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0], Part { x: 0.0, width: 0.5, y: 0.75, height: 0.25, severity: 5 });
    assert_eq!(parts[1], Part { x: 0.0, width: 0.5, y: 0.0, height: 0.75, severity: 3 });
}

#[test]
fn nothing_at_all_draws_nothing() {
    assert!(parts(&histogram(&[[0; 7], [0; 7]])).is_empty());
    assert!(parts(&histogram(&[])).is_empty());
    assert_eq!(span(&histogram(&[])), None);
    assert_eq!(bar_at(&histogram(&[]), 0.5), None);
}

#[test]
fn a_brush_takes_whole_bars() {
    let histogram = histogram(&[[1; 7]; 4]);
    assert_eq!(span(&histogram), Some((1_000, 1_040)));
    assert_eq!(brushed(&histogram, 0.3, 0.6), Some((1_010, 1_030)));
    assert_eq!(brushed(&histogram, 0.6, 0.3), Some((1_010, 1_030)));
    assert_eq!(brushed(&histogram, -1.0, 2.0), Some((1_000, 1_040)));
    assert_eq!(bar_at(&histogram, 1.0), Some(3));
}
