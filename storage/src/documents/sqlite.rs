//! Documents in SQLite: one table, write-ahead journal, every commit synced.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqlitePool;

mod anew;
mod connect;
mod salvage;
mod sums;
mod transaction;

pub(crate) use salvage::integrity;

use super::{Change, Document, Documents, Expected};
use crate::config::{Clock, Config};
use crate::error::{Error, ErrorKind};
use crate::io::Io;
use crate::row::TenantId;
use crate::set_aside::SetAsideFolder;
use connect::{Place, is_corrupt};
use transaction::Writing;

/// Collections and ids are names, not contents.
const NAME_BYTES_MAX: usize = 512;

pub(crate) struct SqliteDocuments {
    /// Before the connections: those that are still open may not do anything any more once this is gone.
    _place: Place,
    pool: SqlitePool,
    clock: Arc<dyn Clock>,
    body_bytes_max: usize,
}

impl SqliteDocuments {
    /// Opens the database; a corrupt one is set aside and a new one begun.
    pub(crate) async fn open(
        io: Arc<dyn Io>,
        config: &Config,
        clock: Arc<dyn Clock>,
        set_aside: &SetAsideFolder,
    ) -> Result<Self, Error> {
        let path = config.data_dir.join("documents.sqlite");
        let place = Place::new(io.clone(), path.clone());
        anew::finish(&place, set_aside)?;
        let is_empty = !io.metadata(&path).is_ok_and(|file| file.bytes > 0);
        let was_lost = is_empty && was_in_use(io.as_ref(), &config.data_dir);
        let pool = match place.connect().await {
            Ok(pool) => pool,
            Err(error) if is_corrupt(&error) => anew::begin(&place, &error, set_aside).await?,
            Err(error) => return Err(failed(&error)),
        };
        if was_lost {
            let reason = "the document database was missing or empty; a new one was begun, without dashboards, alarms, \
                          accounts and keys: stop, put it back from a backup, and start again";
            set_aside.report(&path, reason);
        }
        put_right(&pool, &place, set_aside).await?;
        Ok(Self { _place: place, pool, clock, body_bytes_max: config.document_bytes_max })
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    fn check(&self, change: &Change) -> Result<(), Error> {
        let invalid = |message: String| Err(Error::new(ErrorKind::Invalid, message));
        let (Change::Put { collection, id, .. } | Change::Delete { collection, id, .. }) = change;
        for name in [collection, id] {
            if name.is_empty() || name.len() > NAME_BYTES_MAX {
                return invalid(format!("the name {name:?} must have 1 to {NAME_BYTES_MAX} bytes"));
            }
        }
        if let Change::Put { body, .. } = change {
            if body.len() > self.body_bytes_max {
                let (length, max) = (body.len(), self.body_bytes_max);
                return invalid(format!("{collection}/{id} has {length} bytes, the limit document_bytes_max is {max}"));
            }
            if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(body) {
                return invalid(format!("{collection}/{id} is not JSON: {error}"));
            }
        }
        Ok(())
    }
}

/// Compares every document with its checksum, see [`sums`].
async fn put_right(pool: &SqlitePool, place: &Place, set_aside: &SetAsideFolder) -> Result<(), Error> {
    let wrong = sums::wrong(pool).await.map_err(|error| failed(&error))?;
    let flipped = wrong.iter().filter(|(row, whole)| row.checksum.is_some() && whole.is_some()).count();
    let lost: Vec<String> = wrong.iter().filter(|(_, whole)| whole.is_none()).map(|(row, _)| row.name()).collect();
    if flipped > 0 || !lost.is_empty() {
        let mut reason = format!("a bit of {flipped} documents was flipped; they were put right again");
        if !lost.is_empty() {
            reason = format!(
                "{reason}; these are damaged and were taken out of the database: {}; a backup has them, or this copy what \
                 is left",
                lost.join(", ")
            );
        }
        for file in place.files().map_err(|error| failed(&error.into()))? {
            match lost.is_empty() {
                true => set_aside.copy_repaired(&file, reason.clone())?,
                false => set_aside.copy(&file, reason.clone())?,
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { sums::settle(pool, &wrong).await.map_err(|error| failed(&error)) }
}

#[async_trait]
impl Documents for SqliteDocuments {
    async fn get(&self, tenant: &TenantId, collection: &str, id: &str) -> Result<Option<Document>, Error> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, version, body, updated_at_unix_nano FROM documents WHERE tenant = ? AND collection = ? AND id = ?",
        )
        .bind(tenant.as_str())
        .bind(collection)
        .bind(id)
        .fetch_optional(&self.pool)
        .await
        .map_err(|error| failed(&error))?;
        Ok(row.map(document))
    }

    async fn list(&self, tenant: &TenantId, collection: &str) -> Result<Vec<Document>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, version, body, updated_at_unix_nano FROM documents WHERE tenant = ? AND collection = ? ORDER BY id",
        )
        .bind(tenant.as_str())
        .bind(collection)
        .fetch_all(&self.pool)
        .await
        .map_err(|error| failed(&error))?;
        Ok(rows.into_iter().map(document).collect())
    }

    async fn apply(&self, tenant: &TenantId, changes: Vec<Change>) -> Result<(), Error> {
        changes.iter().try_for_each(|change| self.check(change))?;
        let now = self.clock.now_unix_nano();
        let mut writing = Writing::begin(&self.pool).await.map_err(|error| failed(&error))?;
        let mut rows = 0;
        for change in &changes {
            match apply_one(writing.connection(), tenant, change, now).await {
                Ok(changed) => rows += changed,
                Err(error) => {
                    writing.undo().await;
                    return Err(error);
                }
            }
        }
        if rows == 0
            && let Err(error) = writing.write_something().await
        {
            writing.undo().await;
            return Err(failed(&error));
        }
        writing.commit().await.map_err(|error| failed(&error))
    }
}

type Row = (String, i64, String, i64);

fn document((id, version, body, updated_at_unix_nano): Row) -> Document {
    Document { id, version: version.try_into().unwrap_or(0), body, updated_at_unix_nano }
}

/// Makes a change; how many rows it changed.
async fn apply_one(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    change: &Change,
    now_unix_nano: i64,
) -> Result<u64, Error> {
    let (Change::Put { collection, id, expected, .. } | Change::Delete { collection, id, expected }) = change;
    let found: Option<(i64,)> =
        sqlx::query_as("SELECT version FROM documents WHERE tenant = ? AND collection = ? AND id = ?")
            .bind(tenant.as_str())
            .bind(collection)
            .bind(id)
            .fetch_optional(&mut *connection)
            .await
            .map_err(|error| failed(&error))?;
    let version = found.map(|(version,)| version);
    check_expected(collection, id, *expected, version)?;
    let query = match change {
        Change::Put { body, .. } => sqlx::query(
            "INSERT INTO documents (tenant, collection, id, version, body, updated_at_unix_nano, checksum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (tenant, collection, id)
             DO UPDATE SET version = ?4, body = ?5, updated_at_unix_nano = ?6, checksum = ?7",
        )
        .bind(tenant.as_str())
        .bind(collection)
        .bind(id)
        .bind(version.unwrap_or(0) + 1)
        .bind(body)
        .bind(now_unix_nano)
        .bind(sums::checksum([tenant.as_str(), collection, id], version.unwrap_or(0) + 1, body, now_unix_nano)),
        Change::Delete { .. } => sqlx::query("DELETE FROM documents WHERE tenant = ?1 AND collection = ?2 AND id = ?3")
            .bind(tenant.as_str())
            .bind(collection)
            .bind(id),
    };
    let done = query.execute(connection).await.map_err(|error| failed(&error))?;
    Ok(done.rows_affected())
}

fn check_expected(collection: &str, id: &str, expected: Expected, version: Option<i64>) -> Result<(), Error> {
    let message = match (expected, version) {
        (Expected::Any, _) | (Expected::Absent, None) => return Ok(()),
        (Expected::Version(expected), Some(found)) if i64::try_from(expected) == Ok(found) => return Ok(()),
        (Expected::Absent, Some(_)) => format!("{collection}/{id} exists already; choose another id"),
        (Expected::Version(expected), Some(found)) => {
            format!("{collection}/{id} is in version {found} now, not {expected}; read it again and repeat the change")
        }
        (Expected::Version(_), None) => format!("{collection}/{id} does not exist any more"),
    };
    Err(Error::new(ErrorKind::Conflict, message))
}

/// Whether this data directory has had a database: a log or tables are there.
fn was_in_use(io: &dyn Io, data_dir: &Path) -> bool {
    let has_entries = |name: &str| io.list(&data_dir.join(name)).is_ok_and(|entries| !entries.is_empty());
    has_entries("wal") || has_entries("tenants")
}

fn failed(error: &sqlx::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("the document database failed: {error}"))
}
