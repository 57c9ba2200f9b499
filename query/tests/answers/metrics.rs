use api::alarm::AlarmSource;
use api::log::LogSearch;
use api::metric::{MetricQuery, MetricRequest, Statistic};
use api::{AttributeFilter, FilterOperator, TimeRange};
use serde_json::json as value;

use storage::{Batch, Buckets, MetricKind, MetricPoint, Signal, Temporality};

use super::fixture::{SECOND, Shop, T0, hex, point, trace_id};
use super::{json, same_live_and_sealed};

fn hour() -> TimeRange {
    TimeRange { from: T0.to_string(), to: (T0 + 3_600 * SECOND).to_string() }
}

fn query(metric: &str, statistic: Statistic) -> MetricQuery {
    MetricQuery { metric: metric.to_owned(), statistic, service: None, attributes: Vec::new(), group_by: Vec::new() }
}

async fn values(shop: &Shop, metric: &str, statistic: Statistic, period: u32) -> Vec<Option<f64>> {
    let request =
        MetricRequest { range: hour(), query: query(metric, statistic), period_seconds: Some(period), limit: None };
    let answer = shop.engine.query_metrics(&shop.tenant, &request).await.unwrap();
    answer.series.into_iter().next().unwrap().values
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statistics_of_every_kind() {
    same_live_and_sealed(async |shop| {
        let whole = |metric: &'static str, statistic| async move {
            let points = values(shop, metric, statistic, 7_200).await;
            points.into_iter().flatten().collect::<Vec<f64>>()
        };
        assert_eq!(whole("queue.length", Statistic::Average).await, [30.5]);
        assert_eq!(whole("queue.length", Statistic::Last).await, [60.0]);
        assert_eq!(whole("queue.length", Statistic::Percentile(50.0)).await, [30.0]);
        assert_eq!(whole("queue.length", Statistic::SampleCount).await, [60.0]);
        // Sixty times five, through a restart.
        assert_eq!(whole("orders.placed", Statistic::Sum).await, [300.0]);
        assert_eq!(whole("orders.placed", Statistic::Maximum).await, [5.0]);
        assert_eq!(whole("order.duration", Statistic::SampleCount).await, [600.0]);
        assert_eq!(whole("order.duration", Statistic::Average).await, [10.0]);
        assert_eq!(whole("order.duration", Statistic::Maximum).await, [30.0]);
        assert_eq!(whole("order.duration", Statistic::Percentile(50.0)).await, [10.0]);
        assert_eq!(whole("order.duration", Statistic::Percentile(95.0)).await, [25.0]);
        json(values(shop, "orders.placed", Statistic::Rate, 60).await)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_by_attribute_with_exemplars() {
    same_live_and_sealed(async |shop| {
        let grouped = MetricQuery {
            group_by: vec!["app.plan".into(), "service.name".into()],
            ..query("queue.length", Statistic::Sum)
        };
        let request = MetricRequest { range: hour(), query: grouped, period_seconds: None, limit: None };
        let answer = shop.engine.query_metrics(&shop.tenant, &request).await.unwrap();
        assert_eq!((answer.period_seconds, answer.unit.as_str()), (60, "ms"));
        let lines: Vec<(&str, f64)> = answer
            .series
            .iter()
            .map(|series| (series.labels["app.plan"].as_str(), series.values.iter().flatten().sum()))
            .collect();
        assert_eq!(lines, [("gold", 930.0), ("basic", 900.0)]);
        assert_eq!(answer.series[0].labels["service.name"], "orders");
        let request = MetricRequest { limit: Some(1), ..request };
        let cut = shop.engine.query_metrics(&shop.tenant, &request).await.unwrap();
        assert_eq!((cut.series.len(), cut.truncated.unwrap().limit), (1, Some(1)));
        let request = MetricRequest {
            range: hour(),
            query: query("order.duration", Statistic::Average),
            period_seconds: None,
            limit: None,
        };
        let with_exemplars = shop.engine.query_metrics(&shop.tenant, &request).await.unwrap();
        assert_eq!(with_exemplars.exemplars.len(), 50);
        json((answer, with_exemplars))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_and_attributes_that_exist() {
    same_live_and_sealed(async |shop| {
        let list = shop.engine.list_metrics(&shop.tenant, &hour()).await.unwrap();
        let names: Vec<(&str, &str, u64)> =
            list.metrics.iter().map(|metric| (metric.name.as_str(), metric.kind.as_str(), metric.series)).collect();
        assert_eq!(
            names,
            [("order.duration", "histogram", 1), ("orders.placed", "sum", 1), ("queue.length", "gauge", 2)]
        );
        assert_eq!(list.metrics[1].temporality.as_deref(), Some("cumulative"));
        let keys = shop.engine.attribute_keys(&shop.tenant, Signal::Spans, &hour(), "app.").await.unwrap();
        let keys: Vec<(&str, u64)> = keys.keys.iter().map(|key| (key.key.as_str(), key.count)).collect();
        assert_eq!(keys, [("app.visitor", 200), ("app.items", 1), ("app.plan", 1), ("app.price", 1)]);
        let values =
            shop.engine.attribute_values(&shop.tenant, Signal::Spans, "http.status_code", &hour(), "").await.unwrap();
        let values: Vec<(&serde_json::Value, u64)> = values.values.iter().map(|of| (&of.value, of.count)).collect();
        assert_eq!(values, [(&value!("200"), 180), (&value!("404"), 20), (&value!("500"), 1)]);
        json(list)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alarms_on_metrics_and_logs() {
    same_live_and_sealed(async |shop| {
        let gold = AttributeFilter { key: "app.plan".into(), operator: FilterOperator::Eq, value: value!("gold") };
        let metric =
            AlarmSource::Metric(MetricQuery { attributes: vec![gold], ..query("queue.length", Statistic::Maximum) });
        let points = shop.engine.alarm_datapoints(&shop.tenant, &metric, T0 + 5 * SECOND, 30, 3).await.unwrap();
        assert_eq!(points, [Some(2.0), Some(6.0), Some(8.0)]);
        let late = shop.engine.alarm_datapoints(&shop.tenant, &metric, T0 + 2_000 * SECOND, 30, 2).await.unwrap();
        assert_eq!(late, [None, None]);
        let duration = AlarmSource::Metric(query("order.duration", Statistic::Average));
        let traces = shop.engine.example_traces(&shop.tenant, &duration, T0, T0 + 100 * SECOND).await.unwrap();
        assert_eq!((traces.len(), traces[0].as_str()), (9, hex(&trace_id(109)).as_str()));
        let logs = AlarmSource::Logs(LogSearch { text: "payment failed".into(), ..LogSearch::default() });
        let points_of_logs = shop.engine.alarm_datapoints(&shop.tenant, &logs, T0, 60, 3).await.unwrap();
        assert_eq!(points_of_logs, [Some(0.0), Some(1.0), Some(0.0)]);
        let of_logs = shop.engine.example_traces(&shop.tenant, &logs, T0, T0 + 100 * SECOND).await.unwrap();
        assert_eq!(of_logs, [hex(&trace_id(1))]);
        json((points, traces))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_added_up_is_several_lines() {
    let shop = Shop::empty().await;
    let at = |kind: MetricKind, value: f64| MetricPoint {
        value: Some(value),
        temporality: (kind == MetricKind::Sum).then_some(Temporality::Delta),
        ..point("load", kind, 10)
    };
    let seconds = MetricPoint { unit: "s".into(), ..at(MetricKind::Gauge, 7.0) };
    let nothing = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(|value| at(MetricKind::Gauge, value));
    let mut points = vec![at(MetricKind::Gauge, 2.0), at(MetricKind::Sum, 5.0), seconds];
    points.extend(nothing);
    shop.append(Batch::Metrics(points)).await;
    let lines = async |query: MetricQuery| {
        let request = MetricRequest { range: hour(), query, period_seconds: Some(7_200), limit: None };
        let answer = shop.engine.query_metrics(&shop.tenant, &request).await.unwrap();
        let lines = answer.series.into_iter().map(|line| (value!(line.labels), line.values[0].unwrap()));
        (answer.unit, lines.collect::<Vec<_>>())
    };
    let (unit, all) = lines(query("load", Statistic::SampleCount)).await;
    assert_eq!(unit, "");
    // NaN and the infinities are no measurements.
    assert!(all.iter().all(|(_, count)| *count == 1.0), "{all:?}");
    let (unit, all) = lines(query("load", Statistic::Sum)).await;
    let label = |kind: &str, unit: &str| value!({"kind": kind, "unit": unit});
    assert_eq!(unit, "");
    assert_eq!(all, [(label("gauge", "s"), 7.0), (label("sum", "ms"), 5.0), (label("gauge", "ms"), 2.0)]);
    let is =
        |key: &str, text: &str| AttributeFilter { key: key.into(), operator: FilterOperator::Eq, value: value!(text) };
    let one = MetricQuery { attributes: vec![is("kind", "gauge"), is("unit", "ms")], ..query("load", Statistic::Sum) };
    assert_eq!(lines(one.clone()).await, ("ms".to_owned(), vec![(value!({}), 2.0)]));
    let datapoints = async |query: MetricQuery| {
        let source = AlarmSource::Metric(query);
        shop.engine.alarm_datapoints(&shop.tenant, &source, T0, 60, 1).await
    };
    let refused = datapoints(query("load", Statistic::Sum)).await.unwrap_err();
    assert!(refused.message.contains("gauge in ms and as gauge in s and as sum in ms"), "{refused:?}");
    assert_eq!(datapoints(one).await.unwrap(), [Some(2.0)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_summary_without_a_start_has_its_quantiles() {
    let shop = Shop::empty().await;
    let quantiles = vec![(0.5, 2.0), (0.99, 4.0)];
    let summary = |at: i64, count: u64| MetricPoint {
        start_time_unix_nano: 0,
        count: Some(count),
        sum: Some(count as f64 * 3.0),
        buckets: Buckets::Quantiles(quantiles.clone()),
        ..point("wait", MetricKind::Summary, at)
    };
    shop.append(Batch::Metrics(vec![summary(10, 100), summary(70, 110)])).await;
    let of = async |statistic| values(&shop, "wait", statistic, 60).await[..2].to_vec();
    assert_eq!(of(Statistic::Percentile(99.0)).await, [Some(4.0), Some(4.0)]);
    assert_eq!(of(Statistic::Percentile(50.0)).await, [Some(2.0), Some(2.0)]);
    assert_eq!(of(Statistic::SampleCount).await, [None, Some(10.0)]);
    assert_eq!(of(Statistic::Average).await, [None, Some(3.0)]);
}

#[test]
fn what_cannot_be_asked_is_said_before() {
    let filter = |operator, value| AttributeFilter { key: "size".into(), operator, value };
    let logs = LogSearch {
        text: "\"open".into(),
        trace_id: Some("xyz".into()),
        attributes: vec![filter(FilterOperator::Eq, value!("a")), filter(FilterOperator::Gt, value!("many"))],
        ..LogSearch::default()
    };
    let mistakes = query::mistakes_of(&AlarmSource::Logs(logs));
    let fields: Vec<&str> = mistakes.iter().map(|mistake| mistake.split(": ").next().unwrap()).collect();
    assert_eq!(fields, ["source.attributes[1]", "source.text", "source.trace_id"], "{mistakes:?}");
    let fine = AlarmSource::Logs(LogSearch { text: "\"closed\"".into(), ..LogSearch::default() });
    assert_eq!(query::mistakes_of(&fine), Vec::<String>::new());
}
