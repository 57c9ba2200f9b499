//! A state change as one transaction: new state, history entry, outbox entries. Pure but for the ids.

use api::ApiError;
use api::alarm::{AlarmRule, AlarmState, AlarmTransition, Datapoint, Delivery, DeliveryState};
use api::time::Nanos;

use crate::config::Config;
use crate::document::{
    OUTBOX, OutboxDocument, STATES, StateDocument, Versioned, WebhookDocument, deliveries_of, put, transitions_of,
};
use crate::ports::{Change, Expected};
use crate::{ids, notification};

/// Everything a transition is made of.
pub(crate) struct Transition<'a> {
    pub(crate) rule: &'a AlarmRule,
    pub(crate) transition: AlarmTransition,
    pub(crate) datapoints: Vec<Datapoint>,
    /// The stored state that it replaces.
    pub(crate) state_expected: Expected,
    pub(crate) webhooks: &'a [Versioned<WebhookDocument>],
    pub(crate) outbox: &'a [Versioned<OutboxDocument>],
}

/// The webhooks that a rule calls on a state.
pub(crate) fn actions(rule: &AlarmRule, state: AlarmState) -> &[String] {
    if !rule.actions_enabled {
        return &[];
    }
    match state {
        AlarmState::Alarm => &rule.alarm_actions,
        AlarmState::Ok => &rule.ok_actions,
        AlarmState::InsufficientData => &rule.insufficient_data_actions,
    }
}

impl Transition<'_> {
    /// The changes that make it durable.
    pub(crate) fn changes(&self, config: &Config) -> Result<Vec<Change>, ApiError> {
        let transition = &self.transition;
        let alarm_id = transition.alarm_id.as_str();
        let state = StateDocument {
            state: transition.new_state,
            reason: transition.reason.clone(),
            transitioned_at_unix_nano: transition.time_unix_nano,
            datapoints: self.datapoints.clone(),
        };
        let mut changes = vec![
            put(STATES, alarm_id, self.state_expected, &state)?,
            put(&transitions_of(alarm_id), &transition.id, Expected::Absent, transition)?,
        ];
        let notification = notification::of_transition(self.rule, transition, &self.datapoints, &config.public_url);
        let body = notification::body(&notification)?;
        for webhook_id in actions(self.rule, transition.new_state) {
            changes.push(self.delivery(config, webhook_id, &body)?);
        }
        Ok(changes)
    }

    /// The outbox entry for a webhook; where its queue is full, a failed delivery that says so.
    fn delivery(&self, config: &Config, webhook_id: &str, body: &str) -> Result<Change, ApiError> {
        let now = self.transition.time_unix_nano;
        let webhook = self.webhooks.iter().find(|webhook| webhook.id == webhook_id);
        let mut delivery = Delivery {
            id: ids::rising(now.0)?,
            transition_id: self.transition.id.clone(),
            webhook_id: webhook_id.to_owned(),
            webhook_name: webhook.map_or_else(|| webhook_id.to_owned(), |webhook| webhook.document.name.clone()),
            state: DeliveryState::Pending,
            attempts: 0,
            created_at_unix_nano: now,
            next_or_done_unix_nano: now,
            last_error: None,
        };
        let alarm_id = &self.transition.alarm_id;
        let waiting = self.outbox.iter().filter(|entry| entry.document.delivery.webhook_id == webhook_id).count();
        if waiting >= config.outbox_per_webhook_max {
            delivery.state = DeliveryState::Failed;
            delivery.last_error = Some(format!(
                "given up: {waiting} notifications wait for this webhook, and outbox_per_webhook_max allows no more"
            ));
            return put(&deliveries_of(alarm_id), &delivery.id, Expected::Absent, &delivery);
        }
        let id = delivery.id.clone();
        put(
            OUTBOX,
            &id,
            Expected::Absent,
            &OutboxDocument { alarm_id: alarm_id.clone(), delivery, body: body.to_owned() },
        )
    }
}

/// The datapoints of an evaluation as they are shown: the newest ones, oldest first.
pub(crate) fn shown_datapoints(
    points: &[(i64, Option<f64>)],
    breaches: impl Fn(Option<f64>) -> bool,
    max: usize,
) -> Vec<Datapoint> {
    points[points.len().saturating_sub(max)..]
        .iter()
        .map(|(time, value)| Datapoint { time_unix_nano: Nanos(*time), value: *value, breaching: breaches(*value) })
        .collect()
}
