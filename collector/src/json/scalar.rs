//! Single JSON values, and what each type of field makes of them.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

const BASE64: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const BASE64_STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, BASE64);
const BASE64_URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, BASE64);

/// A value that does not fit its field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mismatch {
    pub(super) expected: &'static str,
    pub(super) found: &'static str,
}

/// A JSON value of which lists and objects are skipped: where a scalar belongs, they are wrong whatever is in them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar<'de> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(Cow<'de, str>),
    List,
    Object,
}

impl Scalar<'_> {
    pub(super) fn text(self) -> Result<String, Mismatch> {
        match self {
            Self::Null => Ok(String::new()),
            Self::Text(text) => Ok(text.into_owned()),
            other => Err(other.is_not("a string")),
        }
    }

    pub(super) fn boolean(&self) -> Result<bool, Mismatch> {
        match self {
            Self::Null => Ok(false),
            Self::Bool(truth) => Ok(*truth),
            other => Err(other.is_not("true or false")),
        }
    }

    /// An integer type of at most 64 bits.
    pub(super) fn integer<T: TryFrom<i128> + Default>(&self, expected: &'static str) -> Result<T, Mismatch> {
        let wide = match self {
            Self::Null => return Ok(T::default()),
            Self::Unsigned(number) => Some(i128::from(*number)),
            Self::Signed(number) => Some(i128::from(*number)),
            Self::Float(number) => whole(*number),
            Self::Text(text) => match text.parse::<i128>() {
                Ok(number) => Some(number),
                Err(_) => decimal(text).and_then(whole),
            },
            _ => None,
        };
        wide.and_then(|wide| T::try_from(wide).ok()).ok_or_else(|| self.is_not(expected))
    }

    /// An enumeration: its number, or a name that `numbered` knows.
    pub(super) fn enumeration(
        &self,
        expected: &'static str,
        numbered: impl Fn(&str) -> Option<i32>,
    ) -> Result<i32, Mismatch> {
        match self {
            Self::Text(name) if !name.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => {
                numbered(name).ok_or(Mismatch { expected, found: "another name" })
            }
            _ => self.integer(expected),
        }
    }

    /// An id: hex digits. Its length is judged with that of binary ids, later.
    pub(super) fn id(&self) -> Result<Vec<u8>, Mismatch> {
        match self {
            Self::Null => Ok(Vec::new()),
            Self::Text(text) => {
                unhex(text.as_bytes()).ok_or(Mismatch { expected: "hex digits, two a byte", found: "another string" })
            }
            other => Err(other.is_not("a string of hex digits")),
        }
    }

    /// Bytes: base64.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, Mismatch> {
        match self {
            Self::Null => Ok(Vec::new()),
            Self::Text(text) => {
                let is_url_safe = text.contains(['-', '_']);
                let engine = if is_url_safe { &BASE64_URL_SAFE } else { &BASE64_STANDARD };
                engine.decode(text.as_bytes()).map_err(|_| Mismatch { expected: "base64", found: "another string" })
            }
            other => Err(other.is_not("a string of base64")),
        }
    }

    fn is_not(&self, expected: &'static str) -> Mismatch {
        let found = match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Unsigned(_) | Self::Signed(_) | Self::Float(_) => "another number",
            Self::Text(_) => "another string",
            Self::List => "a list",
            Self::Object => "an object",
        };
        let is_same = |kind: &str| expected.contains(kind);
        let found = match found {
            "another number" if !is_same("number") && !is_same("integer") => "a number",
            "another string" if !is_same("string") && !is_same("integer") => "a string",
            found => found,
        };
        Mismatch { expected, found }
    }
}

/// A double, from its text: the digits are converted exactly, which serde_json's own conversion does not promise.
pub(super) fn double(raw: &RawValue) -> Result<f64, Mismatch> {
    let text = raw.get();
    let mismatch = |found| Mismatch { expected: "a number", found };
    match text.as_bytes().first() {
        Some(b'n') => Ok(0.0),
        Some(b't' | b'f') => Err(mismatch("a boolean")),
        Some(b'[') => Err(mismatch("a list")),
        Some(b'{') => Err(mismatch("an object")),
        Some(b'"') => match text.trim_matches('"') {
            "NaN" => Ok(f64::NAN),
            "Infinity" => Ok(f64::INFINITY),
            "-Infinity" => Ok(f64::NEG_INFINITY),
            digits => decimal(digits).ok_or(mismatch("another string")),
        },
        _ => decimal(text).ok_or(mismatch("a number out of range")),
    }
}

/// A finite decimal number; Rust's own words for infinity and NaN are not JSON's.
fn decimal(text: &str) -> Option<f64> {
    let is_numeric = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    if is_numeric { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

fn whole(number: f64) -> Option<i128> {
    // Beyond 2^64 no field can hold it anyway.
    let is_whole = number.fract() == 0.0 && number.abs() <= 18_446_744_073_709_551_616.0;
    is_whole.then_some(number as i128)
}

fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?)).collect()
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Signed(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Unsigned(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Float(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(text)))
    }

    fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar<'de>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Object)
    }
}
