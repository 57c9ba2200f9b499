//! The server's API, one function per endpoint, typed by the crate `api`.
//!
//! Every failure is an [`ApiError`]: the server's own, or one made here when no answer came. A request is aborted when
//! its future is dropped, so a view that goes takes its questions with it.

mod address;
mod transport;

use api::alarm::{Alarm, AlarmHistory, AlarmList, AlarmRule, Webhook, WebhookList, WebhookSpec};
use api::auth::{Credential, CredentialList, LoginAnswer, LoginRequest, NewCredential, SessionInfo, SetupRequest};
use api::compare::{CompareAnswer, CompareRequest};
use api::dashboard::{DashboardAnswer, DashboardList};
use api::health::Health;
use api::log::{LogPage, LogSearch};
use api::metric::{MetricList, MetricRequest, SeriesAnswer};
use api::promoted::{PromotedAttributes, PromotedRequest};
use api::service::{ServiceGraph, ServiceList, ServiceRequest};
use api::trace::{TraceAnswer, TracePage, TraceSearch};
use api::{ApiError, KeysAnswer, TimeRange, ValuesAnswer, paths};
use serde_json::Value;

pub(crate) use address::{filled, with_query};
use transport::{Body, delete, get, post, put, send_unanswered};

/// What the server said.
pub(crate) type Answer<T> = Result<T, ApiError>;

/// Which table attributes are asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    Spans,
    Logs,
    Metrics,
}

impl Signal {
    fn as_str(self) -> &'static str {
        match self {
            Self::Spans => "spans",
            Self::Logs => "logs",
            Self::Metrics => "metrics",
        }
    }
}

fn ranged<'a>(range: &'a TimeRange, environment: &'a Option<String>) -> [(&'static str, Option<&'a str>); 3] {
    [("from", Some(&range.from)), ("to", Some(&range.to)), ("environment", environment.as_deref())]
}

pub(crate) async fn health() -> Answer<Health> {
    get(paths::HEALTH).await
}

pub(crate) async fn services(range: TimeRange, environment: Option<String>) -> Answer<ServiceList> {
    get(&with_query(paths::SERVICES, &ranged(&range, &environment))).await
}

pub(crate) async fn operations(service: String, range: TimeRange) -> Answer<ServiceList> {
    get(&with_query(&filled(paths::OPERATIONS, &service), &ranged(&range, &None))).await
}

pub(crate) async fn services_query(request: ServiceRequest) -> Answer<SeriesAnswer> {
    post(paths::SERVICES_QUERY, Body::of(&request)?).await
}

pub(crate) async fn service_graph(range: TimeRange, environment: Option<String>) -> Answer<ServiceGraph> {
    get(&with_query(paths::SERVICE_GRAPH, &ranged(&range, &environment))).await
}

pub(crate) async fn traces_search(search: TraceSearch) -> Answer<TracePage> {
    post(paths::TRACES_SEARCH, Body::of(&search)?).await
}

pub(crate) async fn trace(trace_id: String) -> Answer<TraceAnswer> {
    get(&filled(paths::TRACE, &trace_id)).await
}

pub(crate) async fn traces_compare(request: CompareRequest) -> Answer<CompareAnswer> {
    post(paths::TRACES_COMPARE, Body::of(&request)?).await
}

pub(crate) async fn logs_search(search: LogSearch) -> Answer<LogPage> {
    post(paths::LOGS_SEARCH, Body::of(&search)?).await
}

/// The address of the live tail of what a search has.
pub(crate) fn logs_tail(search: &LogSearch) -> String {
    let search = serde_json::to_string(search).unwrap_or_default();
    with_query(paths::LOGS_TAIL, &[("search", Some(&search))])
}

pub(crate) async fn metrics(range: TimeRange) -> Answer<MetricList> {
    get(&with_query(paths::METRICS, &ranged(&range, &None))).await
}

pub(crate) async fn metrics_query(request: MetricRequest) -> Answer<SeriesAnswer> {
    post(paths::METRICS_QUERY, Body::of(&request)?).await
}

pub(crate) async fn attributes(signal: Signal, range: TimeRange, prefix: String) -> Answer<KeysAnswer> {
    let query = [
        ("signal", Some(signal.as_str())),
        ("from", Some(&range.from)),
        ("to", Some(&range.to)),
        ("prefix", Some(&prefix)),
    ];
    get(&with_query(paths::ATTRIBUTES, &query)).await
}

pub(crate) async fn attribute_values(
    signal: Signal,
    key: String,
    range: TimeRange,
    prefix: String,
) -> Answer<ValuesAnswer> {
    let query = [
        ("signal", Some(signal.as_str())),
        ("from", Some(&range.from)),
        ("to", Some(&range.to)),
        ("prefix", Some(&prefix)),
    ];
    get(&with_query(&filled(paths::ATTRIBUTE_VALUES, &key), &query)).await
}

pub(crate) async fn dashboards() -> Answer<DashboardList> {
    get(paths::DASHBOARDS).await
}

pub(crate) async fn dashboard(id: String) -> Answer<DashboardAnswer> {
    get(&filled(paths::DASHBOARD, &id)).await
}

pub(crate) async fn create_dashboard(document: Value) -> Answer<DashboardAnswer> {
    post(paths::DASHBOARDS, Body::of(&document)?).await
}

pub(crate) async fn change_dashboard(id: String, version: u64, document: Value) -> Answer<DashboardAnswer> {
    put(&filled(paths::DASHBOARD, &id), Some(version), Body::of(&document)?).await
}

pub(crate) async fn delete_dashboard(id: String) -> Answer<()> {
    delete(&filled(paths::DASHBOARD, &id)).await
}

pub(crate) async fn alarms() -> Answer<AlarmList> {
    get(paths::ALARMS).await
}

pub(crate) async fn alarm(id: String) -> Answer<Alarm> {
    get(&filled(paths::ALARM, &id)).await
}

pub(crate) async fn create_alarm(rule: AlarmRule) -> Answer<Alarm> {
    post(paths::ALARMS, Body::of(&rule)?).await
}

pub(crate) async fn change_alarm(id: String, version: u64, rule: AlarmRule) -> Answer<Alarm> {
    put(&filled(paths::ALARM, &id), Some(version), Body::of(&rule)?).await
}

pub(crate) async fn delete_alarm(id: String) -> Answer<()> {
    delete(&filled(paths::ALARM, &id)).await
}

pub(crate) async fn alarm_history(id: String) -> Answer<AlarmHistory> {
    get(&filled(paths::ALARM_HISTORY, &id)).await
}

pub(crate) async fn alarm_series(id: String, range: TimeRange) -> Answer<SeriesAnswer> {
    get(&with_query(&filled(paths::ALARM_SERIES, &id), &ranged(&range, &None))).await
}

pub(crate) async fn webhooks() -> Answer<WebhookList> {
    get(paths::WEBHOOKS).await
}

pub(crate) async fn create_webhook(webhook: WebhookSpec) -> Answer<Webhook> {
    post(paths::WEBHOOKS, Body::of(&webhook)?).await
}

/// Keeps the secret if the specification has none.
pub(crate) async fn change_webhook(id: String, webhook: WebhookSpec) -> Answer<Webhook> {
    put(&filled(paths::WEBHOOK, &id), None, Body::of(&webhook)?).await
}

pub(crate) async fn delete_webhook(id: String) -> Answer<()> {
    delete(&filled(paths::WEBHOOK, &id)).await
}

pub(crate) async fn test_webhook(id: String) -> Answer<()> {
    send_unanswered(gloo_net::http::Method::POST, &filled(paths::WEBHOOK_TEST, &id)).await
}

pub(crate) async fn promoted_attributes() -> Answer<PromotedAttributes> {
    get(paths::PROMOTED_ATTRIBUTES).await
}

pub(crate) async fn promote(request: PromotedRequest) -> Answer<PromotedAttributes> {
    put(paths::PROMOTED_ATTRIBUTES, None, Body::of(&request)?).await
}

pub(crate) async fn session() -> Answer<SessionInfo> {
    get(paths::SESSION).await
}

pub(crate) async fn login(request: LoginRequest) -> Answer<LoginAnswer> {
    post(paths::SESSION, Body::of(&request)?).await
}

pub(crate) async fn logout() -> Answer<()> {
    delete(paths::SESSION).await
}

pub(crate) async fn set_up(request: SetupRequest) -> Answer<LoginAnswer> {
    post(paths::SETUP, Body::of(&request)?).await
}

pub(crate) async fn credentials(path: &'static str) -> Answer<CredentialList> {
    get(path).await
}

pub(crate) async fn create_credential(path: &'static str, credential: NewCredential) -> Answer<Credential> {
    post(path, Body::of(&credential)?).await
}

pub(crate) async fn delete_credential(template: &'static str, id: String) -> Answer<()> {
    delete(&filled(template, &id)).await
}
