use super::*;
use crate::graph::calls::tests::{remote, span};
use crate::graph::calls::{Kind, find};
use crate::graph::infer::RemoteKind;
use api::trace::Class;

fn node<'a>(graph: &'a Graph, id: &str) -> &'a GraphNode {
    graph.nodes.iter().find(|node| node.id == id).unwrap_or_else(|| panic!("no node {id}"))
}

fn edge<'a>(graph: &'a Graph, id: &str) -> &'a GraphEdge {
    graph.edges.iter().find(|edge| edge.id == id).unwrap_or_else(|| panic!("no edge {id}"))
}

#[test]
fn a_node_has_its_own_numbers_and_an_edge_the_callers() {
    let spans = [
        span(1, 0, Kind::Server, "gateway"),
        GraphSpan { class: Class::Fault, duration: 9_000, ..span(2, 1, Kind::Client, "gateway") },
        GraphSpan { duration: 7_000, ..span(3, 2, Kind::Server, "orders") },
        GraphSpan {
            remote: remote(RemoteKind::Database, "db"),
            class: Class::Throttle,
            ..span(4, 3, Kind::Client, "orders")
        },
    ];
    let graph = count(&spans, &find(&spans), 10.0);
    assert_eq!(node(&graph, "service:orders").counts, ClassCounts { ok: 1, ..ClassCounts::default() });
    assert_eq!(node(&graph, "service:orders").latency.max_ns, 7_000.0);
    let call = edge(&graph, "service:gateway->service:orders");
    assert_eq!((call.counts.fault, call.latency.max_ns, call.rate), (1, 9_000.0, 0.1));
    assert_eq!(node(&graph, "database:db").counts.throttle, 1);
    assert_eq!(node(&graph, "client:client").counts.ok, 1);
    assert_eq!(node(&graph, "client:client").kind, NodeKind::Client);
}

#[test]
fn a_delivery_shows_the_age_of_the_event() {
    let spans = [
        GraphSpan { remote: remote(RemoteKind::Queue, "jobs"), ..span(2, 0, Kind::Producer, "orders") },
        GraphSpan { start: 1_000_000, ..span(3, 2, Kind::Consumer, "worker") },
    ];
    let graph = count(&spans, &find(&spans), 1.0);
    let delivery = edge(&graph, "queue:jobs->service:worker");
    assert!(delivery.asynchronous);
    assert_eq!(delivery.latency.max_ns, 1_000_000.0 - 2_500.0);
    assert!(!edge(&graph, "service:orders->queue:jobs").asynchronous);
    assert_eq!(node(&graph, "queue:jobs").counts.total(), 1);
}

#[test]
fn a_function_has_phases() {
    let spans = [
        GraphSpan { function: true, cold_start: true, duration: 1_000, ..span(1, 0, Kind::Server, "resize") },
        GraphSpan { phase: Some(Phase::Initialization), duration: 300, ..span(2, 1, Kind::Internal, "resize") },
        GraphSpan { phase: Some(Phase::Invocation), duration: 600, ..span(3, 1, Kind::Internal, "resize") },
        GraphSpan { function: true, duration: 400, ..span(4, 0, Kind::Server, "resize") },
    ];
    let graph = count(&spans, &find(&spans), 1.0);
    let resize = node(&graph, "service:resize");
    assert_eq!(resize.kind, NodeKind::Function);
    let phases = resize.phases.unwrap();
    assert_eq!((phases.cold_starts, phases.initialization_average_ns), (1, 300.0));
    assert_eq!((phases.invocation_average_ns, phases.overhead_average_ns), (500.0, 100.0));
}

#[test]
fn the_busiest_nodes_stay() {
    let spans: Vec<GraphSpan> = (1..=9)
        .flat_map(|n| {
            (0..n).map(move |i| GraphSpan { trace: [i + 10 * n; 16], ..span(n, 0, Kind::Server, &format!("s{n}")) })
        })
        .collect();
    let mut graph = count(&spans, &find(&spans), 1.0);
    keep_busiest(&mut graph, 3);
    let mut kept: Vec<&str> = graph.nodes.iter().map(|node| node.id.as_str()).collect();
    kept.sort_unstable();
    assert_eq!(kept, ["client:client", "service:s8", "service:s9"]);
    assert_eq!(graph.edges.len(), 2);
}
