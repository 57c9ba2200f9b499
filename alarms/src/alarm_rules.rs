//! Alarms as their owners see them: list, get, create, update, delete.

use std::collections::{HashMap, HashSet};

use api::alarm::{Alarm, AlarmList, AlarmRule, AlarmState, AlarmStatus};
use api::time::Nanos;
use api::{ApiError, ErrorKind};

use crate::document::{
    DELETED, DeletedDocument, NameDocument, RULE_NAMES, RULES, RuleDocument, STATES, StateDocument, Versioned,
    WEBHOOKS, WebhookDocument, delete, name_id, put,
};
use crate::ports::Expected;
use crate::service::{Alarms, Inner, Live};
use crate::{ids, rule};

/// How often an edit is tried again when a state change came between.
const EDIT_TRIES: u32 = 5;

impl Alarms {
    /// All alarms, those in ALARM first, then by name.
    pub async fn list_alarms(&self) -> Result<AlarmList, ApiError> {
        let rules = self.inner.store.list::<RuleDocument>(RULES).await?;
        let states = self.inner.store.list::<StateDocument>(STATES).await?;
        let mut states: HashMap<String, StateDocument> =
            states.into_iter().map(|state| (state.id, state.document)).collect();
        let live = self.inner.live();
        let mut alarms: Vec<Alarm> = rules
            .into_iter()
            .map(|rule| {
                let state = states.remove(&rule.id);
                let live = live.get(&rule.id).cloned().unwrap_or_default();
                alarm(rule, state, live)
            })
            .collect();
        alarms.sort_by(|a, b| {
            let key = |alarm: &Alarm| alarm.status.state != AlarmState::Alarm;
            key(a).cmp(&key(b)).then_with(|| a.rule.name.cmp(&b.rule.name))
        });
        Ok(AlarmList { alarms })
    }

    /// One alarm.
    pub async fn get_alarm(&self, id: &str) -> Result<Alarm, ApiError> {
        let (rule, state) = self.inner.load(id).await?;
        let live = self.inner.live().get(id).cloned().unwrap_or_default();
        Ok(alarm(rule, state.map(|state| state.document), live))
    }

    /// Creates an alarm; it starts in INSUFFICIENT_DATA and is evaluated at once.
    pub async fn create_alarm(&self, new_rule: AlarmRule) -> Result<Alarm, ApiError> {
        let inner = &self.inner;
        inner.check(&new_rule, None).await?;
        let existing = inner.store.list::<RuleDocument>(RULES).await?.len();
        if existing >= inner.config.alarms_max {
            let message =
                format!("there are {existing} alarms, and alarms_max allows no more; delete one or raise the limit");
            return Err(ApiError::new(ErrorKind::TooLarge, message));
        }
        let now = inner.now();
        let id = ids::rising(now)?;
        let document =
            RuleDocument { rule: new_rule, created_at_unix_nano: Nanos(now), updated_at_unix_nano: Nanos(now) };
        let changes = vec![
            put(RULE_NAMES, &name_id(&document.rule.name), Expected::Absent, &NameDocument { id: id.clone() })?,
            put(RULES, &id, Expected::Absent, &document)?,
            put(STATES, &id, Expected::Absent, &StateDocument::initial(now))?,
        ];
        inner.store.apply(changes).await?;
        inner.rules_changed.notify_one();
        self.get_alarm(&id).await
    }

    /// Replaces the rule; the state stays. With `if_match`, only if the alarm is in that version.
    pub async fn update_alarm(&self, id: &str, new_rule: AlarmRule, if_match: Option<u64>) -> Result<Alarm, ApiError> {
        self.inner.check(&new_rule, Some(id)).await?;
        self.inner.edit(id, if_match, Some(&new_rule)).await?;
        // What was seen with the old rule says nothing about the new one.
        self.inner.live().insert(id.to_owned(), Live::default());
        self.inner.rules_changed.notify_one();
        self.get_alarm(id).await
    }

    /// Deletes an alarm. Its history is kept as long as any; notifications that wait are still delivered.
    ///
    /// With `if_match`, only if the alarm is in that version.
    pub async fn delete_alarm(&self, id: &str, if_match: Option<u64>) -> Result<(), ApiError> {
        self.inner.edit(id, if_match, None).await?;
        self.inner.live().remove(id);
        Ok(())
    }
}

impl Inner {
    /// The rule and the state of an alarm.
    async fn load(&self, id: &str) -> Result<(Versioned<RuleDocument>, Option<Versioned<StateDocument>>), ApiError> {
        let rule = self.store.get::<RuleDocument>(RULES, id).await?.ok_or_else(|| no_such_alarm(id))?;
        Ok((rule, self.store.get(STATES, id).await?))
    }

    /// Whether the rule may be stored, as that of `own_id` or of a new alarm.
    async fn check(&self, new_rule: &AlarmRule, own_id: Option<&str>) -> Result<(), ApiError> {
        let webhooks = self.store.list::<WebhookDocument>(WEBHOOKS).await?;
        let webhook_ids: HashSet<String> = webhooks.into_iter().map(|webhook| webhook.id).collect();
        let mut mistakes = rule::mistakes(new_rule, &self.config, &webhook_ids);
        mistakes.extend(self.ask.mistakes(&new_rule.source));
        ApiError::refuse("the alarm rule", &mistakes)?;
        match self.store.get::<NameDocument>(RULE_NAMES, &name_id(&new_rule.name)).await? {
            Some(holder) if Some(holder.document.id.as_str()) != own_id => Err(ApiError::new(
                ErrorKind::Conflict,
                format!("name: there is already an alarm called {:?}", new_rule.name),
            )),
            _ => Ok(()),
        }
    }

    /// Replaces the rule, or deletes the alarm, unless somebody else changed it meanwhile. A state change that comes
    /// between is no conflict for the owner: the edit is made again on top of it.
    async fn edit(&self, id: &str, if_match: Option<u64>, new_rule: Option<&AlarmRule>) -> Result<(), ApiError> {
        let mut tries = 0;
        loop {
            let (rule, state) = self.load(id).await?;
            if let Some(version) = if_match
                && version != rule.version
            {
                let message = format!(
                    "the alarm is in version {}, not {version}; somebody changed it: load it again",
                    rule.version
                );
                return Err(ApiError::new(ErrorKind::Conflict, message));
            }
            tries += 1;
            match self.store.apply(edit_changes(&rule, state, new_rule, self.now())?).await {
                Err(error) if error.error.kind == ErrorKind::Conflict && tries < EDIT_TRIES => {}
                result => return result,
            }
        }
    }
}

fn edit_changes(
    old: &Versioned<RuleDocument>,
    state: Option<Versioned<StateDocument>>,
    new_rule: Option<&AlarmRule>,
    now: i64,
) -> Result<Vec<crate::Change>, ApiError> {
    let (id, old_name) = (old.id.as_str(), old.document.rule.name.as_str());
    let state_expected = state.as_ref().map_or(Expected::Absent, |state| Expected::Version(state.version));
    let Some(new_rule) = new_rule else {
        let deleted = DeletedDocument { name: old_name.to_owned(), deleted_at_unix_nano: Nanos(now) };
        let mut changes = vec![
            delete(RULES, id, Expected::Version(old.version)),
            delete(RULE_NAMES, &name_id(old_name), Expected::Any),
            put(DELETED, id, Expected::Any, &deleted)?,
        ];
        if state.is_some() {
            changes.push(delete(STATES, id, state_expected));
        }
        return Ok(changes);
    };
    let document = RuleDocument {
        rule: new_rule.clone(),
        created_at_unix_nano: old.document.created_at_unix_nano,
        updated_at_unix_nano: Nanos(now),
    };
    let state = state.map_or_else(|| StateDocument::initial(now), |state| state.document);
    let mut changes =
        vec![put(RULES, id, Expected::Version(old.version), &document)?, put(STATES, id, state_expected, &state)?];
    if new_rule.name != old_name {
        changes.push(delete(RULE_NAMES, &name_id(old_name), Expected::Any));
        changes.push(put(RULE_NAMES, &name_id(&new_rule.name), Expected::Absent, &NameDocument { id: id.to_owned() })?);
    }
    Ok(changes)
}

fn alarm(rule: Versioned<RuleDocument>, state: Option<StateDocument>, live: Live) -> Alarm {
    let created_at = rule.document.created_at_unix_nano;
    let state = state.unwrap_or_else(|| StateDocument::initial(created_at.0));
    let datapoints = if live.evaluated_at_unix_nano.is_some() { live.datapoints } else { state.datapoints };
    Alarm {
        id: rule.id,
        version: rule.version,
        rule: rule.document.rule,
        status: AlarmStatus {
            state: state.state,
            reason: state.reason,
            transitioned_at_unix_nano: state.transitioned_at_unix_nano,
            evaluated_at_unix_nano: live.evaluated_at_unix_nano.map(Nanos),
            datapoints,
            evaluation_error: live.error,
        },
        created_at_unix_nano: created_at,
        updated_at_unix_nano: rule.document.updated_at_unix_nano,
    }
}

pub(crate) fn no_such_alarm(id: &str) -> ApiError {
    ApiError::new(ErrorKind::NotFound, format!("there is no alarm with the id {id:?}"))
}

#[cfg(test)]
mod tests;
