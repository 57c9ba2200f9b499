//! A transaction by hand.
//!
//! When the disk is full or fails, SQLite ends a transaction by itself. `sqlx` counts its own and does not learn of that:
//! to it the connection is within a transaction from then on, and refuses to begin another.

use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, SqliteConnection};

/// An open transaction. Where it is dropped before its end, its connection is closed, and SQLite undoes it.
pub(super) struct Writing {
    connection: PoolConnection<Sqlite>,
    is_open: bool,
}

impl Writing {
    pub(super) async fn begin(pool: &SqlitePool) -> Result<Self, sqlx::Error> {
        let mut writing = Self { connection: pool.acquire().await?, is_open: true };
        // Immediately a writer: a transaction that reads first and writes later could fail as busy in between.
        let begun = sqlx::query("BEGIN IMMEDIATE").execute(&mut *writing.connection).await;
        writing.is_open = begun.is_ok();
        begun.map(|_| writing)
    }

    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }

    /// For a transaction that changes no row, such as the removal of what is not there.
    ///
    /// A commit before this one may have failed and be whole in SQLite's log all the same. A start would find it, and bring
    /// back what this one was told is gone. What is written here takes its place in the log.
    pub(super) async fn write_something(&mut self) -> Result<(), sqlx::Error> {
        // It writes the first page, whatever the number was; nobody reads it.
        sqlx::query("PRAGMA user_version = 0").execute(&mut *self.connection).await.map(drop)
    }

    /// When this returns, all of it is durable. After an error it is not known whether it is.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        let committed = sqlx::query("COMMIT").execute(&mut *self.connection).await;
        match committed {
            Ok(_) => self.is_open = false,
            Err(_) => self.undo().await,
        }
        committed.map(drop)
    }

    /// Undoes it, as far as SQLite has not done so.
    pub(super) async fn undo(&mut self) {
        // An error says that it is over already.
        let _ = sqlx::query("ROLLBACK").execute(&mut *self.connection).await;
        self.is_open = false;
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if self.is_open {
            self.connection.close_on_drop();
        }
    }
}
