//! `left || right` over texts.

use std::sync::Arc;

use arrow::array::{AsArray, StringArray};
use arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::scalar::ScalarValue;
use datafusion::sql::sqlparser::ast::BinaryOperator;

use super::{Ask, Bounded, all_of_them};

/// `left || right` over texts as a function with a bound.
#[derive(Debug)]
pub(in crate::sql) struct BoundedConcatenation {
    pub(in crate::sql) bytes_max: usize,
}

impl ExprPlanner for BoundedConcatenation {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let is_list = |expr: &Expr| {
            let data_type = expr.get_type(schema);
            matches!(data_type, Ok(DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..)))
        };
        if expr.op != BinaryOperator::StringConcat || is_list(&expr.left) || is_list(&expr.right) {
            return Ok(PlannerResult::Original(expr));
        }
        let inner = Arc::new(Concatenation { signature: Signature::user_defined(Volatility::Immutable) }.into());
        let function: ScalarUDF = Bounded { inner, estimate: Ask(all_of_them), bytes_max: self.bytes_max }.into();
        Ok(PlannerResult::Planned(function.call(vec![expr.left, expr.right])))
    }
}

/// Two texts one after the other; null where one of them is.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Concatenation {
    signature: Signature,
}

impl ScalarUDFImpl for Concatenation {
    fn name(&self) -> &str {
        "||"
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        let sides = args.iter().map(|arg| arg.schema_name().to_string());
        Ok(sides.collect::<Vec<_>>().join(" || "))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(vec![DataType::Utf8; types.len()])
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let (left, right) = (args.args[0].to_array(rows)?, args.args[1].to_array(rows)?);
        let joined: StringArray = left
            .as_string::<i32>()
            .iter()
            .zip(right.as_string::<i32>())
            .map(|(left, right)| Some(format!("{}{}", left?, right?)))
            .collect();
        if constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&joined, 0)?));
        }
        Ok(ColumnarValue::Array(Arc::new(joined)))
    }
}
