//! Root causes of faults, errors and response times, in the form of X-Ray's trace summaries.

use super::{Call, Class, End, Kind, NodeType, Span, Trace, field};
use crate::expression::CauseKind;

/// More causes of one kind than this are not told.
pub(super) const CAUSES_MAX: usize = 10;

/// A child is followed as the cause of a response time if it covers at least this part of what is above it.
const COVERED_MIN: f64 = 0.5;

/// The way from where something shows to where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct RootCause {
    /// Whether the client saw it: whether the way begins at the trace's root.
    pub client_impacting: bool,
    /// The services on the way; the last one is the cause.
    pub services: Vec<CauseService>,
}

/// A service on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct CauseService {
    /// Its name.
    pub name: String,
    /// Its type, if one is known.
    pub node_type: Option<String>,
    /// What else its type is called.
    pub other_types: &'static [&'static str],
    /// Its account, if one is known.
    pub account_id: Option<String>,
    /// Whether it sends no spans itself.
    pub inferred: bool,
    /// From its segment to the span below; the last one is the cause, or calls the next service.
    pub entity_path: Vec<CauseEntity>,
}

impl CauseService {
    /// All names of its type.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        self.node_type.as_deref().into_iter().chain(self.other_types.iter().copied())
    }
}

/// A span on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct CauseEntity {
    /// As X-Ray names it: a segment by its service, a call by what is called, anything else by its operation.
    pub name: String,
    /// The span's name.
    pub operation: String,
    /// The span; of an inferred service the one that calls it.
    pub span: [u8; 8],
    /// Whether it is a call of something else.
    pub remote: bool,
    /// Causes of response time: its time as a part of the root's, 0 to 1, in thousandths.
    pub coverage: Option<f64>,
    /// What was thrown in it; none for causes of response time.
    pub exceptions: Vec<CauseException>,
}

/// An exception on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseException {
    /// Its type.
    pub name: String,
    /// Its message.
    pub message: String,
}

/// Every cause of the kind.
pub(super) fn find(trace: &Trace<'_>, of: CauseKind) -> Vec<RootCause> {
    let root = trace.tree.root;
    if of == CauseKind::ResponseTime {
        return vec![describe(trace, of, &longest(trace))];
    }
    let depths = depths(trace, of);
    let mut begins: Vec<usize> = begins(trace, of);
    begins.sort_by_key(|begin| *begin != root);
    begins.truncate(CAUSES_MAX);
    begins.into_iter().map(|begin| describe(trace, of, &deepest(trace, of, &depths, begin))).collect()
}

/// Whether the span shows what is looked for.
fn shows(span: &Span<'_>, of: CauseKind) -> bool {
    match of {
        CauseKind::Fault => span.class == Class::Fault,
        CauseKind::Error => matches!(span.class, Class::Error | Class::Throttle),
        CauseKind::ResponseTime => false,
    }
}

/// Whether the span hides nothing of what is below it: an INTERNAL span that nobody gave a status.
fn is_silent(span: &Span<'_>) -> bool {
    span.kind == Kind::Internal && span.class == Class::Ok
}

/// Spans that show it and have no ancestor that passes it on, by begin.
fn begins(trace: &Trace<'_>, of: CauseKind) -> Vec<usize> {
    let mut below = vec![false; trace.spans.len()];
    for &at in &trace.tree.order {
        if let Some(parent) = trace.tree.parent[at] {
            below[at] = shows(&trace.spans[parent], of) || (is_silent(&trace.spans[parent]) && below[parent]);
        }
    }
    (0..trace.spans.len()).filter(|at| shows(&trace.spans[*at], of) && !below[*at]).collect()
}

/// How many spans in a row show it, from each span on downward. A silent span counts as what is below it.
fn depths(trace: &Trace<'_>, of: CauseKind) -> Vec<usize> {
    let mut depths = vec![0; trace.spans.len()];
    for &at in trace.tree.order.iter().rev() {
        let below = trace.tree.children[at].iter().map(|child| depths[*child]).max().unwrap_or(0);
        depths[at] = match &trace.spans[at] {
            span if shows(span, of) => below + 1,
            span if is_silent(span) => below,
            _ => 0,
        };
    }
    depths
}

/// The spans that show it from `begin` to the deepest; of two that are as deep the earlier one.
fn deepest(trace: &Trace<'_>, of: CauseKind, depths: &[usize], begin: usize) -> Vec<usize> {
    let mut path = Vec::new();
    let mut next = Some(begin);
    while let Some(at) = next {
        if shows(&trace.spans[at], of) {
            path.push(at);
        }
        let deeper = trace.tree.children[at].iter().copied().filter(|child| depths[*child] > 0);
        next = deeper.rev().max_by_key(|child| depths[*child]);
    }
    path
}

/// The spans that the response waited for, from the root on.
fn longest(trace: &Trace<'_>) -> Vec<usize> {
    let mut path = vec![trace.tree.root];
    let mut at = trace.tree.root;
    loop {
        let whole = &trace.spans[at];
        let covered = |child: usize| {
            let span = &trace.spans[child];
            span.end_ns().min(whole.end_ns()).saturating_sub(span.start_ns.max(whole.start_ns))
        };
        let longest = trace.tree.children[at].iter().copied().rev().max_by_key(|child| covered(*child));
        match longest.filter(|child| covered(*child) > 0) {
            Some(child) if covered(child) as f64 >= COVERED_MIN * whole.duration_ns as f64 => {
                path.push(child);
                at = child;
            }
            _ => return path,
        }
    }
}

fn describe(trace: &Trace<'_>, of: CauseKind, path: &[usize]) -> RootCause {
    let mut services: Vec<CauseService> = Vec::new();
    let mut head_before = None;
    for &at in path {
        let head = trace.head_of(at);
        if head_before != Some(head) {
            services.push(service(&trace.spans[head]));
            head_before = Some(head);
        }
        if let Some(service) = services.last_mut() {
            service.entity_path.push(entity(trace, of, at));
        }
    }
    if let Some(last) = path.last()
        && let Some(call) = trace.calls().iter().find(|call| leaves_with(trace, call, *last))
    {
        services.extend(inferred(trace, of, call));
    }
    RootCause { client_impacting: path.first() == Some(&trace.tree.root), services }
}

/// Whether the call is made by the span, or by the one around it that counts for it.
fn leaves_with(trace: &Trace<'_>, call: &Call, span: usize) -> bool {
    let within = |at: usize| call.measured == at && trace.head_of(at) == trace.head_of(span);
    let around = trace.tree.parent[span].filter(|_| trace.spans[span].kind.is_outgoing());
    !call.asynchronous
        && matches!(call.callee, End::Remote(_))
        && (within(span) || around.is_some_and(|around| trace.spans[around].kind.is_outgoing() && within(around)))
}

fn service(head: &Span<'_>) -> CauseService {
    let node_type = NodeType::of_service(head);
    CauseService {
        name: head.service.to_owned(),
        other_types: node_type.as_ref().map_or(&[], |node_type| node_type.other),
        node_type: node_type.map(|node_type| node_type.name.into_owned()),
        account_id: field::text(head, field::ACCOUNT).map(|account| account.into_owned()),
        inferred: false,
        entity_path: Vec::new(),
    }
}

fn inferred(trace: &Trace<'_>, of: CauseKind, call: &Call) -> Option<CauseService> {
    let caller = &trace.spans[call.measured];
    let remote = caller.remote.as_ref()?;
    let node_type = NodeType::of_remote(remote);
    let only = CauseEntity {
        name: remote.name.to_string(),
        remote: false,
        exceptions: Vec::new(),
        ..entity(trace, of, call.measured)
    };
    Some(CauseService {
        name: remote.name.to_string(),
        other_types: node_type.other,
        node_type: Some(node_type.name.into_owned()),
        account_id: field::text(caller, field::CALLED_ACCOUNT).map(|account| account.into_owned()),
        inferred: true,
        entity_path: vec![only],
    })
}

fn entity(trace: &Trace<'_>, of: CauseKind, at: usize) -> CauseEntity {
    let span = &trace.spans[at];
    let called = span.remote.as_ref().filter(|_| span.kind.is_outgoing());
    let name = match called {
        _ if trace.head_of(at) == at => span.service,
        Some(remote) => remote.name.as_ref(),
        None => span.name,
    };
    let exceptions = span
        .exceptions
        .iter()
        .filter(|_| of != CauseKind::ResponseTime)
        .map(|exception| CauseException { name: exception.name.to_string(), message: exception.message.to_string() });
    CauseEntity {
        name: name.to_owned(),
        operation: span.name.to_owned(),
        span: span.id,
        remote: span.kind.is_outgoing(),
        coverage: (of == CauseKind::ResponseTime).then(|| coverage(trace, span)),
        exceptions: exceptions.collect(),
    }
}

/// The part of the root's time that the span covers, in thousandths.
fn coverage(trace: &Trace<'_>, span: &Span<'_>) -> f64 {
    let root = trace.root();
    if root.duration_ns <= 0 {
        return 1.0;
    }
    let covered = span.end_ns().min(root.end_ns()).saturating_sub(span.start_ns.max(root.start_ns)).max(0);
    (covered as f64 / root.duration_ns as f64 * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests;
