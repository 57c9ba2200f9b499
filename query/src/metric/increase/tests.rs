use super::*;
use crate::metric::point::PointKind;

fn counter(time: i64, start: i64, value: f64) -> Point {
    Point { time, start: Some(start), series: 1, kind: PointKind::Counter, value, ..Point::default() }
}

fn histogram(time: i64, counts: &[f64]) -> Point {
    Point {
        time,
        start: Some(1),
        series: 1,
        kind: PointKind::AllMeasurements,
        count: counts.iter().sum(),
        sum: Some(counts.iter().sum::<f64>() * 2.0),
        buckets: Buckets::Explicit(vec![1.0, 5.0], counts.to_vec()),
        ..Point::default()
    }
}

#[test]
fn a_counter_counts_from_point_to_point() {
    assert_eq!(of(Some(&counter(10, 1, 7.0)), &counter(20, 1, 9.0), 0).unwrap().value, 2.0);
    assert_eq!(of(Some(&counter(10, 1, 7.0)), &counter(20, 1, 7.0), 0).unwrap().value, 0.0);
}

#[test]
fn a_reset_begins_at_zero() {
    assert_eq!(of(Some(&counter(10, 1, 7.0)), &counter(20, 1, 3.0), 0).unwrap().value, 3.0);
    // The start time says so although the value did not fall.
    assert_eq!(of(Some(&counter(10, 1, 7.0)), &counter(20, 15, 9.0), 0).unwrap().value, 9.0);
}

#[test]
fn the_first_point_counts_where_its_start_was_read() {
    assert_eq!(of(None, &counter(20, 15, 9.0), 10).unwrap().value, 9.0);
    assert_eq!(of(None, &counter(20, 5, 9.0), 10), None);
    assert_eq!(of(None, &Point { start: None, ..counter(20, 0, 9.0) }, 10), None);
}

#[test]
fn histograms_are_subtracted_bucket_by_bucket() {
    let added = of(Some(&histogram(10, &[1.0, 2.0, 3.0])), &histogram(20, &[1.0, 4.0, 3.0]), 0).unwrap();
    assert_eq!((added.count, added.sum), (2.0, Some(4.0)));
    assert_eq!(added.buckets, Buckets::Explicit(vec![1.0, 5.0], vec![0.0, 2.0, 0.0]));
    // A bucket that fell is a restart although the total grew.
    let restarted = of(Some(&histogram(10, &[1.0, 2.0, 3.0])), &histogram(20, &[0.0, 9.0, 0.0]), 0).unwrap();
    assert_eq!(restarted.count, 9.0);
}

#[test]
fn exponential_histograms_of_different_scale_meet_at_the_coarser_one() {
    let at = |scale: i32, offset: i32, counts: &[f64]| Point {
        kind: PointKind::AllMeasurements,
        start: Some(1),
        count: counts.iter().sum(),
        buckets: Buckets::Exponential(Exponential {
            scale,
            positive: (offset, counts.to_vec()),
            ..Exponential::default()
        }),
        ..Point::default()
    };
    let added = of(Some(&at(1, 3, &[1.0, 2.0])), &at(0, 0, &[0.0, 4.0, 5.0]), 0).unwrap();
    let Buckets::Exponential(added) = added.buckets else { panic!("no longer exponential") };
    // Buckets 3 and 4 of scale 1 lie in buckets 1 and 2 of scale 0.
    assert_eq!((added.scale, added.positive), (0, (0, vec![0.0, 3.0, 3.0])));
}

#[test]
fn the_quantiles_of_a_first_summary_are_known_although_its_count_is_not() {
    let summary = Point {
        time: 20,
        kind: PointKind::AllMeasurements,
        count: 100.0,
        sum: Some(200.0),
        buckets: Buckets::Quantiles(vec![(0.5, 2.0)]),
        ..Point::default()
    };
    let first = of(None, &summary, 10).unwrap();
    assert_eq!((first.count, first.sum, &first.buckets), (0.0, None, &summary.buckets));
    let later = Point { time: 30, count: 104.0, sum: Some(210.0), ..summary.clone() };
    let added = of(Some(&summary), &later, 10).unwrap();
    assert_eq!((added.count, added.sum), (4.0, Some(10.0)));
}
