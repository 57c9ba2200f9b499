use metrics_v1::exponential_histogram_data_point::Buckets as SentBuckets;
use metrics_v1::metric::Data;
use metrics_v1::{
    Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint, Metric,
    NumberDataPoint, Sum, Summary, SummaryDataPoint, exemplar, number_data_point, summary_data_point::ValueAtQuantile,
};
use storage::{Buckets, MetricKind, MetricPoint, Temporality};

use super::*;

fn metric(data: Option<Data>) -> Metric {
    Metric { name: "m".to_owned(), unit: "ms".to_owned(), description: "d".to_owned(), metadata: vec![], data }
}

fn number(value: Option<number_data_point::Value>) -> NumberDataPoint {
    NumberDataPoint { time_unix_nano: 1000, start_time_unix_nano: 500, value, ..Default::default() }
}

fn double(value: f64) -> NumberDataPoint {
    number(Some(number_data_point::Value::AsDouble(value)))
}

fn histogram(point: HistogramDataPoint) -> Metric {
    let point = HistogramDataPoint { time_unix_nano: 1000, ..point };
    metric(Some(Data::Histogram(Histogram { data_points: vec![point], aggregation_temporality: 1 })))
}

fn exponential(point: ExponentialHistogramDataPoint) -> Metric {
    let point = ExponentialHistogramDataPoint { time_unix_nano: 1000, ..point };
    let data = ExponentialHistogram { data_points: vec![point], aggregation_temporality: 2 };
    metric(Some(Data::ExponentialHistogram(data)))
}

fn summary(quantile: f64) -> Metric {
    let quantile_values = vec![ValueAtQuantile { quantile, value: 7.0 }];
    let point = SummaryDataPoint { time_unix_nano: 1000, count: 3, sum: 9.0, quantile_values, ..Default::default() };
    metric(Some(Data::Summary(Summary { data_points: vec![point] })))
}

#[track_caller]
fn kept(sent: Metric) -> MetricPoint<'static> {
    let (mut rows, refused) = convert_metrics(vec![sent], &Limits::default());
    assert_eq!(refused.total(), 0, "{}", refused.message(Signal::Metrics));
    rows.remove(0)
}

#[track_caller]
fn refused(reason: &str, sent: Metric) {
    let whole = metric(Some(Data::Gauge(Gauge { data_points: vec![double(1.0)] })));
    let (rows, refused) = convert_metrics(vec![sent, whole], &Limits::default());
    assert_eq!(refused.message(Signal::Metrics), format!("1 data point refused: {reason} (1)"));
    assert_eq!(rows.len(), 1);
}

#[test]
fn numbers() {
    let row = kept(metric(Some(Data::Gauge(Gauge { data_points: vec![double(1.5)] }))));
    assert_eq!((row.kind, row.temporality, row.value, row.value_int), (MetricKind::Gauge, None, Some(1.5), None));
    assert_eq!((&*row.name, &*row.unit, &*row.description), ("m", "ms", "d"));
    assert_eq!((row.time_unix_nano, row.start_time_unix_nano), (1000, 500));

    let data_points = vec![number(Some(number_data_point::Value::AsInt(-3)))];
    let row = kept(metric(Some(Data::Sum(Sum { data_points, aggregation_temporality: 2, is_monotonic: true }))));
    assert_eq!((row.kind, row.temporality), (MetricKind::Sum, Some(Temporality::Cumulative)));
    assert_eq!((row.monotonic, row.value, row.value_int), (true, Some(-3.0), Some(-3)));

    assert!(kept(metric(Some(Data::Gauge(Gauge { data_points: vec![double(f64::NAN)] })))).value.unwrap().is_nan());
}

#[test]
fn a_point_needs_a_value_or_says_that_it_has_none() {
    let gauge = |point| metric(Some(Data::Gauge(Gauge { data_points: vec![point] })));
    refused("the point has no value and no flag that says so", gauge(number(None)));
    let row = kept(gauge(NumberDataPoint { flags: 1, ..number(None) }));
    assert_eq!((row.value, row.flags), (None, 1));
}

#[test]
fn a_metric_needs_a_name_data_and_a_temporality() {
    refused(
        "the metric has no data of a known kind (gauge, sum, histogram, exponentialHistogram, summary)",
        metric(None),
    );
    let gauge = Some(Data::Gauge(Gauge { data_points: vec![double(1.0)] }));
    refused("the metric has no name", Metric { name: String::new(), ..metric(gauge) });
    for found in [0, 3, -1] {
        let sum = Sum { data_points: vec![double(1.0)], aggregation_temporality: found, is_monotonic: false };
        let reason = format!("aggregation_temporality is {found}, must be 1 (delta) or 2 (cumulative)");
        refused(&reason, metric(Some(Data::Sum(sum))));
    }
    let (rows, refused) = convert_metrics(vec![metric(Some(Data::Gauge(Gauge::default())))], &Limits::default());
    assert_eq!((rows.len(), refused.total()), (0, 0));
}

#[test]
fn a_refused_metric_counts_its_points() {
    let sum = Sum { data_points: vec![double(1.0); 5], ..Default::default() };
    let (rows, refused) = convert_metrics(vec![metric(Some(Data::Sum(sum)))], &Limits::default());
    assert_eq!((rows.len(), refused.total()), (0, 5));
}

#[test]
fn times_are_sent_and_fit() {
    let gauge = |point| metric(Some(Data::Gauge(Gauge { data_points: vec![point] })));
    let untimed = NumberDataPoint { time_unix_nano: 0, ..double(1.0) };
    refused("time_unix_nano is 0, must be nanoseconds since the epoch", gauge(untimed));
    let late = NumberDataPoint { start_time_unix_nano: 1 << 63, ..double(1.0) };
    let range = "is 9223372036854775808, must be at most 9223372036854775807";
    refused(&format!("start_time_unix_nano {range}"), gauge(late));
    assert_eq!(kept(gauge(NumberDataPoint { start_time_unix_nano: 0, ..double(1.0) })).start_time_unix_nano, 0);
}

#[test]
fn histograms() {
    let row = kept(histogram(HistogramDataPoint {
        count: 6,
        sum: Some(21.0),
        min: Some(1.0),
        max: None,
        bucket_counts: vec![1, 2, 3],
        explicit_bounds: vec![1.0, f64::INFINITY],
        ..Default::default()
    }));
    assert_eq!((row.count, row.sum, row.min, row.max), (Some(6), Some(21.0), Some(1.0), None));
    assert_eq!(row.temporality, Some(Temporality::Delta));
    assert_eq!(row.buckets, Buckets::Explicit { bounds: vec![1.0, f64::INFINITY], counts: vec![1, 2, 3] });

    for (counts, bounds) in [(vec![], vec![]), (vec![4], vec![])] {
        let point =
            HistogramDataPoint { bucket_counts: counts.clone(), explicit_bounds: bounds.clone(), ..Default::default() };
        assert_eq!(kept(histogram(point)).buckets, Buckets::Explicit { bounds, counts });
    }
}

#[test]
fn histograms_that_do_not_fit() {
    let buckets = |bucket_counts, explicit_bounds| {
        histogram(HistogramDataPoint { bucket_counts, explicit_bounds, ..Default::default() })
    };
    let must = "must be one more than bounds or both empty";
    refused(&format!("2 bucket_counts for 2 explicit_bounds, {must}"), buckets(vec![1, 1], vec![1.0, 2.0]));
    refused(&format!("0 bucket_counts for 1 explicit_bounds, {must}"), buckets(vec![], vec![1.0]));
    let order = "is not above the bound before it";
    refused(&format!("explicit_bounds[1] {order}"), buckets(vec![1, 1, 1], vec![1.0, 1.0]));
    refused(&format!("explicit_bounds[2] {order}"), buckets(vec![1, 1, 1, 1], vec![1.0, 3.0, 2.0]));
    refused(&format!("explicit_bounds[1] {order}"), buckets(vec![1, 1, 1], vec![1.0, f64::NAN]));
    refused(&format!("explicit_bounds[0] {order}"), buckets(vec![1, 1], vec![f64::NAN]));
    let above = "is above 9223372036854775807";
    refused(&format!("bucket_counts {above}"), buckets(vec![u64::MAX], vec![]));
    let uncountable = HistogramDataPoint { count: u64::MAX, ..Default::default() };
    refused(&format!("count {above}"), histogram(uncountable));
}

#[test]
fn exponential_histograms() {
    let row = kept(exponential(ExponentialHistogramDataPoint {
        count: 9,
        scale: -1,
        zero_count: 2,
        zero_threshold: 0.5,
        positive: Some(SentBuckets { offset: -3, bucket_counts: vec![1, 2] }),
        ..Default::default()
    }));
    let Buckets::Exponential(buckets) = row.buckets else { panic!("{:?}", row.buckets) };
    assert_eq!((buckets.scale, buckets.zero_count, buckets.zero_threshold), (-1, 2, 0.5));
    assert_eq!((buckets.positive_offset, buckets.positive_counts), (-3, vec![1, 2]));
    assert_eq!((buckets.negative_offset, buckets.negative_counts), (0, vec![]));
    let beyond = SentBuckets { offset: i32::MAX, bucket_counts: vec![1] };
    refused(
        "the index of an exponential bucket does not fit 32 bits",
        exponential(ExponentialHistogramDataPoint { negative: Some(beyond), ..Default::default() }),
    );
}

#[test]
fn summaries() {
    let row = kept(summary(0.99));
    assert_eq!((row.kind, row.count, row.sum), (MetricKind::Summary, Some(3), Some(9.0)));
    assert_eq!(row.buckets, Buckets::Quantiles(vec![(0.99, 7.0)]));
    assert_eq!(kept(summary(0.0)).buckets, Buckets::Quantiles(vec![(0.0, 7.0)]));
    refused("a quantile is 1.01, must be 0 to 1", summary(1.01));
    refused("a quantile is NaN, must be 0 to 1", summary(f64::NAN));
}

#[test]
fn exemplars_point_at_traces() {
    let exemplar = Exemplar {
        time_unix_nano: 900,
        value: Some(exemplar::Value::AsInt(4)),
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        filtered_attributes: vec![text("user", "u")],
    };
    let gauge = |exemplar| {
        let point = NumberDataPoint { exemplars: vec![exemplar], ..double(1.0) };
        metric(Some(Data::Gauge(Gauge { data_points: vec![point] })))
    };
    let row = kept(gauge(exemplar.clone())).exemplars.remove(0);
    assert_eq!((row.time_unix_nano, row.value), (900, 4.0));
    assert_eq!((row.trace_id, row.span_id), (Some([1; 16]), Some([2; 8])));
    assert_eq!(row.filtered_attributes.len(), 1);
    let short = Exemplar { trace_id: vec![1; 15], ..exemplar };
    refused("exemplars.trace_id is 15 bytes long, must be 16", gauge(short));
}
