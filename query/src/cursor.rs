//! Where the next page of a search begins. A cursor carries the range of the first page in nanoseconds, so that `now-1h`
//! means the same hour on every page, and the position of the last row, so that rows that arrive meanwhile shift nothing.
//! It belongs to one question: a mark of the question is in it, and another question refuses it.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use crate::error::Error;

/// A position in an ordered list of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The question: [`question`].
    pub question: u64,
    /// Begin of the range of the first page.
    pub from: i64,
    /// End of the range of the first page.
    pub to: i64,
    /// Time of the last row.
    pub time: i64,
    /// What tells rows of the same time apart.
    pub tie: u128,
    /// How many rows that are equal in both were on the pages so far.
    pub same: u64,
}

impl Cursor {
    /// The text in the answer.
    pub fn encode(&self) -> String {
        format!("{:x}.{:x}.{:x}.{:x}.{:x}.{:x}", self.question, self.from, self.to, self.time, self.tie, self.same)
    }

    /// Reads the cursor of a request, if it has one, and refuses one of another question.
    pub fn of(text: Option<&str>, question: u64) -> Result<Option<Self>, Error> {
        let cursor = text.map(Self::decode).transpose()?;
        match cursor {
            Some(cursor) if cursor.question != question => Err(Error::invalid(
                "the cursor belongs to another question: send it with the same range and conditions as the page before, or leave it away",
            )),
            cursor => Ok(cursor),
        }
    }

    /// Reads the text of a request.
    pub fn decode(text: &str) -> Result<Self, Error> {
        let read = || {
            let mut parts = text.split('.');
            let question = u64::from_str_radix(parts.next()?, 16).ok()?;
            let mut next = || u128::from_str_radix(parts.next()?, 16).ok();
            // Negative times are written as two's complement.
            let mut time = || u64::try_from(next()?).ok().map(u64::cast_signed);
            let (from, to, at) = (time()?, time()?, time()?);
            let (tie, same) = (next()?, next()?);
            let cursor = Self { question, from, to, time: at, tie, same: u64::try_from(same).ok()? };
            (parts.next().is_none() && from < to).then_some(cursor)
        };
        read().ok_or_else(|| Error::invalid("the cursor is not one of ours; take `cursor` of the page before as it is"))
    }
}

/// The mark of a question: what is asked, without cursor and size of the page.
pub fn question(asked: &impl Serialize) -> u64 {
    let mut asked = serde_json::to_value(asked).unwrap_or_default();
    if let Some(fields) = asked.as_object_mut() {
        ["cursor", "limit", "histogram_bars"].iter().for_each(|field| {
            fields.remove(*field);
        });
    }
    let mut hasher = DefaultHasher::new();
    asked.to_string().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_is_read_as_written(question in any::<u64>(), from in any::<i64>(), length in 1_i64..1_000_000, time in any::<i64>(), tie in any::<u128>(), same in any::<u64>()) {
            let cursor = Cursor { question, from, to: from.saturating_add(length), time, tie, same };
            prop_assume!(cursor.from < cursor.to);
            prop_assert_eq!(Cursor::decode(&cursor.encode()).unwrap(), cursor);
        }

        #[test]
        fn other_text_is_refused_without_panic(text in ".{0,60}") {
            let _ = Cursor::decode(&text);
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "1.2.3", "1.2.3.4.5", "1.1.2.3.4.5.6", "1.zz.1.1.1.1", "1.2.1.1.1.1"] {
            assert!(Cursor::decode(text).is_err(), "{text}");
        }
    }
}
