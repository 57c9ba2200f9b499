use super::*;

#[test]
fn outer_buckets_are_closed() {
    let point = |min, max| Point {
        kind: PointKind::Measurements,
        min,
        max,
        buckets: Buckets::Explicit(vec![5.0, 10.0], vec![1.0, 1.0, 1.0]),
        ..Point::default()
    };
    let ends = |point: Point| point.intervals().iter().map(|i| (i.lower, i.upper)).collect::<Vec<_>>();
    assert_eq!(ends(point(None, None)), [(0.0, 5.0), (5.0, 10.0), (10.0, 10.0)]);
    assert_eq!(ends(point(Some(3.0), Some(40.0))), [(3.0, 5.0), (5.0, 10.0), (10.0, 40.0)]);
}

#[test]
fn negative_exponential_buckets_lie_below_zero() {
    let exponential =
        Exponential { scale: 1, negative: (2, vec![1.0]), positive: (-2, vec![1.0]), ..Exponential::default() };
    let intervals = exponential.intervals(None, None);
    assert_eq!((intervals[0].lower, intervals[0].upper), (0.5, 0.5_f64.sqrt()));
    assert!((intervals[1].lower + 8.0_f64.sqrt()).abs() < 1e-12 && (intervals[1].upper + 2.0).abs() < 1e-12);
}
