//! Tokens: JWTs signed with HS256 by a key that is replaced on schedule.
//!
//! What it promises: one algorithm; every token names its key (`kid`) and ends (`exp`); a key is stored before a token
//! signed with it is given out, and kept until the last such token has ended. What it leaves out: which tokens are
//! revoked, which is [`super::credentials`]' matter.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use storage::Expected;

use super::records::{self, Records, SIGNING_KEYS};
use super::{NANOS_PER_SECOND, secrets};
use crate::failure::Failure;

const ALGORITHM: Algorithm = Algorithm::HS256;
const ISSUER: &str = "alidade";
const TOKEN_BYTES_MAX: usize = 4_096;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TokenUse {
    /// A person's login.
    Session,
    /// A script.
    Api,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) jti: String,
    #[serde(rename = "use")]
    pub(super) token_use: TokenUse,
}

impl Claims {
    pub(super) fn new(sub: &str, jti: String, token_use: TokenUse, iat: i64, exp: i64) -> Self {
        Self { iss: ISSUER.to_owned(), sub: sub.to_owned(), iat, exp, jti, token_use }
    }
}

/// Who a request is from. In its extensions behind the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Visitor {
    /// Nobody is asked: loopback without auth.
    Anybody,
    /// Not logged in, on one of the few routes that need no login.
    Stranger,
    /// A person.
    Person {
        /// The user.
        user: String,
        /// The session's id.
        session: String,
        /// When the session ends, seconds since the epoch.
        ends: i64,
    },
    /// A script with an API token.
    Script {
        /// The user who made the token.
        user: String,
    },
}

impl Visitor {
    /// The user's name.
    pub(crate) fn user(&self) -> Option<&str> {
        match self {
            Self::Anybody | Self::Stranger => None,
            Self::Person { user, .. } | Self::Script { user } => Some(user),
        }
    }
}

/// A key as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct KeyRecord {
    secret: String,
    made: i64,
    /// When the last token signed with it ends.
    last_token_ends: i64,
}

struct Key {
    kid: String,
    secret: [u8; 32],
    record: KeyRecord,
}

/// What to do about keys.
#[derive(Debug, PartialEq, Eq)]
struct Rotation {
    make_new: bool,
    drop: Vec<usize>,
}

/// Decides. Keys are in order of their making; the last one signs.
fn rotation(keys: &[(i64, i64)], now: i64, age_max: i64) -> Rotation {
    let make_new = keys.last().is_none_or(|(made, _)| now - made >= age_max);
    let keep_last = usize::from(!make_new);
    let old = keys.len().saturating_sub(keep_last);
    let drop = (0..old).filter(|index| keys[*index].1 < now).collect();
    Rotation { make_new, drop }
}

/// The keys of a running server.
pub(super) struct Signing {
    records: Records,
    age_max: i64,
    keys: RwLock<Vec<Key>>,
    /// Held while keys are stored.
    writing: tokio::sync::Mutex<()>,
}

impl Signing {
    pub(super) async fn open(records: Records, age_max: Duration, now_unix_nano: i64) -> Result<Self, Failure> {
        let stored = records.list::<KeyRecord>(SIGNING_KEYS).await?;
        let mut keys: Vec<Key> = stored.into_iter().filter_map(|stored| Key::new(stored.id, stored.record)).collect();
        keys.sort_by_key(|key| key.record.made);
        let signing = Self {
            records,
            age_max: super::seconds(age_max),
            keys: RwLock::new(keys),
            writing: tokio::sync::Mutex::default(),
        };
        signing.rotate(now_unix_nano.div_euclid(NANOS_PER_SECOND)).await?;
        Ok(signing)
    }

    /// Makes a new key and drops ended ones, when it is time.
    pub(super) async fn rotate(&self, now: i64) -> Result<(), Failure> {
        let _writing = self.writing.lock().await;
        let times: Vec<(i64, i64)> =
            self.read(|keys| keys.iter().map(|key| (key.record.made, key.record.last_token_ends)).collect());
        let rotation = rotation(&times, now, self.age_max);
        let mut changes = Vec::new();
        let new_key = if rotation.make_new { Some(Key::make(now)?) } else { None };
        if let Some(key) = &new_key {
            changes.push(records::put(SIGNING_KEYS, &key.kid, Expected::Absent, &key.record)?);
        }
        let dropped: Vec<String> =
            self.read(|keys| rotation.drop.iter().map(|index| keys[*index].kid.clone()).collect());
        changes.extend(dropped.iter().map(|kid| records::delete(SIGNING_KEYS, kid, Expected::Any)));
        if changes.is_empty() {
            return Ok(());
        }
        self.records.apply(changes).await?;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|key| !dropped.contains(&key.kid));
        keys.extend(new_key);
        Ok(())
    }

    /// A signed token. The key is stored first with the token's end.
    pub(super) async fn sign(&self, claims: &Claims) -> Result<String, Failure> {
        let _writing = self.writing.lock().await;
        let current = self.read(|keys| keys.last().map(|key| (key.kid.clone(), key.secret, key.record.clone())));
        let (kid, secret, mut record) = current.ok_or_else(|| Failure::internal("there is no signing key"))?;
        if claims.exp > record.last_token_ends {
            record.last_token_ends = claims.exp;
            self.records.apply(vec![records::put(SIGNING_KEYS, &kid, Expected::Any, &record)?]).await?;
            let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
            if let Some(key) = keys.iter_mut().find(|key| key.kid == kid) {
                key.record = record;
            }
        }
        let header = Header { kid: Some(kid), ..Header::new(ALGORITHM) };
        let token = jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(&secret));
        token.map_err(|error| Failure::internal(format!("cannot sign a token: {error}")))
    }

    /// What a token says, if it is ours and has not ended.
    pub(super) fn verify(&self, token: &str, now: i64) -> Option<Claims> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
        let secret = self.read(|keys| keys.iter().find(|key| key.kid == kid).map(|key| key.secret))?;
        let mut validation = Validation::new(ALGORITHM);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss"]);
        // Compared below with the clock that this process was given.
        validation.validate_exp = false;
        let claims =
            jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(&secret), &validation).ok()?.claims;
        (now < claims.exp).then_some(claims)
    }

    fn read<T>(&self, look: impl FnOnce(&[Key]) -> T) -> T {
        look(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Key {
    fn new(kid: String, record: KeyRecord) -> Option<Self> {
        let secret = URL_SAFE_NO_PAD.decode(&record.secret).ok()?.try_into().ok()?;
        Some(Self { kid, secret, record })
    }

    fn make(now: i64) -> Result<Self, Failure> {
        let secret = secrets::random::<32>()?;
        let record = KeyRecord { secret: URL_SAFE_NO_PAD.encode(secret), made: now, last_token_ends: now };
        Ok(Self { kid: secrets::hex(&secrets::random::<8>()?), secret, record })
    }
}

#[cfg(test)]
mod tests;
