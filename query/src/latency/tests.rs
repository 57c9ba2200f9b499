use proptest::prelude::*;

use super::*;

fn sketch(durations: &[i64]) -> Sketch {
    let mut sketch = Sketch::default();
    durations.iter().for_each(|duration| sketch.add(*duration));
    sketch
}

#[test]
fn nothing_is_zero() {
    let empty = Sketch::default();
    assert_eq!(empty.latency(), Latency::default());
    assert!(empty.panel().is_empty());
}

#[test]
fn one_duration_is_every_percentile() {
    let latency = sketch(&[1_234_567]).latency();
    assert_eq!((latency.p50_ns, latency.p99_ns, latency.max_ns), (1_234_567.0, 1_234_567.0, 1_234_567.0));
}

#[test]
fn the_panel_has_about_twenty_buckets_and_every_request() {
    let sketch = sketch(&(0..10_000).map(|i| i * i * 37).collect::<Vec<_>>());
    let panel = sketch.panel();
    assert!((10..=21).contains(&panel.len()), "{}", panel.len());
    assert_eq!(panel.iter().map(|bucket| bucket.count).sum::<u64>(), 10_000);
    assert!(panel.windows(2).all(|pair| pair[0].upper_ns == pair[1].lower_ns));
}

proptest! {
    #[test]
    fn percentiles_are_within_the_promised_error(
        mut durations in prop::collection::vec(0_i64..10_000_000_000_000, 1..300),
        percent in 1.0_f64..100.0,
    ) {
        let sketch = sketch(&durations);
        durations.sort_unstable();
        let rank = (percent / 100.0 * durations.len() as f64).ceil().max(1.0) as usize;
        let exact = durations[rank - 1] as f64;
        let found = sketch.percentile(percent);
        prop_assert!((found - exact).abs() <= exact * 0.0225 + 1.0, "{found} for {exact}");
    }

    #[test]
    fn merging_is_adding(left in prop::collection::vec(0_i64..1_000_000_000, 0..50), right in prop::collection::vec(0_i64..1_000_000_000, 0..50)) {
        let mut merged = sketch(&left);
        merged.merge(&sketch(&right));
        let all: Vec<i64> = left.iter().chain(&right).copied().collect();
        prop_assert_eq!(merged, sketch(&all));
    }
}
