//! Read-only SQL over the tables `spans`, `logs` and `metrics`.
//!
//! One statement: SELECT (with WITH), EXPLAIN of one, DESCRIBE, SHOW TABLES, SHOW COLUMNS. Everything else is refused
//! before it is planned. Ids may be compared with their hex digits: `trace_id = '0af7…'`.

mod attributes;
mod bounds;
mod cells;
mod guard;
mod hints;
mod ids;
mod ipc;

use std::sync::Arc;

use api::sql::{SqlAnswer, SqlColumn, SqlRequest};
use api::{Statistics, Truncation};
use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider};
use datafusion::dataframe::DataFrame;
use datafusion::execution::SessionState;
use datafusion::logical_expr::planner::ExprPlanner;
use datafusion::logical_expr::{FetchType, LogicalPlan};
use futures::StreamExt;
use storage::Signal;

use crate::config::Config;
use crate::error::Error;
use crate::reading::{Reading, limit_reached};

/// The rows of a statement in Arrow's own form.
#[derive(Debug, Clone, PartialEq)]
pub struct SqlStream {
    /// An Arrow IPC stream: schema, record batches, end.
    pub ipc: Vec<u8>,
    /// What the query read.
    pub statistics: Statistics,
    /// Whether rows were left out.
    pub truncated: Option<Truncation>,
}

/// What lets an id be compared with its hex digits, and bounds `||`.
pub(crate) fn planners(function_bytes_max: usize) -> Vec<Arc<dyn ExprPlanner>> {
    vec![Arc::new(ids::IdComparison), Arc::new(bounds::BoundedConcatenation { bytes_max: function_bytes_max })]
}

/// Bounds what the functions of a session make.
pub(crate) fn bound_functions(state: &mut SessionState, function_bytes_max: usize) {
    bounds::bind(state, function_bytes_max);
}

/// The rows of a statement.
pub(crate) async fn answer(reading: &mut Reading, config: &Config, request: &SqlRequest) -> Result<SqlAnswer, Error> {
    let Asked { frame, limit } = plan(reading, config, request).await?;
    let columns = frame
        .schema()
        .fields()
        .iter()
        .map(|field| SqlColumn { name: field.name().clone(), data_type: field.data_type().to_string() })
        .collect();
    let mut stream = reading.stream(frame).await?;
    let mut rows = cells::Rows::new(config.sql_answer_bytes_max);
    let mut cut: Option<Truncation> = None;
    while let Some(batch) = stream.next().await {
        rows.append(&batch?)?;
        if rows.rows.len() > limit {
            rows.rows.truncate(limit);
            cut = Some(too_many_rows(config, limit));
            break;
        }
        if rows.full {
            cut = Some(too_large(config, rows.rows.len()));
            break;
        }
    }
    drop(stream);
    let rows = rows.rows;
    let matched = rows.len() as u64;
    Ok(SqlAnswer { columns, rows, statistics: reading.statistics(matched), truncated: reading.truncation(cut) })
}

/// The rows of a statement as an Arrow IPC stream.
pub(crate) async fn stream(reading: &mut Reading, config: &Config, request: &SqlRequest) -> Result<SqlStream, Error> {
    let Asked { frame, limit } = plan(reading, config, request).await?;
    let mut batches = reading.stream(frame).await?;
    let mut taken = ipc::Stream::new(&batches.schema(), config.sql_answer_bytes_max)?;
    let mut cut: Option<Truncation> = None;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let wanted = batch.num_rows().min(limit - taken.rows);
        if !taken.append(&batch.slice(0, wanted))? {
            cut = Some(too_large(config, taken.rows));
            break;
        }
        if wanted < batch.num_rows() {
            cut = Some(too_many_rows(config, limit));
            break;
        }
    }
    drop(batches);
    let matched = taken.rows as u64;
    let (statistics, truncated) = (reading.statistics(matched), reading.truncation(cut));
    Ok(SqlStream { ipc: taken.finish()?, statistics, truncated })
}

/// A statement that may run, and how many rows of it are wanted; it makes one more, to know whether there is more.
struct Asked {
    frame: DataFrame,
    limit: usize,
}

async fn plan(reading: &mut Reading, config: &Config, request: &SqlRequest) -> Result<Asked, Error> {
    check_row_limit(config, request.limit)?;
    check_length(config, &request.query)?;
    let statement = guard::read(reading.state(), &request.query)?;
    register_tables(reading).await?;
    let set = reading.promoted();
    let plan = reading.state().statement_to_plan(statement).await;
    let plan = plan.map_err(|error| hints::explain(error, reading.state(), &set))?;
    let plan = attributes::with_columns(plan, &set)?;
    guard::check_plan(&plan)?;
    let limit = request.limit.map(|limit| limit as usize).or_else(|| own_limit(&plan));
    let limit = limit.unwrap_or(config.sql_rows_default).min(config.sql_rows_max);
    let is_query = !matches!(plan, LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) | LogicalPlan::DescribeTable(_));
    let frame = DataFrame::new(reading.state().clone(), plan);
    let frame = if is_query { frame.limit(0, Some(limit + 1))? } else { frame };
    Ok(Asked { frame, limit })
}

fn too_many_rows(config: &Config, limit: usize) -> Truncation {
    let most = config.sql_rows_max;
    let message = format!(
        "there are more than {limit} rows; so many are shown: set `limit` of the request or a LIMIT in the statement (up to {most}), with an ORDER BY"
    );
    limit_reached(limit, message)
}

fn too_large(config: &Config, shown: usize) -> Truncation {
    let size = config.sql_answer_bytes_max;
    let shown = match shown {
        0 => "the first row alone is larger".to_owned(),
        shown => format!("the first {shown} rows are shown"),
    };
    let message = format!(
        "the answer is larger than {size} bytes (query.sql_answer_bytes_max), {shown}: select fewer columns or shorter values"
    );
    limit_reached(size, message)
}

fn check_length(config: &Config, query: &str) -> Result<(), Error> {
    let (length, max) = (query.len(), config.sql_text_bytes_max);
    if length > max {
        return Err(Error::invalid(format!(
            "the statement has {length} bytes and may have {max} (query.sql_text_bytes_max)"
        )));
    }
    Ok(())
}

fn check_row_limit(config: &Config, asked: Option<u32>) -> Result<(), Error> {
    match asked.map(|limit| limit as usize) {
        Some(limit) if limit == 0 || limit > config.sql_rows_max => {
            Err(Error::invalid(format!("limit must be 1 to {}, not {limit}", config.sql_rows_max)))
        }
        _ => Ok(()),
    }
}

/// The LIMIT at the end of the statement: who writes one wants so many rows.
fn own_limit(plan: &LogicalPlan) -> Option<usize> {
    let LogicalPlan::Limit(limit) = plan else { return None };
    match limit.get_fetch_type() {
        Ok(FetchType::Literal(fetch)) => fetch,
        _ => None,
    }
}

async fn register_tables(reading: &mut Reading) -> Result<(), Error> {
    let schema = Arc::new(MemorySchemaProvider::new());
    for signal in Signal::ALL {
        let provider = reading.provider(signal, None).await?;
        schema.register_table(signal.table().to_owned(), provider)?;
    }
    let catalog = Arc::new(MemoryCatalogProvider::new());
    catalog.register_schema("public", schema)?;
    reading.state().catalog_list().register_catalog("alidade".to_owned(), catalog);
    Ok(())
}

#[cfg(test)]
mod tests;
