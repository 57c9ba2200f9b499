use proptest::prelude::*;

use super::{Accumulator, Aggregate, distinct, named, names, quantile};
use crate::value::{Value, json};

/// The result of an aggregate over values, the i-th of a record at i seconds; the same, merged of two halves.
#[track_caller]
fn check(aggregate: Aggregate, constant: Option<&str>, values: &[Value], expected: Value) {
    let constant = constant.map(Value::text);
    let mut whole = Accumulator::new(aggregate, constant.as_ref()).unwrap();
    let mut halves = [whole.clone(), whole.clone()];
    for (i, value) in values.iter().enumerate() {
        whole.add(value, Some(i as i64 * 1_000));
        halves[i % 2].add(value, Some(i as i64 * 1_000));
    }
    assert_eq!(whole.finish(), expected, "{aggregate:?} {values:?}");
    let [mut first, second] = halves;
    let mut from_bytes = Accumulator::new(aggregate, constant.as_ref()).unwrap();
    for half in [&first, &second] {
        from_bytes.merge_bytes(&half.to_bytes()).unwrap();
    }
    assert_eq!(from_bytes.finish(), expected, "of bytes {aggregate:?} {values:?}");
    first.merge(&second);
    assert_eq!(first.finish(), expected, "merged {aggregate:?} {values:?}");
}

fn numbers(numbers: &[f64]) -> Vec<Value> {
    numbers.iter().map(|number| Value::Number(*number)).collect()
}

fn mixed() -> Vec<Value> {
    vec![Value::text("4"), Value::Null, Value::Number(1.0), Value::text("x"), Value::Number(4.0)]
}

#[test]
fn sums_and_counts() {
    check(Aggregate::Count, None, &mixed(), Value::Number(4.0));
    check(Aggregate::Count, None, &[], Value::Number(0.0));
    check(Aggregate::CountOverTime, None, &mixed(), Value::Number(4.0));
    check(Aggregate::CountOverTime, None, &[Value::Null], Value::Number(0.0));
    check(Aggregate::Sum, None, &mixed(), Value::Number(9.0));
    check(Aggregate::Sum, None, &[Value::text("x")], Value::Null);
    check(Aggregate::Sum, None, &numbers(&[1e16, 1.0, -1e16, 1.0]), Value::Number(2.0));
    check(Aggregate::SumOverTime, None, &mixed(), Value::Number(9.0));
    check(Aggregate::SumOverTime, None, &numbers(&[0.5, 0.25]), Value::Number(0.75));
    check(Aggregate::Avg, None, &mixed(), Value::Number(3.0));
    check(Aggregate::Avg, None, &[], Value::Null);
}

#[test]
fn spread_is_of_the_population() {
    let values = numbers(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
    check(Aggregate::Variance, None, &values, Value::Number(4.0));
    check(Aggregate::Stddev, None, &values, Value::Number(2.0));
    check(Aggregate::Variance, None, &numbers(&[3.0]), Value::Number(0.0));
    check(Aggregate::Stddev, None, &[Value::Null], Value::Null);
}

#[test]
fn extremes() {
    check(Aggregate::Max, None, &mixed(), Value::Number(4.0));
    check(Aggregate::Max, None, &[Value::Time(5), Value::Time(9)], Value::Time(9));
    check(Aggregate::Min, None, &mixed(), Value::Number(1.0));
    check(Aggregate::Min, None, &[Value::text("x")], Value::Null);
    check(Aggregate::SortsFirst, None, &mixed(), Value::text("x"));
    check(Aggregate::SortsFirst, None, &[Value::text("a10"), Value::text("a9")], Value::text("a9"));
    check(Aggregate::SortsLast, None, &[Value::text("a10"), Value::text("a9")], Value::text("a10"));
    check(Aggregate::SortsLast, None, &[Value::text("a"), Value::text("5")], Value::text("5"));
    check(Aggregate::Earliest, None, &mixed(), Value::text("4"));
    check(Aggregate::Earliest, None, &[Value::Null, Value::text("b"), Value::text("a")], Value::text("b"));
    check(Aggregate::Latest, None, &mixed(), Value::Number(4.0));
    check(Aggregate::Latest, None, &[Value::text("b"), Value::text("a"), Value::Null], Value::text("a"));
}

#[test]
fn quantiles_lie_between_the_nearest_ranks() {
    let values = numbers(&[4.0, 1.0, 3.0, 2.0]);
    check(Aggregate::Pct, Some("50"), &values, Value::Number(2.5));
    check(Aggregate::Pct, Some("0"), &values, Value::Number(1.0));
    check(Aggregate::Pct, Some("100"), &values, Value::Number(4.0));
    check(Aggregate::Pct, Some("90"), &numbers(&[10.0, 20.0]), Value::Number(19.0));
    check(Aggregate::Pct, Some("99"), &[Value::Null], Value::Null);
    assert!(Accumulator::new(Aggregate::Pct, Some(&Value::Number(101.0))).is_none());
    assert!(Accumulator::new(Aggregate::Pct, None).is_none());
}

#[test]
fn sets_of_values() {
    check(Aggregate::CountDistinct, None, &mixed(), Value::Number(3.0));
    check(Aggregate::CountDistinct, None, &[Value::Null], Value::Number(0.0));
    let set = Value::from_iter([Value::text("x"), Value::Number(1.0), Value::text("4")]);
    check(Aggregate::Values, None, &mixed(), set);
    check(Aggregate::Values, None, &[Value::Null], Value::from_iter([]));
    let top = json::parse(r#"[{"value":"a","count":2}]"#).unwrap();
    check(Aggregate::Topk, Some("1"), &["a", "b", "a"].map(Value::text), top);
    let both = json::parse(r#"[{"value":"a","count":1},{"value":"b","count":1}]"#).unwrap();
    check(Aggregate::Topk, Some("5"), &["b", "a"].map(Value::text), both);
}

#[test]
fn rates_and_histograms() {
    check(Aggregate::Rate, Some("1m"), &numbers(&[10.0, 11.0, 16.0]), Value::Number(180.0));
    check(Aggregate::Rate, Some("1s"), &numbers(&[10.0]), Value::Null);
    let buckets = json::parse(r#"[{"from":0,"to":5,"count":2},{"from":5,"to":10,"count":2}]"#).unwrap();
    check(Aggregate::Histogram, Some("2"), &numbers(&[0.0, 4.9, 5.0, 10.0]), buckets);
    let one = json::parse(r#"[{"from":3,"to":3,"count":2}]"#).unwrap();
    check(Aggregate::Histogram, Some("4"), &numbers(&[3.0, 3.0]), one);
    check(Aggregate::Histogram, Some("4"), &[], Value::from_iter([]));
}

#[test]
fn beyond_their_limits_results_are_close() {
    let mut distinct = Accumulator::new(Aggregate::CountDistinct, None).unwrap();
    let mut other = distinct.clone();
    let mut p90 = Accumulator::new(Aggregate::Pct, Some(&Value::Number(90.0))).unwrap();
    for i in 0..100_000 {
        if i % 2 == 0 { &mut distinct } else { &mut other }.add(&Value::Number(f64::from(i)), None);
        p90.add(&Value::Number(f64::from((i * 7_919) % 100_000)), None);
    }
    assert!(!distinct.is_approximate() || 50_000 > distinct::EXACT_MAX);
    distinct.merge(&other);
    let count = distinct.finish().as_number().unwrap();
    assert!((count - 100_000.0).abs() < 2_500.0, "{count}");
    assert!(distinct.is_approximate() && distinct.bytes() < 40_000);
    let p90 = {
        assert!(p90.is_approximate() && 100_000 > quantile::EXACT_MAX);
        p90.finish().as_number().unwrap()
    };
    assert!((p90 - 90_000.0).abs() < 900.0, "{p90}");
}

#[test]
fn frequent_values_survive_many_rare_ones() {
    let mut top = Accumulator::new(Aggregate::Topk, Some(&Value::Number(1.0))).unwrap();
    for i in 0..150_000 {
        top.add(&Value::Number(f64::from(i)), None);
        top.add(&Value::text("often"), None);
    }
    assert_eq!(top.finish(), json::parse(r#"[{"value":"often","count":150000}]"#).unwrap());
    assert!(top.is_approximate());
}

#[test]
fn aggregates_are_found_by_name() {
    assert_eq!(named("COUNTDISTINCT"), Some(Aggregate::CountDistinct));
    assert_eq!(named("count_over_time").map(Aggregate::name), Some("countOverTime"));
    assert_eq!(named("nosuch"), None);
    assert_eq!(names().count(), 23);
}

/// An accumulator of every kind.
fn all_kinds() -> Vec<Accumulator> {
    let constant = |text: &str| Some(Value::text(text));
    names()
        .filter_map(named)
        .map(|aggregate| {
            let constant = match aggregate {
                Aggregate::Rate => constant("1m"),
                Aggregate::Pct | Aggregate::Topk | Aggregate::Histogram => constant("5"),
                _ => None,
            };
            Accumulator::new(aggregate, constant.as_ref()).unwrap()
        })
        .collect()
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(prop_oneof![0u8..8, any::<u8>()], 0..80), cut in 0usize..60) {
        for mut accumulator in all_kinds() {
            let _ = accumulator.merge_bytes(&bytes);
            let _ = accumulator.finish();
            accumulator.add(&Value::text("7"), Some(5));
            let mut whole = accumulator.to_bytes();
            whole.truncate(cut);
            let _ = accumulator.merge_bytes(&whole);
            let _ = accumulator.finish();
        }
    }

    #[test]
    fn buckets_are_within_half_a_percent(number in prop_oneof![-1e9f64..1e9, -1.0f64..1.0, 1e-9f64..1e-6]) {
        let mut quantile = quantile::Quantile::default();
        for _ in 0..=quantile::EXACT_MAX {
            quantile.add(number);
        }
        quantile.add(number.abs() * 2.0 + 1.0);
        quantile.add(-number.abs() * 2.0 - 1.0);
        let found = quantile.at(0.5).unwrap();
        prop_assert!((found - number).abs() <= number.abs() * 0.005 + 1e-12, "{found} {number}");
    }
}
