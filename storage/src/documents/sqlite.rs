//! Documents in SQLite: one table, write-ahead journal, every commit synced.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, Transaction};

mod salvage;
mod sums;

pub(crate) use salvage::integrity;

use super::{Change, Document, Documents, Expected};
use crate::config::{Clock, Config};
use crate::error::{Error, ErrorKind};
use crate::row::TenantId;
use crate::set_aside::SetAsideFolder;

const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS documents (
        tenant TEXT NOT NULL,
        collection TEXT NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        body TEXT NOT NULL,
        updated_at_unix_nano INTEGER NOT NULL,
        checksum INTEGER,
        PRIMARY KEY (tenant, collection, id)
    ) WITHOUT ROWID";

/// Collections and ids are names, not contents.
const NAME_BYTES_MAX: usize = 512;

pub(crate) struct SqliteDocuments {
    pool: SqlitePool,
    clock: Arc<dyn Clock>,
    body_bytes_max: usize,
}

impl SqliteDocuments {
    /// Opens the database; a corrupt one is set aside and a new one begun.
    pub(crate) async fn open(
        config: &Config,
        clock: Arc<dyn Clock>,
        set_aside: &SetAsideFolder,
    ) -> Result<Self, Error> {
        let path = config.data_dir.join("documents.sqlite");
        let is_empty = !std::fs::metadata(&path).is_ok_and(|file| file.len() > 0);
        let was_lost = is_empty && was_in_use(&config.data_dir);
        let pool = match connect(&path).await {
            Ok(pool) => pool,
            Err(error) if is_corrupt(&error) => {
                let saved = salvage::readable(&path).await;
                let what = saved.describe();
                for file in files(&path).iter().filter(|file| file.exists()) {
                    let reason = format!("the document database is corrupt ({error}); a new one was begun, {what}");
                    set_aside.take(file, reason)?;
                }
                let pool = connect(&path).await.map_err(|error| failed(&error))?;
                salvage::keep(&pool, &saved).await.map_err(|error| failed(&error))?;
                pool
            }
            Err(error) => return Err(failed(&error)),
        };
        if was_lost {
            let reason = "the document database was missing or empty; a new one was begun, without dashboards, alarms, \
                          accounts and keys: stop, put it back from a backup, and start again";
            set_aside.report(&path, reason);
        }
        put_right(&pool, &path, set_aside).await?;
        Ok(Self { pool, clock, body_bytes_max: config.document_bytes_max })
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
async fn put_right(pool: &SqlitePool, path: &Path, set_aside: &SetAsideFolder) -> Result<(), Error> {
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
        for file in files(path).iter().filter(|file| file.exists()) {
            match lost.is_empty() {
                true => set_aside.copy_repaired(file, reason.clone())?,
                false => set_aside.copy(file, reason.clone())?,
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
        // Immediately a writer: a transaction that reads first and writes later could fail as busy in between.
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(|error| failed(&error))?;
        for change in &changes {
            apply_one(&mut transaction, tenant, change, now).await?;
        }
        transaction.commit().await.map_err(|error| failed(&error))
    }
}

type Row = (String, i64, String, i64);

fn document((id, version, body, updated_at_unix_nano): Row) -> Document {
    Document { id, version: version.try_into().unwrap_or(0), body, updated_at_unix_nano }
}

async fn apply_one(
    transaction: &mut Transaction<'static, Sqlite>,
    tenant: &TenantId,
    change: &Change,
    now_unix_nano: i64,
) -> Result<(), Error> {
    let (Change::Put { collection, id, expected, .. } | Change::Delete { collection, id, expected }) = change;
    let found: Option<(i64,)> =
        sqlx::query_as("SELECT version FROM documents WHERE tenant = ? AND collection = ? AND id = ?")
            .bind(tenant.as_str())
            .bind(collection)
            .bind(id)
            .fetch_optional(&mut **transaction)
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
    query.execute(&mut **transaction).await.map_err(|error| failed(&error))?;
    Ok(())
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

/// Only the owner may read the documents, whatever the rights of the folder: signing keys and the secrets of webhooks
/// are among them. SQLite gives its side files the rights of the file.
fn make_private(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        for side in ["-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(side);
            match std::fs::set_permissions(&name, std::fs::Permissions::from_mode(0o600)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

async fn connect(path: &Path) -> Result<SqlitePool, sqlx::Error> {
    make_private(path).map_err(sqlx::Error::Io)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10));
    let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
    let checked = check_and_create(&pool).await;
    if checked.is_err() {
        pool.close().await;
    }
    checked.map(|()| pool)
}

async fn check_and_create(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let (answer,): (String,) = sqlx::query_as("PRAGMA quick_check(1)").fetch_one(pool).await?;
    if answer != "ok" {
        return Err(sqlx::Error::Protocol(format!("{CORRUPT}: {answer}")));
    }
    sqlx::query(TABLE).execute(pool).await?;
    let columns: (i64,) = sqlx::query_as("SELECT count(*) FROM pragma_table_info('documents') WHERE name = 'checksum'")
        .fetch_one(pool)
        .await?;
    if columns.0 == 0 {
        sqlx::query("ALTER TABLE documents ADD COLUMN checksum INTEGER").execute(pool).await?;
    }
    Ok(())
}

/// Whether this data directory has had a database: a log or tables are there.
fn was_in_use(data_dir: &Path) -> bool {
    let has_entries =
        |name: &str| std::fs::read_dir(data_dir.join(name)).is_ok_and(|mut folder| folder.next().is_some());
    has_entries("wal") || has_entries("tenants")
}

const CORRUPT: &str = "quick_check";

/// SQLITE_CORRUPT and SQLITE_NOTADB with their extended codes, or a failed check.
fn is_corrupt(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Protocol(message) => message.starts_with(CORRUPT),
        sqlx::Error::Database(database) => {
            database.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| matches!(code & 0xff, 11 | 26))
        }
        _ => false,
    }
}

fn files(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| PathBuf::from(format!("{}{suffix}", path.display())))
}

fn failed(error: &sqlx::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("the document database failed: {error}"))
}
