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
    header[8] = 3;
    write_file(dir.path(), &header, &[(1, false)], 0);
    let (sequences, _, reasons) = found(dir.path());
    assert!(sequences.is_empty() && reasons.len() == 1 && reasons[0].contains("newer"), "{reasons:?}");
}
