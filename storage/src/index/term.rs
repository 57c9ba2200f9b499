//! Terms: what a block of rows can be asked for. A term is a hash and, where the dictionary keeps it, a text.
//!
//! The hashes are stored, so the way they are computed never changes: XXH64, seeded by what kind of term it is.

use std::borrow::Cow;

use twox_hash::XxHash64;

use crate::promoted;

/// How many characters of a token a [`Kind::Beginning`] has.
pub(super) const BEGINNING_CHARS: usize = 3;

/// A longer `key=value` is kept in the dictionary as its key and a hash of the value.
const TEXT_BYTES_MAX: usize = 512;

const WORD: u64 = 1;
const KEY: u64 = 2;
const TRACE: u64 = 3;
const BEGINNING: u64 = 4;
const LINK: u64 = 5;
const IN_MAP: u64 = 6;

/// What a term's text is. Each kind is a field of the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A token of the text.
    Word,
    /// The first characters of a token.
    Beginning,
    /// `key`, or `key=value`.
    Attribute,
    /// Hex digits of a trace id.
    Trace,
    /// Hex digits of the id of a trace that a span links to.
    Link,
    /// `key` of an attribute that has a column and is in a map all the same.
    InMap,
}

impl Kind {
    /// In the order of the dictionary's fields, which is part of the stored form.
    pub(super) const ALL: [Self; 6] =
        [Self::Word, Self::Beginning, Self::Attribute, Self::Trace, Self::Link, Self::InMap];

    pub(super) fn field_name(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Beginning => "beginning",
            Self::Attribute => "attribute",
            Self::Trace => "trace",
            Self::Link => "link",
            Self::InMap => "in_map",
        }
    }
}

pub(super) fn word(token: &str) -> u64 {
    XxHash64::oneshot(WORD, token.as_bytes())
}

pub(super) fn key(key: &str) -> u64 {
    XxHash64::oneshot(KEY, key.as_bytes())
}

/// Of the key with this hash, with this value in plain text.
pub(super) fn attribute(key: u64, value: &str) -> u64 {
    XxHash64::oneshot(key, value.as_bytes())
}

pub(super) fn trace(id: &[u8]) -> u64 {
    XxHash64::oneshot(TRACE, id)
}

pub(super) fn link(id: &[u8]) -> u64 {
    XxHash64::oneshot(LINK, id)
}

/// Of the key with this hash.
pub(super) fn in_map(key: u64) -> u64 {
    XxHash64::oneshot(IN_MAP, &key.to_le_bytes())
}

pub(super) fn trace_text(id: &[u8]) -> String {
    use std::fmt::Write as _;
    id.iter().fold(String::with_capacity(id.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Of a token's [`beginning`].
pub(super) fn beginning_hash(beginning: &str) -> u64 {
    XxHash64::oneshot(BEGINNING, beginning.as_bytes())
}

/// The first characters of a token, or all of it where it is shorter.
pub(super) fn beginning(token: &str) -> &str {
    token.char_indices().nth(BEGINNING_CHARS).map_or(token, |(end, _)| &token[..end])
}

/// The name under which an attribute is indexed: the stable one, where it has an older one.
pub(super) fn stable_name(key: &str) -> &str {
    match key {
        "deployment.environment" => "deployment.environment.name",
        key => promoted::by_attribute(key).map_or(key, |promoted| promoted.attribute.as_ref()),
    }
}

/// `key=value`. A `=` or `\` within the key is escaped, so that no two pairs share a text.
pub(super) fn attribute_text(key: &str, value: &str) -> String {
    let mut text = key_text(key).into_owned();
    if text.len() + value.len() < TEXT_BYTES_MAX {
        text.push('=');
        text.push_str(value);
    } else {
        // `\#` is no escape of a key, so no short value has this text.
        text.push_str(&long(value));
    }
    text
}

/// The text that says that there is such an attribute.
pub(super) fn key_text(key: &str) -> Cow<'_, str> {
    if key.len() >= TEXT_BYTES_MAX {
        return Cow::Owned(long(key));
    }
    if key.contains(['=', '\\']) {
        return Cow::Owned(key.replace('\\', "\\\\").replace('=', "\\="));
    }
    Cow::Borrowed(key)
}

/// 128 bits and a length that stand for a long text.
fn long(text: &str) -> String {
    let bytes = text.as_bytes();
    let halves = [0x6c62_272e, 0x07bb_0142].map(|seed| XxHash64::oneshot(seed, bytes));
    format!("\\#{:016x}{:016x}{:08x}", halves[0], halves[1], bytes.len())
}
