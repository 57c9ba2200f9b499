//! The chart of what an alarm watches, for a rule that is not yet stored.

use api::alarm::AlarmSource;
use api::log::LogSearch;
use api::metric::{MetricRequest, SeriesAnswer};
use api::service::ServiceRequest;
use api::{ApiError, ErrorKind, TimeRange};

use crate::client::{self, Answer};

const BARS_MAX: u32 = 500;

/// Asks for the watched number over the range, in the alarm's periods.
pub(super) async fn preview(
    source: AlarmSource,
    range: TimeRange,
    period_seconds: u32,
    now: i64,
) -> Answer<SeriesAnswer> {
    match source {
        AlarmSource::Metric(query) => {
            client::metrics_query(MetricRequest { range, query, period_seconds: Some(period_seconds), limit: Some(1) })
                .await
        }
        AlarmSource::Service(query) => {
            client::services_query(ServiceRequest { range, query, period_seconds: Some(period_seconds) }).await
        }
        AlarmSource::Logs(search) => {
            let bars = bars(&range, period_seconds, now)?;
            let page = client::logs_search(LogSearch {
                range,
                limit: Some(0),
                histogram_bars: Some(bars),
                cursor: None,
                ..search
            })
            .await?;
            Ok(series_of(page))
        }
    }
}

/// How many bars make one a period, within what the API allows. Pure.
fn bars(range: &TimeRange, period_seconds: u32, now: i64) -> Result<u32, ApiError> {
    let (from, to) = range.resolve(now).map_err(|reason| ApiError::new(ErrorKind::Invalid, reason))?;
    let periods = (to - from) / (i64::from(period_seconds.max(1)) * 1_000_000_000);
    Ok(u32::try_from(periods).unwrap_or(BARS_MAX).clamp(1, BARS_MAX))
}

/// The histogram as a line; its step is the answer's own.
fn series_of(page: api::log::LogPage) -> SeriesAnswer {
    let (bars, step_ns) = page.histogram.map(|histogram| (histogram.bars, histogram.step_ns)).unwrap_or_default();
    let values = bars.iter().map(|bar| Some(bar.counts.iter().sum::<u64>() as f64)).collect();
    SeriesAnswer {
        start_unix_nano: bars.first().map(|bar| bar.time_unix_nano).unwrap_or_default(),
        period_seconds: u32::try_from(step_ns / 1_000_000_000).unwrap_or(1).max(1),
        unit: String::new(),
        series: vec![api::metric::Series { labels: Default::default(), values }],
        exemplars: Vec::new(),
        statistics: page.statistics,
        truncated: page.truncated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bar_a_period_within_the_limit() {
        let range = TimeRange::default();
        assert_eq!(bars(&range, 60, 0).unwrap(), 60);
        assert_eq!(bars(&range, 1, 0).unwrap(), 500);
        assert_eq!(bars(&range, 86_400, 0).unwrap(), 1);
    }
}
