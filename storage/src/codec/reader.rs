//! Reads the parts of which rows are made. Whatever the bytes are, it answers with an error, never a panic.

use std::borrow::Cow;

use super::VALUE_DEPTH_MAX;
use crate::error::{Error, ErrorKind};
use crate::row::{Attributes, Value};

#[derive(Clone)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

pub(super) fn malformed(what: &str) -> Error {
    Error::new(ErrorKind::Data, format!("the stored form of a batch is malformed at {what}"))
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn end(&self) -> Result<(), Error> {
        if self.rest.is_empty() { Ok(()) } else { Err(malformed("its end")) }
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The bytes that this reads.
    pub(super) fn skipped(&mut self, skip: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<&'a [u8], Error> {
        let before = self.rest;
        skip(self)?;
        Ok(&before[..before.len() - self.rest.len()])
    }

    fn raw(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| malformed("a length"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| malformed("fixed bytes"))?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Error> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn flag(&mut self) -> Result<bool, Error> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(malformed("a flag")),
        }
    }

    pub(super) fn unsigned(&mut self) -> Result<u64, Error> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(malformed("an integer"))
    }

    pub(super) fn signed(&mut self) -> Result<i64, Error> {
        let number = self.unsigned()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub(super) fn narrow<T: TryFrom<u64>>(&mut self) -> Result<T, Error> {
        T::try_from(self.unsigned()?).map_err(|_| malformed("a narrow integer"))
    }

    pub(super) fn narrow_signed<T: TryFrom<i64>>(&mut self) -> Result<T, Error> {
        T::try_from(self.signed()?).map_err(|_| malformed("a narrow integer"))
    }

    /// A count of things of at least one byte each, so that a wrong one cannot ask for much memory.
    pub(super) fn count(&mut self) -> Result<usize, Error> {
        let count: usize = self.narrow()?;
        if count > self.rest.len() { Err(malformed("a count")) } else { Ok(count) }
    }

    pub(super) fn double(&mut self) -> Result<f64, Error> {
        Ok(f64::from_bits(u64::from_le_bytes(self.array()?)))
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let count = self.count()?;
        self.raw(count)
    }

    pub(super) fn text(&mut self) -> Result<Cow<'a, str>, Error> {
        self.borrowed_text().map(Cow::Borrowed)
    }

    /// A text that lives as long as what is read.
    pub(super) fn borrowed_text(&mut self) -> Result<&'a str, Error> {
        std::str::from_utf8(self.bytes()?).map_err(|_| malformed("a text"))
    }

    pub(super) fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<Option<T>, Error> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    pub(super) fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        (0..self.count()?).map(|_| read(self)).collect()
    }

    pub(super) fn attributes(&mut self) -> Result<Attributes<'a>, Error> {
        self.entries(VALUE_DEPTH_MAX)
    }

    pub(super) fn value(&mut self) -> Result<Value<'a>, Error> {
        self.nested(VALUE_DEPTH_MAX)
    }

    /// Goes over attributes without making anything of them.
    pub(super) fn skip_attributes(&mut self) -> Result<(), Error> {
        self.skip_entries(VALUE_DEPTH_MAX)
    }

    fn skip_entries(&mut self, depth: usize) -> Result<(), Error> {
        for _ in 0..self.count()? {
            self.bytes()?;
            self.skip_nested(depth)?;
        }
        Ok(())
    }

    fn skip_nested(&mut self, depth: usize) -> Result<(), Error> {
        if depth == 0 {
            return Err(malformed("a value that nests too deep"));
        }
        match self.byte()? {
            0 => {}
            1 | 5 => drop(self.bytes()?),
            2 => drop(self.flag()?),
            3 => drop(self.unsigned()?),
            4 => drop(self.array::<8>()?),
            6 => {
                for _ in 0..self.count()? {
                    self.skip_nested(depth - 1)?;
                }
            }
            7 => self.skip_entries(depth - 1)?,
            _ => return Err(malformed("a value")),
        }
        Ok(())
    }

    fn entries(&mut self, depth: usize) -> Result<Attributes<'a>, Error> {
        self.list(|reader| Ok((reader.text()?, reader.nested(depth)?)))
    }

    fn nested(&mut self, depth: usize) -> Result<Value<'a>, Error> {
        if depth == 0 {
            return Err(malformed("a value that nests too deep"));
        }
        Ok(match self.byte()? {
            0 => Value::Empty,
            1 => Value::String(self.text()?),
            2 => Value::Bool(self.flag()?),
            3 => Value::Int(self.signed()?),
            4 => Value::Double(self.double()?),
            5 => Value::Bytes(self.bytes()?.into()),
            6 => Value::Array(self.list(|reader| reader.nested(depth - 1))?),
            7 => Value::Map(self.entries(depth - 1)?),
            _ => return Err(malformed("a value")),
        })
    }
}
