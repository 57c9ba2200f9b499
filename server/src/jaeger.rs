//! Jaeger's query HTTP API over our traces, so that Grafana's Jaeger data source, Jaeger's own UI and scripts that know it
//! open them: the base address is `/jaeger`.
//!
//! What it promises: paths, parameters, defaults and the form of answers are Jaeger's own; a parameter that it would refuse is
//! refused with 400 in its form. What it leaves out: writing, archives, `/api/metrics`, sampling, and the gRPC API. Where an
//! answer is cut the header [`left_out::TRUNCATED`] says so, because Jaeger's form has no place for it.
//!
//! ```text
//! parameters ─► ask ─► engine ─► spans of ours ─► span ─► model (JSON)
//! ```

mod ask;
mod model;
mod span;

use api::service::NodeKind;
use api::{TimeRange, Truncation, paths};
use axum::Json;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use serde::Serialize;
use storage::{Signal, TenantId};

use crate::extract::Part;
use crate::failure::Failure;
use crate::left_out;
use crate::routes::{Routes, Shared};
use ask::Asked;
use model::{Dependency, Envelope, Operation, Problem, Trace};

/// Everything that is stored; the end lies ahead for clocks that are fast.
const EVER: (&str, &str) = ("0", "now+1d");

/// In so long a time before now the operations of a service are looked for; Jaeger's API has no range for it.
const OPERATIONS_LOOKBACK: &str = "now-48h";

/// The routes, all of them questions.
pub(crate) fn routes() -> Routes {
    vec![
        (paths::JAEGER_SERVICES, get(services)),
        (paths::JAEGER_SERVICE_OPERATIONS, get(operations_of)),
        (paths::JAEGER_OPERATIONS, get(operations)),
        (paths::JAEGER_TRACES, get(traces)),
        (paths::JAEGER_TRACE, get(trace)),
        (paths::JAEGER_DEPENDENCIES, get(dependencies)),
    ]
}

type Tenant = axum::Extension<TenantId>;

fn range(from: &str, to: &str) -> TimeRange {
    TimeRange { from: from.to_owned(), to: to.to_owned() }
}

async fn services(state: Shared, tenant: Tenant) -> Response {
    let found = state.engine.attribute_values(&tenant, Signal::Spans, "service.name", &range(EVER.0, EVER.1), "").await;
    respond(found, |found| {
        let names = found.values.iter().filter_map(|value| value.value.as_str());
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort_unstable();
        (Envelope::counted(names), found.truncated)
    })
}

async fn operations_of(state: Shared, tenant: Tenant, Part(service): Part<String>) -> Response {
    let found = state.engine.span_names(&tenant, &service, &range(OPERATIONS_LOOKBACK, EVER.1)).await;
    respond(found, |found| {
        let mut names: Vec<String> = found.names.into_iter().map(|span| span.name).collect();
        names.dedup();
        (Envelope::counted(names), found.truncated)
    })
}

async fn operations(state: Shared, tenant: Tenant, RawQuery(query): RawQuery) -> Response {
    let (service, kind) = match ask::operations(&ask::pairs(query.as_deref())) {
        Ok(asked) => asked,
        Err(problem) => return refused(problem),
    };
    let found = state.engine.span_names(&tenant, &service, &range(OPERATIONS_LOOKBACK, EVER.1)).await;
    respond(found, |found| {
        let wanted = found.names.into_iter().filter(|span| kind.as_ref().is_none_or(|kind| *kind == span.kind));
        let named = wanted.map(|span| Operation { name: span.name, span_kind: span::kind(&span.kind).to_owned() });
        (Envelope::counted(named.collect()), found.truncated)
    })
}

async fn traces(state: Shared, tenant: Tenant, RawQuery(query): RawQuery) -> Response {
    let found = match ask::traces(&ask::pairs(query.as_deref()), state.clock.now_unix_nano()) {
        Err(problem) => return refused(problem),
        Ok(Asked::Ids(ids)) => state.engine.whole_traces(&tenant, &ids).await,
        Ok(Asked::Search(search)) => state.engine.search_whole_traces(&tenant, &search).await,
    };
    respond(found, |found| {
        let traces: Vec<Trace> = found.traces.into_iter().map(|spans| span::trace(spans, None)).collect();
        (Envelope::of(traces), found.truncated)
    })
}

async fn trace(state: Shared, tenant: Tenant, Part(id): Part<String>) -> Response {
    let id = match ask::trace_id(&id) {
        Ok(id) => id,
        Err(problem) => return refused(problem),
    };
    match state.engine.whole_traces(&tenant, std::slice::from_ref(&id)).await {
        Ok(found) if found.traces.is_empty() => {
            let left_out = found.truncated.map(|truncated| format!("; {}", truncated.message)).unwrap_or_default();
            failed(StatusCode::NOT_FOUND, format!("trace not found{left_out}"))
        }
        found => respond(found, |found| {
            let warning = found.truncated.as_ref().map(|truncated| truncated.message.clone());
            let traces: Vec<Trace> =
                found.traces.into_iter().map(|spans| span::trace(spans, warning.clone())).collect();
            (Envelope::of(traces), found.truncated)
        }),
    }
}

async fn dependencies(state: Shared, tenant: Tenant, RawQuery(query): RawQuery) -> Response {
    let range = match ask::dependencies(&ask::pairs(query.as_deref()), state.clock.now_unix_nano()) {
        Ok(range) => range,
        Err(problem) => return refused(problem),
    };
    let found = state.engine.service_graph(&tenant, &range, None).await;
    respond(found, |found| {
        // Jaeger knows those that send spans, and nothing that is inferred.
        let sends = |kind: NodeKind| matches!(kind, NodeKind::Service | NodeKind::Function);
        let name = |id: &str| {
            let node = found.nodes.iter().find(|node| node.id == id && sends(node.kind))?;
            Some(node.name.clone())
        };
        let edge = |edge: &api::service::GraphEdge| {
            let (parent, child) = (name(&edge.caller)?, name(&edge.callee)?);
            Some(Dependency { parent, child, call_count: edge.counts.total() })
        };
        let dependencies: Vec<Dependency> = found.edges.iter().filter_map(edge).collect();
        (Envelope::of(dependencies), found.truncated)
    })
}

fn respond<T, D: Serialize>(
    found: Result<T, query::Error>,
    answer: impl FnOnce(T) -> (Envelope<D>, Option<Truncation>),
) -> Response {
    match found {
        Ok(found) => {
            let (body, truncated) = answer(found);
            let mut response = Json(body).into_response();
            left_out::say(&mut response, truncated.as_ref());
            response
        }
        Err(error) => {
            let failure = Failure::from(error);
            let message = failure.message().to_owned();
            let ours = failure.into_response();
            let mut response = failed(ours.status(), message);
            // When to come again.
            response.headers_mut().extend(
                ours.headers()
                    .iter()
                    .filter(|(name, _)| *name == http::header::RETRY_AFTER)
                    .map(|(name, value)| (Some(name.clone()), value.clone())),
            );
            response
        }
    }
}

fn refused(problem: String) -> Response {
    failed(StatusCode::BAD_REQUEST, problem)
}

fn failed(status: StatusCode, message: String) -> Response {
    let problem = Problem { code: status.as_u16(), msg: message };
    (status, Json(Envelope::<Vec<()>> { errors: Some(vec![problem]), ..Envelope::nothing() })).into_response()
}

#[cfg(test)]
mod tests;
