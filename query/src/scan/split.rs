//! A table in two parts, for a count: cells that footers hold, and rows that have to be read.
//!
//! ```text
//! count … GROUP BY ──► TallyTable: cells ─► sum ──┐
//!                └───► SnapshotTable, the rest ─► count ──┴─► sum
//! ```
//!
//! Both parts ask the same [`Split`] which segments are whose.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DFSchema;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::error::Result;
use datafusion::logical_expr::utils::disjunction;
use datafusion::logical_expr::{Expr, TableType, col, lit};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};
use datafusion::scalar::ScalarValue;
use storage::{Signal, TalliedKey, TalliedValue};
use tokio::sync::OnceCell;

use super::prune;
use crate::find::Source;
use crate::tallied::{self, Division, Micros, Wanted};

/// The column of a [`TallyTable`] that says how many rows of the table a row of it stands for.
pub(super) const ROWS: &str = "tallied_rows";

/// Which segments are counted from their tallies.
pub(super) struct Split {
    source: Source,
    schema: SchemaRef,
    wanted: Wanted,
    /// All conditions, of which the catalog may be asked.
    filters: Vec<Expr>,
    division: OnceCell<Division>,
}

impl Split {
    pub(super) fn new(source: Source, schema: SchemaRef, wanted: Wanted, filters: Vec<Expr>) -> Self {
        Self { source, schema, wanted, filters, division: OnceCell::new() }
    }

    /// Decided once, by the part that is planned first.
    pub(super) async fn division(&self, state: &dyn Session) -> Result<&Division> {
        self.division
            .get_or_try_init(|| async {
                let snapshot = &self.source.snapshot;
                let segments = prune::by_time(state, snapshot.signal, &self.schema, &snapshot.segments, &self.filters)?;
                Ok(tallied::divide(&self.source, segments, self.wanted).await)
            })
            .await
    }
}

/// A plan for columns of the table, of the rows that do not lie within a stretch of time; of all rows where that is all of
/// time. `plan` makes one for columns of all rows.
pub(super) fn beside(
    state: &dyn Session,
    table: &Schema,
    signal: Signal,
    times: Micros,
    projection: Option<&Vec<usize>>,
    plan: impl FnOnce(Option<&Vec<usize>>) -> Result<Arc<dyn ExecutionPlan>>,
) -> Result<Arc<dyn ExecutionPlan>> {
    if times == Micros::ALL {
        return plan(projection);
    }
    let name = storage::schema::time_column(signal);
    let time = table.index_of(name)?;
    let mut columns = projection.cloned().unwrap_or_else(|| (0..table.fields().len()).collect());
    let wanted = columns.len();
    if !columns.contains(&time) {
        columns.push(time);
    }
    let input = plan(Some(&columns))?;
    let literal = |micros: i64| lit(ScalarValue::TimestampMicrosecond(Some(micros), Some(Arc::from("UTC"))));
    let before = (times.from > i64::MIN).then(|| col(name).lt(literal(times.from)));
    let after = (times.to < i64::MAX).then(|| col(name).gt_eq(literal(times.to)));
    let is_beside = disjunction(before.into_iter().chain(after)).unwrap_or(lit(false));
    let is_beside = state.create_physical_expr(is_beside, &DFSchema::try_from(input.schema().as_ref().clone())?)?;
    let rows: Arc<dyn ExecutionPlan> = Arc::new(FilterExec::try_new(is_beside, input)?);
    if columns.len() == wanted {
        return Ok(rows);
    }
    let fields = rows.schema();
    let column = |(position, field): (usize, &FieldRef)| ProjectionExpr {
        expr: Arc::new(Column::new(field.name(), position)),
        alias: field.name().clone(),
    };
    let columns = fields.fields().iter().enumerate().take(wanted).map(column).collect::<Vec<_>>();
    Ok(Arc::new(ProjectionExec::try_new(columns, rows)?))
}

/// The cells of the segments that are counted. Its columns are those of the table that are counted by, with the begin of a
/// unit of time as time, and [`ROWS`].
pub(super) struct TallyTable {
    split: Arc<Split>,
    schema: SchemaRef,
}

impl std::fmt::Debug for TallyTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TallyTable").finish_non_exhaustive()
    }
}

impl TallyTable {
    /// `None` for a table that is not counted.
    pub(super) fn new(split: Arc<Split>) -> Option<Self> {
        let snapshot = &split.source.snapshot;
        let names = columns(snapshot.signal)?;
        let of_table = names.iter().map(|name| split.schema.fields().find(name).map(|(_, field)| field.clone()));
        let mut fields: Vec<FieldRef> = of_table.collect::<Option<_>>()?;
        fields.push(Arc::new(Field::new(ROWS, DataType::Int64, false)));
        let schema = Arc::new(Schema::new(fields));
        Some(Self { split, schema })
    }

    fn batch(&self, division: &Division) -> Result<RecordBatch> {
        let mut arrays = Arrays::default();
        for counted in &division.counted {
            let day = counted.segment.day;
            counted.each(self.split.wanted.unit_us, |key, time_us, rows| {
                arrays.push(key, day, time_us, i64::try_from(rows).unwrap_or(i64::MAX));
            });
        }
        Ok(RecordBatch::try_new(self.schema.clone(), arrays.finish(&self.schema))?)
    }
}

/// The columns of the table that its tallies know, beside its time.
pub(super) fn key_columns(signal: Signal) -> Option<Vec<&'static str>> {
    let keys = storage::tallied_columns(signal)?;
    Some(keys.into_iter().chain([storage::schema::DAY]).collect())
}

fn columns(signal: Signal) -> Option<Vec<&'static str>> {
    let mut names = key_columns(signal)?;
    names.push(storage::schema::time_column(signal));
    Some(names)
}

/// Columns being made, in the order of the schema.
#[derive(Default)]
struct Arrays {
    keys: [Vec<TalliedValue>; 3],
    days: Vec<i32>,
    times: Vec<i64>,
    rows: Vec<i64>,
}

impl Arrays {
    fn push(&mut self, key: &TalliedKey, day: i32, time_us: i64, rows: i64) {
        for (column, value) in self.keys.iter_mut().zip(key) {
            column.push(value.clone());
        }
        self.days.push(day);
        self.times.push(time_us);
        self.rows.push(rows);
    }

    fn finish(self, schema: &Schema) -> Vec<ArrayRef> {
        let fields = schema.fields().iter();
        let mut arrays: Vec<ArrayRef> =
            self.keys.iter().zip(fields).map(|(values, field)| array(values, field)).collect();
        arrays.push(Arc::new(Date32Array::from(self.days)));
        arrays.push(Arc::new(TimestampMicrosecondArray::from(self.times).with_timezone("UTC")));
        arrays.push(Arc::new(Int64Array::from(self.rows)));
        arrays
    }
}

fn array(values: &[TalliedValue], field: &Field) -> ArrayRef {
    let text = |value: &TalliedValue| match value {
        TalliedValue::Text(text) => Some(text.clone()),
        TalliedValue::Int(_) | TalliedValue::Null => None,
    };
    let number = |value: &TalliedValue| match value {
        TalliedValue::Int(number) => Some(*number),
        TalliedValue::Text(_) | TalliedValue::Null => None,
    };
    match field.data_type() {
        DataType::Int32 => Arc::new(values.iter().map(number).collect::<Int32Array>()),
        _ => Arc::new(values.iter().map(text).collect::<StringArray>()),
    }
}

#[async_trait]
impl TableProvider for TallyTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let batch = self.batch(self.split.division(state).await?)?;
        // They are no rows that were looked at.
        self.split.source.tally.counted_twice(batch.num_rows());
        let plan = MemorySourceConfig::try_new_exec(&[vec![batch]], self.schema.clone(), projection.cloned())?;
        Ok(plan)
    }
}
