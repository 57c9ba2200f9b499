//! Two small languages that select traces, spans and log lines, and what they mean over plain data.
//!
//! What it promises: a text is read or refused with the place of the mistake, what was expected there and the nearest
//! thing that exists; what is printed is read as the same again; no text makes it panic, and every limit has a name. What
//! it leaves out: where spans and lines are stored, what a word of a text is, regular expressions. It runs in the browser
//! too, so it has no clock and no files.
//!
//! ```text
//! X-Ray filter expressions     text ─► parse ─► Expression ─► Filter (with the groups it names)
//!                                                  Filter::necessary ─► Condition on single spans, for an index
//!                              spans of a trace ─► Trace ─► Filter::matches, Trace::root_causes
//! the search box               text ─► parse_search (with the table of keys) ─► Search ─► Search::matches a Record
//!                              text and cursor ─► completion_at ─► what is being typed
//! ```
//!
//! ```
//! let expression = filter::parse("service(checkout) { fault } AND responseTime > 2")?;
//! assert_eq!(expression.to_string(), "service(\"checkout\") { fault } AND responsetime > 2");
//! assert_eq!(filter::parse("responsetme > 2").unwrap_err().suggestion.as_deref(), Some("responsetime"));
//!
//! let search = filter::parse_search("timeout user:\"Ann Lee\" -retry", &[])?;
//! assert_eq!(search.print(&[]), "timeout user:\"Ann Lee\" -retry");
//! # Ok::<(), filter::SyntaxError>(())
//! ```

pub mod condition;
mod error;
pub mod expression;
pub mod filter;
mod joined;
mod nearest;
mod scanner;
pub mod search;
pub mod trace;

pub use condition::{Atom, Condition};
pub use error::SyntaxError;
pub use expression::{Expression, parse};
pub use filter::{Filter, GroupError, Groups};
pub use search::{Completion, Search, completion_at, parse_search};
pub use trace::{RootCause, Span, Trace};
