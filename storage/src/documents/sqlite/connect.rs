//! Where the database is, and the way to it: by SQLite's own IO, or by that of a file system which serves it.
//!
//! What SQLite leaves out is done here. A commit whose sync failed may be in its log to be read and not be on disk: SQLite
//! would find it after a restart, take it for kept, and build on it. And it does not say whether the name of its log is on
//! disk.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::io::{Io, Mode, SqliteAccess};

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

const CORRUPT: &str = "quick_check";

/// The database's file, and how SQLite comes to it.
pub(super) struct Place {
    io: Arc<dyn Io>,
    path: PathBuf,
    /// `None`: SQLite's own IO does.
    access: Option<SqliteAccess>,
}

impl Place {
    pub(super) fn new(io: Arc<dyn Io>, path: PathBuf) -> Self {
        Self { access: io.serve_sqlite(), io, path }
    }

    /// Where another one is written that is to be this one.
    pub(super) fn successor(&self) -> Self {
        Self::new(self.io.clone(), self.beside(".new"))
    }

    pub(super) fn exists(&self) -> io::Result<bool> {
        self.io.exists(&self.path)
    }

    /// The files of the database that are there, itself first.
    pub(super) fn files(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for suffix in ["", "-wal", "-shm"] {
            let file = self.beside(suffix);
            if self.io.exists(&file)? {
                files.push(file);
            }
        }
        Ok(files)
    }

    pub(super) fn options(&self) -> SqliteConnectOptions {
        let options = SqliteConnectOptions::new().busy_timeout(Duration::from_secs(10));
        let Some(access) = &self.access else { return options.filename(&self.path) };
        let options = options.filename(format!("{}{}", access.root, self.path.display())).vfs(access.vfs);
        access.pragmas.iter().fold(options, |options, (name, value)| options.pragma(*name, *value))
    }

    /// Connects; creates the database and its table if need be. Everything that is found is on disk by then.
    pub(super) async fn connect(&self) -> Result<SqlitePool, sqlx::Error> {
        self.prepare().map_err(sqlx::Error::Io)?;
        let options = self
            .options()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        // They stay: with the last connection SQLite's log would go, and come back with the next one.
        let pool = SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None);
        let connections_max = if self.access.is_some() { 1 } else { 4 };
        let pool = pool.max_connections(connections_max).connect_with(options).await?;
        let checked = check_and_create(&pool).await.and_then(|()| self.sync_names().map_err(sqlx::Error::Io));
        if checked.is_err() {
            pool.close().await;
        }
        checked.map(|()| pool)
    }

    pub(super) fn remove(&self) -> io::Result<()> {
        self.files()?.iter().try_for_each(|file| self.io.remove(file))
    }

    /// Makes it another one, of which there is nothing. It must be closed.
    pub(super) fn rename(&self, to: &Self) -> io::Result<()> {
        self.io.rename(&self.path, &to.path)?;
        self.sync_names()
    }

    /// When this returns, the names of its files are on disk as they are.
    pub(super) fn sync_names(&self) -> io::Result<()> {
        self.path.parent().map_or(Ok(()), |folder| self.io.sync_folder(folder))
    }

    /// Only the owner may read the documents, whatever the rights of the folder: signing keys and the secrets of webhooks
    /// are among them. SQLite gives its side files the rights of the file.
    fn prepare(&self) -> io::Result<()> {
        self.io.make_private(&self.path)?;
        for file in self.files()? {
            self.io.make_private(&file)?;
        }
        self.write_log_again()
    }

    /// What is in it to be read is on disk then, see above.
    fn write_log_again(&self) -> io::Result<()> {
        let path = self.beside("-wal");
        let again = || {
            let content = self.io.read(&path)?;
            let log = self.io.open(&path, Mode::Write)?;
            log.write_at(&content, 0)?;
            log.sync_all()
        };
        match again() {
            // There is none; or a connection that is about to close, of a store that this process had open, has just
            // brought it into the database and removed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        PathBuf::from(format!("{}{suffix}", self.path.display()))
    }
}

async fn check_and_create(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let (answer,): (String,) = sqlx::query_as("PRAGMA quick_check(1)").fetch_one(pool).await?;
    if is_unread(&answer) {
        return Err(sqlx::Error::Protocol(format!("a page could not be read: {answer}")));
    }
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

/// SQLITE_CORRUPT and SQLITE_NOTADB with their extended codes, or a failed check.
pub(super) fn is_corrupt(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Protocol(message) => message.starts_with(CORRUPT),
        error => code(error).is_some_and(is_corruption),
    }
}

/// SQLITE_IOERR and SQLITE_CANTOPEN with their extended codes: another try may read it.
pub(super) fn is_of_device(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(_)) || code(error).is_some_and(|code| matches!(code & 0xff, 10 | 14))
}

fn code(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error()?.code()?.parse().ok()
}

fn is_corruption(code: u32) -> bool {
    matches!(code & 0xff, 11 | 26)
}

/// Whether the check failed because the device did not let a page be read: that may pass, and the page is not damaged.
fn is_unread(answer: &str) -> bool {
    let code = answer.rsplit_once("unable to get the page. error code=").and_then(|(_, code)| code.parse().ok());
    // Of a list of pages it does not tell the code; a page that cannot be one is refused with other words.
    code.is_some_and(|code| !is_corruption(code)) || answer.contains("failed to get page")
}
