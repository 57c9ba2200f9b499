//! Login, ingest keys and API tokens.

use serde::{Deserialize, Serialize};

use crate::time::Nanos;

/// Answer of `GET /api/v1/session`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    /// Whether this installation asks for a login at all.
    pub auth_required: bool,
    /// Whether there is no administrator yet: the first login is made with the one-time code.
    pub setup_needed: bool,
    /// Who is logged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Version of the server.
    pub version: String,
}

/// Body of `POST /api/v1/setup`: makes the administrator's account and logs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupRequest {
    /// The one-time code that the server printed at its first start.
    pub code: String,
    /// 1 to 64 characters.
    pub user: String,
    /// At least 10 characters.
    pub password: String,
}

/// Body of `POST /api/v1/session`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginRequest {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
}

/// Answer of a login. The same token is set as an `HttpOnly` cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginAnswer {
    /// A JWT; `Authorization: Bearer …`.
    pub token: String,
    /// When it ends.
    pub expires_at_unix_nano: Nanos,
}

/// Body of `POST /api/v1/ingest-keys` and `POST /api/v1/api-tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCredential {
    /// What it is for.
    pub name: String,
    /// For API tokens: days until it ends; default 90, at most 3650.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<u32>,
}

/// An ingest key or API token. Its secret is shown once, in the answer of the POST that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Given at creation.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// To recognise it: the first characters of a key; `…` and the last ones of a token.
    pub prefix: String,
    /// When it was made.
    pub created_at_unix_nano: Nanos,
    /// When it ends; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_unix_nano: Option<Nanos>,
    /// The key or token itself; only in the answer of the POST.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Answer of `GET /api/v1/ingest-keys` and `GET /api/v1/api-tokens`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialList {
    /// By name.
    pub credentials: Vec<Credential>,
}
