//! One query while it runs: its snapshots, its limits, and what it counted.
//!
//! A table is snapshotted once, so every scan of the query sees the same rows. Plans are kept until the end, because
//! DataFusion's counters live in them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use api::{Statistics, Truncation, TruncationReason};
use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::dataframe::DataFrame;
use datafusion::datasource::provider_as_source;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, Operator, binary_expr, col, lit};
use datafusion::physical_plan::{ExecutionPlan, SendableRecordBatchStream, execute_stream};
use datafusion::scalar::ScalarValue;
use futures::StreamExt;
use storage::promoted::PromotedSet;
use storage::{IndexQuery, Segment, Signal, Snapshot, Store, TenantId};

use crate::error::{Error, ErrorKind};
use crate::find::{Nearest, Rows, Search, Sieve, Source, nullable};
use crate::scan::{Footers, SnapshotTable, Tally};
use crate::tallied::{self, Division, Wanted};

/// A running query.
pub(crate) struct Reading {
    store: Arc<Store>,
    footers: Arc<Footers>,
    tenant: TenantId,
    state: SessionState,
    tally: Arc<Tally>,
    snapshots: HashMap<Signal, Arc<Snapshot>>,
    /// Of all the snapshots.
    promoted: Arc<PromotedSet>,
    plans: Vec<Arc<dyn ExecutionPlan>>,
    started: Instant,
}

impl Reading {
    pub(crate) fn new(
        store: Arc<Store>,
        footers: Arc<Footers>,
        tenant: TenantId,
        state: SessionState,
        started: Instant,
    ) -> Self {
        let tally = Arc::new(Tally::default());
        let promoted = store.promoted_set();
        let (snapshots, plans) = (HashMap::new(), Vec::new());
        Self { store, footers, tenant, state, tally, snapshots, promoted, plans, started }
    }

    /// The attributes that have columns.
    pub(crate) fn promoted(&self) -> Arc<PromotedSet> {
        self.promoted.clone()
    }

    /// What its scans count.
    pub(crate) fn tally(&self) -> Arc<Tally> {
        self.tally.clone()
    }

    /// The session of this query.
    pub(crate) fn state(&self) -> &SessionState {
        &self.state
    }

    async fn source(&mut self, signal: Signal) -> Result<Source, Error> {
        let snapshot = match self.snapshots.get(&signal) {
            Some(snapshot) => snapshot.clone(),
            None => {
                let snapshot = Arc::new(self.store.snapshot(&self.tenant, signal).await?);
                if !Arc::ptr_eq(&snapshot.promoted, &self.promoted) {
                    self.tally.stale();
                    let message = "the promoted attributes changed meanwhile; ask again";
                    return Err(Error::new(ErrorKind::Unavailable, message));
                }
                self.snapshots.insert(signal, snapshot.clone());
                snapshot
            }
        };
        let (store, footers, tally) = (self.store.clone(), self.footers.clone(), self.tally.clone());
        Ok(Source { store, snapshot, footers, tally, threads: self.state.config().target_partitions() })
    }

    /// The table as a provider.
    pub(crate) async fn provider(
        &mut self,
        signal: Signal,
        hint: Option<IndexQuery>,
    ) -> Result<Arc<SnapshotTable>, Error> {
        Ok(Arc::new(SnapshotTable::new(self.source(signal).await?, hint)))
    }

    /// These columns of the rows for which all the conditions hold.
    pub(crate) async fn rows(
        &mut self,
        signal: Signal,
        conditions: &Conditions,
        columns: &[&str],
    ) -> Result<Rows, Error> {
        let source = self.source(signal).await?;
        let columns = columns_of(&source.snapshot.schema, columns);
        self.read(source, conditions, &columns).await
    }

    /// [`Self::rows`] of a part of the table: of these segments, and of the live rows if they are wanted.
    pub(crate) async fn rows_of(
        &mut self,
        signal: Signal,
        (segments, with_live_rows): (Vec<Arc<Segment>>, bool),
        conditions: &Conditions,
        columns: &[&str],
    ) -> Result<Rows, Error> {
        let source = self.source(signal).await?.part(segments, with_live_rows);
        let columns = columns_of(&source.snapshot.schema, columns);
        self.read(source, conditions, &columns).await
    }

    /// Which segments can be counted without reading rows, where nothing but times and tallied columns matters.
    pub(crate) async fn divide(&mut self, signal: Signal, wanted: Wanted) -> Result<Division, Error> {
        let source = self.source(signal).await?;
        // A microsecond of which a part is wanted lies beside the stretch.
        let within = |segment: &&Arc<Segment>| {
            segment.time_min_us <= wanted.times.to && segment.time_max_us >= wanted.times.from.saturating_sub(1)
        };
        let segments = source.snapshot.segments.iter().filter(within).cloned().collect();
        Ok(tallied::divide(&source, segments, wanted).await)
    }

    /// Every column of the rows for which all the conditions hold.
    pub(crate) async fn whole_rows(&mut self, signal: Signal, conditions: &Conditions) -> Result<Rows, Error> {
        let source = self.source(signal).await?;
        let columns = all_columns(&source.snapshot.schema);
        self.read(source, conditions, &columns).await
    }

    /// [`Self::whole_rows`], if the index names so few candidates that they are at most so many rows.
    pub(crate) async fn few_whole_rows(
        &mut self,
        signal: Signal,
        conditions: &Conditions,
        nearest: Nearest,
        rows_max: u64,
    ) -> Result<Option<Rows>, Error> {
        let source = self.source(signal).await?;
        let columns = all_columns(&source.snapshot.schema);
        let mut search = Search::new(source, &self.state, conditions, nearest, signal != Signal::Spans)?;
        let pieces = search.few(rows_max).await;
        Ok(pieces.map(|pieces| search.read(pieces, &columns, None)))
    }

    async fn read(&self, source: Source, conditions: &Conditions, columns: &SchemaRef) -> Result<Rows, Error> {
        let mut search = Search::new(source, &self.state, conditions, Nearest::Newest, false)?;
        let pieces = search.rest().await;
        Ok(search.read(pieces, columns, None))
    }

    /// A search for rows that goes on as long as it is asked, the nearest ones first; and these columns as a batch has them.
    pub(crate) async fn search(
        &mut self,
        signal: Signal,
        conditions: &Conditions,
        nearest: Nearest,
        columns: &[&str],
    ) -> Result<(Search, SchemaRef), Error> {
        let source = self.source(signal).await?;
        let columns = columns_of(&source.snapshot.schema, columns);
        // Blocks of spans are in order of traces, not of time.
        let in_order = signal != Signal::Spans;
        Ok((Search::new(source, &self.state, conditions, nearest, in_order)?, columns))
    }

    /// Conditions made ready, for [`Search::read`].
    pub(crate) async fn sieve(&mut self, signal: Signal, filters: &[Expr]) -> Result<Arc<Sieve>, Error> {
        let source = self.source(signal).await?;
        Ok(Arc::new(Sieve::new(&self.state, &source.snapshot.schema, &source.snapshot.promoted, filters)?))
    }

    /// The table as a frame to filter and project.
    pub(crate) async fn table(&mut self, signal: Signal, hint: Option<IndexQuery>) -> Result<DataFrame, Error> {
        let provider = self.provider(signal, hint).await?;
        let plan = LogicalPlanBuilder::scan(signal.table(), provider_as_source(provider), None)?.build()?;
        Ok(DataFrame::new(self.state.clone(), plan))
    }

    /// What these expressions say of the rows for which all the conditions hold.
    pub(crate) async fn select(
        &mut self,
        signal: Signal,
        conditions: Conditions,
        columns: Vec<Expr>,
    ) -> Result<SendableRecordBatchStream, Error> {
        let mut frame = self.table(signal, conditions.hint()).await?;
        if let Some(condition) = conditions.filters.into_iter().reduce(Expr::and) {
            frame = frame.filter(condition)?;
        }
        self.stream(frame.select(columns)?).await
    }

    /// Runs a frame.
    pub(crate) async fn stream(&mut self, frame: DataFrame) -> Result<SendableRecordBatchStream, Error> {
        let context = Arc::new(frame.task_ctx());
        let plan = frame.create_physical_plan().await?;
        self.plans.push(plan.clone());
        Ok(execute_stream(plan, context)?)
    }

    /// What was read so far.
    pub(crate) fn statistics(&self, rows_matched: u64) -> Statistics {
        let mut statistics = Statistics { rows_matched, ..Statistics::default() };
        self.plans.iter().for_each(|plan| add_counters(plan, &mut statistics));
        self.tally.add_to(&mut statistics);
        statistics.elapsed_ms = self.started.elapsed().as_secs_f64() * 1_000.0;
        statistics
    }

    /// What the answer leaves out because files are missing; otherwise the limit that was reached.
    pub(crate) fn truncation(&self, limit: Option<Truncation>) -> Option<Truncation> {
        let Some(mut missing) = self.tally.truncation() else { return limit };
        if let Some(limit) = limit {
            missing.message = format!("{}; {}", missing.message, limit.message);
        }
        Some(missing)
    }
}

/// Conditions of a scan, and what the catalog and the index may be asked for them.
#[derive(Debug, Default, Clone)]
pub(crate) struct Conditions {
    pub(crate) filters: Vec<Expr>,
    pub(crate) index: Vec<IndexQuery>,
    /// `[from, to)`, nanoseconds; the filters say it as well.
    pub(crate) range: Option<(i64, i64)>,
    /// The service of all rows; the filters say it as well.
    pub(crate) service: Option<String>,
    /// What is enough of the filters where a file has the attributes in columns only.
    in_columns: Vec<InColumn>,
}

/// A condition on an attribute that has a column.
#[derive(Debug, Clone)]
struct InColumn {
    /// Its stable name.
    attribute: String,
    /// Which of the filters it stands for.
    filters: Range<usize>,
    condition: Expr,
}

impl Conditions {
    /// Rows of `[from, to)`, nanoseconds.
    pub(crate) fn in_range(signal: Signal, from: i64, to: i64) -> Self {
        let time = storage::schema::time_column(signal);
        let nanos = format!("{time}_ns");
        let mut filters = vec![col(time).gt_eq(micros(from))];
        if from.rem_euclid(1_000) > 0 {
            filters.push(col(time).gt(micros(from)).or(col(&nanos).gt_eq(lit(below_micro(from)))));
        }
        if to.rem_euclid(1_000) == 0 {
            filters.push(col(time).lt(micros(to)));
        } else {
            filters.push(col(time).lt_eq(micros(to)));
            filters.push(col(time).lt(micros(to)).or(col(&nanos).lt(lit(below_micro(to)))));
        }
        Self { filters, range: Some((from, to)), ..Self::default() }
    }

    /// One more condition.
    pub(crate) fn and(mut self, filter: Expr) -> Self {
        self.filters.push(filter);
        self
    }

    /// `column = text`, where a text is given.
    pub(crate) fn and_equal(mut self, column: &str, text: Option<&str>) -> Self {
        if column == "service_name" && self.service.is_none() {
            self.service = text.map(str::to_owned);
        }
        match text {
            Some(text) => self.and(binary_expr(col(column), Operator::Eq, lit(text))),
            None => self,
        }
    }

    /// A condition on each attribute.
    pub(crate) fn and_attributes(
        mut self,
        set: &PromotedSet,
        signal: Signal,
        filters: &[api::AttributeFilter],
    ) -> Result<Self, Error> {
        for filter in filters {
            let begin = self.filters.len();
            self.filters.extend(crate::attribute::in_column(set, signal, filter)?);
            self.filters.push(crate::attribute::condition(set, signal, filter)?);
            if let Some((condition, attribute)) = crate::attribute::condition_of_column(set, signal, filter)? {
                self.in_columns.push(InColumn { attribute, filters: begin..self.filters.len(), condition });
            }
            self.index.extend(crate::attribute::index(set, signal, filter));
        }
        Ok(self)
    }

    /// The filters where no map has a value of these attributes, which have columns; `None` where there are none.
    pub(crate) fn in_columns(&self) -> Option<(Vec<Expr>, Vec<String>)> {
        if self.in_columns.is_empty() {
            return None;
        }
        let replaced = |at: usize| self.in_columns.iter().any(|own| own.filters.contains(&at));
        let others = self.filters.iter().enumerate().filter(|(at, _)| !replaced(*at)).map(|(_, filter)| filter.clone());
        let filters = others.chain(self.in_columns.iter().map(|own| own.condition.clone())).collect();
        Some((filters, self.in_columns.iter().map(|own| own.attribute.clone()).collect()))
    }

    /// What the index may be asked.
    pub(crate) fn hint(&self) -> Option<IndexQuery> {
        (!self.index.is_empty()).then(|| IndexQuery::All(self.index.clone()))
    }
}

/// These columns of a table, as a batch of them has them: any may be null.
pub(crate) fn columns_of(schema: &Schema, columns: &[&str]) -> SchemaRef {
    let fields = columns.iter().filter_map(|name| schema.fields().find(name).map(|(_, field)| nullable(field)));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Every column of a table, as a batch of them has them.
fn all_columns(schema: &Schema) -> SchemaRef {
    Arc::new(Schema::new(schema.fields().iter().map(nullable).collect::<Vec<_>>()))
}

/// A time as the time columns hold it.
pub(crate) fn micros(unix_nano: i64) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(unix_nano.div_euclid(1_000)), Some(Arc::from("UTC"))))
}

fn below_micro(unix_nano: i64) -> i16 {
    i16::try_from(unix_nano.rem_euclid(1_000)).expect("a remainder by 1,000 fits")
}

/// Reads a stream to its end.
pub(crate) async fn each_batch(
    mut stream: SendableRecordBatchStream,
    mut take: impl FnMut(&RecordBatch) -> Result<(), Error>,
) -> Result<(), Error> {
    while let Some(batch) = stream.next().await {
        take(&batch?)?;
    }
    Ok(())
}

/// A limit that was reached.
pub(crate) fn limit_reached(limit: usize, message: impl Into<String>) -> Truncation {
    Truncation { reason: TruncationReason::Limit, limit: Some(limit as u64), message: message.into() }
}

fn add_counters(plan: &Arc<dyn ExecutionPlan>, statistics: &mut Statistics) {
    if plan.children().is_empty()
        && let Some(metrics) = plan.metrics()
    {
        let counted = |name: &str| metrics.sum_by_name(name).map_or(0, |value| value.as_usize() as u64);
        statistics.rows_scanned += metrics.output_rows().unwrap_or(0) as u64 + counted("pushdown_rows_pruned");
    }
    plan.children().into_iter().for_each(|child| add_counters(child, statistics));
}
