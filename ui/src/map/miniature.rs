//! The map as a picture that leads to the whole one: nothing in it can be moved or chosen.
//!
//! It shows the graph, or one node of it with its neighbours, as large as its place allows. The smaller it gets, the
//! larger its names are in units of the drawing, up to what the layout has room for; then the figures go.

use std::sync::Arc;

use api::service::{GraphNode, LABEL_HEIGHT, Point, ServiceGraph};
use leptos::html::Div;
use leptos::prelude::*;

use super::drawing::{self, EdgeShape};
use super::neighbours;
use super::route::RADIUS;
use crate::chart::width_of;

/// Air around the drawing, on the left and right also for names that are wider than their nodes.
const MARGIN: Point = Point { x: 60.0, y: 12.0 };

/// Pixels for a unit, at most.
const SCALE_MAX: f64 = 1.0;

/// Below this scale the figures are too small to be read.
const FIGURES_SCALE: f64 = 0.75;

/// A name is this high on the screen, as long as it is not higher than this in the drawing.
const NAME_PIXELS: f64 = 11.0;
const NAME_UNITS: (f64, f64) = (13.0, 22.0);

/// A part of the drawing: left, top, width, height.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Frame {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// The graph, or the node with this id, its edges and their other ends. Pure.
fn around(graph: &ServiceGraph, id: Option<&str>) -> ServiceGraph {
    let mut part = graph.clone();
    if let Some(id) = id {
        let lit = neighbours::lit(graph, id);
        part.nodes.retain(|node| lit.contains(&node.id));
        part.edges.retain(|edge| edge.caller == id || edge.callee == id);
    }
    part
}

/// What all nodes with their names and all lines lie in; `None` without nodes. Pure.
fn frame(graph: &ServiceGraph) -> Option<Frame> {
    let of_node = |node: &GraphNode| {
        let Point { x, y } = node.position;
        [Point { x: x - RADIUS, y: y - RADIUS }, Point { x: x + RADIUS, y: y + RADIUS + LABEL_HEIGHT }]
    };
    let bends = graph.edges.iter().flat_map(|edge| edge.route.iter().copied());
    let points: Vec<Point> = graph.nodes.iter().flat_map(of_node).chain(bends).collect();
    if graph.nodes.is_empty() {
        return None;
    }
    let (mut least, mut most) = (points[0], points[0]);
    for point in points {
        least = Point { x: least.x.min(point.x), y: least.y.min(point.y) };
        most = Point { x: most.x.max(point.x), y: most.y.max(point.y) };
    }
    Some(Frame {
        left: least.x - MARGIN.x,
        top: least.y - MARGIN.y,
        width: most.x - least.x + 2.0 * MARGIN.x,
        height: most.y - least.y + 2.0 * MARGIN.y,
    })
}

impl Frame {
    /// Pixels for a unit in a place of this size. Pure.
    fn scale(&self, width: f64, height: f64) -> f64 {
        (width / self.width).min(height / self.height).clamp(0.01, SCALE_MAX)
    }

    /// The attribute: the frame in the middle of a place of this size.
    fn view_box(&self, width: f64, height: f64) -> String {
        let scale = self.scale(width, height);
        let (wide, high) = (width / scale, height / scale);
        let (left, top) = (self.left - (wide - self.width) / 2.0, self.top - (high - self.height) / 2.0);
        format!("{left:.1} {top:.1} {wide:.1} {high:.1}")
    }
}

/// How high names are in units of the drawing at a scale. Pure.
fn name_units(scale: f64) -> f64 {
    (NAME_PIXELS / scale).clamp(NAME_UNITS.0, NAME_UNITS.1)
}

/// The picture, `height` pixels high.
#[component]
pub(crate) fn Miniature(
    graph: Signal<Arc<ServiceGraph>>,
    /// Only this node and its neighbours.
    id: Option<String>,
    height: u32,
    /// Where it leads.
    #[prop(into)]
    href: Signal<String>,
) -> impl IntoView {
    let root = NodeRef::<Div>::new();
    let width = width_of(root);
    let part = Memo::new(move |_| graph.with(|graph| around(graph, id.as_deref())));
    let frame = Memo::new(move |_| part.with(frame));
    let size = move || (width.get().max(1.0), f64::from(height));
    let scale = Memo::new(move |_| frame.get().map_or(1.0, |frame| frame.scale(size().0, size().1)));
    let view_box = move || frame.get().map(|frame| frame.view_box(size().0, size().1));
    let label =
        move || part.with(|part| format!("Service map of {} nodes and {} edges", part.nodes.len(), part.edges.len()));
    view! {
        <div node_ref=root>
            <a class="map-miniature" class:plain=move || scale.get() < FIGURES_SCALE aria-label=label href=move || href.get() data-testid="map-miniature" style:height=format!("{height}px")>
                <svg viewBox=view_box aria-hidden="true" style=("--map-name", move || format!("{:.1}px", name_units(scale.get())))>
                    {drawing::markers()}
                    {move || part.with(draw)}
                </svg>
            </a>
        </div>
    }
}

fn draw(graph: &ServiceGraph) -> impl IntoView + use<> {
    let highest = graph.edges.iter().map(|edge| edge.rate).fold(0.0, f64::max);
    let shapes = graph.edges.iter().filter_map(|edge| EdgeShape::of(edge, graph, highest));
    let edges = shapes.map(|shape| view! { <g class=shape.classes()>{shape.line()}</g> }).collect_view();
    let node = |node: &GraphNode| {
        view! { <g class="node" class:inferred=drawing::is_inferred(node.kind) transform=drawing::place_of(node)>{drawing::node_shape(node)}</g> }
    };
    view! { <g>{edges}</g><g>{graph.nodes.iter().map(node).collect_view()}</g> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::neighbours::tests::graph;

    #[test]
    fn a_node_is_shown_with_its_neighbours_only() {
        let all = graph(&["a", "b", "c", "d"], &[("a", "b"), ("c", "a"), ("b", "d"), ("b", "c")]);
        let part = around(&all, Some("a"));
        assert_eq!(part.nodes.iter().map(|node| node.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(part.edges.len(), 2);
        assert_eq!(around(&all, None), all);
        assert!(around(&all, Some("none")).nodes.is_empty());
    }

    #[test]
    fn everything_lies_in_the_frame() {
        let mut all = graph(&["a", "b"], &[("a", "b")]);
        all.nodes[1].position = Point { x: 300.0, y: 50.0 };
        all.edges[0].route = vec![Point { x: 150.0, y: -90.0 }];
        let frame = frame(&all).unwrap();
        assert!(frame.top < -90.0 && frame.left < -RADIUS);
        assert!(frame.left + frame.width > 300.0 + RADIUS && frame.top + frame.height > 50.0 + RADIUS + LABEL_HEIGHT);
        assert_eq!(super::frame(&graph(&[], &[])), None);
    }

    #[test]
    fn a_small_drawing_is_centred_and_not_blown_up() {
        let frame = Frame { left: 10.0, top: 0.0, width: 100.0, height: 50.0 };
        assert_eq!(frame.view_box(200.0, 50.0), "-40.0 0.0 200.0 50.0");
        assert_eq!(frame.scale(50.0, 100.0), 0.5);
    }

    #[test]
    fn names_grow_in_the_drawing_as_it_shrinks() {
        assert_eq!(name_units(1.0), 13.0);
        assert_eq!(name_units(0.55).round(), 20.0);
        assert_eq!(name_units(0.1), 22.0);
    }
}
