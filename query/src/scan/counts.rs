//! `count(*)` by service, severity, status, kind, day or steps of time: answered from footers where they can tell.
//!
//! The rule looks for an aggregate over a scan of one of our tables whose groups, conditions and counts need nothing but
//! columns that are counted by ([`storage::tallied_columns`]), and bounds of time. It puts in its place the sum of the
//! same counts over cells and over the rows that are left to be read, see [`super::split`]. Anything else stays as it is.
//!
//! It comes after DataFusion's own rules: conditions are simplified and lie at the scan, `now()` is a time.

mod times;

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema, internal_err};
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::error::Result;
use datafusion::functions_aggregate::sum::sum;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::utils::{conjunction, split_conjunction};
use datafusion::logical_expr::{
    Aggregate, Expr, ExprFunctionExt, ExprSchemable, Filter, LogicalPlan, Projection, SubqueryAlias, TableScan,
    TableScanBuilder, Union, lit, when,
};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use super::SnapshotTable;
use super::split::{ROWS, TallyTable, key_columns};
use crate::tallied::{Micros, Wanted};

/// The rule.
#[derive(Debug)]
pub(crate) struct CountsFromTallies;

impl OptimizerRule for CountsFromTallies {
    fn name(&self) -> &'static str {
        "counts_from_tallies"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let LogicalPlan::Aggregate(aggregate) = &plan else { return Ok(Transformed::no(plan)) };
        let Some(question) = Question::of(aggregate) else { return Ok(Transformed::no(plan)) };
        Ok(Transformed::yes(question.plan()?))
    }
}

/// A count that cells can help with.
struct Question<'a> {
    aggregate: &'a Aggregate,
    known: Known,
    cells: Arc<TallyTable>,
    rest: Arc<SnapshotTable>,
    /// Of each count the condition under which a row is counted.
    counts: Vec<Option<Expr>>,
}

/// The names of the columns that cells have.
struct Known {
    keys: Vec<&'static str>,
    time: &'static str,
}

impl Known {
    /// Whether an expression has one value for all rows of a cell.
    fn tells(&self, expr: &Expr) -> bool {
        let is_plain = !expr.is_volatile()
            && expr.exists(|node| Ok(is_of_other_rows(node))).is_ok_and(|is_of_other_rows| !is_of_other_rows);
        is_plain && expr.column_refs().iter().all(|column| self.keys.contains(&column.name.as_str()))
    }

    /// For a count the condition under which a row is counted, if any; `None` for what cells cannot count.
    fn counted(&self, count: &Expr, schema: &DFSchema) -> Option<Option<Expr>> {
        let Expr::AggregateFunction(AggregateFunction { func, params }) = unaliased(count) else { return None };
        let [arg] = params.args.as_slice() else { return None };
        if func.name() != "count" || params.distinct || !params.order_by.is_empty() {
            return None;
        }
        let is_plain = matches!(arg, Expr::Literal(..) | Expr::Column(_));
        let is_there = match arg.nullable(schema).ok()? {
            false if is_plain => None,
            _ if self.tells(arg) => Some(arg.clone().is_not_null()),
            _ => return None,
        };
        let is_chosen = params.filter.as_deref();
        if !is_chosen.is_none_or(|filter| self.tells(filter)) {
            return None;
        }
        Some(conjunction(is_there.into_iter().chain(is_chosen.cloned())))
    }
}

fn is_of_other_rows(node: &Expr) -> bool {
    matches!(
        node,
        Expr::ScalarSubquery(_)
            | Expr::InSubquery(_)
            | Expr::Exists(_)
            | Expr::SetComparison(_)
            | Expr::OuterReferenceColumn(..)
            | Expr::AggregateFunction(_)
            | Expr::WindowFunction(_)
            | Expr::GroupingSet(_)
            | Expr::Unnest(_)
    )
}

impl<'a> Question<'a> {
    fn of(aggregate: &'a Aggregate) -> Option<Self> {
        let (scan, filters) = scanned(&aggregate.input)?;
        let provider = source_as_provider(&scan.source).ok()?;
        let table = provider.downcast_ref::<SnapshotTable>()?;
        let signal = table.source.snapshot.signal;
        let known = Known { keys: key_columns(signal)?, time: storage::schema::time_column(signal) };
        let mut times = Micros::ALL;
        for filter in filters.iter().filter(|filter| !known.tells(filter)) {
            times = times.and(times::bound(filter, known.time)?);
        }
        let mut unit_us = None;
        for group in aggregate.group_expr.iter().map(unaliased).filter(|group| !known.tells(group)) {
            let unit = times::unit(group, known.time)?;
            unit_us = Some(unit_us.map_or(unit, |known| times::common_divisor(known, unit)));
        }
        let counts = aggregate.aggr_expr.iter().map(|count| known.counted(count, aggregate.input.schema()));
        let counts = counts.collect::<Option<Vec<_>>>()?;
        let (cells, rest) = table.split(Wanted { times, unit_us }, filters)?;
        Some(Self { aggregate, known, cells: Arc::new(cells), rest: Arc::new(rest), counts })
    }

    /// The sum of what cells and rows say, under the names of the aggregate.
    fn plan(&self) -> Result<LogicalPlan> {
        let parts = vec![Arc::new(self.of_cells()?), Arc::new(self.of_rest()?)];
        let both = LogicalPlan::Union(Union::try_new(parts)?);
        let groups = (0..self.aggregate.group_expr.len()).map(|number| column(&group_name(number)));
        let sums = (0..self.counts.len()).map(count_name);
        let sums = sums.map(|name| sum(column(&name)).alias(name));
        let sums = Aggregate::try_new(Arc::new(both), groups.clone().collect(), sums.collect())?;
        let counts = (0..self.counts.len()).map(|number| {
            let count = column(&count_name(number));
            // A count is never null, as the aggregate's is not.
            when(count.clone().is_not_null(), count).otherwise(lit(0_i64))
        });
        let values = groups.map(Ok).chain(counts);
        let named = values
            .zip(self.aggregate.schema.iter())
            .map(|(value, (relation, field))| Ok(value?.alias_qualified(relation.cloned(), field.name())));
        let input = Arc::new(LogicalPlan::Aggregate(sums));
        Ok(LogicalPlan::Projection(Projection::try_new(named.collect::<Result<_>>()?, input)?))
    }

    fn of_cells(&self) -> Result<LogicalPlan> {
        let input = self.over_cells(&self.aggregate.input)?;
        let rows = Column::from(input.schema().qualified_field_with_unqualified_name(ROWS)?);
        let sums = self.counts.iter().enumerate().map(|(number, condition)| {
            let rows = sum(Expr::Column(rows.clone()));
            let rows = match condition {
                Some(condition) => rows.filter(condition.clone()).build()?,
                None => rows,
            };
            Ok(rows.alias(count_name(number)))
        });
        let sums = sums.collect::<Result<Vec<_>>>()?;
        Ok(LogicalPlan::Aggregate(Aggregate::try_new(Arc::new(input), self.groups(), sums)?))
    }

    fn of_rest(&self) -> Result<LogicalPlan> {
        let input = self.over_rest(&self.aggregate.input)?;
        let counts = self.aggregate.aggr_expr.iter().enumerate();
        let counts = counts.map(|(number, count)| unaliased(count).clone().alias(count_name(number)));
        Ok(LogicalPlan::Aggregate(Aggregate::try_new(Arc::new(input), self.groups(), counts.collect())?))
    }

    fn groups(&self) -> Vec<Expr> {
        let groups = self.aggregate.group_expr.iter().enumerate();
        groups.map(|(number, group)| unaliased(group).clone().alias(group_name(number))).collect()
    }

    /// The same input of cells. Those that lie outside of the bounds of time are not among them.
    fn over_cells(&self, plan: &LogicalPlan) -> Result<LogicalPlan> {
        Ok(match plan {
            LogicalPlan::Filter(filter) => {
                let input = self.over_cells(&filter.input)?;
                let of_cells = split_conjunction(&filter.predicate).into_iter().filter(|part| self.known.tells(part));
                match conjunction(of_cells.cloned()) {
                    Some(predicate) => LogicalPlan::Filter(Filter::try_new(predicate, Arc::new(input))?),
                    None => input,
                }
            }
            LogicalPlan::SubqueryAlias(named) => {
                let input = Arc::new(self.over_cells(&named.input)?);
                LogicalPlan::SubqueryAlias(SubqueryAlias::try_new(input, named.alias.clone())?)
            }
            // It only leaves columns out.
            LogicalPlan::Projection(narrower) => self.over_cells(&narrower.input)?,
            LogicalPlan::TableScan(scan) => {
                let cells = provider_as_source(self.cells.clone());
                LogicalPlan::TableScan(TableScanBuilder::new(scan.table_name.clone(), cells).build()?)
            }
            other => return internal_err!("a count is not over {}", other.display()),
        })
    }

    /// The same input without the segments that are counted.
    fn over_rest(&self, plan: &LogicalPlan) -> Result<LogicalPlan> {
        if let LogicalPlan::TableScan(scan) = plan {
            let source = provider_as_source(self.rest.clone());
            return Ok(LogicalPlan::TableScan(TableScan { source, ..scan.clone() }));
        }
        let inputs = plan.inputs().into_iter().map(|input| self.over_rest(input)).collect::<Result<Vec<_>>>()?;
        plan.with_new_exprs(plan.expressions(), inputs)
    }
}

/// The scan below nodes that only leave out rows and columns, and all the conditions.
fn scanned(plan: &LogicalPlan) -> Option<(&TableScan, Vec<Expr>)> {
    match plan {
        LogicalPlan::TableScan(scan) if scan.fetch.is_none() => Some((scan, scan.filters.clone())),
        LogicalPlan::Filter(filter) => {
            let (scan, mut filters) = scanned(&filter.input)?;
            filters.extend(split_conjunction(&filter.predicate).into_iter().cloned());
            Some((scan, filters))
        }
        LogicalPlan::SubqueryAlias(named) => scanned(&named.input),
        LogicalPlan::Projection(narrower) => {
            let is_narrower = narrower.expr.iter().all(|expr| matches!(expr, Expr::Column(_)));
            if is_narrower { scanned(&narrower.input) } else { None }
        }
        _ => None,
    }
}

fn unaliased(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => unaliased(&alias.expr),
        other => other,
    }
}

fn column(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}

fn group_name(number: usize) -> String {
    format!("group_{number}")
}

fn count_name(number: usize) -> String {
    format!("count_{number}")
}
