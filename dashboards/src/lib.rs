//! The dashboard document: what a board is, whether it is valid, what it looks like with its variables filled in, and
//! where its widgets lie.
//!
//! Pure and wasm-safe: the server validates with it, the browser draws with it. It asks no data and draws nothing.
//!
//! - [`model`]: the document, as JSON has it.
//! - [`read()`]: JSON to document, with every mistake and its path.
//! - [`variables`]: `$service` and what it stands for.
//! - [`layout`]: overlaps, compaction, moving, the phone's one column.
//! - [`summary`]: one number of a line, one number of many lines.
//! - [`markdown`]: the text of a text widget.
//! - [`builtin`]: the boards that come with Alidade.

pub mod builtin;
pub mod layout;
pub mod markdown;
pub mod model;
mod read;
pub mod summary;
mod validate;
pub mod variables;

pub use builtin::{BUILTIN_IDS, builtin};
pub use layout::{COLUMNS, Place};
pub use model::{
    Across, Column, Dashboard, Line, Query, SCHEMA_VERSION, Signal, Summary, Threshold, Tone, Variable, Widget,
    WidgetKind,
};
pub use read::read;
pub use validate::{Mistake, validate};
pub use variables::substitute;
