//! The machinery of the JSON reader: objects and lists, where a reader stands, and what a wrong value does.
//!
//! A message implements [`Fields`]; everything else (null, wrong types, unknown fields, paths, the cost of what is
//! built) is done here, once.

use std::fmt::Write as _;

use serde::de::{DeserializeSeed, MapAccess};

use self::visit::ObjectSeed;
use super::scalar::Mismatch;
use crate::admission::Admitted;
use crate::limits::Limits;
use crate::reason::{Reason, Refused};
use crate::refusal::Refusal;

mod field;
mod list;
mod visit;

pub(super) use field::Field;

/// What is built is charged to the byte budget in steps of this size.
const CHARGE_BYTES: usize = 256 * 1024;

/// How many times its own size an element costs: once as a message, once as a row.
const COPIES: usize = 2;

/// A message: reads its fields by name.
pub(super) trait Fields: Default {
    /// Whether it is a span, a log record or a metric point.
    const IS_ROW: bool = false;

    /// Whether a wrong field refuses this message alone, and not what it stands in.
    const IS_REFUSED_ALONE: bool = Self::IS_ROW;

    /// How many rows are lost with it.
    fn rows(&self) -> u64 {
        1
    }

    /// Reads the value of the field `name`, or ignores it where there is no such field.
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
    let body = super::surrogates::without_halves(body);
    let mut json = serde_json::Deserializer::from_slice(&body);
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
