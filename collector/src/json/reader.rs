//! The machinery of the JSON reader: objects and lists, where a reader stands, and what a wrong value does.
//!
//! A message implements [`Fields`]; everything else (null, wrong types, unknown fields, paths, the cost of what is
//! built) is done here, once.

use std::fmt::{self, Write as _};
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::scalar::{Mismatch, Scalar, double};
use crate::admission::Admitted;
use crate::limits::Limits;
use crate::reason::{Reason, Refused};
use crate::refusal::Refusal;

/// What is built is charged to the byte budget in steps of this size.
const CHARGE_BYTES: usize = 256 * 1024;

/// How many times its own size an element costs: once as a message, once as a row.
const COPIES: usize = 2;

/// A message: reads its fields by name.
pub(super) trait Fields: Default {
    /// Whether a wrong field refuses this message alone.
    const IS_ROW: bool = false;

    /// How many rows are lost with it.
    fn rows(&self) -> u64 {
        1
    }

    /// Reads the value of the field `name` if there is such a field, and says whether there is.
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, field: Field<'_, '_, A>) -> Result<(), A::Error>;
}

/// Reads a request.
pub(super) fn read<M: Fields>(
    body: &[u8],
    limits: &Limits,
    admitted: &mut Admitted,
    refused: &mut Refused,
) -> Result<M, Refusal> {
    if body.trim_ascii().is_empty() {
        return Err(Refusal::invalid("the body is empty: an empty request in JSON is {}"));
    }
    let mut reader = Reader {
        limits,
        admitted,
        refused,
        path: Vec::new(),
        problems: Vec::new(),
        rows: 0,
        uncharged_bytes: 0,
        refusal: None,
    };
    let mut json = serde_json::Deserializer::from_slice(body);
    let message = ObjectSeed::<M>::new(&mut reader).deserialize(&mut json).and_then(|message| {
        json.end()?;
        Ok(message)
    });
    match (message, reader.refusal.take()) {
        (Ok(message), None) => Ok(message),
        (_, Some(refusal)) => Err(refusal),
        (Err(error), None) => {
            let place = reader.place();
            Err(Refusal::invalid(format!("the body is not valid OTLP/JSON at {place}: {error}")))
        }
    }
}

/// Where the reader stands.
pub(super) struct Reader<'r> {
    limits: &'r Limits,
    admitted: &'r mut Admitted,
    refused: &'r mut Refused,
    path: Vec<Step>,
    /// What is wrong with the rows it stands in, the innermost last.
    problems: Vec<Option<Reason>>,
    rows: usize,
    uncharged_bytes: usize,
    /// Why the request is refused, where that is not the JSON's fault.
    refusal: Option<Refusal>,
}

#[derive(Clone, Copy)]
enum Step {
    Field(&'static str),
    Index(usize),
}

impl Reader<'_> {
    /// Refuses the row it stands in or, outside of rows, the request.
    fn wrong<E: serde::de::Error>(&mut self, field: &'static str, mismatch: Mismatch) -> Result<(), E> {
        let Mismatch { expected, found } = mismatch;
        match self.problems.last_mut() {
            Some(problem) => {
                problem.get_or_insert(Reason::Json { field, expected, found });
                Ok(())
            }
            None => Err(E::custom(format_args!("{field} must be {expected}, found {found}"))),
        }
    }

    fn checked<T: Default, E: serde::de::Error>(
        &mut self,
        field: &'static str,
        value: Result<T, Mismatch>,
    ) -> Result<T, E> {
        match value {
            Ok(value) => Ok(value),
            Err(mismatch) => self.wrong(field, mismatch).map(|()| T::default()),
        }
    }

    /// Accounts for a list's element before it is built: a list of `{}` is small as text and large as messages.
    fn charge<E: serde::de::Error>(&mut self, bytes: usize) -> Result<(), E> {
        self.uncharged_bytes += bytes * COPIES;
        if self.uncharged_bytes < CHARGE_BYTES {
            return Ok(());
        }
        let charged = self.admitted.hold(std::mem::take(&mut self.uncharged_bytes));
        self.unless_refused(charged)
    }

    fn count_row<E: serde::de::Error>(&mut self) -> Result<(), E> {
        self.rows += 1;
        let max = self.limits.rows_per_request_max;
        let counted = if self.rows > max {
            Err(Refusal::too_large("the number of rows", "rows_per_request_max", max))
        } else {
            Ok(())
        };
        self.unless_refused(counted)
    }

    fn unless_refused<E: serde::de::Error>(&mut self, result: Result<(), Refusal>) -> Result<(), E> {
        result.map_err(|refusal| {
            let error = E::custom(&refusal.message);
            self.refusal = Some(refusal);
            error
        })
    }

    /// `$.resourceSpans[0].scopeSpans[2]`
    fn place(&self) -> String {
        let mut place = String::from("$");
        for step in &self.path {
            match step {
                Step::Field(name) => write!(place, ".{name}"),
                Step::Index(index) => write!(place, "[{index}]"),
            }
            .expect("writing to a string cannot fail");
        }
        place
    }
}

/// The value of one field of an object, still to be read. The names given to its methods are for messages and paths.
pub(super) struct Field<'a, 'r, A> {
    reader: &'a mut Reader<'r>,
    map: &'a mut A,
}

impl<'de, A: MapAccess<'de>> Field<'_, '_, A> {
    pub(super) fn text(self, name: &'static str, into: &mut String) -> Result<(), A::Error> {
        *into = self.scalar(name, Scalar::text)?;
        Ok(())
    }

    pub(super) fn boolean(self, name: &'static str, into: &mut bool) -> Result<(), A::Error> {
        *into = self.scalar(name, |scalar| scalar.boolean())?;
        Ok(())
    }

    pub(super) fn id(self, name: &'static str, into: &mut Vec<u8>) -> Result<(), A::Error> {
        *into = self.scalar(name, |scalar| scalar.id())?;
        Ok(())
    }

    pub(super) fn unsigned64(self, name: &'static str, into: &mut u64) -> Result<(), A::Error> {
        *into = self.scalar(name, |scalar| scalar.integer("an unsigned 64-bit integer"))?;
        Ok(())
    }

    pub(super) fn unsigned32(self, name: &'static str, into: &mut u32) -> Result<(), A::Error> {
        *into = self.scalar(name, |scalar| scalar.integer("an unsigned 32-bit integer"))?;
        Ok(())
    }

    pub(super) fn signed32(self, name: &'static str, into: &mut i32) -> Result<(), A::Error> {
        *into = self.scalar(name, |scalar| scalar.integer("a 32-bit integer"))?;
        Ok(())
    }

    pub(super) fn double(self, name: &'static str, into: &mut f64) -> Result<(), A::Error> {
        *into = self.raw_double(name)?.unwrap_or_default();
        Ok(())
    }

    /// A double that knows whether it was sent.
    pub(super) fn optional_double(self, name: &'static str, into: &mut Option<f64>) -> Result<(), A::Error> {
        *into = self.raw_double(name)?;
        Ok(())
    }

    pub(super) fn enumeration(
        self,
        name: &'static str,
        into: &mut i32,
        numbered: impl Fn(&str) -> Option<i32>,
    ) -> Result<(), A::Error> {
        *into = self.scalar(name, |scalar| scalar.enumeration("the number or name of a value", &numbered))?;
        Ok(())
    }

    /// One arm of a oneof: absent where it is null, wrong where another arm was sent as well.
    pub(super) fn one_of<T: Default, O>(
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
    pub(super) fn one_of_double<O>(
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
    pub(super) fn one_of_message<M: Fields, O>(
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
    pub(super) fn message<M: Fields>(self, name: &'static str, into: &mut Option<M>) -> Result<(), A::Error> {
        *into = self.optional_message(name)?;
        Ok(())
    }

    /// A list of messages. Rows that are wrong are left out and counted.
    pub(super) fn list<M: Fields>(self, name: &'static str, into: &mut Vec<M>) -> Result<(), A::Error> {
        let Self { reader, map } = self;
        reader.path.push(Step::Field(name));
        map.next_value_seed(ListSeed { reader, name, each: Messages(into) })?;
        reader.path.pop();
        Ok(())
    }

    /// A list of unsigned 64-bit integers.
    pub(super) fn list_unsigned64(self, name: &'static str, into: &mut Vec<u64>) -> Result<(), A::Error> {
        let Self { reader, map } = self;
        map.next_value_seed(ListSeed { reader, name, each: Integers(into) })
    }

    /// A list of doubles.
    pub(super) fn list_double(self, name: &'static str, into: &mut Vec<f64>) -> Result<(), A::Error> {
        let Self { reader, map } = self;
        map.next_value_seed(ListSeed { reader, name, each: Doubles(into) })
    }

    /// A field that there is not: newer clients know more.
    pub(super) fn ignore(self) -> Result<(), A::Error> {
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

/// An object, or null for one with nothing in it.
struct ObjectSeed<'a, 'r, M> {
    reader: &'a mut Reader<'r>,
    message: PhantomData<M>,
}

impl<'a, 'r, M> ObjectSeed<'a, 'r, M> {
    fn new(reader: &'a mut Reader<'r>) -> Self {
        Self { reader, message: PhantomData }
    }
}

/// An object, or null for none.
struct OptionalSeed<'a, 'r, M>(ObjectSeed<'a, 'r, M>);

/// A list, or null for an empty one.
struct ListSeed<'a, 'r, L> {
    reader: &'a mut Reader<'r>,
    name: &'static str,
    each: L,
}

/// What a list does with its elements.
trait Elements<'de> {
    /// Reads one element; `None` at the end.
    fn next<A: SeqAccess<'de>>(
        &mut self,
        reader: &mut Reader<'_>,
        name: &'static str,
        list: &mut A,
    ) -> Result<Option<()>, A::Error>;
}

struct Messages<'a, M>(&'a mut Vec<M>);

impl<'de, M: Fields> Elements<'de> for Messages<'_, M> {
    fn next<A: SeqAccess<'de>>(
        &mut self,
        reader: &mut Reader<'_>,
        _name: &'static str,
        list: &mut A,
    ) -> Result<Option<()>, A::Error> {
        if M::IS_ROW {
            reader.problems.push(None);
        }
        let message = list.next_element_seed(ObjectSeed::<M>::new(reader))?;
        let problem = if M::IS_ROW { reader.problems.pop().flatten() } else { None };
        let Some(message) = message else { return Ok(None) };
        reader.charge(size_of::<M>())?;
        if M::IS_ROW {
            reader.count_row()?;
        }
        match problem {
            Some(reason) => reader.refused.add_many(reason, message.rows()),
            None => self.0.push(message),
        }
        Ok(Some(()))
    }
}

struct Integers<'a>(&'a mut Vec<u64>);

impl<'de> Elements<'de> for Integers<'_> {
    fn next<A: SeqAccess<'de>>(
        &mut self,
        reader: &mut Reader<'_>,
        name: &'static str,
        list: &mut A,
    ) -> Result<Option<()>, A::Error> {
        let Some(scalar) = list.next_element::<Scalar<'de>>()? else { return Ok(None) };
        reader.charge(size_of::<u64>())?;
        self.0.push(reader.checked(name, scalar.integer("a list of unsigned 64-bit integers"))?);
        Ok(Some(()))
    }
}

struct Doubles<'a>(&'a mut Vec<f64>);

impl<'de> Elements<'de> for Doubles<'_> {
    fn next<A: SeqAccess<'de>>(
        &mut self,
        reader: &mut Reader<'_>,
        name: &'static str,
        list: &mut A,
    ) -> Result<Option<()>, A::Error> {
        let Some(raw) = list.next_element::<&'de RawValue>()? else { return Ok(None) };
        reader.charge(size_of::<f64>())?;
        self.0.push(reader.checked(name, double(raw))?);
        Ok(Some(()))
    }
}

mod visit;
