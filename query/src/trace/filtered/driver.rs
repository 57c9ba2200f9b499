//! What a span must meet so that its trace can meet an expression: conditions that the index and rows can be asked. Pure.
//!
//! Of conditions that all must be met, the one that leaves fewest spans is asked: it is enough, for the trace is looked at as a
//! whole afterwards. Where a comparison cannot be asked exactly, more spans meet what is asked.

use std::collections::BTreeSet;

use api::{AttributeFilter, FilterOperator};
use datafusion::functions::expr_fn::{contains, ends_with, starts_with};
use datafusion::logical_expr::{Expr, col, lit};
use filter::condition::{Atom, Condition};
use filter::expression::{Comparison, TextOperator, Value};
use filter::trace::Class;
use serde_json::{Number, Value as Json};
use storage::promoted::PromotedSet;
use storage::{IndexQuery, Signal};

use crate::attribute;
use crate::error::Error;
use crate::function;
use crate::reading::Conditions;

/// Conditions on a span and on its trace, as far as a span can tell.
pub(super) fn narrow(conditions: Conditions, necessary: &Condition, set: &PromotedSet) -> Result<Conditions, Error> {
    let Some(driver) = Driver::of(necessary, set)? else { return Ok(conditions) };
    let mut narrowed = conditions.and(driver.condition);
    narrowed.index.extend(driver.index);
    Ok(narrowed)
}

/// A condition on spans.
struct Driver {
    condition: Expr,
    index: Option<IndexQuery>,
}

impl Driver {
    /// `None` where any span may belong to such a trace.
    fn of(condition: &Condition, set: &PromotedSet) -> Result<Option<Self>, Error> {
        Ok(match condition {
            Condition::Anything => None,
            Condition::Span(atoms) => Self::all(atoms, set)?,
            Condition::All(parts) => {
                let mut best: Option<Self> = None;
                for part in parts {
                    let found = Self::of(part, set)?;
                    if best
                        .as_ref()
                        .is_none_or(|best| best.index.is_none() && found.as_ref().is_some_and(Self::is_indexed))
                    {
                        best = found.or(best);
                    }
                }
                best
            }
            Condition::Either(parts) => {
                let parts: Vec<Option<Self>> =
                    parts.iter().map(|part| Self::of(part, set)).collect::<Result<_, _>>()?;
                parts.into_iter().collect::<Option<Vec<Self>>>().and_then(Self::either)
            }
        })
    }

    fn is_indexed(&self) -> bool {
        self.index.is_some()
    }

    /// One span meets all of them.
    fn all(atoms: &[Atom], set: &PromotedSet) -> Result<Option<Self>, Error> {
        let mut all: Option<Self> = None;
        for atom in atoms {
            let Some(one) = Self::atom(atom, set)? else { continue };
            all = Some(match all {
                None => one,
                Some(all) => Self {
                    condition: all.condition.and(one.condition),
                    index: match (all.index, one.index) {
                        (Some(a), Some(b)) => Some(IndexQuery::All(vec![a, b])),
                        (a, b) => a.or(b),
                    },
                },
            });
        }
        Ok(all)
    }

    /// The span meets one of them. Without an index for one of them there is none for all.
    fn either(parts: Vec<Self>) -> Option<Self> {
        let index = parts.iter().map(|part| part.index.clone()).collect::<Option<Vec<_>>>().map(IndexQuery::Any);
        let condition = parts.into_iter().map(|part| part.condition).reduce(Expr::or)?;
        Some(Self { condition, index })
    }

    fn atom(atom: &Atom, set: &PromotedSet) -> Result<Option<Self>, Error> {
        let plain = |condition: Expr| Some(Self { condition, index: None });
        Ok(match atom {
            Atom::Service(TextOperator::Equal, name) => {
                let index = Some(IndexQuery::Service(name.clone()));
                Some(Self { condition: col("service_name").eq(lit(name.clone())), index })
            }
            Atom::Service(operator, value) => plain(text(col("service_name"), *operator, value)),
            Atom::Name(TextOperator::Equal, name) => {
                // The words of names are in the index, beside others.
                let words: Vec<String> = storage::text::tokens(name).collect();
                let index = (!words.is_empty()).then_some(IndexQuery::Words(words));
                Some(Self { condition: col("name").eq(lit(name.clone())), index })
            }
            Atom::Name(operator, value) => plain(text(col("name"), *operator, value)),
            Atom::RemoteNamed(name) => Self::of(&Condition::remote_named(name), set)?,
            Atom::Class(classes) => {
                let names = classes.iter().map(|class| lit(class_name(*class))).collect();
                plain(function::span_class().in_list(names, false))
            }
            Atom::DurationMin(nanos) => plain(col("duration_ns").gt_eq(lit(*nanos))),
            Atom::DurationMax(nanos) => plain(col("duration_ns").lt_eq(lit(*nanos))),
            Atom::Attribute { keys, compared } => {
                // Names of one attribute, of two generations, are asked once.
                let stable = |key: &String| set.by_attribute(key).map_or(key.clone(), |own| own.attribute.to_string());
                let keys: BTreeSet<String> = keys.iter().map(stable).collect();
                let asked = keys.into_iter().map(|key| Self::attribute(key, compared.as_ref(), set));
                Self::either(asked.collect::<Result<_, _>>()?)
            }
            Atom::OneOf(atoms) => {
                let parts: Vec<Option<Self>> =
                    atoms.iter().map(|atom| Self::atom(atom, set)).collect::<Result<_, _>>()?;
                parts.into_iter().collect::<Option<Vec<Self>>>().and_then(Self::either)
            }
        })
    }

    fn attribute(key: String, compared: Option<&Value>, set: &PromotedSet) -> Result<Self, Error> {
        let (operator, value) = asked(compared);
        let filter = AttributeFilter { key, operator, value };
        let condition = attribute::condition(set, Signal::Spans, &filter)?;
        Ok(Self { condition, index: attribute::index(set, Signal::Spans, &filter) })
    }
}

/// A comparison as the tables can be asked it; where they cannot, that the attribute is there.
fn asked(compared: Option<&Value>) -> (FilterOperator, Json) {
    match compared {
        Some(Value::Text(TextOperator::Equal, text)) => (FilterOperator::Eq, Json::from(text.as_str())),
        Some(Value::Text(TextOperator::Contains, text)) => (FilterOperator::Contains, Json::from(text.as_str())),
        Some(Value::Bool(Comparison::Equal, value)) => (FilterOperator::Eq, Json::Bool(*value)),
        Some(Value::Number(comparison, number)) => {
            let operator = match comparison {
                Comparison::Equal => FilterOperator::Eq,
                Comparison::NotEqual => FilterOperator::Exists,
                Comparison::Less => FilterOperator::Lt,
                Comparison::LessOrEqual => FilterOperator::Le,
                Comparison::Greater => FilterOperator::Gt,
                Comparison::GreaterOrEqual => FilterOperator::Ge,
            };
            (operator, json_number(*number))
        }
        _ => (FilterOperator::Exists, Json::Null),
    }
}

/// A whole number as one, so that its text is that of an attribute.
fn json_number(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Json::from(number as i64)
    } else {
        Number::from_f64(number).map_or(Json::Null, Json::Number)
    }
}

fn text(column: Expr, operator: TextOperator, value: &str) -> Expr {
    let value = lit(value.to_owned());
    match operator {
        TextOperator::Equal => column.eq(value),
        TextOperator::NotEqual => column.not_eq(value),
        TextOperator::Contains => contains(column, value),
        TextOperator::BeginsWith => starts_with(column, value),
        TextOperator::EndsWith => ends_with(column, value),
    }
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Ok => "ok",
        Class::Error => "error",
        Class::Throttle => "throttle",
        Class::Fault => "fault",
    }
}

#[cfg(test)]
mod tests;
