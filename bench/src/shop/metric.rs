//! Metrics: every instance reports the same set of gauges, sums and histograms each step.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics,
    ScopeMetrics, Sum, metric::Data, number_data_point::Value,
};

use super::graph::{Graph, int, text};
use ::tests::dice::Dice;

const BOUNDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
const STATUSES: [i64; 3] = [200, 404, 500];
const CUMULATIVE: i32 = AggregationTemporality::Cumulative as i32;

/// The running totals of one instance.
pub(crate) struct Reporter {
    function: usize,
    instance: usize,
    dice: Dice,
    started: u64,
    memory: f64,
    /// One for each operation and status, in that order.
    routes: Vec<Route>,
}

struct Route {
    attributes: Vec<KeyValue>,
    weight: f64,
    count: u64,
    sum: f64,
    min: f64,
    max: f64,
    buckets: [u64; BOUNDS.len() + 1],
}

impl Reporter {
    /// One for each instance of each function.
    pub(crate) fn all(graph: &Graph, seed: u64, start: u64) -> Vec<Self> {
        let mut out = Vec::new();
        for (function, f) in graph.functions.iter().enumerate() {
            for instance in 0..f.instances.len() {
                let dice = Dice::new(seed ^ 0x3e7_41c, out.len() as u64);
                let routes = f.operations.iter().flat_map(|operation| {
                    STATUSES.map(|status| Route {
                        attributes: vec![
                            text("http.request.method", operation.method),
                            text("http.route", &operation.route),
                            int("http.response.status_code", status),
                        ],
                        weight: if status == 200 { 40.0 } else { 1.0 },
                        count: 0,
                        sum: 0.0,
                        min: f64::MAX,
                        max: 0.0,
                        buckets: [0; BOUNDS.len() + 1],
                    })
                });
                let routes = routes.collect();
                out.push(Self { function, instance, dice, started: start, memory: 9e7, routes });
            }
        }
        out
    }

    /// This instance's report at time `now`, and the number of data points in it.
    pub(crate) fn report(&mut self, graph: &Graph, now: u64) -> (ResourceMetrics, usize) {
        let function = &graph.functions[self.function];
        let metrics = self.metrics(now, function.median_ms / 1000.0);
        let points = metrics.iter().map(points).sum();
        let report = ResourceMetrics {
            resource: Some(function.instances[self.instance].clone()),
            scope_metrics: vec![ScopeMetrics { scope: Some(super::scope()), metrics, ..Default::default() }],
            ..Default::default()
        };
        (report, points)
    }

    /// Requests that this instance has counted so far, of all routes.
    pub(crate) fn requests(&self) -> u64 {
        self.routes.iter().map(|route| route.count).sum()
    }

    pub(crate) fn function(&self) -> usize {
        self.function
    }

    fn metrics(&mut self, now: u64, median_s: f64) -> Vec<Metric> {
        for route in &mut self.routes {
            for _ in 0..self.dice.below(2 + route.weight as usize) {
                let seconds = self.dice.log_normal(median_s, 0.8);
                route.count += 1;
                route.sum += seconds;
                route.min = route.min.min(seconds);
                route.max = route.max.max(seconds);
                route.buckets[BOUNDS.partition_point(|&bound| bound < seconds)] += 1;
            }
        }
        self.memory = (self.memory + 4e6 * (self.dice.unit() - 0.48)).clamp(4e7, 4e8);
        let (cpu, active) = (self.dice.unit(), self.dice.skewed(50) as i64);
        let number = |attributes: Vec<KeyValue>, value| NumberDataPoint {
            attributes,
            start_time_unix_nano: self.started,
            time_unix_nano: now,
            value: Some(value),
            ..Default::default()
        };
        let memory = vec![number(Vec::new(), Value::AsInt(self.memory as i64))];
        let load = vec![number(Vec::new(), Value::AsDouble((cpu * 1e4).round() / 1e4))];
        let busy = vec![number(Vec::new(), Value::AsInt(active))];
        let requests = self.routes.iter().map(|r| number(r.attributes.clone(), Value::AsInt(r.count as i64)));
        let requests = requests.collect();
        let durations = self.routes.iter().map(|route| HistogramDataPoint {
            attributes: route.attributes.clone(),
            start_time_unix_nano: self.started,
            time_unix_nano: now,
            count: route.count,
            sum: Some(route.sum),
            min: (route.count > 0).then_some(route.min),
            max: (route.count > 0).then_some(route.max),
            bucket_counts: route.buckets.to_vec(),
            explicit_bounds: BOUNDS.to_vec(),
            ..Default::default()
        });
        let durations = Histogram { data_points: durations.collect(), aggregation_temporality: CUMULATIVE };
        let gauge = |data_points| Data::Gauge(Gauge { data_points });
        let sum = |data_points, is_monotonic| {
            Data::Sum(Sum { data_points, aggregation_temporality: CUMULATIVE, is_monotonic })
        };
        vec![
            metric("process.memory.usage", "By", gauge(memory)),
            metric("process.cpu.utilization", "1", gauge(load)),
            metric("http.server.active_requests", "{request}", sum(busy, false)),
            metric("http.server.requests", "{request}", sum(requests, true)),
            metric("http.server.request.duration", "s", Data::Histogram(durations)),
        ]
    }
}

fn metric(name: &str, unit: &str, data: Data) -> Metric {
    Metric { name: name.to_owned(), unit: unit.to_owned(), data: Some(data), ..Default::default() }
}

fn points(metric: &Metric) -> usize {
    match &metric.data {
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Histogram(histogram)) => histogram.data_points.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
