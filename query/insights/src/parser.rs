//! From the text of a query to its syntax tree.
//!
//! It promises: no text makes it panic or recurse without bound, and a mistake says where it is, what was expected and
//! what is near. A sub-query is a query between brackets.

mod clause;
mod command;
mod cursor;
mod expression;
mod extract;
mod pipeline;
mod shape;
mod source;

use crate::error::SyntaxError;
use crate::limits::Limits;
use crate::span::Span;
use crate::syntax::Query;
use cursor::Cursor;

/// Reads a query within the default limits.
pub fn parse(text: &str) -> Result<Query, SyntaxError> {
    parse_within(text, &Limits::default())
}

/// Reads a query within the limits.
pub fn parse_within(text: &str, limits: &Limits) -> Result<Query, SyntaxError> {
    if text.len() > limits.query_bytes_max {
        let (most, length) = (limits.query_bytes_max, text.len());
        let behind = (most..length).find(|at| text.is_char_boundary(*at)).unwrap_or(length);
        return Err(SyntaxError::at(
            Span::new(behind, length - behind),
            format!("a query may have {most} bytes (query_bytes_max), not {length}"),
        ));
    }
    let mut cursor = Cursor::new(text, limits)?;
    let query = pipeline::query(&mut cursor)?;
    cursor.expect_end()?;
    Ok(query)
}

#[cfg(test)]
mod tests;
