//! From a node or an edge to the evidence: which parameters the other screens are opened with.

use api::service::{GraphEdge, GraphNode, NodeKind, ServiceGraph};

use super::neighbours;
use crate::traces::duration_text;

/// What the traces of a node or an edge are searched by.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Subject {
    /// `service.name` of the matching span.
    pub(super) service: Option<String>,
    /// What it calls.
    pub(super) callee: Option<String>,
}

impl Subject {
    /// A service by its own spans; what was inferred, by its callers'.
    pub(super) fn of_node(node: &GraphNode) -> Self {
        match node.kind {
            NodeKind::Client => Self::default(),
            NodeKind::Service | NodeKind::Function => Self { service: Some(node.name.clone()), callee: None },
            NodeKind::Database | NodeKind::Queue | NodeKind::Topic | NodeKind::Aws | NodeKind::Remote => {
                Self { service: None, callee: Some(node.name.clone()) }
            }
        }
    }

    /// The spans of the caller that call the callee. From the clients: the callee's own.
    pub(super) fn of_edge(graph: &ServiceGraph, edge: &GraphEdge) -> Self {
        let callee = neighbours::name_of(graph, &edge.callee);
        match neighbours::node(graph, &edge.caller) {
            Some(caller) if matches!(caller.kind, NodeKind::Service | NodeKind::Function) => {
                Self { service: Some(caller.name.clone()), callee: Some(callee) }
            }
            Some(caller) if caller.kind == NodeKind::Client => Self { service: Some(callee), callee: None },
            _ => Self { service: None, callee: Some(callee) },
        }
    }

    /// Parameters of the traces screen.
    pub(super) fn parameters(&self, more: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
        let named = |key, value: &Option<String>| value.clone().map(|value| (key, value));
        let own = named("service", &self.service).into_iter().chain(named("callee", &self.callee));
        own.chain(more.iter().cloned()).collect()
    }
}

/// Parameters for the durations of buckets. A bucket leaves its lower end out, a search takes both ends in.
pub(super) fn between(lower_ns: f64, upper_ns: f64) -> Vec<(&'static str, String)> {
    let (from_ns, to_ns) = (lower_ns.floor() as i64 + 1, upper_ns.ceil() as i64);
    vec![("duration_min", duration_text::write(from_ns)), ("duration_max", duration_text::write(to_ns))]
}

/// Parameters for what is slower than most.
pub(super) fn slower_than(nanos: f64) -> Vec<(&'static str, String)> {
    // Whole milliseconds read better, and a link to slow traces need not be exact.
    let rounded = if nanos >= 5e6 { (nanos / 1e6).floor() * 1e6 } else { nanos.floor() };
    vec![("duration_min", duration_text::write(rounded as i64))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_conditions_and_more_are_parameters() {
        let subject = Subject { service: Some("cart".to_owned()), callee: Some("orders".to_owned()) };
        let all = subject.parameters(&[("class", "fault".to_owned())]);
        assert_eq!(
            all,
            [("service", "cart".to_owned()), ("callee", "orders".to_owned()), ("class", "fault".to_owned())]
        );
        assert!(Subject::default().parameters(&[]).is_empty());
    }

    #[test]
    fn durations_are_written_as_the_traces_screen_reads_them() {
        assert_eq!(
            between(249_999_999.0, 1_500_000_000.0),
            [("duration_min", "250ms".to_owned()), ("duration_max", "1.5s".to_owned())]
        );
        assert_eq!(slower_than(12_345_678.9), [("duration_min", "12ms".to_owned())]);
        assert_eq!(slower_than(1_234.5), [("duration_min", "1.234us".to_owned())]);
    }
}
