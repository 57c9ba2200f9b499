//! Expressions: fields, functions with their arguments, aggregates where they may stand.

use super::pipeline::{self, Place};
use super::scope::Scope;
use crate::aggregate::{self, Aggregate, HISTOGRAM_BUCKETS_MAX};
use crate::error::SyntaxError;
use crate::function::{self, CASE_PAIRS_MAX, Implicit, Kind, Parameters};
use crate::limits::Limits;
use crate::span::Span;
use crate::syntax::{Call, Expr, ExprKind, Field, InSet, LikePattern};
use crate::value::number_in;

/// What an expression is checked against.
pub(super) struct Checker<'a> {
    pub(super) scope: &'a mut Scope,
    pub(super) limits: &'a Limits,
    pub(super) place: Place,
    pub(super) mistakes: &'a mut Vec<SyntaxError>,
}

/// What may stand in an expression.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Of<'a> {
    /// A row: no aggregates.
    Row,
    /// A group: aggregates, and what the rows are grouped by.
    Group(&'a [String]),
}

impl Checker<'_> {
    pub(super) fn expr(&mut self, expr: &Expr, of: Of<'_>) {
        match &expr.kind {
            ExprKind::Field(field) => {
                if let Of::Group(by) = of
                    && !by.contains(&field.flat_name())
                {
                    let message =
                        format!("`{field}` stands outside of an aggregate and is not what rows are grouped by");
                    return self.mistake(field.span, message);
                }
                if of == Of::Row {
                    self.scope.name(field, self.mistakes);
                }
            }
            ExprKind::Period(period) => {
                self.mistake(expr.span, format!("the period {period} may only be an argument, as in `bin({period})`"));
            }
            ExprKind::Star => self.mistake(expr.span, "`*` may only stand in `count(*)`"),
            ExprKind::Call(_) if of == Of::Row && self.scope.has_column(expr) => {}
            ExprKind::Call(call) => self.call(call, expr.span, of),
            ExprKind::Like(like) => {
                if let LikePattern::Regex(regex) = &like.pattern {
                    self.regex(&regex.text, regex.span);
                }
                self.expr(&like.target, of);
            }
            ExprKind::In(test) => {
                self.expr(&test.target, of);
                match &test.set {
                    InSet::Values(values) => values.iter().for_each(|value| self.expr(value, of)),
                    InSet::Subquery(query) => {
                        let place = self.place.subquery(expr.span, self.mistakes);
                        let inner = pipeline::check(query, self.limits, place, self.mistakes);
                        if inner.columns.len() != 1 {
                            let columns = inner.columns.join(", ");
                            self.mistake(
                                expr.span,
                                format!("the sub-query of `in` must have one column, not {columns}; end it with `fields` of one field"),
                            );
                        }
                    }
                }
            }
            _ => expr.children().into_iter().for_each(|child| self.expr(child, of)),
        }
    }

    /// A regular expression must compile within the limit.
    pub(super) fn regex(&mut self, text: &str, span: Span) -> Option<regex::Regex> {
        match regex::RegexBuilder::new(text).size_limit(self.limits.regex_bytes_max).build() {
            Ok(regex) => Some(regex),
            Err(error) => {
                self.mistake(span, format!("not a regular expression: {}", reason(&error)));
                None
            }
        }
    }

    pub(super) fn mistake(&mut self, span: Span, message: impl Into<String>) {
        self.mistakes.push(SyntaxError::at(span, message));
    }

    fn call(&mut self, call: &Call, span: Span, of: Of<'_>) {
        if let Some(aggregate) = aggregate::named(&call.name) {
            return match of {
                Of::Group(_) => self.aggregate(aggregate, call, span),
                Of::Row => {
                    self.mistake(
                        call.name_span,
                        format!(
                            "`{}` is an aggregate; it may only stand in `stats`, and not in another",
                            aggregate.name()
                        ),
                    );
                }
            };
        }
        let Some(function) = function::named(&call.name) else {
            let mut error = SyntaxError::at(call.name_span, format!("there is no function `{}`", call.name));
            error.nearest = function::nearest_name(&call.name).map(str::to_owned);
            self.mistakes.push(error);
            return;
        };
        match function.implicit {
            Implicit::Timestamp => self.timestamp(function.name, call.name_span),
            Implicit::Message if call.arguments.is_empty() => {
                self.scope.name(&Field::new("@message", call.name_span), self.mistakes);
            }
            _ => {}
        }
        if function.name == "case" && call.arguments.len() > 2 * CASE_PAIRS_MAX + 1 {
            self.mistake(span, format!("`case` takes at most {CASE_PAIRS_MAX} pairs"));
        }
        if function.name == "regexReplace"
            && let Some(Expr { kind: ExprKind::Text(text), span }) = call.arguments.get(1)
        {
            self.regex(text, *span);
        }
        self.arguments(function.name, function.parameters, call, span, of);
    }

    /// What the caller gives is read, though no query names it.
    fn timestamp(&mut self, name: &str, span: Span) {
        if self.scope.has("@timestamp") {
            return self.scope.name(&Field::new("@timestamp", span), self.mistakes);
        }
        let instead = if name == "bin" { "; use `datefloor` of a time it has" } else { "" };
        self.mistake(span, format!("`{name}` needs @timestamp, which the `stats` before does not keep{instead}"));
    }

    fn arguments(&mut self, name: &str, parameters: Parameters, call: &Call, span: Span, of: Of<'_>) {
        let count = call.arguments.len();
        if let Some(expected) = parameters.mismatch(count) {
            self.mistake(span, format!("`{name}` takes {expected}, not {count}"));
        }
        for (position, argument) in call.arguments.iter().enumerate() {
            let kind = parameters.kind_at(position).unwrap_or(Kind::Any);
            match &argument.kind {
                ExprKind::Period(_) if kind == Kind::Period => {}
                ExprKind::Period(period) => {
                    self.mistake(
                        argument.span,
                        format!("argument {} of `{name}` is {}, not the period {period}", position + 1, in_words(kind)),
                    );
                }
                _ => {
                    if !fits(argument, kind) {
                        self.mistake(
                            argument.span,
                            format!("argument {} of `{name}` must be {}", position + 1, in_words(kind)),
                        );
                    }
                    self.expr(argument, of);
                }
            }
        }
    }

    fn aggregate(&mut self, aggregate: Aggregate, call: &Call, span: Span) {
        let is_count = matches!(aggregate, Aggregate::Count | Aggregate::CountOverTime);
        if is_count && matches!(call.arguments.as_slice(), [Expr { kind: ExprKind::Star, .. }]) {
            return;
        }
        if matches!(aggregate, Aggregate::Earliest | Aggregate::Latest | Aggregate::Rate) {
            self.timestamp(aggregate.name(), call.name_span);
        }
        self.arguments(aggregate.name(), aggregate.parameters(), call, span, Of::Row);
        let constant = call.arguments.get(1 - aggregate.value_position());
        let (least, most, whole) = match aggregate {
            Aggregate::Pct => (0, 100, false),
            Aggregate::Topk => (1, self.limits.topk_values_max, true),
            Aggregate::Histogram => (1, HISTOGRAM_BUCKETS_MAX as u64, true),
            _ => return,
        };
        let Some(constant) = constant else { return };
        let number = match &constant.kind {
            ExprKind::Number(number) => Some(*number),
            _ => None,
        };
        let fits = number.is_some_and(|n| n >= least as f64 && n <= most as f64 && (!whole || n.fract() == 0.0));
        if !fits {
            let kind = if whole { "a whole number" } else { "a number" };
            self.mistake(constant.span, format!("`{}` needs {kind} from {least} to {most} here", aggregate.name()));
        }
    }
}

/// Whether an expression has an aggregate in it.
pub(super) fn has_aggregate(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call(call) if aggregate::named(&call.name).is_some())
        || expr.children().into_iter().any(has_aggregate)
}

/// The kind of an expression, where it is certain.
pub(super) fn kind_of(expr: &Expr) -> Kind {
    match &expr.kind {
        ExprKind::Number(_) => Kind::Number,
        ExprKind::Bool(_) | ExprKind::Like(_) | ExprKind::In(_) => Kind::Bool,
        ExprKind::Period(_) => Kind::Period,
        ExprKind::Call(call) => function::named(&call.name).map_or(Kind::Any, |function| function.result),
        _ => Kind::Any,
    }
}

fn fits(argument: &Expr, kind: Kind) -> bool {
    match (&argument.kind, kind) {
        (_, Kind::Any) | (ExprKind::Field(_), _) => kind != Kind::Period,
        (_, Kind::Period) => false,
        (ExprKind::Text(text), Kind::Number) => number_in(text).is_some(),
        (ExprKind::Text(text), Kind::Time) => number_in(text).is_some() || function::time::read(text).is_some(),
        _ => !matches!(kind_of(argument), Kind::List | Kind::Map),
    }
}

fn in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Any => "a value",
        Kind::Number => "a number",
        Kind::Text => "a text",
        Kind::Bool => "true or false",
        Kind::Time => "a time",
        Kind::Period => "a period such as `5m`",
        Kind::List => "a list",
        Kind::Map => "a map",
    }
}

/// The last line of the error, which says what is wrong; the lines before draw the pattern.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}
