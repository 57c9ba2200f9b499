//! Live tails as server-sent events.
//!
//! What it promises: an event is sent as soon as rows came in that meet the conditions; a client that reads slowly slows
//! nobody down, and is told in the next event how many rows it missed. What it leaves out: `Last-Event-ID`. A connection begins
//! with the event `opened`; rows from before it are the search's. A browser connects again by itself, and sees that by it.

use std::sync::Arc;

use api::ApiError;
use api::log::LogSearch;
use api::tail::{LogTail, SpanTail};
use api::trace::TraceSearch;
use axum::Extension;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use query::tail::{Tail, TailNews, TailRows};
use serde::Deserialize;
use storage::TenantId;

use super::Shared;
use super::questions::Engine;
use crate::extract::{Parameters, json};
use crate::failure::Failure;

/// `search`: conditions as JSON.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    search: String,
}

pub(super) async fn logs(
    state: Shared,
    tenant: Extension<TenantId>,
    Parameters(asked): Parameters<Asked>,
) -> Result<Response, Failure> {
    let search: LogSearch = json("search", asked.search.as_bytes())?;
    let tail = state.engine.tail_logs(&tenant, &search)?;
    Ok(events(state.engine.clone(), tail))
}

pub(super) async fn spans(
    state: Shared,
    tenant: Extension<TenantId>,
    Parameters(asked): Parameters<Asked>,
) -> Result<Response, Failure> {
    let search: TraceSearch = json("search", asked.search.as_bytes())?;
    let tail = state.engine.tail_spans(&tenant, &search)?;
    Ok(events(state.engine.clone(), tail))
}

/// Events until the client goes, the store closes or something fails, which is the last event then.
fn events(engine: Engine, tail: Tail) -> Response {
    let events = stream::unfold(Some(tail), move |tail| {
        let engine: Engine = Arc::clone(&engine);
        async move {
            let mut tail = tail?;
            let news = engine.tail_next(&mut tail).await?;
            Some(match news.map(event) {
                Ok(Ok(event)) => (Ok(event), Some(tail)),
                Ok(Err(unwritten)) => (Err(unwritten), None),
                Err(failed) => (failure(Failure::from(failed)), None),
            })
        }
    });
    let opened = stream::iter([Ok(Event::default().event("opened").data("{}"))]);
    Sse::new(opened.chain(events)).keep_alive(KeepAlive::default()).into_response()
}

fn event(news: TailNews) -> Result<Event, axum::Error> {
    let skipped = news.skipped;
    match news.rows {
        TailRows::Logs(records) => Event::default().json_data(LogTail { records, skipped }),
        TailRows::Spans(spans) => Event::default().json_data(SpanTail { spans, skipped }),
    }
}

fn failure(failure: Failure) -> Result<Event, axum::Error> {
    let error: ApiError = failure.into_api_error();
    Event::default().event("failure").json_data(error)
}

#[cfg(test)]
mod tests;
