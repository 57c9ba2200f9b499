//! A trace as plain data: what the caller knows of its spans, and what follows from it.
//!
//! A [`Trace`] is put together from [`Span`]s in any order, as the rest of the product does it: each id once, children by
//! begin, a root even where it did not arrive. It divides the spans into segments (the part of one service that one
//! request began, X-Ray's own unit), finds which span calls what, and says for each node what X-Ray would call it.
//! Classes and the other ends of calls are given by the caller. What this leaves out: where spans come from.

mod calls;
mod causes;
pub(crate) mod field;
mod node;
mod tree;

use std::borrow::Cow;
use std::sync::OnceLock;

pub(crate) use calls::{Call, End};
pub use causes::{CauseEntity, CauseException, CauseService, RootCause};
pub(crate) use node::NodeType;

use crate::expression::CauseKind;
use tree::Tree;

/// How a request went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Class {
    /// Everything that is not marked otherwise.
    #[default]
    Ok,
    /// 4xx other than 429.
    Error,
    /// 429, or an equivalent of it.
    Throttle,
    /// 5xx, or span status ERROR.
    Fault,
}

/// The kind of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// SERVER.
    Server,
    /// CLIENT.
    Client,
    /// PRODUCER.
    Producer,
    /// CONSUMER.
    Consumer,
    /// Anything else.
    Internal,
}

impl Kind {
    /// Whether a request enters a service with it.
    pub fn is_entry(self) -> bool {
        matches!(self, Self::Server | Self::Consumer)
    }

    /// Whether a request leaves a service with it.
    pub fn is_outgoing(self) -> bool {
        matches!(self, Self::Client | Self::Producer)
    }
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue<'a> {
    /// Text; lists and maps as JSON.
    Text(Cow<'a, str>),
    /// A number of any type.
    Number(f64),
    /// A boolean.
    Bool(bool),
}

/// Where the attributes of a span are looked up.
pub trait Attributes {
    /// The span's attribute of this name, else its resource's.
    fn get(&self, key: &str) -> Option<AttributeValue<'_>>;
}

/// What an `exception` event says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exception<'a> {
    /// `exception.type`.
    pub name: Cow<'a, str>,
    /// `exception.message`.
    pub message: Cow<'a, str>,
}

/// What kind of thing is at the other end of a call that nobody there sends spans of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RemoteKind {
    /// A database or cache.
    Database,
    /// A queue.
    Queue,
    /// A topic.
    Topic,
    /// An AWS service.
    Aws,
    /// Another host.
    Host,
}

/// The other end of a call, as the caller's span names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Remote<'a> {
    /// What is written below its node.
    pub name: Cow<'a, str>,
    /// `dynamodb`, `redis`, `aws_sqs`, …; may be empty.
    pub system: Cow<'a, str>,
    /// Database, queue, topic, AWS or another host.
    pub kind: RemoteKind,
    /// Whether `peer.service` named it, so that it may be a service that sends spans.
    pub named_as_service: bool,
}

/// A span.
#[derive(Clone)]
pub struct Span<'a> {
    /// Its id.
    pub id: [u8; 8],
    /// The parent's id.
    pub parent: Option<[u8; 8]>,
    /// Server, client, …
    pub kind: Kind,
    /// The operation.
    pub name: &'a str,
    /// `service.name`.
    pub service: &'a str,
    /// How it went.
    pub class: Class,
    /// Begin, nanoseconds since 1970.
    pub start_ns: i64,
    /// Duration, nanoseconds.
    pub duration_ns: i64,
    /// Attributes of the span and of its resource.
    pub attributes: &'a dyn Attributes,
    /// Its exceptions, in order of time.
    pub exceptions: Vec<Exception<'a>>,
    /// CLIENT and PRODUCER: the other end, if nobody there sends spans. CONSUMER: the queue or topic, if it names one.
    pub remote: Option<Remote<'a>>,
    /// Spans of the same trace that its links name.
    pub links: Vec<[u8; 8]>,
}

impl Span<'_> {
    /// End, nanoseconds since 1970.
    pub fn end_ns(&self) -> i64 {
        self.start_ns.saturating_add(self.duration_ns)
    }
}

/// A trace, put together.
pub struct Trace<'a> {
    pub(crate) spans: Vec<Span<'a>>,
    tree: Tree,
    /// For each span the head of its segment.
    head: Vec<usize>,
    /// For each head the spans of its segment; empty for the others.
    members: Vec<Vec<usize>>,
    calls: OnceLock<Vec<Call>>,
    causes: [OnceLock<Vec<RootCause>>; 3],
}

impl<'a> Trace<'a> {
    /// Puts a trace together; `None` where there is no span. Of spans with one id the first by begin counts.
    pub fn new(spans: Vec<Span<'a>>) -> Option<Self> {
        let spans = tree::without_duplicates(spans);
        let tree = Tree::of(&spans)?;
        let head = tree.heads(&spans);
        let mut members = vec![Vec::new(); spans.len()];
        for (at, head) in head.iter().enumerate() {
            members[*head].push(at);
        }
        Some(Self { spans, tree, head, members, calls: OnceLock::new(), causes: Default::default() })
    }

    /// The root, or the span that stands for it: the first one without a parent, or whose parent did not arrive.
    pub fn root(&self) -> &Span<'a> {
        &self.spans[self.tree.root]
    }

    /// From the first begin to the last end, nanoseconds.
    pub fn duration_ns(&self) -> i64 {
        let start = self.spans.iter().map(|span| span.start_ns).min().unwrap_or_default();
        let end = self.spans.iter().map(Span::end_ns).max().unwrap_or_default();
        end.saturating_sub(start)
    }

    /// The root's class; where the root did not arrive, the worst of the entry spans, or of all if there is none.
    pub fn class(&self) -> Class {
        if self.root().parent.is_none() {
            return self.root().class;
        }
        let worst_entry = self.spans.iter().filter(|span| span.kind.is_entry()).map(|span| span.class).max();
        worst_entry.or(self.spans.iter().map(|span| span.class).max()).unwrap_or_default()
    }

    /// Whether something is missing: the root, the parent of a span, or the end of a span that goes on.
    pub fn is_partial(&self) -> bool {
        self.root().parent.is_some()
            || self.tree.orphan.contains(&true)
            || self.spans.iter().any(|span| field::is_in_progress(span))
    }

    /// What caused a fault, an error or the time that the response took: one cause for each place where it began to show,
    /// the ones that the client saw first. At most ten.
    ///
    /// A fault (a 4xx for errors) is followed from the span that shows it to its deepest descendant that has it too;
    /// INTERNAL spans that say nothing do not interrupt it. The response time is followed from the root to the child
    /// that covers the most, as long as it covers at least half of what is above it.
    pub fn root_causes(&self, of: CauseKind) -> &[RootCause] {
        self.causes[of as usize].get_or_init(|| causes::find(self, of))
    }

    pub(crate) fn root_at(&self) -> usize {
        self.tree.root
    }

    pub(crate) fn is_orphan(&self, at: usize) -> bool {
        self.tree.orphan[at]
    }

    /// Heads of segments, by begin.
    pub(crate) fn heads(&self) -> impl Iterator<Item = usize> {
        (0..self.spans.len()).filter(|at| self.head[*at] == *at)
    }

    pub(crate) fn head_of(&self, at: usize) -> usize {
        self.head[at]
    }

    /// The spans of the head's segment.
    pub(crate) fn segment(&self, head: usize) -> &[usize] {
        &self.members[head]
    }

    pub(crate) fn calls(&self) -> &[Call] {
        self.calls.get_or_init(|| calls::find(&self.spans, &self.tree))
    }

    /// What the end of a call is named by its own span.
    pub(crate) fn remote(&self, named_by: usize) -> Option<&Remote<'a>> {
        self.spans[named_by].remote.as_ref()
    }
}

#[cfg(test)]
pub(crate) mod tests;
