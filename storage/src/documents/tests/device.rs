//! What a full disk, a failing device and a power cut do to the documents, one thing at a time.

use std::path::Path;

use super::*;
use crate::io::Mode;
use crate::io::chance::Seed;
use crate::io::faulty::{Operation, Plan};
use crate::io::memory::Memory;

fn faulty() -> (Memory, Faulty) {
    let memory = Memory::default();
    (memory.clone(), Faulty::new(memory))
}

fn plan(seed: u64, one_in: u64, operation: Operation) -> Option<Plan> {
    Some(Plan { seed: Seed(seed), one_in, operations: vec![operation] })
}

async fn opened(faulty: &Faulty) -> SqliteDocuments {
    open_on(faulty, &Config::new("/data")).await.expect("opens")
}

fn long(id: &str, length: usize) -> Vec<Change> {
    vec![put(id, Expected::Any, &format!("\"{}\"", "x".repeat(length)))]
}

async fn ids(documents: &SqliteDocuments) -> Vec<String> {
    let list = documents.list(&tenant(), "boards").await.expect("lists");
    list.into_iter().map(|document| document.id).collect()
}

#[tokio::test]
async fn the_journal_is_that_of_production() {
    let (memory, faulty) = faulty();
    let documents = opened(&faulty).await;
    documents.apply(&tenant(), long("a", 1)).await.expect("puts");
    let bytes = |name: &str| memory.metadata(&Path::new("/data").join(name)).map(|file| file.bytes);
    assert_eq!(bytes("documents.sqlite").expect("is there"), 4096, "the table is in the log still");
    assert!(bytes("documents.sqlite-wal").expect("is there") > 4096);
    documents.close().await;
    bytes("documents.sqlite-wal").expect_err("is written into the database and gone");
}

/// SQLite ends a transaction by itself then, of which sqlx learns nothing.
#[tokio::test]
async fn when_a_failing_device_works_again_so_do_the_documents() {
    let mut failed = 0;
    for operation in [Operation::Write, Operation::Sync, Operation::Read] {
        for seed in 0..6 {
            let (_, faulty) = faulty();
            let documents = opened(&faulty).await;
            documents.apply(&tenant(), long("a", 30_000)).await.expect("puts");
            faulty.set_plan(plan(seed, 1 + seed % 3, operation));
            for _ in 0..4 {
                failed += usize::from(documents.apply(&tenant(), long("a", 20_000)).await.is_err());
            }
            faulty.set_plan(None);
            documents.apply(&tenant(), long("c", 1)).await.expect("puts again");
            assert_eq!(ids(&documents).await, ["a", "c"]);
        }
    }
    assert!(failed > 20, "{failed}");
}

/// What a commit whose sync failed has left in SQLite's log can be read after a restart, and is not on disk.
#[tokio::test]
async fn what_comes_after_a_commit_that_failed_is_as_durable_as_any() {
    let mut found = 0;
    for seed in 0..60 {
        let (memory, faulty) = faulty();
        let documents = opened(&faulty).await;
        documents.apply(&tenant(), long("a", 1)).await.expect("puts");
        faulty.set_plan(plan(seed, 1, Operation::Sync));
        documents.apply(&tenant(), long("b", 9000)).await.expect_err("fails by plan");
        drop(documents);
        faulty.set_plan(None);

        let documents = opened(&faulty).await;
        found += usize::from(ids(&documents).await == ["a", "b"]);
        documents.apply(&tenant(), long("c", 1)).await.expect("puts");
        let seen = ids(&documents).await;
        let documents = opened(&Faulty::new(memory.cut(seed))).await;
        assert_eq!(ids(&documents).await, seen, "seed {seed}");
    }
    assert!(found > 0, "is found at times");
}

/// The same where nothing is written any more: what is not there is removed, and would be back after a restart.
#[tokio::test]
async fn what_is_removed_after_a_commit_that_failed_does_not_come_back() {
    let mut was_left = 0;
    for seed in 0..20 {
        let (_, faulty) = faulty();
        let documents = opened(&faulty).await;
        documents.apply(&tenant(), long("a", 1)).await.expect("puts");
        faulty.set_plan(plan(seed, 1, Operation::Sync));
        documents.apply(&tenant(), long("b", 9000)).await.expect_err("fails by plan");
        faulty.set_plan(None);
        was_left += usize::from(ids(&documents).await == ["a"]);
        documents.apply(&tenant(), vec![delete("b", Expected::Any)]).await.expect("is not there");
        drop(documents);
        assert_eq!(ids(&opened(&faulty).await).await, ["a"], "seed {seed}");
    }
    assert!(was_left > 0, "the running store does not have what failed");
}

/// SQLite syncs the name of its log, and does not say when that fails.
#[tokio::test]
async fn the_log_has_a_name_that_lasts_before_anything_is_acknowledged() {
    let mut opened_nevertheless = 0;
    for seed in 0..200 {
        let (memory, faulty) = faulty();
        faulty.set_plan(plan(seed, 2, Operation::SyncFolder));
        let Ok(documents) = open_on(&faulty, &Config::new("/data")).await else { continue };
        faulty.set_plan(None);
        opened_nevertheless += 1;
        documents.apply(&tenant(), long("a", 1)).await.expect("puts");
        let documents = opened(&Faulty::new(memory.cut(seed))).await;
        assert_eq!(ids(&documents).await, ["a"], "seed {seed}");
    }
    assert!(opened_nevertheless > 5, "{opened_nevertheless}");
}

/// It is not given up because it cannot be read now.
#[tokio::test]
async fn a_page_that_the_device_does_not_let_be_read_is_not_corrupt() {
    let (memory, faulty) = faulty();
    let documents = opened(&faulty).await;
    for number in 0..40 {
        documents.apply(&tenant(), long(&number.to_string(), number * 300)).await.expect("puts");
    }
    documents.close().await;
    let mut unread = 0;
    for seed in 0..60 {
        faulty.set_plan(plan(seed, 4 + seed, Operation::Read));
        unread += usize::from(open_on(&faulty, &Config::new("/data")).await.is_err());
    }
    faulty.set_plan(None);
    assert!(unread > 10, "{unread}");
    assert_eq!(memory.list(Path::new("/data/set-aside")).expect("lists"), []);
    assert_eq!(ids(&opened(&faulty).await).await.len(), 40);
}

/// The power goes while a corrupt database is set aside and what can be read of it is taken over.
#[tokio::test]
async fn a_power_cut_while_documents_are_saved_from_a_corrupt_database_loses_none() {
    let memory = Memory::default();
    let documents = opened(&Faulty::new(memory.clone())).await;
    for number in 0..60 {
        documents.apply(&tenant(), long(&number.to_string(), 500)).await.expect("puts");
    }
    documents.close().await;
    let file = memory.open(Path::new("/data/documents.sqlite"), Mode::Write).expect("opens");
    file.write_at(&[0xee; 3000], 3 * 4096 + 50).and_then(|()| file.sync_all()).expect("writes");
    for folder in ["/data", "/"] {
        memory.sync_folder(Path::new(folder)).expect("syncs");
    }
    let saved = ids(&opened(&Faulty::new(memory.cut(0))).await).await;
    assert!((30..60).contains(&saved.len()), "{} of 60", saved.len());
    for operations in 0..80 {
        for seed in 0..4 {
            let before = memory.cut(0);
            before.cut_after(operations, seed);
            let first = open_on(&Faulty::new(before.clone()), &Config::new("/data")).await;
            let after = before.take_cut().unwrap_or_else(|| before.cut(seed));
            drop(first);
            assert_eq!(ids(&opened(&Faulty::new(after)).await).await, saved, "operation {operations}, seed {seed}");
        }
    }
}
