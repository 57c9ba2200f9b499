//! One field of an object: a method for each type that a field can have.

use serde::de::{IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use super::list::{Doubles, Integers, ListSeed, Messages};
use super::visit::{ObjectSeed, OptionalSeed};
use super::{Fields, Reader, Step};
use crate::json::scalar::{Mismatch, Scalar, double};

/// The value of one field of an object, still to be read. The names given to its methods are for messages and paths.
pub(in crate::json) struct Field<'a, 'r, A> {
    pub(super) reader: &'a mut Reader<'r>,
    pub(super) map: &'a mut A,
}

impl<'de, A: MapAccess<'de>> Field<'_, '_, A> {
    pub(in crate::json) fn text(self, name: &'static str, into: &mut String) -> Result<(), A::Error> {
        *into = self.scalar(name, Scalar::text)?;
        Ok(())
    }

    pub(in crate::json) fn boolean(self, name: &'static str, into: &mut bool) -> Result<(), A::Error> {
        *into = self.scalar(name, |scalar| scalar.boolean())?;
        Ok(())
    }

    pub(in crate::json) fn id(self, name: &'static str, into: &mut Vec<u8>) -> Result<(), A::Error> {
        *into = self.scalar(name, |scalar| scalar.id())?;
        Ok(())
    }

    pub(in crate::json) fn unsigned64(self, name: &'static str, into: &mut u64) -> Result<(), A::Error> {
        *into = self.scalar(name, |scalar| scalar.integer("an unsigned 64-bit integer"))?;
        Ok(())
    }

    pub(in crate::json) fn unsigned32(self, name: &'static str, into: &mut u32) -> Result<(), A::Error> {
        *into = self.scalar(name, |scalar| scalar.integer("an unsigned 32-bit integer"))?;
        Ok(())
    }

    pub(in crate::json) fn signed32(self, name: &'static str, into: &mut i32) -> Result<(), A::Error> {
        *into = self.scalar(name, |scalar| scalar.integer("a 32-bit integer"))?;
        Ok(())
    }

    pub(in crate::json) fn double(self, name: &'static str, into: &mut f64) -> Result<(), A::Error> {
        *into = self.raw_double(name)?.unwrap_or_default();
        Ok(())
    }

    /// A double that knows whether it was sent.
    pub(in crate::json) fn optional_double(self, name: &'static str, into: &mut Option<f64>) -> Result<(), A::Error> {
        *into = self.raw_double(name)?;
        Ok(())
    }

    pub(in crate::json) fn enumeration(
        self,
        name: &'static str,
        into: &mut i32,
        numbered: impl Fn(&str) -> Option<i32>,
    ) -> Result<(), A::Error> {
        *into = self.scalar(name, |scalar| scalar.enumeration("the number or name of a value", &numbered))?;
        Ok(())
    }

    /// One arm of a oneof: absent where it is null, wrong where another arm was sent as well.
    pub(in crate::json) fn one_of<T: Default, O>(
        self,
        name: &'static str,
        into: &mut Option<O>,
        read: impl Fn(Scalar<'de>) -> Result<T, Mismatch>,
        arm: impl Fn(T) -> O,
    ) -> Result<(), A::Error> {
        let Self { reader, map } = self;
        let scalar = map.next_value::<Scalar<'de>>()?;
        if scalar == Scalar::Null {
            return Ok(());
        }
        let value = reader.checked(name, read(scalar))?;
        set_one(reader, name, into, arm(value))
    }

    /// [`Self::one_of`] for a double.
    pub(in crate::json) fn one_of_double<O>(
        self,
        name: &'static str,
        into: &mut Option<O>,
        arm: impl Fn(f64) -> O,
    ) -> Result<(), A::Error> {
        let Self { reader, map } = self;
        match (Field { reader, map }).raw_double(name)? {
            Some(value) => set_one(reader, name, into, arm(value)),
            None => Ok(()),
        }
    }

    /// [`Self::one_of`] for a message.
    pub(in crate::json) fn one_of_message<M: Fields, O>(
        self,
        name: &'static str,
        into: &mut Option<O>,
        arm: impl Fn(M) -> O,
    ) -> Result<(), A::Error> {
        let Self { reader, map } = self;
        match (Field { reader, map }).optional_message(name)? {
            Some(message) => set_one(reader, name, into, arm(message)),
            None => Ok(()),
        }
    }

    /// A message; null where it is absent.
    pub(in crate::json) fn message<M: Fields>(self, name: &'static str, into: &mut Option<M>) -> Result<(), A::Error> {
        *into = self.optional_message(name)?;
        Ok(())
    }

    /// A list of messages. Rows that are wrong are left out and counted.
    pub(in crate::json) fn list<M: Fields>(self, name: &'static str, into: &mut Vec<M>) -> Result<(), A::Error> {
        let Self { reader, map } = self;
        reader.path.push(Step::Field(name));
        map.next_value_seed(ListSeed { reader, name, each: Messages(into) })?;
        reader.path.pop();
        Ok(())
    }

    /// A list of unsigned 64-bit integers.
    pub(in crate::json) fn list_unsigned64(self, name: &'static str, into: &mut Vec<u64>) -> Result<(), A::Error> {
        let Self { reader, map } = self;
        map.next_value_seed(ListSeed { reader, name, each: Integers(into) })
    }

    /// A list of doubles.
    pub(in crate::json) fn list_double(self, name: &'static str, into: &mut Vec<f64>) -> Result<(), A::Error> {
        let Self { reader, map } = self;
        map.next_value_seed(ListSeed { reader, name, each: Doubles(into) })
    }

    /// A field that there is not: newer clients know more.
    pub(in crate::json) fn ignore(self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }

    fn scalar<T: Default>(
        self,
        name: &'static str,
        read: impl Fn(Scalar<'de>) -> Result<T, Mismatch>,
    ) -> Result<T, A::Error> {
        let scalar = self.map.next_value::<Scalar<'de>>()?;
        self.reader.checked(name, read(scalar))
    }

    fn raw_double(self, name: &'static str) -> Result<Option<f64>, A::Error> {
        let raw = self.map.next_value::<&'de RawValue>()?;
        if raw.get() == "null" {
            return Ok(None);
        }
        self.reader.checked(name, double(raw)).map(Some)
    }

    fn optional_message<M: Fields>(self, name: &'static str) -> Result<Option<M>, A::Error> {
        let Self { reader, map } = self;
        reader.path.push(Step::Field(name));
        let message = map.next_value_seed(OptionalSeed(ObjectSeed::new(reader)))?;
        reader.path.pop();
        Ok(message)
    }
}

fn set_one<O, E: serde::de::Error>(
    reader: &mut Reader<'_>,
    name: &'static str,
    into: &mut Option<O>,
    value: O,
) -> Result<(), E> {
    match into.replace(value) {
        None => Ok(()),
        Some(_) => reader.wrong(name, Mismatch { expected: "the only value", found: "a second one" }),
    }
}
