//! X-Ray filter expressions: what they are made of.
//!
//! ```text
//! expression := and { OR and }          and := unary { [AND] unary }          unary := [!] primary | [!] ( expression )
//! primary    := ok [(=|!=) (true|false)] | responsetime (=|!=|<|<=|>|>=) number
//!             | user [(=|!=|CONTAINS|BEGINSWITH|ENDSWITH) "text"]
//!             | annotation.key | annotation[key]  [operator value]
//!             | service [( [name | id(…)] )] [{ expression }]      | edge [( from, to )] [{ expression }]
//!             | group.name = "…" | group.arn = "…"
//!             | rootcause.(fault|error|responsetime).(service|entity|exception) { expression }
//!             | rootcause.json = #[ {…}, … ]
//! ```
//!
//! Keywords and operators are read in any case. Inside the braces of an edge `source.` and `destination.` go before an
//! annotation. What is read is canonical: `ok = true` is `ok`, `service(id(name: "x"))` is `service("x")`; so that
//! reading what [`Expression`] prints gives the same expression. What this leaves out: what an expression means, which
//! is in [`crate::filter`].

pub mod keyword;
mod parse;
pub mod pattern;
mod print;

pub use keyword::{Flag, NumberKeyword, TextKeyword};
pub use parse::{DEPTH_MAX, TEXT_BYTES_MAX, parse};
pub use pattern::{CausePattern, EntityPattern, ExceptionPattern, ServicePattern};

/// A filter expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// One of them holds; two or more.
    Or(Vec<Expression>),
    /// All of them hold; two or more.
    And(Vec<Expression>),
    /// It does not hold.
    Not(Box<Expression>),
    /// A keyword, alone or compared.
    Test(Test),
}

/// A keyword, alone or compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `fault`, `fault = false`.
    Flag {
        /// What is asked.
        keyword: Flag,
        /// The answer wanted.
        value: bool,
    },
    /// `responsetime > 2`; times are in seconds.
    Number {
        /// What is compared.
        keyword: NumberKeyword,
        /// How.
        operator: Comparison,
        /// With what; finite.
        value: f64,
    },
    /// `user`, `user = "alice"`.
    Text {
        /// What is compared.
        keyword: TextKeyword,
        /// With what; `None`: there is one.
        compared: Option<(TextOperator, String)>,
    },
    /// `annotation.age > 29`.
    Annotation {
        /// Whose.
        side: Side,
        /// The attribute's name.
        key: String,
        /// What it is compared with; `None`: there is one.
        compared: Option<Value>,
    },
    /// `service("x") { … }`: the trace has such a node.
    Service {
        /// Which node.
        node: Selector,
        /// What one of its segments meets.
        filter: Option<Box<Expression>>,
    },
    /// `edge("a", "b") { … }`: the trace has such a call.
    Edge {
        /// Caller and callee; `None`: whichever.
        ends: Option<(Selector, Selector)>,
        /// What the call meets, as the caller sees it.
        filter: Option<Box<Expression>>,
    },
    /// `group.name = "g"`: the group's own expression.
    Group(GroupReference),
    /// `rootcause.fault.service { … }`.
    RootCause {
        /// Of what.
        of: CauseKind,
        /// Which of its elements.
        element: CauseElement,
        /// What one of the elements meets.
        filter: Option<Box<Expression>>,
    },
    /// `rootcause.json = #[ … ]`: for each of them the trace has such a root cause.
    RootCauseJson(Vec<CausePattern>),
}

/// How numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// All of them; those that begin with another one go first.
    pub(crate) const ALL: [Self; 6] =
        [Self::NotEqual, Self::LessOrEqual, Self::GreaterOrEqual, Self::Equal, Self::Less, Self::Greater];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Whether it holds between the two.
    pub fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

/// How texts are compared; case matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextOperator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `CONTAINS`
    Contains,
    /// `BEGINSWITH`
    BeginsWith,
    /// `ENDSWITH`
    EndsWith,
}

impl TextOperator {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [Self::NotEqual, Self::Equal, Self::Contains, Self::BeginsWith, Self::EndsWith];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Contains => "CONTAINS",
            Self::BeginsWith => "BEGINSWITH",
            Self::EndsWith => "ENDSWITH",
        }
    }

    /// Whether it holds between the two.
    pub fn holds(self, left: &str, right: &str) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Contains => left.contains(right),
            Self::BeginsWith => left.starts_with(right),
            Self::EndsWith => left.ends_with(right),
        }
    }
}

/// What an annotation is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `> 29`
    Number(Comparison, f64),
    /// `CONTAINS "x"`
    Text(TextOperator, String),
    /// `= true`, `!= false`
    Bool(Comparison, bool),
}

/// Whose annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Of any span of what is tested: the trace, the segment; of a call the span that calls.
    Own,
    /// Inside the braces of an edge: of the caller's segment.
    Source,
    /// Inside the braces of an edge: of the callee's segment.
    Destination,
}

/// Which nodes: those that have everything that is given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Selector {
    /// Its name.
    pub name: Option<String>,
    /// Its type, such as `AWS::Lambda::Function`.
    pub node_type: Option<String>,
    /// Its account.
    pub account_id: Option<String>,
}

/// A group, as an expression names it.
#[derive(Debug, Clone, Eq)]
pub struct GroupReference {
    /// The name, also where the ARN was given.
    pub name: String,
    /// The whole ARN, where it was given.
    pub arn: Option<String>,
    /// Where the name stands in the text, in bytes.
    pub position: usize,
}

/// Where it stands is no part of what it means.
impl PartialEq for GroupReference {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.arn) == (&other.name, &other.arn)
    }
}

/// What a root cause is the cause of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CauseKind {
    /// 5xx.
    Fault,
    /// 4xx.
    Error,
    /// The time that the response took.
    ResponseTime,
}

impl CauseKind {
    pub(crate) const ALL: [Self; 3] = [Self::Fault, Self::Error, Self::ResponseTime];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Error => "error",
            Self::ResponseTime => "responsetime",
        }
    }
}

/// The lists of a root cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CauseElement {
    /// Its services.
    Service,
    /// The path of entities within one of its services.
    Entity,
    /// The exceptions of one of its entities. Causes of response time have none, so there it never holds.
    Exception,
}

impl CauseElement {
    pub(crate) const ALL: [Self; 3] = [Self::Service, Self::Entity, Self::Exception];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Entity => "entity",
            Self::Exception => "exception",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
