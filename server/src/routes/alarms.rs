//! Alarms and their webhooks.

use std::sync::Arc;
use std::time::Instant;

use api::alarm::{Alarm, AlarmHistory, AlarmList, AlarmRule, AlarmSource, Webhook, WebhookList, WebhookSpec};
use api::metric::{MetricRequest, Series, SeriesAnswer};
use api::service::ServiceRequest;
use api::{Nanos, Statistics, TimeRange, paths};
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Json};
use http::StatusCode;
use storage::TenantId;

use super::questions::{Engine, Range};
use super::{Answer, Parts, Routes, Shared, Versioned};
use crate::extract::{Body, IfMatch, Parameters, Part};
use crate::failure::Failure;

/// Periods of an alarm's series; the API's limit for a line.
const PERIODS_MAX: i64 = 11_000;
const NANOS_PER_SECOND: i64 = 1_000_000_000;

pub(super) fn routes() -> Routes {
    vec![
        (paths::ALARMS, get(list).post(make)),
        (paths::ALARM, get(one).put(change).delete(remove)),
        (paths::ALARM_HISTORY, get(history)),
        (paths::WEBHOOKS, get(list_webhooks).post(make_webhook)),
        (paths::WEBHOOK, get(webhook).put(change_webhook).delete(remove_webhook)),
        (paths::WEBHOOK_TEST, post(test_webhook)),
    ]
}

/// Reads tables, so it waits for its turn like other questions.
pub(super) fn series_route() -> MethodRouter<Arc<Parts>> {
    get(series)
}

async fn list(state: Shared) -> Answer<AlarmList> {
    Ok(Json(state.alarms.list_alarms().await?))
}

fn versioned(alarm: Alarm) -> Versioned<Alarm> {
    Versioned { version: alarm.version, answer: alarm }
}

async fn make(state: Shared, Body(rule): Body<AlarmRule>) -> Result<(StatusCode, Versioned<Alarm>), Failure> {
    Ok((StatusCode::CREATED, versioned(state.alarms.create_alarm(rule).await?)))
}

async fn one(state: Shared, Part(id): Part<String>) -> Result<Versioned<Alarm>, Failure> {
    Ok(versioned(state.alarms.get_alarm(&id).await?))
}

async fn change(
    state: Shared,
    Part(id): Part<String>,
    version: IfMatch,
    Body(rule): Body<AlarmRule>,
) -> Result<Versioned<Alarm>, Failure> {
    Ok(versioned(state.alarms.update_alarm(&id, rule, version.0).await?))
}

async fn remove(state: Shared, Part(id): Part<String>, version: IfMatch) -> Result<StatusCode, Failure> {
    state.alarms.delete_alarm(&id, version.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn history(state: Shared, Part(id): Part<String>) -> Answer<AlarmHistory> {
    Ok(Json(state.alarms.history(&id).await?))
}

async fn list_webhooks(state: Shared) -> Answer<WebhookList> {
    Ok(Json(state.alarms.list_webhooks().await?))
}

async fn make_webhook(state: Shared, Body(spec): Body<WebhookSpec>) -> Result<(StatusCode, Json<Webhook>), Failure> {
    Ok((StatusCode::CREATED, Json(state.alarms.create_webhook(spec).await?)))
}

async fn webhook(state: Shared, Part(id): Part<String>) -> Answer<Webhook> {
    Ok(Json(state.alarms.get_webhook(&id).await?))
}

async fn change_webhook(state: Shared, Part(id): Part<String>, Body(spec): Body<WebhookSpec>) -> Answer<Webhook> {
    Ok(Json(state.alarms.update_webhook(&id, spec).await?))
}

async fn remove_webhook(state: Shared, Part(id): Part<String>) -> Result<StatusCode, Failure> {
    state.alarms.delete_webhook(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn test_webhook(state: Shared, Part(id): Part<String>) -> Result<StatusCode, Failure> {
    state.alarms.test_webhook(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn series(
    state: Shared,
    Extension(tenant): Extension<TenantId>,
    Part(id): Part<String>,
    Parameters(asked): Parameters<Range>,
) -> Answer<SeriesAnswer> {
    let rule = state.alarms.get_alarm(&id).await?.rule;
    let resolved = asked.resolved().resolve(state.clock.now_unix_nano()).map_err(Failure::invalid)?;
    let (start, periods) = aligned(resolved, rule.period_seconds)?;
    let end = start + periods * i64::from(rule.period_seconds) * NANOS_PER_SECOND;
    let range = TimeRange { from: start.to_string(), to: end.to_string() };
    let period_seconds = Some(rule.period_seconds);
    let answer = match rule.source {
        AlarmSource::Metric(query) => {
            let request = MetricRequest { range, query, period_seconds, limit: Some(1) };
            state.engine.query_metrics(&tenant, &request).await?
        }
        AlarmSource::Service(query) => {
            state.engine.query_services(&tenant, &ServiceRequest { range, query, period_seconds }).await?
        }
        source @ AlarmSource::Logs(_) => {
            counted(&state.engine, &tenant, &source, start, rule.period_seconds, periods).await?
        }
    };
    Ok(Json(answer))
}

/// The range in whole periods, and how many they are.
fn aligned((from, to): (i64, i64), period_seconds: u32) -> Result<(i64, i64), Failure> {
    let period = i64::from(period_seconds.max(1)) * NANOS_PER_SECOND;
    let start = from.div_euclid(period) * period;
    let periods = (to - start + period - 1).div_euclid(period);
    if periods > PERIODS_MAX {
        return Err(Failure::invalid(format!(
            "the range has {periods} periods of {period_seconds} s, the limit is {PERIODS_MAX}: ask for a shorter range"
        )));
    }
    Ok((start, periods))
}

/// Matching log records in each period.
async fn counted(
    engine: &Engine,
    tenant: &TenantId,
    source: &AlarmSource,
    start: i64,
    period_seconds: u32,
    periods: i64,
) -> Result<SeriesAnswer, Failure> {
    let began = Instant::now();
    let count = usize::try_from(periods).unwrap_or_default();
    let values = engine.alarm_datapoints(tenant, source, start, period_seconds, count).await?;
    let matched: f64 = values.iter().flatten().sum();
    // The engine does not say here how many rows it looked at.
    let statistics = Statistics {
        rows_matched: matched as u64,
        elapsed_ms: began.elapsed().as_secs_f64() * 1_000.0,
        ..Statistics::default()
    };
    Ok(SeriesAnswer {
        start_unix_nano: Nanos(start),
        period_seconds,
        unit: String::new(),
        series: vec![Series { labels: Default::default(), values }],
        exemplars: Vec::new(),
        statistics,
        truncated: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_become_whole_periods() {
        let second = NANOS_PER_SECOND;
        assert_eq!(aligned((65 * second, 185 * second), 60).unwrap(), (60 * second, 3));
        assert_eq!(aligned((60 * second, 180 * second), 60).unwrap(), (60 * second, 2));
        assert!(aligned((0, 11_001 * 10 * second), 10).is_err());
    }
}
