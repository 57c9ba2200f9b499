//! Files and live batches without the column of a promoted attribute: it is made from their map.
//!
//! Such rows were written before the attribute was promoted, or after it was retired. A condition on the column is then one
//! on the map, so it is applied to the rows after they were read.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::logical_expr::col;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};
use storage::promoted::PromotedSet;

use crate::function;

/// The columns that some rows lack, by their position in the table.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lacking(Vec<usize>);

impl Lacking {
    /// Of rows that have these columns.
    pub(super) fn of<'a>(table: &Schema, set: &PromotedSet, columns: impl Iterator<Item = &'a str>) -> Self {
        let has: HashSet<&str> = columns.collect();
        let lacks = |name: &str| !has.contains(name) && set.by_column(name).is_some();
        let fields = table.fields().iter().enumerate();
        Self(fields.filter(|(_, field)| lacks(field.name())).map(|(position, _)| position).collect())
    }

    /// The table without these columns.
    pub(super) fn schema(&self, table: &SchemaRef) -> SchemaRef {
        if self.0.is_empty() {
            return table.clone();
        }
        let fields = table.fields().iter().enumerate().filter(|(position, _)| !self.0.contains(position));
        Arc::new(Schema::new(fields.map(|(_, field)| field.clone()).collect::<Vec<_>>()))
    }

    /// A plan for columns of the table. `read` makes one for columns of [`Self::schema`].
    pub(super) fn plan(
        &self,
        state: &dyn Session,
        table: &SchemaRef,
        set: &PromotedSet,
        projection: Option<&Vec<usize>>,
        read: impl FnOnce(Option<&Vec<usize>>) -> Result<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if self.0.is_empty() {
            return read(projection);
        }
        let wanted: Vec<usize> = projection.cloned().unwrap_or_else(|| (0..table.fields().len()).collect());
        let own = |position: usize| position - self.0.partition_point(|lacking| *lacking < position);
        let mut inner: Vec<usize> =
            wanted.iter().filter(|position| !self.0.contains(position)).map(|position| own(*position)).collect();
        if wanted.iter().all(|position| !self.0.contains(position)) {
            return read(Some(&inner));
        }
        for promoted in wanted
            .iter()
            .filter(|position| self.0.contains(position))
            .filter_map(|position| set.by_column(table.field(*position).name()))
        {
            let map = own(table.index_of(promoted.place.map())?);
            if !inner.contains(&map) {
                inner.push(map);
            }
        }
        let input = read(Some(&inner))?;
        let of_input = DFSchema::try_from(input.schema().as_ref().clone())?;
        let expressions = wanted.iter().map(|position| {
            let name = table.field(*position).name();
            let expr: Arc<dyn PhysicalExpr> = match set.by_column(name).filter(|_| self.0.contains(position)) {
                Some(promoted) => {
                    let from_map = function::promoted(promoted, col(promoted.place.map()));
                    state.create_physical_expr(from_map, &of_input)?
                }
                None => Arc::new(Column::new(name, input.schema().index_of(name)?)),
            };
            Ok(ProjectionExpr { expr, alias: name.clone() })
        });
        let expressions = expressions.collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(ProjectionExec::try_new(expressions, input)?))
    }
}

/// Things by what they lack, each in the order in which they come.
pub(super) fn groups<T>(all: impl IntoIterator<Item = (Lacking, T)>) -> BTreeMap<Lacking, Vec<T>> {
    let mut groups: BTreeMap<Lacking, Vec<T>> = BTreeMap::new();
    for (lacking, one) in all {
        groups.entry(lacking).or_default().push(one);
    }
    groups
}
