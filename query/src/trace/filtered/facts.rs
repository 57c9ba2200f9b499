//! Spans of the API as the filter language sees them. Pure.

use std::borrow::Cow;

use api::trace::{Class, Span};
use filter::filter::Filter;
use filter::trace::{self as model, AttributeValue, Attributes, Exception, Kind, Trace};
use serde_json::Value;
use storage::promoted::PromotedSet;

use crate::graph::infer::{self, Hints, RemoteKind};
use crate::hex;

/// Whose attributes are looked up.
pub(super) struct Facts<'a> {
    spans: Vec<Known<'a>>,
}

/// A span and the names that its attributes have.
struct Known<'a> {
    span: &'a Span,
    set: &'a PromotedSet,
}

/// What is known of the spans of a trace; `None` where there is none.
pub(super) fn of<'a>(spans: &'a [Span], set: &'a PromotedSet) -> Option<Facts<'a>> {
    (!spans.is_empty()).then(|| Facts { spans: spans.iter().map(|span| Known { span, set }).collect() })
}

impl Facts<'_> {
    /// Whether the expression selects the trace.
    pub(super) fn meets(&self, filter: &Filter) -> bool {
        let spans = self.spans.iter().filter_map(Known::span).collect();
        Trace::new(spans).is_some_and(|trace| filter.matches(&trace))
    }
}

impl Known<'_> {
    fn span(&self) -> Option<model::Span<'_>> {
        let span = self.span;
        let kind = kind(&span.kind);
        let own_links = span.links.iter().filter(|link| link.trace_id == span.trace_id);
        Some(model::Span {
            id: hex::decode_exact::<8>(&span.span_id)?,
            parent: span.parent_span_id.as_deref().and_then(hex::decode_exact::<8>),
            kind,
            name: &span.name,
            service: &span.service_name,
            class: class(span.class),
            start_ns: span.start_time_unix_nano.0,
            duration_ns: span.duration_ns,
            attributes: self,
            exceptions: exceptions(span),
            remote: self.remote(kind),
            links: own_links.filter_map(|link| hex::decode_exact::<8>(&link.span_id)).collect(),
        })
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.span.attributes.get(key).or_else(|| self.span.resource_attributes.get(key)).and_then(Value::as_str)
    }

    /// As the service graph infers it.
    fn remote(&self, kind: Kind) -> Option<model::Remote<'static>> {
        let hints = Hints {
            span_name: &self.span.name,
            peer_service: self.text("peer.service"),
            db_system: self.text("db.system.name"),
            db_namespace: self.text("db.namespace"),
            db_collection: self.text("db.collection.name"),
            messaging_system: self.text("messaging.system"),
            messaging_destination: self.text("messaging.destination.name"),
            rpc_system: self.text("rpc.system"),
            rpc_service: self.text("rpc.service"),
            faas_invoked_name: self.text("faas.invoked_name"),
            server_address: self.text("server.address"),
            url_full: self.text("url.full"),
        };
        let remote = match kind {
            Kind::Client | Kind::Producer => infer::callee(&hints),
            Kind::Consumer => infer::channel(&hints)?,
            Kind::Server | Kind::Internal => return None,
        };
        Some(model::Remote {
            name: Cow::Owned(remote.name),
            system: Cow::Owned(remote.system),
            kind: match remote.kind {
                RemoteKind::Database => model::RemoteKind::Database,
                RemoteKind::Queue => model::RemoteKind::Queue,
                RemoteKind::Topic => model::RemoteKind::Topic,
                RemoteKind::Aws => model::RemoteKind::Aws,
                RemoteKind::Host => model::RemoteKind::Host,
            },
            named_as_service: remote.named_as_service,
        })
    }
}

impl Attributes for Known<'_> {
    fn get(&self, key: &str) -> Option<AttributeValue<'_>> {
        let Span { attributes, resource_attributes, .. } = self.span;
        let sent = |key: &str| attributes.get(key).or_else(|| resource_attributes.get(key));
        // An older name of the semantic conventions is stored under the stable one.
        let found = sent(key).or_else(|| sent(self.set.by_attribute(key)?.attribute.as_ref()));
        if let Some(value) = found {
            return Some(match value {
                Value::Bool(value) => AttributeValue::Bool(*value),
                Value::Number(number) => AttributeValue::Number(number.as_f64().unwrap_or(f64::NAN)),
                Value::String(text) => AttributeValue::Text(Cow::Borrowed(text)),
                Value::Null => return None,
                Value::Array(_) | Value::Object(_) => AttributeValue::Text(Cow::Owned(value.to_string())),
            });
        }
        let of_model = match key {
            "service.name" => Some(self.span.service_name.as_str()),
            "service.namespace" => self.span.service_namespace.as_deref(),
            "deployment.environment.name" | "deployment.environment" => self.span.environment.as_deref(),
            "otel.scope.name" => Some(self.span.scope_name.as_str()).filter(|name| !name.is_empty()),
            _ => None,
        };
        of_model.map(|text| AttributeValue::Text(Cow::Borrowed(text)))
    }
}

fn exceptions(span: &Span) -> Vec<Exception<'_>> {
    let text = |value: Option<&'_ Value>| -> Cow<'_, str> {
        Cow::Owned(value.and_then(Value::as_str).unwrap_or_default().to_owned())
    };
    let events = span.events.iter().filter(|event| event.name == "exception");
    events
        .map(|event| Exception {
            name: text(event.attributes.get("exception.type")),
            message: text(event.attributes.get("exception.message")),
        })
        .collect()
}

fn kind(text: &str) -> Kind {
    match text {
        "server" => Kind::Server,
        "client" => Kind::Client,
        "producer" => Kind::Producer,
        "consumer" => Kind::Consumer,
        _ => Kind::Internal,
    }
}

fn class(class: Class) -> model::Class {
    match class {
        Class::Ok => model::Class::Ok,
        Class::Error => model::Class::Error,
        Class::Throttle => model::Class::Throttle,
        Class::Fault => model::Class::Fault,
    }
}
