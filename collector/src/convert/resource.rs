//! Resources and scopes, shared by the rows below them.

use std::sync::Arc;

use storage::{Attributes, Resource, Scope, Value};

use super::attributes::Pairs;
use super::text::{name, text};
use super::{Stop, keep};
use crate::limits::Limits;
use crate::protobuf::{Fields, Malformed, Text};
use crate::reason::{Reason, Refused};

/// The service of a resource that names none.
const UNKNOWN_SERVICE: &str = "unknown_service";

/// Hands each scope's message on with its resource and the scope itself, in the order they were sent.
///
/// A request has resources (field 1 of a request), those have scopes (field 2), and of both the description (field 1) may
/// come behind what it describes.
pub(super) fn each_scope<'a>(
    mut request: Fields<'a>,
    limits: &Limits,
    mut each: impl FnMut(Fields<'a>, Result<(&Arc<Resource<'a>>, &Arc<Scope<'a>>), Reason>) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    while let Some(field) = request.next()? {
        if field.number != 1 {
            continue;
        }
        let of_resource = field.message()?;
        let resource = or_malformed(resource(of_resource, limits))?;
        let mut scopes = of_resource;
        while let Some(field) = scopes.next()? {
            if field.number != 2 {
                continue;
            }
            let of_scope = field.message()?;
            let scope = or_malformed(scope(of_scope, limits))?;
            let shared = match (&resource, &scope) {
                (Ok(resource), Ok(scope)) => Ok((resource, scope)),
                (Err(reason), _) | (_, Err(reason)) => Err(*reason),
            };
            each(of_scope, shared)?;
        }
    }
    Ok(())
}

/// The rows of all scopes, which are in this field of a scope's message; `read` reads one.
pub(super) fn rows_of_scopes<'a, T>(
    request: Fields<'a>,
    field_number: u32,
    limits: &Limits,
    refused: &mut Refused,
    read: impl Fn(Fields<'a>, &Arc<Resource<'a>>, &Arc<Scope<'a>>) -> Result<T, Stop>,
) -> Result<Vec<T>, Malformed> {
    let mut rows = Vec::new();
    each_scope(request, limits, |mut of_scope, shared| {
        let count = of_scope.count(field_number)?;
        let (resource, scope) = match shared {
            Ok(shared) => shared,
            Err(reason) => {
                refused.add_many(reason, count as u64);
                return Ok(());
            }
        };
        rows.reserve(count);
        while let Some(field) = of_scope.next()? {
            if field.number == field_number {
                keep(read(field.message()?, resource, scope), &mut rows, refused)?;
            }
        }
        Ok(())
    })?;
    Ok(rows)
}

fn or_malformed<T>(read: Result<T, Stop>) -> Result<Result<T, Reason>, Malformed> {
    match read {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Row(reason)) => Ok(Err(reason)),
        Err(Stop::Request(malformed)) => Err(malformed),
    }
}

/// Takes the service, its namespace and its environment out of the attributes. Of the two names of the environment the
/// newer wins, and the older stays an attribute where both were sent.
fn resource<'a>(mut of_resource: Fields<'a>, limits: &Limits) -> Result<Arc<Resource<'a>>, Stop> {
    let mut pairs = Pairs::new(limits);
    while let Some(field) = of_resource.next()? {
        if field.number == 1 {
            let mut resource = field.message()?;
            while let Some(field) = resource.next()? {
                if field.number == 1 {
                    pairs.add(field.message()?)?;
                }
            }
        }
    }
    let mut attributes = pairs.finish()?;
    let service_name = take_text(&mut attributes, "service.name").unwrap_or(UNKNOWN_SERVICE.into());
    let service_namespace = take_text(&mut attributes, "service.namespace");
    let environment = take_text(&mut attributes, "deployment.environment.name")
        .or_else(|| take_text(&mut attributes, "deployment.environment"));
    Ok(Arc::new(Resource { service_name, service_namespace, environment, attributes }))
}

/// The scope; one without a name stays without.
fn scope<'a>(mut of_scope: Fields<'a>, limits: &Limits) -> Result<Arc<Scope<'a>>, Stop> {
    let (mut scope_name, mut version) = (Text::default(), Text::default());
    let mut pairs = Pairs::new(limits);
    while let Some(field) = of_scope.next()? {
        if field.number != 1 {
            continue;
        }
        let mut scope = field.message()?;
        while let Some(field) = scope.next()? {
            match field.number {
                1 => scope_name = name("length of the scope's name", field.text()?, limits)?,
                2 => version = text("length of the scope's version", field.text()?, limits)?,
                3 => pairs.add(field.message()?)?,
                _ => {}
            }
        }
    }
    Ok(Arc::new(Scope { name: scope_name, version, attributes: pairs.finish()? }))
}

/// Only a text that is not empty is taken out; anything else stays an attribute, as it was sent.
fn take_text<'a>(attributes: &mut Attributes<'a>, key: &str) -> Option<Text<'a>> {
    let is_text = |value: &Value<'_>| matches!(value, Value::String(text) if !text.is_empty());
    let index = attributes.iter().position(|(name, value)| name == key && is_text(value))?;
    match attributes.remove(index).1 {
        Value::String(text) => Some(text),
        _ => None,
    }
}
