//! The body that a webhook receives. Pure.

use api::alarm::{
    AlarmRule, AlarmSource, AlarmState, AlarmTransition, ComparisonOperator, Datapoint, Notification, NotificationData,
};
use api::service::{ServiceMeasure, ServiceQuery};
use api::time::format_rfc3339;
use api::{ApiError, ErrorKind};

const HOUR_NANOS: i64 = 3_600_000_000_000;
/// The chart shows the evaluated range and this many times its length before it.
const CHART_RANGES_BEFORE: i64 = 3;

/// What is told about a transition.
pub(crate) fn of_transition(
    rule: &AlarmRule,
    transition: &AlarmTransition,
    datapoints: &[Datapoint],
    public_url: &str,
) -> Notification {
    let (start, end) = (transition.start_unix_nano.0, transition.end_unix_nano.0);
    Notification {
        event_type: "alarm.state_changed".to_owned(),
        timestamp: format_rfc3339(transition.time_unix_nano.0),
        data: NotificationData {
            alarm_id: transition.alarm_id.clone(),
            alarm_name: rule.name.clone(),
            description: rule.description.clone(),
            old_state: transition.old_state,
            new_state: transition.new_state,
            reason: transition.reason.clone(),
            value: transition.value,
            threshold: rule.threshold,
            comparison_operator: rule.comparison_operator,
            source: rule.source.clone(),
            datapoints: datapoints.to_vec(),
            chart_url: chart_url(public_url, &transition.alarm_id, start, end),
            trace_ids: transition.trace_ids.clone(),
            trace_urls: transition.trace_ids.iter().map(|id| format!("{public_url}/traces/{id}")).collect(),
        },
    }
}

/// What a test call tells.
pub(crate) fn test(webhook_name: &str, now_unix_nano: i64, public_url: &str) -> Notification {
    Notification {
        event_type: "webhook.test".to_owned(),
        timestamp: format_rfc3339(now_unix_nano),
        data: NotificationData {
            alarm_id: "test".to_owned(),
            alarm_name: format!("Test of the webhook {webhook_name:?}"),
            description: "No alarm changed: somebody tests this webhook.".to_owned(),
            old_state: AlarmState::Ok,
            new_state: AlarmState::Alarm,
            reason: "Test notification.".to_owned(),
            value: None,
            threshold: 0.0,
            comparison_operator: ComparisonOperator::GreaterThanThreshold,
            source: AlarmSource::Service(ServiceQuery {
                service: Some("test".to_owned()),
                operation: None,
                environment: None,
                measure: ServiceMeasure::FaultRate,
            }),
            datapoints: Vec::new(),
            chart_url: format!("{public_url}/alarms"),
            trace_ids: Vec::new(),
            trace_urls: Vec::new(),
        },
    }
}

/// The notification as it is signed and sent.
pub(crate) fn body(notification: &Notification) -> Result<String, ApiError> {
    serde_json::to_string(notification).map_err(|error| {
        ApiError::new(ErrorKind::Internal, format!("a notification cannot be written as JSON: {error}"))
    })
}

fn chart_url(public_url: &str, alarm_id: &str, start: i64, end: i64) -> String {
    let shown = ((end - start) * (1 + CHART_RANGES_BEFORE)).max(HOUR_NANOS);
    format!("{public_url}/alarms/{alarm_id}?from={}&to={}", format_rfc3339(end - shown), format_rfc3339(end))
}
