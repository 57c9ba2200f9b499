//! The store in random steps, with power cuts and faults, against a map of what it was given: rows and documents.
//!
//! Files are in memory and lose what a power cut may take. In each step the power may go at any operation. One runtime thread,
//! the log's own and that of the documents: with the same seed nearly everything comes in the same order.

mod rows;
mod truth;

use super::*;
use crate::Retention;
use crate::documents::tests::truth::Truth as DocumentsTruth;
use crate::io::chance::{Random, episodes};
use crate::io::faulty::{Faulty, Operation, Plan};
use crate::io::history::History;
use crate::io::memory::Memory;
use truth::Truth;

const STEPS: u64 = 1000;
const STEPS_OF_EPISODE: u64 = 200;
/// So many operations has a seal of a few days of one table, about.
const OPERATIONS_OF_SEAL: u64 = 60;

#[test]
fn random_steps_power_cuts_and_faults_lose_and_double_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("builds");
    episodes(STEPS, STEPS_OF_EPISODE, |seed| runtime.block_on(Model::new(seed).run()));
}

struct Model {
    random: Random,
    config: Config,
    memory: Memory,
    faulty: Faulty,
    store: Option<Arc<Store>>,
    tables: Vec<TableKey>,
    truth: Truth,
    documents: DocumentsTruth,
    history: History,
    /// Files that are part of nothing could not always be removed.
    leaves_files: bool,
    steps: u64,
}

impl Model {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let config = Config {
            wal_file_bytes: [4 << 10, 16 << 10, 40_000][random.below(3) as usize],
            checkpoint_commits: 2 + random.below(5),
            seal_days_max: 1 + random.below(3) as usize,
            buffer_bytes_max: if random.one_in(4) { 30_000 } else { 1 << 30 },
            seal_bytes: if random.one_in(4) { 3000 } else { usize::MAX },
            freeze_age: Duration::from_secs(3600),
            maintenance_interval: Duration::from_secs(3600),
            compaction_segments_min: 2 + random.below(3) as usize,
            compaction_cpu_percent: 100,
            vacuum_age: Duration::ZERO,
            retention: if random.one_in(2) { rows::expiring() } else { Retention::default() },
            ..config(Path::new("/data"))
        };
        let all = ["default", "other"].into_iter().flat_map(|name| {
            let tenant = TenantId::new(name).expect("a name");
            Signal::ALL.map(move |signal| (tenant.clone(), signal))
        });
        let mut tables: Vec<TableKey> = all.filter(|_| random.one_in(3)).collect();
        if tables.is_empty() {
            tables.push((tenant(), Signal::Logs));
        }
        let memory = Memory::default();
        let faulty = Faulty::new(memory.clone());
        Self {
            random,
            config,
            memory,
            faulty,
            store: None,
            tables,
            truth: Truth::default(),
            documents: DocumentsTruth::default(),
            history: History::default(),
            leaves_files: false,
            steps: 0,
        }
    }

    async fn run(mut self) {
        while self.steps < STEPS_OF_EPISODE {
            if self.store.is_none() {
                self.reopen().await;
            }
            match self.random.below(100) {
                0..=59 => self.append().await,
                60..=67 => self.put_documents().await,
                68..=75 => self.seal().await,
                76..=77 => self.maintain().await,
                78..=80 => self.append_and_seal().await,
                81..=83 => self.look().await,
                84..=86 => self.close().await,
                87..=88 => self.reopen().await,
                89..=91 => {
                    let seed = self.random.next();
                    self.cut(|memory| memory.cut(seed)).await;
                }
                92..=96 => self.cut_in_the_middle().await,
                _ => self.fail_for_a_while().await,
            }
        }
        self.faulty.set_plan(None);
        self.close().await;
        self.look().await;
    }

    /// A few batches at once, so that they may come to be one group of the log.
    async fn append(&mut self) {
        let Some(store) = self.store.clone() else { return };
        let batches: Vec<(usize, TableKey, EncodedBatch)> = (0..=self.random.below(3)).map(|_| self.batch()).collect();
        let appends = batches.into_iter().map(|(number, table, batch)| {
            let store = &store;
            async move { (number, store.append(&table.0, batch).await) }
        });
        let answers = futures::future::join_all(appends).await;
        self.learn(&store, answers);
    }

    fn batch(&mut self) -> (usize, TableKey, EncodedBatch) {
        self.steps += 1;
        let table = self.tables[self.random.below(self.tables.len() as u64) as usize].clone();
        let days = rows::days(&mut self.random);
        let expires = self.config.retention == rows::expiring();
        let number = self.truth.give(table.clone(), days.iter().map(|day| expires && rows::is_over(*day)).collect());
        let batch = rows::batch(table.1, self.truth.first_row(number), &days, &mut self.random);
        (number, table, batch)
    }

    fn learn(&mut self, store: &Store, answers: Vec<(usize, Result<(), Error>)>) {
        let is_poisoned = store.health().poisoned.is_some();
        for (number, answer) in answers {
            self.history.note("append", (number, &answer));
            match answer {
                Ok(()) => self.truth.keep(number),
                Err(_) if is_poisoned => {}
                Err(_) => self.truth.refuse(number),
            }
        }
    }

    async fn put_documents(&mut self) {
        let Some(store) = self.store.clone() else { return };
        self.steps += 1;
        let (tenant, changes) = self.documents.transaction(&mut self.random);
        let answer = store.documents().apply(&tenant, changes.clone()).await;
        self.history.note("documents", (changes.len(), &answer));
        self.documents.learn(&tenant, &changes, &answer, self.faulty.may_fail());
    }

    async fn seal(&mut self) {
        let Some(store) = self.store.clone() else { return };
        self.steps += 1;
        let table = &self.tables[self.random.below(self.tables.len() as u64) as usize];
        // What a seal that fails leaves is looked at later.
        let sealed = match store.tables.get(table) {
            Some(open) if self.random.one_in(2) => store.seal(&open).await,
            _ => store.seal_all().await,
        };
        self.history.note("seal", (table, sealed));
    }

    /// Compacts, expires and removes files.
    async fn maintain(&mut self) {
        let Some(store) = self.store.clone() else { return };
        // Then it would wait for a seal, which may fail.
        if store.health().buffered_bytes <= self.config.buffer_bytes_max / 2 {
            self.steps += 1;
            self.history.note("maintain", store.maintain().await);
        }
    }

    async fn append_and_seal(&mut self) {
        let Some(store) = self.store.clone() else { return };
        let (number, table, batch) = self.batch();
        let (appended, _) = tokio::join!(store.append(&table.0, batch), self.seal());
        self.learn(&store, vec![(number, appended)]);
    }

    async fn look(&mut self) {
        let Some(store) = self.store.clone() else { return };
        self.steps += 1;
        self.compare(&store).await.unwrap_or_else(|error| panic!("can be read: {error}"));
        self.documents.compare(store.documents().as_ref()).await.expect("can be read");
    }

    async fn compare(&mut self, store: &Store) -> Result<(), String> {
        let mut set_aside = store.health().set_aside;
        // Of a compaction that failed: what it would have replaced may have been replaced by another since.
        set_aside.retain(|file| !self.leaves_files || !file.original.to_string_lossy().ends_with("-c.parquet"));
        assert_eq!(set_aside, []);
        for table in &self.tables {
            self.truth.compare(table, &rows::read(store, table).await?);
        }
        Ok(())
    }

    async fn close(&mut self) {
        if let Some(store) = &self.store {
            // Rows whose seal fails are in the log.
            self.history.note("close", store.close().await);
        }
        self.reopen().await;
    }

    /// The process ends and another begins; where a fault keeps it from that, once more without.
    async fn reopen(&mut self) {
        self.store = None;
        if self.try_open().await.is_err() {
            self.faulty.set_plan(None);
            self.try_open().await.unwrap_or_else(|error| panic!("opens without faults: {error}"));
        }
    }

    /// Opens it and takes what is found for the truth about what was in doubt.
    async fn try_open(&mut self) -> Result<(), String> {
        self.steps += 1;
        self.store = None;
        let open =
            async || Store::open_on(Arc::new(self.faulty.clone()), self.config.clone(), Arc::new(rows::Late)).await;
        let opened = once_released(open).await.map_err(|error| error.to_string());
        self.history.note("open", opened.as_ref().map(|_| ()));
        let store = opened?;
        self.compare(&store).await?;
        self.documents.settle(store.documents().as_ref()).await.map_err(|error| error.to_string())?;
        self.truth.settle();
        self.store = Some(store);
        Ok(())
    }

    async fn cut(&mut self, left: impl FnOnce(&Memory) -> Memory) {
        self.steps += 1;
        self.store = None;
        self.history.note("power cut", ());
        self.memory = left(&self.memory);
        self.faulty = Faulty::new(self.memory.clone());
        self.reopen().await;
    }

    /// The power goes in one of the next steps, a start perhaps.
    async fn cut_in_the_middle(&mut self) {
        let seed = self.random.next();
        self.memory.cut_after(self.random.below(OPERATIONS_OF_SEAL), seed);
        for _ in 0..6 {
            match self.random.below(10) {
                0 | 1 => self.seal().await,
                2 => self.append_and_seal().await,
                3 => self.maintain().await,
                4 | 5 => self.put_documents().await,
                6 => {
                    self.store = None;
                    // It fails where the power goes.
                    let _ = self.try_open().await;
                }
                _ => self.append().await,
            }
            if self.memory.is_off() {
                break;
            }
        }
        let left = self.memory.take_cut();
        self.cut(|memory| left.unwrap_or_else(|| memory.cut(seed))).await;
    }

    async fn fail_for_a_while(&mut self) {
        let plan = Plan::any(&mut self.random);
        self.leaves_files |= plan.operations.contains(&Operation::Remove);
        self.history.note("faults", &plan);
        self.faulty.set_plan(Some(plan));
        for _ in 0..self.random.below(8) {
            match self.random.below(9) {
                0 => self.seal().await,
                1 => self.append_and_seal().await,
                2 => self.close().await,
                3 => self.maintain().await,
                4 | 5 => self.put_documents().await,
                _ => self.append().await,
            }
        }
        self.faulty.set_plan(None);
        self.history.note("no faults", ());
    }
}
