//! Traces: one by its id, and the search for many.
//!
//! [`assembly`] and [`critical_path`] are pure functions over spans; `by_id`, `search` and [`whole`] read the rows for them.

pub mod assembly;
pub(crate) mod by_id;
pub mod critical_path;
mod filtered;
mod matching;
pub mod operations;
pub(crate) mod rows;
pub(crate) mod search;
mod summary;
pub mod whole;
