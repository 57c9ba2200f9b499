//! From a URL to a store that can be relied on.
//!
//! What it promises: an error names the URL and what to change, never a secret; a store that does not refuse to replace an
//! object when it is told to create one is not used, because two commits of a table could take each other's place; neither
//! is one that holds the tables of another data directory.

mod owner;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt, PutMode, RetryConfig};
use tokio::time::Instant;

use super::TableStore;
use super::cache::Cached;
use super::remote::{Remote, Timing};
use crate::config::{Config, TablesOptions};
use crate::error::{Error, ErrorKind};
use crate::io::{Held, Io};
use crate::objects::delete_if_there;

const EXPECTED: &str =
    "must be file:///folder (absolute), s3://bucket/prefix, gs://bucket/prefix or az://container/prefix";
/// Between two attempts at the start.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a connection may take to come about, unless the options say otherwise.
const CONNECT: Duration = Duration::from_secs(3);

/// What a URL names.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    Folder(PathBuf),
    Remote { scheme: String, prefix: Path },
}

/// The store of the configuration, and what holds it. `check` asks for one that nothing is written to.
pub(super) async fn connect(
    io: &Arc<dyn Io>,
    config: &Config,
    is_check: bool,
) -> Result<(TableStore, Option<Held>), Error> {
    let Some(url) = &config.tables_url else { return Ok((TableStore::folder(io.clone(), &config.data_dir), None)) };
    let target =
        target(url).map_err(|error| Error::new(ErrorKind::Invalid, format!("storage.tables_url {url:?} {error}")))?;
    match target {
        Target::Folder(folder) if folder == config.data_dir => {
            Ok((TableStore::folder(io.clone(), &config.data_dir), None))
        }
        Target::Folder(folder) => {
            let held = if is_check { None } else { Some(crate::store::hold(io.as_ref(), &folder)?) };
            let tables = TableStore::folder(io.clone(), &folder);
            owner::claim(io.as_ref(), &config.data_dir, &tables, url, is_check).await?;
            Ok((tables, held))
        }
        Target::Remote { scheme, prefix } => {
            let store = |patience: &Patience| client(url, &scheme, &prefix, &config.tables_options, patience);
            let remote = Remote::new(url, store(&READS)?, store(&WRITES)?, Timing::default());
            // A check is of the store and not of what is here.
            let cached = if is_check { Cached::off } else { Cached::new };
            let tables = TableStore::remote(cached(remote, io.clone(), config));
            let deadline = Instant::now() + config.tables_wait_max;
            if !is_check {
                wait(url, deadline, config.tables_wait_max, async || probe(tables.objects().as_ref()).await).await?;
            }
            let claim = owner::claim(io.as_ref(), &config.data_dir, &tables, url, is_check);
            tokio::time::timeout(config.tables_wait_max, claim).await.unwrap_or_else(|_| Err(late(url, config)))?;
            Ok((tables, None))
        }
    }
}

fn late(url: &str, config: &Config) -> Error {
    let wait = config.tables_wait_max;
    let message = format!("{url} did not answer within {wait:?} (storage.tables_wait_max)");
    Error::new(ErrorKind::Unavailable, message)
}

/// Whether tables can be kept at such a URL; [`ErrorKind::Invalid`] says what is accepted.
pub fn check_tables_url(url: &str) -> Result<(), Error> {
    target(url).map(|_| ())
}

fn target(url: &str) -> Result<Target, Error> {
    let invalid = || Error::new(ErrorKind::Invalid, EXPECTED);
    let (scheme, rest) = url.split_once("://").ok_or_else(invalid)?;
    match scheme {
        "file" if rest.len() > 1 && rest.starts_with('/') && !rest.contains(['%', '?', '#']) => {
            Ok(Target::Folder(PathBuf::from(rest.trim_end_matches('/'))))
        }
        "s3" | "s3a" | "gs" | "az" => {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let prefix = Path::parse(prefix.trim_end_matches('/')).map_err(|_| invalid())?;
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
            if bucket.is_empty() || !bucket.chars().all(is_plain) {
                return Err(invalid());
            }
            Ok(Target::Remote { scheme: scheme.to_owned(), prefix })
        }
        _ => Err(invalid()),
    }
}

/// How long a request may take, its repetitions included.
struct Patience {
    request: Duration,
    retries: usize,
    retried_for: Duration,
}

/// Somebody waits for the answer.
const READS: Patience = Patience { request: Duration::from_secs(20), retries: 2, retried_for: Duration::from_secs(3) };
/// Background work.
const WRITES: Patience =
    Patience { request: Duration::from_secs(60), retries: 5, retried_for: Duration::from_secs(15) };

/// A client for this scheme. Options whose name it does not know are not its affair.
fn client(
    url: &str,
    scheme: &str,
    prefix: &Path,
    options: &TablesOptions,
    patience: &Patience,
) -> Result<Arc<dyn ObjectStore>, Error> {
    macro_rules! build {
        ($builder:ty) => {{
            let client = ClientOptions::new().with_timeout(patience.request).with_connect_timeout(CONNECT);
            let retry = RetryConfig {
                max_retries: patience.retries,
                retry_timeout: patience.retried_for,
                ..RetryConfig::default()
            };
            let builder = <$builder>::new().with_url(url).with_retry(retry).with_client_options(client);
            let builder =
                options.0.iter().fold(builder, |builder, (key, value)| match key.to_ascii_lowercase().parse() {
                    Ok(key) => builder.with_config(key, value),
                    Err(_) => builder,
                });
            builder.build().map(|store| Arc::new(store) as Arc<dyn ObjectStore>)
        }};
    }
    let store = match scheme {
        "gs" => build!(GoogleCloudStorageBuilder),
        "az" => build!(MicrosoftAzureBuilder),
        _ => build!(AmazonS3Builder),
    };
    let store = store.map_err(|error| {
        Error::new(
            ErrorKind::Invalid,
            format!("storage.tables_url {url:?} cannot be used with the options given: {error}"),
        )
    })?;
    Ok(if prefix.is_root() { store } else { Arc::new(PrefixStore::new(store, prefix.clone())) })
}

/// Why a store cannot be used.
#[derive(Debug)]
enum Unfit {
    /// That may pass.
    Unreachable(String),
    /// That does not.
    Never(String),
}

/// Tries until the deadline.
async fn wait(
    url: &str,
    deadline: Instant,
    patience: Duration,
    attempt: impl AsyncFn() -> Result<(), Unfit>,
) -> Result<(), Error> {
    loop {
        let tried = tokio::time::timeout_at(deadline, attempt()).await;
        let reason = match tried.unwrap_or_else(|_| Err(Unfit::Unreachable("there was no answer".to_owned()))) {
            Ok(()) => return Ok(()),
            Err(Unfit::Never(reason)) => {
                return Err(Error::new(ErrorKind::Invalid, format!("the tables cannot be kept at {url}: {reason}")));
            }
            Err(Unfit::Unreachable(reason)) => reason,
        };
        if Instant::now() + PAUSE >= deadline {
            let message = format!(
                "the object store of the tables, {url}, could not be reached within {patience:?} \
                 (storage.tables_wait_max): {reason}"
            );
            return Err(Error::new(ErrorKind::Unavailable, message));
        }
        tracing::warn!(url, reason, "the object store of the tables cannot be reached yet; it is tried again");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether a put that must create does not replace.
async fn probe(store: &dyn ObjectStore) -> Result<(), Unfit> {
    const CONDITION: &str = "it does not honour conditional puts (If-None-Match: *), so that two commits could take each \
                             other's place; use a store that does";
    let path = Path::from(format!("alidade-probe/{}", uuid::Uuid::new_v4().simple()));
    // Overwriting first: this one is no commit whose outcome has to be waited for.
    store.put(&path, "1".into()).await.map_err(unfit)?;
    let refused = store.put_opts(&path, "2".into(), PutMode::Create.into()).await;
    let content = match store.get(&path).await {
        Ok(found) => found.bytes().await.map_err(unfit)?,
        Err(error) => return Err(unfit(error)),
    };
    delete_if_there(store, &path).await.map_err(unfit)?;
    match refused {
        Err(object_store::Error::AlreadyExists { .. }) if content.as_ref() == b"1" => Ok(()),
        Ok(_) | Err(object_store::Error::AlreadyExists { .. } | object_store::Error::NotImplemented { .. }) => {
            Err(Unfit::Never(CONDITION.to_owned()))
        }
        Err(error) => Err(unfit(error)),
    }
}

fn unfit(error: object_store::Error) -> Unfit {
    use object_store::Error as E;
    match error {
        E::PermissionDenied { .. } | E::Unauthenticated { .. } | E::NotFound { .. } | E::NotSupported { .. } => {
            Unfit::Never(error.to_string())
        }
        error => Unfit::Unreachable(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
