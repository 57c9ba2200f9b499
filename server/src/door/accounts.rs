//! Accounts: the administrator made with the one-time code, logins, logouts.

use std::net::IpAddr;

use api::Nanos;
use api::auth::{LoginAnswer, LoginRequest, SessionInfo, SetupRequest};
use serde::{Deserialize, Serialize};
use storage::Expected;
use subtle::ConstantTimeEq;

use super::attempts::EVERYWHERE;
use super::records::{self, SETUP, USERS};
use super::signing::{Claims, TokenUse, Visitor};
use super::{Door, NANOS_PER_SECOND, secrets};
use crate::failure::Failure;

const USER_CHARS_MAX: usize = 64;
const SETUP_ID: &str = "code";

/// The code that makes the administrator. Shown once, stored as its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SetupCode(pub(crate) String);

#[derive(Serialize, Deserialize)]
struct SetupRecord {
    fingerprint: String,
}

#[derive(Serialize, Deserialize)]
struct UserRecord {
    password_hash: String,
    made: i64,
}

/// A login that succeeded: the answer, and the cookie that goes with it.
#[derive(Debug)]
pub(crate) struct LoggedIn {
    /// The answer's body.
    pub(crate) answer: LoginAnswer,
    /// `Set-Cookie`.
    pub(crate) cookie: String,
}

impl Door {
    /// Makes a new setup code while there is no administrator. The one before is void: a lost code costs a restart.
    pub(super) async fn begin_setup(&self) -> Result<Option<SetupCode>, Failure> {
        if !self.is_setup_needed().await? {
            return Ok(None);
        }
        let code = secrets::setup_code()?;
        let record = SetupRecord { fingerprint: secrets::fingerprint_hex(&code) };
        self.records().apply(vec![records::put(SETUP, SETUP_ID, Expected::Any, &record)?]).await?;
        Ok(Some(SetupCode(code)))
    }

    /// What the UI needs to know before it shows anything.
    pub(crate) async fn session_info(&self, visitor: &Visitor) -> Result<SessionInfo, Failure> {
        Ok(SessionInfo {
            auth_required: self.config.enabled,
            setup_needed: self.config.enabled && self.is_setup_needed().await?,
            user: visitor.user().map(str::to_owned),
            version: crate::VERSION.to_owned(),
        })
    }

    /// Makes the administrator's account, once.
    pub(crate) async fn set_up(&self, request: &SetupRequest, from: Option<IpAddr>) -> Result<LoggedIn, Failure> {
        self.require_auth()?;
        let user = request.user.trim();
        if user.is_empty() || user.chars().count() > USER_CHARS_MAX || user.chars().any(char::is_control) {
            return Err(Failure::invalid(format!("user must have 1 to {USER_CHARS_MAX} characters")));
        }
        let sources = vec![source_address(from), "setup".to_owned()];
        self.begin_attempt(&sources)?;
        let stored = self.records().get::<SetupRecord>(SETUP, SETUP_ID).await?;
        let Some(stored) = stored else {
            return Err(Failure::forbidden("the administrator's account exists already: log in"));
        };
        let given = secrets::fingerprint_hex(&request.code.trim().to_uppercase());
        if !bool::from(given.as_bytes().ct_eq(stored.record.fingerprint.as_bytes())) {
            return Err(Failure::forbidden(
                "this is not the setup code: it stands in the server's output at its last start; a restart makes a new one",
            ));
        }
        let record =
            UserRecord { password_hash: self.hashing.hash(&request.password).await?, made: self.now_seconds() };
        // Whoever removes the code makes the account: of two at once, one is refused.
        let changes = vec![
            records::delete(SETUP, SETUP_ID, Expected::Version(stored.version)),
            records::put(USERS, user, Expected::Absent, &record)?,
        ];
        self.records().apply(changes).await?;
        self.attempts.succeeded(&sources);
        self.log_in_as(user).await
    }

    /// Checks a password and begins a session.
    pub(crate) async fn log_in(&self, request: &LoginRequest, from: Option<IpAddr>) -> Result<LoggedIn, Failure> {
        self.require_auth()?;
        let user = request.user.trim();
        // Whoever fails from elsewhere must not lock the user out: an address and a user are counted together, and the
        // user alone only against guesses from very many addresses.
        let (address, user_mark) = (source_address(from), secrets::fingerprint_hex(user));
        let sources = vec![format!("{address} user {user_mark}"), address, format!("{EVERYWHERE}{user_mark}")];
        self.begin_attempt(&sources)?;
        let stored = if user.is_empty() || user.chars().count() > USER_CHARS_MAX {
            None
        } else {
            self.records().get::<UserRecord>(USERS, user).await?
        };
        if !self.hashing.verify(&request.password, stored.map(|stored| stored.record.password_hash)).await? {
            return Err(Failure::unauthenticated("user or password is wrong"));
        }
        self.attempts.succeeded(&sources);
        self.log_in_as(user).await
    }

    /// Ends the visitor's session and removes the cookie.
    pub(crate) async fn log_out(&self, visitor: &Visitor) -> Result<String, Failure> {
        if let Visitor::Person { session, ends, .. } = visitor {
            self.credentials.end_session(session, *ends).await?;
        }
        Ok(self.cookie("", 0))
    }

    async fn log_in_as(&self, user: &str) -> Result<LoggedIn, Failure> {
        let now = self.now_seconds();
        let age_max = super::seconds(self.config.session_age_max);
        let session = secrets::hex(&secrets::random::<16>()?);
        let claims = Claims::new(user, session, TokenUse::Session, now, now + age_max);
        let token = self.signing.sign(&claims).await?;
        let cookie = self.cookie(&token, age_max);
        let expires_at_unix_nano = Nanos(claims.exp.saturating_mul(NANOS_PER_SECOND));
        Ok(LoggedIn { answer: LoginAnswer { token, expires_at_unix_nano }, cookie })
    }

    fn cookie(&self, token: &str, age_max: i64) -> String {
        let secure = if self.public.as_ref().is_some_and(|public| public.is_https) { "; Secure" } else { "" };
        format!("{}={token}; Path=/; Max-Age={age_max}; HttpOnly; SameSite=Strict{secure}", super::guard::COOKIE)
    }

    fn begin_attempt(&self, sources: &[String]) -> Result<(), Failure> {
        self.attempts.begin(sources, self.now_seconds()).map_err(|wait_seconds| {
            Failure::too_many(format!("too many failed logins: try again in {wait_seconds} seconds"), wait_seconds)
        })
    }

    fn require_auth(&self) -> Result<(), Failure> {
        if self.config.enabled {
            return Ok(());
        }
        Err(Failure::invalid("this server asks for no login; to change that, start it with ALIDADE_AUTH=on"))
    }

    async fn is_setup_needed(&self) -> Result<bool, Failure> {
        Ok(self.records().list::<UserRecord>(USERS).await?.is_empty())
    }
}

fn source_address(from: Option<IpAddr>) -> String {
    from.map_or_else(|| "unknown address".to_owned(), |address| format!("address {address}"))
}
