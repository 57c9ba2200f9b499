//! What belongs together on the map: a node with its edges and their other ends, an edge with its two nodes.

use std::collections::HashSet;

use api::service::{GraphEdge, GraphNode, Point, ServiceGraph};

/// Ids of the nodes and edges that stay bright while one of them is pointed at.
pub(crate) fn lit(graph: &ServiceGraph, id: &str) -> HashSet<String> {
    let mut lit = HashSet::from([id.to_owned()]);
    for edge in &graph.edges {
        if edge.id == id || edge.caller == id || edge.callee == id {
            lit.extend([edge.id.clone(), edge.caller.clone(), edge.callee.clone()]);
        }
    }
    lit
}

/// The node with this id.
pub(crate) fn node<'a>(graph: &'a ServiceGraph, id: &str) -> Option<&'a GraphNode> {
    graph.nodes.iter().find(|node| node.id == id)
}

/// The edge with this id.
pub(crate) fn edge<'a>(graph: &'a ServiceGraph, id: &str) -> Option<&'a GraphEdge> {
    graph.edges.iter().find(|edge| edge.id == id)
}

/// Where a node is, or the middle of an edge.
pub(crate) fn place(graph: &ServiceGraph, id: &str) -> Option<Point> {
    if let Some(node) = node(graph, id) {
        return Some(node.position);
    }
    let edge = edge(graph, id)?;
    let (caller, callee) = (node(graph, &edge.caller)?.position, node(graph, &edge.callee)?.position);
    Some(Point { x: (caller.x + callee.x) / 2.0, y: (caller.y + callee.y) / 2.0 })
}

/// The name that traces know a node by.
pub(crate) fn name_of(graph: &ServiceGraph, id: &str) -> String {
    let after_kind = || id.split_once(':').map_or(id, |(_, name)| name).to_owned();
    node(graph, id).map_or_else(after_kind, |node| node.name.clone())
}

#[cfg(test)]
pub(super) mod tests {
    use api::Nanos;
    use api::service::{ClassCounts, Latency, NodeKind};

    use super::*;

    /// A graph of nodes and edges by their ids.
    pub(in crate::map) fn graph(nodes: &[&str], edges: &[(&str, &str)]) -> ServiceGraph {
        let node = |id: &&str| GraphNode {
            id: (*id).to_owned(),
            name: id.trim_start_matches("service:").to_owned(),
            kind: NodeKind::Service,
            system: String::new(),
            counts: ClassCounts::default(),
            rate: 0.0,
            latency: Latency::default(),
            histogram: Vec::new(),
            phases: None,
            position: Point::default(),
        };
        let edge = |(caller, callee): &(&str, &str)| GraphEdge {
            id: format!("{caller}->{callee}"),
            caller: (*caller).to_owned(),
            callee: (*callee).to_owned(),
            asynchronous: false,
            counts: ClassCounts::default(),
            rate: 0.0,
            latency: Latency::default(),
            histogram: Vec::new(),
            route: Vec::new(),
        };
        ServiceGraph {
            start_unix_nano: Nanos(0),
            end_unix_nano: Nanos(1),
            nodes: nodes.iter().map(node).collect(),
            edges: edges.iter().map(edge).collect(),
            width: 0.0,
            height: 0.0,
            statistics: api::Statistics::default(),
            truncated: None,
        }
    }

    #[test]
    fn a_node_lights_its_edges_and_their_ends() {
        let graph = graph(&["a", "b", "c", "d"], &[("a", "b"), ("c", "a"), ("b", "d")]);
        let lit = lit(&graph, "a");
        assert_eq!(lit.len(), 5);
        assert!(!lit.contains("d") && !lit.contains("b->d"));
    }

    #[test]
    fn an_edge_lights_its_two_nodes() {
        let graph = graph(&["a", "b", "c"], &[("a", "b"), ("b", "c")]);
        assert_eq!(lit(&graph, "a->b"), HashSet::from(["a", "b", "a->b"].map(str::to_owned)));
    }

    #[test]
    fn names_are_found_even_for_a_node_that_was_left_out() {
        let graph = graph(&["service:a"], &[]);
        assert_eq!(name_of(&graph, "service:a"), "a");
        assert_eq!(name_of(&graph, "database:orders"), "orders");
    }
}
