//! Expressions as text: one canonical form, which the parser reads back to the same expression.

use std::fmt;

use super::ast::{Aggregation, At, Binary, Call, Cardinality, Expr, Extension, Length, LengthExpr, LengthOp, Selector};
use super::text::print_duration;
use super::{is_legacy_label_name, quoted, short_float};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number { value, is_duration: true, .. } => write_seconds(f, *value),
            Self::Number { value, .. } => f.write_str(&number(*value)),
            Self::Text { value, .. } => f.write_str(&quoted(value)),
            Self::Selector(selector) => write_selector(f, selector, ""),
            Self::Range(range) => write_selector(f, &range.selector, &format!("[{}]", range.range)),
            Self::Subquery(subquery) => {
                write!(f, "{}[{}:", subquery.expr, subquery.range)?;
                if let Some(step) = &subquery.step {
                    write!(f, "{step}")?;
                }
                f.write_str("]")?;
                write_modifiers(f, subquery.at, subquery.offset.as_ref())
            }
            Self::Call(call) => write_call(f, call),
            Self::Aggregation(aggregation) => write_aggregation(f, aggregation),
            Self::Binary(binary) => write_binary(f, binary),
            Self::Negative { expr, .. } => write!(f, "-{expr}"),
            Self::Paren { expr, .. } => write!(f, "({expr})"),
        }
    }
}

fn number(value: f64) -> String {
    short_float(value)
}

#[expect(clippy::cast_possible_truncation, reason = "a duration that was read is within the range")]
fn write_seconds(f: &mut fmt::Formatter<'_>, seconds: f64) -> fmt::Result {
    f.write_str(&print_duration((seconds * 1000.0).round() as i64))
}

fn write_selector(f: &mut fmt::Formatter<'_>, selector: &Selector, range: &str) -> fmt::Result {
    let mut matchers = selector.matchers.as_slice();
    let mut quoted_name = None;
    if let (true, [name, rest @ ..]) = (selector.has_name, matchers) {
        matchers = rest;
        if is_plain_metric(&name.value) {
            f.write_str(&name.value)?;
        } else {
            quoted_name = Some(quoted(&name.value));
        }
    }
    let is_bare = selector.has_name && quoted_name.is_none() && matchers.is_empty();
    if !is_bare {
        let texts: Vec<String> = quoted_name.into_iter().chain(matchers.iter().map(ToString::to_string)).collect();
        write!(f, "{{{}}}", texts.join(","))?;
    }
    f.write_str(range)?;
    match selector.extension {
        Some(Extension::Anchored) => f.write_str(" anchored")?,
        Some(Extension::Smoothed) => f.write_str(" smoothed")?,
        None => {}
    }
    write_modifiers(f, selector.at, selector.offset.as_ref())
}

/// Whether a metric's name may stand before the braces.
fn is_plain_metric(name: &str) -> bool {
    const KEYWORDS: [&str; 8] = ["bool", "on", "ignoring", "group_left", "group_right", "atan2", "inf", "nan"];
    is_legacy_label_name(&name.replace(':', "_")) && !KEYWORDS.iter().any(|word| word.eq_ignore_ascii_case(name))
}

fn write_modifiers(f: &mut fmt::Formatter<'_>, at: Option<At>, offset: Option<&Length>) -> fmt::Result {
    match at {
        Some(At::Start) => f.write_str(" @ start()")?,
        Some(At::End) => f.write_str(" @ end()")?,
        Some(At::Time(milliseconds)) => {
            let sign = if milliseconds < 0 { "-" } else { "" };
            let (seconds, rest) = (milliseconds.unsigned_abs() / 1000, milliseconds.unsigned_abs() % 1000);
            write!(f, " @ {sign}{seconds}.{rest:03}")?;
        }
        None => {}
    }
    match offset {
        Some(offset) => write!(f, " offset {offset}"),
        None => Ok(()),
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.expr)
    }
}

impl fmt::Display for LengthExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number { seconds, is_duration: true } => write_seconds(f, *seconds),
            Self::Number { seconds, .. } => f.write_str(&number(*seconds)),
            Self::Step => f.write_str("step()"),
            Self::Range => f.write_str("range()"),
            Self::Smaller(a, b) => write!(f, "min_of({a}, {b})"),
            Self::Larger(a, b) => write!(f, "max_of({a}, {b})"),
            Self::Negative(expr) => write!(f, "-{expr}"),
            Self::Paren(expr) => write!(f, "({expr})"),
            Self::Binary { op, lhs, rhs } => {
                let op = match op {
                    LengthOp::Add => "+",
                    LengthOp::Sub => "-",
                    LengthOp::Mul => "*",
                    LengthOp::Div => "/",
                    LengthOp::Mod => "%",
                    LengthOp::Pow => "^",
                };
                write!(f, "{lhs} {op} {rhs}")
            }
        }
    }
}

fn write_call(f: &mut fmt::Formatter<'_>, call: &Call) -> fmt::Result {
    let args: Vec<String> = call.args.iter().map(ToString::to_string).collect();
    write!(f, "{}({})", call.function.name, args.join(", "))
}

fn labels(names: &[std::sync::Arc<str>]) -> String {
    let texts: Vec<String> =
        names.iter().map(|name| if is_legacy_label_name(name) { name.to_string() } else { quoted(name) }).collect();
    texts.join(", ")
}

fn write_aggregation(f: &mut fmt::Formatter<'_>, aggregation: &Aggregation) -> fmt::Result {
    let grouping = &aggregation.grouping;
    f.write_str(aggregation.op.name())?;
    if grouping.is_without {
        write!(f, " without ({}) ", labels(&grouping.labels))?;
    } else if !grouping.labels.is_empty() {
        write!(f, " by ({}) ", labels(&grouping.labels))?;
    }
    f.write_str("(")?;
    if let Some(param) = &aggregation.param {
        write!(f, "{param}, ")?;
    }
    write!(f, "{})", aggregation.expr)
}

fn write_binary(f: &mut fmt::Formatter<'_>, binary: &Binary) -> fmt::Result {
    write!(f, "{} {}", binary.lhs, binary.op.text())?;
    if binary.is_bool {
        f.write_str(" bool")?;
    }
    let matching = &binary.matching;
    let has_group = matching.cardinality != Cardinality::OneToOne;
    if matching.is_on || !matching.labels.is_empty() || has_group {
        let word = if matching.is_on { "on" } else { "ignoring" };
        write!(f, " {word} ({})", labels(&matching.labels))?;
    }
    match matching.cardinality {
        Cardinality::OneToOne => {}
        Cardinality::ManyToOne => write!(f, " group_left ({})", labels(&matching.include))?,
        Cardinality::OneToMany => write!(f, " group_right ({})", labels(&matching.include))?,
    }
    match (matching.fill_left, matching.fill_right) {
        (Some(left), Some(right)) if left.to_bits() == right.to_bits() => write!(f, " fill ({})", number(left))?,
        (left, right) => {
            for (word, value) in [("fill_left", left), ("fill_right", right)] {
                if let Some(value) = value {
                    write!(f, " {word} ({})", number(value))?;
                }
            }
        }
    }
    write!(f, " {}", binary.rhs)
}
