//! `attr(attributes, 'app.plan')` of a promoted attribute reads its column as well: a statement means the same before
//! and after an attribute was promoted.
//!
//! What it leaves out: a map under another name (`SELECT attributes AS a`), or one that comes out of a subquery without
//! the column, has what the stored map has.

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema};
use datafusion::error::Result;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::scalar::ScalarValue;
use storage::promoted::PromotedSet;

use crate::function;

/// The plan with such calls reading the column too.
pub(super) fn with_columns(plan: LogicalPlan, set: &PromotedSet) -> Result<LogicalPlan> {
    let plan = plan.transform_up_with_subqueries(|node| {
        let inputs: Vec<DFSchema> = node.inputs().into_iter().map(|input| input.schema().as_ref().clone()).collect();
        let names = NamePreserver::new(&node);
        let node = node.map_expressions(|expr| {
            let name = names.save(&expr);
            let rewritten = expr.transform_up(|expr| Ok(with_column(expr, set, &inputs)))?;
            Ok(rewritten.update_data(|expr| name.restore(expr)))
        })?;
        if node.transformed { node.map_data(LogicalPlan::recompute_schema) } else { Ok(node) }
    })?;
    Ok(plan.data)
}

fn with_column(expr: Expr, set: &PromotedSet, inputs: &[DFSchema]) -> Transformed<Expr> {
    match rewritten(&expr, set, inputs) {
        Some(rewritten) => Transformed::yes(rewritten),
        None => Transformed::no(expr),
    }
}

fn rewritten(expr: &Expr, set: &PromotedSet, inputs: &[DFSchema]) -> Option<Expr> {
    let Expr::ScalarFunction(call) = expr else { return None };
    let [Expr::Column(map), Expr::Literal(key, _)] = call.args.as_slice() else { return None };
    let key = ScalarValue::try_as_str(key)??;
    let promoted = set.by_attribute(key).filter(|promoted| promoted.place.map() == map.name)?;
    let column = Column::new(map.relation.clone(), promoted.column.as_ref());
    if !inputs.iter().any(|input| input.has_column(&column)) {
        return None;
    }
    let (map, column) = (Expr::Column(map.clone()), Expr::Column(column));
    match call.name() {
        "attr" => Some(function::attr_or_column(map, key, column)),
        "attr_number" => Some(function::attr_number_or_column(map, key, column)),
        _ => None,
    }
}
