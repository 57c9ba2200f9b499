//! `POST /api/v1/sql`: JSON, CSV or an Arrow IPC stream, as the header Accept says.

use api::paths;
use api::sql::{SqlAnswer, SqlRequest};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use axum::{Extension, Json};
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::Value;
use storage::TenantId;

use super::{Parts, Shared};
use crate::extract::Body;
use crate::failure::Failure;
use crate::left_out;

const CSV: &str = "text/csv";
const ARROW: &str = "application/vnd.apache.arrow.stream";
const JSON: &str = "application/json";

pub(super) fn route() -> MethodRouter<std::sync::Arc<Parts>> {
    post(answer)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Csv,
    Arrow,
}

async fn answer(
    state: Shared,
    tenant: Extension<TenantId>,
    headers: HeaderMap,
    Body(request): Body<SqlRequest>,
) -> Result<Response, Failure> {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or(JSON);
    let form = form(accept).ok_or_else(|| {
        Failure::invalid(format!("{} answers {JSON}, {CSV} or {ARROW}; the header Accept is {accept:?}", paths::SQL))
    })?;
    Ok(match form {
        Form::Json => Json(state.engine.sql(&tenant, &request).await?).into_response(),
        Form::Csv => {
            let answer = state.engine.sql(&tenant, &request).await?;
            let mut response =
                ([(CONTENT_TYPE, "text/csv; charset=utf-8; header=present")], csv(&answer)).into_response();
            left_out::say(&mut response, answer.truncated.as_ref());
            response
        }
        Form::Arrow => {
            let answer = state.engine.sql_stream(&tenant, &request).await?;
            let mut response = ([(CONTENT_TYPE, ARROW)], answer.ipc).into_response();
            left_out::say(&mut response, answer.truncated.as_ref());
            response
        }
    })
}

/// The first form that is accepted.
fn form(accept: &str) -> Option<Form> {
    let mut ranges = accept.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
    ranges.find_map(|range| match range.to_ascii_lowercase().as_str() {
        "" | "*/*" | "application/*" | JSON => Some(Form::Json),
        "text/*" | CSV => Some(Form::Csv),
        ARROW => Some(Form::Arrow),
        _ => None,
    })
}

/// Rows as RFC 4180 has them; null is nothing, a list or map its JSON.
fn csv(answer: &SqlAnswer) -> String {
    let mut out = String::new();
    line(&mut out, answer.columns.iter().map(|column| column.name.clone()));
    for row in &answer.rows {
        line(
            &mut out,
            row.iter().map(|value| match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            }),
        );
    }
    out
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests;
