//! The history of alarms: transitions and deliveries, kept as long as the config says, also of alarms that were deleted.

use api::ApiError;
use api::alarm::{AlarmHistory, AlarmTransition, Delivery};

use crate::alarm_rules::no_such_alarm;
use crate::config::nanos;
use crate::document::{
    DELETED, DeletedDocument, OUTBOX, OutboxDocument, RULES, RuleDocument, Versioned, delete, deliveries_of,
    transitions_of,
};
use crate::ports::Expected;
use crate::service::{Alarms, Inner};

/// How many documents one transaction removes.
const PRUNE_BATCH: usize = 500;

impl Alarms {
    /// Transitions and deliveries of an alarm, newest first; of a deleted one too, while they are kept.
    pub async fn history(&self, id: &str) -> Result<AlarmHistory, ApiError> {
        let store = &self.inner.store;
        let exists = store.get::<RuleDocument>(RULES, id).await?.is_some();
        if !exists && store.get::<DeletedDocument>(DELETED, id).await?.is_none() {
            return Err(no_such_alarm(id));
        }
        let transitions = store.list::<AlarmTransition>(&transitions_of(id)).await?;
        let waiting = store.list::<OutboxDocument>(OUTBOX).await?;
        let done = store.list::<Delivery>(&deliveries_of(id)).await?;
        let mut deliveries: Vec<Delivery> = done.into_iter().map(|delivery| delivery.document).collect();
        deliveries.extend(
            waiting.into_iter().filter(|entry| entry.document.alarm_id == id).map(|entry| entry.document.delivery),
        );
        deliveries.sort_by(|a, b| b.id.cmp(&a.id));
        Ok(AlarmHistory {
            transitions: transitions.into_iter().rev().map(|transition| transition.document).collect(),
            deliveries,
        })
    }
}

impl Inner {
    /// Removes what is older than the history is kept, or more than is kept of one alarm.
    pub(crate) async fn prune_history(&self) -> Result<(), ApiError> {
        let oldest = self.now().saturating_sub(nanos(self.config.history_age_max));
        let rules = self.store.list_readable::<RuleDocument>(RULES).await?;
        let deleted = self.store.list_readable::<DeletedDocument>(DELETED).await?;
        let ids = rules.iter().map(|rule| &rule.id).chain(deleted.iter().map(|deleted| &deleted.id));
        for id in ids {
            let transitions = self.store.list_readable::<AlarmTransition>(&transitions_of(id)).await?;
            self.prune(&transitions_of(id), &transitions, |transition| transition.time_unix_nano.0 < oldest).await?;
            let deliveries = self.store.list_readable::<Delivery>(&deliveries_of(id)).await?;
            self.prune(&deliveries_of(id), &deliveries, |delivery| delivery.created_at_unix_nano.0 < oldest).await?;
        }
        // A notification is given up long before its alarm's history ends, so nothing can be added to these any more.
        for tombstone in deleted.iter().filter(|deleted| deleted.document.deleted_at_unix_nano.0 < oldest) {
            self.store.apply(vec![delete(DELETED, &tombstone.id, Expected::Any)]).await?;
        }
        Ok(())
    }

    async fn prune<T>(
        &self,
        collection: &str,
        documents: &[Versioned<T>],
        is_old: impl Fn(&T) -> bool,
    ) -> Result<(), ApiError> {
        let surplus = documents.len().saturating_sub(self.config.history_entries_max);
        let removed: Vec<&Versioned<T>> = documents
            .iter()
            .enumerate()
            .filter(|(position, document)| *position < surplus || is_old(&document.document))
            .map(|(_, document)| document)
            .collect();
        for batch in removed.chunks(PRUNE_BATCH) {
            let changes = batch.iter().map(|document| delete(collection, &document.id, Expected::Any)).collect();
            self.store.apply(changes).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
