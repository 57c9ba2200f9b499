//! `attr` and `attr_number`: a value of an attribute map, or of the column of a promoted attribute.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Float64Array, Float64Builder, Int64Array, MapArray, StringArray, StringBuilder,
};
use arrow::datatypes::DataType;
use datafusion::common::cast::{as_boolean_array, as_float64_array, as_int64_array, as_map_array, as_string_array};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use storage::Value;
use storage::attributes::{plain_of_json, plain_text};
use storage::promoted::{Promoted, values_in_map};

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Attr {
    number: bool,
    signature: Signature,
}

impl Attr {
    pub(super) fn text() -> ScalarUDF {
        Self { number: false, signature: Signature::user_defined(Volatility::Immutable) }.into()
    }

    pub(super) fn number() -> ScalarUDF {
        Self { number: true, signature: Signature::user_defined(Volatility::Immutable) }.into()
    }
}

impl ScalarUDFImpl for Attr {
    fn name(&self) -> &str {
        if self.number { "attr_number" } else { "attr" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [map @ DataType::Map(..), _] => Ok(vec![map.clone(), DataType::Utf8]),
            [map @ DataType::Map(..), _, column @ (DataType::Utf8 | DataType::Int64 | DataType::Float64)]
            | [map @ DataType::Map(..), _, column @ DataType::Boolean] => {
                Ok(vec![map.clone(), DataType::Utf8, column.clone()])
            }
            _ => Err(DataFusionError::Plan(format!(
                "{0} takes a map and a name: {0}(attributes, 'app.plan')",
                self.name()
            ))),
        }
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(if self.number { DataType::Float64 } else { DataType::Utf8 })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let key = super::literal(self.name(), &args, 1)?;
        let array = super::array(&args, 0)?;
        let map = Entries::of(as_map_array(&array)?)?;
        let found = |row: usize| key.and_then(|key| map.get(row, key));
        let column = (args.args.len() > 2).then(|| super::array(&args, 2)).transpose()?;
        let column = column.as_ref().map(PlainColumn::of).transpose()?;
        Ok(ColumnarValue::Array(if self.number {
            let mut out = Float64Builder::with_capacity(args.number_rows);
            let number = |row: usize| {
                let in_map = found(row).and_then(|json| json.parse::<f64>().ok());
                in_map.or_else(|| column.as_ref()?.number(row))
            };
            (0..args.number_rows).for_each(|row| out.append_option(number(row)));
            Arc::new(out.finish())
        } else {
            let mut out = StringBuilder::new();
            let text = |row: usize| {
                let in_map = found(row).map(plain_of_json);
                in_map.or_else(|| column.as_ref()?.text(row))
            };
            (0..args.number_rows).for_each(|row| out.append_option(text(row)));
            Arc::new(out.finish())
        }))
    }
}

/// The column of a promoted attribute as text and number, as a map shows its values.
enum PlainColumn<'a> {
    Text(&'a StringArray),
    Int(&'a Int64Array),
    Double(&'a Float64Array),
    Bool(&'a BooleanArray),
}

impl<'a> PlainColumn<'a> {
    fn of(array: &'a ArrayRef) -> Result<Self> {
        Ok(match array.data_type() {
            DataType::Int64 => Self::Int(as_int64_array(array)?),
            DataType::Float64 => Self::Double(as_float64_array(array)?),
            DataType::Boolean => Self::Bool(as_boolean_array(array)?),
            _ => Self::Text(as_string_array(array)?),
        })
    }

    fn text(&self, row: usize) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(array) => array.is_valid(row).then(|| Cow::Borrowed(array.value(row))),
            Self::Int(array) => array.is_valid(row).then(|| Cow::Owned(array.value(row).to_string())),
            Self::Double(array) => {
                array.is_valid(row).then(|| Cow::Owned(plain_text(&Value::Double(array.value(row))).into_owned()))
            }
            Self::Bool(array) => {
                array.is_valid(row).then(|| Cow::Borrowed(if array.value(row) { "true" } else { "false" }))
            }
        }
    }

    fn number(&self, row: usize) -> Option<f64> {
        match self {
            Self::Int(array) => array.is_valid(row).then(|| array.value(row) as f64),
            Self::Double(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Text(_) | Self::Bool(_) => None,
        }
    }
}

/// The column of a promoted attribute, made from the map of rows that lack it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct FromMap {
    promoted: Promoted,
    signature: Signature,
}

impl FromMap {
    pub(super) fn udf(promoted: Promoted) -> ScalarUDF {
        Self { promoted, signature: Signature::any(1, Volatility::Immutable) }.into()
    }
}

impl ScalarUDFImpl for FromMap {
    fn name(&self) -> &'static str {
        "promoted_in_map"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(self.promoted.column_type.data_type())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let array = super::array(&args, 0)?;
        Ok(ColumnarValue::Array(values_in_map(as_map_array(&array)?, &self.promoted)))
    }
}

/// The entries of an attribute map by row.
struct Entries<'a> {
    map: &'a MapArray,
    keys: &'a StringArray,
    values: &'a StringArray,
}

impl<'a> Entries<'a> {
    fn of(map: &'a MapArray) -> Result<Self> {
        Ok(Self { map, keys: as_string_array(map.keys())?, values: as_string_array(map.values())? })
    }

    /// The JSON text of the value. A number's text begins with a digit or `-`, so `"5"` is not one.
    fn get(&self, row: usize, key: &str) -> Option<&'a str> {
        if self.map.is_null(row) {
            return None;
        }
        let offsets = self.map.value_offsets();
        let range = usize::try_from(offsets[row]).ok()?..usize::try_from(offsets[row + 1]).ok()?;
        let at = range.into_iter().find(|&at| self.keys.value(at) == key)?;
        Some(if self.values.is_null(at) { "null" } else { self.values.value(at) })
    }
}
