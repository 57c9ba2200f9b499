//! A trace as the page reads it: spans in pre-order with depth, places in fractions of the trace, services with colours.
//!
//! Promises: every span of the answer is there once, whatever the parents say (a parent that is missing or runs in a
//! circle makes a root); a node's subtree is the rows `index..end`. Leaves out what is visible: see [`super::rows`].

use std::collections::HashMap;

use api::trace::{Class, Span, TraceAnswer};

/// How many service colours the tokens have; services beyond that share them in turn.
pub(crate) const SERVICE_COLOURS: usize = 8;

/// What the page knows of a span beside its data.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// Row of the parent.
    pub(crate) parent: Option<usize>,
    /// 0 for a root.
    pub(crate) depth: u32,
    /// The row after its last descendant.
    pub(crate) end: usize,
    /// Direct children.
    pub(crate) children: u32,
    /// Index in [`Model::services`].
    pub(crate) service: usize,
    /// Begin, as a fraction of the trace.
    pub(crate) start: f64,
    /// End, as a fraction of the trace.
    pub(crate) stop: f64,
    /// The parent is named, but did not arrive.
    pub(crate) orphan: bool,
}

/// A service of the trace.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ServiceTally {
    /// `service.name`.
    pub(crate) name: String,
    /// How many spans.
    pub(crate) spans: usize,
    /// How many of them are not ok.
    pub(crate) failed: usize,
    /// 0 to [`SERVICE_COLOURS`] − 1.
    pub(crate) colour: usize,
}

/// The trace of a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Model {
    /// The answer, its spans in the order of the rows.
    pub(crate) answer: TraceAnswer,
    /// One for each span.
    pub(crate) nodes: Vec<Node>,
    /// In order of first appearance.
    pub(crate) services: Vec<ServiceTally>,
    /// Stretches of the critical path by row, in fractions of the trace.
    pub(crate) critical: HashMap<usize, Vec<(f64, f64)>>,
    rows_by_id: HashMap<String, usize>,
}

impl Model {
    /// Puts an answer in order.
    pub(crate) fn new(mut answer: TraceAnswer) -> Self {
        let spans = std::mem::take(&mut answer.spans);
        let (order, parents) = pre_order(&spans);
        let mut slots: Vec<Option<Span>> = spans.into_iter().map(Some).collect();
        answer.spans = order.iter().filter_map(|&i| slots[i].take()).collect();
        let mut rows_by_id = HashMap::with_capacity(answer.spans.len());
        for (row, span) in answer.spans.iter().enumerate() {
            rows_by_id.entry(span.span_id.clone()).or_insert(row);
        }
        let mut model = Self { answer, nodes: Vec::new(), services: Vec::new(), critical: HashMap::new(), rows_by_id };
        model.tally_services();
        model.make_nodes(&parents);
        model.place_critical_path();
        model
    }

    /// The row of a span.
    pub(crate) fn row(&self, span_id: &str) -> Option<usize> {
        self.rows_by_id.get(span_id).copied()
    }

    /// The span of a row.
    pub(crate) fn span(&self, row: usize) -> Option<&Span> {
        self.answer.spans.get(row)
    }

    /// The root that the answer names, or the first row.
    pub(crate) fn root(&self) -> Option<&Span> {
        self.row(&self.answer.root_span_id).or(Some(0)).and_then(|row| self.span(row))
    }

    /// How many spans are not ok.
    pub(crate) fn failed(&self) -> usize {
        self.services.iter().map(|s| s.failed).sum()
    }

    /// How many levels the tree has.
    pub(crate) fn levels(&self) -> u32 {
        self.nodes.iter().map(|n| n.depth + 1).max().unwrap_or(0)
    }

    /// A time as a fraction of the trace.
    pub(crate) fn fraction(&self, unix_nano: i64) -> f64 {
        let passed = unix_nano.saturating_sub(self.answer.start_time_unix_nano.0);
        passed as f64 / self.answer.duration_ns.max(1) as f64
    }

    fn tally_services(&mut self) {
        let mut index_of: HashMap<&str, usize> = HashMap::new();
        for span in &self.answer.spans {
            let next = self.services.len();
            let index = *index_of.entry(span.service_name.as_str()).or_insert(next);
            if index == next {
                let name = span.service_name.clone();
                self.services.push(ServiceTally { name, spans: 0, failed: 0, colour: index % SERVICE_COLOURS });
            }
            self.services[index].spans += 1;
            self.services[index].failed += usize::from(span.class != Class::Ok);
        }
    }

    fn make_nodes(&mut self, parents: &[Option<usize>]) {
        let service_of: HashMap<&str, usize> =
            self.services.iter().enumerate().map(|(i, s)| (s.name.as_str(), i)).collect();
        let mut nodes: Vec<Node> = Vec::with_capacity(parents.len());
        for (row, (span, parent)) in self.answer.spans.iter().zip(parents).enumerate() {
            let start = self.fraction(span.start_time_unix_nano.0);
            nodes.push(Node {
                parent: *parent,
                depth: parent.map_or(0, |p| nodes[p].depth + 1),
                end: row + 1,
                children: 0,
                service: service_of.get(span.service_name.as_str()).copied().unwrap_or(0),
                start,
                stop: self.fraction(span.end_time_unix_nano.0).max(start),
                orphan: parent.is_none() && span.parent_span_id.is_some(),
            });
        }
        for row in (0..nodes.len()).rev() {
            if let Some(parent) = nodes[row].parent {
                nodes[parent].children += 1;
                nodes[parent].end = nodes[parent].end.max(nodes[row].end);
            }
        }
        self.nodes = nodes;
    }

    fn place_critical_path(&mut self) {
        for stretch in &self.answer.critical_path {
            let Some(row) = self.rows_by_id.get(&stretch.span_id) else { continue };
            let place = (self.fraction(stretch.start_time_unix_nano.0), self.fraction(stretch.end_time_unix_nano.0));
            self.critical.entry(*row).or_default().push(place);
        }
    }
}

/// The order of the rows (old indexes), and by row the row of its parent.
fn pre_order(spans: &[Span]) -> (Vec<usize>, Vec<Option<usize>>) {
    let mut index_of: HashMap<&str, usize> = HashMap::with_capacity(spans.len());
    for (index, span) in spans.iter().enumerate() {
        index_of.entry(span.span_id.as_str()).or_insert(index);
    }
    let parent_of = |index: usize| spans[index].parent_span_id.as_deref().and_then(|id| index_of.get(id).copied());
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); spans.len()];
    let mut starts: Vec<usize> = Vec::new();
    for index in 0..spans.len() {
        match parent_of(index) {
            Some(parent) if parent != index => children[parent].push(index),
            _ => starts.push(index),
        }
    }
    // Spans whose parents run in a circle are reached by no root: they start after the roots, each where it is first met.
    starts.extend(0..spans.len());
    let mut row_of: Vec<Option<usize>> = vec![None; spans.len()];
    let (mut order, mut parents) = (Vec::with_capacity(spans.len()), Vec::with_capacity(spans.len()));
    for start in starts {
        let mut stack = vec![(start, None)];
        while let Some((index, parent)) = stack.pop() {
            if row_of[index].is_some() {
                continue;
            }
            let row = order.len();
            row_of[index] = Some(row);
            order.push(index);
            parents.push(parent);
            stack.extend(children[index].iter().rev().map(|&child| (child, Some(row))));
        }
    }
    (order, parents)
}

#[cfg(test)]
pub(crate) mod tests;
