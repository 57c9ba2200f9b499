//! What is stored, and in which collections.
//!
//! A rule and its state are two documents, so that a state change and an edit do not overwrite each other; an edit puts
//! both, so that an evaluation of the old rule that is still running finds the state's version changed and is discarded.
//! A name is a document too: its absence is what makes names unique in a transaction.

use std::sync::Arc;

use api::alarm::{AlarmRule, AlarmState, Datapoint, Delivery};
use api::time::Nanos;
use api::{ApiError, ErrorKind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::ports::{Change, Expected, Record, Records};

/// Rules: [`RuleDocument`] by alarm id.
pub(crate) const RULES: &str = "alarms";
/// States: [`StateDocument`] by alarm id.
pub(crate) const STATES: &str = "alarm_states";
/// Alarm names in use: [`NameDocument`] by [`name_id`].
pub(crate) const RULE_NAMES: &str = "alarm_names";
/// Deleted alarms whose history is still kept: [`DeletedDocument`] by alarm id.
pub(crate) const DELETED: &str = "alarms_deleted";
/// Webhooks: [`WebhookDocument`] by id.
pub(crate) const WEBHOOKS: &str = "webhooks";
/// Webhook names in use: [`NameDocument`] by [`name_id`].
pub(crate) const WEBHOOK_NAMES: &str = "webhook_names";
/// Notifications to be delivered: [`OutboxDocument`] by delivery id, so in order of creation.
pub(crate) const OUTBOX: &str = "alarm_outbox";

/// Transitions of an alarm: [`api::alarm::AlarmTransition`] by id, so in order of time.
pub(crate) fn transitions_of(alarm_id: &str) -> String {
    format!("alarm_transitions/{alarm_id}")
}

/// Deliveries of an alarm that came to an end: [`Delivery`] by id, so in order of creation.
pub(crate) fn deliveries_of(alarm_id: &str) -> String {
    format!("alarm_deliveries/{alarm_id}")
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RuleDocument {
    pub(crate) rule: AlarmRule,
    pub(crate) created_at_unix_nano: Nanos,
    pub(crate) updated_at_unix_nano: Nanos,
}

/// Where an alarm stands since its last transition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StateDocument {
    pub(crate) state: AlarmState,
    pub(crate) reason: String,
    pub(crate) transitioned_at_unix_nano: Nanos,
    pub(crate) datapoints: Vec<Datapoint>,
}

impl StateDocument {
    /// The state of a new alarm.
    pub(crate) fn initial(now_unix_nano: i64) -> Self {
        Self {
            state: AlarmState::InsufficientData,
            reason: crate::reason::UNCHECKED.to_owned(),
            transitioned_at_unix_nano: Nanos(now_unix_nano),
            datapoints: Vec::new(),
        }
    }
}

/// Whose a name is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct NameDocument {
    pub(crate) id: String,
}

/// The id of a name's document. A name may be longer in bytes than a document's id: its hash is not.
pub(crate) fn name_id(name: &str) -> String {
    let hash = Sha256::digest(name.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An alarm that is no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DeletedDocument {
    pub(crate) name: String,
    pub(crate) deleted_at_unix_nano: Nanos,
}

/// A webhook with its secret. No `Debug`: a secret must not reach a log.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WebhookDocument {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) secret: String,
    pub(crate) created_at_unix_nano: Nanos,
}

/// A notification to be delivered. The body is written once, so that every try sends the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OutboxDocument {
    pub(crate) alarm_id: String,
    pub(crate) delivery: Delivery,
    pub(crate) body: String,
}

/// A document and its version.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Versioned<T> {
    pub(crate) id: String,
    pub(crate) version: u64,
    pub(crate) document: T,
}

/// Typed access to the records.
#[derive(Clone)]
pub(crate) struct Store {
    records: Arc<dyn Records>,
}

impl Store {
    pub(crate) fn new(records: Arc<dyn Records>) -> Self {
        Self { records }
    }

    /// A document, if it exists.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        collection: &str,
        id: &str,
    ) -> Result<Option<Versioned<T>>, ApiError> {
        self.records.get(collection, id).await?.map(|record| parse(collection, record)).transpose()
    }

    /// All documents of a collection, ordered by id. One that cannot be read is an error.
    pub(crate) async fn list<T: DeserializeOwned>(&self, collection: &str) -> Result<Vec<Versioned<T>>, ApiError> {
        self.records.list(collection).await?.into_iter().map(|record| parse(collection, record)).collect()
    }

    /// All documents of a collection that can be read; the others are logged. For loops that must go on.
    pub(crate) async fn list_readable<T: DeserializeOwned>(
        &self,
        collection: &str,
    ) -> Result<Vec<Versioned<T>>, ApiError> {
        let records = self.records.list(collection).await?;
        let readable = records.into_iter().filter_map(|record| match parse(collection, record) {
            Ok(document) => Some(document),
            Err(error) => {
                tracing::error!(%error, "a document is skipped");
                None
            }
        });
        Ok(readable.collect())
    }

    /// All changes or none, durably.
    pub(crate) async fn apply(&self, changes: Vec<Change>) -> Result<(), ApiError> {
        self.records.apply(changes).await
    }
}

/// A change that puts a document.
pub(crate) fn put<T: Serialize>(
    collection: &str,
    id: &str,
    expected: Expected,
    document: &T,
) -> Result<Change, ApiError> {
    let body = serde_json::to_string(document).map_err(|error| {
        ApiError::new(ErrorKind::Internal, format!("{collection}/{id} cannot be written as JSON: {error}"))
    })?;
    Ok(Change::Put { collection: collection.to_owned(), id: id.to_owned(), expected, body })
}

/// A change that removes a document.
pub(crate) fn delete(collection: &str, id: &str, expected: Expected) -> Change {
    Change::Delete { collection: collection.to_owned(), id: id.to_owned(), expected }
}

fn parse<T: DeserializeOwned>(collection: &str, record: Record) -> Result<Versioned<T>, ApiError> {
    let Record { id, version, body } = record;
    match serde_json::from_str(&body) {
        Ok(document) => Ok(Versioned { id, version, document }),
        Err(error) => Err(ApiError::new(
            ErrorKind::Data,
            format!("the stored document {collection}/{id} cannot be read: {error}"),
        )),
    }
}
