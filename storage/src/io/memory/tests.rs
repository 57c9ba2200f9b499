use super::*;
use crate::io::faulty::{Faulty, Operation, Plan};

fn path(text: &str) -> PathBuf {
    PathBuf::from(text)
}

fn with_file(content: &[u8]) -> (Memory, MemoryFile) {
    let memory = Memory::default();
    memory.create_folders(&path("/a")).expect("creates");
    let file = memory.open_file(&path("/a/f"), Mode::Create).expect("creates");
    file.write_at(content, 0).expect("writes");
    (memory, file)
}

fn sync_all_names(memory: &Memory) {
    memory.sync_folder(&path("/a")).expect("syncs");
    memory.sync_folder(&path("/")).expect("syncs");
}

/// What the file is after cuts of so many seeds.
fn cuts(memory: &Memory) -> Vec<Option<Vec<u8>>> {
    (0..300).map(|seed| memory.cut(seed).read(&path("/a/f")).ok()).collect()
}

#[test]
fn what_is_synced_with_its_name_survives_every_cut() {
    let (memory, file) = with_file(&[7; 10_000]);
    assert!(cuts(&memory).contains(&None));
    file.sync_data().expect("syncs");
    memory.sync_folder(&path("/a")).expect("syncs");
    assert!(cuts(&memory).contains(&None), "the folder has no name yet");
    memory.sync_folder(&path("/")).expect("syncs");
    assert!(cuts(&memory).into_iter().all(|content| content == Some(vec![7; 10_000])));
    assert_eq!(memory.cut(1).cut(2).read(&path("/a/f")).expect("is there"), [7; 10_000]);
}

#[test]
fn pages_that_are_not_synced_are_kept_lost_or_torn() {
    let (memory, file) = with_file(&[1; 12_288]);
    file.sync_data().expect("syncs");
    sync_all_names(&memory);
    file.write_at(&[2; 8192], 4096).expect("writes");
    let cuts: Vec<Vec<u8>> = cuts(&memory).into_iter().map(|content| content.expect("has a name")).collect();
    assert!(cuts.iter().all(|content| content.len() == 12_288 && content[..4096] == [1; 4096]));
    let is_page = |content: &[u8], page: usize, with: u8| content[page * 4096..][..4096].iter().all(|b| *b == with);
    for (second, third) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
        assert!(cuts.iter().any(|content| is_page(content, 1, second) && is_page(content, 2, third)));
    }
    let is_torn = |content: &Vec<u8>| !is_page(content, 1, 1) && !is_page(content, 1, 2);
    let torn = cuts.iter().find(|content| is_torn(content)).expect("some are torn");
    assert!(torn.chunks(512).all(|sector| sector.iter().all(|byte| *byte == sector[0])));
    assert_eq!(memory.read(&path("/a/f")).expect("is seen")[4096..], [2; 8192]);
}

#[test]
fn a_file_whose_name_alone_is_synced_comes_back_empty_short_or_as_zeros() {
    let (memory, _file) = with_file(&[3; 5000]);
    sync_all_names(&memory);
    let cuts: Vec<Vec<u8>> = cuts(&memory).into_iter().map(|content| content.expect("has a name")).collect();
    for expected in [vec![], vec![0; 5000], vec![3; 5000]] {
        assert!(cuts.contains(&expected), "{} bytes", expected.len());
    }
    assert!(cuts.iter().any(|content| !content.is_empty() && content.len() < 5000));
}

#[test]
fn names_are_kept_in_part_and_a_rename_loses_neither() {
    let (memory, file) = with_file(b"x");
    file.sync_data().expect("syncs");
    memory.create_folders(&path("/b")).expect("creates");
    sync_all_names(&memory);
    memory.rename(&path("/a/f"), &path("/b/g")).expect("renames");
    memory.open_file(&path("/b/later"), Mode::Create).expect("creates");
    let mut outcomes = std::collections::BTreeSet::new();
    for seed in 0..300 {
        let cut = memory.cut(seed);
        outcomes.insert(["/a/f", "/b/g", "/b/later"].map(|name| cut.exists(&path(name)).expect("answers")));
    }
    assert!(outcomes.contains(&[false, true, true]) && outcomes.contains(&[true, false, false]), "{outcomes:?}");
    assert!(outcomes.contains(&[true, true, false]) && outcomes.contains(&[true, false, true]), "{outcomes:?}");
    assert!(outcomes.iter().all(|[old, new, _]| *old || *new), "{outcomes:?}");
    memory.sync_folder(&path("/a")).expect("syncs");
    assert!((0..300).all(|seed| memory.cut(seed).exists(&path("/b/g")).expect("answers")));
}

#[test]
fn the_power_goes_in_the_middle_and_frees_what_was_held() {
    let (memory, file) = with_file(b"x");
    let _held = memory.hold(&path("/a")).expect("is free");
    assert_eq!(memory.hold(&path("/a")).expect_err("is held").kind(), io::ErrorKind::WouldBlock);
    memory.cut_after(1, 5);
    file.sync_data().expect("has power");
    assert!(memory.sync_folder(&path("/a")).is_err());
    assert!(memory.read(&path("/a/f")).is_err());
    let left = memory.take_cut().expect("the power has gone");
    let _held = left.hold(&path("/a")).expect("is free");
    assert!(left.take_cut().is_none());
}

#[test]
fn after_a_failed_sync_the_next_says_nothing_of_what_is_lost() {
    let mut lost = 0;
    for seed in 0..40 {
        let (memory, file) = with_file(&[1; 8192]);
        file.sync_data().expect("syncs");
        sync_all_names(&memory);
        let faulty = Faulty::new(memory.clone());
        let file = faulty.open(&path("/a/f"), Mode::Write).expect("opens");
        file.write_at(&[2; 8192], 0).expect("writes");
        faulty.set_plan(Some(Plan { seed: Seed(seed), one_in: 1, operations: vec![Operation::Sync] }));
        file.sync_data().expect_err("fails by plan");
        faulty.set_plan(None);
        file.sync_data().expect("succeeds");
        assert_eq!(memory.read(&path("/a/f")).expect("is seen"), [2; 8192]);
        lost += usize::from(memory.cut(seed).read(&path("/a/f")).expect("has a name") != [2; 8192]);
    }
    assert!((20..40).contains(&lost), "{lost}");
}

#[test]
fn faults_are_the_same_in_each_run_and_a_short_write_leaves_a_part() {
    let run = |seed: u64| {
        let faulty = Faulty::new(Memory::default());
        faulty.set_plan(Some(Plan { seed: Seed(seed), one_in: 4, operations: Operation::ALL.to_vec() }));
        let mut seen = Vec::new();
        for number in 0..50 {
            let name = path(&format!("/{number}"));
            let wrote = faulty.open(&name, Mode::Create).and_then(|file| file.write_at(&[9; 100], 0));
            let bytes = faulty.metadata(&name).map_or(0, |metadata| metadata.bytes);
            let renamed = faulty.rename(&name, &path("/renamed"));
            seen.push((wrote.map_err(|e| e.to_string()), bytes, renamed.map_err(|e| e.to_string())));
        }
        assert!(faulty.failed() > 10);
        seen
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
    assert!(run(1).iter().any(|(wrote, bytes, _)| wrote.is_err() && (1..100).contains(bytes)));
}
