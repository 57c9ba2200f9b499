//! Random secrets and their fingerprints.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::failure::Failure;

/// No letters that look like another.
const CODE_ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Random bytes from the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::internal(format!("the system has no random numbers: {error}")))?;
    Ok(bytes)
}

/// A code of 80 random bits that a person can type: `ABCD-EFGH-JKLM-NPQR`.
pub(super) fn setup_code() -> Result<String, Failure> {
    let letters = random::<16>()?.map(|byte| char::from(CODE_ALPHABET[usize::from(byte % 32)]));
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// An ingest key of 256 random bits.
pub(super) fn ingest_key() -> Result<String, Failure> {
    Ok(format!("{INGEST_PREFIX}{}", URL_SAFE_NO_PAD.encode(random::<32>()?)))
}

/// How every ingest key begins.
pub(super) const INGEST_PREFIX: &str = "ald_";

/// SHA-256. Enough for secrets that are random themselves; passwords go through argon2.
pub(super) fn fingerprint(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The fingerprint as it is stored.
pub(super) fn fingerprint_hex(secret: &str) -> String {
    hex(&fingerprint(secret))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
