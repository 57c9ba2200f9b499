//! What accumulators know, as bytes, for callers that aggregate in several places and merge.
//!
//! The bytes are for the same version of this crate, not for keeping. Reading any bytes is safe: what is cut short or
//! otherwise wrong is no state. Numbers are little-endian; lists and texts begin with their length.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::value::Value;

/// Lists and maps in a value lie at most so deep.
const DEPTH_MAX: usize = 130;

/// What can be written and read.
pub(crate) trait Bytes: Sized {
    fn write(&self, bytes: &mut Vec<u8>);
    fn read(bytes: &mut &[u8]) -> Option<Self>;
}

impl Bytes for u64 {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.to_le_bytes());
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let (first, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(Self::from_le_bytes(*first))
    }
}

impl Bytes for i64 {
    fn write(&self, bytes: &mut Vec<u8>) {
        self.cast_unsigned().write(bytes);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        u64::read(bytes).map(u64::cast_signed)
    }
}

impl Bytes for f64 {
    fn write(&self, bytes: &mut Vec<u8>) {
        self.to_bits().write(bytes);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        u64::read(bytes).map(Self::from_bits)
    }
}

impl Bytes for u8 {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(*self);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        Some(*first)
    }
}

impl Bytes for bool {
    fn write(&self, bytes: &mut Vec<u8>) {
        u8::from(*self).write(bytes);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        u8::read(bytes).map(|byte| byte != 0)
    }
}

impl<T: Bytes> Bytes for Option<T> {
    fn write(&self, bytes: &mut Vec<u8>) {
        self.is_some().write(bytes);
        if let Some(value) = self {
            value.write(bytes);
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        if bool::read(bytes)? { T::read(bytes).map(Some) } else { Some(None) }
    }
}

impl<A: Bytes, B: Bytes> Bytes for (A, B) {
    fn write(&self, bytes: &mut Vec<u8>) {
        self.0.write(bytes);
        self.1.write(bytes);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::read(bytes)?, B::read(bytes)?))
    }
}

impl<T: Bytes> Bytes for Vec<T> {
    fn write(&self, bytes: &mut Vec<u8>) {
        write_all(self.iter(), self.len(), bytes);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let length = u64::read(bytes)?;
        // Every element takes a byte at least, so that a wrong length ends soon.
        (length <= bytes.len() as u64).then_some(())?;
        (0..length).map(|_| T::read(bytes)).collect()
    }
}

impl Bytes for Arc<str> {
    fn write(&self, bytes: &mut Vec<u8>) {
        (self.len() as u64).write(bytes);
        bytes.extend_from_slice(self.as_bytes());
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let length = usize::try_from(u64::read(bytes)?).ok()?;
        let (text, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        std::str::from_utf8(text).ok().map(Self::from)
    }
}

impl Bytes for Value {
    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Null => 0_u8.write(bytes),
            Self::Bool(value) => (1_u8, *value).write(bytes),
            Self::Number(number) => (2_u8, *number).write(bytes),
            Self::Text(text) => (3_u8, Arc::clone(text)).write(bytes),
            Self::Time(milliseconds) => (4_u8, *milliseconds).write(bytes),
            Self::List(items) => {
                5_u8.write(bytes);
                write_all(items.iter(), items.len(), bytes);
            }
            Self::Map(members) => {
                6_u8.write(bytes);
                (members.len() as u64).write(bytes);
                for (key, member) in members.iter() {
                    key.write(bytes);
                    member.write(bytes);
                }
            }
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        read_value(bytes, DEPTH_MAX)
    }
}

/// A list, without taking it apart first.
pub(crate) fn write_all<'a, T: Bytes + 'a>(items: impl Iterator<Item = &'a T>, count: usize, bytes: &mut Vec<u8>) {
    (count as u64).write(bytes);
    items.for_each(|item| item.write(bytes));
}

fn read_value(bytes: &mut &[u8], depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    Some(match u8::read(bytes)? {
        0 => Value::Null,
        1 => Value::Bool(bool::read(bytes)?),
        2 => Value::number(f64::read(bytes)?),
        3 => Value::Text(Arc::read(bytes)?),
        4 => Value::Time(i64::read(bytes)?),
        5 => {
            let length = u64::read(bytes)?;
            (length <= bytes.len() as u64).then_some(())?;
            Value::List((0..length).map(|_| read_value(bytes, depth)).collect::<Option<_>>()?)
        }
        6 => {
            let length = u64::read(bytes)?;
            (length <= bytes.len() as u64).then_some(())?;
            let member = |_| Some((Arc::read(bytes)?, read_value(bytes, depth)?));
            Value::Map(Arc::new((0..length).map(member).collect::<Option<BTreeMap<_, _>>>()?))
        }
        _ => return None,
    })
}
