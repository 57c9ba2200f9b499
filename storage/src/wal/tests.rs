mod groups;
mod model;

use std::sync::mpsc;

use super::*;
use crate::codec::tests::{log_record, stored};
use crate::io::Real;
use crate::one_bit::bits_between;
use crate::row::Batch;
use crate::set_aside::SetAsideFolder;

fn table(name: &str) -> TableKey {
    (TenantId::new(name).expect("a name"), Signal::Logs)
}

fn entry(name: &str, time: i64) -> Entry {
    let batch = Batch::Logs(vec![log_record(&Arc::default(), time, &"x".repeat(200))]);
    Entry { table: table(name), content: Content::Batch(stored(&batch)) }
}

fn config(dir: &Path) -> Config {
    std::fs::create_dir_all(dir.join("wal")).expect("creates");
    Config { wal_file_bytes: 4 << 10, ..Config::new(dir) }
}

fn sequences(dir: &Path) -> (Vec<u64>, Replay) {
    let set_aside = SetAsideFolder::open(Arc::new(Real), dir).expect("opens");
    let mut sequences = Vec::new();
    let replayed = replay(&Real, dir, &set_aside, |record| {
        sequences.push(record.sequence);
        EncodedBatch::read(bytes::Bytes::copy_from_slice(record.payload)).map(|_| ())
    });
    (sequences, replayed.expect("replays"))
}

use replay::Replay;

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_handed_on_and_replayed_in_order() {
    let dir = tempfile::tempdir().expect("tempdir");
    let (sender, handed_on) = mpsc::channel();
    let sink = Box::new(move |durable: Durable| sender.send(durable.sequence).expect("received"));
    let wal = Wal::start(Arc::new(Real), &config(dir.path()), Vec::new(), 7, sink).expect("starts");
    let appends = (0..100).map(|time| wal.append(entry("a", time)));
    let mut given: Vec<u64> =
        futures::future::join_all(appends).await.into_iter().map(|given| given.expect("appends")).collect();
    given.sort_unstable();
    let expected: Vec<u64> = (7..107).collect();
    assert_eq!(given, expected);
    assert_eq!(handed_on.try_iter().collect::<Vec<_>>(), expected);
    wal.stop();
    let (found, replayed) = sequences(dir.path());
    assert_eq!(found, expected);
    assert_eq!((replayed.sequence, replayed.torn_tails), (106, 0));
    assert!(wal.append(entry("a", 0)).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_trimmed_when_every_table_has_sealed_it() {
    let dir = tempfile::tempdir().expect("tempdir");
    let wal = Wal::start(Arc::new(Real), &config(dir.path()), Vec::new(), 1, Box::new(|_| {})).expect("starts");
    for time in 0..60 {
        wal.append(entry(if time % 2 == 0 { "a" } else { "b" }, time)).await.expect("appends");
    }
    let files = wal.size().0;
    wal.trim(|key| if *key == table("a") { 60 } else { 0 }).expect("trims");
    assert_eq!(wal.size().0, files);
    wal.trim(|_| 30).expect("trims");
    let left = wal.size().0;
    assert!(left < files && left > 1, "{left} of {files}");
    wal.trim(|_| 60).expect("trims");
    assert_eq!(wal.size().0, 1);
    wal.stop();
    let (found, _) = sequences(dir.path());
    assert!(!found.is_empty() && found.iter().all(|sequence| *sequence > 30));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_overwrites_no_file_however_full_the_last_one_was() {
    let dir = tempfile::tempdir().expect("tempdir");
    let (mut old, mut next) = (Vec::new(), 1);
    for round in 1..=40 {
        let wal = Wal::start(Arc::new(Real), &config(dir.path()), old, next, Box::new(|_| {})).expect("starts");
        for time in 0..round {
            wal.append(entry("a", time)).await.expect("appends");
        }
        wal.stop();
        let (found, replayed) = sequences(dir.path());
        next = replayed.sequence + 1;
        assert_eq!(found, (1..next).collect::<Vec<_>>(), "round {round}");
        old = replayed.files;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_log_says_why() {
    let dir = tempfile::tempdir().expect("tempdir");
    let wal = Wal::start(Arc::new(Real), &config(dir.path()), Vec::new(), 1, Box::new(|_| {})).expect("starts");
    wal.poison("the disk went away".into());
    wal.poison("something else".into());
    let error = wal.append(entry("a", 1)).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("the disk went away"), "{error}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_damage_leaves_the_other_records(at in 0usize..2000, length in 1usize..60, with: u8) {
        let dir = tempfile::tempdir().expect("tempdir");
        let folder = dir.path().join("wal");
        std::fs::create_dir_all(&folder).expect("creates");
        let mut bytes = Vec::from(file::header(1));
        let mut ranges = Vec::new();
        for sequence in 1..=6 {
            let from = bytes.len();
            record::write(
                &mut bytes,
                &Record {
                    kind: Kind::Batch,
                    continues: false,
                    sequence,
                    table: table("a"),
                    payload: entry("a", 5).content.payload(),
                },
            );
            ranges.push((sequence, from..bytes.len()));
        }
        bytes.extend([0; 300]);
        let original = bytes.clone();
        let at = at % bytes.len();
        let end = (at + length).min(bytes.len());
        bytes[at..end].fill(with);
        std::fs::write(folder.join("1.wal"), &bytes).expect("writes");
        let undamaged: Vec<u64> = ranges
            .iter()
            // One flipped bit is put right.
            .filter(|(_, range)| bits_between(&bytes[range.clone()], &original[range.clone()]) <= 1)
            .map(|(sequence, _)| *sequence)
            .collect();
        // Damage to the format's version makes it a file of another program, which is left alone.
        if bytes[..8] != original[..8] || bytes[8..12] == original[8..12] {
            assert_eq!(sequences(dir.path()).0, undamaged);
            // The second start sees the same, and reports nothing again.
            assert_eq!(sequences(dir.path()).0, undamaged);
        }
    }
}
