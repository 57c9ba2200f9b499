//! What SQL may do: read. Decided on the syntax tree, and once more on the plan.

use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement as Outer;
use datafusion::sql::sqlparser::ast::{SetExpr, Statement};

use crate::error::Error;

const ALLOWED: &str =
    "SQL is read-only here: SELECT, WITH, EXPLAIN, DESCRIBE, SHOW TABLES and SHOW COLUMNS are allowed";

/// Reads one statement and refuses what does not only read.
pub(super) fn read(state: &SessionState, query: &str) -> Result<Outer, Error> {
    let dialect = state.config_options().sql_parser.dialect;
    let statement = state.sql_to_statement(query, &dialect).map_err(|error| {
        let text = error.strip_backtrace();
        let mut error = Error::from(error);
        if text.contains("single SQL statement") {
            return Error::invalid("there is more than one statement; send them one by one");
        }
        error.kind = crate::error::ErrorKind::Invalid;
        error.position = position(&text, query);
        error
    })?;
    if reads_only(&statement) {
        Ok(statement)
    } else {
        Err(Error::invalid(format!("{ALLOWED}; this is {}", first_words(query))))
    }
}

/// A plan that changes something has one of these at its top.
pub(super) fn check_plan(plan: &LogicalPlan) -> Result<(), Error> {
    match plan {
        LogicalPlan::Ddl(_) | LogicalPlan::Dml(_) | LogicalPlan::Copy(_) | LogicalPlan::Statement(_) => {
            Err(Error::invalid(ALLOWED))
        }
        LogicalPlan::Analyze(analyze) => check_plan(&analyze.input),
        LogicalPlan::Explain(explain) => check_plan(&explain.plan),
        _ => Ok(()),
    }
}

fn reads_only(statement: &Outer) -> bool {
    match statement {
        Outer::Statement(statement) => statement_reads_only(statement),
        Outer::Explain(explain) => reads_only(&explain.statement),
        _ => false,
    }
}

fn statement_reads_only(statement: &Statement) -> bool {
    match statement {
        Statement::Query(query) => body_reads_only(&query.body),
        Statement::Explain { statement, .. } => statement_reads_only(statement),
        Statement::ExplainTable { .. } | Statement::ShowTables { .. } | Statement::ShowColumns { .. } => true,
        _ => false,
    }
}

/// `WITH … INSERT` is a query to the parser; `SELECT … INTO` is a select to it.
fn body_reads_only(body: &SetExpr) -> bool {
    match body {
        SetExpr::Select(select) => select.into.is_none(),
        SetExpr::Query(query) => body_reads_only(&query.body),
        SetExpr::SetOperation { left, right, .. } => body_reads_only(left) && body_reads_only(right),
        SetExpr::Values(_) | SetExpr::Table(_) => true,
        _ => false,
    }
}

fn first_words(query: &str) -> String {
    let words: Vec<&str> = query.split_whitespace().take(3).collect();
    words.join(" ")
}

/// The parser says `at Line: 1, Column: 8`; that as a byte offset.
fn position(message: &str, query: &str) -> Option<u64> {
    let number_after = |label: &str| -> Option<usize> {
        let rest = &message[message.find(label)? + label.len()..];
        let digits: String = rest.chars().skip_while(|c| *c == ' ').take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let (line, column) = (number_after("Line:")?, number_after("Column:")?);
    let before: usize = query.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let in_line: usize = query.get(before..)?.chars().take(column.checked_sub(1)?).map(char::len_utf8).sum();
    Some((before + in_line) as u64)
}
