//! What happens in the shop. Pure: given a seed and the times asked for, it tells the same stories again.
//!
//! ```text
//! customer ─► shop-gateway ─► shop-catalog ─► Redis, DynamoDB
//!                          ─► shop-cart ─► DynamoDB            ─► shop-recommend ─► PostgreSQL, Redis
//!                          ─► shop-checkout ─► shop-cart, shop-inventory ─► DynamoDB
//!                                           ─► shop-payment ─► api.payments.example
//!                                           ─► PostgreSQL, orders-queue
//! orders-queue ═► shop-fulfilment (batches, linked) ─► PostgreSQL, shop-shipping, order-events
//! order-events ═► shop-notify (same trace) ─► SES        ═► shop-receipts (a trace of its own, linked) ─► S3
//! ```
//!
//! [`story`] tells one trace, [`remotes`] are the calls to what the shop does not own, [`requests`] is what customers
//! do, [`checkout`] their orders, [`orders`] what happens to those afterwards.

mod checkout;
mod orders;
mod pool;
mod remotes;
mod requests;
mod service;
mod story;

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, SystemTime};

pub(crate) use service::Service;

use crate::args::Incident;
use crate::chance::{Chance, rhythm};
use crate::plan::{Ids, Plan};

/// How often the queue is polled for a batch.
const POLL_EVERY: Duration = Duration::from_millis(1500);
/// Messages the queue keeps; older ones expire, as in a real queue.
const QUEUE_MAX: usize = 10_000;

/// The shop between two moments.
pub(crate) struct Shop {
    chance: Chance,
    incident: Option<Incident>,
    pools: HashMap<Service, pool::Pool>,
    queue: VecDeque<Message>,
    next_request: SystemTime,
    next_poll: SystemTime,
    next_order: u64,
}

/// An order on its way through `orders-queue`.
#[derive(Debug, Clone)]
struct Message {
    /// The span that sent it.
    sent_by: Ids,
    sent: SystemTime,
    id: String,
    order: u64,
    region: &'static str,
}

impl Shop {
    /// Opens at `start`. Two runs of the same seed need different `ids_seed`s, or they send the same ids.
    pub(crate) fn new(seed: u64, ids_seed: u64, incident: Option<Incident>, start: SystemTime) -> Self {
        Self {
            chance: Chance::new(seed, ids_seed),
            incident,
            pools: HashMap::new(),
            queue: VecDeque::new(),
            next_request: start,
            next_poll: start + POLL_EVERY,
            next_order: start.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs(),
        }
    }

    /// Everything that begins up to `until`, at `rate` requests a second at the middle of the day.
    pub(crate) fn happen_until(&mut self, until: SystemTime, rate: f64) -> Vec<Plan> {
        let mut plans = Vec::new();
        while self.next_request.min(self.next_poll) <= until {
            if self.next_request <= self.next_poll {
                let at = self.next_request;
                self.next_request = at + self.chance.until_next(rate * rhythm(at));
                plans.push(requests::one(self, at));
            } else {
                let at = self.next_poll;
                self.next_poll = at + POLL_EVERY;
                plans.extend(orders::poll(self, at));
            }
        }
        plans
    }

    /// How many messages wait at that time.
    pub(crate) fn queue_depth(&self, at: SystemTime) -> u64 {
        self.queue.iter().filter(|message| message.sent <= at).count() as u64
    }

    fn enqueue(&mut self, message: Message) {
        if self.queue.len() == QUEUE_MAX {
            self.queue.pop_front();
        }
        self.queue.push_back(message);
    }
}

#[cfg(test)]
mod tests;
