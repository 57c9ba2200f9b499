//! A new database in place of a corrupt one, with what can be read of that one.
//!
//! It is written beside the corrupt one, as a whole, before that is set aside. Wherever the power goes, the next start
//! begins this again or finishes it.

use sqlx::sqlite::SqlitePool;

use super::connect::Place;
use super::{failed, salvage};
use crate::error::Error;
use crate::set_aside::SetAsideFolder;

/// Sets the corrupt database aside and connects to a new one.
pub(super) async fn begin(
    place: &Place,
    problem: &sqlx::Error,
    set_aside: &SetAsideFolder,
) -> Result<SqlitePool, Error> {
    let saved = salvage::readable(place).await.map_err(|error| failed(&error))?;
    let reason = format!("the document database is corrupt ({problem}); a new one was begun, {}", saved.describe());
    let successor = place.successor();
    write(&successor, &saved).await.map_err(|error| failed(&error))?;
    replace(place, &successor, set_aside, &reason)?;
    place.connect().await.map_err(|error| failed(&error))
}

/// Does what a start before this one did not come to.
pub(super) fn finish(place: &Place, set_aside: &SetAsideFolder) -> Result<(), Error> {
    let successor = place.successor();
    if place.exists().map_err(io_failed)? {
        // It was not written to its end, perhaps.
        return successor.remove().map_err(io_failed);
    }
    if !successor.exists().map_err(io_failed)? {
        return Ok(());
    }
    replace(place, &successor, set_aside, "this belongs to a document database that was corrupt")
}

/// When this returns, all of it is on disk, in one file.
async fn write(successor: &Place, saved: &salvage::Saved) -> Result<(), sqlx::Error> {
    successor.remove()?;
    let pool = successor.connect().await?;
    let kept = salvage::keep(&pool, saved).await;
    pool.close().await;
    kept?;
    if successor.files()?.len() != 1 {
        return Err(std::io::Error::other("its log could not be written into the new database").into());
    }
    successor.sync_names().map_err(sqlx::Error::Io)
}

fn replace(place: &Place, successor: &Place, set_aside: &SetAsideFolder, reason: &str) -> Result<(), Error> {
    // The database itself comes first in this list. Once it is gone for good, the rest is not needed to read it again.
    for file in place.files().map_err(io_failed)? {
        set_aside.take(&file, reason)?;
        place.sync_names().map_err(io_failed)?;
    }
    successor.rename(place).map_err(io_failed)
}

fn io_failed(error: std::io::Error) -> Error {
    failed(&error.into())
}
