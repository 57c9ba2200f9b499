//! Doubles of the four interfaces, and rules to test with.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::alarm::{AlarmRule, AlarmSource, ComparisonOperator, TreatMissingData, WebhookSpec};
use api::service::{ServiceMeasure, ServiceQuery};
use api::{ApiError, ErrorKind};
use async_trait::async_trait;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::{Alarms, Ask, Change, Clock, Config, Deliver, DeliveryError, Expected, Record, Records};

/// A whole multiple of every step, so that windows are easy to name.
pub(crate) const T0: i64 = 1_790_000_400 * SECOND;
pub(crate) const SECOND: i64 = 1_000_000_000;

/// A valid rule: percent of faults above 5 in 2 of 3 minutes.
pub(crate) fn rule(name: &str) -> AlarmRule {
    AlarmRule {
        name: name.to_owned(),
        description: "look at the payment provider".to_owned(),
        actions_enabled: true,
        source: AlarmSource::Service(ServiceQuery {
            service: Some(name.to_owned()),
            operation: None,
            environment: None,
            measure: ServiceMeasure::FaultRate,
        }),
        period_seconds: 60,
        evaluation_periods: 3,
        datapoints_to_alarm: Some(2),
        comparison_operator: ComparisonOperator::GreaterThanThreshold,
        threshold: 5.0,
        treat_missing_data: TreatMissingData::Missing,
        alarm_actions: Vec::new(),
        ok_actions: Vec::new(),
        insufficient_data_actions: Vec::new(),
    }
}

pub(crate) fn webhook(name: &str) -> WebhookSpec {
    WebhookSpec { name: name.to_owned(), url: format!("https://{name}.example.com/hook"), secret: None }
}

/// Records in memory, with transactions and versions as the real ones have them.
#[derive(Default)]
pub(crate) struct MemoryRecords {
    documents: Mutex<BTreeMap<(String, String), (u64, String)>>,
    /// How many of the next transactions fail.
    pub(crate) failing: AtomicUsize,
}

impl MemoryRecords {
    /// A copy of what is stored, as a killed process leaves it.
    pub(crate) fn after_kill(&self) -> Self {
        Self { documents: Mutex::new(self.documents.lock().unwrap().clone()), failing: AtomicUsize::new(0) }
    }

    pub(crate) fn count(&self, collection: &str) -> usize {
        self.documents.lock().unwrap().keys().filter(|(of, _)| of == collection).count()
    }

    pub(crate) fn overwrite(&self, collection: &str, id: &str, body: &str) {
        self.documents.lock().unwrap().insert((collection.to_owned(), id.to_owned()), (1, body.to_owned()));
    }

    /// Everything that is stored, as text.
    pub(crate) fn dump(&self) -> String {
        format!("{:?}", self.documents.lock().unwrap())
    }
}

#[async_trait]
impl Records for MemoryRecords {
    async fn get(&self, collection: &str, id: &str) -> Result<Option<Record>, ApiError> {
        let documents = self.documents.lock().unwrap();
        let found = documents.get(&(collection.to_owned(), id.to_owned()));
        Ok(found.map(|(version, body)| Record { id: id.to_owned(), version: *version, body: body.clone() }))
    }

    async fn list(&self, collection: &str) -> Result<Vec<Record>, ApiError> {
        let documents = self.documents.lock().unwrap();
        let of_collection = documents.iter().filter(|((of, _), _)| of == collection);
        Ok(of_collection
            .map(|((_, id), (version, body))| Record { id: id.clone(), version: *version, body: body.clone() })
            .collect())
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<(), ApiError> {
        if self.failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Err(ApiError::new(ErrorKind::Unavailable, "the disk is full"));
        }
        let mut documents = self.documents.lock().unwrap();
        let mut next = documents.clone();
        for change in changes {
            let (collection, id, expected, body) = match change {
                Change::Put { collection, id, expected, body } => (collection, id, expected, Some(body)),
                Change::Delete { collection, id, expected } => (collection, id, expected, None),
            };
            if id.is_empty() || id.len() > 512 {
                return Err(ApiError::new(ErrorKind::Invalid, format!("the id {id:?} must have 1 to 512 bytes")));
            }
            let key = (collection, id);
            let version = next.get(&key).map(|(version, _)| *version);
            let holds = match expected {
                Expected::Any => true,
                Expected::Absent => version.is_none(),
                Expected::Version(expected) => version == Some(expected),
            };
            if !holds {
                return Err(ApiError::new(
                    ErrorKind::Conflict,
                    format!("{key:?} is in version {version:?}, not {expected:?}"),
                ));
            }
            match body {
                Some(body) => next.insert(key, (version.unwrap_or(0) + 1, body)),
                None => next.remove(&key),
            };
        }
        *documents = next;
        Ok(())
    }
}

/// A clock that stands until it is moved.
pub(crate) struct FakeClock(AtomicI64);

impl FakeClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * SECOND, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now_unix_nano(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

type Answer = Result<Vec<Option<f64>>, String>;

/// Answers by service: the newest values, older periods without data.
#[derive(Default)]
pub(crate) struct FakeAsk {
    newest: Mutex<HashMap<String, Answer>>,
    /// What was asked: service, start, period, periods.
    pub(crate) asked: Mutex<Vec<(String, i64, u32, u32)>>,
    /// Services whose answer never comes.
    pub(crate) stuck: Mutex<Vec<String>>,
    /// Held while a question is open, if set: an answer takes one permit.
    pub(crate) gate: Mutex<Option<Arc<Semaphore>>>,
}

impl FakeAsk {
    pub(crate) fn say(&self, service: &str, newest: &[Option<f64>]) {
        self.newest.lock().unwrap().insert(service.to_owned(), Ok(newest.to_vec()));
    }

    pub(crate) fn fail(&self, service: &str, error: &str) {
        self.newest.lock().unwrap().insert(service.to_owned(), Err(error.to_owned()));
    }

    pub(crate) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// A text that [`FakeAsk`] cannot read.
pub(crate) const WRONG_TEXT: &str = "\"open";

fn service_of(source: &AlarmSource) -> String {
    match source {
        AlarmSource::Service(query) => query.service.clone().unwrap_or_default(),
        AlarmSource::Logs(_) | AlarmSource::Metric(_) => String::new(),
    }
}

#[async_trait]
impl Ask for FakeAsk {
    fn mistakes(&self, source: &AlarmSource) -> Vec<String> {
        match source {
            AlarmSource::Logs(search) if search.text == WRONG_TEXT => vec!["source.text: it is wrong".to_owned()],
            _ => Vec::new(),
        }
    }

    async fn datapoints(&self, source: &AlarmSource, start: i64, period: u32, periods: u32) -> Answer {
        let service = service_of(source);
        self.asked.lock().unwrap().push((service.clone(), start, period, periods));
        if self.stuck.lock().unwrap().contains(&service) {
            std::future::pending::<()>().await;
        }
        let gate = self.gate.lock().unwrap().clone();
        if let Some(gate) = gate {
            gate.acquire().await.unwrap().forget();
        }
        let newest = self.newest.lock().unwrap().get(&service).cloned().unwrap_or(Ok(Vec::new()))?;
        let mut values = vec![None; periods as usize - newest.len()];
        values.extend(newest);
        Ok(values)
    }

    async fn example_traces(&self, _: &AlarmSource, _: i64, _: i64) -> Vec<String> {
        (0..12).map(|number| format!("{number:032x}")).collect()
    }
}

/// A call that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) url: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
    pub(crate) taken: bool,
}

/// Receives calls; refuses with the queued errors first.
#[derive(Default)]
pub(crate) struct FakeDeliver {
    pub(crate) calls: Mutex<Vec<Call>>,
    pub(crate) refusals: Mutex<VecDeque<DeliveryError>>,
    pub(crate) stuck: Mutex<bool>,
}

impl FakeDeliver {
    pub(crate) fn refuse(&self, status: u16, retry_after_seconds: Option<u64>, times: usize) {
        let error = DeliveryError {
            message: format!("{status} from the receiver"),
            status: Some(status),
            retry_after: retry_after_seconds.map(Duration::from_secs),
        };
        self.refusals.lock().unwrap().extend(std::iter::repeat_n(error, times));
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

#[async_trait]
impl Deliver for FakeDeliver {
    async fn deliver(&self, url: &str, headers: &[(String, String)], body: &[u8]) -> Result<(), DeliveryError> {
        let refusal = self.refusals.lock().unwrap().pop_front();
        self.calls.lock().unwrap().push(Call {
            url: url.to_owned(),
            headers: headers.iter().cloned().collect(),
            body: String::from_utf8(body.to_vec()).unwrap(),
            taken: refusal.is_none(),
        });
        if *self.stuck.lock().unwrap() {
            std::future::pending::<()>().await;
        }
        refusal.map_or(Ok(()), Err)
    }
}

/// Alarms among their doubles.
pub(crate) struct World {
    pub(crate) alarms: Alarms,
    pub(crate) records: Arc<MemoryRecords>,
    pub(crate) ask: Arc<FakeAsk>,
    pub(crate) deliver: Arc<FakeDeliver>,
    pub(crate) clock: Arc<FakeClock>,
    config: Config,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Config { public_url: "https://alidade.example.com".to_owned(), ..Config::default() })
    }

    /// The clock stands at the end of the grace of a step at [`T0`].
    pub(crate) fn with(config: Config) -> Self {
        let start = T0 + crate::config::nanos(config.late_data_grace);
        Self::of(config, MemoryRecords::default(), FakeClock(AtomicI64::new(start)))
    }

    /// What starts after a kill: the records as they were, nothing else.
    pub(crate) fn restart(&self) -> Self {
        Self::of(self.config.clone(), self.records.after_kill(), FakeClock(AtomicI64::new(self.clock.now_unix_nano())))
    }

    fn of(config: Config, records: MemoryRecords, clock: FakeClock) -> Self {
        let (records, clock) = (Arc::new(records), Arc::new(clock));
        let (ask, deliver) = (Arc::<FakeAsk>::default(), Arc::<FakeDeliver>::default());
        let alarms = Alarms::new(
            config.clone(),
            Arc::clone(&records) as Arc<dyn Records>,
            Arc::clone(&ask) as Arc<dyn Ask>,
            Arc::clone(&deliver) as Arc<dyn Deliver>,
            Arc::clone(&clock) as Arc<dyn Clock>,
        );
        Self { alarms, records, ask, deliver, clock, config }
    }

    /// One round of evaluations, to its end.
    pub(crate) async fn evaluate(&self) {
        let mut tasks = JoinSet::new();
        self.alarms.inner.start_due_evaluations(&mut tasks).await;
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
    }

    /// One round of deliveries, to its end; returns how long until the next may be due.
    pub(crate) async fn deliver(&self) -> Duration {
        let mut tasks = JoinSet::new();
        let wait = self.alarms.inner.start_due_deliveries(&mut tasks).await;
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
        wait
    }

    /// The next step, and the evaluations that are due at it.
    pub(crate) async fn step(&self) {
        self.clock.advance(10);
        self.evaluate().await;
    }
}
