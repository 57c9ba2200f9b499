//! From filters to a question for the index, and from its answer to the rows of a Parquet file. Pure.

use std::ops::Range;

use datafusion::datasource::physical_plan::parquet::ParquetRowSelection;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use datafusion::scalar::ScalarValue;
use parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use storage::IndexQuery;
use storage::promoted::PromotedSet;

use crate::text::TextQuery;

/// What the index can say to these filters. Its answer holds every row that the filters let through.
/// All of the questions hold for such a row.
pub(crate) fn index_queries(hint: Option<IndexQuery>, filters: &[Expr], set: &PromotedSet) -> Vec<IndexQuery> {
    let recognised = filters.iter().flat_map(split_conjunction).filter_map(|filter| recognise(filter, set));
    let mut all = Vec::new();
    hint.into_iter().chain(recognised).for_each(|query| flatten(query, &mut all));
    all
}

/// An index may be able to answer one part and not another.
fn flatten(query: IndexQuery, all: &mut Vec<IndexQuery>) {
    match query {
        IndexQuery::All(parts) => parts.into_iter().for_each(|part| flatten(part, all)),
        other => all.push(other),
    }
}

/// `matches(body, '…')`, `attr(attributes, 'k') = 'v'`, and comparisons of the columns that the index knows.
///
/// The service is left out on purpose: it selects long runs of rows, which row groups and pages know as well, and
/// asking the index for it alone would open every index of the range.
fn recognise(filter: &Expr, set: &PromotedSet) -> Option<IndexQuery> {
    match filter {
        Expr::ScalarFunction(call) if call.name() == "matches" => {
            let [Expr::Column(column), query] = call.args.as_slice() else { return None };
            if column.name != "body" {
                return None;
            }
            TextQuery::parse(text_of(query)?).ok()?.index()
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
            equality(left, right, set).or_else(|| equality(right, left, set))
        }
        Expr::InList(list) if !list.negated => {
            let one_of: Option<Vec<IndexQuery>> =
                list.list.iter().map(|value| equality(&list.expr, value, set)).collect();
            one_of.map(IndexQuery::Any)
        }
        Expr::ScalarFunction(call) if call.name() == "links_to" => match call.args.as_slice() {
            [Expr::Column(_), Expr::Literal(ScalarValue::Binary(Some(id)), _)] => Some(IndexQuery::LinkTo(id.clone())),
            _ => None,
        },
        _ => None,
    }
}

fn equality(side: &Expr, value: &Expr, set: &PromotedSet) -> Option<IndexQuery> {
    match side {
        Expr::Column(column) if column.name == "trace_id" => match value {
            Expr::Literal(ScalarValue::Binary(Some(bytes)), _) => Some(IndexQuery::TraceId(bytes.clone())),
            _ => None,
        },
        Expr::ScalarFunction(call) if call.name() == "attr" => {
            let (Expr::Column(_), key) = (call.args.first()?, text_of(call.args.get(1)?)?) else { return None };
            // The index has the values of the attribute's column, and of no other.
            let is_own = |column: &Expr| match column {
                Expr::Column(column) => set.by_attribute(key).is_some_and(|promoted| promoted.column == column.name),
                _ => false,
            };
            if !call.args.get(2).is_none_or(is_own) {
                return None;
            }
            Some(IndexQuery::Attribute { key: key.to_owned(), value: text_of(value)?.to_owned() })
        }
        _ => None,
    }
}

fn text_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(value, _) => value.try_as_str().flatten(),
        _ => None,
    }
}

/// Ranges of rows of a whole file as runs to skip and to read.
pub(super) fn selection(ranges: &[Range<u64>], row_count: u64) -> ParquetRowSelection {
    ParquetRowSelection::new(runs(ranges, 0..row_count))
}

/// Rising ranges of rows as runs to skip and to read, of a part of the file that begins and ends where `part` does.
pub(crate) fn runs(ranges: &[Range<u64>], part: Range<u64>) -> RowSelection {
    let mut selectors = Vec::with_capacity(ranges.len() * 2 + 1);
    let mut at = part.start;
    for range in ranges.iter().filter(|range| range.end <= part.end) {
        if range.start > at {
            selectors.push(RowSelector::skip(length(range.start - at)));
        }
        selectors.push(RowSelector::select(length(range.end - range.start)));
        at = range.end;
    }
    if part.end > at {
        selectors.push(RowSelector::skip(length(part.end - at)));
    }
    RowSelection::from(selectors)
}

fn length(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}
