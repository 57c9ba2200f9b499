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

/// The tokens with the byte range of the text they come from.
pub(crate) fn spans(text: &str) -> impl Iterator<Item = (usize, usize, Cow<'_, str>)> {
    Spans { text, at: 0 }.map(|(from, to)| (from, to, lower(&text[from..to])))
}

struct Spans<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Spans<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        let rest = &self.text[self.at..];
        let from = self.at + rest.find(char::is_alphanumeric)?;
        let mut to = from;
        for c in self.text[from..].chars() {
            // The lower-case form is what must fit, and it can be longer than the original by half at most.
            if !c.is_alphanumeric() || to - from + c.len_utf8() > TOKEN_BYTES_MAX {
                break;
            }
            to += c.len_utf8();
        }
        self.at = to;
        Some((from, to))
    }
}

fn lower(token: &str) -> Cow<'_, str> {
    if token.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        Cow::Borrowed(token)
    } else {
        // Per character, so that a word's form does not depend on what stands beside it (the Greek final sigma).
        Cow::Owned(token.chars().flat_map(char::to_lowercase).collect())
    }
}

#[cfg(test)]
mod tests;
