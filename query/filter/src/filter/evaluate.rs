//! Whether an expression holds for a trace.

use std::borrow::Cow;
use std::cell::Cell;

use super::subject::{Place, Subject};
use super::{Filter, patterns};
use crate::condition::meets;
use crate::expression::{CauseElement, CauseKind, Expression, Selector, Test};
use crate::trace::{Call, End, NodeType, Trace, field};

/// Names of whoever calls from outside.
pub(super) const CLIENT_NAMES: [&str; 2] = ["client", "Clients"];

pub(super) struct Evaluation<'e, 'a> {
    filter: &'e Filter,
    trace: &'e Trace<'a>,
    /// For each group whether it holds, once it is known.
    groups: Vec<Cell<Option<bool>>>,
}

impl<'e, 'a> Evaluation<'e, 'a> {
    pub(super) fn new(filter: &'e Filter, trace: &'e Trace<'a>) -> Self {
        Self { filter, trace, groups: vec![Cell::new(None); filter.groups.len()] }
    }

    pub(super) fn matches(&self) -> bool {
        self.holds(&self.filter.expression, Subject::Trace)
    }

    /// As deep as the expression, whose depth reading limits, and as the groups, whose depth resolving limits.
    fn holds(&self, expression: &Expression, subject: Subject<'_>) -> bool {
        match expression {
            Expression::Or(all) => all.iter().any(|one| self.holds(one, subject)),
            Expression::And(all) => all.iter().all(|one| self.holds(one, subject)),
            Expression::Not(one) => !self.holds(one, subject),
            Expression::Test(test) => self.test(test, subject),
        }
    }

    fn test(&self, test: &Test, subject: Subject<'_>) -> bool {
        match test {
            Test::Flag { keyword, value } => subject.flag(self.trace, *keyword) == *value,
            Test::Number { keyword, operator, value } => {
                subject.number(self.trace, *keyword).is_some_and(|found| operator.holds(found, *value))
            }
            Test::Text { keyword, compared } => subject.any_text(self.trace, *keyword, &|found: &str| {
                compared.as_ref().is_none_or(|(operator, value)| operator.holds(found, value))
            }),
            Test::Annotation { side, key, compared } => {
                let spans = subject.annotated(self.trace, *side);
                let mut values = spans.iter().filter_map(|at| self.trace.spans[*at].attributes.get(key));
                values.any(|found| compared.as_ref().is_none_or(|wanted| meets(&found, wanted)))
            }
            Test::Service { node, filter } => self.service(node, filter.as_deref()),
            Test::Edge { ends, filter } => self.edge(ends.as_ref(), filter.as_deref()),
            Test::Group(reference) => self.filter.group(reference).is_some_and(|at| self.group(at)),
            Test::RootCause { of, element, filter } => self.root_cause(*of, *element, filter.as_deref()),
            Test::RootCauseJson(wanted) => wanted.iter().all(|pattern| {
                CauseKind::ALL
                    .iter()
                    .any(|of| self.trace.root_causes(*of).iter().any(|cause| patterns::fits(pattern, cause)))
            }),
        }
    }

    fn group(&self, at: usize) -> bool {
        let known = &self.groups[at];
        known.get().unwrap_or_else(|| {
            let holds = self.holds(&self.filter.groups[at], Subject::Trace);
            known.set(Some(holds));
            holds
        })
    }

    /// Whether there is such a node, one segment of which meets the filter. An inferred node's segments are the spans that
    /// call it; one that only delivers messages has none.
    fn service(&self, selector: &Selector, filter: Option<&Expression>) -> bool {
        let holds = |subject: Option<Subject<'_>>| match (filter, subject) {
            (None, _) => true,
            (Some(filter), Some(subject)) => self.holds(filter, subject),
            (Some(_), None) => false,
        };
        let own = |head: usize| self.is_service(selector, head) && holds(Some(Subject::Segment(head)));
        if self.trace.heads().any(own) {
            return true;
        }
        let asks_for_client = selector.node_type.is_some() || selector.name.is_some();
        self.trace.calls().iter().any(|call| {
            let caller = match call.caller {
                End::Client if asks_for_client && self.is_end(selector, call, call.caller) => {
                    holds(Some(Subject::Segment(self.trace.head_of(call.measured))))
                }
                End::Remote(_) if self.is_end(selector, call, call.caller) => holds(None),
                _ => false,
            };
            let callee = matches!(call.callee, End::Remote(_)) && self.is_end(selector, call, call.callee);
            caller || (callee && holds((!call.asynchronous).then_some(Subject::Outside(call))))
        })
    }

    fn edge(&self, ends: Option<&(Selector, Selector)>, filter: Option<&Expression>) -> bool {
        self.trace.calls().iter().any(|call| {
            ends.is_none_or(|(from, to)| self.is_end(from, call, call.caller) && self.is_end(to, call, call.callee))
                && filter.is_none_or(|filter| self.holds(filter, Subject::Call(call)))
        })
    }

    fn is_end(&self, selector: &Selector, call: &Call, end: End) -> bool {
        match end {
            End::Client => self.is_client(selector, call),
            End::Service(at) => self.is_service(selector, at),
            End::Remote(at) => self.trace.remote(at).is_some_and(|remote| {
                selects(
                    selector,
                    &remote.name,
                    || Some(NodeType::of_remote(remote)),
                    || field::text(&self.trace.spans[at], field::CALLED_ACCOUNT),
                )
            }),
        }
    }

    fn is_service(&self, selector: &Selector, at: usize) -> bool {
        let head = &self.trace.spans[self.trace.head_of(at)];
        selects(selector, head.service, || NodeType::of_service(head), || field::text(head, field::ACCOUNT))
    }

    /// X-Ray names the client after the service that it calls; that name alone means the service.
    fn is_client(&self, selector: &Selector, call: &Call) -> bool {
        let is_type = selector.node_type.as_deref().is_none_or(|wanted| wanted == NodeType::client().name);
        let of_called = |name: &str| {
            selector.node_type.is_some()
                && matches!(call.callee, End::Service(at) if self.trace.spans[at].service == name)
        };
        let is_named = |name: &str| CLIENT_NAMES.contains(&name) || of_called(name);
        is_type && selector.name.as_deref().is_none_or(is_named) && selector.account_id.is_none()
    }

    fn root_cause(&self, of: CauseKind, element: CauseElement, filter: Option<&Expression>) -> bool {
        let holds = |subject: Subject<'_>| filter.is_none_or(|filter| self.holds(filter, subject));
        let services = || self.trace.root_causes(of).iter().flat_map(|cause| Place::of_list(&cause.services));
        let entities = || services().flat_map(|(service, _)| Place::of_list(&service.entity_path));
        match element {
            CauseElement::Service => services().any(|(service, place)| holds(Subject::CauseService(service, place))),
            CauseElement::Entity => entities().any(|(entity, place)| holds(Subject::CauseEntity(entity, place))),
            CauseElement::Exception => entities()
                .flat_map(|(entity, _)| Place::of_list(&entity.exceptions))
                .any(|(exception, place)| holds(Subject::CauseException(exception, place))),
        }
    }
}

/// Whether a node is one that is selected. Type and account take more to find than the name.
fn selects<'n>(
    selector: &Selector,
    name: &str,
    node_type: impl FnOnce() -> Option<NodeType<'n>>,
    account: impl FnOnce() -> Option<Cow<'n, str>>,
) -> bool {
    selector.name.as_ref().is_none_or(|wanted| wanted == name)
        && selector.account_id.as_ref().is_none_or(|wanted| account().is_some_and(|found| *wanted == found))
        && selector
            .node_type
            .as_ref()
            .is_none_or(|wanted| node_type().is_some_and(|found| found.names().any(|name| name == wanted)))
}
