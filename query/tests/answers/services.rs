use api::TimeRange;
use api::alarm::AlarmSource;
use api::service::{ClassCounts, NodeKind, ServiceMeasure, ServiceQuery, ServiceRequest};

use super::fixture::{SECOND, T0, hex, trace_id};
use super::{json, same_live_and_sealed};

fn hour() -> TimeRange {
    TimeRange { from: T0.to_string(), to: (T0 + 3_600 * SECOND).to_string() }
}

fn fault_rate() -> ServiceQuery {
    ServiceQuery {
        service: Some("gateway".into()),
        operation: None,
        environment: None,
        measure: ServiceMeasure::FaultRate,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_count_their_own_requests() {
    same_live_and_sealed(async |shop| {
        let list = shop.engine.services(&shop.tenant, &hour(), Some("production")).await.unwrap();
        let names: Vec<&str> = list.services.iter().map(|line| line.service.as_str()).collect();
        assert_eq!(names, ["gateway", "orders", "worker"]);
        let gateway = &list.services[0];
        assert_eq!(gateway.counts, ClassCounts { ok: 180, error: 20, throttle: 0, fault: 1 });
        assert_eq!((gateway.latency.max_ns, gateway.trend.iter().sum::<u64>()), (400e6, 201));
        assert!((gateway.latency.p50_ns - 22e6).abs() < 0.5e6, "{}", gateway.latency.p50_ns);
        assert!(list.services[1].function && list.services[1].cold_starts == 1);
        assert_eq!(list.services[1].environments, ["production"]);
        json(list)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operations_and_other_environments() {
    same_live_and_sealed(async |shop| {
        let none = shop.engine.services(&shop.tenant, &hour(), Some("staging")).await.unwrap();
        assert!(none.services.is_empty());
        let list = shop.engine.operations(&shop.tenant, "gateway", &hour()).await.unwrap();
        let lines: Vec<(&str, u64)> =
            list.services.iter().map(|line| (line.operation.as_deref().unwrap(), line.counts.total())).collect();
        assert_eq!(lines, [("GET /", 200), ("POST /order", 1)]);
        json(list)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_graph_goes_from_the_client_to_the_database_and_through_the_queue() {
    same_live_and_sealed(async |shop| {
        let graph = shop.engine.service_graph(&shop.tenant, &hour(), None).await.unwrap();
        let mut edges: Vec<(&str, bool)> =
            graph.edges.iter().map(|edge| (edge.id.as_str(), edge.asynchronous)).collect();
        edges.sort_unstable();
        assert_eq!(
            edges,
            [
                ("client:client->service:gateway", false),
                ("queue:jobs->service:worker", true),
                ("service:gateway->service:orders", false),
                ("service:orders->database:shop@db1", false),
                ("service:orders->queue:jobs", false),
            ]
        );
        let node = |id: &str| graph.nodes.iter().find(|node| node.id == id).unwrap();
        assert_eq!((node("service:orders").kind, node("queue:jobs").system.as_str()), (NodeKind::Function, "aws_sqs"));
        assert_eq!(node("service:orders").phases.unwrap().cold_starts, 1);
        let delivery = graph.edges.iter().find(|edge| edge.asynchronous).unwrap();
        // Published until 60.220 s, received at 61.220 s.
        assert_eq!(delivery.latency.max_ns, 1e9);
        assert_eq!(graph.nodes[0].id, "client:client");
        assert!(graph.edges.iter().all(|edge| edge.route.len() >= 2) && graph.width > 0.0 && graph.height > 0.0);
        json(graph)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_measure_over_time() {
    same_live_and_sealed(async |shop| {
        let request = ServiceRequest { range: hour(), query: fault_rate(), period_seconds: Some(60) };
        let answer = shop.engine.query_services(&shop.tenant, &request).await.unwrap();
        let values: Vec<f64> = answer.series[0].values.iter().flatten().copied().collect();
        assert_eq!(answer.unit, "%");
        // T0 lies 20 s into a minute, so the order of second 60 is in the second minute.
        assert_eq!((values[0], values.iter().sum::<f64>()), (100.0, 100.0));
        assert_eq!(answer.exemplars.len(), 1);
        assert_eq!(answer.exemplars[0].trace_id, hex(&trace_id(1)));
        json(answer)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_has_its_own_periods_and_examples() {
    same_live_and_sealed(async |shop| {
        let source = AlarmSource::Service(fault_rate());
        let start = T0 + 35 * SECOND;
        let points = shop.engine.alarm_datapoints(&shop.tenant, &source, start, 30, 4).await.unwrap();
        assert_eq!(points[0], Some(100.0));
        assert_eq!(points[1], None);
        assert_eq!(points[2], Some(0.0));
        let end = start + 120 * SECOND;
        let traces = shop.engine.example_traces(&shop.tenant, &source, start, end).await.unwrap();
        assert_eq!(traces, [hex(&trace_id(1))]);
        let slow = AlarmSource::Service(ServiceQuery { measure: ServiceMeasure::LatencyP99, ..fault_rate() });
        let slow = shop.engine.example_traces(&shop.tenant, &slow, start, end).await.unwrap();
        assert_eq!((slow.len(), slow[0].as_str()), (10, hex(&trace_id(1)).as_str()));
        json((points, traces, slow))
    })
    .await;
}
