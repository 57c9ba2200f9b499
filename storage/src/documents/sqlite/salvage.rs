//! What can still be read of a corrupt database.
//!
//! SQLite reads a table page by page and ends at the first page that is damaged. So rows are read from the front until
//! an error, then from the back until an error: one damaged page costs the rows that are on it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use futures::StreamExt;
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};

use super::connect::{Place, is_of_device};
use super::sums::{self, Stored, Verdict};
use crate::io::Real;
use crate::one_bit::FLIPPED;

type Key = [Vec<u8>; 3];

/// The rows that were read.
#[derive(Default)]
pub(super) struct Saved {
    rows: BTreeMap<Key, Stored>,
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

/// Reads what can be read; nothing is written. An error is one of the device: what it does not let be read now is not given
/// up.
pub(super) async fn readable(place: &Place) -> Result<Saved, sqlx::Error> {
    let mut saved = Saved::default();
    let pool = match open(place).await {
        Ok(pool) => pool,
        Err(error) if is_of_device(&error) => return Err(error),
        Err(_) => return Ok(saved),
    };
    let read = take_all(&pool, &mut saved).await;
    pool.close().await;
    read.map(|()| saved)
}

async fn take_all(pool: &SqlitePool, saved: &mut Saved) -> Result<(), sqlx::Error> {
    saved.is_whole = take(pool, "ASC", &mut saved.rows).await?;
    if !saved.is_whole {
        take(pool, "DESC", &mut saved.rows).await?;
    }
    Ok(())
}

/// Writes the rows into the new database.
pub(super) async fn keep(pool: &SqlitePool, saved: &Saved) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    for row in saved.rows.values() {
        sums::write(&mut transaction, row).await?;
    }
    transaction.commit().await
}

/// SQLite's check of the whole database and every document's checksum; nothing is written.
pub(crate) async fn integrity(path: &Path) -> Result<(), String> {
    let place = Place::new(Arc::new(Real), path.to_owned());
    let pool = open(&place).await.map_err(|error| error.to_string())?;
    let answer: Result<(String,), sqlx::Error> = sqlx::query_as("PRAGMA integrity_check(1)").fetch_one(&pool).await;
    let wrong = sums::wrong(&pool).await;
    pool.close().await;
    match answer {
        Ok((text,)) if text == "ok" => {}
        Ok((text,)) => return Err(text),
        Err(error) => return Err(error.to_string()),
    }
    // Those without a checksum are as good as they were.
    let wrong = wrong.map_err(|error| error.to_string())?.into_iter().filter(|(row, _)| row.checksum.is_some());
    let (flipped, lost): (Vec<_>, Vec<_>) = wrong.partition(|(_, whole)| whole.is_some());
    match (lost.is_empty(), flipped.is_empty()) {
        (true, true) => Ok(()),
        (true, false) => Err(FLIPPED.to_owned()),
        (false, _) => {
            let names: Vec<String> = lost.iter().map(|(row, _)| row.name()).collect();
            Err(format!("these documents are not what was written: {}", names.join(", ")))
        }
    }
}

async fn open(place: &Place) -> Result<SqlitePool, sqlx::Error> {
    SqlitePoolOptions::new().max_connections(1).connect_with(place.options().read_only(true)).await
}

/// Whether every row was read. A row that is not what its checksum says is left out, or one without whose body is no JSON.
async fn take(pool: &SqlitePool, order: &'static str, rows: &mut BTreeMap<Key, Stored>) -> Result<bool, sqlx::Error> {
    let query = match order {
        "ASC" => "SELECT * FROM documents ORDER BY tenant ASC, collection ASC, id ASC",
        _ => "SELECT * FROM documents ORDER BY tenant DESC, collection DESC, id DESC",
    };
    let mut found = sqlx::query(query).fetch(pool);
    let mut is_whole = true;
    while let Some(row) = found.next().await {
        let row = match row {
            Ok(row) => row,
            Err(error) if is_of_device(&error) => return Err(error),
            Err(_) => return Ok(false),
        };
        let Ok(row) = Stored::read(&row) else { return Ok(false) };
        match row.verdict() {
            Verdict::Unknown(row) if serde_json::from_slice::<serde::de::IgnoredAny>(&row.body).is_err() => {
                is_whole = false;
            }
            Verdict::Intact(row) | Verdict::Restored(row) | Verdict::Unknown(row) => {
                rows.insert(row.key.clone(), row);
            }
            Verdict::Damaged(_) => is_whole = false,
        }
    }
    Ok(is_whole)
}
