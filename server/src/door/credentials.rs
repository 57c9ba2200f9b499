//! Ingest keys and API tokens: made, listed, revoked; and logins that were ended early.
//!
//! An ingest key is random and stored as its SHA-256. An API token is a JWT whose id must be listed here, so that it can
//! be revoked. All are kept in memory too: looking one up costs an exporter nothing.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use api::Nanos;
use api::auth::{Credential, CredentialList, NewCredential};
use serde::{Deserialize, Serialize};
use storage::Expected;

use super::records::{self, API_TOKENS, ENDED_SESSIONS, INGEST_KEYS, Records};
use super::signing::{Claims, TokenUse, Visitor};
use super::{Door, NANOS_PER_SECOND, secrets};
use crate::failure::Failure;

const NAME_CHARS_MAX: usize = 100;
const PREFIX_CHARS: usize = 10;
const TOKEN_DAYS_DEFAULT: u32 = 90;
const DAYS_MAX: u32 = 3_650;
const SECONDS_PER_DAY: i64 = 86_400;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CredentialKind {
    /// For exporters.
    IngestKey,
    /// For scripts.
    ApiToken,
}

impl CredentialKind {
    fn collection(self) -> &'static str {
        match self {
            Self::IngestKey => INGEST_KEYS,
            Self::ApiToken => API_TOKENS,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::IngestKey => "ingest key",
            Self::ApiToken => "API token",
        }
    }
}

/// A credential as it is stored. The id of an API token is its `jti`.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    name: String,
    prefix: String,
    made: i64,
    ends: Option<i64>,
    /// SHA-256 of an ingest key, hexadecimal.
    #[serde(default)]
    fingerprint: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct EndedSession {
    ends: i64,
}

/// What must be found at every request.
#[derive(Default)]
struct Known {
    /// When an ingest key ends, by fingerprint, with its id.
    ingest_keys: HashMap<String, (String, Option<i64>)>,
    api_tokens: HashMap<String, Option<i64>>,
    ended_sessions: HashMap<String, i64>,
}

/// The credentials of a running server.
pub(super) struct Credentials {
    records: Records,
    count_max: usize,
    known: RwLock<Known>,
}

impl Credentials {
    pub(super) async fn open(records: Records, count_max: usize) -> Result<Self, Failure> {
        let mut known = Known::default();
        for stored in records.list::<Record>(INGEST_KEYS).await? {
            known.learn(CredentialKind::IngestKey, &stored.id, &stored.record);
        }
        for stored in records.list::<Record>(API_TOKENS).await? {
            known.learn(CredentialKind::ApiToken, &stored.id, &stored.record);
        }
        for stored in records.list::<EndedSession>(ENDED_SESSIONS).await? {
            known.ended_sessions.insert(stored.id, stored.record.ends);
        }
        Ok(Self { records, count_max, known: RwLock::new(known) })
    }

    /// Whether an exporter may come in with this key.
    pub(super) fn accepts_ingest_key(&self, key: &str, now: i64) -> bool {
        let fingerprint = secrets::fingerprint_hex(key);
        self.read(|known| {
            known.ingest_keys.get(&fingerprint).is_some_and(|(_, ends)| ends.is_none_or(|ends| now < ends))
        })
    }

    /// Whether a token that verified is still wanted.
    pub(super) fn accepts(&self, claims: &Claims) -> bool {
        self.read(|known| match claims.token_use {
            TokenUse::Session => !known.ended_sessions.contains_key(&claims.jti),
            TokenUse::Api => known.api_tokens.contains_key(&claims.jti),
        })
    }

    /// Ends a login before its time.
    pub(super) async fn end_session(&self, session: &str, ends: i64) -> Result<(), Failure> {
        let record = EndedSession { ends };
        self.records.apply(vec![records::put(ENDED_SESSIONS, session, Expected::Any, &record)?]).await?;
        self.write(|known| known.ended_sessions.insert(session.to_owned(), ends));
        Ok(())
    }

    /// Forgets ended logins whose token has ended by itself.
    pub(super) async fn forget_ended(&self, now: i64) -> Result<(), Failure> {
        let past: Vec<String> = self.read(|known| {
            known.ended_sessions.iter().filter(|(_, ends)| **ends < now).map(|(session, _)| session.clone()).collect()
        });
        if past.is_empty() {
            return Ok(());
        }
        self.records
            .apply(past.iter().map(|session| records::delete(ENDED_SESSIONS, session, Expected::Any)).collect())
            .await?;
        self.write(|known| known.ended_sessions.retain(|session, _| !past.contains(session)));
        Ok(())
    }

    async fn list(&self, kind: CredentialKind) -> Result<Vec<records::Stored<Record>>, Failure> {
        let mut stored = self.records.list::<Record>(kind.collection()).await?;
        stored.sort_by(|left, right| (&left.record.name, &left.id).cmp(&(&right.record.name, &right.id)));
        Ok(stored)
    }

    fn read<T>(&self, look: impl FnOnce(&Known) -> T) -> T {
        look(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        change(&mut self.known.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Known {
    fn learn(&mut self, kind: CredentialKind, id: &str, record: &Record) {
        match (kind, &record.fingerprint) {
            (CredentialKind::IngestKey, Some(fingerprint)) => {
                self.ingest_keys.insert(fingerprint.clone(), (id.to_owned(), record.ends));
            }
            (CredentialKind::IngestKey, None) => {}
            (CredentialKind::ApiToken, _) => drop(self.api_tokens.insert(id.to_owned(), record.ends)),
        }
    }

    fn forget(&mut self, kind: CredentialKind, id: &str) {
        match kind {
            CredentialKind::IngestKey => self.ingest_keys.retain(|_, (known, _)| known != id),
            CredentialKind::ApiToken => drop(self.api_tokens.remove(id)),
        }
    }
}

impl Door {
    /// All of a kind, by name, without their secrets.
    pub(crate) async fn list_credentials(&self, kind: CredentialKind) -> Result<CredentialList, Failure> {
        let stored = self.credentials.list(kind).await?;
        let credentials = stored.into_iter().map(|stored| credential(stored.id, &stored.record, None)).collect();
        Ok(CredentialList { credentials })
    }

    /// Makes one. The answer is the only place where its secret is seen.
    pub(crate) async fn make_credential(
        &self,
        kind: CredentialKind,
        new: &NewCredential,
        visitor: &Visitor,
    ) -> Result<Credential, Failure> {
        let name = new.name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
            return Err(Failure::invalid(format!("name must have 1 to {NAME_CHARS_MAX} characters")));
        }
        if new.expires_in_days.is_some_and(|days| days == 0 || days > DAYS_MAX) {
            return Err(Failure::invalid(format!("expires_in_days must be 1 to {DAYS_MAX}")));
        }
        let count = self.credentials.list(kind).await?.len();
        if count >= self.credentials.count_max {
            return Err(Failure::conflict(format!(
                "there are {count} of kind {} already: delete some, or raise auth.credentials_max",
                kind.name()
            )));
        }
        let made = self.now_seconds();
        let id = uuid::Uuid::from_bytes(secrets::random()?).simple().to_string();
        let ends_after = |days: u32| made + i64::from(days) * SECONDS_PER_DAY;
        let (secret, ends, fingerprint) = match kind {
            CredentialKind::IngestKey => {
                let key = secrets::ingest_key()?;
                let fingerprint = secrets::fingerprint_hex(&key);
                (key, new.expires_in_days.map(ends_after), Some(fingerprint))
            }
            CredentialKind::ApiToken => {
                let ends = ends_after(new.expires_in_days.unwrap_or(TOKEN_DAYS_DEFAULT));
                let claims = Claims::new(visitor.user().unwrap_or("anybody"), id.clone(), TokenUse::Api, made, ends);
                (self.signing.sign(&claims).await?, Some(ends), None)
            }
        };
        let prefix = match kind {
            CredentialKind::IngestKey => secret.chars().take(PREFIX_CHARS).collect(),
            // All tokens begin alike.
            CredentialKind::ApiToken => format!("…{}", &secret[secret.len().saturating_sub(PREFIX_CHARS)..]),
        };
        let record = Record { name: name.to_owned(), prefix, made, ends, fingerprint };
        self.credentials.records.apply(vec![records::put(kind.collection(), &id, Expected::Absent, &record)?]).await?;
        self.credentials.write(|known| known.learn(kind, &id, &record));
        Ok(credential(id, &record, Some(secret)))
    }

    /// Revokes one, at once.
    pub(crate) async fn delete_credential(&self, kind: CredentialKind, id: &str) -> Result<(), Failure> {
        let stored = self.credentials.list(kind).await?;
        if !stored.iter().any(|stored| stored.id == id) {
            return Err(Failure::not_found(format!("there is no {} {id}", kind.name())));
        }
        self.credentials.records.apply(vec![records::delete(kind.collection(), id, Expected::Any)]).await?;
        self.credentials.write(|known| known.forget(kind, id));
        Ok(())
    }
}

fn credential(id: String, record: &Record, secret: Option<String>) -> Credential {
    let nanos = |seconds: i64| Nanos(seconds.saturating_mul(NANOS_PER_SECOND));
    Credential {
        id,
        name: record.name.clone(),
        prefix: record.prefix.clone(),
        created_at_unix_nano: nanos(record.made),
        expires_at_unix_nano: record.ends.map(nanos),
        secret,
    }
}
