use proptest::prelude::*;

use super::*;

fn exponential(schema: i32, first: i32, counts: &[f64]) -> FloatHistogram {
    let positive: Buckets = (first..).zip(counts.iter().copied()).collect();
    let count = counts.iter().sum();
    FloatHistogram { schema, count, positive, ..FloatHistogram::default() }
}

#[test]
fn spans_are_read_and_made() {
    let spans = [Span { offset: -2, length: 2 }, Span { offset: 3, length: 1 }];
    let buckets = Buckets::from_spans(&spans, vec![1.0, 2.0, 3.0]);
    assert_eq!(buckets.indices, [-2, -1, 3]);
    assert_eq!(buckets.spans(), spans);
    assert_eq!(Buckets::from_spans(&spans, vec![1.0]).indices, [-2]);
}

#[test]
fn bounds_of_schemas() {
    for (index, schema, expected) in [
        (0, 0, 1.0),
        (1, 0, 2.0),
        (-1, 0, 0.5),
        (1, 1, 2_f64.sqrt()),
        (2, 1, 2.0),
        (1, -1, 4.0),
        (1024, 0, f64::MAX),
        (1025, 0, f64::INFINITY),
    ] {
        let found = exponential(schema, 0, &[]).positive_bucket(index, 1.0).upper;
        assert!((found / expected - 1.0).abs() < 1e-15 || found == expected, "{index} of {schema}: {found}");
    }
}

#[test]
fn a_histogram_is_printed() {
    let mut histogram = exponential(0, 0, &[2.0, 0.0, 1.0]);
    histogram.sum = 4.5;
    histogram.zero_count = 1.0;
    histogram.zero_threshold = 0.25;
    assert_eq!(histogram.to_string(), "{count:3, sum:4.5, [-0.25,0.25]:1, (0.5,1]:2, (2,4]:1}");
    assert_eq!(histogram.test_notation(), "{{count:3 sum:4.5 z_bucket:1 z_bucket_w:0.25 buckets:[2 0 1]}}");
}

#[test]
fn a_zero_bucket_grows_over_a_bucket_it_would_cut() {
    // A threshold of 1.5 cuts (1,2], which has observations: it becomes 2.
    let mut sum = exponential(0, 0, &[1.0, 2.0, 4.0]);
    let other = FloatHistogram { zero_threshold: 1.5, zero_count: 8.0, count: 8.0, ..FloatHistogram::default() };
    sum.add(&other).unwrap();
    assert_eq!((sum.zero_threshold, sum.zero_count), (2.0, 11.0));
    assert_eq!(sum.positive.iter().collect::<Vec<_>>(), [(2, 4.0)]);
}

#[test]
fn custom_and_exponential_buckets_do_not_mix() {
    let mut custom = FloatHistogram { schema: CUSTOM_SCHEMA, bounds: [1.0].into(), ..FloatHistogram::default() };
    assert_eq!(custom.add(&exponential(0, 0, &[1.0])), Err(IncompatibleSchemas));
}

#[test]
fn resets_are_seen() {
    let before = exponential(0, 0, &[1.0, 2.0]);
    assert!(!exponential(0, 0, &[1.0, 3.0]).is_reset_after(&before));
    assert!(exponential(0, 0, &[0.0, 4.0]).is_reset_after(&before), "a bucket became smaller");
    assert!(exponential(0, 1, &[5.0]).is_reset_after(&before), "a bucket disappeared");
    assert!(exponential(1, 0, &[5.0, 5.0]).is_reset_after(&before), "the resolution became higher");
    // Indices 0 | 1 of schema 0 are 0 | 1 of schema -1.
    assert!(!exponential(-1, 0, &[1.0, 2.0]).is_reset_after(&before), "the resolution became lower");
    let hinted = FloatHistogram { reset_hint: ResetHint::NotReset, ..FloatHistogram::default() };
    assert!(!hinted.is_reset_after(&before), "a hint is believed");
}

#[test]
fn a_sum_of_many_loses_nothing() {
    let one = exponential(0, 0, &[0.1]);
    let mut sum = HistogramSum::of(&one);
    for _ in 0..9 {
        sum.add(&one).unwrap();
    }
    assert_eq!(sum.total().positive.counts, [1.0]);
}

#[test]
fn quantiles_beyond_the_ends() {
    let histogram = exponential(0, 0, &[1.0, 2.0, 1.0]);
    assert_eq!(histogram.quantile(-0.1), f64::NEG_INFINITY);
    assert_eq!(histogram.quantile(1.1), f64::INFINITY);
    assert!(histogram.quantile(f64::NAN).is_nan());
    assert_eq!(histogram.quantile(1.0), 4.0);
    assert_eq!(histogram.quantile(0.0), 0.5);
}

/// Histograms as clients make them: no bucket overlaps the zero bucket.
fn any_histogram() -> impl Strategy<Value = FloatHistogram> {
    let side = prop::collection::btree_map(-40..40_i32, 0..9_u8, 0..6);
    (-4..=8_i32, side.clone(), side, 0..5_u8, any::<bool>()).prop_map(
        |(schema, positive, negative, zero_count, is_wide)| {
            // The bucket 1 begins at 1, whatever the schema.
            let lowest = if is_wide { 1 } else { i32::MIN };
            let buckets = |side: std::collections::BTreeMap<i32, u8>| -> Buckets {
                side.into_iter()
                    .filter(|(index, _)| *index >= lowest)
                    .map(|(index, count)| (index, f64::from(count)))
                    .collect()
            };
            let (positive, negative, zero_count) = (buckets(positive), buckets(negative), f64::from(zero_count));
            let count = positive.counts.iter().chain(&negative.counts).sum::<f64>() + zero_count;
            let zero_threshold = if is_wide { 1.0 } else { 0.0 };
            FloatHistogram {
                schema,
                positive,
                negative,
                zero_count,
                zero_threshold,
                count,
                ..FloatHistogram::default()
            }
        },
    )
}

proptest! {
    /// Whatever is reconciled, no observation is lost.
    #[test]
    fn a_sum_has_all_observations(a in any_histogram(), b in any_histogram()) {
        let mut sum = a.clone();
        sum.add(&b).unwrap();
        let in_buckets = sum.positive.counts.iter().chain(&sum.negative.counts).sum::<f64>() + sum.zero_count;
        prop_assert_eq!(in_buckets, a.count + b.count);
        prop_assert!(sum.positive.indices.is_sorted());
        let mut compensated = HistogramSum::of(&a);
        compensated.add(&b).unwrap();
        let total = compensated.total();
        prop_assert_eq!(total.positive, sum.positive);
        prop_assert_eq!(total.zero_count, sum.zero_count);
    }

    #[test]
    fn quantiles_grow(histogram in any_histogram()) {
        let quantiles: Vec<f64> = [0.1, 0.3, 0.5, 0.7, 0.9].iter().map(|q| histogram.quantile(*q)).collect();
        prop_assert!(quantiles.windows(2).all(|pair| pair[0] <= pair[1] * (1.0 + 1e-9 * pair[1].signum()) || pair[0].is_nan()), "{:?}", quantiles);
    }

    #[test]
    fn a_sum_is_no_reset(a in any_histogram(), b in any_histogram()) {
        let mut sum = a.clone();
        sum.add(&b).unwrap();
        prop_assert!(!sum.is_reset_after(&a));
    }
}
