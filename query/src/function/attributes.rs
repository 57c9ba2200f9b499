//! `attr` and `attr_number`: a value of an attribute map.

use std::sync::Arc;

use arrow::array::{Array, Float64Builder, MapArray, StringArray, StringBuilder};
use arrow::datatypes::DataType;
use datafusion::common::cast::{as_map_array, as_string_array};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use storage::attributes::plain_of_json;

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
        Ok(ColumnarValue::Array(if self.number {
            let mut out = Float64Builder::with_capacity(args.number_rows);
            (0..args.number_rows)
                .for_each(|row| out.append_option(found(row).and_then(|json| json.parse::<f64>().ok())));
            Arc::new(out.finish())
        } else {
            let mut out = StringBuilder::new();
            (0..args.number_rows).for_each(|row| out.append_option(found(row).map(plain_of_json)));
            Arc::new(out.finish())
        }))
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
