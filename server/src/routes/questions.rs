//! Questions about the tables: each handler asks the engine and writes its answer down.

use std::sync::Arc;

use api::compare::{CompareAnswer, CompareRequest};
use api::log::{LogPage, LogSearch};
use api::metric::{MetricList, MetricRequest, SeriesAnswer};
use api::service::{ServiceGraph, ServiceList, ServiceRequest};
use api::trace::{TraceAnswer, TracePage, TraceSearch};
use api::{KeysAnswer, TimeRange, ValuesAnswer, paths};
use axum::routing::{get, post};
use axum::{Extension, Json};
use serde::Deserialize;
use storage::{Signal, TenantId};

use super::{Answer, Routes, Shared, sql, tail};
use crate::extract::{Body, Parameters, Part};
use crate::failure::Failure;

pub(super) fn routes() -> Routes {
    vec![
        (paths::SERVICES, get(services)),
        (paths::OPERATIONS, get(operations)),
        (paths::SERVICES_QUERY, post(query_services)),
        (paths::SERVICE_GRAPH, get(service_graph)),
        (paths::TRACES_SEARCH, post(search_traces)),
        (paths::TRACES_COMPARE, post(compare_spans)),
        (paths::TRACE, get(trace)),
        (paths::LOGS_SEARCH, post(search_logs)),
        (paths::LOGS_TAIL, get(tail::logs)),
        (paths::SPANS_TAIL, get(tail::spans)),
        (paths::METRICS, get(list_metrics)),
        (paths::METRICS_QUERY, post(query_metrics)),
        (paths::ATTRIBUTES, get(attribute_keys)),
        (paths::ATTRIBUTE_VALUES, get(attribute_values)),
        (paths::SQL, sql::route()),
    ]
}

type Tenant = Extension<TenantId>;

/// `from`, `to`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    from: Option<String>,
    to: Option<String>,
}

/// `from`, `to`, `environment`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RangeOfEnvironment {
    from: Option<String>,
    to: Option<String>,
    environment: Option<String>,
}

/// `signal`, `from`, `to`, `prefix`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attribute {
    signal: String,
    from: Option<String>,
    to: Option<String>,
    #[serde(default)]
    prefix: String,
}

impl Range {
    pub(super) fn resolved(self) -> TimeRange {
        range(self.from, self.to)
    }
}

/// A parameter that is there and empty is as good as absent.
fn range(from: Option<String>, to: Option<String>) -> TimeRange {
    let default = TimeRange::default();
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    TimeRange { from: given(from).unwrap_or(default.from), to: given(to).unwrap_or(default.to) }
}

fn signal(name: &str) -> Result<Signal, Failure> {
    let found = Signal::ALL.into_iter().find(|signal| signal.table() == name);
    found.ok_or_else(|| Failure::invalid(format!("signal is {name:?}, must be spans, logs or metrics")))
}

async fn services(
    state: Shared,
    tenant: Tenant,
    Parameters(asked): Parameters<RangeOfEnvironment>,
) -> Answer<ServiceList> {
    let environment = asked.environment.filter(|environment| !environment.is_empty());
    Ok(Json(state.engine.services(&tenant, &range(asked.from, asked.to), environment.as_deref()).await?))
}

async fn operations(
    state: Shared,
    tenant: Tenant,
    Part(service): Part<String>,
    Parameters(asked): Parameters<Range>,
) -> Answer<ServiceList> {
    Ok(Json(state.engine.operations(&tenant, &service, &asked.resolved()).await?))
}

async fn query_services(state: Shared, tenant: Tenant, Body(request): Body<ServiceRequest>) -> Answer<SeriesAnswer> {
    Ok(Json(state.engine.query_services(&tenant, &request).await?))
}

async fn service_graph(
    state: Shared,
    tenant: Tenant,
    Parameters(asked): Parameters<RangeOfEnvironment>,
) -> Answer<ServiceGraph> {
    let environment = asked.environment.filter(|environment| !environment.is_empty());
    Ok(Json(state.engine.service_graph(&tenant, &range(asked.from, asked.to), environment.as_deref()).await?))
}

async fn search_traces(state: Shared, tenant: Tenant, Body(search): Body<TraceSearch>) -> Answer<TracePage> {
    Ok(Json(state.engine.search_traces(&tenant, &search).await?))
}

async fn compare_spans(state: Shared, tenant: Tenant, Body(request): Body<CompareRequest>) -> Answer<CompareAnswer> {
    Ok(Json(state.engine.compare_spans(&tenant, &request).await?))
}

async fn trace(state: Shared, tenant: Tenant, Part(trace_id): Part<String>) -> Answer<TraceAnswer> {
    Ok(Json(state.engine.trace(&tenant, &trace_id).await?))
}

async fn search_logs(state: Shared, tenant: Tenant, Body(search): Body<LogSearch>) -> Answer<LogPage> {
    Ok(Json(state.engine.search_logs(&tenant, &search).await?))
}

async fn list_metrics(state: Shared, tenant: Tenant, Parameters(asked): Parameters<Range>) -> Answer<MetricList> {
    Ok(Json(state.engine.list_metrics(&tenant, &asked.resolved()).await?))
}

async fn query_metrics(state: Shared, tenant: Tenant, Body(request): Body<MetricRequest>) -> Answer<SeriesAnswer> {
    Ok(Json(state.engine.query_metrics(&tenant, &request).await?))
}

async fn attribute_keys(state: Shared, tenant: Tenant, Parameters(asked): Parameters<Attribute>) -> Answer<KeysAnswer> {
    let range = range(asked.from, asked.to);
    Ok(Json(state.engine.attribute_keys(&tenant, signal(&asked.signal)?, &range, &asked.prefix).await?))
}

async fn attribute_values(
    state: Shared,
    tenant: Tenant,
    Part(key): Part<String>,
    Parameters(asked): Parameters<Attribute>,
) -> Answer<ValuesAnswer> {
    let range = range(asked.from, asked.to);
    Ok(Json(state.engine.attribute_values(&tenant, signal(&asked.signal)?, &key, &range, &asked.prefix).await?))
}

/// The engine, for the other modules of the routes.
pub(super) type Engine = Arc<query::Engine>;
