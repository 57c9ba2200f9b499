//! Counting calls into nodes and edges. Pure.
//!
//! A service's numbers come from its own SERVER and CONSUMER spans, an inferred node's from the calls to it. Places are
//! not known yet.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use api::service::{ClassCounts, FunctionPhases, GraphEdge, GraphNode, NodeKind, Point};

use super::calls::{Call, End, GraphSpan, Phase};
use crate::latency::Sketch;
use crate::service::tallies::count as count_class;

/// Nodes and edges.
#[derive(Debug, Default)]
pub struct Graph {
    /// By id.
    pub nodes: Vec<GraphNode>,
    /// By caller and callee.
    pub edges: Vec<GraphEdge>,
}

#[derive(Default)]
struct Tally {
    counts: ClassCounts,
    durations: Sketch,
}

impl Tally {
    fn add(&mut self, span: &GraphSpan, duration: i64) {
        count_class(&mut self.counts, span.class);
        self.durations.add(duration);
    }
}

#[derive(Default)]
struct Phases {
    function: bool,
    cold_starts: u64,
    initialization: Mean,
    invocation: Mean,
    overhead: Mean,
}

#[derive(Default)]
struct Mean {
    sum: f64,
    count: u64,
}

impl Mean {
    fn add(&mut self, value: i64) {
        self.sum += value as f64;
        self.count += 1;
    }

    fn value(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }
}

/// The graph of these calls among these spans, over so many seconds.
pub fn count(spans: &[GraphSpan], calls: &[Call], seconds: f64) -> Graph {
    let services = count_services(spans);
    let mut remotes: BTreeMap<String, (End, Tally)> = BTreeMap::new();
    let mut edges: BTreeMap<(String, String, bool), Tally> = BTreeMap::new();
    for call in calls {
        let span = &spans[call.measured];
        let key = (call.caller.id(), call.callee.id(), call.asynchronous);
        edges
            .entry(key)
            .or_default()
            .add(span, call.age_ns.unwrap_or(if call.asynchronous { 0 } else { span.duration }));
        // A node that is only delivered from is in the graph too, without requests of its own.
        for end in [&call.caller, &call.callee] {
            if !matches!(end, End::Service(_)) {
                remotes.entry(end.id()).or_insert_with(|| (end.clone(), Tally::default()));
            }
        }
        let callers_number = match (&call.caller, &call.callee) {
            (End::Client, _) => Some(call.caller.id()),
            (_, End::Remote(_)) if !call.asynchronous => Some(call.callee.id()),
            _ => None,
        };
        if let Some((_, tally)) = callers_number.and_then(|id| remotes.get_mut(&id)) {
            tally.add(span, span.duration);
        }
    }
    let of_services = services.into_iter().map(|(name, (tally, phases))| {
        let kind = if phases.function { NodeKind::Function } else { NodeKind::Service };
        let phases = phases.function.then(|| FunctionPhases {
            cold_starts: phases.cold_starts,
            initialization_average_ns: phases.initialization.value(),
            invocation_average_ns: phases.invocation.value(),
            overhead_average_ns: phases.overhead.value(),
        });
        GraphNode { phases, ..node(format!("service:{name}"), &name, kind, "", &tally, seconds) }
    });
    let of_remotes = remotes.into_iter().map(|(id, (end, tally))| match &end {
        End::Remote(remote) => node(id, &remote.name, remote.kind.node_kind(), &remote.system, &tally, seconds),
        _ => node(id, end.name(), NodeKind::Client, "", &tally, seconds),
    });
    let mut nodes: Vec<GraphNode> = of_services.chain(of_remotes).collect();
    nodes.sort_by(|a, b| a.id.cmp(&b.id));
    Graph { nodes, edges: edges_of(edges, seconds) }
}

/// Lets the nodes with the fewest requests go, and their edges.
pub fn keep_busiest(graph: &mut Graph, max: usize) {
    if graph.nodes.len() <= max {
        return;
    }
    graph.nodes.sort_by_key(|node| std::cmp::Reverse(node.counts.total()));
    graph.nodes.truncate(max);
    let kept: HashSet<&str> = graph.nodes.iter().map(|node| node.id.as_str()).collect();
    graph.edges.retain(|edge| kept.contains(edge.caller.as_str()) && kept.contains(edge.callee.as_str()));
}

fn count_services(spans: &[GraphSpan]) -> BTreeMap<Arc<str>, (Tally, Phases)> {
    let mut services: BTreeMap<Arc<str>, (Tally, Phases)> = BTreeMap::new();
    let mut seen: HashSet<([u8; 16], [u8; 8])> = HashSet::with_capacity(spans.len());
    let mut phases_below: HashMap<_, Vec<(Phase, i64)>> = HashMap::new();
    for span in spans {
        if let (Some(phase), Some(parent)) = (span.phase, span.parent) {
            phases_below.entry((span.trace, parent)).or_default().push((phase, span.duration));
        }
    }
    for span in spans {
        if !seen.insert((span.trace, span.span)) {
            continue;
        }
        if !services.contains_key(&span.service) {
            services.insert(span.service.clone(), Default::default());
        }
        let Some((tally, phases)) = services.get_mut(&span.service) else { continue };
        phases.function |= span.function;
        if span.kind.is_entry() {
            tally.add(span, span.duration);
            let below = phases_below.get(&(span.trace, span.span)).map(Vec::as_slice).unwrap_or_default();
            add_phases(phases, span, below);
        }
    }
    services
}

/// One invocation. Where it has no span for the handler, the invocation is what initialization leaves of it.
fn add_phases(phases: &mut Phases, span: &GraphSpan, below: &[(Phase, i64)]) {
    let of = |wanted: Phase| {
        let found: Vec<i64> =
            below.iter().filter(|(phase, _)| *phase == wanted).map(|(_, duration)| *duration).collect();
        (!found.is_empty()).then(|| found.iter().sum::<i64>())
    };
    let initialization = of(Phase::Initialization);
    phases.cold_starts += u64::from(span.cold_start);
    if let Some(duration) = initialization {
        phases.initialization.add(duration);
    }
    let rest = (span.duration - initialization.unwrap_or(0)).max(0);
    let handler = of(Phase::Invocation);
    phases.invocation.add(handler.unwrap_or(rest));
    let overhead = of(Phase::Overhead).or(handler.map(|handler| (rest - handler).max(0)));
    if let Some(duration) = overhead {
        phases.overhead.add(duration);
    }
}

fn node(id: String, name: &str, kind: NodeKind, system: &str, tally: &Tally, seconds: f64) -> GraphNode {
    GraphNode {
        id,
        name: name.to_owned(),
        kind,
        system: system.to_owned(),
        counts: tally.counts,
        rate: tally.counts.total() as f64 / seconds,
        latency: tally.durations.latency(),
        histogram: tally.durations.panel(),
        phases: None,
        position: Point::default(),
    }
}

fn edges_of(edges: BTreeMap<(String, String, bool), Tally>, seconds: f64) -> Vec<GraphEdge> {
    let mut seen = HashSet::new();
    let edge = |((caller, callee, asynchronous), tally): ((String, String, bool), Tally)| {
        let id = format!("{caller}->{callee}");
        // Calls and deliveries between the same two nodes are two edges.
        let id = if seen.insert(id.clone()) { id } else { format!("{id}#asynchronous") };
        GraphEdge {
            id,
            caller,
            callee,
            asynchronous,
            counts: tally.counts,
            rate: tally.counts.total() as f64 / seconds,
            latency: tally.durations.latency(),
            histogram: tally.durations.panel(),
            route: Vec::new(),
        }
    };
    edges.into_iter().map(edge).collect()
}

#[cfg(test)]
mod tests;
