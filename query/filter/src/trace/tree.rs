//! Parents, children, the root and the segments of a trace's spans.
//!
//! Spans whose parents form a circle hang below the earliest of them.

use std::collections::{HashMap, HashSet};

use super::Span;

/// Who is below whom.
pub(super) struct Tree {
    pub(super) by_id: HashMap<[u8; 8], usize>,
    pub(super) parent: Vec<Option<usize>>,
    /// By begin.
    pub(super) children: Vec<Vec<usize>>,
    /// Whether the parent did not arrive.
    pub(super) orphan: Vec<bool>,
    /// Parents before their children.
    pub(super) order: Vec<usize>,
    pub(super) root: usize,
}

/// The first of each id by begin; of two that begin together the longer one.
pub(super) fn without_duplicates(mut spans: Vec<Span<'_>>) -> Vec<Span<'_>> {
    spans.sort_by_key(|span| (span.start_ns, std::cmp::Reverse(span.duration_ns), span.id));
    let mut seen = HashSet::with_capacity(spans.len());
    spans.retain(|span| seen.insert(span.id));
    spans
}

impl Tree {
    /// Of spans that are sorted and have no duplicates; `None` where there are none.
    pub(super) fn of(spans: &[Span<'_>]) -> Option<Self> {
        let by_id: HashMap<[u8; 8], usize> = spans.iter().enumerate().map(|(at, span)| (span.id, at)).collect();
        let count = spans.len();
        let mut tree = Self {
            by_id,
            parent: vec![None; count],
            children: vec![Vec::new(); count],
            orphan: vec![false; count],
            order: Vec::with_capacity(count),
            root: 0,
        };
        let (mut roots, mut orphans) = (Vec::new(), Vec::new());
        for (at, span) in spans.iter().enumerate() {
            let Some(id) = span.parent else {
                roots.push(at);
                continue;
            };
            match tree.by_id.get(&id) {
                Some(&parent) if parent != at => {
                    tree.parent[at] = Some(parent);
                    tree.children[parent].push(at);
                }
                Some(_) => roots.push(at),
                None => {
                    tree.orphan[at] = true;
                    orphans.push(at);
                }
            }
        }
        let begins: Vec<usize> = roots.into_iter().chain(orphans).chain(0..count).collect();
        tree.root = *begins.first()?;
        let mut visited = vec![false; count];
        for begin in begins {
            tree.visit(begin, &mut visited);
        }
        Some(tree)
    }

    fn visit(&mut self, begin: usize, visited: &mut [bool]) {
        if !visited[begin] {
            // The begin of a circle has no parent any more.
            self.parent[begin] = None;
        }
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

    /// For each span the head of its segment. A segment begins with a span by which a request enters, that has no
    /// parent, or whose parent is another service's.
    pub(super) fn heads(&self, spans: &[Span<'_>]) -> Vec<usize> {
        let mut heads: Vec<usize> = (0..spans.len()).collect();
        for &at in &self.order {
            let begins = spans[at].kind.is_entry();
            if let Some(parent) =
                self.parent[at].filter(|parent| !begins && spans[*parent].service == spans[at].service)
            {
                heads[at] = heads[parent];
            }
        }
        heads
    }
}
