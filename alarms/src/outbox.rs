//! The outbox: notifications wait here until their webhook took them or they were given up.
//!
//! One queue per webhook, in order of creation: while one waits for its next try, those behind it wait too. What a try
//! came to is stored before the next one, so a restart goes on where it was; the try that a kill cut off is repeated.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use api::alarm::DeliveryState;
use api::time::Nanos;
use api::{ApiError, ErrorKind};
use tokio::task::JoinSet;

use crate::document::{OUTBOX, OutboxDocument, Versioned, delete, deliveries_of, put};
use crate::ids;
use crate::ports::{DeliveryError, Expected};
use crate::retry::{self, Next};
use crate::service::Inner;

/// The pause after the records failed.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);

/// Marks a webhook as free again, whatever way its calls end.
struct Calling {
    inner: Arc<Inner>,
    webhook_id: String,
}

impl Drop for Calling {
    fn drop(&mut self) {
        self.inner.calling().remove(&self.webhook_id);
        self.inner.outbox_changed.notify_one();
    }
}

impl Inner {
    /// Starts to call every webhook whose oldest notification is due; returns how long until the next one may be.
    pub(crate) async fn start_due_deliveries(self: &Arc<Self>, tasks: &mut JoinSet<()>) -> Duration {
        let entries = match self.store.list_readable::<OutboxDocument>(OUTBOX).await {
            Ok(entries) => entries,
            Err(error) => {
                tracing::error!(%error, "the outbox could not be read; tried again in a moment");
                return PAUSE_AFTER_ERROR;
            }
        };
        let mut queues: BTreeMap<String, Vec<Versioned<OutboxDocument>>> = BTreeMap::new();
        for entry in entries {
            queues.entry(entry.document.delivery.webhook_id.clone()).or_default().push(entry);
        }
        let now = self.now();
        let mut wait = Duration::MAX;
        for (webhook_id, queue) in queues {
            let due_at = queue[0].document.delivery.next_or_done_unix_nano.0;
            if due_at > now {
                wait = wait.min(Duration::from_nanos(u64::try_from(due_at - now).unwrap_or(0)));
            } else if self.calling().insert(webhook_id.clone()) {
                let calling = Calling { inner: Arc::clone(self), webhook_id };
                let inner = Arc::clone(self);
                tasks.spawn(async move {
                    let _calling = calling;
                    inner.work_off(queue).await;
                });
            }
        }
        wait
    }

    /// Delivers a queue in order until one must wait.
    async fn work_off(&self, queue: Vec<Versioned<OutboxDocument>>) {
        let Ok(_permit) = self.deliveries.acquire().await else { return };
        for entry in queue {
            match self.try_once(entry).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::error!(%error, "what a delivery came to could not be stored; it is repeated");
                    tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                    return;
                }
            }
        }
    }

    /// One try; true if the notification is done with.
    async fn try_once(&self, entry: Versioned<OutboxDocument>) -> Result<bool, ApiError> {
        let Versioned { id, version, document: OutboxDocument { alarm_id, mut delivery, body } } = entry;
        let created = delivery.created_at_unix_nano.0;
        let next = if retry::too_old(&self.config, created, self.now()) {
            let hours = self.config.delivery_age_max.as_secs() / 3_600;
            Some(Next::GiveUp(format!("given up: it waited for more than {hours} hours")))
        } else {
            delivery.attempts += 1;
            match self.call_webhook(&delivery.webhook_id, &id, &body).await? {
                Called::Taken => None,
                Called::Deleted => Some(Next::GiveUp("given up: the webhook was deleted".to_owned())),
                Called::Refused(error) => {
                    let random = ids::random_fraction();
                    let next =
                        retry::after_failure(&self.config, &error, delivery.attempts, created, self.now(), random);
                    delivery.last_error = Some(error.message);
                    Some(next)
                }
            }
        };
        let done_at = Nanos(self.now());
        (delivery.state, delivery.next_or_done_unix_nano) = match next {
            None => (DeliveryState::Delivered, done_at),
            Some(Next::RetryAt(at)) => (DeliveryState::Pending, Nanos(at)),
            Some(Next::GiveUp(why)) => {
                tracing::warn!(webhook = delivery.webhook_name, delivery = id, why, "a notification was not delivered");
                delivery.last_error = Some(why);
                (DeliveryState::Failed, done_at)
            }
        };
        let expected = Expected::Version(version);
        if delivery.state == DeliveryState::Pending {
            let document = OutboxDocument { alarm_id, delivery, body };
            self.store.apply(vec![put(OUTBOX, &id, expected, &document)?]).await?;
            return Ok(false);
        }
        let changes =
            vec![delete(OUTBOX, &id, expected), put(&deliveries_of(&alarm_id), &id, Expected::Any, &delivery)?];
        self.store.apply(changes).await?;
        Ok(true)
    }

    /// Calls a webhook as it stands now: a corrected address takes what is waiting.
    async fn call_webhook(&self, webhook_id: &str, delivery_id: &str, body: &str) -> Result<Called, ApiError> {
        let webhook = match self.webhook(webhook_id).await {
            Ok(webhook) => webhook,
            Err(error) if error.error.kind == ErrorKind::NotFound => return Ok(Called::Deleted),
            Err(error) => return Err(error),
        };
        Ok(match self.call(&webhook.document, delivery_id, body).await {
            Ok(()) => Called::Taken,
            Err(error) => Called::Refused(error),
        })
    }
}

/// What a call came to.
enum Called {
    Taken,
    Refused(DeliveryError),
    Deleted,
}

#[cfg(test)]
mod tests;
