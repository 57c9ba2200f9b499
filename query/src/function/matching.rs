//! `matches` and `span_matches`: the text search as a function.

use arrow::array::{Array, AsArray, StringArray};
use arrow::datatypes::DataType;
use datafusion::common::cast::{as_list_array, as_map_array, as_string_array, as_struct_array};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use storage::attributes::plain_of_json;

use crate::text::TextQuery;

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Matches {
    signature: Signature,
}

impl Matches {
    pub(super) fn udf() -> ScalarUDF {
        let signature = Signature::exact(vec![DataType::Utf8, DataType::Utf8], Volatility::Immutable);
        Self { signature }.into()
    }
}

impl ScalarUDFImpl for Matches {
    fn name(&self) -> &str {
        "matches"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let query = read(super::literal("matches", &args, 1)?)?;
        let text = super::strings(&super::array(&args, 0)?)?;
        Ok(super::booleans(args.number_rows, |row| Some(query.matches(super::present(&text, row).unwrap_or_default()))))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SpanMatches {
    signature: Signature,
}

impl SpanMatches {
    pub(super) fn udf() -> ScalarUDF {
        Self { signature: Signature::user_defined(Volatility::Immutable) }.into()
    }
}

impl ScalarUDFImpl for SpanMatches {
    fn name(&self) -> &str {
        "span_matches"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [_, _, events @ DataType::List(_), _] => {
                Ok(vec![DataType::Utf8, DataType::Utf8, events.clone(), DataType::Utf8])
            }
            _ => Err(DataFusionError::Plan("use span_matches(name, status_message, events, 'words')".to_owned())),
        }
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let query = read(super::literal("span_matches", &args, 3)?)?;
        let name = super::strings(&super::array(&args, 0)?)?;
        let message = super::strings(&super::array(&args, 1)?)?;
        let events = super::array(&args, 2)?;
        let exceptions: Vec<Vec<String>> =
            (0..args.number_rows).map(|row| exception_texts(&events, row)).collect::<Result<_>>()?;
        Ok(super::booleans(args.number_rows, |row| {
            let own = [super::present(&name, row), super::present(&message, row)];
            let texts = own.into_iter().flatten().chain(exceptions[row].iter().map(String::as_str));
            Some(query.matches_any_of(texts))
        }))
    }
}

/// Type, message and stack trace of a span's exceptions: the texts that the index holds of its events.
fn exception_texts(events: &dyn Array, row: usize) -> Result<Vec<String>> {
    let events = as_list_array(events)?;
    if events.is_null(row) || events.value_length(row) == 0 {
        return Ok(Vec::new());
    }
    let events = events.value(row);
    let attributes = as_struct_array(&events)?.column_by_name("attributes");
    let Some(attributes) = attributes else { return Ok(Vec::new()) };
    let attributes = as_map_array(attributes)?;
    let mut texts = Vec::new();
    for event in 0..attributes.len() {
        if attributes.is_null(event) {
            continue;
        }
        let entries = attributes.value(event);
        let keys: &StringArray = as_string_array(entries.column(0))?;
        let values: &StringArray = entries.column(1).as_string();
        for at in 0..entries.len() {
            if ["exception.type", "exception.message", "exception.stacktrace"].contains(&keys.value(at)) {
                texts.push(plain_of_json(values.value(at)).into_owned());
            }
        }
    }
    Ok(texts)
}

fn read(query: Option<&str>) -> Result<TextQuery> {
    TextQuery::parse(query.unwrap_or_default()).map_err(|error| DataFusionError::Plan(error.message))
}
