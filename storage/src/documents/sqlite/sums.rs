//! A checksum of each document, because SQLite has none of its own: a flipped bit in a row is a row as well.
//!
//! It is the CRC-32C of all that a row says. One flipped bit is put right again; a document that is worse off is taken out,
//! and the database that had it is kept in the set-aside folder. Rows of an earlier version get their checksum at the next
//! start.

use futures::StreamExt;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row as _, SqliteConnection};

use crate::one_bit;

/// A row as it is in the database: its texts need not be texts any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    /// Tenant, collection, id.
    pub(super) key: [Vec<u8>; 3],
    pub(super) version: i64,
    pub(super) body: Vec<u8>,
    pub(super) updated_at: i64,
    pub(super) checksum: Option<i64>,
}

/// What the checksum says of a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Intact(Stored),
    /// It has none yet.
    Unknown(Stored),
    /// It was this, before a bit was flipped.
    Restored(Stored),
    Damaged(Stored),
}

/// The checksum of a document.
pub(super) fn checksum(key: [&str; 3], version: i64, body: &str, updated_at: i64) -> i64 {
    let key = key.map(|part| part.as_bytes().to_vec());
    let row = Stored { key, version, body: body.as_bytes().to_vec(), updated_at, checksum: None };
    i64::from(crc32c::crc32c(&row.content()))
}

impl Stored {
    pub(super) fn read(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        // A text with a flipped bit may be none.
        let bytes = |column: &str| row.try_get_unchecked::<Vec<u8>, _>(column);
        Ok(Self {
            key: [bytes("tenant")?, bytes("collection")?, bytes("id")?],
            version: row.try_get_unchecked("version")?,
            body: bytes("body")?,
            updated_at: row.try_get_unchecked("updated_at_unix_nano")?,
            checksum: row.try_get_unchecked::<Option<i64>, _>("checksum").unwrap_or(None),
        })
    }

    pub(super) fn verdict(self) -> Verdict {
        let Some(stored) = self.checksum else { return Verdict::Unknown(self) };
        let mut content = self.content();
        let own = i64::from(crc32c::crc32c(&content));
        if own == stored {
            return Verdict::Intact(self);
        }
        if (own ^ stored).count_ones() == 1 {
            return Verdict::Restored(Self { checksum: Some(own), ..self });
        }
        let restored = u32::try_from(stored).ok().and_then(|checksum| one_bit::restore(&mut content, checksum));
        match restored.and_then(|_| self.of_content(&content)) {
            Some(restored) => Verdict::Restored(restored),
            None => Verdict::Damaged(self),
        }
    }

    /// `collection/id`, as far as it can be read.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", String::from_utf8_lossy(&self.key[1]), String::from_utf8_lossy(&self.key[2]))
    }

    fn content(&self) -> Vec<u8> {
        let [tenant, collection, id] = &self.key;
        let numbers = [self.version.to_le_bytes(), self.updated_at.to_le_bytes()].concat();
        [tenant.as_slice(), collection, id, &numbers, &self.body].join(&0)
    }

    /// The row of a content whose parts are as long as this one's.
    fn of_content(&self, content: &[u8]) -> Option<Self> {
        let mut rest = content;
        let mut part = |length: usize| {
            let (part, behind) = rest.split_at_checked(length)?;
            rest = behind.get(1..).unwrap_or_default();
            Some(part.to_vec())
        };
        let [tenant, collection, id] = &self.key;
        let key = [part(tenant.len())?, part(collection.len())?, part(id.len())?];
        let numbers = part(16)?;
        let body = part(self.body.len())?;
        let number = |at: usize| Some(i64::from_le_bytes(numbers[at..at + 8].try_into().ok()?));
        let row = Self { key, version: number(0)?, body, updated_at: number(8)?, checksum: self.checksum };
        // The bit may have been one between the parts, which no row has.
        (row.content() == content && row.texts().is_some()).then_some(row)
    }

    /// Tenant, collection, id and body; `None` where one of them is no text.
    fn texts(&self) -> Option<[&str; 4]> {
        let [tenant, collection, id] = &self.key;
        let text = std::str::from_utf8;
        Some([text(tenant).ok()?, text(collection).ok()?, text(id).ok()?, text(&self.body).ok()?])
    }
}

/// Writes a row with its checksum; one that is no text is left out.
pub(super) async fn write(connection: &mut SqliteConnection, row: &Stored) -> Result<(), sqlx::Error> {
    let Some([tenant, collection, id, body]) = row.texts() else { return Ok(()) };
    sqlx::query(
        "INSERT OR REPLACE INTO documents (tenant, collection, id, version, body, updated_at_unix_nano, checksum)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(tenant)
    .bind(collection)
    .bind(id)
    .bind(row.version)
    .bind(body)
    .bind(row.updated_at)
    .bind(checksum([tenant, collection, id], row.version, body, row.updated_at))
    .execute(connection)
    .await?;
    Ok(())
}

/// The rows that are not as they should be: what is there, and what it was, where that is known.
pub(super) async fn wrong(pool: &SqlitePool) -> Result<Vec<(Stored, Option<Stored>)>, sqlx::Error> {
    let mut wrong = Vec::new();
    let mut rows = sqlx::query("SELECT * FROM documents").fetch(pool);
    while let Some(row) = rows.next().await {
        let row = Stored::read(&row?)?;
        match row.clone().verdict() {
            Verdict::Intact(_) => {}
            Verdict::Unknown(whole) | Verdict::Restored(whole) => wrong.push((row, Some(whole))),
            Verdict::Damaged(row) => wrong.push((row, None)),
        }
    }
    Ok(wrong)
}

/// Puts rows right, and takes those out that cannot be.
pub(super) async fn settle(pool: &SqlitePool, wrong: &[(Stored, Option<Stored>)]) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    for (row, whole) in wrong {
        let [tenant, collection, id] = &row.key;
        sqlx::query(
            "DELETE FROM documents
             WHERE CAST(tenant AS BLOB) = ? AND CAST(collection AS BLOB) = ? AND CAST(id AS BLOB) = ?",
        )
        .bind(tenant)
        .bind(collection)
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        if let Some(whole) = whole {
            write(&mut transaction, whole).await?;
        }
    }
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_flipped_bit_of_a_row_is_put_right() {
        let row = |key: [&str; 3], body: &str| Stored {
            key: key.map(|part| part.as_bytes().to_vec()),
            version: 7,
            body: body.as_bytes().to_vec(),
            updated_at: 1_700_000_000_000_000_000,
            checksum: Some(checksum(key, 7, body, 1_700_000_000_000_000_000)),
        };
        let whole = row(["default", "alarms", "a1"], r#"{"threshold":11}"#);
        assert_eq!(whole.clone().verdict(), Verdict::Intact(whole.clone()));
        let flip = |bytes: &mut Vec<u8>, bit: usize| bytes[bit / 8] ^= 1 << (bit % 8);
        let mut damaged = Vec::new();
        for part in 0..3 {
            damaged.extend((0..whole.key[part].len() * 8).map(|bit| {
                let mut row = whole.clone();
                flip(&mut row.key[part], bit);
                row
            }));
        }
        damaged.extend((0..whole.body.len() * 8).map(|bit| {
            let mut row = whole.clone();
            flip(&mut row.body, bit);
            row
        }));
        damaged.extend((0..63).flat_map(|bit| {
            let (version, updated_at) = (whole.version ^ 1 << bit, whole.updated_at ^ 1 << bit);
            let checksum = whole.checksum.map(|checksum| checksum ^ 1 << bit);
            [
                Stored { version, ..whole.clone() },
                Stored { updated_at, ..whole.clone() },
                Stored { checksum, ..whole.clone() },
            ]
        }));
        for row in damaged {
            assert_eq!(row.clone().verdict(), Verdict::Restored(whole.clone()), "{row:?}");
        }
        let other = Stored { body: br#"{"threshold":99}"#.to_vec(), ..whole.clone() };
        assert_eq!(other.clone().verdict(), Verdict::Damaged(other));
        let early = Stored { checksum: None, ..whole };
        assert_eq!(early.clone().verdict(), Verdict::Unknown(early));
    }
}
