//! Evaluations: start those that are due, ask, decide, store the transition.
//!
//! An evaluation that fails keeps the state; why it failed is shown in the alarm's status. One that takes too long is
//! given up, and an alarm whose evaluation is still running is not started again, so a slow alarm holds back itself.

use std::collections::HashMap;
use std::sync::Arc;

use api::alarm::{AlarmRule, AlarmState, AlarmTransition, Datapoint, TreatMissingData};
use api::time::Nanos;
use api::{ApiError, ErrorKind};
use tokio::task::JoinSet;

use crate::config::{DATAPOINTS_SHOWN_MAX, EXAMPLE_TRACES_MAX, nanos};
use crate::document::{OUTBOX, RULES, RuleDocument, STATES, StateDocument, Versioned, WEBHOOKS};
use crate::ids;
use crate::ports::Expected;
use crate::reason::reason;
use crate::schedule::{self, Window};
use crate::service::Inner;
use crate::state::{Criteria, decide, next_state};
use crate::transition::{Transition, actions, shown_datapoints};

/// An alarm that is due.
struct Due {
    id: String,
    rule: AlarmRule,
    state: StateDocument,
    state_expected: Expected,
    window: Window,
}

/// Marks an alarm as no longer running, whatever way its evaluation ends.
struct Running {
    inner: Arc<Inner>,
    id: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(live) = self.inner.live().get_mut(&self.id) {
            live.running = false;
        }
    }
}

impl Inner {
    /// Starts the evaluation of every alarm that is due and not running.
    pub(crate) async fn start_due_evaluations(self: &Arc<Self>, tasks: &mut JoinSet<()>) {
        let due = match self.due_alarms().await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "alarms could not be read; tried again at the next step");
                return;
            }
        };
        for alarm in due {
            let running = Running { inner: Arc::clone(self), id: alarm.id.clone() };
            let inner = Arc::clone(self);
            tasks.spawn(async move {
                let _running = running;
                inner.evaluate(alarm).await;
            });
        }
    }

    async fn due_alarms(&self) -> Result<Vec<Due>, ApiError> {
        let rules = self.store.list_readable::<RuleDocument>(RULES).await?;
        let states = self.store.list_readable::<StateDocument>(STATES).await?;
        let mut states: HashMap<String, Versioned<StateDocument>> =
            states.into_iter().map(|state| (state.id.clone(), state)).collect();
        let now = self.now();
        let grace = nanos(self.config.late_data_grace);
        let mut live = self.live();
        let mut due = Vec::new();
        for Versioned { id, document, .. } in rules {
            let seen = live.entry(id.clone()).or_default();
            let Some(step) = schedule::due(&document.rule, seen.step, now, grace).filter(|_| !seen.running) else {
                continue;
            };
            seen.step = Some(step);
            seen.running = true;
            let state = states.remove(&id);
            due.push(Due {
                state_expected: state.as_ref().map_or(Expected::Absent, |state| Expected::Version(state.version)),
                state: state.map_or_else(|| StateDocument::initial(now), |state| state.document),
                window: schedule::window(&document.rule, step),
                rule: document.rule,
                id,
            });
        }
        Ok(due)
    }

    async fn evaluate(&self, due: Due) {
        let Ok(_permit) = self.evaluations.acquire().await else { return };
        match self.ask_datapoints(&due).await {
            Ok(points) => self.judge(&due, &points).await,
            Err(error) => self.show(&due.id, |live| live.error = Some(error)),
        }
    }

    async fn ask_datapoints(&self, due: &Due) -> Result<Vec<(i64, Option<f64>)>, String> {
        let Window { start_unix_nano, periods, .. } = due.window;
        let period = due.rule.period_seconds;
        let limit = self.config.evaluation_timeout;
        let asked = self.ask.datapoints(&due.rule.source, start_unix_nano, period, periods);
        let values = tokio::time::timeout(limit, asked)
            .await
            .map_err(|_| format!("no answer within evaluation_timeout ({} s)", limit.as_secs_f64()))??;
        if values.len() != periods as usize {
            return Err(format!("{} datapoints came where {periods} were asked for", values.len()));
        }
        let begin = |position: i64| start_unix_nano + position * i64::from(period) * 1_000_000_000;
        Ok((0..).map(begin).zip(values).collect())
    }

    /// Decides over the datapoints, shows them, and stores a transition if there is one.
    async fn judge(&self, due: &Due, points: &[(i64, Option<f64>)]) {
        let criteria = Criteria::of(&due.rule);
        let values: Vec<Option<f64>> = points.iter().map(|(_, value)| *value).collect();
        let decision = decide(&criteria, &values);
        let missing_breaches = due.rule.treat_missing_data == TreatMissingData::Breaching;
        let breaches = |value: Option<f64>| value.map_or(missing_breaches, |value| criteria.breaches(value));
        let datapoints = shown_datapoints(points, breaches, DATAPOINTS_SHOWN_MAX);
        let now = self.now();
        let old_state = due.state.state;
        let new_state = next_state(old_state, decision.verdict);
        let mut error = None;
        if new_state != old_state {
            let text = reason(old_state, new_state, &criteria, &decision, points);
            error = self.change_state(due, new_state, text, &datapoints).await.err();
        }
        self.show(&due.id, |live| {
            live.evaluated_at_unix_nano = Some(now);
            live.datapoints = datapoints;
            live.error = error.map(|error| format!("the new state could not be stored: {error}"));
        });
    }

    async fn change_state(
        &self,
        due: &Due,
        new_state: AlarmState,
        reason: String,
        datapoints: &[Datapoint],
    ) -> Result<(), ApiError> {
        let now = self.now();
        let Window { start_unix_nano, end_unix_nano, .. } = due.window;
        let transition = AlarmTransition {
            id: ids::rising(now)?,
            alarm_id: due.id.clone(),
            alarm_name: due.rule.name.clone(),
            time_unix_nano: Nanos(now),
            old_state: due.state.state,
            new_state,
            reason,
            value: datapoints.iter().rev().find_map(|point| point.value),
            start_unix_nano: Nanos(start_unix_nano),
            end_unix_nano: Nanos(end_unix_nano),
            trace_ids: self.example_traces(due, new_state).await,
        };
        tracing::info!(alarm = due.rule.name, from = ?transition.old_state, to = ?new_state, reason = transition.reason, "alarm changed state");
        let calls_somebody = !actions(&due.rule, new_state).is_empty();
        let (webhooks, outbox) = if calls_somebody {
            (self.store.list_readable(WEBHOOKS).await?, self.store.list_readable(OUTBOX).await?)
        } else {
            (Vec::new(), Vec::new())
        };
        let change = Transition {
            rule: &due.rule,
            transition,
            datapoints: datapoints.to_vec(),
            state_expected: due.state_expected,
            webhooks: &webhooks,
            outbox: &outbox,
        };
        match self.store.apply(change.changes(&self.config)?).await {
            Ok(()) => {
                if calls_somebody {
                    self.outbox_changed.notify_one();
                }
                Ok(())
            }
            // The rule was edited or deleted meanwhile, and this evaluation is void. Whoever edited it started another.
            Err(error) if error.error.kind == ErrorKind::Conflict => {
                tracing::debug!(alarm = due.rule.name, %error, "the alarm changed during its evaluation");
                Ok(())
            }
            // Nothing was stored: evaluate again at the next step.
            Err(error) => Err(error),
        }
    }

    /// Traces to look at, for a transition to ALARM.
    async fn example_traces(&self, due: &Due, new_state: AlarmState) -> Vec<String> {
        if new_state != AlarmState::Alarm {
            return Vec::new();
        }
        let Window { start_unix_nano, end_unix_nano, .. } = due.window;
        let asked = self.ask.example_traces(&due.rule.source, start_unix_nano, end_unix_nano);
        let mut traces = tokio::time::timeout(self.config.evaluation_timeout, asked).await.unwrap_or_else(|_| {
            tracing::warn!(alarm = due.rule.name, "no example traces within evaluation_timeout");
            Vec::new()
        });
        traces.truncate(EXAMPLE_TRACES_MAX);
        traces
    }

    /// Updates what is shown of an alarm, if it still exists.
    fn show(&self, id: &str, change: impl FnOnce(&mut crate::service::Live)) {
        if let Some(live) = self.live().get_mut(id) {
            change(live);
        }
    }
}

#[cfg(test)]
mod tests;
