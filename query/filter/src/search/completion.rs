//! What is being typed at a place of a search, for a list of proposals.
//!
//! It reads what parsing reads, but takes whatever is not finished yet.

use super::keys::{Key, row};
use super::parse::{SEARCH_BYTES_MAX, key_of, token_length};
use super::{FieldKey, Order};

/// What is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What it is.
    pub typing: Typing,
    /// Begin of what a proposal takes the place of, in bytes.
    pub from: usize,
    /// Its end.
    pub to: usize,
    /// Whether a term stands before it, so that AND and OR may be proposed.
    pub after_term: bool,
}

/// What is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typing {
    /// A key, or a word.
    Key {
        /// What of it stands before the cursor; without quotation marks.
        prefix: String,
    },
    /// The operator after a key.
    Operator {
        /// The key.
        key: FieldKey,
        /// What of it stands before the cursor.
        prefix: String,
    },
    /// The value of a key.
    Value {
        /// The key.
        key: FieldKey,
        /// What stands between key and value: `:`, `=`, `:>`, `:~`, …; `:` also in brackets.
        operator: String,
        /// What of it stands before the cursor; without quotation marks.
        prefix: String,
        /// Whether it is in quotation marks, which are part of what a proposal takes the place of.
        quoted: bool,
    },
    /// A phrase, or a text that is too long: there is nothing to propose.
    Nothing,
}

/// What is being typed at the cursor, a place in bytes.
pub fn completion_at(text: &str, cursor: usize, keys: &[Key]) -> Completion {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    if text.len() > SEARCH_BYTES_MAX {
        return Completion { typing: Typing::Nothing, from: cursor, to: cursor, after_term: false };
    }
    Reader { text, cursor, keys, position: 0, groups: Vec::new(), after_term: false }.read()
}

struct Reader<'a> {
    text: &'a str,
    cursor: usize,
    keys: &'a [Key],
    position: usize,
    /// For each open bracket the key whose values are in it.
    groups: Vec<Option<FieldKey>>,
    after_term: bool,
}

impl Reader<'_> {
    fn read(mut self) -> Completion {
        loop {
            let rest = &self.text[self.position..];
            self.position += rest.len() - rest.trim_start().len();
            if self.position >= self.cursor {
                return self.start(self.cursor);
            }
            let rest = &self.text[self.position..];
            if rest.starts_with('(') {
                self.groups.push(self.groups.last().cloned().flatten());
                (self.position, self.after_term) = (self.position + 1, false);
            } else if rest.starts_with(')') && !self.groups.is_empty() {
                self.groups.pop();
                (self.position, self.after_term) = (self.position + 1, true);
            } else if rest.starts_with('-') && rest[1..].starts_with(|c: char| !c.is_whitespace()) {
                self.position += 1;
            } else if let Some(completion) = self.term() {
                return completion;
            }
        }
    }

    /// Reads a term; answers where the cursor is in it.
    fn term(&mut self) -> Option<Completion> {
        let (start, rest) = (self.position, &self.text[self.position..]);
        if let Some(key) = self.groups.last().cloned().flatten() {
            return self.value(key, start, ":");
        }
        let key_length = match quoted_length(rest) {
            Some(length) => length,
            None if rest.starts_with('"') => return Some(self.answer(Typing::Nothing, start, self.text.len())),
            None => key_of(rest).map_or(0, str::len),
        };
        let operator = operator_of(&rest[key_length..]);
        if key_length > 0 && !operator.is_empty() && !(operator == ":" && rest[key_length..].starts_with("://")) {
            return self.field(start, key_length, operator);
        }
        let end = start + key_length.max(token_length(rest, !self.groups.is_empty()).0).max(1);
        if self.cursor <= end {
            let typed = &self.text[start..self.cursor];
            if rest.starts_with('"') {
                return Some(self.answer(Typing::Nothing, start, end));
            }
            return Some(match typed.strip_suffix('!').filter(|key| !key.is_empty()) {
                Some(key) => {
                    let typing = Typing::Operator { key: self.key(key, false), prefix: "!".to_owned() };
                    self.answer(typing, start + key.len(), end)
                }
                None => self.answer(Typing::Key { prefix: typed.to_owned() }, start, end),
            });
        }
        self.after_term = !["AND", "OR", "NOT"].contains(&&self.text[start..end]);
        self.position = end;
        None
    }

    /// A key with its operator.
    fn field(&mut self, start: usize, key_length: usize, operator: &str) -> Option<Completion> {
        let written = &self.text[start..start + key_length];
        let key_end = start + key_length;
        let is_quoted = written.starts_with('"');
        if self.cursor <= key_end {
            let prefix = self.text[start..self.cursor].trim_matches('"').to_owned();
            return Some(self.answer(Typing::Key { prefix }, start, key_end));
        }
        let key = self.key(written.trim_matches('"'), is_quoted);
        let value = key_end + operator.len();
        if self.cursor < value {
            let prefix = self.text[key_end..self.cursor].to_owned();
            return Some(self.answer(Typing::Operator { key, prefix }, key_end, value));
        }
        if operator == ":" && self.text[value..].starts_with('(') && self.cursor > value {
            self.groups.push(Some(key));
            (self.position, self.after_term) = (value + 1, false);
            return None;
        }
        self.value(key, value, operator)
    }

    /// A value that begins at `start`.
    fn value(&mut self, key: FieldKey, start: usize, operator: &str) -> Option<Completion> {
        let (length, open_quote) = token_length(&self.text[start..], !self.groups.is_empty());
        let end = start + length;
        if self.cursor > end {
            self.after_term = true;
            let next = self.text[self.position..].chars().next().map_or(0, char::len_utf8);
            self.position = end.max(self.position + next);
            return None;
        }
        let typed = &self.text[start..self.cursor];
        let quoted = typed.starts_with('"');
        let prefix = typed.trim_start_matches('"').to_owned();
        let prefix = if quoted && typed.len() > 1 { prefix.trim_end_matches('"').to_owned() } else { prefix };
        // An open quotation mark does not take the terms behind it along.
        let end = if open_quote.is_some() { self.cursor } else { end };
        let typing = Typing::Value { key, operator: operator.to_owned(), prefix, quoted };
        Some(self.answer(typing, start, end))
    }

    /// Where nothing has been typed yet.
    fn start(&self, at: usize) -> Completion {
        let typing = match self.groups.last().cloned().flatten() {
            Some(key) => Typing::Value { key, operator: ":".to_owned(), prefix: String::new(), quoted: false },
            None => Typing::Key { prefix: String::new() },
        };
        self.answer(typing, at, at)
    }

    fn answer(&self, typing: Typing, from: usize, to: usize) -> Completion {
        Completion { typing, from, to, after_term: self.after_term }
    }

    fn key(&self, name: &str, quoted: bool) -> FieldKey {
        let known = row(self.keys, name).filter(|_| !quoted);
        known.map_or_else(|| FieldKey::Attribute(name.to_owned()), |key| FieldKey::Reserved(key.name.to_owned()))
    }
}

/// The length of the text in quotation marks that is next, if it is closed.
fn quoted_length(text: &str) -> Option<usize> {
    let mut inside = crate::scanner::Scanner::new(text);
    inside.quoted().ok().map(|_| inside.position())
}

/// What stands between a key and its value, with what belongs to the operator after a colon; may be empty.
fn operator_of(text: &str) -> &str {
    let orders = Order::ALL.map(Order::as_str);
    let after_colon = ["~"].into_iter().chain(orders);
    if let Some(rest) = text.strip_prefix(':') {
        let more = after_colon.into_iter().find(|more| rest.starts_with(more)).map_or(0, str::len);
        return &text[..1 + more];
    }
    let length = ["!=", "="].into_iter().chain(orders).find(|one| text.starts_with(one)).map_or(0, str::len);
    &text[..length]
}
