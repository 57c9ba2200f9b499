//! Conditions on fields: what follows a key.

use super::super::keys::{KeyType, row_of};
use super::super::value::{self, Value};
use super::super::{Field, FieldKey, FieldTest, Order, Search};
use super::{Parser, not};
use crate::error::SyntaxError;
use crate::scanner::Scanner;

/// The operator after a key.
#[derive(Clone, Copy, PartialEq)]
enum Operator {
    /// `:`
    Colon,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    Order(Order),
}

/// The text of a value, and where it stands.
struct Raw {
    text: String,
    quoted: bool,
    position: usize,
    length: usize,
}

impl Parser<'_> {
    /// What follows a key; `None` where it is text after all. `start`: where the key begins.
    pub(super) fn field(&mut self, key: FieldKey, negative: bool, start: usize) -> Result<Option<Search>, SyntaxError> {
        let Some(operator) = operator(&mut self.scanner) else { return Ok(None) };
        let next = self.scanner.peek();
        let ends = next.is_none_or(|c| c.is_whitespace() || (c == ')' && self.brackets > 0));
        if key.name().is_empty() && !ends {
            return Err(SyntaxError::new(start, 2, "the key between the quotation marks is empty"));
        }
        match operator {
            // `error:` and `https://` are text.
            _ if ends && !matches!((operator, &key), (Operator::Order(_), FieldKey::Reserved(_))) => Ok(None),
            Operator::Colon if self.scanner.rest().starts_with("//") => Ok(None),
            Operator::Colon if next == Some('(') => self.values(key, negative).map(Some),
            Operator::Colon => self.value_of(&key, negative).map(Some),
            // `a==b`, `a=>b`, `f=(x)` are text.
            Operator::Equal | Operator::NotEqual if next.is_some_and(|c| "=<>~(".contains(c)) => Ok(None),
            Operator::Equal | Operator::NotEqual => {
                let unequal = operator == Operator::NotEqual;
                if unequal && negative {
                    let message = format!("-{0}!= is twice not; write {0}=", key.name());
                    return Err(SyntaxError::new(start, self.scanner.position() - start, message));
                }
                let raw = self.raw()?;
                let value = self.value(&key, &raw)?;
                Ok(Some(field(key, negative || unequal, FieldTest::Equals(value))))
            }
            Operator::Order(order) => self.order(key, order, negative, start),
        }
    }

    /// `( … )` after `key:`.
    fn values(&mut self, key: FieldKey, negative: bool) -> Result<Search, SyntaxError> {
        let position = self.scanner.position();
        self.of_key = Some(key);
        let inside = self.group();
        self.of_key = None;
        if negative { negated(inside?, position) } else { inside }
    }

    /// What follows `key:`, or stands in its brackets.
    pub(super) fn value_of(&mut self, key: &FieldKey, negative: bool) -> Result<Search, SyntaxError> {
        let start = self.scanner.position();
        if let Some(order) = Order::ALL.into_iter().find(|order| self.scanner.eat(order.as_str())) {
            let before = format!(":{}", order.as_str());
            return self.compared(key.clone(), order, negative, start, &before);
        }
        let row = row_of(self.keys, key);
        let is_text = row.is_none_or(|row| row.key_type == KeyType::Text);
        if self.scanner.rest().starts_with('~') {
            self.scanner.skip(1);
            let raw = self.raw()?;
            self.check_text(is_text, key, &raw)?;
            return Ok(field(key.clone(), negative, FieldTest::Contains(raw.text)));
        }
        if let Some((pattern, length)) = regex(self.scanner.rest(), self.brackets > 0) {
            self.scanner.skip(length);
            let raw = Raw { text: pattern, quoted: false, position: start, length };
            self.check_text(is_text, key, &raw)?;
            return Ok(field(key.clone(), negative, FieldTest::Regex(raw.text)));
        }
        let raw = self.raw()?;
        if !raw.quoted && raw.text == "*" {
            return Ok(field(key.clone(), negative, FieldTest::Exists));
        }
        if let Some(begin) = prefix(&raw) {
            let raw = Raw { text: begin, ..raw };
            self.check_text(is_text, key, &raw)?;
            return Ok(field(key.clone(), negative, FieldTest::Prefix(raw.text)));
        }
        let value = self.value(key, &raw)?;
        let is_level = row.is_some_and(|row| matches!(row.key_type, KeyType::Levels(_)));
        let test = if is_level { FieldTest::Compares(Order::GreaterOrEqual, value) } else { FieldTest::Equals(value) };
        Ok(field(key.clone(), negative, test))
    }

    /// What follows `key>`.
    fn order(
        &mut self,
        key: FieldKey,
        order: Order,
        negative: bool,
        start: usize,
    ) -> Result<Option<Search>, SyntaxError> {
        let is_attribute = matches!(key, FieldKey::Attribute(_));
        let mut ahead = self.scanner.rest();
        ahead = &ahead[..super::token_length(ahead, self.brackets > 0).0];
        // `List<String>` is text.
        if is_attribute && value::sized(ahead).is_none() {
            return Ok(None);
        }
        self.compared(key, order, negative, start, order.as_str()).map(Some)
    }

    fn compared(
        &mut self,
        key: FieldKey,
        order: Order,
        negative: bool,
        start: usize,
        before: &str,
    ) -> Result<Search, SyntaxError> {
        let name = key.name().to_owned();
        if negative {
            let message = format!("-{name}{before} is not a condition; turn the comparison round");
            return Err(SyntaxError::new(start, self.scanner.position() - start, message));
        }
        let raw = self.raw()?;
        let value = match row_of(self.keys, &key).map(|row| row.key_type) {
            Some(KeyType::Text | KeyType::Bool | KeyType::Words(_)) => {
                let message = format!("{name} has no size; compare it by : or =");
                return Err(SyntaxError::new(start, self.scanner.position() - start, message).expecting([":", "="]));
            }
            Some(_) => self.value(&key, &raw)?,
            None => value::sized(&raw.text).filter(|_| !raw.quoted).ok_or_else(|| {
                let message = format!("{name}{before} needs a number, a duration or a size, not {:?}", raw.text);
                SyntaxError::new(raw.position, raw.length, message)
            })?,
        };
        Ok(field(key, false, FieldTest::Compares(order, value)))
    }

    fn raw(&mut self) -> Result<Raw, SyntaxError> {
        let position = self.scanner.position();
        let token = self.token()?.to_owned();
        let length = token.len();
        let mut inside = Scanner::new(&token);
        let quoted = if token.starts_with('"') { inside.quoted().ok().filter(|_| inside.is_at_end()) } else { None };
        Ok(match quoted {
            Some(text) => Raw { text, quoted: true, position, length },
            None => Raw { text: token, quoted: false, position, length },
        })
    }

    fn value(&self, key: &FieldKey, raw: &Raw) -> Result<Value, SyntaxError> {
        match row_of(self.keys, key) {
            Some(row) => value::of_key(row, &raw.text, raw.quoted).map_err(|mistake| {
                SyntaxError::new(raw.position, raw.length, mistake.message)
                    .expecting(mistake.expected.iter().copied())
                    .suggesting(mistake.suggestion)
            }),
            None if raw.quoted => Ok(Value::Text(raw.text.clone())),
            None => Ok(value::typed(&raw.text)),
        }
    }

    fn check_text(&self, is_text: bool, key: &FieldKey, raw: &Raw) -> Result<(), SyntaxError> {
        if is_text {
            return Ok(());
        }
        let message = format!("{} is no text; a part or pattern of it cannot be asked for", key.name());
        Err(SyntaxError::new(raw.position, raw.length, message))
    }
}

fn field(key: FieldKey, negated: bool, test: FieldTest) -> Search {
    Search::Field(Field { key, negated, test })
}

fn operator(scanner: &mut Scanner<'_>) -> Option<Operator> {
    let simple = [("!=", Operator::NotEqual), (":", Operator::Colon), ("=", Operator::Equal)];
    if let Some((_, operator)) = simple.into_iter().find(|(text, _)| scanner.eat(text)) {
        return Some(operator);
    }
    Order::ALL.into_iter().find(|order| scanner.eat(order.as_str())).map(Operator::Order)
}

/// `val*`, `"two words"*`.
fn prefix(raw: &Raw) -> Option<String> {
    let begin = raw.text.strip_suffix('*').filter(|begin| !raw.quoted && !begin.is_empty())?;
    let mut inside = Scanner::new(begin);
    let quoted = if begin.starts_with('"') { inside.quoted().ok().filter(|_| inside.is_at_end()) } else { None };
    Some(quoted.unwrap_or_else(|| begin.to_owned()))
}

/// `/pattern/` before a space or the end, and its length; `\/` is a slash. A path such as `/cart/items` is none.
fn regex(text: &str, in_brackets: bool) -> Option<(String, usize)> {
    let inside = text.strip_prefix('/')?;
    let (mut pattern, mut escaped) = (String::new(), false);
    for (at, c) in inside.char_indices() {
        let after = inside[at + c.len_utf8()..].chars().next();
        let ends = after.is_none_or(|c| c.is_whitespace() || (in_brackets && c == ')'));
        match c {
            '/' if escaped => {
                // The backslash was for the slash.
                pattern.pop();
                pattern.push('/');
            }
            '/' if ends => return (!pattern.is_empty()).then_some((pattern, at + 2)),
            c if c.is_whitespace() => return None,
            c => pattern.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

/// The values of `-key:( … )`: the key is there, and none of what is in the brackets holds.
fn negated(search: Search, position: usize) -> Result<Search, SyntaxError> {
    let each = |all: Vec<Search>| all.into_iter().map(|one| negated(one, position)).collect::<Result<Vec<_>, _>>();
    match search {
        Search::And(all) => Ok(Search::Or(each(all)?)),
        Search::Or(all) => Ok(Search::And(each(all)?)),
        Search::Not(one) => Ok(*one),
        Search::Field(Field { test: FieldTest::Compares(order, Value::Int(_) | Value::Double(_)), .. }) => {
            let message = format!("-key:({}…) is not a condition; turn the comparison round", order.as_str());
            Err(SyntaxError::new(position, 1, message))
        }
        Search::Field(one) => Ok(Search::Field(Field { negated: !one.negated, ..one })),
        other => Ok(not(other)),
    }
}
