//! What kept a trace from ending earlier. Pure.
//!
//! The algorithm of Jaeger: stand at the end of the root and look for the child that finished last. From its end to
//! here the root itself was busy; before that the child was, so the same question goes to the child. At the begin of
//! the child, look for the last of its siblings that had finished by then, and so on to the begin of the root. A child
//! that outlives its parent counts up to the parent's end, one that begins after the parent's end (work that nobody
//! waits for) does not count at all, and a sibling that was still running when the chosen one began was not waited for.

use api::Nanos;
use api::trace::{CriticalStretch, Span};

struct Frame {
    span: usize,
    /// Begin and end of the span as far as its parent waited for it.
    start: i64,
    limit: i64,
    /// Where we stand: it moves from the limit to the begin.
    end: i64,
    /// Children by end, the last one on top.
    children: Vec<usize>,
}

/// The critical path of the tree below `root`, in order of time.
pub(super) fn of(spans: &[Span], children: &[Vec<usize>], root: usize) -> Vec<CriticalStretch> {
    let bounds = |span: usize| (spans[span].start_time_unix_nano.0, spans[span].end_time_unix_nano.0);
    let frame = |span: usize, start: i64, limit: i64| {
        let mut below = children[span].clone();
        below.sort_by_key(|&child| (bounds(child).1.min(limit), bounds(child).0));
        Frame { span, start, limit, end: limit, children: below }
    };
    let (start, end) = bounds(root);
    let mut frames = vec![frame(root, start, end)];
    let mut backwards: Vec<(usize, i64, i64)> = Vec::new();
    while let Some(top) = frames.last_mut() {
        let span = top.span;
        let Some(child) = top.children.pop() else {
            push(&mut backwards, span, top.start, top.end);
            frames.pop();
            continue;
        };
        let (child_start, child_end) = bounds(child);
        let waited_to = child_end.min(top.limit);
        if child_start >= top.limit || waited_to > top.end || waited_to < top.start {
            continue;
        }
        let child_start = child_start.max(top.start);
        push(&mut backwards, span, waited_to, top.end);
        top.end = child_start;
        frames.push(frame(child, child_start, waited_to));
    }
    backwards.reverse();
    backwards
        .into_iter()
        .map(|(span, start, end)| CriticalStretch {
            span_id: spans[span].span_id.clone(),
            start_time_unix_nano: Nanos(start),
            end_time_unix_nano: Nanos(end),
        })
        .collect()
}

fn push(backwards: &mut Vec<(usize, i64, i64)>, span: usize, start: i64, end: i64) {
    if start < end {
        match backwards.last_mut() {
            Some((last, last_start, _)) if *last == span && *last_start == end => *last_start = start,
            _ => backwards.push((span, start, end)),
        }
    }
}

#[cfg(test)]
mod tests;
