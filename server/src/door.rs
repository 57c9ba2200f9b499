//! The door: who may come in, decided at the edge.
//!
//! On loopback nobody is asked; then a request must name this machine in `Host` (a web page elsewhere cannot pose as
//! it) and a write must not come from another site. On any other address auth must be on: exporters show an ingest
//! key, people log in, scripts show an API token. Behind the door there is a tenant, never a user.
//!
//! What it leaves out: roles, single sign-on and more than one tenant.
//!
//! ```text
//! request ─► hosts (whose name, whose page) ─► guard ─► TenantId + Visitor in the extensions ─► route
//!                                               ├─ accounts (setup, login, logout)  passwords, attempts
//!                                               ├─ signing  (JWTs, rotating keys)
//!                                               └─ credentials (ingest keys, API tokens)
//! ```

mod accounts;
mod attempts;
mod credentials;
mod guard;
mod hosts;
mod passwords;
mod records;
mod refusal;
mod secrets;
mod signing;
mod tally;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use storage::{Clock, Documents, TenantId};

pub(crate) use accounts::{LoggedIn, SetupCode};
pub(crate) use credentials::CredentialKind;
pub(crate) use guard::{guard_api, guard_host, guard_ingest};
pub(crate) use signing::Visitor;

use crate::failure::Failure;
use crate::listen;

/// Who may come in, and the limits of finding out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Whether logins and ingest keys are asked for.
    pub enabled: bool,
    /// How long a login lasts.
    pub session_age_max: Duration,
    /// When a new signing key is made.
    pub signing_key_age_max: Duration,
    /// Failed logins of one address or for one user within the window.
    pub login_failures_max: usize,
    /// The window of `login_failures_max`.
    pub login_window: Duration,
    /// How many ingest keys, and how many API tokens, there may be.
    pub credentials_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            enabled: false,
            session_age_max: Duration::from_secs(12 * 3_600),
            signing_key_age_max: Duration::from_secs(30 * 86_400),
            login_failures_max: 10,
            login_window: Duration::from_secs(300),
            credentials_max: 1_000,
        }
    }
}

/// Refuses to listen beyond this machine without a login. The refusal says what to do.
pub(crate) fn may_bind(listen: &listen::Config, door: &Config) -> Result<(), String> {
    let named = [("http", listen.http), ("otlp_grpc", listen.otlp_grpc), ("otlp_http", listen.otlp_http)];
    let open: Vec<String> = named
        .iter()
        .filter(|(_, address): &&(&str, SocketAddr)| !address.ip().is_loopback())
        .map(|(key, address)| format!("{key} = {address}"))
        .collect();
    if open.is_empty() || door.enabled {
        return Ok(());
    }
    Err(format!(
        "{} can be reached from other machines, and nobody would be asked to log in: set ALIDADE_AUTH=on (or in the file \
         [auth] enabled = true) and open the UI with the one-time setup code that is then printed, or listen on \
         127.0.0.1",
        open.join(", ")
    ))
}

/// The door of a running server.
pub(crate) struct Door {
    config: Config,
    public: Option<hosts::PublicUrl>,
    tenant: TenantId,
    clock: Arc<dyn Clock>,
    documents: Arc<dyn Documents>,
    attempts: attempts::Attempts,
    signing: signing::Signing,
    credentials: credentials::Credentials,
    hashing: passwords::Hashing,
    refused: tally::Tally,
}

impl Door {
    /// Reads keys and credentials. With auth on and no administrator yet, makes a new one-time setup code.
    pub(crate) async fn open(
        config: Config,
        public_url: Option<&str>,
        documents: Arc<dyn Documents>,
        clock: Arc<dyn Clock>,
    ) -> Result<(Arc<Self>, Option<SetupCode>), Failure> {
        let tenant = TenantId::default_tenant();
        let records = records::Records::new(documents.clone(), tenant.clone());
        let door = Arc::new(Self {
            public: public_url.and_then(hosts::PublicUrl::new),
            attempts: attempts::Attempts::new(config.login_failures_max, config.login_window),
            signing: signing::Signing::open(records.clone(), config.signing_key_age_max, clock.now_unix_nano()).await?,
            credentials: credentials::Credentials::open(records, config.credentials_max).await?,
            hashing: passwords::Hashing::new()?,
            refused: tally::Tally::default(),
            config,
            tenant,
            clock,
            documents,
        });
        let code = if door.config.enabled { door.begin_setup().await? } else { None };
        Ok((door, code))
    }

    /// Makes a new signing key when it is time, forgets what has ended. To be called every hour or so.
    pub(crate) async fn tend(&self) -> Result<(), Failure> {
        let now = self.now_seconds();
        self.signing.rotate(now).await?;
        self.credentials.forget_ended(now).await
    }

    /// Exports that were refused here: signal, reason, how many.
    pub(crate) fn refused_exports(&self) -> Vec<(&'static str, &'static str, u64)> {
        self.refused.counts()
    }

    fn records(&self) -> records::Records {
        records::Records::new(self.documents.clone(), self.tenant.clone())
    }

    fn now_seconds(&self) -> i64 {
        self.clock.now_unix_nano().div_euclid(NANOS_PER_SECOND)
    }
}

const NANOS_PER_SECOND: i64 = 1_000_000_000;

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
