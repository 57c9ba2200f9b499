//! What makes a rule valid. Pure; reports every mistake at once, each with the field it is about.

use std::collections::HashSet;

use api::alarm::{AlarmRule, AlarmSource, WebhookSpec};
use api::log::LogSearch;
use api::search::AttributeFilter;
use api::time::TimeRange;

use crate::config::Config;
use crate::signature;

const NAME_CHARS_MAX: usize = 255;
const DESCRIPTION_CHARS_MAX: usize = 1_024;
const URL_CHARS_MAX: usize = 2_048;
const DAY_SECONDS: u64 = 86_400;
const HOUR_SECONDS: u32 = 3_600;
/// So that the evaluation range stays within the 11,000 points that a line may have.
const EVALUATION_PERIODS_MAX: u32 = 8_000;

/// The mistakes of a rule; none if it is valid.
pub(crate) fn mistakes(rule: &AlarmRule, config: &Config, webhook_ids: &HashSet<String>) -> Vec<String> {
    let mut mistakes = Vec::new();
    check_name(&rule.name, &mut mistakes);
    if rule.description.chars().count() > DESCRIPTION_CHARS_MAX {
        mistakes.push(format!("description: at most {DESCRIPTION_CHARS_MAX} characters"));
    }
    check_source(&rule.source, &mut mistakes);
    check_periods(rule, &mut mistakes);
    if !rule.threshold.is_finite() {
        mistakes.push("threshold: must be a finite number".to_owned());
    }
    let actions = [
        ("alarm_actions", &rule.alarm_actions),
        ("ok_actions", &rule.ok_actions),
        ("insufficient_data_actions", &rule.insufficient_data_actions),
    ];
    for (field, ids) in actions {
        check_actions(field, ids, config, webhook_ids, &mut mistakes);
    }
    mistakes
}

/// The mistakes of a webhook; none if it is valid.
pub(crate) fn webhook_mistakes(spec: &WebhookSpec) -> Vec<String> {
    let mut mistakes = Vec::new();
    check_name(&spec.name, &mut mistakes);
    let host = spec.url.strip_prefix("https://").or_else(|| spec.url.strip_prefix("http://"));
    let authority = host.and_then(|rest| rest.split(['/', '?', '#']).next());
    if spec.url.chars().count() > URL_CHARS_MAX {
        mistakes.push(format!("url: at most {URL_CHARS_MAX} characters"));
    } else if authority.is_none_or(str::is_empty) || spec.url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        mistakes.push(
            "url: must be an address such as https://example.com/hook (http or https, without spaces)".to_owned(),
        );
    } else if authority.is_some_and(|authority| authority.contains('@')) {
        mistakes
            .push("url: must not contain a user or password; the signature tells the receiver who calls".to_owned());
    }
    if let Some(secret) = &spec.secret
        && let Err(mistake) = signature::key_of(secret)
    {
        mistakes.push(format!("secret: {mistake}"));
    }
    mistakes
}

fn check_name(name: &str, mistakes: &mut Vec<String>) {
    let length = name.chars().count();
    if length == 0 || length > NAME_CHARS_MAX {
        mistakes.push(format!("name: 1 to {NAME_CHARS_MAX} characters, not {length}"));
    }
    if name.trim() != name || name.contains(char::is_control) {
        mistakes.push("name: no spaces at its ends and no control characters".to_owned());
    }
}

fn check_source(source: &AlarmSource, mistakes: &mut Vec<String>) {
    match source {
        AlarmSource::Metric(query) => {
            if query.metric.is_empty() {
                mistakes.push("source.metric: name the metric".to_owned());
            }
            if !query.group_by.is_empty() {
                mistakes.push("source.group_by: must be empty, because an alarm watches one line; name the attribute's value in source.attributes instead".to_owned());
            }
            check_filters(&query.attributes, mistakes);
        }
        AlarmSource::Logs(search) => {
            check_filters(&search.attributes, mistakes);
            check_search(search, mistakes);
        }
        AlarmSource::Service(query) => {
            if query.service.as_deref().is_none_or(str::is_empty) {
                mistakes.push("source.service: name the service, because an alarm watches one line".to_owned());
            }
        }
    }
}

/// An alarm counts all matches of its periods.
fn check_search(search: &LogSearch, mistakes: &mut Vec<String>) {
    let of_a_page = [
        ("from and source.to", search.range != TimeRange::default()),
        ("limit", search.limit.is_some()),
        ("cursor", search.cursor.is_some()),
        ("histogram_bars", search.histogram_bars.is_some()),
        ("oldest_first", search.oldest_first),
    ];
    for (field, _) in of_a_page.iter().filter(|(_, given)| *given) {
        mistakes.push(format!("source.{field}: leave it away; an alarm counts all matches of its own periods"));
    }
}

fn check_filters(filters: &[AttributeFilter], mistakes: &mut Vec<String>) {
    for (position, filter) in filters.iter().enumerate() {
        if filter.key.is_empty() {
            mistakes.push(format!("source.attributes[{position}].key: name the attribute"));
        }
    }
}

fn check_periods(rule: &AlarmRule, mistakes: &mut Vec<String>) {
    let (period, n) = (rule.period_seconds, rule.evaluation_periods);
    let period_is_valid = matches!(period, 10 | 20 | 30) || (period > 0 && period.is_multiple_of(60));
    if !period_is_valid {
        mistakes.push(format!("period_seconds: 10, 20, 30 or a multiple of 60, not {period}"));
    }
    if n == 0 || n > EVALUATION_PERIODS_MAX {
        mistakes.push(format!("evaluation_periods: 1 to {EVALUATION_PERIODS_MAX}, not {n}"));
    }
    let covered = u64::from(period) * u64::from(n);
    if period < HOUR_SECONDS && covered > DAY_SECONDS {
        mistakes.push(format!(
            "evaluation_periods: with a period below an hour they may cover a day ({DAY_SECONDS} s), not {covered} s; use fewer or longer periods"
        ));
    } else if covered > 7 * DAY_SECONDS {
        mistakes.push(format!(
            "evaluation_periods: they may cover 7 days ({} s), not {covered} s; use fewer or shorter periods",
            7 * DAY_SECONDS
        ));
    }
    if let Some(m) = rule.datapoints_to_alarm
        && (m == 0 || m > n)
    {
        mistakes.push(format!("datapoints_to_alarm: 1 to evaluation_periods ({n}), not {m}"));
    }
}

fn check_actions(
    field: &str,
    ids: &[String],
    config: &Config,
    webhook_ids: &HashSet<String>,
    mistakes: &mut Vec<String>,
) {
    if ids.len() > config.actions_per_state_max {
        mistakes.push(format!("{field}: at most {} webhooks, not {}", config.actions_per_state_max, ids.len()));
    }
    let mut seen = HashSet::new();
    for id in ids {
        if !seen.insert(id) {
            mistakes.push(format!("{field}: {id:?} is named twice"));
        } else if !webhook_ids.contains(id) {
            mistakes.push(format!("{field}: there is no webhook with the id {id:?}; GET /api/v1/webhooks lists them"));
        }
    }
}

#[cfg(test)]
mod tests;
