//! `alidade query`: asks a running server over HTTP and prints the answer as a table.

use api::sql::{SqlAnswer, SqlRequest};
use api::{ApiError, Truncation};
use clap::Args;
use serde_json::Value;

/// A cell is cut here, so that a table stays one.
const CELL_CHARS_MAX: usize = 120;

/// Flags of `query`.
#[derive(Debug, Clone, Args)]
pub struct QueryArgs {
    /// The SQL: one SELECT, or EXPLAIN, DESCRIBE, SHOW TABLES.
    pub sql: String,
    /// Where the server is. Also ALIDADE_ENDPOINT.
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// At most so many rows.
    #[arg(long, value_name = "ROWS")]
    pub limit: Option<u32>,
}

/// Asks and returns what is to be printed: the table, and beside it what was left out.
pub async fn ask(args: QueryArgs) -> Result<(String, String), String> {
    let endpoint = args.endpoint.or_else(|| crate::cli::variable("ALIDADE_ENDPOINT"));
    let endpoint = endpoint.unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let url = format!("{}{}", endpoint.trim_end_matches('/'), api::paths::SQL);
    let client = reqwest::Client::builder().build().map_err(|error| format!("cannot make an HTTP client: {error}"))?;
    let mut request = client.post(&url).json(&SqlRequest { query: args.sql, limit: args.limit });
    if let Some(token) = crate::cli::variable("ALIDADE_TOKEN") {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.map_err(|error| {
        format!("no answer from {url}: {error}; start the server with alidade serve, or name it with --endpoint")
    })?;
    let status = response.status();
    let text = response.text().await.map_err(|error| format!("the answer broke off: {error}"))?;
    if !status.is_success() {
        return Err(failure(status, &text));
    }
    let answer: SqlAnswer =
        serde_json::from_str(&text).map_err(|error| format!("{url} does not answer like Alidade: {error}"))?;
    Ok((table(&answer), summary(&answer)))
}

fn failure(status: http::StatusCode, text: &str) -> String {
    let Ok(ApiError { error }) = serde_json::from_str(text) else {
        return format!("the server answered {status}: {text}");
    };
    let hint = error.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
    let login = if status == http::StatusCode::UNAUTHORIZED { "; put an API token into ALIDADE_TOKEN" } else { "" };
    format!("{}{hint}{login}", error.message)
}

/// Columns side by side, numbers to the right.
fn table(answer: &SqlAnswer) -> String {
    let header: Vec<String> = answer.columns.iter().map(|column| column.name.clone()).collect();
    let rows: Vec<Vec<String>> = answer.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let is_numeric = |index: usize| answer.rows.iter().any(|row| row.get(index).is_some_and(Value::is_number));
    let width = |index: usize| {
        let cells = rows.iter().chain([&header]).filter_map(|row| row.get(index));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let columns: Vec<(usize, bool)> = (0..header.len()).map(|index| (width(index), is_numeric(index))).collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&columns)
            .map(|(cell, (width, right))| if *right { format!("{cell:>width$}") } else { format!("{cell:<width$}") });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let rule = columns.iter().map(|(width, _)| "─".repeat(*width)).collect::<Vec<_>>().join("  ");
    let lines = [line(&header), rule].into_iter().chain(rows.iter().map(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let shown: String =
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(CELL_CHARS_MAX).collect();
    if text.chars().count() > CELL_CHARS_MAX { format!("{shown}…") } else { shown }
}

fn summary(answer: &SqlAnswer) -> String {
    let statistics = &answer.statistics;
    let read =
        format!("{} rows; {} scanned in {:.0} ms", answer.rows.len(), statistics.rows_scanned, statistics.elapsed_ms);
    match &answer.truncated {
        None => read,
        Some(Truncation { message, .. }) => format!("{read}; not all: {message}"),
    }
}

#[cfg(test)]
mod tests;
