//! Reads protobuf messages field by field, without a tree of messages in between.
//!
//! What it promises: whatever the bytes are, it answers with a field or says what is malformed, borrows what it answers
//! and allocates nothing (groups apart, by their depth). What it leaves out: what the fields mean, see [`crate::convert`]. Unknown fields are for the
//! caller to pass over, groups (a form that proto3 does not have) among them.

use std::borrow::Cow;
use std::fmt;

/// How deep messages may be nested, as protobuf's own readers have it.
pub(crate) const DEPTH_MAX: usize = 100;

/// What is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// It ends within a field.
    Truncated,
    /// An integer of more than 64 bits.
    Varint,
    /// A field has the number 0 or one that is too large.
    Number,
    /// A field of a form that does not exist.
    Form,
    /// A field of another form than its number says.
    FormOf(u32),
    /// A text that is not UTF-8.
    Text(u32),
    /// Messages nested deeper than [`DEPTH_MAX`].
    Depth,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("it ends within a field: was it cut off?"),
            Self::Varint => f.write_str("it has an integer of more than 64 bits"),
            Self::Number => f.write_str("it has a field with a number that cannot be"),
            Self::Form => f.write_str("it has a field of an unknown wire type"),
            Self::FormOf(number) => write!(f, "field {number} of a message has the wrong wire type"),
            Self::Text(number) => write!(f, "field {number} of a message is not UTF-8"),
            Self::Depth => write!(f, "its messages are nested deeper than {DEPTH_MAX} levels"),
        }
    }
}

/// The fields of a message that are not read yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

/// A field: its number and what it holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) number: u32,
    content: Content<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Content<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32(u32),
    Group,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    /// The next field; `None` at the end.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<Field<'a>>, Malformed> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).ok().filter(|number| *number != 0).ok_or(Malformed::Number)?;
        let content = match key & 7 {
            0 => Content::Varint(self.varint()?),
            1 => Content::Fixed64(u64::from_le_bytes(self.fixed()?)),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| Malformed::Truncated)?;
                let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Malformed::Truncated)?;
                self.rest = rest;
                Content::Bytes(bytes)
            }
            3 => {
                self.pass_group(number)?;
                Content::Group
            }
            5 => Content::Fixed32(u32::from_le_bytes(self.fixed()?)),
            _ => return Err(Malformed::Form),
        };
        Ok(Some(Field { number, content }))
    }

    /// How many of the fields have this number.
    pub(crate) fn count(mut self, number: u32) -> Result<usize, Malformed> {
        let mut count = 0;
        while let Some(field) = self.next()? {
            count += usize::from(field.number == number);
        }
        Ok(count)
    }

    #[inline]
    fn varint(&mut self) -> Result<u64, Malformed> {
        // Almost all are of one byte.
        if let Some((byte @ 0..0x80, rest)) = self.rest.split_first() {
            self.rest = rest;
            return Ok(u64::from(*byte));
        }
        self.long_varint()
    }

    fn long_varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for (position, byte) in self.rest.iter().enumerate().take(10) {
            if position == 9 && *byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << (7 * position);
            if byte & 0x80 == 0 {
                self.rest = &self.rest[position + 1..];
                return Ok(value);
            }
        }
        Err(if self.rest.len() < 10 { Malformed::Truncated } else { Malformed::Varint })
    }

    #[inline]
    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(*bytes)
    }

    /// Goes behind the end of a group. Groups within it are counted and not followed, so this does not recurse.
    fn pass_group(&mut self, number: u32) -> Result<(), Malformed> {
        let mut open = vec![u64::from(number)];
        while let Some(innermost) = open.last() {
            let key = self.varint()?;
            match key & 7 {
                0 => drop(self.varint()?),
                1 => drop(self.fixed::<8>()?),
                2 => {
                    let length = usize::try_from(self.varint()?).map_err(|_| Malformed::Truncated)?;
                    self.rest = self.rest.get(length..).ok_or(Malformed::Truncated)?;
                }
                3 if open.len() >= DEPTH_MAX => return Err(Malformed::Depth),
                3 => open.push(key >> 3),
                4 if key >> 3 == *innermost => drop(open.pop()),
                5 => drop(self.fixed::<4>()?),
                _ => return Err(Malformed::Form),
            }
        }
        Ok(())
    }
}

impl<'a> Field<'a> {
    fn wrong<T>(&self) -> Result<T, Malformed> {
        Err(Malformed::FormOf(self.number))
    }

    #[inline]
    pub(crate) fn bytes(&self) -> Result<&'a [u8], Malformed> {
        if let Content::Bytes(bytes) = self.content { Ok(bytes) } else { self.wrong() }
    }

    #[inline]
    pub(crate) fn text(&self) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Malformed::Text(self.number))
    }

    pub(crate) fn message(&self) -> Result<Fields<'a>, Malformed> {
        self.bytes().map(Fields::new)
    }

    pub(crate) fn varint(&self) -> Result<u64, Malformed> {
        if let Content::Varint(value) = self.content { Ok(value) } else { self.wrong() }
    }

    /// `int32`, `enum`: of a longer integer the lower half, as protobuf's own readers have it.
    pub(crate) fn int32(&self) -> Result<i32, Malformed> {
        self.varint().map(|value| value as i32)
    }

    /// `uint32`.
    pub(crate) fn uint32(&self) -> Result<u32, Malformed> {
        self.varint().map(|value| value as u32)
    }

    /// `sint32`.
    pub(crate) fn sint32(&self) -> Result<i32, Malformed> {
        self.uint32().map(|value| (value >> 1) as i32 ^ -((value & 1) as i32))
    }

    pub(crate) fn bool(&self) -> Result<bool, Malformed> {
        self.varint().map(|value| value != 0)
    }

    pub(crate) fn fixed32(&self) -> Result<u32, Malformed> {
        if let Content::Fixed32(value) = self.content { Ok(value) } else { self.wrong() }
    }

    #[inline]
    pub(crate) fn fixed64(&self) -> Result<u64, Malformed> {
        if let Content::Fixed64(value) = self.content { Ok(value) } else { self.wrong() }
    }

    pub(crate) fn double(&self) -> Result<f64, Malformed> {
        self.fixed64().map(f64::from_bits)
    }

    /// Adds the values of a repeated field of eight bytes each, packed or not.
    pub(crate) fn fixed64s<T>(&self, into: &mut Vec<T>, value: impl Fn(u64) -> T) -> Result<(), Malformed> {
        match self.content {
            Content::Fixed64(one) => into.push(value(one)),
            Content::Bytes(packed) => {
                let (values, rest) = packed.as_chunks::<8>();
                if !rest.is_empty() {
                    return Err(Malformed::Truncated);
                }
                into.extend(values.iter().map(|bytes| value(u64::from_le_bytes(*bytes))));
            }
            _ => return self.wrong(),
        }
        Ok(())
    }

    /// Adds the values of a repeated field of varints, packed or not.
    pub(crate) fn varints(&self, into: &mut Vec<u64>) -> Result<(), Malformed> {
        match self.content {
            Content::Varint(one) => into.push(one),
            Content::Bytes(packed) => {
                let mut packed = Fields::new(packed);
                while !packed.rest.is_empty() {
                    into.push(packed.varint()?);
                }
            }
            _ => return self.wrong(),
        }
        Ok(())
    }
}

/// A text that rows keep.
pub(crate) type Text<'a> = Cow<'a, str>;

#[cfg(test)]
mod tests;
