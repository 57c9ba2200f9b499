//! From filters to a question for the index, and from its answer to the rows of a Parquet file. Pure.

use datafusion::datasource::physical_plan::parquet::ParquetRowSelection;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use datafusion::scalar::ScalarValue;
use parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use roaring::RoaringBitmap;
use storage::IndexQuery;

use crate::text::TextQuery;

/// What the index can say to these filters. Its answer holds every row that the filters let through.
/// All of the questions hold for such a row.
pub(super) fn index_queries(hint: Option<IndexQuery>, filters: &[Expr]) -> Vec<IndexQuery> {
    let recognised = filters.iter().flat_map(split_conjunction).filter_map(recognise);
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
fn recognise(filter: &Expr) -> Option<IndexQuery> {
    match filter {
        Expr::ScalarFunction(call) if call.name() == "matches" => {
            let [Expr::Column(column), query] = call.args.as_slice() else { return None };
            if column.name != "body" {
                return None;
            }
            TextQuery::parse(text_of(query)?).ok()?.index()
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
            equality(left, right).or_else(|| equality(right, left))
        }
        _ => None,
    }
}

fn equality(side: &Expr, value: &Expr) -> Option<IndexQuery> {
    match side {
        Expr::Column(column) if column.name == "trace_id" => match value {
            Expr::Literal(ScalarValue::Binary(Some(bytes)), _) => Some(IndexQuery::TraceId(bytes.clone())),
            _ => None,
        },
        Expr::ScalarFunction(call) if call.name() == "attr" => {
            let [Expr::Column(_), key] = call.args.as_slice() else { return None };
            Some(IndexQuery::Attribute { key: text_of(key)?.to_owned(), value: text_of(value)?.to_owned() })
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

/// Row numbers as runs to skip and to read. Short gaps are read through: a page is decoded as a whole anyway, and
/// every filter is applied again.
pub(super) fn selection(rows: &RoaringBitmap, row_count: u64) -> ParquetRowSelection {
    const GAP_READ_THROUGH: u64 = 64;
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for row in rows {
        let row = u64::from(row);
        match runs.last_mut() {
            Some((_, end)) if row < *end + GAP_READ_THROUGH => *end = row + 1,
            _ => runs.push((row, row + 1)),
        }
    }
    let mut selectors = Vec::with_capacity(runs.len() * 2 + 1);
    let mut at = 0;
    for (start, end) in runs.into_iter().filter(|(_, end)| *end <= row_count) {
        if start > at {
            selectors.push(RowSelector::skip(length(start - at)));
        }
        selectors.push(RowSelector::select(length(end - start)));
        at = end;
    }
    if row_count > at {
        selectors.push(RowSelector::skip(length(row_count - at)));
    }
    ParquetRowSelection::new(RowSelection::from(selectors))
}

fn length(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}
