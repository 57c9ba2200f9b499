//! Lists: what they do with their elements.

use serde::de::SeqAccess;
use serde_json::value::RawValue;

use super::visit::ObjectSeed;
use super::{Fields, Reader};
use crate::json::scalar::{Scalar, double};

/// A list, or null for an empty one.
pub(super) struct ListSeed<'a, 'r, L> {
    pub(super) reader: &'a mut Reader<'r>,
    pub(super) name: &'static str,
    pub(super) each: L,
}

/// What a list does with its elements.
pub(super) trait Elements<'de> {
    /// Reads one element; `None` at the end.
    fn next<A: SeqAccess<'de>>(
        &mut self,
        reader: &mut Reader<'_>,
        name: &'static str,
        list: &mut A,
    ) -> Result<Option<()>, A::Error>;
}

/// Messages; those that are refused alone are left out and counted.
pub(super) struct Messages<'a, M>(pub(super) &'a mut Vec<M>);

impl<'de, M: Fields> Elements<'de> for Messages<'_, M> {
    fn next<A: SeqAccess<'de>>(
        &mut self,
        reader: &mut Reader<'_>,
        _name: &'static str,
        list: &mut A,
    ) -> Result<Option<()>, A::Error> {
        if M::IS_REFUSED_ALONE {
            reader.problems.push(None);
        }
        let message = list.next_element_seed(ObjectSeed::<M>::new(reader))?;
        let problem = if M::IS_REFUSED_ALONE { reader.problems.pop().flatten() } else { None };
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

/// Unsigned 64-bit integers.
pub(super) struct Integers<'a>(pub(super) &'a mut Vec<u64>);

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

/// Doubles.
pub(super) struct Doubles<'a>(pub(super) &'a mut Vec<f64>);

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
