//! The functions that Alidade adds to SQL. The built-in questions use the same ones.
//!
//! | function | answers |
//! |---|---|
//! | `attr(map, 'name')` | the attribute as text (`abc`, `5`), null where it is missing |
//! | `attr_number(map, 'name')` | the attribute as a number, null where it is missing or no number |
//! | `matches(text, 'words "a phrase" -not pre*')` | whether the text has the words, as the log search reads them |
//! | `span_matches(name, status_message, events, 'words')` | the same for a span: its name, status message, exceptions |
//! | `id('0af7…')` | the hex digits of a trace or span id as `Binary`; `trace_id = '0af7…'` does it by itself |
//! | `hex(binary)` | the hex digits of an id |
//! | `span_class(http_response_status_code, rpc_grpc_status_code, error_type, status_code)` | `ok`, `error`, `throttle`, `fault` |
//! | `links_to(links, id('0af7…'))` | whether one of a span's links points to the trace |

mod attributes;
mod ids;
mod matching;
mod spans;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, StringArray};
use arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result as PlanResult};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, lit};
use datafusion::scalar::ScalarValue;

pub(crate) use ids::id_bytes;

/// Every function, to be registered in a session.
pub(crate) fn all() -> Vec<Arc<ScalarUDF>> {
    vec![
        Arc::new(attributes::Attr::text()),
        Arc::new(attributes::Attr::number()),
        Arc::new(matching::Matches::udf()),
        Arc::new(matching::SpanMatches::udf()),
        Arc::new(ids::Id::udf()),
        Arc::new(ids::Hex::udf()),
        Arc::new(spans::SpanClass::udf()),
        Arc::new(spans::LinksTo::udf()),
    ]
}

/// `attr(map, key)`.
pub(crate) fn attr(map: Expr, key: &str) -> Expr {
    attributes::Attr::text().call(vec![map, lit(key)])
}

/// `attr(map, key, column)`: the column has the value where the map does not.
pub(crate) fn attr_or_column(map: Expr, key: &str, column: Expr) -> Expr {
    attributes::Attr::text().call(vec![map, lit(key), column])
}

/// `attr_number(map, key, column)`: the column has the value where the map does not.
pub(crate) fn attr_number_or_column(map: Expr, key: &str, column: Expr) -> Expr {
    attributes::Attr::number().call(vec![map, lit(key), column])
}

/// The column of a promoted attribute, from the map of rows that lack it.
pub(crate) fn promoted(promoted: &storage::promoted::Promoted, map: Expr) -> Expr {
    attributes::FromMap::udf(promoted.clone()).call(vec![map])
}

/// `attr_number(map, key)`.
pub(crate) fn attr_number(map: Expr, key: &str) -> Expr {
    attributes::Attr::number().call(vec![map, lit(key)])
}

/// `matches(text, query)`.
pub(crate) fn matches(text: Expr, query: &str) -> Expr {
    matching::Matches::udf().call(vec![text, lit(query)])
}

/// `span_matches(name, status_message, events, query)`.
pub(crate) fn span_matches(arguments: [Expr; 3], query: &str) -> Expr {
    let [name, status_message, events] = arguments;
    matching::SpanMatches::udf().call(vec![name, status_message, events, lit(query)])
}

/// `hex(binary)`.
pub(crate) fn hex(id: Expr) -> Expr {
    ids::Hex::udf().call(vec![id])
}

/// `span_class(…)` over the columns of `spans`.
pub(crate) fn span_class() -> Expr {
    let columns = ["http_response_status_code", "rpc_grpc_status_code", "error_type", "status_code"];
    spans::SpanClass::udf().call(columns.map(datafusion::logical_expr::col).to_vec())
}

/// `links_to(links, trace_id)`.
pub(crate) fn links_to(links: Expr, trace_id: &[u8]) -> Expr {
    spans::LinksTo::udf().call(vec![links, lit(ScalarValue::Binary(Some(trace_id.to_vec())))])
}

/// An argument that has to be a text literal.
fn literal<'a>(function: &str, args: &'a ScalarFunctionArgs, at: usize) -> PlanResult<Option<&'a str>> {
    match &args.args[at] {
        ColumnarValue::Scalar(ScalarValue::Utf8(text) | ScalarValue::LargeUtf8(text) | ScalarValue::Utf8View(text)) => {
            Ok(text.as_deref())
        }
        ColumnarValue::Scalar(ScalarValue::Null) => Ok(None),
        _ => Err(DataFusionError::Plan(format!("argument {} of {function} must be a text in quotation marks", at + 1))),
    }
}

/// An argument as an array of the batch's length.
fn array(args: &ScalarFunctionArgs, at: usize) -> PlanResult<ArrayRef> {
    args.args[at].to_array(args.number_rows)
}

fn strings(array: &ArrayRef) -> PlanResult<StringArray> {
    let cast = arrow::compute::cast(array, &DataType::Utf8)?;
    Ok(datafusion::common::cast::as_string_array(&cast)?.clone())
}

/// One boolean a row; null where the row has none.
fn booleans(rows: usize, row: impl Fn(usize) -> Option<bool>) -> ColumnarValue {
    ColumnarValue::Array(Arc::new((0..rows).map(row).collect::<BooleanArray>()))
}

fn present(array: &StringArray, row: usize) -> Option<&str> {
    array.is_valid(row).then(|| array.value(row))
}

#[cfg(test)]
mod tests;
