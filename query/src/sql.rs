//! Read-only SQL over the tables `spans`, `logs` and `metrics`.
//!
//! One statement: SELECT (with WITH), EXPLAIN of one, DESCRIBE, SHOW TABLES, SHOW COLUMNS. Everything else is refused
//! before it is planned. Ids may be compared with their hex digits: `trace_id = '0af7…'`.

mod cells;
mod guard;
mod hints;
mod ids;

use std::sync::Arc;

use api::Truncation;
use api::sql::{SqlAnswer, SqlColumn, SqlRequest};
use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider};
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::LogicalPlan;
use datafusion::logical_expr::planner::ExprPlanner;
use futures::StreamExt;
use storage::Signal;

use crate::config::Config;
use crate::error::Error;
use crate::reading::{Reading, limit_reached};

/// What lets an id be compared with its hex digits.
pub(crate) fn planners() -> Vec<Arc<dyn ExprPlanner>> {
    vec![Arc::new(ids::IdComparison)]
}

/// The rows of a statement.
pub(crate) async fn answer(reading: &mut Reading, config: &Config, request: &SqlRequest) -> Result<SqlAnswer, Error> {
    let limit = row_limit(config, request.limit)?;
    let statement = guard::read(reading.state(), &request.query)?;
    register_tables(reading).await?;
    let plan =
        reading.state().statement_to_plan(statement).await.map_err(|error| hints::explain(error, reading.state()))?;
    guard::check_plan(&plan)?;
    let is_query = !matches!(plan, LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) | LogicalPlan::DescribeTable(_));
    let frame = DataFrame::new(reading.state().clone(), plan);
    let columns = frame
        .schema()
        .fields()
        .iter()
        .map(|field| SqlColumn { name: field.name().clone(), data_type: field.data_type().to_string() })
        .collect();
    let frame = if is_query {
        // One more than asked for, to know whether there is more.
        frame.limit(0, Some(limit + 1))?
    } else {
        frame
    };
    let mut stream = reading.stream(frame).await?;
    let mut rows: Vec<Vec<serde_json::Value>> = Vec::new();
    let mut bytes = 0;
    let mut cut: Option<Truncation> = None;
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        bytes += batch.get_array_memory_size();
        cells::append(&batch, &mut rows)?;
        if rows.len() > limit {
            rows.truncate(limit);
            cut = Some(limit_reached(
                limit,
                format!(
                    "there are more than {limit} rows; raise `limit` (up to {}) or add a LIMIT and ORDER BY",
                    config.sql_rows_max
                ),
            ));
            break;
        }
        if bytes > config.sql_answer_bytes_max {
            let size = config.sql_answer_bytes_max;
            cut = Some(limit_reached(
                size,
                format!("the answer is larger than {size} bytes; the rows that fit are shown: select fewer columns"),
            ));
            break;
        }
    }
    drop(stream);
    let matched = rows.len() as u64;
    Ok(SqlAnswer { columns, rows, statistics: reading.statistics(matched), truncated: reading.truncation(cut) })
}

fn row_limit(config: &Config, asked: Option<u32>) -> Result<usize, Error> {
    let limit = asked.map_or(config.sql_rows_default, |limit| limit as usize);
    if limit == 0 || limit > config.sql_rows_max {
        return Err(Error::invalid(format!("limit must be 1 to {}, not {limit}", config.sql_rows_max)));
    }
    Ok(limit)
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
