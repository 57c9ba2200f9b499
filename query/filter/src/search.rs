//! The search box: words, phrases and conditions on fields, for traces and logs alike.
//!
//! ```text
//! search := and { OR and }     and := unary { [AND] unary }     unary := [NOT | -] ( term | ( search ) )
//! term   := word | "phrase" | prefix* | *
//!         | key:value | key=value | key!=value | key>5 | key:>5 | key:*  | key:val* | key:~part | key:/regex/
//!         | key:( values joined as terms are )
//! ```
//!
//! - `-key:value` wants the key there with another value; `NOT key:value` is met where the key is missing as well.
//! - `AND`, `OR` and `NOT` are operators in capitals only. Terms beside each other are joined by AND; but values of a key
//!   whose row in the table says so (`service:a service:b`) are alternatives.
//! - Without quotation marks numbers, `true` and `false` are typed, in quotation marks they are text. The value after `=`
//!   is taken as it is, also if it has a star or slashes.
//! - What merely has a colon stays text: `https://…`, `12:30:01`, `error:`. So does a comparison whose value has no size
//!   (`List<String>`), unless its key is one of the table.
//! - A key in quotation marks is an attribute, also if the table has a key of that name.
//!
//! The keys that are more than attributes are a table of the caller's. What this leaves out: what a word is (the caller's
//! tokenizer knows) and whether a regular expression is one.

mod completion;
mod keys;
mod matching;
mod narrow;
mod parse;
mod print;
mod value;

pub use completion::{Completion, Typing, completion_at};
pub use keys::{Key, KeyType};
pub use matching::Record;
pub use parse::{SEARCH_BYTES_MAX, SEARCH_DEPTH_MAX, TERMS_MAX, parse_search};
pub use value::Value;

/// A search, read.
#[derive(Debug, Clone, PartialEq)]
pub enum Search {
    /// Nothing is asked.
    Everything,
    /// One of them holds; two or more.
    Or(Vec<Search>),
    /// All of them hold; two or more.
    And(Vec<Search>),
    /// It does not hold.
    Not(Box<Search>),
    /// The record's text has this.
    Text(Text),
    /// The record has such a field.
    Field(Field),
}

/// What a text is searched for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    /// Without quotation marks and star.
    pub text: String,
    /// How it was written.
    pub shape: Shape,
}

/// How a text to search for was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A word, or what looks like one.
    Word,
    /// In quotation marks: its words follow each other.
    Phrase,
    /// With a star: its last word is the begin of one.
    Prefix,
}

/// A condition on a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Which field.
    pub key: FieldKey,
    /// Whether the field has to be there and *not* be so; with [`FieldTest::Exists`]: whether it has to be missing.
    pub negated: bool,
    /// What it has to be.
    pub test: FieldTest,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldKey {
    /// A key of the table, by its own name.
    Reserved(String),
    /// An attribute.
    Attribute(String),
}

impl FieldKey {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Reserved(name) | Self::Attribute(name) => name,
        }
    }
}

/// What a field has to be.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldTest {
    /// There.
    Exists,
    /// Equal. A number equals what is as large, a text exactly itself.
    Equals(Value),
    /// Smaller or larger.
    Compares(Order, Value),
    /// Text with this in it; case matters.
    Contains(String),
    /// Text that begins so; case matters.
    Prefix(String),
    /// Text with a match of this regular expression in it. Whether it is one is not checked here.
    Regex(String),
}

/// How sizes are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Order {
    /// All of them; those that begin with another one go first.
    pub(crate) const ALL: [Self; 4] = [Self::LessOrEqual, Self::GreaterOrEqual, Self::Less, Self::Greater];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Whether it holds between the two.
    pub fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

#[cfg(test)]
mod tests;
