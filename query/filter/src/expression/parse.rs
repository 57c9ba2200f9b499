//! Reads filter expressions.
//!
//! By hand and from left to right, because what a word is depends on where it stands: `name` is a keyword, a field of
//! `id(…)` or, after an operator, a value without its quotation marks.

mod complex;
mod operand;

use super::keyword::{Flag, Keyword, Scope};
use super::{Comparison, Expression, Side, Test, Value};
use crate::error::SyntaxError;
use crate::joined::one_or;
use crate::nearest::nearest;
use crate::scanner::Scanner;
use operand::{Literal, Operator};

/// The longest expression, in bytes.
pub const TEXT_BYTES_MAX: usize = 64 << 10;

/// How deep brackets, braces and `!` may be nested.
pub const DEPTH_MAX: usize = 64;

/// Words that are no simple keywords, for proposals.
const OTHER_WORDS: [&str; 16] = [
    "service",
    "edge",
    "annotation",
    "group.name",
    "group.arn",
    "rootcause.json",
    "rootcause.fault.service",
    "rootcause.fault.entity",
    "rootcause.fault.exception",
    "rootcause.responsetime.service",
    "rootcause.responsetime.entity",
    "AND",
    "OR",
    "CONTAINS",
    "BEGINSWITH",
    "ENDSWITH",
];

/// Reads a filter expression.
pub fn parse(text: &str) -> Result<Expression, SyntaxError> {
    if text.len() > TEXT_BYTES_MAX {
        let message = format!(
            "the expression has {} bytes, more than the {TEXT_BYTES_MAX} that an expression may have; shorten it",
            text.len()
        );
        return Err(SyntaxError::new(0, text.len(), message));
    }
    let mut parser = Parser { scanner: Scanner::new(text), scope: Scope::Trace, depth: 0 };
    let expression = parser.or()?;
    parser.scanner.skip_whitespace();
    match parser.scanner.peek() {
        None => Ok(expression),
        Some(c) => Err(SyntaxError::new(
            parser.scanner.position(),
            c.len_utf8(),
            format!("{c:?} has no opening partner before it; remove it"),
        )),
    }
}

pub(super) struct Parser<'a> {
    scanner: Scanner<'a>,
    scope: Scope,
    depth: usize,
}

/// A word and where it begins.
struct Word<'a> {
    text: &'a str,
    lower: String,
    position: usize,
}

impl<'a> Parser<'a> {
    fn or(&mut self) -> Result<Expression, SyntaxError> {
        let mut all = vec![self.and()?];
        while self.eat_word("or") {
            all.push(self.and()?);
        }
        Ok(one_or(all, Expression::Or))
    }

    fn and(&mut self) -> Result<Expression, SyntaxError> {
        let mut all = vec![self.unary()?];
        loop {
            if self.eat_word("and") {
                all.push(self.unary()?);
                continue;
            }
            self.scanner.skip_whitespace();
            if matches!(self.scanner.peek(), None | Some(')' | '}')) || self.next_word().lower == "or" {
                return Ok(one_or(all, Expression::And));
            }
            all.push(self.unary()?);
        }
    }

    fn unary(&mut self) -> Result<Expression, SyntaxError> {
        self.scanner.skip_whitespace();
        let start = self.scanner.position();
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let message = format!("brackets, braces and ! are nested deeper than the {DEPTH_MAX} that may be");
            return Err(SyntaxError::new(start, 0, message));
        }
        let expression = if self.scanner.rest().starts_with("!=") {
            Err(SyntaxError::new(start, 2, "!= stands without a keyword before it"))
        } else if self.scanner.eat("!") {
            self.unary().map(|one| Expression::Not(Box::new(one)))
        } else if self.scanner.eat("(") {
            let inside = self.or()?;
            self.closing(")", start)?;
            Ok(inside)
        } else {
            self.primary().map(Expression::Test)
        };
        self.depth -= 1;
        expression
    }

    /// `)` or `}`, whose partner is at `start`.
    fn closing(&mut self, closing: &'static str, start: usize) -> Result<(), SyntaxError> {
        self.scanner.skip_whitespace();
        if self.scanner.eat(closing) {
            return Ok(());
        }
        if self.scanner.is_at_end() {
            let message = format!("the bracket is not closed; add {closing:?} after its end");
            return Err(SyntaxError::new(start, 1, message).expecting([closing]));
        }
        let found = self.scanner.peek().unwrap_or_default();
        let message = format!("expected {closing:?}, not {found:?}");
        Err(SyntaxError::new(self.scanner.position(), found.len_utf8(), message).expecting([closing]))
    }

    fn primary(&mut self) -> Result<Test, SyntaxError> {
        let word = self.next_word();
        if word.text.is_empty() {
            return Err(self.no_condition());
        }
        self.scanner.skip(word.text.len());
        if let Some(keyword) = Keyword::all().find(|keyword| keyword.as_str() == word.lower) {
            return self.simple(keyword, &word);
        }
        if let Some((side, key_at)) = annotation_side(&word.lower) {
            return self.annotation(side, key_at, &word);
        }
        match word.lower.as_str() {
            "and" | "or" => Err(self.error_at(&word, format!("expected a condition before {}", word.text))),
            "not" => Err(self.error_at(&word, "write ! instead of NOT".to_owned()).expecting(["!"])),
            "id" => Err(self.error_at(&word, "id(…) stands inside service(…) and edge(…, …) only".to_owned())),
            "service" | "edge" | "group.name" | "group.arn" => self.complex(&word),
            lower if lower == "rootcause" || lower.starts_with("rootcause.") => self.complex(&word),
            _ => Err(self.unknown(&word)),
        }
    }

    fn simple(&mut self, keyword: Keyword, word: &Word<'_>) -> Result<Test, SyntaxError> {
        if !self.scope.has(keyword) {
            let message =
                format!("{} cannot stand in {}; it belongs in {}", word.lower, self.scope.name(), keyword.places());
            return Err(self.error_at(word, message).expecting(self.keywords()));
        }
        let operator = self.operator()?;
        match keyword {
            Keyword::Flag(keyword) => self.flag(keyword, operator, word),
            Keyword::Number(keyword) => {
                let Some(operator) = operator else {
                    let message = format!("{0} needs a comparison, such as {0} > 1", word.lower);
                    let operators = Comparison::ALL.map(Comparison::as_str);
                    return Err(SyntaxError::new(self.scanner.position(), 0, message).expecting(operators));
                };
                let comparison = operator.comparison("a number", &word.lower)?;
                let value = self.literal(&word.lower)?.number(&word.lower)?;
                Ok(Test::Number { keyword, operator: comparison, value })
            }
            Keyword::Text(keyword) => {
                let Some(operator) = operator else { return Ok(Test::Text { keyword, compared: None }) };
                let operator = operator.of_text(&word.lower)?;
                let value = self.literal(&word.lower)?.text(&word.lower)?;
                Ok(Test::Text { keyword, compared: Some((operator, value)) })
            }
        }
    }

    fn flag(&mut self, keyword: Flag, operator: Option<Operator>, word: &Word<'_>) -> Result<Test, SyntaxError> {
        let Some(operator) = operator else { return Ok(Test::Flag { keyword, value: true }) };
        let comparison = operator.equality("true or false", &word.lower)?;
        let value = self.literal(&word.lower)?.bool(&word.lower)?;
        Ok(Test::Flag { keyword, value: (comparison == Comparison::Equal) == value })
    }

    /// `key_at`: where the key begins within the word, if it does.
    fn annotation(&mut self, side: Side, key_at: Option<usize>, word: &Word<'_>) -> Result<Test, SyntaxError> {
        if matches!(self.scope, Scope::Cause(..)) {
            return Err(self.error_at(word, format!("annotations cannot stand in {}", self.scope.name())));
        }
        if side != Side::Own && self.scope != Scope::Edge {
            let message = "source. and destination. go before annotations in the braces of an edge only";
            return Err(self.error_at(word, message.to_owned()));
        }
        let key = match key_at {
            Some(at) => word.text[at..].to_owned(),
            None => self.bracket_key(word)?,
        };
        if key.is_empty() {
            return Err(self.error_at(word, "name the annotation, as in annotation.key or annotation[key]".to_owned()));
        }
        let Some(operator) = self.operator()? else { return Ok(Test::Annotation { side, key, compared: None }) };
        let named = format!("annotation[{key}]");
        let compared = match (operator.is_equality(), self.literal(&named)?) {
            (true, Literal::Number { value, .. }) => Value::Number(operator.comparison("a number", &named)?, value),
            (true, Literal::Bool { value, .. }) => Value::Bool(operator.equality("true or false", &named)?, value),
            (true, text) => Value::Text(operator.of_text(&named)?, text.text(&named)?),
            (false, literal) if operator.is_of_text() => Value::Text(operator.of_text(&named)?, literal.text(&named)?),
            (false, literal) => Value::Number(operator.comparison("a number", &named)?, literal.number(&named)?),
        };
        Ok(Test::Annotation { side, key, compared: Some(compared) })
    }

    fn bracket_key(&mut self, word: &Word<'_>) -> Result<String, SyntaxError> {
        self.scanner.skip_whitespace();
        let start = self.scanner.position();
        if !self.scanner.eat("[") {
            let message = "name the annotation, as in annotation.key or annotation[key]";
            return Err(self.error_at(word, message.to_owned()).expecting([".", "["]));
        }
        self.scanner.skip_whitespace();
        let key = if self.scanner.peek() == Some('"') {
            self.scanner.quoted()?
        } else {
            self.scanner.take_while(|c| c != ']' && c != '[' && c != '"').trim().to_owned()
        };
        self.closing("]", start)?;
        Ok(key)
    }

    /// Reads the word, if it is next, in any case.
    fn eat_word(&mut self, wanted: &str) -> bool {
        let word = self.next_word();
        let found = word.lower == wanted;
        if found {
            self.scanner.skip(word.text.len());
        }
        found
    }

    /// The word that is next, not yet read; may be empty.
    fn next_word(&mut self) -> Word<'a> {
        self.scanner.skip_whitespace();
        let text = self.scanner.clone().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
        Word { text, lower: text.to_ascii_lowercase(), position: self.scanner.position() }
    }

    fn error_at(&self, word: &Word<'_>, message: String) -> SyntaxError {
        SyntaxError::new(word.position, word.text.len(), message)
    }

    fn unknown(&self, word: &Word<'_>) -> SyntaxError {
        let names = Keyword::all().map(Keyword::as_str).chain(OTHER_WORDS);
        let error = self.error_at(word, format!("unknown keyword {:?}", word.text));
        error.expecting(self.keywords()).suggesting(nearest(word.text, names))
    }

    fn no_condition(&mut self) -> SyntaxError {
        let position = self.scanner.position();
        let Some(found) = self.scanner.peek() else {
            let message = "expected a condition, such as fault or responsetime > 2";
            return SyntaxError::new(position, 0, message).expecting(self.keywords());
        };
        let message = match found {
            '"' => "a text in quotation marks stands without a keyword and an operator before it".to_owned(),
            '=' | '<' | '>' => format!("{found} stands without a keyword before it"),
            '{' => "braces follow service, edge or rootcause only".to_owned(),
            _ => format!("expected a condition, such as fault or responsetime > 2, not {found:?}"),
        };
        SyntaxError::new(position, found.len_utf8(), message).expecting(self.keywords())
    }

    /// What may begin a condition here.
    fn keywords(&self) -> Vec<&'static str> {
        let simple = Keyword::all().filter(|keyword| self.scope.has(*keyword)).map(Keyword::as_str);
        let complex: &[&str] = match self.scope {
            Scope::Trace => &["annotation", "service", "edge", "group.name", "group.arn", "rootcause"],
            Scope::Service => &["annotation"],
            Scope::Edge => &["annotation", "source.annotation", "destination.annotation"],
            Scope::Cause(..) => &[],
        };
        simple.chain(complex.iter().copied()).collect()
    }
}

/// Whose annotation the word names, and where in it the key begins; `None` as the latter where brackets have to follow.
fn annotation_side(lower: &str) -> Option<(Side, Option<usize>)> {
    let sides = [("annotation", Side::Own), ("source.annotation", Side::Source)];
    sides.into_iter().chain([("destination.annotation", Side::Destination)]).find_map(|(name, side)| {
        let after = lower.strip_prefix(name)?;
        match after.chars().next() {
            None => Some((side, None)),
            Some('.') => Some((side, Some(name.len() + 1))),
            Some(_) => None,
        }
    })
}
