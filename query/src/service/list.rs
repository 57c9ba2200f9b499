//! The lists of services and of operations.

use api::service::ServiceList;
use arrow::array::{BooleanArray, RecordBatch};
use storage::Signal;

use super::tallies::{Request, Tallies};
use crate::class;
use crate::columns::Columns;
use crate::config::Config;
use crate::error::Error;
use crate::reading::{Conditions, Reading, limit_reached};
use crate::trace::rows::{OUTCOME_COLUMNS, Outcomes};

/// Services of the range, or operations of one service.
pub(crate) async fn answer(
    reading: &mut Reading,
    config: &Config,
    (from, to): (i64, i64),
    environment: Option<&str>,
    operations_of: Option<&str>,
) -> Result<ServiceList, Error> {
    let conditions = Conditions::in_range(Signal::Spans, from, to)
        .and_equal("environment", environment)
        .and_equal("service_name", operations_of);
    let mut tallies = Tallies::over(from, to, operations_of.is_some());
    let mut requests = 0;
    let stream = reading.rows(Signal::Spans, &conditions, &columns()).await?;
    stream
        .each(|batch| {
            each_request(batch, |request| {
                requests += u64::from(request.entry);
                tallies.add(request);
            });
            Ok(())
        })
        .await?;
    let found = tallies.len();
    let mut services = tallies.finish();
    services.truncate(config.services_max);
    let cut = (found > services.len()).then(|| {
        let shown = services.len();
        limit_reached(shown, format!("{found} lines were found; the {shown} with the most requests are shown"))
    });
    Ok(ServiceList { services, statistics: reading.statistics(requests), truncated: reading.truncation(cut) })
}

/// The columns that [`each_request`] reads.
pub(crate) fn columns() -> Vec<&'static str> {
    let own = [
        "service_name",
        "name",
        "kind",
        "start_time",
        "start_time_ns",
        "duration_ns",
        "environment",
        "faas_name",
        "faas_trigger",
        "faas_invocation_id",
        "faas_coldstart",
    ];
    own.into_iter().chain(OUTCOME_COLUMNS).collect()
}

/// Each span of a batch, as far as counting goes.
pub(crate) fn each_request(batch: &RecordBatch, mut take: impl FnMut(&Request<'_>)) {
    let columns = Columns(batch);
    let (service, operation, kind) = (columns.text("service_name"), columns.text("name"), columns.text("kind"));
    let (start, duration) = (columns.time("start_time"), columns.int("duration_ns"));
    let environment = columns.text("environment");
    let (faas_name, trigger) = (columns.text("faas_name"), columns.text("faas_trigger"));
    let invocation = columns.text("faas_invocation_id");
    let cold_start = columns.of::<BooleanArray>("faas_coldstart");
    let outcomes = Outcomes::of(columns);
    for row in 0..batch.num_rows() {
        let faas = [faas_name.get(row), trigger.get(row), invocation.get(row)];
        take(&Request {
            service: service.or_empty(row),
            operation: operation.or_empty(row),
            entry: matches!(kind.or_empty(row), "server" | "consumer"),
            start: start.or_zero(row),
            duration: duration.get(row).unwrap_or(0),
            class: class::classify(outcomes.of_row(row)),
            environment: environment.get(row),
            function: faas.iter().any(Option::is_some) || cold_start.get(row).is_some(),
            cold_start: cold_start.get(row) == Some(true),
        });
    }
}
