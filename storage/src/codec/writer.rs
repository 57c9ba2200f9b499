//! Writes the parts of which rows are made.

use super::VALUE_DEPTH_MAX;
use crate::error::{Error, ErrorKind};
use crate::row::{Attributes, Value};

#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// How many bytes were written.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.byte(u8::from(flag));
    }

    pub(super) fn unsigned(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.byte((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    pub(super) fn signed(&mut self, number: i64) {
        self.unsigned(((number << 1) ^ (number >> 63)) as u64);
    }

    pub(super) fn count(&mut self, count: usize) {
        self.unsigned(count as u64);
    }

    pub(super) fn double(&mut self, number: f64) {
        self.raw(&number.to_bits().to_le_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.raw(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(super) fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub(super) fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.count(items.len());
        for item in items {
            write(self, item);
        }
    }

    pub(super) fn attributes(&mut self, attributes: &Attributes<'_>) -> Result<(), Error> {
        self.entries(attributes, VALUE_DEPTH_MAX)
    }

    pub(super) fn value(&mut self, value: &Value<'_>) -> Result<(), Error> {
        self.nested(value, VALUE_DEPTH_MAX)
    }

    fn entries(&mut self, entries: &Attributes<'_>, depth: usize) -> Result<(), Error> {
        self.count(entries.len());
        for (key, value) in entries {
            self.text(key);
            self.nested(value, depth)?;
        }
        Ok(())
    }

    fn nested(&mut self, value: &Value<'_>, depth: usize) -> Result<(), Error> {
        if depth == 0 {
            let message = format!("a value nests deeper than {VALUE_DEPTH_MAX} levels; flatten it");
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        match value {
            Value::Empty => self.byte(0),
            Value::String(text) => {
                self.byte(1);
                self.text(text);
            }
            Value::Bool(flag) => {
                self.byte(2);
                self.flag(*flag);
            }
            Value::Int(number) => {
                self.byte(3);
                self.signed(*number);
            }
            Value::Double(number) => {
                self.byte(4);
                self.double(*number);
            }
            Value::Bytes(bytes) => {
                self.byte(5);
                self.bytes(bytes);
            }
            Value::Array(values) => {
                self.byte(6);
                self.count(values.len());
                values.iter().try_for_each(|item| self.nested(item, depth - 1))?;
            }
            Value::Map(entries) => {
                self.byte(7);
                self.entries(entries, depth - 1)?;
            }
        }
        Ok(())
    }
}
