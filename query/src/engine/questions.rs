//! The questions, one method each.

use api::alarm::AlarmSource;
use api::compare::{CompareAnswer, CompareRequest};
use api::log::{LogPage, LogSearch};
use api::metric::{MetricList, MetricRequest, SeriesAnswer};
use api::service::{ServiceGraph, ServiceList, ServiceRequest};
use api::sql::{SqlAnswer, SqlRequest};
use api::trace::{TraceAnswer, TracePage, TraceSearch};
use api::{KeysAnswer, TimeRange, ValuesAnswer};
use storage::{Signal, TenantId};

use super::Engine;
use crate::error::Error;
use crate::keys::Asked;
use crate::period::Periods;
use crate::sql::SqlStream;
use crate::trace::operations::SpanNames;
use crate::trace::whole::WholeTraces;
use crate::{alarm, compare, graph, keys, log, metric, service, sql, trace};

impl Engine {
    /// One trace by its id of 32 hex digits.
    pub async fn trace(&self, tenant: &TenantId, trace_id: &str) -> Result<TraceAnswer, Error> {
        let trace_id = trace_id.to_owned();
        self.ask(tenant, move |mut reading, config| async move {
            trace::by_id::answer(&mut reading, &config, &trace_id).await
        })
        .await
    }

    /// The newest traces that match.
    pub async fn search_traces(&self, tenant: &TenantId, search: &TraceSearch) -> Result<TracePage, Error> {
        let now = self.now();
        let search = search.clone();
        self.ask(tenant, move |mut reading, config| async move {
            trace::search::page(&mut reading, &config, &search, now).await
        })
        .await
    }

    /// The same traces with all their spans.
    pub async fn search_whole_traces(&self, tenant: &TenantId, search: &TraceSearch) -> Result<WholeTraces, Error> {
        let now = self.now();
        let search = search.clone();
        self.ask(tenant, move |mut reading, config| async move {
            trace::whole::found(&mut reading, &config, &search, now).await
        })
        .await
    }

    /// The traces with these ids of 32 hex digits, with all their spans.
    pub async fn whole_traces(&self, tenant: &TenantId, ids: &[String]) -> Result<WholeTraces, Error> {
        let ids = ids.to_vec();
        self.ask(
            tenant,
            move |mut reading, config| async move { trace::whole::by_ids(&mut reading, &config, &ids).await },
        )
        .await
    }

    /// What sets two sets of spans apart.
    pub async fn compare_spans(&self, tenant: &TenantId, request: &CompareRequest) -> Result<CompareAnswer, Error> {
        let now = self.now();
        let request = request.clone();
        self.ask(tenant, move |mut reading, config| async move {
            compare::answer(&mut reading, &config, &request, now).await
        })
        .await
    }

    /// Names and kinds of the spans of a service.
    pub async fn span_names(&self, tenant: &TenantId, service: &str, range: &TimeRange) -> Result<SpanNames, Error> {
        let range = range.resolve(self.now()).map_err(Error::invalid)?;
        let service = service.to_owned();
        self.ask(tenant, move |mut reading, config| async move {
            trace::operations::names(&mut reading, &config, &service, range).await
        })
        .await
    }

    /// Log records that match, and how many over time.
    pub async fn search_logs(&self, tenant: &TenantId, search: &LogSearch) -> Result<LogPage, Error> {
        let now = self.now();
        let search = search.clone();
        self.ask(tenant, move |mut reading, _| async move { log::search::page(&mut reading, &search, now).await }).await
    }

    /// Services of the range.
    pub async fn services(
        &self,
        tenant: &TenantId,
        range: &TimeRange,
        environment: Option<&str>,
    ) -> Result<ServiceList, Error> {
        let range = range.resolve(self.now()).map_err(Error::invalid)?;
        let environment = environment.map(str::to_owned);
        self.ask(tenant, move |mut reading, config| async move {
            service::list::answer(&mut reading, &config, range, environment.as_deref(), None).await
        })
        .await
    }

    /// Operations of a service.
    pub async fn operations(&self, tenant: &TenantId, service: &str, range: &TimeRange) -> Result<ServiceList, Error> {
        let range = range.resolve(self.now()).map_err(Error::invalid)?;
        let service = service.to_owned();
        self.ask(tenant, move |mut reading, config| async move {
            service::list::answer(&mut reading, &config, range, None, Some(&service)).await
        })
        .await
    }

    /// A measure of services over time.
    pub async fn query_services(&self, tenant: &TenantId, request: &ServiceRequest) -> Result<SeriesAnswer, Error> {
        let now = self.now();
        let request = request.clone();
        self.ask(tenant, move |mut reading, config| async move {
            service::series::answer(&mut reading, &config, &request, now).await
        })
        .await
    }

    /// Who calls whom.
    pub async fn service_graph(
        &self,
        tenant: &TenantId,
        range: &TimeRange,
        environment: Option<&str>,
    ) -> Result<ServiceGraph, Error> {
        let range = range.resolve(self.now()).map_err(Error::invalid)?;
        let environment = environment.map(str::to_owned);
        self.ask(tenant, move |mut reading, config| async move {
            graph::answer(&mut reading, &config, range, environment.as_deref()).await
        })
        .await
    }

    /// Read-only SQL.
    pub async fn sql(&self, tenant: &TenantId, request: &SqlRequest) -> Result<SqlAnswer, Error> {
        let request = request.clone();
        self.ask(tenant, move |mut reading, config| async move { sql::answer(&mut reading, &config, &request).await })
            .await
    }

    /// Read-only SQL, answered as an Arrow IPC stream.
    pub async fn sql_stream(&self, tenant: &TenantId, request: &SqlRequest) -> Result<SqlStream, Error> {
        let request = request.clone();
        self.ask(tenant, move |mut reading, config| async move { sql::stream(&mut reading, &config, &request).await })
            .await
    }

    /// Metrics that have data in the range.
    pub async fn list_metrics(&self, tenant: &TenantId, range: &TimeRange) -> Result<MetricList, Error> {
        let range = range.resolve(self.now()).map_err(Error::invalid)?;
        self.ask(
            tenant,
            move |mut reading, config| async move { metric::list::answer(&mut reading, &config, range).await },
        )
        .await
    }

    /// A statistic of a metric over time.
    pub async fn query_metrics(&self, tenant: &TenantId, request: &MetricRequest) -> Result<SeriesAnswer, Error> {
        let now = self.now();
        let request = request.clone();
        self.ask(tenant, move |mut reading, config| async move {
            metric::series::answer(&mut reading, &config, &request, now).await
        })
        .await
    }

    /// Attribute keys that occur in a table, those that begin with `prefix`.
    pub async fn attribute_keys(
        &self,
        tenant: &TenantId,
        signal: Signal,
        range: &TimeRange,
        prefix: &str,
    ) -> Result<KeysAnswer, Error> {
        let range = range.resolve(self.now()).map_err(Error::invalid)?;
        let asked = Asked { signal, range, prefix: prefix.to_owned() };
        self.ask(tenant, move |mut reading, config| async move { keys::keys(&mut reading, &config, &asked).await })
            .await
    }

    /// Values that an attribute has in a table, those that begin with `prefix`.
    pub async fn attribute_values(
        &self,
        tenant: &TenantId,
        signal: Signal,
        key: &str,
        range: &TimeRange,
        prefix: &str,
    ) -> Result<ValuesAnswer, Error> {
        let range = range.resolve(self.now()).map_err(Error::invalid)?;
        let (key, asked) = (key.to_owned(), Asked { signal, range, prefix: prefix.to_owned() });
        self.ask(
            tenant,
            move |mut reading, config| async move { keys::values(&mut reading, &config, &asked, &key).await },
        )
        .await
    }

    /// The watched number in each of `periods` periods of `period_seconds`, the first of which begins at
    /// `start_unix_nano` (any time). `None` where there is no data.
    pub async fn alarm_datapoints(
        &self,
        tenant: &TenantId,
        source: &AlarmSource,
        start_unix_nano: i64,
        period_seconds: u32,
        periods: usize,
    ) -> Result<Vec<Option<f64>>, Error> {
        let source = source.clone();
        let periods = Periods::from_start(start_unix_nano, period_seconds, periods);
        self.ask(tenant, move |mut reading, config| async move {
            alarm::datapoints(&mut reading, &config, &source, periods).await
        })
        .await
    }

    /// At most ten ids of traces that show what the watched number is made of, in `[start, end)` nanoseconds.
    pub async fn example_traces(
        &self,
        tenant: &TenantId,
        source: &AlarmSource,
        start_unix_nano: i64,
        end_unix_nano: i64,
    ) -> Result<Vec<String>, Error> {
        if start_unix_nano >= end_unix_nano {
            return Err(Error::invalid("the begin must lie before the end"));
        }
        let (source, range) = (source.clone(), (start_unix_nano, end_unix_nano));
        self.ask(tenant, move |mut reading, config| async move {
            alarm::examples(&mut reading, &config, &source, range).await
        })
        .await
    }
}
