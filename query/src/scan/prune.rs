//! Which segments can hold rows that a query's filters let through, by day, time and service: what the catalog knows.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, StringArray, TimestampMicrosecondArray, UInt64Array};
use arrow::datatypes::SchemaRef;
use datafusion::catalog::Session;
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, DFSchema};
use datafusion::error::Result;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::utils::conjunction;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::scalar::ScalarValue;
use storage::{Segment, Signal};

/// The segments that stay.
pub(super) fn by_time(
    state: &dyn Session,
    signal: Signal,
    schema: &SchemaRef,
    segments: &[Arc<Segment>],
    filters: &[Expr],
) -> Result<Vec<Arc<Segment>>> {
    let Some(predicate) = conjunction(filters.to_vec()) else { return Ok(segments.to_vec()) };
    let df_schema = DFSchema::try_from(schema.as_ref().clone())?;
    let predicate = state.create_physical_expr(strip_qualifiers(predicate)?, &df_schema)?;
    let Some(pruning) = PruningPredicateBuilder::new().with_file_schema(schema.clone()).build(predicate) else {
        return Ok(segments.to_vec());
    };
    let kept = pruning.prune(&Known { segments, time_column: storage::schema::time_column(signal) })?;
    Ok(segments.iter().zip(kept).filter(|(_, keep)| *keep).map(|(segment, _)| segment.clone()).collect())
}

/// Filters come with the table's name before the column's; the schema here has none.
pub(super) fn strip_qualifiers(expr: Expr) -> Result<Expr> {
    use datafusion::common::tree_node::{Transformed, TreeNode};
    let stripped = expr.transform(|node| {
        Ok(match node {
            Expr::Column(column) if column.relation.is_some() => {
                Transformed::yes(Expr::Column(Column::new_unqualified(column.name)))
            }
            other => Transformed::no(other),
        })
    })?;
    Ok(stripped.data)
}

struct Known<'a> {
    segments: &'a [Arc<Segment>],
    time_column: &'a str,
}

impl Known<'_> {
    fn bounds(&self, column: &Column, upper: bool) -> Option<ArrayRef> {
        let segments = self.segments.iter();
        if column.name == self.time_column {
            let times = segments.map(|segment| if upper { segment.time_max_us } else { segment.time_min_us });
            return Some(Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC")));
        }
        match column.name.as_str() {
            storage::schema::DAY => Some(Arc::new(Date32Array::from_iter_values(segments.map(|segment| segment.day)))),
            "service_name" => {
                let names = segments.map(|s| if upper { s.service_max.as_deref() } else { s.service_min.as_deref() });
                Some(Arc::new(names.collect::<StringArray>()))
            }
            _ => None,
        }
    }
}

impl PruningStatistics for Known<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bounds(column, false)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bounds(column, true)
    }

    fn num_containers(&self) -> usize {
        self.segments.len()
    }

    fn null_counts(&self, _column: &Column) -> Option<ArrayRef> {
        None
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        Some(Arc::new(UInt64Array::from_iter_values(self.segments.iter().map(|segment| segment.rows))))
    }

    fn contained(&self, _column: &Column, _values: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
