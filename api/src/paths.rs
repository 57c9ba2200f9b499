//! Route paths. A `{part}` is a path parameter.

/// GET: [`crate::health::Health`].
pub const HEALTH: &str = "/api/v1/health";
/// GET: the description of this API.
pub const OPENAPI: &str = "/api/openapi.json";
/// GET, query `from`, `to`, `environment`: [`crate::service::ServiceList`].
pub const SERVICES: &str = "/api/v1/services";
/// GET, query `from`, `to`: [`crate::service::ServiceList`] of operations.
pub const OPERATIONS: &str = "/api/v1/services/{service}/operations";
/// POST [`crate::service::ServiceRequest`]: [`crate::metric::SeriesAnswer`].
pub const SERVICES_QUERY: &str = "/api/v1/services/query";
/// GET, query `from`, `to`, `environment`: [`crate::service::ServiceGraph`].
pub const SERVICE_GRAPH: &str = "/api/v1/service-graph";
/// POST [`crate::trace::TraceSearch`]: [`crate::trace::TracePage`].
pub const TRACES_SEARCH: &str = "/api/v1/traces/search";
/// POST [`crate::compare::CompareRequest`]: [`crate::compare::CompareAnswer`].
pub const TRACES_COMPARE: &str = "/api/v1/traces/compare";
/// GET: [`crate::trace::TraceAnswer`].
pub const TRACE: &str = "/api/v1/traces/{trace_id}";
/// POST [`crate::log::LogSearch`]: [`crate::log::LogPage`].
pub const LOGS_SEARCH: &str = "/api/v1/logs/search";
/// GET, query `search` (a [`crate::log::LogSearch`] as JSON): server-sent events of [`crate::tail::LogTail`].
pub const LOGS_TAIL: &str = "/api/v1/logs/tail";
/// GET, query `search` (a [`crate::trace::TraceSearch`] as JSON): server-sent events of [`crate::tail::SpanTail`].
pub const SPANS_TAIL: &str = "/api/v1/spans/tail";
/// GET, query `from`, `to`: [`crate::metric::MetricList`].
pub const METRICS: &str = "/api/v1/metrics";
/// POST [`crate::metric::MetricRequest`]: [`crate::metric::SeriesAnswer`].
pub const METRICS_QUERY: &str = "/api/v1/metrics/query";
/// GET, query `signal` (`spans`, `logs`, `metrics`), `from`, `to`, `prefix`: [`crate::KeysAnswer`].
pub const ATTRIBUTES: &str = "/api/v1/attributes";
/// GET, query `signal`, `from`, `to`, `prefix`: [`crate::ValuesAnswer`].
pub const ATTRIBUTE_VALUES: &str = "/api/v1/attributes/{key}/values";
/// POST [`crate::sql::SqlRequest`]: [`crate::sql::SqlAnswer`].
pub const SQL: &str = "/api/v1/sql";
/// GET: [`crate::dashboard::DashboardList`]. POST a document: [`crate::dashboard::DashboardAnswer`].
pub const DASHBOARDS: &str = "/api/v1/dashboards";
/// GET, PUT a document, DELETE.
pub const DASHBOARD: &str = "/api/v1/dashboards/{id}";
/// GET: [`crate::alarm::AlarmList`]. POST [`crate::alarm::AlarmRule`]: [`crate::alarm::Alarm`].
pub const ALARMS: &str = "/api/v1/alarms";
/// GET, PUT [`crate::alarm::AlarmRule`], DELETE.
pub const ALARM: &str = "/api/v1/alarms/{id}";
/// GET: [`crate::alarm::AlarmHistory`].
pub const ALARM_HISTORY: &str = "/api/v1/alarms/{id}/history";
/// GET, query `from`, `to`: [`crate::metric::SeriesAnswer`] of the watched number, in the alarm's periods.
pub const ALARM_SERIES: &str = "/api/v1/alarms/{id}/series";
/// GET: [`crate::alarm::WebhookList`]. POST [`crate::alarm::WebhookSpec`]: [`crate::alarm::Webhook`].
pub const WEBHOOKS: &str = "/api/v1/webhooks";
/// GET, PUT [`crate::alarm::WebhookSpec`], DELETE.
pub const WEBHOOK: &str = "/api/v1/webhooks/{id}";
/// POST: sends a test notification now; 204, or what the receiver answered.
pub const WEBHOOK_TEST: &str = "/api/v1/webhooks/{id}/test";
/// GET: [`crate::promoted::PromotedAttributes`]. PUT [`crate::promoted::PromotedRequest`]: the same.
pub const PROMOTED_ATTRIBUTES: &str = "/api/v1/promoted-attributes";
/// GET: [`crate::auth::SessionInfo`]. POST [`crate::auth::LoginRequest`]: [`crate::auth::LoginAnswer`]. DELETE: logs out.
pub const SESSION: &str = "/api/v1/session";
/// POST [`crate::auth::SetupRequest`]: [`crate::auth::LoginAnswer`].
pub const SETUP: &str = "/api/v1/setup";
/// GET: [`crate::auth::CredentialList`]. POST [`crate::auth::NewCredential`]: [`crate::auth::Credential`].
pub const INGEST_KEYS: &str = "/api/v1/ingest-keys";
/// DELETE.
pub const INGEST_KEY: &str = "/api/v1/ingest-keys/{id}";
/// GET: [`crate::auth::CredentialList`]. POST [`crate::auth::NewCredential`]: [`crate::auth::Credential`].
pub const API_TOKENS: &str = "/api/v1/api-tokens";
/// DELETE.
pub const API_TOKEN: &str = "/api/v1/api-tokens/{id}";
/// GET: the services, as Jaeger answers.
pub const JAEGER_SERVICES: &str = "/jaeger/api/services";
/// GET: the names of a service's spans, as Jaeger answers.
pub const JAEGER_SERVICE_OPERATIONS: &str = "/jaeger/api/services/{service}/operations";
/// GET, query `service`, `spanKind`: the names and kinds of a service's spans, as Jaeger answers.
pub const JAEGER_OPERATIONS: &str = "/jaeger/api/operations";
/// GET, query `service`, `operation`, `tag`, `tags`, `start`, `end`, `minDuration`, `maxDuration`, `limit`, `traceID`: traces
/// with their spans, as Jaeger answers.
pub const JAEGER_TRACES: &str = "/jaeger/api/traces";
/// GET: a trace with its spans, as Jaeger answers.
pub const JAEGER_TRACE: &str = "/jaeger/api/traces/{trace_id}";
/// GET, query `endTs`, `lookback`: who calls whom, as Jaeger answers.
pub const JAEGER_DEPENDENCIES: &str = "/jaeger/api/dependencies";
