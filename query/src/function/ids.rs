//! `id` and `hex`: ids between their hex digits and `Binary`.

use std::sync::Arc;

use arrow::array::{Array, BinaryBuilder, StringBuilder};
use arrow::datatypes::DataType;
use datafusion::common::cast::as_binary_array;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion::scalar::ScalarValue;

use crate::error::Error;
use crate::hex;

/// The bytes of an id as a literal.
pub(crate) fn id_bytes(digits: &str) -> Result<ScalarValue, Error> {
    let bytes = hex::decode(digits)
        .ok_or_else(|| Error::invalid(format!("{digits:?} is not an id; use hex digits, two a byte")))?;
    Ok(ScalarValue::Binary(Some(bytes)))
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Id {
    signature: Signature,
}

impl Id {
    pub(super) fn udf() -> ScalarUDF {
        Self { signature: Signature::exact(vec![DataType::Utf8], Volatility::Immutable) }.into()
    }
}

impl ScalarUDFImpl for Id {
    fn name(&self) -> &str {
        "id"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let read = |digits: &str| {
            hex::decode(digits)
                .ok_or_else(|| DataFusionError::Plan(format!("id({digits:?}): use hex digits, two a byte")))
        };
        if let ColumnarValue::Scalar(scalar) = &args.args[0] {
            let digits = scalar.try_as_str().flatten();
            return Ok(ColumnarValue::Scalar(ScalarValue::Binary(digits.map(read).transpose()?)));
        }
        let digits = super::strings(&super::array(&args, 0)?)?;
        let mut out = BinaryBuilder::new();
        for row in 0..digits.len() {
            out.append_option(super::present(&digits, row).map(read).transpose()?);
        }
        Ok(ColumnarValue::Array(Arc::new(out.finish())))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Hex {
    signature: Signature,
}

impl Hex {
    pub(super) fn udf() -> ScalarUDF {
        Self { signature: Signature::exact(vec![DataType::Binary], Volatility::Immutable) }.into()
    }
}

impl ScalarUDFImpl for Hex {
    fn name(&self) -> &str {
        "hex"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let array = super::array(&args, 0)?;
        let bytes = as_binary_array(&array)?;
        let mut out = StringBuilder::new();
        for row in 0..bytes.len() {
            out.append_option(bytes.is_valid(row).then(|| hex::encode(bytes.value(row))));
        }
        Ok(ColumnarValue::Array(Arc::new(out.finish())))
    }
}
