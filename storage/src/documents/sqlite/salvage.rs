//! What can still be read of a corrupt database.
//!
//! SQLite reads a table page by page and ends at the first page that is damaged. So rows are read from the front until
//! an error, then from the back until an error: one damaged page costs the rows that are on it.

use std::collections::BTreeMap;
use std::path::Path;

use futures::StreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

type Key = (String, String, String);
type Row = (String, String, String, i64, String, i64);

/// The rows that were read.
#[derive(Default)]
pub(super) struct Saved {
    rows: BTreeMap<Key, Row>,
    is_whole: bool,
}

impl Saved {
    pub(super) fn describe(&self) -> String {
        match (self.rows.len(), self.is_whole) {
            (0, _) => {
                "and no document could be read: dashboards, alarms, accounts and keys are gone from it".to_owned()
            }
            (count, true) => format!("with all {count} documents, which could be read"),
            (count, false) => format!(
                "with the {count} documents that could be read; others (dashboards, alarms, accounts, keys) may be missing"
            ),
        }
    }
}

/// Reads what can be read; nothing is written.
pub(super) async fn readable(path: &Path) -> Saved {
    let mut saved = Saved::default();
    let Ok(pool) = open(path).await else { return saved };
    saved.is_whole = take(&pool, "ASC", &mut saved.rows).await;
    if !saved.is_whole {
        take(&pool, "DESC", &mut saved.rows).await;
    }
    pool.close().await;
    saved
}

/// Writes the rows into the new database.
pub(super) async fn keep(pool: &SqlitePool, saved: &Saved) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    for (tenant, collection, id, version, body, updated_at) in saved.rows.values() {
        sqlx::query("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?)")
            .bind(tenant)
            .bind(collection)
            .bind(id)
            .bind(version)
            .bind(body)
            .bind(updated_at)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}

/// SQLite's check of the whole database, which is not written to.
pub(crate) async fn integrity(path: &Path) -> Result<(), String> {
    let pool = open(path).await.map_err(|error| error.to_string())?;
    let answer: Result<(String,), sqlx::Error> = sqlx::query_as("PRAGMA integrity_check(1)").fetch_one(&pool).await;
    pool.close().await;
    match answer {
        Ok((text,)) if text == "ok" => Ok(()),
        Ok((text,)) => Err(text),
        Err(error) => Err(error.to_string()),
    }
}

async fn open(path: &Path) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    SqlitePoolOptions::new().max_connections(1).connect_with(options).await
}

/// Whether every row was read. A row whose body is no JSON any more is left out.
async fn take(pool: &SqlitePool, order: &'static str, rows: &mut BTreeMap<Key, Row>) -> bool {
    let query = match order {
        "ASC" => "SELECT * FROM documents ORDER BY tenant ASC, collection ASC, id ASC",
        _ => "SELECT * FROM documents ORDER BY tenant DESC, collection DESC, id DESC",
    };
    let mut found = sqlx::query_as::<_, Row>(query).fetch(pool);
    let mut is_whole = true;
    while let Some(row) = found.next().await {
        match row {
            Ok(row) if serde_json::from_str::<serde::de::IgnoredAny>(&row.4).is_ok() => {
                rows.insert((row.0.clone(), row.1.clone(), row.2.clone()), row);
            }
            Ok(_) => is_whole = false,
            Err(_) => return false,
        }
    }
    is_whole
}
