//! Questions over a storage snapshot: SQL, traces, logs, metrics, services, the service graph.
//!
//! What it promises: every answer sees one snapshot (sealed and live rows alike), says what it read and what it left
//! out, and is the same whether an index was used or the rows were scanned. What it leaves out: HTTP, users, writing.
//!
//! ```text
//! Engine ──► Reading (snapshot, memory, time) ─┬► find: index ──► pieces, nearest first ──► rows of built-in questions
//!               │                              └► scan: index ──► row selection, live rows ──► DataFusion: SQL, groups
//!               └── trace, log, metric, service, graph, sql: rows ──► pure functions ──► answer of `api`
//! ```

mod alarm;
mod attribute;
pub mod class;
mod columns;
mod compare;
mod config;
pub mod cursor;
mod engine;
mod error;
mod find;
mod function;
pub mod graph;
mod hex;
mod keys;
pub mod latency;
pub mod log;
pub mod metric;
pub mod period;
mod reading;
mod scan;
pub mod service;
pub mod sql;
pub mod tail;
mod tallied;
pub mod text;
pub mod trace;

pub use alarm::mistakes as mistakes_of;
pub use config::Config;
pub use engine::{Engine, Memory};
pub use error::{Error, ErrorKind};
