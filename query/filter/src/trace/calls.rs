//! Which span calls what, by the rules of the service graph.
//!
//! - A SERVER span with a CLIENT parent is a call of the parent's service; its numbers are the CLIENT span's.
//! - A SERVER span without a parent is a call of the client in front.
//! - A CONSUMER span, or one with a PRODUCER for a parent, received a message from the PRODUCER that its parent or a link
//!   names: the producer publishes to the queue or topic, which delivers to the consumer after some age.
//! - A CLIENT or PRODUCER span that nobody at the other end answers calls what it names. Of CLIENT spans of one service
//!   below each other the outermost counts.
//! - A SERVER span whose parent is of another service, but no CLIENT, is a call with the SERVER's own numbers.

use std::collections::HashMap;

use super::tree::Tree;
use super::{Kind, Remote, RemoteKind, Span};

/// One end of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Whoever calls from outside.
    Client,
    /// A service that sends spans; one of its spans.
    Service(usize),
    /// Something that sends none; the span that names it.
    Remote(usize),
}

/// A call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) caller: End,
    pub(crate) callee: End,
    /// The span with the call's numbers.
    pub(crate) measured: usize,
    /// Nanoseconds: of a delivery the age of the message, otherwise the duration.
    pub(crate) time_ns: i64,
    /// Whether it is a delivery of a message.
    pub(crate) asynchronous: bool,
}

/// Every call among the spans.
pub(super) fn find(spans: &[Span<'_>], tree: &Tree) -> Vec<Call> {
    let services = spans.iter().enumerate().rev().map(|(at, span)| (span.service, at)).collect();
    let mut finder = Finder { spans, tree, services, answered: vec![false; spans.len()], calls: Vec::new() };
    for at in (0..spans.len()).filter(|at| spans[*at].kind.is_entry()) {
        finder.entry(at);
    }
    for at in (0..spans.len()).filter(|at| spans[*at].kind.is_outgoing()) {
        finder.unanswered(at);
    }
    finder.calls
}

struct Finder<'t, 'a> {
    spans: &'t [Span<'a>],
    tree: &'t Tree,
    /// The first span of each service.
    services: HashMap<&'a str, usize>,
    /// CLIENT and PRODUCER spans whose other end sent a span.
    answered: Vec<bool>,
    calls: Vec<Call>,
}

impl Finder<'_, '_> {
    fn call(&mut self, caller: End, callee: End, measured: usize) {
        let time_ns = self.spans[measured].duration_ns;
        self.calls.push(Call { caller, callee, measured, time_ns, asynchronous: false });
    }

    fn delivery(&mut self, caller: End, callee: End, measured: usize, age_ns: i64) {
        self.calls.push(Call { caller, callee, measured, time_ns: age_ns, asynchronous: true });
    }

    /// The parent that arrived, also where parents go in a circle.
    fn parent(&self, at: usize) -> Option<usize> {
        self.tree.by_id.get(&self.spans[at].parent?).copied().filter(|parent| *parent != at)
    }

    fn is_outgoing(&self, at: usize) -> bool {
        self.spans[at].kind.is_outgoing()
    }

    /// A request or a message that enters a service.
    fn entry(&mut self, at: usize) {
        let is_consumer = self.spans[at].kind == Kind::Consumer;
        let parent = self.parent(at);
        let sends = |sender: &usize| self.spans[*sender].kind == Kind::Producer;
        let by_parent = parent.filter(|parent| sends(parent) || (is_consumer && self.is_outgoing(*parent)));
        let mut senders: Vec<usize> = by_parent.into_iter().collect();
        for link in &self.spans[at].links {
            let sender = self.tree.by_id.get(link).copied().filter(|sender| *sender != at);
            if let Some(sender) = sender.filter(|sender| is_consumer || sends(sender))
                && !senders.contains(&sender)
            {
                senders.push(sender);
            }
        }
        if !senders.is_empty() {
            senders.into_iter().for_each(|sender| self.message(sender, at));
        } else if is_consumer {
            self.delivery_from_nowhere(at);
        } else {
            self.request(at, parent);
        }
    }

    /// A SERVER span.
    fn request(&mut self, at: usize, parent: Option<usize>) {
        match parent {
            Some(parent) if self.is_outgoing(parent) => {
                let outermost = self.answer(parent);
                self.call(End::Service(parent), End::Service(at), outermost);
            }
            Some(parent) if self.spans[parent].service != self.spans[at].service => {
                self.call(End::Service(parent), End::Service(at), at);
            }
            None if self.spans[at].parent.is_none() => self.call(End::Client, End::Service(at), at),
            // Within its own service it is no call; and where the parent did not arrive, who called is not known.
            _ => {}
        }
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
        let age_ns = self.spans[receiver].start_ns.saturating_sub(self.spans[sender].end_ns()).max(0);
        let outgoing = self.is_outgoing(sender);
        let sent_to = outgoing && self.names_channel(sender);
        let received_from = self.names_channel(receiver);
        let first_delivery = outgoing && !self.answered[sender];
        if outgoing {
            self.answer(sender);
        }
        let (producer, consumer) = (End::Service(sender), End::Service(receiver));
        let channel = match (sent_to, received_from) {
            (true, _) => End::Remote(sender),
            (false, true) => End::Remote(receiver),
            (false, false) => return self.delivery(producer, consumer, receiver, age_ns),
        };
        if first_delivery {
            self.call(producer, channel, sender);
        }
        let name = |at: usize| self.spans[at].remote.as_ref().map(|remote| &remote.name);
        if sent_to && received_from && name(sender) != name(receiver) {
            // A topic that fans out to queues.
            let queue = End::Remote(receiver);
            self.delivery(channel, queue, receiver, age_ns);
            self.delivery(queue, consumer, receiver, age_ns);
        } else {
            self.delivery(channel, consumer, receiver, age_ns);
        }
    }

    /// A CONSUMER span that names no message we know.
    fn delivery_from_nowhere(&mut self, at: usize) {
        // A receive inside a batch that was counted is not another delivery.
        let within = self.parent(at).is_some_and(|parent| {
            self.spans[parent].kind == Kind::Consumer && self.spans[parent].service == self.spans[at].service
        });
        if self.names_channel(at) && !within {
            self.delivery(End::Remote(at), End::Service(at), at, 0);
        }
    }

    fn unanswered(&mut self, at: usize) {
        if self.answered[at] || self.around(at).is_some() {
            return;
        }
        let Some(remote) = &self.spans[at].remote else { return };
        let service = self.services.get(remote.name.as_ref()).filter(|_| remote.named_as_service).copied();
        let callee = service.map_or(End::Remote(at), End::Service);
        self.call(End::Service(at), callee, at);
    }

    fn names_channel(&self, at: usize) -> bool {
        let is_channel = |remote: &Remote<'_>| matches!(remote.kind, RemoteKind::Queue | RemoteKind::Topic);
        self.spans[at].remote.as_ref().is_some_and(is_channel)
    }
}

#[cfg(test)]
mod tests;
