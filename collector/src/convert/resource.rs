//! Resources and scopes, shared by the rows below them.

use std::sync::Arc;

use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::resource::v1::Resource as SentResource;
use storage::{Attributes, Resource, Scope, Value};

use super::attributes::attributes;
use super::text::{name, text};
use crate::limits::Limits;
use crate::reason::Reason;

/// The service of a resource that names none.
const UNKNOWN_SERVICE: &str = "unknown_service";

/// Takes the service, its namespace and its environment out of the attributes. Of the two names of the environment the
/// newer wins, and the older stays an attribute where both were sent.
pub(super) fn resource(sent: Option<SentResource>, limits: &Limits) -> Result<Arc<Resource>, Reason> {
    let mut attributes = attributes(sent.unwrap_or_default().attributes, limits)?;
    let service_name = take_text(&mut attributes, "service.name").unwrap_or_else(|| UNKNOWN_SERVICE.to_owned());
    let service_namespace = take_text(&mut attributes, "service.namespace");
    let environment = take_text(&mut attributes, "deployment.environment.name")
        .or_else(|| take_text(&mut attributes, "deployment.environment"));
    Ok(Arc::new(Resource { service_name, service_namespace, environment, attributes }))
}

/// The scope; one without a name stays without.
pub(super) fn scope(sent: Option<InstrumentationScope>, limits: &Limits) -> Result<Arc<Scope>, Reason> {
    let sent = sent.unwrap_or_default();
    Ok(Arc::new(Scope {
        name: name("length of the scope's name", sent.name, limits)?,
        version: text("length of the scope's version", sent.version, limits)?,
        attributes: attributes(sent.attributes, limits)?,
    }))
}

/// Only a text that is not empty is taken out; anything else stays an attribute, as it was sent.
fn take_text(attributes: &mut Attributes, key: &str) -> Option<String> {
    let is_text = |value: &Value| matches!(value, Value::String(text) if !text.is_empty());
    let index = attributes.iter().position(|(name, value)| name == key && is_text(value))?;
    match attributes.remove(index).1 {
        Value::String(text) => Some(text),
        _ => None,
    }
}
