//! The grammar of a text search: words (all of them), `"phrases"`, `prefix*`, and `-` before any of them to exclude.
//!
//! Texts are compared token by token with the tokenizer that the index uses, so that index and scan agree. A word that
//! the tokenizer takes apart (`user-id:42`) is a phrase of its parts. What this leaves out: `or`, brackets, fields.

mod ascii;

use std::cell::OnceCell;

use storage::IndexQuery;
use storage::text::tokens;

use crate::error::Error;

/// A text search, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextQuery {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    excluded: bool,
    /// Consecutive tokens; the last one only begins a token if `prefix` is set.
    phrase: Vec<String>,
    prefix: bool,
}

impl TextQuery {
    /// Reads a search; empty text matches everything.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut terms = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                return Ok(Self { terms });
            }
            let position = text.len() - rest.len();
            let (term, after) = read_term(rest, position)?;
            terms.push(term);
            rest = after;
        }
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a text has what is asked for.
    pub fn matches(&self, text: &str) -> bool {
        self.matches_any_of(std::iter::once(text))
    }

    /// Whether several texts together have what is asked for; a phrase lies within one of them.
    pub fn matches_any_of<'a>(&self, texts: impl Iterator<Item = &'a str>) -> bool {
        let texts: Vec<Text<'_>> = texts.map(Text::new).collect();
        self.terms.iter().all(|term| texts.iter().any(|text| text.has(term)) != term.excluded)
    }

    /// What the index may be asked: its answer holds every match, and perhaps more.
    pub fn index(&self) -> Option<IndexQuery> {
        let wanted: Vec<IndexQuery> = self.terms.iter().filter(|term| !term.excluded).flat_map(Term::index).collect();
        (!wanted.is_empty()).then_some(IndexQuery::All(wanted))
    }
}

/// A text that is taken apart only where it has to be.
struct Text<'a> {
    text: &'a str,
    is_plain: bool,
    tokens: OnceCell<Vec<String>>,
}

impl<'a> Text<'a> {
    fn new(text: &'a str) -> Self {
        let is_plain = text.len() <= ascii::TEXT_BYTES_MAX && text.is_ascii();
        Self { text, is_plain, tokens: OnceCell::new() }
    }

    fn has(&self, term: &Term) -> bool {
        if self.is_plain {
            return ascii::occurs(self.text.as_bytes(), &term.phrase, term.prefix);
        }
        term.occurs(self.tokens.get_or_init(|| tokens(self.text).collect()))
    }
}

impl Term {
    fn occurs(&self, text: &[String]) -> bool {
        text.windows(self.phrase.len()).any(|window| {
            let last = self.phrase.len() - 1;
            let fits = |i: usize| {
                if self.prefix && i == last {
                    window[i].starts_with(&self.phrase[i])
                } else {
                    window[i] == self.phrase[i]
                }
            };
            (0..=last).all(fits)
        })
    }

    fn index(&self) -> Vec<IndexQuery> {
        match (self.phrase.as_slice(), self.prefix) {
            ([word], false) => vec![IndexQuery::Words(vec![word.clone()])],
            (phrase, false) => vec![IndexQuery::Phrase(phrase.to_vec())],
            ([before @ .., last], true) => {
                let mut all = vec![IndexQuery::Prefix(last.clone())];
                if !before.is_empty() {
                    all.push(IndexQuery::Words(before.to_vec()));
                }
                all
            }
            ([], true) => Vec::new(),
        }
    }
}

/// Reads one term at the begin of `rest`, which is not empty.
fn read_term(rest: &str, position: usize) -> Result<(Term, &str), Error> {
    let (excluded, body) = match rest.strip_prefix('-') {
        Some(body) if !body.is_empty() && !body.starts_with(char::is_whitespace) => (true, body),
        _ => (false, rest),
    };
    let (raw, after, quoted) = match body.strip_prefix('"') {
        Some(inside) => {
            let end = inside.find('"').ok_or_else(|| {
                at(position, format!("the quotation mark in {rest:?} has no partner"))
                    .with_hint("close the phrase with \"")
            })?;
            (&inside[..end], &inside[end + 1..], true)
        }
        None => {
            let end = body.find(|c: char| c.is_whitespace()).unwrap_or(body.len());
            (&body[..end], &body[end..], false)
        }
    };
    let prefix = !quoted && raw.ends_with('*');
    let phrase: Vec<String> = tokens(raw).collect();
    if phrase.is_empty() {
        return Err(at(position, format!("{raw:?} has no letter or digit to search for")));
    }
    Ok((Term { excluded, phrase, prefix }, after))
}

fn at(position: usize, message: String) -> Error {
    Error { position: Some(position as u64), ..Error::invalid(message) }
}

#[cfg(test)]
mod tests;
