//! Alarms and the webhooks they call.

use serde::{Deserialize, Serialize};

use crate::log::LogSearch;
use crate::metric::MetricQuery;
use crate::service::ServiceQuery;
use crate::time::Nanos;

/// State of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    /// Within the threshold.
    Ok,
    /// Beyond the threshold.
    Alarm,
    /// Just created, or not enough data.
    InsufficientData,
}

/// How a datapoint is compared with the threshold; it breaches if the comparison holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are CloudWatch's own")]
pub enum ComparisonOperator {
    GreaterThanOrEqualToThreshold,
    GreaterThanThreshold,
    LessThanThreshold,
    LessThanOrEqualToThreshold,
}

/// What a period without data counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TreatMissingData {
    /// It is left out; with no data at all the alarm goes to INSUFFICIENT_DATA.
    #[default]
    Missing,
    /// The state is kept.
    Ignore,
    /// It breaches.
    Breaching,
    /// It does not breach.
    NotBreaching,
}

/// What is watched: one number a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AlarmSource {
    /// A statistic of a metric, without `group_by`.
    Metric(MetricQuery),
    /// How many log records match; a period without matches is 0. What a page has (range, limit, cursor, histogram, order) is
    /// refused.
    Logs(LogSearch),
    /// A measure of one service; a period without requests has no data.
    Service(ServiceQuery),
}

/// The part of an alarm that its owner sets. Body of `POST /api/v1/alarms` and `PUT /api/v1/alarms/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmRule {
    /// Unique; 1 to 255 characters.
    pub name: String,
    /// For whoever is called; up to 1024 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// False: it is evaluated, but calls nobody.
    #[serde(default = "yes")]
    pub actions_enabled: bool,
    /// What is watched.
    pub source: AlarmSource,
    /// Period in seconds: 10, 20, 30 or a multiple of 60.
    pub period_seconds: u32,
    /// N: how many periods are looked at.
    pub evaluation_periods: u32,
    /// M: how many of them must breach. Absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datapoints_to_alarm: Option<u32>,
    /// How a datapoint is compared.
    pub comparison_operator: ComparisonOperator,
    /// With what.
    pub threshold: f64,
    /// What a period without data counts as.
    #[serde(default)]
    pub treat_missing_data: TreatMissingData,
    /// Ids of the webhooks called on ALARM.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarm_actions: Vec<String>,
    /// Ids of the webhooks called on OK.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ok_actions: Vec<String>,
    /// Ids of the webhooks called on INSUFFICIENT_DATA.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub insufficient_data_actions: Vec<String>,
}

fn yes() -> bool {
    true
}

/// A datapoint that was evaluated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Datapoint {
    /// Begin of the period.
    pub time_unix_nano: Nanos,
    /// `null` where there was no data.
    pub value: Option<f64>,
    /// Whether it breaches.
    pub breaching: bool,
}

/// Where an alarm stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmStatus {
    /// The state.
    pub state: AlarmState,
    /// Why, in CloudWatch's words.
    pub reason: String,
    /// When the state last changed.
    pub transitioned_at_unix_nano: Nanos,
    /// When it was last evaluated; absent before the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluated_at_unix_nano: Option<Nanos>,
    /// The datapoints of the last evaluation, oldest first; at most the newest 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datapoints: Vec<Datapoint>,
    /// Why the last evaluation failed, if it did; the state is then kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation_error: Option<String>,
}

/// An alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Given at creation.
    pub id: String,
    /// Rises with each change of the rule; a PUT may name it in `If-Match`.
    pub version: u64,
    /// What its owner set.
    #[serde(flatten)]
    pub rule: AlarmRule,
    /// Where it stands.
    pub status: AlarmStatus,
    /// When it was created.
    pub created_at_unix_nano: Nanos,
    /// When the rule last changed.
    pub updated_at_unix_nano: Nanos,
}

/// Answer of `GET /api/v1/alarms`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AlarmList {
    /// Those in ALARM first, then by name.
    pub alarms: Vec<Alarm>,
}

/// A transition of an alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmTransition {
    /// Rises with time.
    pub id: String,
    /// Which alarm.
    pub alarm_id: String,
    /// Its name then.
    pub alarm_name: String,
    /// When.
    pub time_unix_nano: Nanos,
    /// State before.
    pub old_state: AlarmState,
    /// State after.
    pub new_state: AlarmState,
    /// Why.
    pub reason: String,
    /// The value of the newest datapoint.
    pub value: Option<f64>,
    /// Begin of the evaluated range.
    pub start_unix_nano: Nanos,
    /// End of the evaluated range.
    pub end_unix_nano: Nanos,
    /// Traces to look at; at most 10.
    pub trace_ids: Vec<String>,
}

/// Answer of `GET /api/v1/alarms/{id}/history`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AlarmHistory {
    /// Newest first.
    pub transitions: Vec<AlarmTransition>,
    /// Newest first.
    pub deliveries: Vec<Delivery>,
}

/// Body of `POST /api/v1/webhooks` and `PUT /api/v1/webhooks/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSpec {
    /// Unique; 1 to 255 characters.
    pub name: String,
    /// `http` or `https`.
    pub url: String,
    /// The secret that signs the body: `whsec_` and base64 of 24 to 64 bytes. Absent: one is made (POST), or kept (PUT).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A webhook. The secret is shown once, in the answer of the POST that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Given at creation.
    pub id: String,
    /// Unique.
    pub name: String,
    /// Where the notification is posted.
    pub url: String,
    /// Only in the answer of the POST.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// When it was created.
    pub created_at_unix_nano: Nanos,
}

/// Answer of `GET /api/v1/webhooks`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookList {
    /// By name.
    pub webhooks: Vec<Webhook>,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// In the outbox; it is tried again.
    Pending,
    /// The receiver answered 2xx.
    Delivered,
    /// Given up after the last try.
    Failed,
}

/// A notification on its way to a webhook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// `webhook-id` of the request; the same for every try.
    pub id: String,
    /// Which transition.
    pub transition_id: String,
    /// Which webhook.
    pub webhook_id: String,
    /// Its name.
    pub webhook_name: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was put into the outbox.
    pub created_at_unix_nano: Nanos,
    /// When it is tried next, or was delivered, or was given up.
    pub next_or_done_unix_nano: Nanos,
    /// What the last try said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// The body that a webhook receives, signed as Standard Webhooks says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// `alarm.state_changed`, or `webhook.test` for a test call.
    #[serde(rename = "type")]
    pub event_type: String,
    /// RFC 3339.
    pub timestamp: String,
    /// What happened.
    pub data: NotificationData,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationData {
    /// The alarm's id.
    pub alarm_id: String,
    /// Its name.
    pub alarm_name: String,
    /// Its description.
    pub description: String,
    /// State before.
    pub old_state: AlarmState,
    /// State after.
    pub new_state: AlarmState,
    /// Why, in CloudWatch's words.
    pub reason: String,
    /// The value of the newest datapoint.
    pub value: Option<f64>,
    /// With what it was compared.
    pub threshold: f64,
    /// How.
    pub comparison_operator: ComparisonOperator,
    /// What is watched.
    pub source: AlarmSource,
    /// The datapoints, oldest first; at most the newest 100.
    pub datapoints: Vec<Datapoint>,
    /// Opens the alarm's chart at that time.
    pub chart_url: String,
    /// Traces to look at; at most 10.
    pub trace_ids: Vec<String>,
    /// Opens each of them.
    pub trace_urls: Vec<String>,
}
