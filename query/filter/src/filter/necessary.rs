//! From an expression to what its traces have in common: conditions on single spans.
//!
//! Nothing is said where a single span shows nothing: of a trace's whole duration, of what is missing, of types.

use super::Filter;
use super::evaluate::CLIENT_NAMES;
use crate::condition::{Atom, Condition};
use crate::expression::{
    CauseElement, CauseKind, Comparison, Expression, Flag, NumberKeyword, Selector, Side, Test, TextKeyword,
    TextOperator, Value,
};
use crate::trace::{Class, field};

const NANOS_PER_SECOND: f64 = 1e9;
const CLASSES: [Class; 4] = [Class::Ok, Class::Error, Class::Throttle, Class::Fault];

/// What every trace meets that the filter selects.
pub(super) fn of(filter: &Filter) -> Condition {
    let mut groups: Vec<Condition> = Vec::with_capacity(filter.groups.len());
    for group in &filter.groups {
        // The groups that it names come before it.
        let condition = Derivation { filter, groups: &groups, scope: Scope::Trace }.of(group, true);
        groups.push(condition);
    }
    Derivation { filter, groups: &groups, scope: Scope::Trace }.of(&filter.expression, true)
}

/// What an expression is about.
#[derive(Clone, Copy)]
enum Scope<'f> {
    Trace,
    /// A segment: what its head has in any case, and what each of its spans has.
    Segment {
        head: &'f [Atom],
        member: &'f [Atom],
    },
    /// A call.
    Call,
}

/// What a test says of single spans.
enum Said {
    /// Of the span that stands for the whole.
    Head(Atom),
    /// Of one of its spans.
    Member(Atom),
    Nothing,
}

struct Derivation<'f> {
    filter: &'f Filter,
    groups: &'f [Condition],
    scope: Scope<'f>,
}

impl Derivation<'_> {
    /// What is met where the expression is `wanted`: true or false.
    fn of(&self, expression: &Expression, wanted: bool) -> Condition {
        match (expression, wanted) {
            (Expression::And(all), true) | (Expression::Or(all), false) => self.all(all, wanted),
            (Expression::Or(all), true) | (Expression::And(all), false) => {
                Condition::either(all.iter().map(|one| self.of(one, wanted)))
            }
            (Expression::Not(one), _) => self.of(one, !wanted),
            (Expression::Test(Test::Flag { keyword, value }), false) => {
                self.test(&Test::Flag { keyword: *keyword, value: !value })
            }
            (Expression::Test(test), true) => self.test(test),
            (Expression::Test(_), false) => Condition::Anything,
        }
    }

    /// What is said of the head of a segment is said of one span.
    fn all(&self, all: &[Expression], wanted: bool) -> Condition {
        let Scope::Segment { head, .. } = self.scope else {
            return Condition::all(all.iter().map(|one| self.of(one, wanted)));
        };
        let mut of_head = Vec::new();
        let mut conditions = Vec::new();
        for one in all {
            match (one, wanted) {
                (Expression::Test(test), true) => match self.said(test) {
                    Said::Head(atom) => of_head.push(atom),
                    _ => conditions.push(self.test(test)),
                },
                _ => conditions.push(self.of(one, wanted)),
            }
        }
        if !of_head.is_empty() {
            conditions.push(Condition::span(head.iter().cloned().chain(of_head).collect()));
        }
        Condition::all(conditions)
    }

    fn test(&self, test: &Test) -> Condition {
        match test {
            Test::Service { node, filter } => self.service(node, filter.as_deref()),
            Test::Edge { ends, filter } => {
                let ends = ends.iter().flat_map(|(from, to)| [self.end(from), self.end(to)]);
                let inside = filter.as_ref().map(|filter| self.within(Scope::Call).of(filter, true));
                Condition::all(ends.chain(inside))
            }
            Test::Group(reference) => {
                let known = self.filter.group(reference).and_then(|at| self.groups.get(at));
                known.cloned().unwrap_or(Condition::Anything)
            }
            Test::RootCause { of, element, filter } => self.root_cause(*of, *element, filter.as_deref()),
            Test::RootCauseJson(patterns) => {
                let services = patterns.iter().flat_map(|pattern| pattern.services.iter().flatten());
                Condition::all(services.filter_map(|service| Some(named(service.name.as_deref()?))))
            }
            _ => match (self.said(test), self.scope) {
                (Said::Nothing, Scope::Segment { head, .. }) => Condition::span(head.to_vec()),
                (Said::Nothing, _) => Condition::Anything,
                (Said::Head(atom), Scope::Segment { head, .. }) => {
                    Condition::span(head.iter().cloned().chain([atom]).collect())
                }
                (Said::Member(atom), Scope::Segment { member, .. }) => {
                    Condition::span(member.iter().cloned().chain([atom]).collect())
                }
                (Said::Head(atom) | Said::Member(atom), Scope::Trace | Scope::Call) => Condition::span(vec![atom]),
            },
        }
    }

    fn within<'s>(&'s self, scope: Scope<'s>) -> Derivation<'s> {
        Derivation { filter: self.filter, groups: self.groups, scope }
    }

    fn service(&self, node: &Selector, filter: Option<&Expression>) -> Condition {
        let account = node.account_id.as_ref();
        let account_is = |keys: &[&str]| account.map(|wanted| Atom::text(keys, TextOperator::Equal, wanted));
        let inside = |head: &[Atom], member: &[Atom]| match filter {
            Some(filter) => self.within(Scope::Segment { head, member }).of(filter, true),
            None => Condition::span(head.to_vec()),
        };
        let Some(name) = &node.name else {
            let accounts = account_is(field::CALLED_ACCOUNT).map(|atom| Condition::span(vec![atom]));
            return Condition::all(accounts.into_iter().chain([inside(&[], &[])]));
        };
        if may_be_client(node) {
            return Condition::Anything;
        }
        let service = Atom::Service(TextOperator::Equal, name.clone());
        let head: Vec<Atom> = [service.clone()].into_iter().chain(account_is(field::ACCOUNT)).collect();
        let own = inside(&head, std::slice::from_ref(&service));
        let remote = Condition::span(vec![Atom::RemoteNamed(name.clone())]);
        Condition::either([own, Condition::all([remote, inside(&[], &[])])])
    }

    fn end(&self, node: &Selector) -> Condition {
        match &node.name {
            Some(name) if !may_be_client(node) => named(name),
            _ => Condition::Anything,
        }
    }

    fn root_cause(&self, of: CauseKind, element: CauseElement, filter: Option<&Expression>) -> Condition {
        let class = match of {
            CauseKind::Fault => Condition::span(vec![Atom::Class(vec![Class::Fault])]),
            CauseKind::Error => Condition::span(vec![Atom::Class(vec![Class::Error, Class::Throttle])]),
            CauseKind::ResponseTime => Condition::Anything,
        };
        let tests: &[Expression] = match filter {
            Some(Expression::And(all)) => all,
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let name = tests.iter().find_map(|test| match test {
            Expression::Test(Test::Text {
                keyword: TextKeyword::Name,
                compared: Some((TextOperator::Equal, name)),
            }) => Some(name),
            _ => None,
        });
        let name = name.filter(|_| element == CauseElement::Service).map(|name| named(name));
        Condition::all(name.into_iter().chain([class]))
    }

    fn said(&self, test: &Test) -> Said {
        match test {
            Test::Flag { keyword, value } => said_of_flag(*keyword, *value),
            Test::Number { keyword, operator, value } => self.said_of_number(*keyword, *operator, *value),
            Test::Text { keyword, compared } => self.said_of_text(*keyword, compared.as_ref()),
            Test::Annotation { side: Side::Own | Side::Source | Side::Destination, key, compared } => {
                Said::Member(Atom::attribute(&[key], compared.clone()))
            }
            _ => Said::Nothing,
        }
    }

    fn said_of_number(&self, keyword: NumberKeyword, operator: Comparison, seconds: f64) -> Said {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        match keyword {
            NumberKeyword::HttpStatus => {
                Said::Head(Atom::attribute(field::STATUS, Some(Value::Number(operator, seconds))))
            }
            // The time of a call may be the age of a message.
            NumberKeyword::ResponseTime | NumberKeyword::Duration if matches!(self.scope, Scope::Call) => Said::Nothing,
            NumberKeyword::ResponseTime | NumberKeyword::Duration => {
                // Whole nanoseconds, and one more to either side for what the seconds as a floating point number lose.
                let nanos = seconds * NANOS_PER_SECOND;
                let slack = 1.0 + nanos.abs() * 1e-12;
                let whole = keyword == NumberKeyword::ResponseTime;
                match operator {
                    Greater | GreaterOrEqual | Equal if whole => Said::Head(Atom::DurationMin((nanos - slack) as i64)),
                    // No span is longer than the whole.
                    Less | LessOrEqual | Equal => Said::Head(Atom::DurationMax((nanos + slack) as i64)),
                    Greater | GreaterOrEqual | NotEqual => Said::Nothing,
                }
            }
            NumberKeyword::Index | NumberKeyword::Coverage => Said::Nothing,
        }
    }

    fn said_of_text(&self, keyword: TextKeyword, compared: Option<&(TextOperator, String)>) -> Said {
        let value = compared.map(|(operator, value)| Value::Text(*operator, value.clone()));
        let attribute = |keys: &[&str]| Atom::attribute(keys, value.clone());
        match keyword {
            TextKeyword::HttpUrl => {
                let parts = [field::PATH, field::METHOD, field::STATUS].map(|keys| Atom::attribute(keys, None));
                Said::Head(Atom::OneOf([attribute(field::URL)].into_iter().chain(parts).collect()))
            }
            TextKeyword::HttpMethod => Said::Head(attribute(field::METHOD)),
            TextKeyword::HttpUserAgent => Said::Head(attribute(field::USER_AGENT)),
            TextKeyword::HttpClientIp => Said::Head(attribute(field::CLIENT_IP)),
            TextKeyword::User => Said::Member(attribute(field::USER)),
            TextKeyword::AvailabilityZone => Said::Member(attribute(field::ZONE)),
            TextKeyword::InstanceId => Said::Member(attribute(field::INSTANCE)),
            TextKeyword::ResourceArn => Said::Member(attribute(field::ARN)),
            TextKeyword::Name => match (compared, self.scope) {
                (Some((operator, value)), Scope::Trace) => Said::Head(Atom::Service(*operator, value.clone())),
                _ => Said::Nothing,
            },
            TextKeyword::Type | TextKeyword::Message => Said::Nothing,
        }
    }
}

fn said_of_flag(keyword: Flag, value: bool) -> Said {
    let classes: &[Class] = match keyword {
        Flag::Ok => &[Class::Ok],
        Flag::Error => &[Class::Error, Class::Throttle],
        Flag::Throttle => &[Class::Throttle],
        Flag::Fault => &[Class::Fault],
        _ => return Said::Nothing,
    };
    Said::Head(Atom::Class(CLASSES.into_iter().filter(|class| classes.contains(class) == value).collect()))
}

/// A node of this name is a service or something that is called.
fn named(name: &str) -> Condition {
    Condition::either([
        Condition::span(vec![Atom::Service(TextOperator::Equal, name.to_owned())]),
        Condition::span(vec![Atom::RemoteNamed(name.to_owned())]),
    ])
}

/// Whether the selector may mean whoever calls from outside, who has no span.
fn may_be_client(node: &Selector) -> bool {
    node.name.as_deref().is_some_and(|name| CLIENT_NAMES.contains(&name)) || node.node_type.as_deref() == Some("client")
}
