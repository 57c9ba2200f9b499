//! Alarms: standing questions with a state, and the webhooks they call when it changes.
//!
//! The flow:
//!
//! ```text
//! schedule (which alarms are due) ─► evaluation (asks for datapoints) ─► state (pure: the published tables)
//!        on a change: new state + history entry + outbox entries, in one transaction
//! outbox ─► signature, delivery, retries ─► history of deliveries
//! ```
//!
//! What it promises: a state change and the calls it causes are stored together or not at all; a call is made at least
//! once, in order per webhook, with the same `webhook-id` at every try, whatever happens to the process meanwhile.
//! What it leaves out: where data comes from, how a request is sent, where documents lie, what time it is. Those are the
//! four interfaces of [`ports`], which `server` plugs in.

mod alarm_rules;
mod config;
mod document;
mod evaluation;
mod history;
mod ids;
mod notification;
mod outbox;
pub mod ports;
mod reason;
mod retry;
mod rule;
mod schedule;
mod service;
mod signature;
mod state;
#[cfg(test)]
mod testing;
mod transition;
mod webhooks;

pub use config::Config;
pub use ports::{Ask, Change, Clock, Deliver, DeliveryError, Expected, Record, Records};
pub use schedule::{Window, window};
pub use service::Alarms;
pub use state::{Criteria, Decision, Verdict, decide, evaluation_range};
