//! The tokenizer: the same for the index and for the exact filter over live rows and scans.
//!
//! A token is a run of letters and digits (Unicode), lower-cased. Everything else separates. A run longer than
//! [`TOKEN_BYTES_MAX`] becomes several tokens that follow one another, so a long word is found as the phrase of its
//! pieces and nothing is left out.

use std::borrow::Cow;

/// The longest token in bytes.
pub const TOKEN_BYTES_MAX: usize = 256;

/// The tokens of a text, in order.
pub fn tokens(text: &str) -> impl Iterator<Item = String> + '_ {
    spans(text).map(|(_, _, token)| token.into_owned())
}

/// Whether the text has all of these tokens, in any order.
pub fn has_words(text: &str, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let mut missing: Vec<&str> = words.iter().map(String::as_str).collect();
    for (_, _, token) in spans(text) {
        missing.retain(|word| *word != token);
        if missing.is_empty() {
            return true;
        }
    }
    false
}

/// Whether the text has these tokens one after the other.
pub fn has_phrase(text: &str, phrase: &[String]) -> bool {
    let all: Vec<Cow<'_, str>> = spans(text).map(|(_, _, token)| token).collect();
    phrase.is_empty() || all.windows(phrase.len()).any(|window| window.iter().zip(phrase).all(|(a, b)| a == b))
}

/// Whether the text has a token that begins with this (lower case).
pub fn has_prefix(text: &str, prefix: &str) -> bool {
    spans(text).any(|(_, _, token)| token.starts_with(prefix))
}

/// Hands on the tokens, in order. `token` is memory that is used again.
pub(crate) fn each_token(text: &str, token: &mut String, mut each: impl FnMut(&str)) {
    for (from, to) in (Spans { text, at: 0 }) {
        let original = &text[from..to];
        if is_lower(original) {
            each(original);
        } else {
            token.clear();
            push_lower(original, token);
            each(token);
        }
    }
}

/// The tokens with the byte range of the text they come from.
fn spans(text: &str) -> impl Iterator<Item = (usize, usize, Cow<'_, str>)> {
    Spans { text, at: 0 }.map(|(from, to)| (from, to, lower(&text[from..to])))
}

struct Spans<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Spans<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        let bytes = self.text.as_bytes();
        let mut from = self.at;
        loop {
            let byte = *bytes.get(from)?;
            match char_length(self.text, from, byte) {
                Ok(_) => break,
                Err(separator) => from += separator,
            }
        }
        let mut to = from;
        while let Some(byte) = bytes.get(to) {
            match char_length(self.text, to, *byte) {
                // The lower-case form is what must fit, and it can be longer than the original by half at most.
                Ok(length) if to - from + length <= TOKEN_BYTES_MAX => to += length,
                _ => break,
            }
        }
        self.at = to;
        Some((from, to))
    }
}

/// The bytes of the character there: of a letter or digit, or else of one that separates. Most are ASCII.
fn char_length(text: &str, at: usize, byte: u8) -> Result<usize, usize> {
    if byte.is_ascii() {
        return if byte.is_ascii_alphanumeric() { Ok(1) } else { Err(1) };
    }
    let c = text[at..].chars().next().expect("a byte stands there");
    if c.is_alphanumeric() { Ok(c.len_utf8()) } else { Err(c.len_utf8()) }
}

fn is_lower(token: &str) -> bool {
    token.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn lower(token: &str) -> Cow<'_, str> {
    if is_lower(token) {
        return Cow::Borrowed(token);
    }
    let mut lower = String::with_capacity(token.len());
    push_lower(token, &mut lower);
    Cow::Owned(lower)
}

fn push_lower(token: &str, out: &mut String) {
    if token.is_ascii() {
        out.extend(token.bytes().map(|b| char::from(b.to_ascii_lowercase())));
    } else {
        // Per character, so that a word's form does not depend on what stands beside it (the Greek final sigma).
        out.extend(token.chars().flat_map(char::to_lowercase));
    }
}

#[cfg(test)]
mod tests;
