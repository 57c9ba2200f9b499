//! Command by command: what each names, and what it leaves to the next.

mod shape;

use super::expression::{Checker, Of, has_aggregate, kind_of};
use super::scope::Scope;
use super::{Bin, Checked, order, source};
use crate::error::SyntaxError;
use crate::function::Kind;
use crate::limits::Limits;
use crate::span::Span;
use crate::syntax::{Column, Command, Expr, ExprKind, Field, Parse, ParseMode, Query, Stats};

/// Where a query stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Outside,
    InSubquery,
}

impl Place {
    /// The place of a sub-query here.
    pub(super) fn subquery(self, span: Span, mistakes: &mut Vec<SyntaxError>) -> Self {
        if self == Self::InSubquery {
            mistakes.push(SyntaxError::at(span, "a sub-query may not have a sub-query"));
        }
        Self::InSubquery
    }
}

/// Columns that `pattern` and what builds on it leave.
const PATTERN_COLUMNS: [&str; 4] = ["@pattern", "@ratio", "@sampleCount", "@severityLabel"];
const DIFF_COLUMNS: [&str; 5] = ["@pattern", "@eventCount", "@baselineCount", "@difference", "@severityLabel"];
const ANOMALY_COLUMNS: [&str; 3] = ["@anomalyKind", "@anomalyDescription", "@anomalyPriority"];
const RELEVANT_COLUMNS: [&str; 5] =
    ["@fieldName", "@relevanceScore", "@topRelevanceContributors", "@conditionalMedian", "@baselineMedian"];
/// What shows of a record where a query says nothing.
const RECORD_COLUMNS: [&str; 2] = ["@timestamp", "@message"];

pub(super) fn check(query: &Query, limits: &Limits, place: Place, mistakes: &mut Vec<SyntaxError>) -> Checked {
    order::check(query, limits, mistakes);
    if let Some(written) = &query.source {
        source::check(written, mistakes);
    }
    let mut walk = Walk {
        scope: Scope::open(),
        limits,
        place,
        mistakes,
        shown: None,
        displayed: None,
        checked: Checked {
            columns: Vec::new(),
            is_grouped: false,
            bin: None,
            group_columns: Vec::new(),
            limit_rows: None,
            is_sorted: false,
            fields: Vec::new(),
        },
    };
    query.commands.iter().for_each(|command| walk.command(command));
    walk.finish()
}

struct Walk<'a> {
    scope: Scope,
    limits: &'a Limits,
    place: Place,
    mistakes: &'a mut Vec<SyntaxError>,
    /// Columns of `fields`, and of what made some.
    shown: Option<Vec<String>>,
    /// Columns of the last `display`.
    displayed: Option<Vec<String>>,
    checked: Checked,
}

impl Walk<'_> {
    fn command(&mut self, command: &Command) {
        let span = command.name().1;
        match command {
            Command::Fields(command) => self.columns(&command.columns, true),
            Command::Display(command) => {
                self.columns(&command.columns, false);
                self.displayed = Some(command.columns.iter().map(Column::name).collect());
            }
            Command::Filter(command) => self.row_expr(&command.condition),
            Command::FilterIndex(command) => {
                self.fields(std::slice::from_ref(&command.field));
                command.values.iter().for_each(|value| self.literal(value));
            }
            Command::Parse(command) => self.parse(command),
            Command::Stats(command) => self.stats(command),
            Command::Sort(command) => {
                command.keys.iter().for_each(|key| self.plain(&key.expr, "sort"));
                self.checked.is_sorted = true;
            }
            Command::Limit(command) => {
                let most = self.limits.limit_rows_max;
                if command.rows == 0 || command.rows > most {
                    self.mistake(span, format!("`limit` is 1 to {most} (limit_rows_max), not {}", command.rows));
                }
                self.checked.limit_rows =
                    Some(self.checked.limit_rows.map_or(command.rows, |rows| rows.min(command.rows)));
            }
            Command::Dedup(command) => self.fields(&command.fields),
            Command::Pattern(command) => {
                self.fields(std::slice::from_ref(&command.field));
                self.group(PATTERN_COLUMNS.map(str::to_owned).into());
            }
            Command::Diff(_) | Command::LogCompare(_) => self.group(DIFF_COLUMNS.map(str::to_owned).into()),
            Command::Anomaly(_) => ANOMALY_COLUMNS.iter().for_each(|column| self.scope.make(*column)),
            Command::CountFrequent(command) => {
                self.fields(&command.fields);
                let names = command.fields.iter().map(Field::flat_name);
                self.group(names.chain(["_approxcount".to_owned()]).collect());
                self.checked.is_sorted = true;
            }
            Command::RelevantFields(command) => {
                self.fields(&command.fields);
                self.row_expr(&command.condition);
                self.group(RELEVANT_COLUMNS.map(str::to_owned).into());
                self.checked.is_sorted = true;
            }
            Command::Estimate(_) => self.group(vec!["@estimatedBytes".to_owned()]),
            other => self.shape(other, span),
        }
    }

    fn columns(&mut self, columns: &[Column], adds: bool) {
        for column in columns {
            self.row_expr(&column.expr);
        }
        for column in columns {
            let is_field = column.alias.is_none() && matches!(column.expr.kind, ExprKind::Field(_));
            if !is_field {
                self.scope.make(column.name());
            }
            if adds {
                show(&mut self.shown, column.name());
            }
        }
    }

    fn parse(&mut self, command: &Parse) {
        match &command.field {
            Some(field) => self.fields(std::slice::from_ref(field)),
            None => {
                let span = command.span;
                if self.scope.has("@message") {
                    self.fields(&[Field::new("@message", span)]);
                } else {
                    self.mistake(span, "`parse` needs a field here, because the `stats` before does not keep @message");
                }
            }
        }
        match &command.mode {
            ParseMode::Glob { names, .. } | ParseMode::Csv { names } | ParseMode::Json { names, .. } => {
                names.iter().for_each(|name| self.make(&name.text));
            }
            ParseMode::Logfmt { name } => self.make(&name.text),
            ParseMode::Regex { regex, names, .. } => {
                let Some(compiled) = self.checker().regex(&regex.text, regex.span) else { return };
                let groups: Vec<Option<&str>> = compiled.capture_names().skip(1).collect();
                let unnamed = groups.iter().filter(|group| group.is_none()).count();
                if groups.is_empty() {
                    self.mistake(
                        regex.span,
                        "the regular expression has no group; write `(?<name>…)` around what to take",
                    );
                } else if !names.is_empty() && unnamed != names.len() {
                    let count = names.len();
                    self.mistake(
                        regex.span,
                        format!("there are {unnamed} groups without a name and {count} names; give as many names"),
                    );
                } else if unnamed == groups.len() && names.is_empty() {
                    self.mistake(regex.span, "no group has a name; write `(?<name>…)`, or `as` and names");
                }
                groups.iter().flatten().for_each(|name| self.make(name));
                names.iter().for_each(|name| self.make(&name.text));
            }
        }
    }

    fn stats(&mut self, command: &Stats) {
        for column in &command.by {
            self.plain(&column.expr, "stats … by");
        }
        let by: Vec<String> = command.by.iter().map(Column::name).collect();
        for column in &command.aggregates {
            if !has_aggregate(&column.expr) {
                self.mistake(column.expr.span, "expected an aggregate such as `count(*)` or `avg(field)`");
            } else {
                self.checker().expr(&column.expr, Of::Group(&by));
            }
        }
        let is_topk =
            |expr: &Expr| matches!(&expr.kind, ExprKind::Call(call) if call.name.eq_ignore_ascii_case("topk"));
        if let Some(column) = command.aggregates.iter().find(|column| is_topk(&column.expr))
            && command.aggregates.len() > 1
        {
            self.mistake(column.expr.span, "`topk` must be the only aggregate of its `stats`");
        }
        let columns: Vec<(String, Span)> =
            command.by.iter().chain(&command.aggregates).map(|column| (column.name(), span_of(column))).collect();
        for (index, (name, span)) in columns.iter().enumerate() {
            if columns[..index].iter().any(|(other, _)| other == name) {
                self.mistake(*span, format!("two columns are called `{name}`; give one another name with `as`"));
            }
        }
        self.checked.bin = command.by.iter().find_map(|column| bin_of(column, command.offset));
        if let (Some(_), None) = (command.offset, &self.checked.bin) {
            self.mistake(command.span, "`offset` shifts bins; group by `bin(…)` too");
        }
        let bin = self.checked.bin.take();
        self.group(columns.into_iter().map(|(name, _)| name).collect());
        self.checked.bin = bin;
        self.checked.group_columns = by;
    }

    fn subquery(&mut self, query: &Query, span: Span) -> Checked {
        let place = self.place.subquery(span, self.mistakes);
        check(query, self.limits, place, self.mistakes)
    }

    /// A column that shows without being asked for.
    fn make(&mut self, name: &str) {
        self.scope.make(name);
        if self.shown.is_some() {
            show(&mut self.shown, name.to_owned());
        }
    }

    /// From here on rows are groups with these columns.
    fn group(&mut self, columns: Vec<String>) {
        self.scope.close(columns);
        self.shown = None;
        self.displayed = None;
        self.checked.is_grouped = true;
        self.checked.is_sorted = false;
        self.checked.bin = None;
        self.checked.group_columns = Vec::new();
    }

    fn row_expr(&mut self, expr: &Expr) {
        self.checker().expr(expr, Of::Row);
    }

    /// What must be neither a list nor a map.
    fn plain(&mut self, expr: &Expr, what: &str) {
        if matches!(kind_of(expr), Kind::List | Kind::Map) {
            self.mistake(expr.span, format!("`{what}` needs plain values, not lists or maps"));
        }
        self.row_expr(expr);
    }

    fn literal(&mut self, expr: &Expr) {
        if !matches!(expr.kind, ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::Bool(_)) {
            self.mistake(expr.span, "`filterIndex` compares with texts and numbers only");
        }
    }

    fn fields(&mut self, fields: &[Field]) {
        fields.iter().for_each(|field| self.scope.name(field, self.mistakes));
    }

    fn mistake(&mut self, span: Span, message: impl Into<String>) {
        self.mistakes.push(SyntaxError::at(span, message));
    }

    fn checker(&mut self) -> Checker<'_> {
        Checker { scope: &mut self.scope, limits: self.limits, place: self.place, mistakes: self.mistakes }
    }

    fn finish(mut self) -> Checked {
        self.checked.columns = match (self.displayed, self.shown) {
            (Some(displayed), _) => displayed,
            (None, Some(shown)) if self.scope.is_open() => shown,
            _ if self.scope.is_open() => {
                RECORD_COLUMNS.iter().map(|name| (*name).to_owned()).chain(self.scope.made().iter().cloned()).collect()
            }
            _ => self.scope.made().to_vec(),
        };
        self.checked.fields = self.scope.into_read();
        self.checked
    }
}

fn show(shown: &mut Option<Vec<String>>, name: String) {
    let shown = shown.get_or_insert_default();
    if !shown.contains(&name) {
        shown.push(name);
    }
}

fn span_of(column: &Column) -> Span {
    column.alias.as_ref().map_or(column.expr.span, |alias| alias.span)
}

fn bin_of(column: &Column, offset: Option<crate::period::Period>) -> Option<Bin> {
    let ExprKind::Call(call) = &column.expr.kind else { return None };
    match call.arguments.as_slice() {
        [Expr { kind: ExprKind::Period(period), .. }] if call.name.eq_ignore_ascii_case("bin") => {
            Some(Bin { column: column.name(), period: *period, offset })
        }
        _ => None,
    }
}
