//! From the spans of a trace, in any order, to the tree that is drawn. Pure.
//!
//! Each span id occurs once in the result (a client that retries sends a span twice). Spans come in pre-order, siblings
//! by begin. A span whose parent did not arrive begins a tree of its own and is named as an orphan; spans whose parents
//! form a circle hang below the earliest of them. Every span that came in comes out.

use std::collections::HashMap;

use api::trace::{Class, CriticalStretch, Span};

use super::critical_path;

/// A trace, put together.
#[derive(Debug, Clone, PartialEq)]
pub struct Assembled {
    /// Every span once, in pre-order, self times filled in.
    pub spans: Vec<Span>,
    /// The first span without a parent, or the first one whose parent did not arrive.
    pub root_span_id: String,
    /// Spans whose parent did not arrive.
    pub orphan_span_ids: Vec<String>,
    /// Begin of the first span.
    pub start_unix_nano: i64,
    /// From the first begin to the last end.
    pub duration_ns: i64,
    /// Class of the root, or of the worst entry span.
    pub class: Class,
    /// What kept the trace from ending earlier.
    pub critical_path: Vec<CriticalStretch>,
}

/// Puts a trace together; `None` where there is no span.
pub fn assemble(spans: Vec<Span>) -> Option<Assembled> {
    let spans = without_duplicates(spans);
    let tree = Tree::of(&spans);
    let main = *tree.order.first()?;
    let start = spans.iter().map(|span| span.start_time_unix_nano.0).min()?;
    let end = spans.iter().map(|span| span.end_time_unix_nano.0).max()?;
    let self_times: Vec<i64> = (0..spans.len()).map(|span| self_time(&spans, span, &tree.children[span])).collect();
    let critical_path = critical_path::of(&spans, &tree.children, main);
    let class = trace_class(&spans, main);
    let root_span_id = spans[main].span_id.clone();
    let orphan_span_ids =
        tree.order.iter().filter(|&&span| tree.orphan[span]).map(|&span| spans[span].span_id.clone()).collect();
    let mut taken: Vec<Option<Span>> = spans.into_iter().map(Some).collect();
    let in_order = tree.order.iter().filter_map(|&span| {
        let taken = taken[span].take()?;
        Some(Span { self_time_ns: self_times[span], ..taken })
    });
    Some(Assembled {
        spans: in_order.collect(),
        root_span_id,
        orphan_span_ids,
        start_unix_nano: start,
        duration_ns: end - start,
        class,
        critical_path,
    })
}

/// The first of each id by begin; of two that begin together the longer one.
fn without_duplicates(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by(|a, b| {
        (a.start_time_unix_nano, -a.duration_ns, &a.span_id).cmp(&(b.start_time_unix_nano, -b.duration_ns, &b.span_id))
    });
    let mut seen = std::collections::HashSet::with_capacity(spans.len());
    spans.retain(|span| seen.insert(span.span_id.clone()));
    spans
}

struct Tree {
    /// Children by begin.
    children: Vec<Vec<usize>>,
    orphan: Vec<bool>,
    /// Pre-order.
    order: Vec<usize>,
}

impl Tree {
    /// `spans` are sorted by begin and have no duplicates, so whatever is pushed in their order is sorted too.
    fn of(spans: &[Span]) -> Self {
        let by_id: HashMap<&str, usize> =
            spans.iter().enumerate().map(|(at, span)| (span.span_id.as_str(), at)).collect();
        let mut tree =
            Self { children: vec![Vec::new(); spans.len()], orphan: vec![false; spans.len()], order: Vec::new() };
        let (mut roots, mut orphans) = (Vec::new(), Vec::new());
        for (at, span) in spans.iter().enumerate() {
            match &span.parent_span_id {
                None => roots.push(at),
                Some(parent) => match by_id.get(parent.as_str()) {
                    Some(&parent) if parent != at => tree.children[parent].push(at),
                    Some(_) => roots.push(at),
                    None => {
                        tree.orphan[at] = true;
                        orphans.push(at);
                    }
                },
            }
        }
        let main = roots.first().or(orphans.first()).copied();
        let mut begins: Vec<usize> = roots.into_iter().chain(orphans).filter(|at| Some(*at) != main).collect();
        begins.sort_unstable();
        let mut visited = vec![false; spans.len()];
        // Whatever no root reaches hangs in a circle; its earliest span breaks it.
        for begin in main.into_iter().chain(begins).chain(0..spans.len()) {
            tree.visit(begin, &mut visited);
        }
        tree
    }

    fn visit(&mut self, begin: usize, visited: &mut [bool]) {
        let mut waiting = vec![begin];
        while let Some(at) = waiting.pop() {
            if std::mem::replace(&mut visited[at], true) {
                continue;
            }
            self.order.push(at);
            self.children[at].retain(|child| !visited[*child]);
            waiting.extend(self.children[at].iter().rev());
        }
    }
}

/// Duration that no child covers.
fn self_time(spans: &[Span], span: usize, children: &[usize]) -> i64 {
    let (start, end) = (spans[span].start_time_unix_nano.0, spans[span].end_time_unix_nano.0);
    let (mut covered, mut reached) = (0, start);
    for &child in children {
        let from = spans[child].start_time_unix_nano.0.max(reached);
        let to = spans[child].end_time_unix_nano.0.min(end);
        if to > from {
            covered += to - from;
            reached = to;
        }
    }
    end - start - covered
}

/// The root's class; where the root did not arrive, the worst of the entry spans, or of all if there is none.
fn trace_class(spans: &[Span], main: usize) -> Class {
    if spans[main].parent_span_id.is_none() {
        return spans[main].class;
    }
    let entry = |span: &&Span| matches!(span.kind.as_str(), "server" | "consumer");
    let worst_entry = spans.iter().filter(entry).map(|span| span.class).max();
    worst_entry.or(spans.iter().map(|span| span.class).max()).unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod tests;
