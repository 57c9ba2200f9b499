//! Passwords: argon2id, off the async threads, a few at a time because each takes 19 MiB.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use tokio::sync::Semaphore;

use crate::failure::Failure;

const HASHES_CONCURRENT_MAX: usize = 2;
const PASSWORD_CHARS_MIN: usize = 10;
const PASSWORD_BYTES_MAX: usize = 1_024;

/// Hashes and verifies.
pub(super) struct Hashing {
    permits: Arc<Semaphore>,
    /// Verified when the user does not exist, so that the answer takes as long.
    of_nobody: String,
}

impl Hashing {
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Self {
            permits: Arc::new(Semaphore::new(HASHES_CONCURRENT_MAX)),
            of_nobody: hash_now("nobody has this password")?,
        })
    }

    /// The PHC string to store.
    pub(super) async fn hash(&self, password: &str) -> Result<String, Failure> {
        if password.chars().count() < PASSWORD_CHARS_MIN || password.len() > PASSWORD_BYTES_MAX {
            return Err(Failure::invalid(format!(
                "the password must have at least {PASSWORD_CHARS_MIN} characters and at most {PASSWORD_BYTES_MAX} bytes"
            )));
        }
        let password = password.to_owned();
        self.off_thread(move || hash_now(&password)).await?
    }

    /// Whether the password is the one of the stored hash. `None`: there is no such user, and the answer is no.
    pub(super) async fn verify(&self, password: &str, stored: Option<String>) -> Result<bool, Failure> {
        let exists = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.of_nobody.clone());
        let password = if password.len() <= PASSWORD_BYTES_MAX { password.to_owned() } else { String::new() };
        let matches = self.off_thread(move || {
            PasswordHash::new(&stored)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        });
        Ok(matches.await? && exists)
    }

    async fn off_thread<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        let permit =
            Arc::clone(&self.permits).acquire_owned().await.map_err(|error| Failure::internal(error.to_string()))?;
        let work = move || {
            let result = work();
            drop(permit);
            result
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Failure::internal(format!("hashing stopped: {error}")))
    }
}

fn hash_now(password: &str) -> Result<String, Failure> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| Failure::internal(format!("cannot hash the password: {error}")))
}
