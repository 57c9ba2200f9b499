//! Small transactional documents: dashboards, alarm rules and their state, the outbox, users, keys.
//!
//! What it promises: `apply` is durable when it returns, and all of its changes happen or none does.
//! What it leaves out: what the bodies mean.

mod sqlite;

use async_trait::async_trait;

use crate::error::Error;
use crate::row::TenantId;

pub(crate) use sqlite::{SqliteDocuments, integrity};

/// A stored document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Unique within its collection.
    pub id: String,
    /// 1 when first put; one more at each put.
    pub version: u64,
    /// JSON text.
    pub body: String,
    /// When it was last put.
    pub updated_at_unix_nano: i64,
}

/// What must hold for a change to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Any,
    /// The document does not exist.
    Absent,
    /// The document exists in this version.
    Version(u64),
}

/// One change of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Create or replace a document.
    Put {
        /// For example `dashboards`.
        collection: String,
        /// Unique within the collection.
        id: String,
        /// What must hold.
        expected: Expected,
        /// JSON text.
        body: String,
    },
    /// Remove a document. Removing one that does not exist is not an error with [`Expected::Any`].
    Delete {
        /// For example `dashboards`.
        collection: String,
        /// Unique within the collection.
        id: String,
        /// What must hold.
        expected: Expected,
    },
}

/// The document store.
#[async_trait]
pub trait Documents: Send + Sync {
    /// A document, if it exists.
    async fn get(&self, tenant: &TenantId, collection: &str, id: &str) -> Result<Option<Document>, Error>;

    /// All documents of a collection, ordered by id.
    async fn list(&self, tenant: &TenantId, collection: &str) -> Result<Vec<Document>, Error>;

    /// Makes all the changes in one transaction. Where an expectation does not hold, nothing is changed and the error's
    /// kind is [`crate::ErrorKind::Conflict`].
    async fn apply(&self, tenant: &TenantId, changes: Vec<Change>) -> Result<(), Error>;
}

#[cfg(test)]
pub(crate) mod tests;
