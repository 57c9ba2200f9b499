//! OTLP in, typed batches out.
//!
//! What it promises: success is replied only after [`Sink::append`] returned `Ok`; a row that is refused is counted
//! by reason in the reply and in [`Counters`]; every limit has a name in [`Limits`] and is named when it is hit;
//! no request makes the process allocate more than its limits say. What it leaves out: who may send (the server's
//! auth layer puts a [`storage::TenantId`] into the request's extensions), where rows go (the server's [`Sink`]),
//! TLS and sockets.
//!
//! ```text
//! http ─┐  admission ──► body ──► compression ──► (json ──►) wire ──► convert ──► Sink::append ──► reply
//! grpc ─┘  (permits,    (capped)   (capped)                 (cost)   (pure)
//!           byte budget)
//! ```
//!
//! `convert` goes from the bytes of a message to rows that borrow from them, without a tree of messages in between; `json`
//! writes what it reads as the same bytes, so that [`Limits`] and the rules of `convert` hold for both alike. `refusal` is the one place that maps what went wrong to HTTP and gRPC statuses.

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
mod protobuf;
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
