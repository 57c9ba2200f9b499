//! Every route: what it takes and what it answers.

use api::paths;

/// A body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// None.
    Nothing,
    /// Text.
    Text,
    /// A JSON object that another document describes.
    Json,
    /// A type of the crate `api`.
    Type(&'static str),
    /// Server-sent events, the data of each of which is a type of the crate `api`.
    Events(&'static str),
}

/// A route.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) summary: &'static str,
    /// Query parameters.
    pub(crate) parameters: &'static [&'static str],
    pub(crate) body: Content,
    pub(crate) status: u16,
    pub(crate) answer: Content,
}

use Content::{Events, Json, Nothing, Text, Type};

const fn get(
    path: &'static str,
    operation: &'static str,
    parameters: &'static [&'static str],
    answer: Content,
    summary: &'static str,
) -> Route {
    Route { method: "GET", path, operation, summary, parameters, body: Nothing, status: 200, answer }
}

const fn post(
    path: &'static str,
    operation: &'static str,
    body: Content,
    status: u16,
    answer: Content,
    summary: &'static str,
) -> Route {
    Route { method: "POST", path, operation, summary, parameters: &[], body, status, answer }
}

const fn put(
    path: &'static str,
    operation: &'static str,
    body: Content,
    answer: Content,
    summary: &'static str,
) -> Route {
    Route { method: "PUT", path, operation, summary, parameters: &[], body, status: 200, answer }
}

const fn delete(path: &'static str, operation: &'static str, summary: &'static str) -> Route {
    Route { method: "DELETE", path, operation, summary, parameters: &[], body: Nothing, status: 204, answer: Nothing }
}

const RANGE: &[&str] = &["from", "to"];
const RANGE_ENVIRONMENT: &[&str] = &["from", "to", "environment"];
const ATTRIBUTE: &[&str] = &["signal", "from", "to", "prefix"];
const JAEGER_SEARCH: &[&str] =
    &["service", "operation", "tag", "tags", "start", "end", "minDuration", "maxDuration", "limit", "traceID"];

/// All routes but OTLP's and the UI's.
pub(crate) const ROUTES: &[Route] = &[
    get("/healthz", "alive", &[], Text, "The process answers."),
    get("/readyz", "ready", &[], Text, "Exports are taken."),
    get("/metrics", "metrics", &[], Text, "What the process counts, in Prometheus' text form."),
    get(paths::OPENAPI, "openapi", &[], Json, "This description."),
    get(paths::HEALTH, "health", &[], Type("Health"), "Whether Alidade is well, and what it refused."),
    get(
        paths::PROMOTED_ATTRIBUTES,
        "promoted_attributes",
        &[],
        Type("PromotedAttributes"),
        "Attributes that have columns of their own, and how much of the tables has them.",
    ),
    put(
        paths::PROMOTED_ATTRIBUTES,
        "promote_attributes",
        Type("PromotedRequest"),
        Type("PromotedAttributes"),
        "Promotes exactly these attributes on demand, beside the built-in ones and those of the configuration.",
    ),
    get(paths::SESSION, "session", &[], Type("SessionInfo"), "Whether a login is needed, and who is logged in."),
    post(
        paths::SESSION,
        "log_in",
        Type("LoginRequest"),
        200,
        Type("LoginAnswer"),
        "Logs in; the token is set as a cookie too.",
    ),
    delete(paths::SESSION, "log_out", "Ends the login."),
    post(
        paths::SETUP,
        "set_up",
        Type("SetupRequest"),
        200,
        Type("LoginAnswer"),
        "Makes the administrator's account with the one-time code.",
    ),
    get(
        paths::INGEST_KEYS,
        "list_ingest_keys",
        &[],
        Type("CredentialList"),
        "Keys of exporters, without their secrets.",
    ),
    post(
        paths::INGEST_KEYS,
        "make_ingest_key",
        Type("NewCredential"),
        201,
        Type("Credential"),
        "Makes a key; the only answer with its secret.",
    ),
    delete(paths::INGEST_KEY, "delete_ingest_key", "Revokes a key, at once."),
    get(paths::API_TOKENS, "list_api_tokens", &[], Type("CredentialList"), "Tokens of scripts, without their secrets."),
    post(
        paths::API_TOKENS,
        "make_api_token",
        Type("NewCredential"),
        201,
        Type("Credential"),
        "Makes a token; the only answer with its secret.",
    ),
    delete(paths::API_TOKEN, "delete_api_token", "Revokes a token, at once."),
    get(paths::SERVICES, "services", RANGE_ENVIRONMENT, Type("ServiceList"), "Services with rates and latencies."),
    get(paths::OPERATIONS, "operations", RANGE, Type("ServiceList"), "Operations of a service."),
    post(
        paths::SERVICES_QUERY,
        "query_services",
        Type("ServiceRequest"),
        200,
        Type("SeriesAnswer"),
        "A measure of services over time.",
    ),
    get(paths::SERVICE_GRAPH, "service_graph", RANGE_ENVIRONMENT, Type("ServiceGraph"), "The service map, laid out."),
    post(paths::TRACES_SEARCH, "search_traces", Type("TraceSearch"), 200, Type("TracePage"), "Traces, newest first."),
    post(
        paths::TRACES_COMPARE,
        "compare_spans",
        Type("CompareRequest"),
        200,
        Type("CompareAnswer"),
        "What sets two sets of spans apart, by attribute.",
    ),
    get(paths::TRACE, "trace", &[], Type("TraceAnswer"), "A trace with all its spans."),
    post(
        paths::LOGS_SEARCH,
        "search_logs",
        Type("LogSearch"),
        200,
        Type("LogPage"),
        "Log records, newest first, and their histogram.",
    ),
    get(paths::LOGS_TAIL, "tail_logs", &["search"], Events("LogTail"), "Log records as they come in."),
    get(paths::SPANS_TAIL, "tail_spans", &["search"], Events("SpanTail"), "Spans as they come in."),
    get(paths::METRICS, "list_metrics", RANGE, Type("MetricList"), "Metrics that have data."),
    post(
        paths::METRICS_QUERY,
        "query_metrics",
        Type("MetricRequest"),
        200,
        Type("SeriesAnswer"),
        "A statistic of a metric over time.",
    ),
    get(paths::ATTRIBUTES, "attribute_keys", ATTRIBUTE, Type("KeysAnswer"), "Attributes that occur."),
    get(paths::ATTRIBUTE_VALUES, "attribute_values", ATTRIBUTE, Type("ValuesAnswer"), "Values of an attribute."),
    post(
        paths::SQL,
        "sql",
        Type("SqlRequest"),
        200,
        Type("SqlAnswer"),
        "Read-only SQL over the tables spans, logs and metrics.",
    ),
    get(paths::JAEGER_SERVICES, "jaeger_services", &[], Json, "Services, as Jaeger answers."),
    get(
        paths::JAEGER_SERVICE_OPERATIONS,
        "jaeger_service_operations",
        &[],
        Json,
        "Names of the spans of a service, as Jaeger answers.",
    ),
    get(
        paths::JAEGER_OPERATIONS,
        "jaeger_operations",
        &["service", "spanKind"],
        Json,
        "Names and kinds of the spans of a service, as Jaeger answers.",
    ),
    get(paths::JAEGER_TRACES, "jaeger_traces", JAEGER_SEARCH, Json, "Traces with their spans, as Jaeger answers."),
    get(paths::JAEGER_TRACE, "jaeger_trace", &[], Json, "A trace with its spans, as Jaeger answers."),
    get(
        paths::JAEGER_DEPENDENCIES,
        "jaeger_dependencies",
        &["endTs", "lookback"],
        Json,
        "Who calls whom, as Jaeger answers.",
    ),
    get(paths::DASHBOARDS, "list_dashboards", &[], Type("DashboardList"), "Dashboards, built-in ones first."),
    post(paths::DASHBOARDS, "make_dashboard", Json, 201, Type("DashboardAnswer"), "Makes a dashboard."),
    get(paths::DASHBOARD, "dashboard", &[], Type("DashboardAnswer"), "A dashboard with its document."),
    put(paths::DASHBOARD, "change_dashboard", Json, Type("DashboardAnswer"), "Replaces a dashboard's document."),
    delete(paths::DASHBOARD, "delete_dashboard", "Removes a dashboard."),
    get(paths::ALARMS, "list_alarms", &[], Type("AlarmList"), "Alarms, those in ALARM first."),
    post(paths::ALARMS, "make_alarm", Type("AlarmRule"), 201, Type("Alarm"), "Makes an alarm."),
    get(paths::ALARM, "alarm", &[], Type("Alarm"), "An alarm with its state."),
    put(paths::ALARM, "change_alarm", Type("AlarmRule"), Type("Alarm"), "Replaces an alarm's rule."),
    delete(paths::ALARM, "delete_alarm", "Removes an alarm."),
    get(paths::ALARM_HISTORY, "alarm_history", &[], Type("AlarmHistory"), "Transitions and notifications of an alarm."),
    get(paths::ALARM_SERIES, "alarm_series", RANGE, Type("SeriesAnswer"), "The watched number in the alarm's periods."),
    get(paths::WEBHOOKS, "list_webhooks", &[], Type("WebhookList"), "Webhooks, without their secrets."),
    post(
        paths::WEBHOOKS,
        "make_webhook",
        Type("WebhookSpec"),
        201,
        Type("Webhook"),
        "Makes a webhook; the only answer with its secret.",
    ),
    get(paths::WEBHOOK, "webhook", &[], Type("Webhook"), "A webhook."),
    put(paths::WEBHOOK, "change_webhook", Type("WebhookSpec"), Type("Webhook"), "Replaces a webhook."),
    delete(paths::WEBHOOK, "delete_webhook", "Removes a webhook."),
    post(paths::WEBHOOK_TEST, "test_webhook", Nothing, 204, Nothing, "Sends a test notification now."),
];
