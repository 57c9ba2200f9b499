//! The table of the keys that are more than attributes.

use super::FieldKey;
use crate::nearest::nearest;

/// A key of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its own name.
    pub name: &'static str,
    /// What it is called as well.
    pub aliases: &'static [&'static str],
    /// What its values are.
    pub key_type: KeyType,
    /// Whether several values beside each other are alternatives: `service:a service:b` is either.
    pub alternatives: bool,
}

impl Key {
    /// A key without aliases, whose values are joined as other terms are.
    pub const fn new(name: &'static str, key_type: KeyType) -> Self {
        Self { name, aliases: &[], key_type, alternatives: false }
    }
}

/// What the values of a key are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// Text, also if it looks like a number.
    Text,
    /// Numbers.
    Number,
    /// `true` or `false`.
    Bool,
    /// Durations; without a unit milliseconds.
    Duration,
    /// Sizes; without a unit bytes.
    Size,
    /// One of these words, in any case.
    Words(&'static [&'static str]),
    /// One of these words, smallest first. `level:warn` is `warn` or more, `level=warn` is `warn`.
    Levels(&'static [&'static str]),
}

/// The row of a name or alias.
pub(super) fn row<'k>(keys: &'k [Key], name: &str) -> Option<&'k Key> {
    keys.iter().find(|key| key.name == name || key.aliases.contains(&name))
}

/// The row of a key; none for an attribute.
pub(super) fn row_of<'k>(keys: &'k [Key], key: &FieldKey) -> Option<&'k Key> {
    match key {
        FieldKey::Reserved(name) => row(keys, name),
        FieldKey::Attribute(_) => None,
    }
}

impl FieldKey {
    /// The key of the table that an attribute's name may be a misspelling of. An attribute may be called anything, so
    /// this is for a hint and no mistake.
    pub fn nearest<'k>(&self, keys: &'k [Key]) -> Option<&'k str> {
        match self {
            Self::Reserved(_) => None,
            Self::Attribute(name) => nearest(name, keys.iter().map(|key| key.name)),
        }
    }
}
