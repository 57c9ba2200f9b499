//! Ids and secrets.

use api::{ApiError, ErrorKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An id that rises with time: a version 7 UUID in 32 hex digits.
pub(crate) fn rising(now_unix_nano: i64) -> Result<String, ApiError> {
    let millis = u64::try_from(now_unix_nano / 1_000_000).unwrap_or(0);
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &random_bytes::<10>()?).into_uuid();
    Ok(id.simple().to_string())
}

/// A new webhook secret of 32 random bytes.
pub(crate) fn webhook_secret() -> Result<String, ApiError> {
    Ok(format!("{}{}", crate::signature::SECRET_PREFIX, STANDARD.encode(random_bytes::<32>()?)))
}

/// A random number in `[0, 1)`, for jitter.
pub(crate) fn random_fraction() -> f64 {
    let bits = getrandom::u32().unwrap_or(u32::MAX / 2);
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

fn random_bytes<const N: usize>() -> Result<[u8; N], ApiError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| ApiError::new(ErrorKind::Internal, format!("the system gives no random numbers: {error}")))?;
    Ok(bytes)
}
