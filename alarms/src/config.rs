//! What an operator may set, and every limit of this crate by name.

use std::time::Duration;

/// Settings and limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Address of the UI as people reach it, without a slash at the end; begins the links in notifications.
    pub public_url: String,
    /// How long late data is waited for: a window that ends at a time is evaluated this much later. The default is the
    /// delay after which the batch processors of OpenTelemetry SDKs export.
    pub late_data_grace: Duration,
    /// How many alarms there may be.
    pub alarms_max: usize,
    /// How many webhooks there may be.
    pub webhooks_max: usize,
    /// How many webhooks one state of one alarm may call.
    pub actions_per_state_max: usize,
    /// How many evaluations run at a time.
    pub evaluations_concurrent_max: usize,
    /// How long one evaluation may take; the next alarm in line takes its place then.
    pub evaluation_timeout: Duration,
    /// How long transitions and deliveries are kept, those of deleted alarms too.
    pub history_age_max: Duration,
    /// How many transitions of one alarm are kept, and how many finished deliveries.
    pub history_entries_max: usize,
    /// How many webhooks are called at a time.
    pub deliveries_concurrent_max: usize,
    /// How long one call may take.
    pub delivery_timeout: Duration,
    /// How often a notification is tried.
    pub delivery_attempts_max: u32,
    /// How old a notification may become before it is given up, tried or not.
    pub delivery_age_max: Duration,
    /// Pause after the first failed try; doubles with each.
    pub delivery_backoff_first: Duration,
    /// The longest pause between two tries.
    pub delivery_backoff_max: Duration,
    /// The longest `Retry-After` of a receiver that is obeyed.
    pub retry_after_max: Duration,
    /// How many notifications may wait for one webhook; further ones are given up at once, and the history says so.
    pub outbox_per_webhook_max: usize,
    /// How long running evaluations and calls may take to finish at shutdown. What is cut off is repeated after the
    /// next start.
    pub shutdown_grace: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".to_owned(),
            late_data_grace: Duration::from_secs(5),
            alarms_max: 1_000,
            webhooks_max: 100,
            actions_per_state_max: 5,
            evaluations_concurrent_max: 8,
            evaluation_timeout: Duration::from_secs(10),
            history_age_max: Duration::from_secs(30 * 86_400),
            history_entries_max: 1_000,
            deliveries_concurrent_max: 8,
            delivery_timeout: Duration::from_secs(10),
            delivery_attempts_max: 16,
            delivery_age_max: Duration::from_secs(86_400),
            delivery_backoff_first: Duration::from_secs(1),
            delivery_backoff_max: Duration::from_secs(600),
            retry_after_max: Duration::from_secs(3_600),
            outbox_per_webhook_max: 1_000,
            shutdown_grace: Duration::from_secs(5),
        }
    }
}

/// Traces named by a transition; the API says so.
pub(crate) const EXAMPLE_TRACES_MAX: usize = 10;
/// Datapoints shown by a status and a notification: the newest ones; the API says so.
pub(crate) const DATAPOINTS_SHOWN_MAX: usize = 100;

/// A duration in nanoseconds, as times are counted.
pub(crate) fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
