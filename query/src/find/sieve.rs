//! Conditions that are made ready: which rows of a batch meet them, the cheap ones asked first.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, RecordBatch, RecordBatchOptions, UInt32Array, new_null_array,
};
use arrow::compute::{cast, filter, prep_null_mask_filter, take};
use arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_plan::PhysicalExpr;
use storage::promoted::{PromotedSet, values_in_map};

/// What the columns of conditions may cost that are asked together.
const CHEAP: usize = 2;

/// Conditions, all of which a row must meet.
pub(crate) struct Sieve {
    /// In the order in which they are asked.
    stages: Vec<Stage>,
    /// What is enough where attributes that have a column are in no map.
    in_columns: Option<Vec<Stage>>,
    promoted: Arc<PromotedSet>,
}

/// Conditions that are asked together, over the columns that they need.
pub(crate) struct Stage {
    pub(crate) schema: SchemaRef,
    condition: Arc<dyn PhysicalExpr>,
}

impl Sieve {
    /// Makes conditions ready whose columns are those of the schema, without a table's name before them.
    pub(crate) fn new(
        state: &dyn Session,
        schema: &Schema,
        promoted: &Arc<PromotedSet>,
        conditions: &[Expr],
    ) -> Result<Self> {
        let stages = Stage::all(state, schema, conditions)?;
        Ok(Self { stages, in_columns: None, promoted: promoted.clone() })
    }

    /// The same, with conditions that are enough where attributes that have a column are in no map.
    pub(crate) fn or_in_columns(self, state: &dyn Session, schema: &Schema, conditions: &[Expr]) -> Result<Self> {
        Ok(Self { in_columns: Some(Stage::all(state, schema, conditions)?), ..self })
    }

    /// The conditions one after the other; of a file whose attributes are `in_columns`, or of any rows.
    pub(crate) fn stages(&self, in_columns: bool) -> &[Stage] {
        self.in_columns.as_deref().filter(|_| in_columns).unwrap_or(&self.stages)
    }

    /// Whether a condition needs this column.
    pub(crate) fn wants(&self, column: &str) -> bool {
        self.stages.iter().any(|stage| stage.schema.index_of(column).is_ok())
    }

    /// Which of these rows of a batch meet all conditions, rising; `None` stands for all rows.
    pub(crate) fn rows(&self, batch: &RecordBatch, mut left: Option<UInt32Array>) -> Result<Option<UInt32Array>> {
        for stage in &self.stages {
            let mut columns = conform(batch, &stage.schema, &self.promoted)?;
            if let Some(rows) = &left {
                columns = take_rows(&columns, rows)?;
            }
            let holds = stage.holds(&columns)?;
            if holds.true_count() == holds.len() {
                continue;
            }
            let rows = match left {
                Some(rows) => filter(&rows, &holds)?,
                None => filter(&UInt32Array::from_iter_values(0..batch.num_rows() as u32), &holds)?,
            };
            let rows = rows.as_any().downcast_ref::<UInt32Array>().expect("a filter keeps the type").clone();
            if rows.is_empty() {
                return Ok(Some(rows));
            }
            left = Some(rows);
        }
        Ok(left)
    }
}

impl Stage {
    /// Conditions as stages, the cheap ones first and together.
    fn all(state: &dyn Session, schema: &Schema, conditions: &[Expr]) -> Result<Vec<Self>> {
        let mut parts: Vec<(usize, &Expr)> =
            conditions.iter().flat_map(split_conjunction).map(|part| (cost(part, schema), part)).collect();
        parts.sort_by_key(|(cost, _)| *cost);
        let cheap = parts.partition_point(|(cost, _)| *cost <= CHEAP);
        let together = parts[..cheap].iter().map(|(_, part)| (*part).clone()).reduce(Expr::and);
        let alone = parts[cheap..].iter().map(|(_, part)| (*part).clone());
        let stages = together.into_iter().chain(alone).map(|part| Self::new(state, schema, part));
        stages.collect()
    }

    fn new(state: &dyn Session, schema: &Schema, condition: Expr) -> Result<Self> {
        let names = condition.column_refs();
        let is_named = |field: &&FieldRef| names.iter().any(|column| column.name == *field.name());
        let fields: Vec<FieldRef> = schema.fields().iter().filter(is_named).map(nullable).collect();
        let schema = Arc::new(Schema::new(fields));
        let known = Arc::new(DFSchema::try_from(schema.as_ref().clone())?);
        let context = SimplifyContext::builder()
            .with_schema(known.clone())
            .with_config_options(state.config().options().clone())
            .with_query_execution_start_time(state.execution_props().query_execution_start_time);
        let simplifier = ExprSimplifier::new(context.build());
        // Some functions exist only until they are simplified.
        let condition = simplifier.simplify(simplifier.coerce(condition, &known)?)?;
        let condition = state.create_physical_expr(condition, &known)?;
        Ok(Self { schema, condition })
    }

    /// For each row of a batch of this schema whether the condition holds; never null.
    pub(crate) fn holds(&self, columns: &RecordBatch) -> Result<BooleanArray> {
        let holds = self.condition.evaluate(columns)?.into_array(columns.num_rows())?;
        let holds = datafusion::common::cast::as_boolean_array(&holds)?;
        Ok(if holds.null_count() > 0 { prep_null_mask_filter(holds) } else { holds.clone() })
    }
}

/// The columns of the schema out of a batch that may lack some, or have them in another form. The column of a promoted
/// attribute is made from the map, where the batch has that; any other is null.
pub(crate) fn conform(batch: &RecordBatch, schema: &SchemaRef, set: &PromotedSet) -> Result<RecordBatch> {
    conform_of(batch, batch.schema_ref(), schema, set)
}

/// [`conform`] for a batch of a file with these columns: of those the batch lacks none has a value, and none is looked for in
/// the map.
pub(crate) fn conform_of(
    batch: &RecordBatch,
    file: &SchemaRef,
    schema: &SchemaRef,
    set: &PromotedSet,
) -> Result<RecordBatch> {
    let column = |field: &FieldRef| -> Result<ArrayRef> {
        let none = || new_null_array(field.data_type(), batch.num_rows());
        Ok(match batch.column_by_name(field.name()) {
            Some(column) if column.data_type() == field.data_type() => column.clone(),
            Some(column) => cast(column, field.data_type())?,
            None if file.index_of(field.name()).is_ok() => none(),
            None => from_map(batch, field, set).unwrap_or_else(none),
        })
    };
    let columns = schema.fields().iter().map(column).collect::<Result<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
}

/// What a batch without the column of a promoted attribute has in its map.
fn from_map(batch: &RecordBatch, field: &FieldRef, set: &PromotedSet) -> Option<ArrayRef> {
    let promoted = set.by_column(field.name())?;
    let map = batch.column_by_name(promoted.place.map())?.as_map_opt()?;
    Some(values_in_map(map, promoted))
}

/// These rows of a batch.
pub(crate) fn take_rows(batch: &RecordBatch, rows: &UInt32Array) -> Result<RecordBatch> {
    let columns = batch.columns().iter().map(|column| take(column, rows, None));
    let columns = columns.collect::<std::result::Result<Vec<_>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    Ok(RecordBatch::try_new_with_options(batch.schema(), columns, &options)?)
}

/// A field that may be null: a file that another version wrote need not have its column.
pub(crate) fn nullable(field: &FieldRef) -> FieldRef {
    Arc::new(field.as_ref().clone().with_nullable(true))
}

/// What it costs to ask a condition of a row, by its columns and functions.
fn cost(condition: &Expr, schema: &Schema) -> usize {
    use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
    let mut cost = 0;
    let counted = condition.apply(|node| {
        cost += match node {
            Expr::ScalarFunction(_) => 8,
            Expr::Column(column) => match schema.field_with_name(&column.name).map(|field| field.data_type()) {
                Ok(DataType::Map(..) | DataType::List(_) | DataType::Struct(_)) => 32,
                Ok(DataType::Utf8) => 4,
                Ok(DataType::Binary) => 2,
                _ => 0,
            },
            _ => 0,
        };
        Ok(TreeNodeRecursion::Continue)
    });
    counted.expect("counting does not fail");
    cost
}
