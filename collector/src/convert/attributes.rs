//! Attributes and values.

use std::collections::HashSet;

use storage::{Attributes, Value};

use super::Stop;
use super::text::at_most;
use crate::limits::Limits;
use crate::protobuf::{DEPTH_MAX, Fields, Malformed};
use crate::reason::Reason;

/// Up to how many pairs each key is simply compared with the ones before it.
const COMPARED_MAX: usize = 24;

/// What a value counts for that is neither text nor bytes.
const SCALAR_BYTES: usize = 8;

/// The attributes of a record as they come, each key once: the first occurrence is kept, as OpenTelemetry's SDKs may send
/// a key twice and leave it to the receiver.
pub(super) struct Pairs<'a, 'l> {
    kept: Attributes<'a>,
    /// The keys that are kept, once they are many.
    keys: HashSet<&'a str>,
    sent: usize,
    limits: &'l Limits,
}

impl<'a, 'l> Pairs<'a, 'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self { kept: Attributes::new(), keys: HashSet::new(), sent: 0, limits }
    }

    /// Adds a `KeyValue`. One too many is counted and no more, so that the reason can say how many there were.
    pub(super) fn add(&mut self, pair: Fields<'a>) -> Result<(), Stop> {
        self.sent += 1;
        if self.sent > self.limits.attributes_per_record_max {
            return Ok(());
        }
        let max = self.limits.attribute_value_bytes_max;
        self.add_with(pair, |sent| limited(sent, max, "ingest.attribute_value_bytes_max", self.limits))
    }

    /// Adds an entry of a map within a value that was measured.
    fn add_measured(&mut self, pair: Fields<'a>) -> Result<(), Stop> {
        self.add_with(pair, |sent| value(sent, self.limits))
    }

    fn add_with(
        &mut self,
        mut pair: Fields<'a>,
        convert: impl FnOnce(Sent<'a>) -> Result<Value<'a>, Stop>,
    ) -> Result<(), Stop> {
        let (mut key, mut sent) = ("", Sent::Empty);
        while let Some(field) = pair.next()? {
            match field.number {
                1 => key = field.text()?,
                2 => sent = any_value(field.message()?)?,
                3 if field.int32()? != 0 => return Err(Reason::StringIndex.into()),
                _ => {}
            }
        }
        at_most(
            "length of an attribute key",
            key.len(),
            self.limits.attribute_key_bytes_max,
            "ingest.attribute_key_bytes_max",
        )?;
        if !self.is_kept(key) {
            let value = convert(sent)?;
            if self.kept.is_empty() {
                self.kept.reserve(COMPARED_MAX / 2);
            }
            self.kept.push((key.into(), value));
        }
        Ok(())
    }

    fn is_kept(&mut self, key: &'a str) -> bool {
        if self.kept.len() < COMPARED_MAX {
            return self.kept.iter().any(|(kept, _)| kept == key);
        }
        if self.keys.is_empty() {
            self.keys.extend(self.kept.iter().filter_map(|(kept, _)| match kept {
                std::borrow::Cow::Borrowed(kept) => Some(*kept),
                std::borrow::Cow::Owned(_) => None,
            }));
        }
        !self.keys.insert(key)
    }

    pub(super) fn finish(self) -> Result<Attributes<'a>, Reason> {
        let max = self.limits.attributes_per_record_max;
        at_most("number of attributes", self.sent, max, "ingest.attributes_per_record_max")?;
        Ok(self.kept)
    }
}

/// An `AnyValue` as it was sent; lists and maps unread.
#[derive(Clone, Copy)]
enum Sent<'a> {
    Empty,
    String(&'a str),
    Bool(bool),
    Int(i64),
    Double(f64),
    Array(Fields<'a>),
    Map(Fields<'a>),
    Bytes(&'a [u8]),
    StringIndex,
}

fn any_value(mut any: Fields<'_>) -> Result<Sent<'_>, Malformed> {
    let mut sent = Sent::Empty;
    // Of several the last one counts.
    while let Some(field) = any.next()? {
        sent = match field.number {
            1 => Sent::String(field.text()?),
            2 => Sent::Bool(field.bool()?),
            3 => Sent::Int(field.varint()? as i64),
            4 => Sent::Double(field.double()?),
            5 => Sent::Array(field.message()?),
            6 => Sent::Map(field.message()?),
            7 => Sent::Bytes(field.bytes()?),
            8 => Sent::StringIndex,
            _ => sent,
        };
    }
    Ok(sent)
}

/// The body of a log record.
pub(super) fn body<'a>(sent: Fields<'a>, limits: &Limits) -> Result<Value<'a>, Stop> {
    limited(any_value(sent)?, limits.log_body_bytes_max, "ingest.log_body_bytes_max", limits)
}

fn limited<'a>(sent: Sent<'a>, max: usize, limit: &'static str, limits: &Limits) -> Result<Value<'a>, Stop> {
    let what = "size of a value in bytes";
    match sent {
        Sent::String(text) => at_most(what, text.len(), max, limit)?,
        Sent::Bytes(bytes) => at_most(what, bytes.len(), max, limit)?,
        Sent::Array(_) | Sent::Map(_) => {
            let (bytes, depth) = measure(sent, DEPTH_MAX)?;
            at_most(what, bytes, max, limit)?;
            at_most("depth of a nested value", depth, limits.value_depth_max, "ingest.value_depth_max")?;
        }
        _ => {}
    }
    value(sent, limits)
}

/// Size and depth, by the rule of [`Limits::attribute_value_bytes_max`].
fn measure(sent: Sent<'_>, depth_left: usize) -> Result<(usize, usize), Malformed> {
    let (mut items, is_map) = match sent {
        Sent::String(text) => return Ok((text.len(), 0)),
        Sent::Bytes(bytes) => return Ok((bytes.len(), 0)),
        Sent::Array(items) => (items, false),
        Sent::Map(items) => (items, true),
        _ => return Ok((SCALAR_BYTES, 0)),
    };
    // A list is two messages, one in the other.
    let depth_left = depth_left.checked_sub(2).ok_or(Malformed::Depth)?;
    let (mut bytes, mut depth) = (SCALAR_BYTES, 0);
    while let Some(field) = items.next()? {
        if field.number != 1 {
            continue;
        }
        let (mut key, mut item) = ("", Sent::Empty);
        if is_map {
            let mut pair = field.message()?;
            while let Some(field) = pair.next()? {
                match field.number {
                    1 => key = field.text()?,
                    2 => item = any_value(field.message()?)?,
                    _ => {}
                }
            }
        } else {
            item = any_value(field.message()?)?;
        }
        let (item_bytes, item_depth) = measure(item, depth_left)?;
        bytes = bytes.saturating_add(item_bytes).saturating_add(key.len());
        depth = depth.max(item_depth);
    }
    Ok((bytes, depth + 1))
}

/// Without looking at size and depth, which the caller has measured.
fn value<'a>(sent: Sent<'a>, limits: &Limits) -> Result<Value<'a>, Stop> {
    Ok(match sent {
        Sent::Empty => Value::Empty,
        Sent::String(text) => Value::String(text.into()),
        Sent::Bool(truth) => Value::Bool(truth),
        Sent::Int(number) => Value::Int(number),
        Sent::Double(number) => Value::Double(number),
        Sent::Bytes(bytes) => Value::Bytes(bytes.into()),
        Sent::Array(mut items) => {
            let mut values = Vec::new();
            while let Some(field) = items.next()? {
                if field.number == 1 {
                    values.push(value(any_value(field.message()?)?, limits)?);
                }
            }
            Value::Array(values)
        }
        Sent::Map(mut items) => {
            let mut pairs = Pairs::new(limits);
            while let Some(field) = items.next()? {
                if field.number == 1 {
                    pairs.add_measured(field.message()?)?;
                }
            }
            Value::Map(pairs.kept)
        }
        Sent::StringIndex => return Err(Reason::StringIndex.into()),
    })
}
