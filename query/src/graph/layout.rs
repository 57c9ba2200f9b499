//! Places for the nodes and routes for the edges: layers from left to right. Pure.
//!
//! The layers are dagre's. A node is a circle of [`NODE_RADIUS`] with its name below, so its box is taller than the
//! circle and the circle sits at the box's top. A route begins and ends on the circles' borders. Within a layer's column
//! it runs horizontally at dagre's bends, so that a curve through the points does not clip the nodes of the column.

use api::service::{GraphEdge, GraphNode, LABEL_HEIGHT, LAYER_GAP, NODE_GAP, NODE_RADIUS, Point};
use dugong::graphlib::{Graph, GraphOptions};
use dugong::{EdgeLabel, GraphLabel, NodeLabel, RankDir};

/// Width of the box that a node and the name below it take.
const BOX_WIDTH: f64 = NODE_RADIUS * 2.0 + 48.0;

/// Room around the drawing.
const MARGIN: f64 = 24.0;

/// Fills in the places; answers the size of the drawing. Nodes end in order of layers, each from top to bottom.
pub fn place(nodes: &mut [GraphNode], edges: &mut [GraphEdge]) -> Point {
    if nodes.is_empty() {
        return Point::default();
    }
    let graph = drawn(nodes, edges).unwrap_or_else(|| in_one_column(nodes));
    for node in nodes.iter_mut() {
        if let Some(label) = graph.node(&node.id) {
            let (x, y) = (label.x.unwrap_or_default(), label.y.unwrap_or_default());
            node.position = Point { x, y: y - LABEL_HEIGHT / 2.0 };
        }
    }
    let place_of = |id: &str| nodes.iter().find(|node| node.id == id).map(|node| node.position);
    for edge in edges.iter_mut() {
        let (Some(from), Some(to)) = (place_of(&edge.caller), place_of(&edge.callee)) else { continue };
        let bends = graph.edge(&edge.caller, &edge.callee, None).map(|label| label.points.as_slice());
        edge.route =
            if edge.caller == edge.callee { loop_at(from) } else { route(from, to, bends.unwrap_or_default()) };
    }
    nodes.sort_by(|a, b| {
        a.position.x.total_cmp(&b.position.x).then(a.position.y.total_cmp(&b.position.y)).then(a.id.cmp(&b.id))
    });
    size(nodes, edges)
}

type Drawing = Graph<NodeLabel, EdgeLabel, GraphLabel>;

/// Dagre's drawing; `None` where it gives up.
fn drawn(nodes: &[GraphNode], edges: &[GraphEdge]) -> Option<Drawing> {
    let mut graph: Drawing = Graph::new(GraphOptions { multigraph: false, compound: false, ..GraphOptions::default() });
    graph.set_graph(GraphLabel {
        rankdir: RankDir::LR,
        nodesep: NODE_GAP,
        ranksep: LAYER_GAP,
        marginx: MARGIN,
        marginy: MARGIN,
        acyclicer: Some("greedy".to_owned()),
        ..GraphLabel::default()
    });
    graph.set_default_edge_label(EdgeLabel::default);
    for node in nodes {
        let label = NodeLabel { width: BOX_WIDTH, height: NODE_RADIUS * 2.0 + LABEL_HEIGHT, ..NodeLabel::default() };
        graph.set_node(node.id.clone(), label);
    }
    for edge in edges.iter().filter(|edge| edge.caller != edge.callee) {
        let label = EdgeLabel { weight: 1.0, minlen: 1, ..EdgeLabel::default() };
        graph.set_edge_with_label(edge.caller.clone(), edge.callee.clone(), label);
    }
    dugong::layout(&mut graph)
        .inspect_err(
            |error| tracing::warn!(%error, "the service graph cannot be laid out in layers; it is drawn in a column"),
        )
        .ok()?;
    Some(graph)
}

fn in_one_column(nodes: &[GraphNode]) -> Drawing {
    let mut graph: Drawing = Graph::new(GraphOptions::default());
    for (at, node) in nodes.iter().enumerate() {
        let y = MARGIN + NODE_RADIUS + at as f64 * (NODE_RADIUS * 2.0 + LABEL_HEIGHT + NODE_GAP);
        graph.set_node(
            node.id.clone(),
            NodeLabel { x: Some(MARGIN + BOX_WIDTH / 2.0), y: Some(y), ..NodeLabel::default() },
        );
    }
    graph
}

/// From border to border over the bends between the two columns.
fn route(from: Point, to: Point, bends: &[dugong::Point]) -> Vec<Point> {
    // The first and last points are where dagre meets the boxes; ours are circles. Bends are given as far as the
    // boxes' labels shift the circles up.
    let inner = bends.get(1..bends.len().saturating_sub(1)).unwrap_or_default();
    let mut middle: Vec<Point> = Vec::with_capacity(inner.len() * 2);
    let rightwards = to.x >= from.x;
    let half = if rightwards { BOX_WIDTH / 2.0 } else { -BOX_WIDTH / 2.0 };
    for bend in inner {
        let y = bend.y - LABEL_HEIGHT / 2.0;
        let between = |x: f64| {
            if rightwards {
                x > from.x + NODE_RADIUS && x < to.x - NODE_RADIUS
            } else {
                x < from.x - NODE_RADIUS && x > to.x + NODE_RADIUS
            }
        };
        for x in [bend.x - half, bend.x + half] {
            if between(x) && middle.last().is_none_or(|last| (x - last.x) * half > 0.0) {
                middle.push(Point { x, y });
            }
        }
    }
    let first = middle.first().copied().unwrap_or(to);
    let last = middle.last().copied().unwrap_or(from);
    let mut points = vec![border(from, first)];
    points.extend(middle);
    points.push(border(to, last));
    points
}

/// Where the line from the centre towards a point leaves the circle.
fn border(centre: Point, towards: Point) -> Point {
    let (dx, dy) = (towards.x - centre.x, towards.y - centre.y);
    let length = dx.hypot(dy);
    if length < 1e-9 {
        return Point { x: centre.x + NODE_RADIUS, y: centre.y };
    }
    Point { x: centre.x + dx / length * NODE_RADIUS, y: centre.y + dy / length * NODE_RADIUS }
}

/// A service that calls itself: a loop above the node.
fn loop_at(centre: Point) -> Vec<Point> {
    let (side, top) = (NODE_RADIUS * std::f64::consts::FRAC_1_SQRT_2, centre.y - NODE_RADIUS * 1.7);
    vec![
        Point { x: centre.x + side, y: centre.y - side },
        Point { x: centre.x + side, y: top },
        Point { x: centre.x - side, y: top },
        Point { x: centre.x - side, y: centre.y - side },
    ]
}

fn size(nodes: &[GraphNode], edges: &[GraphEdge]) -> Point {
    let corners = nodes
        .iter()
        .map(|node| Point { x: node.position.x + BOX_WIDTH / 2.0, y: node.position.y + NODE_RADIUS + LABEL_HEIGHT });
    let all = corners.chain(edges.iter().flat_map(|edge| edge.route.iter().copied()));
    let far = all.fold(Point::default(), |far, point| Point { x: far.x.max(point.x), y: far.y.max(point.y) });
    Point { x: far.x + MARGIN, y: far.y + MARGIN }
}

#[cfg(test)]
mod tests;
