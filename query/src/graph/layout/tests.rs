use super::*;
use api::service::{ClassCounts, Latency, NodeKind};

fn node(id: &str) -> GraphNode {
    GraphNode {
        id: id.to_owned(),
        name: id.to_owned(),
        kind: NodeKind::Service,
        system: String::new(),
        counts: ClassCounts::default(),
        rate: 0.0,
        latency: Latency::default(),
        histogram: Vec::new(),
        phases: None,
        position: Point::default(),
    }
}

fn edge(caller: &str, callee: &str) -> GraphEdge {
    GraphEdge {
        id: format!("{caller}->{callee}"),
        caller: caller.to_owned(),
        callee: callee.to_owned(),
        asynchronous: false,
        counts: ClassCounts::default(),
        rate: 0.0,
        latency: Latency::default(),
        histogram: Vec::new(),
        route: Vec::new(),
    }
}

fn laid_out(edges: &[(&str, &str)]) -> (Vec<GraphNode>, Vec<GraphEdge>, Point) {
    let mut names: Vec<&str> = edges.iter().flat_map(|(a, b)| [*a, *b]).collect();
    names.sort_unstable();
    names.dedup();
    let mut nodes: Vec<GraphNode> = names.into_iter().map(node).collect();
    let mut edges: Vec<GraphEdge> = edges.iter().map(|(a, b)| edge(a, b)).collect();
    let size = place(&mut nodes, &mut edges);
    (nodes, edges, size)
}

fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

fn check_geometry(nodes: &[GraphNode], edges: &[GraphEdge], size: Point) {
    let place = |id: &str| nodes.iter().find(|node| node.id == id).unwrap().position;
    for (at, a) in nodes.iter().enumerate() {
        let p = a.position;
        assert!(p.x >= NODE_RADIUS && p.y >= NODE_RADIUS && p.x <= size.x && p.y <= size.y, "{} at {p:?}", a.id);
        for b in &nodes[at + 1..] {
            assert!(distance(p, b.position) >= NODE_RADIUS * 2.0, "{} and {} overlap", a.id, b.id);
        }
    }
    for edge in edges {
        let (first, last) = (edge.route[0], edge.route[edge.route.len() - 1]);
        assert!((distance(first, place(&edge.caller)) - NODE_RADIUS).abs() < 1e-6, "{}", edge.id);
        assert!((distance(last, place(&edge.callee)) - NODE_RADIUS).abs() < 1e-6, "{}", edge.id);
    }
}

#[test]
fn layers_go_from_left_to_right() {
    let (nodes, edges, size) = laid_out(&[
        ("client", "gateway"),
        ("gateway", "orders"),
        ("gateway", "users"),
        ("orders", "db"),
        ("client", "db"),
    ]);
    check_geometry(&nodes, &edges, size);
    let x = |id: &str| nodes.iter().find(|node| node.id == id).unwrap().position.x;
    assert!(x("client") < x("gateway") && x("gateway") < x("orders") && x("orders") < x("db"));
    assert_eq!(x("orders"), x("users"));
    assert_eq!(nodes[0].id, "client");
}

#[test]
fn circles_and_self_calls_are_drawn() {
    let (nodes, edges, size) = laid_out(&[("a", "b"), ("b", "c"), ("c", "a"), ("b", "b"), ("b", "a")]);
    check_geometry(&nodes, &edges, size);
}

#[test]
fn a_long_edge_keeps_clear_of_the_nodes_between() {
    let (nodes, edges, size) = laid_out(&[("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")]);
    check_geometry(&nodes, &edges, size);
    let long = edges.iter().find(|edge| edge.id == "a->d").unwrap();
    for node in nodes.iter().filter(|node| ["b", "c"].contains(&node.id.as_str())) {
        for pair in long.route.windows(2) {
            for step in 0..=20 {
                let share = f64::from(step) / 20.0;
                let at = Point {
                    x: pair[0].x + (pair[1].x - pair[0].x) * share,
                    y: pair[0].y + (pair[1].y - pair[0].y) * share,
                };
                assert!(distance(at, node.position) > NODE_RADIUS, "the line crosses {}", node.id);
            }
        }
    }
}

#[test]
fn nothing_and_single_nodes_have_a_size() {
    assert_eq!(place(&mut [], &mut []), Point::default());
    let mut nodes = vec![node("a"), node("b")];
    let size = place(&mut nodes, &mut []);
    check_geometry(&nodes, &[], size);
}
