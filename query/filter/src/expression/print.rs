//! Expressions as text. What is written is read as the same expression again.

use std::fmt::{self, Display, Formatter};

use super::{Expression, GroupReference, Selector, Side, Test, Value};
use crate::scanner::quote;

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(all) => join(f, all, " OR ", |one| matches!(one, Self::Or(_))),
            Self::And(all) => join(f, all, " AND ", |one| matches!(one, Self::Or(_) | Self::And(_))),
            Self::Not(one) if matches!(**one, Self::Or(_) | Self::And(_)) => write!(f, "!({one})"),
            Self::Not(one) => write!(f, "!{one}"),
            Self::Test(test) => test.fmt(f),
        }
    }
}

fn join(f: &mut Formatter<'_>, all: &[Expression], between: &str, in_brackets: fn(&Expression) -> bool) -> fmt::Result {
    for (at, one) in all.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        if in_brackets(one) { write!(f, "({one})")? } else { write!(f, "{one}")? }
    }
    Ok(())
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag { keyword, value: true } => f.write_str(keyword.as_str()),
            Self::Flag { keyword, value: false } => write!(f, "{} = false", keyword.as_str()),
            Self::Number { keyword, operator, value } => {
                write!(f, "{} {} {value}", keyword.as_str(), operator.as_str())
            }
            Self::Text { keyword, compared } => {
                f.write_str(keyword.as_str())?;
                compared
                    .as_ref()
                    .map_or(Ok(()), |(operator, value)| write!(f, " {} {}", operator.as_str(), quote(value)))
            }
            Self::Annotation { side, key, compared } => annotation(f, *side, key, compared.as_ref()),
            Self::Service { node, filter } => {
                f.write_str("service")?;
                if *node != Selector::default() {
                    write!(f, "({node})")?;
                }
                braces(f, filter.as_deref())
            }
            Self::Edge { ends, filter } => {
                f.write_str("edge")?;
                if let Some((from, to)) = ends {
                    write!(f, "({from}, {to})")?;
                }
                braces(f, filter.as_deref())
            }
            Self::Group(group) => group.fmt(f),
            Self::RootCause { of, element, filter } => {
                write!(f, "rootcause.{}.{}", of.as_str(), element.as_str())?;
                if filter.is_none() { f.write_str(" { }") } else { braces(f, filter.as_deref()) }
            }
            Self::RootCauseJson(patterns) => {
                let patterns: Vec<String> = patterns.iter().map(|pattern| pattern.to_json().to_string()).collect();
                write!(f, "rootcause.json = #[{}]", patterns.join(", "))
            }
        }
    }
}

fn braces(f: &mut Formatter<'_>, filter: Option<&Expression>) -> fmt::Result {
    filter.map_or(Ok(()), |filter| write!(f, " {{ {filter} }}"))
}

fn annotation(f: &mut Formatter<'_>, side: Side, key: &str, compared: Option<&Value>) -> fmt::Result {
    f.write_str(match side {
        Side::Own => "",
        Side::Source => "source.",
        Side::Destination => "destination.",
    })?;
    if is_plain_key(key) {
        write!(f, "annotation.{key}")?;
    } else if is_bracket_key(key) {
        write!(f, "annotation[{key}]")?;
    } else {
        write!(f, "annotation[{}]", quote(key))?;
    }
    match compared {
        None => Ok(()),
        Some(Value::Number(operator, value)) => write!(f, " {} {value}", operator.as_str()),
        Some(Value::Text(operator, value)) => write!(f, " {} {}", operator.as_str(), quote(value)),
        Some(Value::Bool(operator, value)) => write!(f, " {} {value}", operator.as_str()),
    }
}

/// Whether the key may follow `annotation.`.
fn is_plain_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether the key may stand in `annotation[…]` without quotation marks.
fn is_bracket_key(key: &str) -> bool {
    !key.is_empty() && key.trim() == key && !key.contains(['[', ']', '"'])
}

impl Display for Selector {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { name, node_type, account_id } = self;
        if let (Some(name), None, None) = (name, node_type, account_id) {
            return f.write_str(&quote(name));
        }
        let fields = [("name", name), ("type", node_type), ("account.id", account_id)];
        let given = fields.iter().filter_map(|(field, value)| Some(format!("{field}: {}", quote(value.as_ref()?))));
        write!(f, "id({})", given.collect::<Vec<_>>().join(", "))
    }
}

impl Display for GroupReference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.arn {
            Some(arn) => write!(f, "group.arn = {}", quote(arn)),
            None => write!(f, "group.name = {}", quote(&self.name)),
        }
    }
}
