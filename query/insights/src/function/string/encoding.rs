//! Encodings of texts for addresses and mail.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// Everything but letters, digits and `-_.~` becomes `%XX` (RFC 3986).
pub(super) fn url_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// `%XX` becomes its byte and `+` a blank; `None` where the result is no UTF-8. A `%` without two digits stays.
pub(super) fn url_decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while let Some(byte) = bytes.get(position) {
        let digits = bytes.get(position + 1..position + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = digits
            .filter(|digits| *byte == b'%' && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(escaped) => {
                decoded.push(escaped);
                position += 3;
            }
            None => {
                decoded.push(if *byte == b'+' { b' ' } else { *byte });
                position += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}

pub(super) fn base64_encode(text: &str) -> String {
    STANDARD.encode(text)
}

/// Of either alphabet, with or without padding; `None` where it is none, or what it holds is no UTF-8.
pub(super) fn base64_decode(text: &str) -> Option<String> {
    let text = text.trim();
    let bytes =
        [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].iter().find_map(|engine| engine.decode(text).ok())?;
    String::from_utf8(bytes).ok()
}
