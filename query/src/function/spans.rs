//! `span_class` and `links_to`: what assembly and the service graph know about a span, for SQL.

use std::sync::Arc;

use arrow::array::{Array, StringBuilder};
use arrow::datatypes::DataType;
use datafusion::common::cast::{as_binary_array, as_int64_array, as_list_array, as_struct_array};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion::scalar::ScalarValue;

use crate::class::{self, Outcome};

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SpanClass {
    signature: Signature,
}

impl SpanClass {
    pub(super) fn udf() -> ScalarUDF {
        let types = vec![DataType::Int64, DataType::Int64, DataType::Utf8, DataType::Utf8];
        Self { signature: Signature::exact(types, Volatility::Immutable) }.into()
    }
}

impl ScalarUDFImpl for SpanClass {
    fn name(&self) -> &str {
        "span_class"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (http, grpc) = (super::array(&args, 0)?, super::array(&args, 1)?);
        let (http, grpc) = (as_int64_array(&http)?, as_int64_array(&grpc)?);
        let error_type = super::strings(&super::array(&args, 2)?)?;
        let status = super::strings(&super::array(&args, 3)?)?;
        let mut out = StringBuilder::new();
        for row in 0..args.number_rows {
            let class = class::classify(Outcome {
                http_status: http.is_valid(row).then(|| http.value(row)),
                grpc_status: grpc.is_valid(row).then(|| grpc.value(row)),
                error_type: super::present(&error_type, row),
                status: super::present(&status, row).unwrap_or_default(),
            });
            out.append_value(class::name(class));
        }
        Ok(ColumnarValue::Array(Arc::new(out.finish())))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct LinksTo {
    signature: Signature,
}

impl LinksTo {
    pub(super) fn udf() -> ScalarUDF {
        Self { signature: Signature::user_defined(Volatility::Immutable) }.into()
    }
}

impl ScalarUDFImpl for LinksTo {
    fn name(&self) -> &str {
        "links_to"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [links @ DataType::List(_), _] => Ok(vec![links.clone(), DataType::Binary]),
            _ => Err(DataFusionError::Plan("use links_to(links, id('…'))".to_owned())),
        }
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let ColumnarValue::Scalar(ScalarValue::Binary(Some(wanted))) = &args.args[1] else {
            return Err(DataFusionError::Plan("the second argument of links_to must be an id: id('…')".to_owned()));
        };
        let array = super::array(&args, 0)?;
        let lists = as_list_array(&array)?;
        let links = as_struct_array(lists.values())?;
        let trace_ids = links.column_by_name("trace_id").ok_or_else(|| {
            DataFusionError::Plan("the first argument of links_to must be the column links".to_owned())
        })?;
        let trace_ids = as_binary_array(trace_ids)?;
        let offsets = lists.value_offsets();
        Ok(super::booleans(args.number_rows, |row| {
            let range = usize::try_from(offsets[row]).ok()?..usize::try_from(offsets[row + 1]).ok()?;
            Some(lists.is_valid(row) && range.into_iter().any(|at| trace_ids.value(at) == wanted.as_slice()))
        }))
    }
}
