//! Which span calls what. Pure.
//!
//! - A SERVER span with a CLIENT parent is a call of the parent's service; its numbers are the CLIENT span's.
//! - A SERVER span without a parent is a call of the client node in front.
//! - A CONSUMER span, or one with a PRODUCER for a parent, received a message from the PRODUCER that its parent or a link
//!   names: the producer's service publishes to the queue or topic, which delivers to the consumer, after some age.
//!   A link may name a span of another trace; it has to be among the spans given.
//! - A CLIENT or PRODUCER span that nobody at the other end answers calls what [`super::infer`] says. Of CLIENT spans of
//!   one service below each other (an SDK over an HTTP client) the outermost counts.
//! - A SERVER span whose parent is of another service, but no CLIENT, is a call with the SERVER's own numbers.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use api::trace::Class;

use super::infer::Remote;

/// A span as far as the graph goes.
#[derive(Debug, Clone)]
pub struct GraphSpan {
    /// Its trace.
    pub trace: [u8; 16],
    /// Its id.
    pub span: [u8; 8],
    /// The parent's id.
    pub parent: Option<[u8; 8]>,
    /// Server, client, …
    pub kind: Kind,
    /// Begin, nanoseconds.
    pub start: i64,
    /// Duration, nanoseconds.
    pub duration: i64,
    /// How it went.
    pub class: Class,
    /// `service.name`.
    pub service: Arc<str>,
    /// Whether it has faas attributes.
    pub function: bool,
    /// `faas.coldstart`.
    pub cold_start: bool,
    /// Whether it is a phase of an invocation, by its name.
    pub phase: Option<Phase>,
    /// CLIENT and PRODUCER: the other end, if nobody there sends spans. CONSUMER: the queue or topic, if it names one.
    pub remote: Option<Arc<Remote>>,
    /// Trace and span that its links name.
    pub links: Vec<([u8; 16], [u8; 8])>,
}

/// The kind of a span, as far as the graph goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

/// A phase of an invocation, as X-Ray names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The runtime and the function's own initialization.
    Initialization,
    /// The handler.
    Invocation,
    /// What the platform does around it.
    Overhead,
}

/// One end of a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum End {
    /// Whoever calls from outside.
    Client,
    /// A service that sends spans.
    Service(Arc<str>),
    /// Something inferred.
    Remote(Arc<Remote>),
}

impl End {
    /// `kind:name`.
    pub fn id(&self) -> String {
        match self {
            Self::Client => "client:client".to_owned(),
            Self::Service(name) => format!("service:{name}"),
            Self::Remote(remote) => format!("{}:{}", remote.kind.as_str(), remote.name),
        }
    }

    /// What is written below the node.
    pub fn name(&self) -> &str {
        match self {
            Self::Client => "Clients",
            Self::Service(name) => name,
            Self::Remote(remote) => &remote.name,
        }
    }
}

/// A call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who calls.
    pub caller: End,
    /// Who is called.
    pub callee: End,
    /// The span with the call's numbers.
    pub measured: usize,
    /// The caller's span, where there is one.
    pub caller_span: Option<usize>,
    /// For a delivery: the age of the message when the consumer began.
    pub age_ns: Option<i64>,
    /// Whether it is a delivery of a message.
    pub asynchronous: bool,
}

/// Every call among the spans.
pub fn find(spans: &[GraphSpan]) -> Vec<Call> {
    let mut by_id: HashMap<([u8; 16], [u8; 8]), usize> = HashMap::with_capacity(spans.len());
    for (at, span) in spans.iter().enumerate() {
        by_id.entry((span.trace, span.span)).or_insert(at);
    }
    let services: HashSet<Arc<str>> = spans.iter().map(|span| span.service.clone()).collect();
    let mut finder = Finder { spans, by_id, answered: vec![false; spans.len()], calls: Vec::new(), services };
    for (at, span) in spans.iter().enumerate() {
        if finder.is_first(at) && span.kind.is_entry() {
            finder.entry(at);
        }
    }
    for (at, span) in spans.iter().enumerate() {
        if finder.is_first(at) && matches!(span.kind, Kind::Client | Kind::Producer) && !finder.answered[at] {
            finder.unanswered(at);
        }
    }
    finder.calls
}

struct Finder<'a> {
    spans: &'a [GraphSpan],
    by_id: HashMap<([u8; 16], [u8; 8]), usize>,
    /// CLIENT and PRODUCER spans whose other end sent a span.
    answered: Vec<bool>,
    services: HashSet<Arc<str>>,
    calls: Vec<Call>,
}

impl Finder<'_> {
    /// False for a span that was sent twice.
    fn is_first(&self, at: usize) -> bool {
        self.by_id.get(&(self.spans[at].trace, self.spans[at].span)) == Some(&at)
    }

    fn parent(&self, at: usize) -> Option<usize> {
        let span = &self.spans[at];
        self.by_id.get(&(span.trace, span.parent?)).copied().filter(|parent| *parent != at)
    }

    fn service(&self, at: usize) -> End {
        End::Service(self.spans[at].service.clone())
    }

    /// A request that enters a service.
    fn entry(&mut self, at: usize) {
        let span = &self.spans[at];
        let parent = self.parent(at);
        let mut senders: Vec<usize> = Vec::new();
        if let Some(parent) = parent
            && (self.spans[parent].kind == Kind::Producer || (span.kind == Kind::Consumer && self.is_outgoing(parent)))
        {
            senders.push(parent);
        }
        for link in &span.links {
            if let Some(&sender) = self.by_id.get(link)
                && sender != at
                && (span.kind == Kind::Consumer || self.spans[sender].kind == Kind::Producer)
                && !senders.contains(&sender)
            {
                senders.push(sender);
            }
        }
        if !senders.is_empty() {
            senders.into_iter().for_each(|sender| self.message(sender, at));
        } else if span.kind == Kind::Consumer {
            self.delivery_from_nowhere(at);
        } else {
            self.request(at, parent);
        }
    }

    fn is_outgoing(&self, at: usize) -> bool {
        matches!(self.spans[at].kind, Kind::Client | Kind::Producer)
    }

    /// A SERVER span.
    fn request(&mut self, at: usize, parent: Option<usize>) {
        let (caller, measured, caller_span) = match parent {
            Some(parent) if self.is_outgoing(parent) => {
                let outermost = self.answer(parent);
                (self.service(parent), outermost, Some(outermost))
            }
            Some(parent) if self.spans[parent].service != self.spans[at].service => {
                (self.service(parent), at, Some(parent))
            }
            // A SERVER span within its own service is no call.
            Some(_) => return,
            None if self.spans[at].parent.is_none() => (End::Client, at, None),
            // The parent is outside the range, or never arrives: who called is not known.
            None => return,
        };
        let callee = self.service(at);
        self.calls.push(Call { caller, callee, measured, caller_span, age_ns: None, asynchronous: false });
    }

    /// Marks an outgoing span, and those of its service around it, as answered. Answers the outermost.
    fn answer(&mut self, mut at: usize) -> usize {
        self.answered[at] = true;
        while let Some(around) = self.around(at).filter(|around| !self.answered[*around]) {
            at = around;
            self.answered[at] = true;
        }
        at
    }

    /// The outgoing span of the same service that this one is a part of.
    fn around(&self, at: usize) -> Option<usize> {
        let parent = self.parent(at)?;
        (self.is_outgoing(parent) && self.spans[parent].service == self.spans[at].service).then_some(parent)
    }

    /// A message from one span to another.
    fn message(&mut self, sender: usize, receiver: usize) {
        let (from, to) = (&self.spans[sender], &self.spans[receiver]);
        let age_ns = (to.start - from.start.saturating_add(from.duration)).max(0);
        let outgoing = self.is_outgoing(sender);
        let sent_to = from.remote.clone().filter(|remote| outgoing && is_channel(remote));
        let received_from = to.remote.clone().filter(|remote| is_channel(remote));
        let (producer, consumer) = (self.service(sender), self.service(receiver));
        let delivery = |caller: End, callee: End| Call {
            caller,
            callee,
            measured: receiver,
            caller_span: Some(sender),
            age_ns: Some(age_ns),
            asynchronous: true,
        };
        let first_delivery = outgoing && !self.answered[sender];
        if outgoing {
            self.answer(sender);
        }
        let publish = |callee: Arc<Remote>| Call {
            caller: producer.clone(),
            callee: End::Remote(callee),
            measured: sender,
            caller_span: Some(sender),
            age_ns: None,
            asynchronous: false,
        };
        match (sent_to, received_from) {
            (None, None) => self.calls.push(delivery(producer.clone(), consumer)),
            (Some(channel), None) | (None, Some(channel)) => {
                if first_delivery {
                    self.calls.push(publish(channel.clone()));
                }
                self.calls.push(delivery(End::Remote(channel), consumer));
            }
            (Some(sent), Some(received)) => {
                if first_delivery {
                    self.calls.push(publish(sent.clone()));
                }
                if sent.name != received.name {
                    // A topic that fans out to queues.
                    self.calls.push(delivery(End::Remote(sent), End::Remote(received.clone())));
                    self.calls.push(delivery(End::Remote(received), consumer));
                } else {
                    self.calls.push(delivery(End::Remote(sent), consumer));
                }
            }
        }
    }

    /// A CONSUMER span that names no message we know.
    fn delivery_from_nowhere(&mut self, at: usize) {
        let Some(channel) = self.spans[at].remote.clone().filter(|remote| is_channel(remote)) else { return };
        // A receive inside a batch that was counted is not another delivery.
        if self.parent(at).is_some_and(|parent| {
            self.spans[parent].kind == Kind::Consumer && self.spans[parent].service == self.spans[at].service
        }) {
            return;
        }
        let callee = self.service(at);
        let caller = End::Remote(channel);
        self.calls.push(Call { caller, callee, measured: at, caller_span: None, age_ns: None, asynchronous: true });
    }

    fn unanswered(&mut self, at: usize) {
        if self.around(at).is_some() {
            return;
        }
        let Some(remote) = self.spans[at].remote.clone() else { return };
        let service = self.services.get(remote.name.as_str()).filter(|_| remote.named_as_service).cloned();
        let callee = service.map_or(End::Remote(remote), End::Service);
        let caller = self.service(at);
        self.calls.push(Call {
            caller,
            callee,
            measured: at,
            caller_span: Some(at),
            age_ns: None,
            asynchronous: false,
        });
    }
}

fn is_channel(remote: &Remote) -> bool {
    matches!(remote.kind, super::infer::RemoteKind::Queue | super::infer::RemoteKind::Topic)
}

#[cfg(test)]
pub(crate) mod tests;
