//! Nodes and edges as SVG.

use std::collections::HashSet;

use api::service::{GraphEdge, GraphNode, NodeKind, Point, ServiceGraph};
use leptos::prelude::*;

use super::neighbours;
use super::ring;
use super::route::{self, RADIUS};
use crate::format;
use crate::part::{Glyph, Icon, class_name};

/// Longer names are cut in the drawing; the panel has them whole.
const NAME_CHARACTERS: usize = 20;

/// What is pointed at or selected, and what is lit because of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Light {
    /// Selected.
    pub(super) selected: Option<String>,
    /// Bright ids; `None`: everything.
    pub(super) lit: Option<HashSet<String>>,
}

impl Light {
    pub(super) fn new(graph: &ServiceGraph, pointed: Option<String>, selected: Option<String>) -> Self {
        let centre = pointed.or(selected.clone());
        Self { lit: centre.map(|id| neighbours::lit(graph, &id)), selected }
    }

    fn is_dim(&self, id: &str) -> bool {
        self.lit.as_ref().is_some_and(|lit| !lit.contains(id))
    }

    fn is_lit(&self, id: &str) -> bool {
        self.lit.as_ref().is_some_and(|lit| lit.contains(id))
    }
}

/// The icon of a node.
pub(super) fn glyph(kind: NodeKind) -> Glyph {
    match kind {
        NodeKind::Client => Glyph::User,
        NodeKind::Service => Glyph::Service,
        NodeKind::Function => Glyph::Function,
        NodeKind::Database => Glyph::Database,
        NodeKind::Queue => Glyph::Queue,
        NodeKind::Topic => Glyph::Topic,
        NodeKind::Aws => Glyph::Cloud,
        NodeKind::Remote => Glyph::Globe,
    }
}

/// What a node is, in words.
pub(super) fn kind_name(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Client => "Clients",
        NodeKind::Service => "Service",
        NodeKind::Function => "Function",
        NodeKind::Database => "Database",
        NodeKind::Queue => "Queue",
        NodeKind::Topic => "Topic",
        NodeKind::Aws => "AWS service",
        NodeKind::Remote => "Remote host",
    }
}

/// A name that fits below a node.
pub(super) fn short_name(name: &str) -> String {
    if name.chars().count() <= NAME_CHARACTERS {
        return name.to_owned();
    }
    let head: String = name.chars().take(NAME_CHARACTERS - 1).collect();
    format!("{head}…")
}

fn figures(average_ns: f64, rate: f64) -> String {
    if rate == 0.0 {
        "no requests".to_owned()
    } else {
        format!("{} · {}", format::duration(average_ns), format::rate(rate))
    }
}

/// Arrow heads, one for each colour: a marker cannot take the colour of its line everywhere.
pub(super) fn markers() -> impl IntoView {
    let marker = |name: &'static str| {
        view! {
            <marker id=format!("arrow-{name}") viewBox="0 0 10 10" refX="8" refY="5" markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse" orient="auto">
                <path class=format!("arrow {name}") d="M1 1.5 9 5 1 8.500z" />
            </marker>
        }
    };
    view! { <defs>{["ok", "error", "throttle", "fault"].map(marker).collect_view()}</defs> }
}

/// What is drawn of an edge, and how its group is marked.
pub(super) struct EdgeShape {
    path: String,
    width: f64,
    class: &'static str,
    asynchronous: bool,
}

impl EdgeShape {
    /// Nothing where an end is not on the map.
    pub(super) fn of(edge: &GraphEdge, graph: &ServiceGraph, highest_rate: f64) -> Option<Self> {
        let at = |id: &str| neighbours::node(graph, id).map(|node| node.position);
        Some(Self {
            path: route::path(at(&edge.caller)?, at(&edge.callee)?, &edge.route),
            width: route::width(edge.rate, highest_rate),
            class: class_name(ring::worst(&edge.counts)),
            asynchronous: edge.asynchronous,
        })
    }

    /// The classes of the group around the line.
    pub(super) fn classes(&self) -> String {
        format!("edge {}{}", self.class, if self.asynchronous { " asynchronous" } else { "" })
    }

    /// The line with its arrow head.
    pub(super) fn line(&self) -> impl IntoView + use<> {
        view! { <path class="edge-line" d=self.path.clone() stroke-width=format!("{:.1}", self.width) marker-end=format!("url(#arrow-{})", self.class) /> }
    }
}

/// An edge that can be pointed at and chosen.
pub(super) fn edge(edge: &GraphEdge, graph: &ServiceGraph, highest_rate: f64, light: Memo<Light>) -> AnyView {
    let Some(shape) = EdgeShape::of(edge, graph, highest_rate) else { return ().into_any() };
    let at = |id: &str| neighbours::node(graph, id).map(|node| node.position).unwrap_or_default();
    let middle = route::middle(at(&edge.caller), at(&edge.callee), &edge.route);
    let names = format!("{} to {}", neighbours::name_of(graph, &edge.caller), neighbours::name_of(graph, &edge.callee));
    let figures = figures(edge.latency.average_ns, edge.rate);
    let title = format!("{names}: {figures}{}", if edge.asynchronous { ", asynchronous" } else { "" });
    let (dim_id, lit_id, selected_id) = (edge.id.clone(), edge.id.clone(), edge.id.clone());
    let label = move || light.with(|light| light.is_lit(&lit_id)).then(|| edge_label(middle, &figures));
    view! {
        <g
            class=shape.classes() data-id=edge.id.clone() data-testid="map-edge" tabindex="0" role="button" aria-label=title
            class:dim=move || light.with(|light| light.is_dim(&dim_id))
            class:selected=move || light.with(|light| light.selected.as_ref() == Some(&selected_id))
        >
            <path class="edge-hit" d=shape.path.clone() />
            {shape.line()}
            {label}
        </g>
    }
    .into_any()
}

fn edge_label(middle: Point, text: &str) -> impl IntoView + use<> {
    view! { <text class="edge-label" x=middle.x y=middle.y - 6.0>{text.to_owned()}</text> }
}

/// Whether a node is known from its callers' spans only.
pub(super) fn is_inferred(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Database | NodeKind::Queue | NodeKind::Topic | NodeKind::Aws | NodeKind::Remote)
}

/// Where the group of a node stands.
pub(super) fn place_of(node: &GraphNode) -> String {
    format!("translate({:.1} {:.1})", node.position.x, node.position.y)
}

/// What is drawn of a node, around its own middle: the ring, the icon, the name and the figures.
pub(super) fn node_shape(node: &GraphNode) -> impl IntoView + use<> {
    let arcs = ring::arcs(&node.counts).into_iter().map(|arc| {
        // A hair between two arcs tells them apart without their colours.
        let gap = if arc.length < 99.9 { 0.8 } else { 0.0 };
        view! {
            <circle
                class=format!("arc {}", class_name(arc.class)) r=RADIUS pathLength="100" transform="rotate(-90)"
                stroke-dasharray=format!("{:.2} 100", (arc.length - gap).max(0.4)) stroke-dashoffset=format!("{:.2}", -arc.start)
            />
        }
    });
    view! {
        <title>{node.name.clone()}</title>
        <circle class="node-halo" r=RADIUS + 7.0 />
        <circle class="node-face" r=RADIUS />
        {arcs.collect_view()}
        <g transform="translate(-10 -10)"><Icon glyph=glyph(node.kind) size=20 /></g>
        <text class="node-name" y=RADIUS + 18.0>{short_name(&node.name)}</text>
        <text class="node-figures" y=RADIUS + 35.0>{figures(node.latency.average_ns, node.rate)}</text>
    }
}

/// A node that can be pointed at and chosen.
pub(super) fn node(node: &GraphNode, light: Memo<Light>) -> AnyView {
    let figures = figures(node.latency.average_ns, node.rate);
    let faults = if node.counts.fault > 0 {
        format!(", {} faults", format::share(node.counts.fault, node.counts.total()))
    } else {
        String::new()
    };
    let label = format!("{} {}: {figures}{faults}", kind_name(node.kind), node.name);
    let (dim_id, selected_id) = (node.id.clone(), node.id.clone());
    view! {
        <g
            class="node" class:inferred=is_inferred(node.kind) data-id=node.id.clone() data-testid="map-node" tabindex="0" role="button" aria-label=label
            transform=place_of(node)
            class:dim=move || light.with(|light| light.is_dim(&dim_id))
            class:selected=move || light.with(|light| light.selected.as_ref() == Some(&selected_id))
        >
            {node_shape(node)}
        </g>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_by_character() {
        assert_eq!(short_name("checkout"), "checkout");
        assert_eq!(short_name(&"ü".repeat(21)), format!("{}…", "ü".repeat(19)));
    }

    #[test]
    fn a_node_without_requests_says_so() {
        assert_eq!(figures(5e6, 0.0), "no requests");
        assert!(figures(5e6, 2.0).contains("2/s"));
    }
}
