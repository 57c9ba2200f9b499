//! The binary `alidade`: the composition root.
//!
//! It alone reads the environment, the config file and the wall clock, speaks HTTP to browsers, and knows users. What
//! it leaves out: everything else is asked of an inner crate.
//!
//! ```text
//! main ─► cli ─► config ─► app ─► listen ─► routes ─┬─ door (who may come in)
//!                                                   ├─ query_gate ─► query
//!                                                   ├─ alarms, dashboards, health, telemetry
//!                                                   ├─ collector ─► storage
//!                                                   └─ statics (the UI)
//! ```

mod alarm_ports;
pub mod app;
pub mod ask_sql;
pub mod check_data;
pub mod cli;
mod clock;
pub mod config;
mod door;
mod extract;
mod failure;
mod jaeger;
mod left_out;
pub mod listen;
mod machine;
mod memory;
mod openapi;
mod query_gate;
mod routes;
mod statics;
mod telemetry;
#[cfg(test)]
mod testing;

/// The version of this build.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The description of the HTTP API: OpenAPI 3.1 as JSON.
pub fn openapi_document() -> String {
    format!("{:#}", openapi::document())
}
