//! `trace_id = '0af7…'`: a comparison of an id with text is one with the bytes of its hex digits.

use datafusion::common::DFSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{Expr, ExprSchemable, lit};
use datafusion::scalar::ScalarValue;

use arrow::datatypes::DataType;

use crate::hex;

#[derive(Debug)]
pub(super) struct IdComparison;

impl ExprPlanner for IdComparison {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let left = as_id(&expr.right, &expr.left, schema)?;
        let right = as_id(&expr.left, &expr.right, schema)?;
        Ok(PlannerResult::Original(RawBinaryExpr {
            left: left.unwrap_or(expr.left),
            right: right.unwrap_or(expr.right),
            op: expr.op,
        }))
    }
}

/// The text literal as an id, where the other side is one.
fn as_id(other: &Expr, text: &Expr, schema: &DFSchema) -> Result<Option<Expr>> {
    let Expr::Literal(literal, _) = text else { return Ok(None) };
    let Some(digits) = literal.try_as_str().flatten() else { return Ok(None) };
    if !matches!(other, Expr::Column(_)) || other.get_type(schema).ok() != Some(DataType::Binary) {
        return Ok(None);
    }
    let bytes = hex::decode(digits).ok_or_else(|| {
        DataFusionError::Plan(format!("{other} is an id; compare it with hex digits, not '{digits}'"))
    })?;
    Ok(Some(lit(ScalarValue::Binary(Some(bytes)))))
}
