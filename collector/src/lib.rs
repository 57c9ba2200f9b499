//! OTLP in, typed batches out.
//!
//! What it promises: success is replied only after [`Sink::append`] returned `Ok`; a row that is refused is counted
//! by reason in the reply and in [`Counters`]; every limit has a name in [`Limits`] and is named when it is hit;
//! no request makes the process allocate more than its limits say. What it leaves out: who may send (the server's
//! auth layer puts a [`storage::TenantId`] into the request's extensions), where rows go (the server's [`Sink`]),
//! TLS and sockets.
//!
//! ```text
//! http ─┐  admission ──► body ──► compression ──► json ──────────┐
//! grpc ─┘  (permits,    (capped)   (capped)       prost + wire ──┴► convert ──► Sink::append ──► reply
//!           byte budget)                                            (pure)
//! ```
//!
//! `json` and prost produce the same messages of `opentelemetry-proto`, so that [`Limits`] and the rules of
//! `convert` hold for both alike. `refusal` is the one place that maps what went wrong to HTTP and gRPC statuses.

mod admission;
mod body;
mod collector;
mod compression;
mod convert;
mod counters;
mod decode;
mod grpc;
mod http;
mod json;
mod limits;
mod reason;
mod refusal;
mod reply;
mod signal;
mod window;
mod wire;

pub use collector::{Clock, Collector, Config, Sink};
pub use counters::{Counters, SignalCounters};
pub use limits::Limits;
pub use window::Window;
