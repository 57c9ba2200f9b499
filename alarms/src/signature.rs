//! The signature of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How every secret begins.
pub(crate) const SECRET_PREFIX: &str = "whsec_";
const SECRET_BYTES_MIN: usize = 24;
const SECRET_BYTES_MAX: usize = 64;

/// The key in a secret, or what is wrong with it. The message never repeats the secret.
pub(crate) fn key_of(secret: &str) -> Result<Vec<u8>, String> {
    let wanted =
        format!("the secret must be {SECRET_PREFIX} and the base64 of {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes");
    let encoded = secret.strip_prefix(SECRET_PREFIX).ok_or_else(|| wanted.clone())?;
    let key = STANDARD.decode(encoded).map_err(|_| format!("{wanted}; this is not base64"))?;
    if (SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&key.len()) {
        Ok(key)
    } else {
        Err(format!("{wanted}; it has {}", key.len()))
    }
}

/// The value of `webhook-signature`.
pub(crate) fn sign(key: &[u8], id: &str, timestamp_seconds: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(format!("{id}.{timestamp_seconds}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// The headers of a call.
pub(crate) fn headers(key: &[u8], id: &str, now_unix_nano: i64, body: &[u8]) -> Vec<(String, String)> {
    let timestamp_seconds = now_unix_nano.div_euclid(1_000_000_000);
    vec![
        ("content-type".to_owned(), "application/json".to_owned()),
        ("webhook-id".to_owned(), id.to_owned()),
        ("webhook-timestamp".to_owned(), timestamp_seconds.to_string()),
        ("webhook-signature".to_owned(), sign(key, id, timestamp_seconds, body)),
    ]
}

#[cfg(test)]
mod tests;
