//! The log in random steps, with power cuts and faults, against a map of what it was given.
//!
//! An entry that was acknowledged is replayed exactly once, in the order of sequences, until its table has sealed it. One
//! whose append failed with the log poisoned is replayed once or never, and always again where it was once. One that was
//! refused is never replayed. And no file is called damaged or missing: all that happens here is what a power cut or a failing
//! device does to what was not acknowledged.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::io::chance::{Random, episodes};
use crate::io::faulty::{Faulty, Plan};
use crate::io::memory::Memory;
use crate::wal::writer::Writer;

const STEPS: u64 = 100_000;
const STEPS_OF_EPISODE: u64 = 500;
const TABLES: u64 = 3;
const GROUP_MAX: u64 = 5;

#[test]
fn random_steps_power_cuts_and_faults_lose_and_double_nothing() {
    episodes(STEPS, STEPS_OF_EPISODE, |seed| Model::new(seed).run());
}

/// What is known of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It has this sequence.
    Kept(u64),
    Doubtful,
    Never,
}

struct Model {
    random: Random,
    config: Config,
    memory: Memory,
    faulty: Faulty,
    open: Option<Open>,
    /// By the number that is its payload.
    entries: BTreeMap<u64, (TableKey, Fate)>,
    sealed: BTreeMap<TableKey, u64>,
    last_sequence: u64,
    steps: u64,
}

/// The log, with its writer at hand instead of on a thread, so that groups are as the test makes them.
struct Open {
    wal: Wal,
    writer: Writer,
    requests: tokio::sync::mpsc::Sender<Request>,
}

impl Model {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let wal_file_bytes = [4 << 10, 16 << 10, 50_000][random.below(3) as usize];
        let memory = Memory::default();
        Self {
            random,
            config: Config { wal_file_bytes, ..Config::new("/data") },
            faulty: Faulty::new(memory.clone()),
            memory,
            open: None,
            entries: BTreeMap::new(),
            sealed: BTreeMap::new(),
            last_sequence: 0,
            steps: 0,
        }
    }

    fn run(mut self) {
        while self.steps < STEPS_OF_EPISODE {
            if self.open.is_none() {
                self.reopen();
            }
            match self.random.below(100) {
                0..=74 => self.append(),
                75..=89 => self.seal(),
                90 => self.reopen(),
                91..=92 => {
                    let seed = self.random.next();
                    self.cut(|memory| memory.cut(seed));
                }
                93..=97 => self.cut_in_the_middle(),
                _ => self.fail_for_a_while(),
            }
        }
        self.faulty.set_plan(None);
        self.reopen();
    }

    /// One group.
    fn append(&mut self) {
        let Some(open) = &mut self.open else { return };
        self.steps += 1;
        let mut waiting = Vec::new();
        for _ in 0..=self.random.below(GROUP_MAX) {
            let number = self.entries.len() as u64;
            let key = table(["a", "b", "c"][self.random.below(TABLES) as usize]);
            let filler = match self.random.below(20) {
                0 => self.random.below(30_000),
                1..=3 => self.random.below(9000),
                _ => self.random.below(300),
            };
            let mut payload = Vec::from(number.to_le_bytes());
            payload.resize(8 + filler as usize, number as u8);
            self.entries.insert(number, (key.clone(), Fate::Doubtful));
            let (reply, answer) = oneshot::channel();
            let entry = Entry { table: key, content: Content::Carry(payload) };
            open.requests.try_send(Request { entry, reply }).unwrap_or_else(|_| panic!("the queue has room"));
            waiting.push((number, answer));
        }
        assert!(open.writer.turn());
        for (number, mut answer) in waiting {
            let fate = match answer.try_recv().expect("is answered") {
                Ok(sequence) => {
                    assert!(sequence > self.last_sequence, "{sequence} follows {}", self.last_sequence);
                    self.last_sequence = sequence;
                    Fate::Kept(sequence)
                }
                Err(_) if open.wal.poisoned().is_some() => Fate::Doubtful,
                Err(_) => Fate::Never,
            };
            self.entries.get_mut(&number).expect("was given").1 = fate;
        }
    }

    /// Some tables seal up to some sequence, and the log is trimmed.
    fn seal(&mut self) {
        let Some(open) = &self.open else { return };
        self.steps += 1;
        for name in ["a", "b", "c"] {
            let back = self.random.below(20);
            if !self.random.one_in(3) {
                let sealed = self.sealed.entry(table(name)).or_default();
                *sealed = (*sealed).max(self.last_sequence.saturating_sub(back));
            }
        }
        // An error is one of the file system: the next trim tries again.
        let _ = open.wal.trim(|key| self.sealed.get(key).copied().unwrap_or(0));
    }

    /// The process ends and another begins; where a fault keeps it from that, once more without.
    fn reopen(&mut self) {
        self.open = None;
        if self.try_open().is_err() {
            self.faulty.set_plan(None);
            self.try_open().unwrap_or_else(|error| panic!("opens without faults: {error}"));
        }
    }

    fn cut(&mut self, left: impl FnOnce(&Memory) -> Memory) {
        self.steps += 1;
        self.memory = left(&self.memory);
        self.faulty = Faulty::new(self.memory.clone());
        self.reopen();
    }

    /// The power goes in one of the next steps, a start perhaps.
    fn cut_in_the_middle(&mut self) {
        let seed = self.random.next();
        self.memory.cut_after(self.random.below(16), seed);
        let mut left = None;
        for _ in 0..4 {
            match self.random.below(4) {
                0 => self.seal(),
                1 => {
                    self.open = None;
                    // It fails where the power goes.
                    let _ = self.try_open();
                }
                _ => self.append(),
            }
            // Before anything else is tried: what fails from then on is no refusal.
            if self.memory.is_off() {
                left = self.memory.take_cut();
                break;
            }
        }
        self.cut(|memory| left.unwrap_or_else(|| memory.cut(seed)));
    }

    fn fail_for_a_while(&mut self) {
        self.faulty.set_plan(Some(Plan::any(&mut self.random)));
        for _ in 0..self.random.below(8) {
            match self.random.below(6) {
                0 => self.seal(),
                1 => self.reopen(),
                _ => self.append(),
            }
        }
        self.faulty.set_plan(None);
    }

    fn try_open(&mut self) -> Result<(), Error> {
        self.steps += 1;
        let io: Arc<dyn Io> = Arc::new(self.faulty.clone());
        let folder = self.config.data_dir.join("wal");
        let failed = |error: std::io::Error| Error::new(ErrorKind::Internal, error.to_string());
        io.create_folders(&folder).map_err(failed)?;
        [&folder, &self.config.data_dir, Path::new("/")]
            .into_iter()
            .try_for_each(|folder| io.sync_folder(folder))
            .map_err(failed)?;
        let set_aside = SetAsideFolder::open(io.clone(), &self.config.data_dir)?;
        let mut found = Vec::new();
        let mut gaps = Gaps::default();
        let replayed = replay(io.as_ref(), &self.config.data_dir, &set_aside, |record| {
            gaps.see(record);
            let (number, _) = record.payload.split_first_chunk().expect("has a number");
            found.push((u64::from_le_bytes(*number), record.sequence, record.table.clone()));
            Ok(())
        });
        assert_eq!((set_aside.list(), gaps.first()), (vec![], None));
        let replayed = replayed?;
        self.compare(&found);
        let sealed = self.sealed.values().copied().max().unwrap_or(0);
        let next_sequence = replayed.sequence.max(sealed) + 1;
        assert!(next_sequence > self.last_sequence, "{next_sequence} follows {}", self.last_sequence);
        self.start(io, replayed.files, next_sequence)
    }

    fn start(&mut self, io: Arc<dyn Io>, old: Vec<LogFile>, next_sequence: u64) -> Result<(), Error> {
        let shared = Arc::new(Shared::default());
        shared.lock_files().extend(old);
        let (requests, receiver) = tokio::sync::mpsc::channel(GROUP_MAX as usize + 1);
        let writer =
            Writer::begin(io.clone(), &self.config, shared.clone(), next_sequence, receiver, Box::new(|_| {}))?;
        let wal = Wal { io, requests: Mutex::new(None), shared, thread: Mutex::new(None) };
        self.open = Some(Open { wal, writer, requests });
        Ok(())
    }

    fn compare(&mut self, found: &[(u64, u64, TableKey)]) {
        assert!(found.is_sorted_by(|a, b| a.1 < b.1), "in the order of sequences");
        let mut replayed = BTreeSet::new();
        for (number, sequence, key) in found {
            assert!(replayed.insert(*number), "{number} is replayed once");
            let (table, fate) = self.entries.get_mut(number).expect("was given");
            assert_eq!(table, key, "{number}");
            match fate {
                Fate::Kept(kept) => assert_eq!(kept, sequence, "{number}"),
                Fate::Doubtful => *fate = Fate::Kept(*sequence),
                Fate::Never => panic!("{number} was refused, or was not there at an earlier start"),
            }
        }
        for (number, (table, fate)) in &mut self.entries {
            let sealed = self.sealed.get(table).copied().unwrap_or(0);
            match fate {
                _ if replayed.contains(number) => {}
                Fate::Kept(sequence) => assert!(*sequence <= sealed, "{number} with sequence {sequence} is lost"),
                Fate::Doubtful | Fate::Never => *fate = Fate::Never,
            }
        }
    }
}
