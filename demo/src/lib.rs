//! A small serverless shop that exports OpenTelemetry: `alidade demo`.
//!
//! It is a client like any other: the official Rust SDK, its batch processors, OTLP over gRPC. It knows nothing of
//! Alidade but an address. What happens in the shop is made up by a seeded, pure generator; when it happened is now
//! (or, with a backfill, the past hour).
//!
//! ```text
//!  shop    what happens: requests, queue, topic, incidents ──► Plan (spans, logs, measurements)     pure
//!  play    when: plays the shop by the clock, hands over each plan once it is over
//!  export  Plan ──► one SDK (traces, logs, metrics) per service ──► OTLP/gRPC
//! ```
//!
//! An incident (`--incident payment-down`) is a property of this process: its own load goes through the incident for as
//! long as it runs. Run it beside a demo without one, and about half of the shop's requests meet the incident.

mod args;
mod chance;
mod export;
mod plan;
mod play;
mod shop;

pub use args::{DemoArgs, Incident};
pub use play::{DemoError, run};
