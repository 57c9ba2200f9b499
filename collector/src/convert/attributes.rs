//! Attributes and values.

use std::collections::HashSet;

use opentelemetry_proto::tonic::common::v1::any_value::Value as Sent;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use storage::{Attributes, Value};

use super::text::at_most;
use crate::limits::Limits;
use crate::reason::Reason;

/// Up to how many pairs each key is simply compared with the ones before it.
const COMPARED_MAX: usize = 24;

/// The attributes of a record, each key once: the first occurrence is kept, as OpenTelemetry's SDKs may send a key
/// twice and leave it to the receiver.
pub(super) fn attributes(sent: Vec<KeyValue>, limits: &Limits) -> Result<Attributes, Reason> {
    at_most("number of attributes", sent.len(), limits.attributes_per_record_max, "ingest.attributes_per_record_max")?;
    pairs(sent, limits, |value| match value {
        Some(any) => limited(any, limits.attribute_value_bytes_max, "ingest.attribute_value_bytes_max", limits),
        None => Ok(Value::Empty),
    })
}

/// The body of a log record.
pub(super) fn body(sent: Option<AnyValue>, limits: &Limits) -> Result<Value, Reason> {
    match sent.and_then(|any| any.value) {
        Some(value) => limited(value, limits.log_body_bytes_max, "ingest.log_body_bytes_max", limits),
        None => Ok(Value::Empty),
    }
}

fn limited(sent: Sent, max: usize, limit: &'static str, limits: &Limits) -> Result<Value, Reason> {
    let what = "size of a value in bytes";
    match sent {
        Sent::StringValue(text) => at_most(what, text.len(), max, limit).map(|()| Value::String(text)),
        Sent::BytesValue(bytes) => at_most(what, bytes.len(), max, limit).map(|()| Value::Bytes(bytes)),
        nested @ (Sent::ArrayValue(_) | Sent::KvlistValue(_)) => {
            let (bytes, depth) = measure(&nested);
            at_most(what, bytes, max, limit)?;
            at_most("depth of a nested value", depth, limits.value_depth_max, "ingest.value_depth_max")?;
            value(nested, limits)
        }
        scalar => value(scalar, limits),
    }
}

/// Size and depth, by the rule of [`Limits::attribute_value_bytes_max`]. The readers bound how deep this goes.
fn measure(sent: &Sent) -> (usize, usize) {
    const SCALAR_BYTES: usize = 8;
    let of = |any: &AnyValue| any.value.as_ref().map_or((SCALAR_BYTES, 0), measure);
    let join = |sum: (usize, usize), one: (usize, usize)| (sum.0.saturating_add(one.0), sum.1.max(one.1));
    let (bytes, depth) = match sent {
        Sent::StringValue(text) => return (text.len(), 0),
        Sent::BytesValue(bytes) => return (bytes.len(), 0),
        Sent::ArrayValue(array) => array.values.iter().map(of).fold((SCALAR_BYTES, 0), join),
        Sent::KvlistValue(list) => list
            .values
            .iter()
            .map(|pair| {
                let (bytes, depth) = pair.value.as_ref().map_or((SCALAR_BYTES, 0), of);
                (bytes.saturating_add(pair.key.len()), depth)
            })
            .fold((SCALAR_BYTES, 0), join),
        _ => return (SCALAR_BYTES, 0),
    };
    (bytes, depth + 1)
}

/// Without looking at size and depth, which the caller has measured.
fn value(sent: Sent, limits: &Limits) -> Result<Value, Reason> {
    Ok(match sent {
        Sent::StringValue(text) => Value::String(text),
        Sent::BoolValue(truth) => Value::Bool(truth),
        Sent::IntValue(number) => Value::Int(number),
        Sent::DoubleValue(number) => Value::Double(number),
        Sent::BytesValue(bytes) => Value::Bytes(bytes),
        Sent::ArrayValue(array) => Value::Array(
            array
                .values
                .into_iter()
                .map(|any| any.value.map_or(Ok(Value::Empty), |sent| value(sent, limits)))
                .collect::<Result<_, _>>()?,
        ),
        Sent::KvlistValue(list) => {
            Value::Map(pairs(list.values, limits, |sent| sent.map_or(Ok(Value::Empty), |sent| value(sent, limits)))?)
        }
        Sent::StringValueStrindex(_) => return Err(Reason::StringIndex),
    })
}

fn pairs(
    sent: Vec<KeyValue>,
    limits: &Limits,
    convert: impl Fn(Option<Sent>) -> Result<Value, Reason>,
) -> Result<Attributes, Reason> {
    let repeated = if sent.len() > COMPARED_MAX { repeated_keys(&sent) } else { Vec::new() };
    let compare = sent.len() <= COMPARED_MAX;
    let mut kept = Attributes::with_capacity(sent.len());
    for (index, pair) in sent.into_iter().enumerate() {
        if pair.key_strindex != 0 {
            return Err(Reason::StringIndex);
        }
        at_most(
            "length of an attribute key",
            pair.key.len(),
            limits.attribute_key_bytes_max,
            "ingest.attribute_key_bytes_max",
        )?;
        let is_repeated =
            if compare { kept.iter().any(|(key, _)| *key == pair.key) } else { repeated.binary_search(&index).is_ok() };
        if !is_repeated {
            let value = convert(pair.value.and_then(|any| any.value))?;
            kept.push((pair.key, value));
        }
    }
    Ok(kept)
}

/// Positions of the keys that occurred before, rising; almost always none.
fn repeated_keys(sent: &[KeyValue]) -> Vec<usize> {
    let mut seen = HashSet::with_capacity(sent.len());
    sent.iter().enumerate().filter(|(_, pair)| !seen.insert(pair.key.as_str())).map(|(index, _)| index).collect()
}
