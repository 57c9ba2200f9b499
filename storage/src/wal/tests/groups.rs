//! What is told apart where a file of the log is not whole: the rest of a group that was never synced, and damage.

use super::*;

/// A record of 100 bytes or so, with this sequence; `continues` the group before it.
fn record(sequence: u64, continues: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let entry = entry("a", 5);
    let payload = entry.content.payload();
    record::write(&mut bytes, &Record { kind: Kind::Batch, continues, sequence, table: table("a"), payload });
    bytes
}

/// Writes a file of the log: a header, these records, of which those with sequence `lost` are zeros, and a rest of zeros.
fn write_file(dir: &Path, header: &[u8], records: &[(u64, bool)], lost: u64) {
    let folder = dir.join("wal");
    std::fs::create_dir_all(&folder).expect("creates");
    let mut bytes = Vec::from(header);
    for (sequence, continues) in records {
        let record = record(*sequence, *continues);
        bytes.extend(if *sequence == lost { vec![0; record.len()] } else { record });
    }
    bytes.extend([0; 500]);
    std::fs::write(folder.join(format!("{:020}.wal", records[0].0)), bytes).expect("writes");
}

/// What two starts find, the same: the sequences, torn files, reasons of damage.
fn found(dir: &Path) -> (Vec<u64>, usize, Vec<String>) {
    let look = || {
        let (found, replayed) = sequences(dir);
        let set_aside = SetAsideFolder::open(Arc::new(Real), dir).expect("opens").list();
        (found, replayed.torn_tails, set_aside.into_iter().map(|file| file.reason).collect::<Vec<_>>())
    };
    let first = look();
    assert_eq!(look(), first);
    first
}

#[test]
fn a_hole_in_the_last_group_is_torn_and_the_rest_of_the_group_is_there() {
    let dir = tempfile::tempdir().expect("tempdir");
    write_file(dir.path(), &file::header(1), &[(1, false), (2, false), (3, true), (4, true)], 2);
    assert_eq!(found(dir.path()), (vec![1, 3, 4], 1, vec![]));
}

#[test]
fn one_flipped_bit_anywhere_takes_nothing() {
    const NAME: &str = "wal/00000000000000000007.wal";
    let whole = tempfile::tempdir().expect("tempdir");
    write_file(whole.path(), &file::header(7), &[(7, false), (8, true), (9, false)], 0);
    let bytes = std::fs::read(whole.path().join(NAME)).expect("reads");
    // The run that wrote it has no checksum, and nothing depends on it here.
    for bit in (0..bytes.len() * 8).filter(|bit| !(12..16).contains(&(bit / 8))).step_by(5) {
        let dir = tempfile::tempdir().expect("tempdir");
        std::fs::create_dir_all(dir.path().join("wal")).expect("creates");
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(dir.path().join(NAME), &damaged).expect("writes");
        let inspected = inspect(&Real, dir.path(), |_| Ok(())).expect("inspects");
        let is_in_rest = bytes[bit / 8..].iter().all(|byte| *byte == 0);
        assert!(
            is_in_rest || inspected[0].damage.as_ref().is_some_and(|damage| damage.contains("flipped")),
            "bit {bit}"
        );
        let (found, replayed) = sequences(dir.path());
        assert_eq!(found, [7, 8, 9], "bit {bit}");
        let set_aside = SetAsideFolder::open(Arc::new(Real), dir.path()).expect("opens").list();
        let reasons: Vec<&str> = set_aside.iter().map(|file| file.reason.as_str()).collect();
        if !is_in_rest {
            assert_eq!(replayed.torn_tails, 0, "bit {bit}");
            assert!(reasons.len() == 1 && reasons[0].contains("put right"), "bit {bit}: {reasons:?}");
        }
        assert_eq!(sequences(dir.path()).0, [7, 8, 9], "and once more, bit {bit}");
    }
}

#[test]
fn a_hole_before_another_group_is_damage() {
    let dir = tempfile::tempdir().expect("tempdir");
    write_file(dir.path(), &file::header(1), &[(1, false), (2, false), (3, true), (4, false)], 2);
    let (sequences, torn, damage) = found(dir.path());
    assert_eq!((sequences, torn, damage.len()), (vec![1, 3, 4], 0, 1));
    assert!(damage[0].contains("damaged"), "{damage:?}");
}

#[test]
fn a_hole_is_damage_where_the_run_has_gone_on_to_another_file() {
    for (next, expected) in [(file::header(1), (0, 1)), (file::header(4), (1, 0))] {
        let dir = tempfile::tempdir().expect("tempdir");
        write_file(dir.path(), &file::header(1), &[(1, false), (2, false), (3, true)], 2);
        write_file(dir.path(), &next, &[(4, false)], 0);
        let (sequences, torn, damage) = found(dir.path());
        assert_eq!((sequences, (torn, damage.len())), (vec![1, 3, 4], expected));
    }
}

#[test]
fn a_file_of_the_first_version_is_read_and_each_of_its_records_is_a_group() {
    let dir = tempfile::tempdir().expect("tempdir");
    let mut header = file::header(0);
    header[8] = 1;
    write_file(dir.path(), &header, &[(1, false), (2, false), (3, false)], 0);
    assert_eq!(found(dir.path()), (vec![1, 2, 3], 0, vec![]));
    write_file(dir.path(), &header, &[(1, false), (2, false), (3, false)], 2);
    let (sequences, torn, damage) = found(dir.path());
    assert_eq!((sequences, torn, damage.len()), (vec![1, 3], 0, 1));
}

#[test]
fn a_file_of_a_later_version_is_left_as_it_is_and_reported() {
    let dir = tempfile::tempdir().expect("tempdir");
    let mut header = file::header(1);
    header[8] = 4;
    write_file(dir.path(), &header, &[(1, false)], 0);
    let (sequences, _, reasons) = found(dir.path());
    assert!(sequences.is_empty() && reasons.len() == 1 && reasons[0].contains("newer"), "{reasons:?}");
}
