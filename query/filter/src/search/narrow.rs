//! What a screen does with a search: narrows it by a click on a value, marks what it found.

use super::keys::{Key, row_of};
use super::parse::alternative_key;
use super::{Field, Search, Text};
use crate::joined::one_or;

impl Search {
    /// The search narrowed by a condition. One that is there already, or its opposite, is replaced; a value of a key whose
    /// values are alternatives is one more of them.
    pub fn with(self, field: Field, keys: &[Key]) -> Self {
        let is_same =
            |one: &Self| matches!(one, Self::Field(known) if (&known.key, &known.test) == (&field.key, &field.test));
        let mut all = match self {
            Self::Everything => Vec::new(),
            Self::And(all) => all,
            one => vec![one],
        };
        all.retain(|one| !is_same(one));
        let mut added = Self::Field(field.clone());
        let is_alternative = alternative_key(&added, keys).is_some();
        if row_of(keys, &field.key).is_some_and(|row| row.alternatives) {
            let is_choice = |one: &Self| is_choice_of(one, &field, keys);
            if let Some(at) = all.iter().position(is_choice) {
                let mut values = match all.remove(at) {
                    Self::Or(values) => values,
                    one => vec![one],
                };
                values.retain(|one| !is_same(one));
                if is_alternative {
                    values.push(added);
                    added = one_or(values, Self::Or);
                } else if !values.is_empty() {
                    all.insert(at, one_or(values, Self::Or));
                }
            }
        }
        all.push(added);
        one_or(all, Self::And)
    }

    /// What to mark in the texts that were found: what they were searched for, without what they must not have.
    pub fn marks(&self) -> Vec<&Text> {
        match self {
            Self::Text(text) => vec![text],
            Self::And(all) | Self::Or(all) => all.iter().flat_map(Self::marks).collect(),
            Self::Everything | Self::Not(_) | Self::Field(_) => Vec::new(),
        }
    }
}

/// Whether it is a value of the field's key, or several to choose from.
fn is_choice_of(search: &Search, field: &Field, keys: &[Key]) -> bool {
    let is_value = |one: &Search| alternative_key(one, keys) == Some(&field.key);
    match search {
        Search::Or(values) => values.iter().all(is_value),
        one => is_value(one),
    }
}
