use super::*;
use crate::metric::point::{Buckets, Exponential};

fn gauge(time: i64, value: f64) -> Point {
    Point { time, value, ..Point::default() }
}

#[track_caller]
fn check(points: &[Point], expected: &[(Statistic, f64)]) {
    let mut period = Accumulator::default();
    points.iter().for_each(|point| period.add(point, true));
    for (statistic, value) in expected {
        let found = period.statistic(*statistic, 60.0).unwrap();
        assert!((found - value).abs() < 1e-9, "{statistic}: {found}, not {value}");
    }
}

#[test]
fn nothing_has_no_statistic() {
    assert_eq!(Accumulator::default().statistic(Statistic::Sum, 60.0), None);
}

#[test]
fn values() {
    check(
        &[gauge(1, 4.0), gauge(3, 2.0), gauge(2, 6.0)],
        &[
            (Statistic::SampleCount, 3.0),
            (Statistic::Sum, 12.0),
            (Statistic::Average, 4.0),
            (Statistic::Minimum, 2.0),
            (Statistic::Maximum, 6.0),
            (Statistic::Rate, 0.2),
            (Statistic::Last, 2.0),
            (Statistic::Percentile(50.0), 4.0),
        ],
    );
}

#[test]
fn an_explicit_histogram() {
    let point = Point {
        kind: PointKind::Measurements,
        count: 100.0,
        sum: Some(900.0),
        min: Some(2.0),
        max: Some(30.0),
        buckets: Buckets::Explicit(vec![10.0, 20.0], vec![50.0, 40.0, 10.0]),
        ..Point::default()
    };
    check(
        &[point],
        &[
            (Statistic::SampleCount, 100.0),
            (Statistic::Average, 9.0),
            (Statistic::Minimum, 2.0),
            (Statistic::Maximum, 30.0),
            (Statistic::Percentile(25.0), 6.0),
            (Statistic::Percentile(50.0), 10.0),
            (Statistic::Percentile(90.0), 20.0),
            (Statistic::Percentile(95.0), 25.0),
        ],
    );
}

#[test]
fn an_exponential_histogram() {
    // Scale 0: buckets (1, 2], (2, 4], (4, 8].
    let exponential = Exponential { positive: (0, vec![10.0, 10.0, 10.0]), zero_count: 10.0, ..Exponential::default() };
    let point = Point {
        kind: PointKind::Measurements,
        count: 40.0,
        sum: Some(100.0),
        buckets: Buckets::Exponential(exponential),
        ..Point::default()
    };
    check(
        &[point],
        &[
            (Statistic::Minimum, 0.0),
            (Statistic::Maximum, 8.0),
            (Statistic::Percentile(25.0), 0.0),
            (Statistic::Percentile(50.0), 2.0),
            (Statistic::Percentile(87.5), 6.0),
        ],
    );
}

#[test]
fn a_summary() {
    let point = Point {
        kind: PointKind::AllMeasurements,
        count: 10.0,
        sum: Some(50.0),
        buckets: Buckets::Quantiles(vec![(0.0, 1.0), (0.5, 4.0), (1.0, 9.0)]),
        ..Point::default()
    };
    check(
        &[point],
        &[
            (Statistic::Average, 5.0),
            (Statistic::Percentile(50.0), 4.0),
            (Statistic::Percentile(100.0), 9.0),
            (Statistic::Percentile(75.0), 6.5),
        ],
    );
}

#[test]
fn a_sent_quantile_is_answered_as_sent() {
    let point = Point {
        kind: PointKind::AllMeasurements,
        count: 7.0,
        sum: Some(21.0),
        buckets: Buckets::Quantiles(vec![(0.5, 2.0), (0.9, 3.5), (0.99, 4.0)]),
        ..Point::default()
    };
    let expected =
        [(Statistic::Percentile(50.0), 2.0), (Statistic::Percentile(90.0), 3.5), (Statistic::Percentile(99.0), 4.0)];
    check(std::slice::from_ref(&point), &expected);
    // The same where it is not known how many measurements were added.
    let alone = Point { count: 0.0, sum: None, ..point };
    check(std::slice::from_ref(&alone), &expected);
    let mut period = Accumulator::default();
    period.add(&alone, true);
    for unknown in [Statistic::SampleCount, Statistic::Sum, Statistic::Minimum, Statistic::Maximum] {
        assert_eq!(period.statistic(unknown, 60.0), None, "{unknown}");
    }
}

#[test]
fn a_histogram_without_a_sum_has_none() {
    let point = Point {
        kind: PointKind::Measurements,
        count: 4.0,
        buckets: Buckets::Explicit(vec![-5.0, 5.0], vec![2.0, 2.0, 0.0]),
        ..Point::default()
    };
    let mut period = Accumulator::default();
    period.add(&point, true);
    let known = Point { sum: Some(3.0), ..point };
    period.add(&known, true);
    assert_eq!(period.statistic(Statistic::SampleCount, 60.0), Some(8.0));
    for unknown in [Statistic::Sum, Statistic::Average, Statistic::Rate] {
        assert_eq!(period.statistic(unknown, 60.0), None, "{unknown}");
    }
}
