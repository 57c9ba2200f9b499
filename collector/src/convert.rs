//! OTLP messages → rows. Pure: no IO, no clock (the time of receipt is an argument).
//!
//! A row that breaks a rule is refused alone and counted by reason; the others are kept. A resource or scope that
//! breaks a limit takes the rows below it with it. Strings are moved, never cloned; a resource and a scope are shared
//! by their rows. Enumerations are open, as proto3 has them: an unknown span kind, status code or severity is taken
//! for unspecified, because a newer client knows more than we do; an unknown temporality is refused, because a point
//! cannot be read without it.

mod attributes;
mod id;
mod logs;
mod metrics;
mod points;
mod resource;
mod spans;
mod text;
mod time;

pub(crate) use logs::logs;
pub(crate) use metrics::metrics;
pub(crate) use spans::spans;

#[cfg(test)]
mod tests;
