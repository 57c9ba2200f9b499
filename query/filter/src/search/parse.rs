//! Reads searches.

mod field;

use super::keys::{Key, row};
use super::{Field, FieldKey, FieldTest, Search, Shape, Text};
use crate::error::SyntaxError;
use crate::joined::one_or;
use crate::scanner::Scanner;

/// The longest search, in bytes.
pub const SEARCH_BYTES_MAX: usize = 16 << 10;

/// How deep brackets, `NOT` and `-` may be nested.
pub const SEARCH_DEPTH_MAX: usize = 32;

/// The most words, phrases and conditions that a search may have.
pub const TERMS_MAX: usize = 512;

/// Reads a search; empty text asks nothing. `keys` are those that are more than attributes.
pub fn parse_search(text: &str, keys: &[Key]) -> Result<Search, SyntaxError> {
    if text.len() > SEARCH_BYTES_MAX {
        let message = format!(
            "the search has {} bytes, more than the {SEARCH_BYTES_MAX} that a search may have; shorten it",
            text.len()
        );
        return Err(SyntaxError::new(0, text.len(), message));
    }
    let mut parser = Parser { scanner: Scanner::new(text), keys, depth: 0, brackets: 0, terms: 0, of_key: None };
    parser.scanner.skip_whitespace();
    if parser.scanner.is_at_end() {
        return Ok(Search::Everything);
    }
    parser.or()
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    keys: &'a [Key],
    depth: usize,
    /// Brackets that are open.
    brackets: usize,
    terms: usize,
    /// The key whose values are read: in `key:( … )`.
    of_key: Option<FieldKey>,
}

impl Parser<'_> {
    fn or(&mut self) -> Result<Search, SyntaxError> {
        let mut all = vec![self.and()?];
        while self.eat_operator("OR") {
            all.push(self.and()?);
        }
        Ok(one_or(all, Search::Or))
    }

    fn and(&mut self) -> Result<Search, SyntaxError> {
        let mut all = vec![self.unary()?];
        let mut is_explicit = false;
        loop {
            if self.eat_operator("AND") {
                is_explicit = true;
            } else if self.is_at_end_of_group() || self.is_operator("OR") {
                break;
            }
            all.push(self.unary()?);
        }
        if !is_explicit {
            all = self.with_alternatives(all);
        }
        // What asks nothing takes nothing away.
        if all.len() > 1 {
            all.retain(|one| *one != Search::Everything);
        }
        Ok(if all.is_empty() { Search::Everything } else { one_or(all, Search::And) })
    }

    /// Values of one key whose row says so become alternatives, where the first of them stands.
    fn with_alternatives(&self, all: Vec<Search>) -> Vec<Search> {
        let mut joined: Vec<(Option<FieldKey>, Vec<Search>)> = Vec::new();
        for one in all {
            let key = alternative_key(&one, self.keys).cloned();
            match joined.iter_mut().find(|(known, _)| key.is_some() && *known == key) {
                Some((_, values)) => values.push(one),
                None => joined.push((key, vec![one])),
            }
        }
        joined.into_iter().map(|(_, values)| one_or(values, Search::Or)).collect()
    }

    fn unary(&mut self) -> Result<Search, SyntaxError> {
        self.scanner.skip_whitespace();
        let start = self.scanner.position();
        self.depth += 1;
        if self.depth > SEARCH_DEPTH_MAX {
            let message = format!("brackets and NOT are nested deeper than the {SEARCH_DEPTH_MAX} that may be");
            return Err(SyntaxError::new(start, 0, message));
        }
        let search = if self.eat_operator("NOT") {
            self.unary().map(not)
        } else {
            self.check_operand()?;
            let negative = self.eat_minus();
            if self.scanner.peek() == Some('(') {
                let inside = self.group()?;
                if negative { Ok(not(inside)) } else { Ok(inside) }
            } else {
                self.term(negative)
            }
        };
        self.depth -= 1;
        search
    }

    /// A term has to be next.
    fn check_operand(&mut self) -> Result<(), SyntaxError> {
        let position = self.scanner.position();
        if let Some(operator) = ["AND", "OR"].into_iter().find(|operator| self.is_operator(operator)) {
            let message =
                format!("expected a word or condition before {operator}; for the word itself write \"{operator}\"");
            return Err(SyntaxError::new(position, operator.len(), message));
        }
        match self.scanner.peek() {
            None => {
                let message = "expected a word or condition";
                Err(SyntaxError::new(position, 0, message))
            }
            Some(')') if self.brackets > 0 => {
                Err(SyntaxError::new(position, 1, "expected a word or condition before )"))
            }
            Some(')') => {
                let message = "the bracket has no opening partner; for the character itself write \")\"";
                Err(SyntaxError::new(position, 1, message))
            }
            Some(_) => Ok(()),
        }
    }

    /// A minus before something; alone it is a word.
    fn eat_minus(&mut self) -> bool {
        let after = self.scanner.rest().strip_prefix('-').and_then(|rest| rest.chars().next());
        let before_something = after.is_some_and(|c| !c.is_whitespace() && (c != ')' || self.brackets == 0));
        before_something && self.scanner.eat("-")
    }

    /// `( search )`.
    fn group(&mut self) -> Result<Search, SyntaxError> {
        let start = self.scanner.position();
        self.scanner.skip(1);
        self.brackets += 1;
        let inside = self.or()?;
        self.scanner.skip_whitespace();
        if !self.scanner.eat(")") {
            let message = "the bracket is not closed; add ) after its end, or put it in quotation marks";
            return Err(SyntaxError::new(start, 1, message).expecting([")"]));
        }
        self.brackets -= 1;
        Ok(inside)
    }

    /// A word, a phrase or a condition.
    fn term(&mut self, negative: bool) -> Result<Search, SyntaxError> {
        let start = self.scanner.position();
        self.terms += 1;
        if self.terms > TERMS_MAX {
            let message = format!("the search has more than the {TERMS_MAX} words and conditions that it may have");
            return Err(SyntaxError::new(start, 0, message));
        }
        if let Some(key) = self.of_key.clone() {
            return self.value_of(&key, negative);
        }
        if self.scanner.peek() == Some('"') {
            let quoted = self.scanner.quoted()?;
            let length = self.scanner.position() - start;
            let before = self.scanner.clone();
            if let Some(field) = self.field(FieldKey::Attribute(quoted.clone()), negative, start)? {
                return Ok(field);
            }
            self.scanner = before;
            if quoted.is_empty() {
                return Err(SyntaxError::new(start, length, "nothing stands between the quotation marks"));
            }
            let shape = if self.scanner.eat("*") { Shape::Prefix } else { Shape::Phrase };
            return Ok(text(quoted, shape, negative));
        }
        if let Some(name) = self.key_ahead() {
            let known = row(self.keys, name).map(|key| FieldKey::Reserved(key.name.to_owned()));
            let key = known.unwrap_or_else(|| FieldKey::Attribute(name.to_owned()));
            let before = self.scanner.clone();
            self.scanner.skip(name.len());
            if let Some(field) = self.field(key, negative, start)? {
                return Ok(field);
            }
            self.scanner = before;
        }
        let word = self.token()?;
        Ok(match word.strip_suffix('*') {
            Some("") => {
                let everything = Search::Everything;
                if negative { not(everything) } else { everything }
            }
            Some(begin) => text(begin.to_owned(), Shape::Prefix, negative),
            None => text(word.to_owned(), Shape::Word, negative),
        })
    }

    /// Up to the next space, or the bracket that ends the group. Quotation marks keep what is between them together.
    fn token(&mut self) -> Result<&str, SyntaxError> {
        let start = self.scanner.position();
        let rest = self.scanner.rest();
        let (length, open_quote) = token_length(rest, self.brackets > 0);
        if let Some(at) = open_quote {
            let message = "the quotation mark has no partner; close it or leave it away";
            return Err(SyntaxError::new(start + at, 1, message).expecting(["\""]));
        }
        self.scanner.skip(length);
        Ok(&rest[..length])
    }

    /// The key before the operator that is ahead, if there is one.
    fn key_ahead(&self) -> Option<&str> {
        key_of(self.scanner.rest())
    }

    fn eat_operator(&mut self, operator: &str) -> bool {
        let found = self.is_operator(operator);
        if found {
            self.scanner.skip(operator.len());
            self.scanner.skip_whitespace();
        }
        found
    }

    /// Whether the operator is next, as a word of its own.
    fn is_operator(&mut self, operator: &str) -> bool {
        self.scanner.skip_whitespace();
        let after = self.scanner.rest().strip_prefix(operator);
        after.is_some_and(|after| after.chars().next().is_none_or(|c| c.is_whitespace() || c == '(' || c == ')'))
    }

    fn is_at_end_of_group(&mut self) -> bool {
        self.scanner.skip_whitespace();
        self.scanner.is_at_end() || (self.brackets > 0 && self.scanner.peek() == Some(')'))
    }
}

/// The length of the token that the text begins with, and where in it a quotation mark is open. `in_brackets`: whether a
/// closing bracket without a partner in the token ends it.
pub(super) fn token_length(text: &str, in_brackets: bool) -> (usize, Option<usize>) {
    let (mut quote, mut escaped, mut open) = (None, false, 0usize);
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => quote = if quote.is_some() { None } else { Some(at) },
            _ if quote.is_some() => {}
            c if c.is_whitespace() => return (at, None),
            ')' if in_brackets && open == 0 => return (at, None),
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    (text.len(), quote)
}

/// The key that the text begins with, if an operator follows it. The minus of `a->b` is part of an arrow.
pub(super) fn key_of(text: &str) -> Option<&str> {
    let ends =
        |at: usize, c: char| c.is_whitespace() || ":=<>\"/()".contains(c) || (c == '!' && text[at..].starts_with("!="));
    let (end, _) = text.char_indices().find(|(at, c)| ends(*at, *c))?;
    let (key, rest) = text.split_at(end);
    let is_operator = rest.starts_with([':', '=', '<', '>', '!']);
    let begins = key.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_arrow = key.ends_with('-') && rest.starts_with(['<', '>']);
    (is_operator && begins && !is_arrow).then_some(key)
}

/// The key of a condition that is an alternative to others of its key.
pub(super) fn alternative_key<'s>(search: &'s Search, keys: &[Key]) -> Option<&'s FieldKey> {
    match search {
        Search::Field(Field { key, negated: false, test: FieldTest::Equals(_) }) => {
            super::keys::row_of(keys, key).filter(|row| row.alternatives).map(|_| key)
        }
        _ => None,
    }
}

fn text(text: String, shape: Shape, negative: bool) -> Search {
    let search = Search::Text(Text { text, shape });
    if negative { not(search) } else { search }
}

fn not(search: Search) -> Search {
    Search::Not(Box::new(search))
}
