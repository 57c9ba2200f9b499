//! Conditions on single spans, which an index can be asked before a trace is put together.

use crate::expression::{Comparison, TextOperator, Value};
use crate::trace::{AttributeValue, Class, Span, Trace, field};

/// A condition on a trace, made of conditions on its spans.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Every trace meets it.
    Anything,
    /// All of them are met.
    All(Vec<Condition>),
    /// One of them is met.
    Either(Vec<Condition>),
    /// One span meets all of them; one or more.
    Span(Vec<Atom>),
}

/// A condition on a span.
#[derive(Debug, Clone, PartialEq)]
pub enum Atom {
    /// Its `service.name`.
    Service(TextOperator, String),
    /// Its name.
    Name(TextOperator, String),
    /// It names the other end of a call so; see [`Condition::remote_named`].
    RemoteNamed(String),
    /// Its class is one of these.
    Class(Vec<Class>),
    /// It took at least so many nanoseconds.
    DurationMin(i64),
    /// It took at most so many nanoseconds.
    DurationMax(i64),
    /// One of these attributes of it or its resource is there and meets the comparison.
    Attribute {
        /// Names of the attribute.
        keys: Vec<String>,
        /// What it is compared with; `None`: it is there.
        compared: Option<Value>,
    },
    /// One of these holds.
    OneOf(Vec<Atom>),
}

/// A condition of more parts than this is not worth asking.
const PARTS_MAX: usize = 128;

impl Condition {
    /// All of them; those that say nothing are left out.
    pub(crate) fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Vec::new();
        for condition in conditions {
            match condition {
                Self::Anything => {}
                Self::All(inner) => all.extend(inner),
                other if all.contains(&other) => {}
                other => all.push(other),
            }
            if all.len() > PARTS_MAX {
                // Fewer of them are met by all that meet more.
                all.truncate(PARTS_MAX);
                break;
            }
        }
        if all.len() > 1 { Self::All(all).bounded() } else { all.pop().unwrap_or(Self::Anything) }
    }

    /// One of them.
    pub(crate) fn either(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut either = Vec::new();
        for condition in conditions {
            match condition {
                Self::Anything => return Self::Anything,
                Self::Either(inner) => either.extend(inner),
                other if either.contains(&other) => {}
                other => either.push(other),
            }
            if either.len() > PARTS_MAX {
                return Self::Anything;
            }
        }
        if either.len() > 1 { Self::Either(either).bounded() } else { either.pop().unwrap_or(Self::Anything) }
    }

    /// One span meets all of them.
    pub(crate) fn span(atoms: Vec<Atom>) -> Self {
        if atoms.is_empty() { Self::Anything } else { Self::Span(atoms) }
    }

    /// Whether the trace meets it.
    pub fn holds(&self, trace: &Trace<'_>) -> bool {
        match self {
            Self::Anything => true,
            Self::All(all) => all.iter().all(|one| one.holds(trace)),
            Self::Either(either) => either.iter().any(|one| one.holds(trace)),
            Self::Span(atoms) => trace.spans.iter().any(|span| atoms.iter().all(|atom| atom.holds(span))),
        }
    }

    /// What a span carries that names the other end of a call so, by the rules of the service graph: for an index that
    /// knows attributes but no inferred nodes.
    pub fn remote_named(name: &str) -> Self {
        let equal = |keys: &[&str]| Self::Span(vec![Atom::text(keys, TextOperator::Equal, name)]);
        let with = |keys: &[&str], operator| Self::Span(vec![Atom::text(keys, operator, name)]);
        let database = name.split_once('@').map(|(namespace, address)| {
            Self::Span(vec![
                Atom::text(&["db.namespace", "db.name"], TextOperator::Equal, namespace),
                Atom::text(ADDRESS, TextOperator::Equal, address),
            ])
        });
        let destination = &["messaging.destination.name", "messaging.destination"];
        let table = &["db.collection.name", "db.sql.table", "db.mongodb.collection", "db.cassandra.table"];
        let whole = [
            equal(&["peer.service"]),
            // The last part of an address or ARN is the name.
            with(destination, TextOperator::EndsWith),
            equal(&["messaging.system"]),
            equal(&["db.namespace", "db.name"]),
            equal(table),
            equal(&["db.system.name", "db.system"]),
            equal(&["rpc.service"]),
            equal(&["faas.invoked_name"]),
            equal(ADDRESS),
            with(&["url.full", "http.url"], TextOperator::Contains),
            Self::Span(vec![Atom::Name(TextOperator::Equal, name.to_owned())]),
        ];
        Self::either(whole.into_iter().chain(database))
    }

    /// Itself, or nothing if it is too large.
    fn bounded(self) -> Self {
        if self.parts() > PARTS_MAX { Self::Anything } else { self }
    }

    fn parts(&self) -> usize {
        match self {
            Self::Anything => 0,
            Self::All(inner) | Self::Either(inner) => inner.iter().map(Self::parts).sum(),
            Self::Span(atoms) => atoms.len(),
        }
    }
}

const ADDRESS: &[&str] = &["server.address", "net.peer.name", "net.host.name"];

impl Atom {
    pub(crate) fn text(keys: &[&str], operator: TextOperator, value: &str) -> Self {
        Self::attribute(keys, Some(Value::Text(operator, value.to_owned())))
    }

    pub(crate) fn attribute(keys: &[&str], compared: Option<Value>) -> Self {
        Self::Attribute { keys: keys.iter().map(|key| (*key).to_owned()).collect(), compared }
    }

    /// Whether the span meets it.
    pub fn holds(&self, span: &Span<'_>) -> bool {
        match self {
            Self::Service(operator, value) => operator.holds(span.service, value),
            Self::Name(operator, value) => operator.holds(span.name, value),
            Self::RemoteNamed(name) => span.remote.as_ref().is_some_and(|remote| remote.name == *name),
            Self::Class(classes) => classes.contains(&span.class),
            Self::DurationMin(nanos) => span.duration_ns >= *nanos,
            Self::DurationMax(nanos) => span.duration_ns <= *nanos,
            Self::Attribute { keys, compared } => {
                let mut values = keys.iter().filter_map(|key| span.attributes.get(key));
                values.any(|found| compared.as_ref().is_none_or(|wanted| meets(&found, wanted)))
            }
            Self::OneOf(atoms) => atoms.iter().any(|atom| atom.holds(span)),
        }
    }
}

/// Whether the value of an attribute meets a comparison. Values of another type than what they are compared with are
/// compared as text by `=` and `!=`: 5 equals "5". By size only numbers are compared.
pub(crate) fn meets(found: &AttributeValue<'_>, wanted: &Value) -> bool {
    let as_text = |operator: Comparison, value: String| {
        let plain = field::plain(found.clone());
        match operator {
            Comparison::Equal => plain == value,
            Comparison::NotEqual => plain != value,
            _ => false,
        }
    };
    match (found, wanted) {
        (AttributeValue::Number(found), Value::Number(operator, value)) => operator.holds(found, value),
        (AttributeValue::Bool(found), Value::Bool(operator, value)) => operator.holds(found, value),
        (AttributeValue::Text(found), Value::Text(operator, value)) => operator.holds(found, value),
        (_, Value::Text(operator, value)) => operator.holds(&field::plain(found.clone()), value),
        (_, Value::Number(operator, value)) => as_text(*operator, value.to_string()),
        (_, Value::Bool(operator, value)) => as_text(*operator, value.to_string()),
    }
}

#[cfg(test)]
mod tests;
