//! CloudWatch Logs Insights QL: its grammar, its rules, and what its functions mean over plain values.
//!
//! ```text
//! text ─► parse ─► Query ─► check ─► Checked (columns, bins, limits)
//!                    └► to_string: the same query, written one way
//! ```
//!
//! What it promises: no text makes it panic or recurse without bound; every mistake says where it is, what was expected
//! and what is near; `parse(query.to_string())` is the query again. It is pure: the time, the zone and the rows are
//! arguments. What it leaves out: tables, plans and running; the caller compiles the syntax tree and calls the functions.

pub mod aggregate;
pub mod check;
mod error;
pub mod evaluate;
pub mod extract;
pub mod flatten;
pub mod function;
pub mod lambda;
mod lexer;
mod limits;
mod nearest;
mod parser;
pub mod patterns;
pub mod period;
mod print;
pub mod rows;
mod span;
pub mod syntax;
pub mod value;

pub use check::{Checked, check, check_within};
pub use error::SyntaxError;
pub use limits::Limits;
pub use parser::{parse, parse_within};
pub use span::Span;
pub use syntax::Query;
pub use value::Value;
