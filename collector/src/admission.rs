//! Who may come in: a permit per request in progress, and a budget of bytes that all of them share.
//!
//! Nothing waits here. A function's flush is billed time, so a request that cannot be taken is told at once, and when
//! to come back. What a request holds is given back when its [`Admitted`] is dropped.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::Limits;
use crate::refusal::{Refusal, RefusalKind};

/// The permits and the byte budget.
#[derive(Debug)]
pub(crate) struct Admission {
    requests: Arc<Semaphore>,
    requests_max: usize,
    bytes: Arc<Semaphore>,
    bytes_max: usize,
}

impl Admission {
    pub(crate) fn new(limits: &Limits) -> Self {
        let bytes_max = limits.inflight_bytes_max.min(Semaphore::MAX_PERMITS);
        let requests_max = limits.concurrent_requests_max.min(Semaphore::MAX_PERMITS);
        Self {
            requests: Arc::new(Semaphore::new(requests_max)),
            requests_max,
            bytes: Arc::new(Semaphore::new(bytes_max)),
            bytes_max,
        }
    }

    /// What all requests hold.
    pub(crate) fn held(&self) -> usize {
        self.bytes_max.saturating_sub(self.bytes.available_permits())
    }

    /// Lets one request in.
    pub(crate) fn admit(&self) -> Result<Admitted, Refusal> {
        let permit = Arc::clone(&self.requests).try_acquire_owned().map_err(|_| {
            Refusal::new(
                RefusalKind::Throttled,
                format!("{} requests are in progress (option ingest.concurrent_requests_max)", self.requests_max),
            )
        })?;
        Ok(Admitted { _permit: permit, budget: Arc::clone(&self.bytes), budget_max: self.bytes_max, held: None })
    }
}

/// A request in progress and the bytes it holds.
#[derive(Debug)]
pub(crate) struct Admitted {
    _permit: OwnedSemaphorePermit,
    budget: Arc<Semaphore>,
    budget_max: usize,
    held: Option<OwnedSemaphorePermit>,
}

impl Admitted {
    /// Takes `bytes` more from the budget, or refuses: for good where the request alone is above the budget, for now
    /// where others hold the rest.
    pub(crate) fn hold(&mut self, bytes: usize) -> Result<(), Refusal> {
        let total = self.held().saturating_add(bytes);
        let Ok(amount) = u32::try_from(bytes) else {
            return Err(Refusal::too_large("the memory the request needs", "inflight_bytes_max", self.budget_max));
        };
        if total > self.budget_max {
            return Err(Refusal::too_large("the memory the request needs", "inflight_bytes_max", self.budget_max));
        }
        let more = Arc::clone(&self.budget).try_acquire_many_owned(amount).map_err(|_| {
            Refusal::new(
                RefusalKind::Unavailable,
                format!("requests in progress hold {} bytes (option ingest.inflight_bytes_max)", self.budget_max),
            )
        })?;
        match &mut self.held {
            Some(held) => held.merge(more),
            None => self.held = Some(more),
        }
        Ok(())
    }

    /// How many bytes it holds.
    pub(crate) fn held(&self) -> usize {
        self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits)
    }
}

#[cfg(test)]
mod tests;
