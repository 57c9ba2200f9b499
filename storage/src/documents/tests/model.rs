//! The documents in random steps, with power cuts and faults, against a map of what they were given.
//!
//! A change that was acknowledged is there, one that was refused is not, and one whose `apply` failed is there as a whole or
//! not at all; which of the two is known after the next start, and stays. Without a fault nothing fails, one that is over
//! leaves nothing behind, and no database is called corrupt.

use std::path::Path;

use super::truth::Truth;
use super::*;
use crate::io::chance::{Random, episodes};
use crate::io::faulty::Plan;
use crate::io::history::History;
use crate::io::memory::Memory;

const STEPS: u64 = 3000;
const STEPS_OF_EPISODE: u64 = 100;
/// A transaction has a few, a checkpoint about twenty.
const OPERATIONS_OF_CHECKPOINT: u64 = 25;

#[test]
fn random_steps_power_cuts_and_faults_lose_and_tear_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("builds");
    episodes(STEPS, STEPS_OF_EPISODE, |seed| runtime.block_on(Model::new(seed).run()));
}

struct Model {
    random: Random,
    config: Config,
    memory: Memory,
    faulty: Faulty,
    documents: Option<SqliteDocuments>,
    truth: Truth,
    history: History,
    steps: u64,
}

impl Model {
    fn new(seed: u64) -> Self {
        let memory = Memory::default();
        Self {
            random: Random(seed),
            config: Config::new("/data"),
            faulty: Faulty::new(memory.clone()),
            memory,
            documents: None,
            truth: Truth::default(),
            history: History::default(),
            steps: 0,
        }
    }

    async fn run(mut self) {
        while self.steps < STEPS_OF_EPISODE {
            if self.documents.is_none() {
                self.reopen().await;
            }
            match self.random.below(100) {
                0..=69 => self.apply().await,
                70..=77 => self.look().await,
                78..=81 => self.close().await,
                82..=84 => self.reopen().await,
                85..=87 => {
                    let seed = self.random.next();
                    self.cut(|memory| memory.cut(seed)).await;
                }
                88..=93 => self.cut_in_the_middle().await,
                _ => self.fail_for_a_while().await,
            }
        }
        self.faulty.set_plan(None);
        self.close().await;
        self.look().await;
    }

    async fn apply(&mut self) {
        let Some(documents) = &self.documents else { return };
        self.steps += 1;
        let (tenant, changes) = self.truth.transaction(&mut self.random);
        let answer = documents.apply(&tenant, changes.clone()).await;
        self.history.note("apply", (changes.len(), &answer));
        self.truth.learn(&tenant, &changes, &answer, self.faulty.may_fail());
    }

    async fn look(&mut self) {
        let Some(documents) = &self.documents else { return };
        self.steps += 1;
        let compared = self.truth.compare(documents).await;
        self.history.note("look", &compared);
        assert!(compared.is_ok() || self.faulty.may_fail(), "{compared:?}");
    }

    async fn close(&mut self) {
        if let Some(documents) = &self.documents {
            documents.close().await;
            self.history.note("close", ());
        }
        self.reopen().await;
    }

    /// The process ends and another begins; where a fault keeps it from that, once more without.
    async fn reopen(&mut self) {
        if self.try_open().await.is_err() {
            self.faulty.set_plan(None);
            self.try_open().await.unwrap_or_else(|error| panic!("opens without faults: {error}"));
        }
    }

    /// Opens them and takes what is found for the truth about what was in doubt.
    async fn try_open(&mut self) -> Result<(), Error> {
        self.steps += 1;
        self.documents = None;
        let opened = open_on(&self.faulty, &self.config).await;
        self.history.note("open", opened.as_ref().map(drop));
        let documents = opened?;
        assert!(!self.memory.list(Path::new("/data/set-aside")).is_ok_and(|entries| !entries.is_empty()));
        self.truth.settle(&documents).await?;
        self.documents = Some(documents);
        Ok(())
    }

    async fn cut(&mut self, left: impl FnOnce(&Memory) -> Memory) {
        self.steps += 1;
        self.history.note("power cut", ());
        self.documents = None;
        self.memory = left(&self.memory);
        self.faulty = Faulty::new(self.memory.clone());
        self.reopen().await;
    }

    /// The power goes in one of the next steps, a start perhaps.
    async fn cut_in_the_middle(&mut self) {
        let seed = self.random.next();
        self.memory.cut_after(self.random.below(OPERATIONS_OF_CHECKPOINT), seed);
        for _ in 0..6 {
            match self.random.below(6) {
                0 => {
                    if let (Some(documents), true) = (&self.documents, self.random.one_in(2)) {
                        documents.close().await;
                    }
                    // It fails where the power goes.
                    let _ = self.try_open().await;
                }
                1 => self.look().await,
                _ => self.apply().await,
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
        self.history.note("faults", &plan);
        self.faulty.set_plan(Some(plan));
        for _ in 0..self.random.below(8) {
            match self.random.below(7) {
                0 => self.close().await,
                1 => self.reopen().await,
                2 => self.look().await,
                _ => self.apply().await,
            }
        }
        self.faulty.set_plan(None);
        self.history.note("no faults", ());
    }
}
