//! The door's documents: small JSON records in collections of the document store.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use storage::{Change, Documents, Expected, TenantId};

use crate::failure::Failure;

pub(super) const USERS: &str = "users";
pub(super) const SETUP: &str = "setup";
pub(super) const SIGNING_KEYS: &str = "signing_keys";
pub(super) const INGEST_KEYS: &str = "ingest_keys";
pub(super) const API_TOKENS: &str = "api_tokens";
pub(super) const ENDED_SESSIONS: &str = "ended_sessions";

/// Typed access to the documents of the door.
#[derive(Clone)]
pub(super) struct Records {
    documents: Arc<dyn Documents>,
    tenant: TenantId,
}

/// A record and the version it was read in.
pub(super) struct Stored<T> {
    pub(super) id: String,
    pub(super) version: u64,
    pub(super) record: T,
}

impl Records {
    pub(super) fn new(documents: Arc<dyn Documents>, tenant: TenantId) -> Self {
        Self { documents, tenant }
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        collection: &str,
        id: &str,
    ) -> Result<Option<Stored<T>>, Failure> {
        let Some(document) = self.documents.get(&self.tenant, collection, id).await? else { return Ok(None) };
        let record = serde_json::from_str(&document.body);
        let record =
            record.map_err(|error| Failure::data(format!("document {collection}/{id} cannot be read: {error}")))?;
        Ok(Some(Stored { id: document.id, version: document.version, record }))
    }

    /// All records that can be read. One that cannot is logged and left out: it must not lock everybody out.
    pub(super) async fn list<T: DeserializeOwned>(&self, collection: &str) -> Result<Vec<Stored<T>>, Failure> {
        let documents = self.documents.list(&self.tenant, collection).await?;
        let read = documents.into_iter().filter_map(|document| match serde_json::from_str(&document.body) {
            Ok(record) => Some(Stored { id: document.id, version: document.version, record }),
            Err(error) => {
                tracing::warn!(collection, id = document.id, %error, "a document cannot be read and is left out");
                None
            }
        });
        Ok(read.collect())
    }

    pub(super) async fn apply(&self, changes: Vec<Change>) -> Result<(), Failure> {
        Ok(self.documents.apply(&self.tenant, changes).await?)
    }
}

pub(super) fn put<T: Serialize>(collection: &str, id: &str, expected: Expected, record: &T) -> Result<Change, Failure> {
    let body = serde_json::to_string(record).map_err(|error| Failure::internal(error.to_string()))?;
    Ok(Change::Put { collection: collection.to_owned(), id: id.to_owned(), expected, body })
}

pub(super) fn delete(collection: &str, id: &str, expected: Expected) -> Change {
    Change::Delete { collection: collection.to_owned(), id: id.to_owned(), expected }
}
