use super::*;
use crate::codec::tests::{log_record, stored};
use crate::columns;
use crate::promoted::PromotedSet;
use crate::row::Batch;

fn batch(rows: usize) -> EncodedBatch {
    stored(&Batch::Logs((0..rows).map(|time| log_record(&Arc::default(), time as i64, "x")).collect()))
}

fn table(budget: &Arc<Budget>) -> Table {
    Table::new(&(TenantId::default_tenant(), Signal::Logs), 1000, budget.clone(), Arc::default())
}

/// So many durable rows.
fn push(table: &Table, budget: &Budget, sequence: u64, rows: usize) {
    let batch = batch(rows);
    budget.take(batch.bytes());
    table.push(sequence, batch);
}

/// The rows of a seal.
fn rows_of(taken: &Taken) -> usize {
    let rows = taken.parts.iter().map(|part| match part {
        Part::Columns(batch) => batch.num_rows(),
        Part::Stored(batch) => batch.len(),
    });
    rows.sum()
}

/// The memory of the rows of a seal.
fn bytes_of_parts(taken: &Taken) -> usize {
    let bytes = taken.parts.iter().map(|part| match part {
        Part::Columns(batch) => batch.get_array_memory_size(),
        Part::Stored(batch) => batch.bytes(),
    });
    bytes.sum()
}

fn carried(rows: usize, sequence: u64, last_day: Option<i32>) -> Carried {
    let batch = columns::record_batch(Signal::Logs, &[batch(rows)], &PromotedSet::fixed()).expect("columns");
    Carried { batch, sequence, last_day }
}

async fn live_rows(table: &Table) -> Vec<usize> {
    table.snapshot().await.expect("snapshot").live.iter().map(RecordBatch::num_rows).collect()
}

fn loaded(sealed: u64) -> Loaded {
    Loaded { segments: Vec::new(), sealed, version: 1, expired: Default::default() }
}

#[tokio::test]
async fn many_freezes_leave_few_batches() {
    let budget = Arc::new(Budget::default());
    let table = table(&budget);
    for sequence in 1..=300 {
        push(&table, &budget, sequence, 7);
        table.freeze().await.expect("freezes");
    }
    let rows = live_rows(&table).await;
    assert_eq!(rows.iter().sum::<usize>(), 2100);
    assert!(rows.len() <= 12, "{rows:?}");
    assert!(rows.iter().all(|rows| *rows <= 1000), "{rows:?}");
}

#[tokio::test]
async fn a_seal_takes_a_prefix_and_a_failed_one_gives_it_back() {
    let budget = Arc::new(Budget::default());
    let table = table(&budget);
    assert!(table.take(usize::MAX).await.is_none());
    for sequence in [3, 5] {
        push(&table, &budget, sequence, 2);
    }
    let taken = table.take(usize::MAX).await.expect("has rows");
    assert_eq!(taken.sequences, Sequences { first: 3, last: 5 });
    push(&table, &budget, 8, 1);
    assert_eq!(live_rows(&table).await.iter().sum::<usize>(), 5);
    table.put_back();
    assert_eq!(live_rows(&table).await.iter().sum::<usize>(), 5);

    let taken = table.take(usize::MAX).await.expect("has rows");
    assert_eq!(taken.sequences, Sequences { first: 3, last: 8 });
    assert_eq!(rows_of(&taken), 5);
    push(&table, &budget, 9, 4);
    table.install(loaded(8), None, 1);
    assert_eq!((live_rows(&table).await, table.sealed()), (vec![4], 8));
    let taken = table.take(usize::MAX).await.expect("has rows");
    assert_eq!(taken.sequences, Sequences { first: 9, last: 9 });
    table.install(loaded(9), None, 1);
    assert_eq!((budget.used(), table.health().buffered_bytes), (0, 0));
    assert!(table.due_for_seal(0, Duration::ZERO).is_none());
}

#[tokio::test]
async fn carried_rows_are_sealed_next_and_a_record_that_does_not_count_is_stepped_over() {
    let budget = Arc::new(Budget::default());
    let table = table(&budget);
    push(&table, &budget, 1, 3);
    let taken = table.take(usize::MAX).await.expect("has rows");
    table.step_over(2);
    table.put_back();
    let again = table.take(usize::MAX).await.expect("has rows");
    assert_eq!((taken.sequences.last, again.sequences.last), (1, 2));
    let carried = carried(2, 3, Some(5));
    table.install(loaded(2), Some(carried), 1);
    assert_eq!((live_rows(&table).await, table.health().rows_carried_over), (vec![2], 2));
    let last = table.take(usize::MAX).await.expect("has rows");
    assert_eq!((last.sequences, last.last_day), (Sequences { first: 3, last: 3 }, Some(5)));
}

#[tokio::test]
async fn a_bounded_seal_takes_the_oldest_and_leaves_a_suffix_of_the_log() {
    let budget = Arc::new(Budget::default());
    let table = table(&budget);
    for sequence in 1..=4 {
        // So many rows that neighbours are not merged.
        push(&table, &budget, sequence * 10, 900);
        table.freeze().await.expect("freezes");
    }
    let taken = table.take(1).await.expect("has rows");
    assert_eq!((taken.sequences, taken.parts.len()), (Sequences { first: 10, last: 10 }, 1));
    assert_eq!(live_rows(&table).await.iter().sum::<usize>(), 3600);
    table.put_back();
    let taken = table.take(1).await.expect("has rows");
    assert_eq!((taken.sequences, taken.parts.len()), (Sequences { first: 10, last: 10 }, 1));
    table.put_back();
    let bytes = bytes_of_parts(&taken);
    let taken = table.take(bytes * 3 / 2).await.expect("has rows");
    assert_eq!((taken.sequences, taken.parts.len()), (Sequences { first: 10, last: 20 }, 2));
    table.put_back();
    // A record that must be stepped over is not left behind.
    table.step_over(55);
    let taken = table.take(1).await.expect("has rows");
    assert_eq!((taken.sequences, taken.parts.len()), (Sequences { first: 10, last: 55 }, 4));
}

#[tokio::test]
async fn a_question_that_is_given_up_while_rows_become_columns_takes_none_of_them_away() {
    let budget = Arc::new(Budget::default());
    let table = table(&budget);
    for sequence in 1..=50 {
        push(&table, &budget, sequence, 20);
        // Polled once: the columns are being made elsewhere when it is dropped.
        let given_up = futures::FutureExt::now_or_never(table.snapshot());
        drop(given_up);
    }
    assert_eq!(live_rows(&table).await.iter().sum::<usize>(), 1000);
    let taken = table.take(usize::MAX).await.expect("has rows");
    assert_eq!(taken.sequences, Sequences { first: 1, last: 50 });
    assert_eq!(rows_of(&taken), 1000);
    assert_eq!(budget.used(), bytes_of_parts(&taken));
}

#[tokio::test]
async fn a_seal_that_ends_while_rows_become_columns_loses_none_of_its_rows() {
    for is_committed in [true, false] {
        let budget = Arc::new(Budget::default());
        let table = table(&budget);
        push(&table, &budget, 1, 3);
        table.take(usize::MAX).await.expect("has rows");
        push(&table, &budget, 2, 50_000);
        let mut freezing = Box::pin(table.freeze());
        assert!(futures::poll!(&mut freezing).is_pending());
        if is_committed {
            let carried = carried(2, 3, None);
            table.install(loaded(1), Some(carried), 1);
        } else {
            table.put_back();
        }
        freezing.await.expect("freezes");
        let expected = if is_committed { 50_002 } else { 50_003 };
        assert_eq!(live_rows(&table).await.iter().sum::<usize>(), expected);
        let taken = table.take(usize::MAX).await.expect("has rows");
        assert_eq!(rows_of(&taken), expected);
        table.install(loaded(3), None, 2);
        assert_eq!(budget.used(), 0);
    }
}

#[tokio::test]
async fn no_live_batch_is_large_or_shares_memory() {
    let budget = Arc::new(Budget::default());
    let table = table(&budget);
    // As after a start: many requests at once, one of them larger than a batch may be.
    for (sequence, rows) in [(1, 600), (2, 300), (4, 300), (5, 2500), (6, 10), (9, 900)] {
        push(&table, &budget, sequence, rows);
    }
    let columns = columns::record_batch(Signal::Logs, &[batch(1700)], &PromotedSet::fixed()).expect("columns");
    table.push_columns(10, columns);
    let live = table.snapshot().await.expect("snapshot").live;
    assert_eq!(live.iter().map(RecordBatch::num_rows).sum::<usize>(), 6310);
    assert!(live.iter().all(|batch| batch.num_rows() <= 1000));
    let all: usize = live.iter().map(RecordBatch::get_array_memory_size).sum();
    let together = arrow::compute::concat_batches(&live[0].schema(), &live).expect("one schema");
    assert!(all < together.get_array_memory_size() * 2, "{all}");
    assert_eq!(budget.used(), all);
}

#[tokio::test]
async fn a_seal_never_takes_a_part_of_a_record() {
    let budget = Arc::new(Budget::default());
    let table = table(&budget);
    for (sequence, rows) in [(1, 900), (2, 2500), (3, 900), (5, 900)] {
        push(&table, &budget, sequence, rows);
    }
    let mut sealed = Vec::new();
    while let Some(taken) = table.take(1).await {
        let rows = rows_of(&taken);
        sealed.push((taken.sequences.first, taken.sequences.last, rows));
        table.install(loaded(taken.sequences.last), None, 1);
    }
    assert_eq!(sealed, [(1, 1, 900), (2, 2, 2500), (3, 3, 900), (5, 5, 900)]);
    assert_eq!(budget.used(), 0);
}

#[tokio::test]
async fn rows_of_a_table_that_nobody_asks_stay_as_they_came() {
    let budget = Arc::new(Budget::default());
    let table = table(&budget);
    let wants = |table: &Table| table.wants_freeze(1, Duration::ZERO, Duration::from_secs(60));
    push(&table, &budget, 1, 3);
    assert!(!wants(&table));
    assert_eq!(live_rows(&table).await, [3]);
    push(&table, &budget, 2, 4);
    assert!(wants(&table));
    assert!(!table.wants_freeze(1, Duration::ZERO, Duration::ZERO));
    let taken = table.take(usize::MAX).await.expect("has rows");
    assert!(matches!(taken.parts.as_slice(), [Part::Columns(_), Part::Stored(_)]));
}

#[tokio::test]
async fn rows_that_are_sealed_as_they_came_can_be_asked_for_meanwhile() {
    let budget = Arc::new(Budget::default());
    let table = table(&budget);
    for sequence in 1..=3 {
        push(&table, &budget, sequence, 2);
    }
    let before = budget.used();
    let taken = table.take(1).await.expect("has rows");
    assert_eq!((taken.sequences, rows_of(&taken)), (Sequences { first: 1, last: 1 }, 2));
    assert_eq!(live_rows(&table).await, [2, 4]);
    assert_eq!(live_rows(&table).await, [2, 4], "columns are made once");
    table.install(loaded(1), None, 1);
    assert_eq!(live_rows(&table).await, [4]);
    let taken = table.take(usize::MAX).await.expect("has rows");
    assert_eq!((taken.sequences, rows_of(&taken)), (Sequences { first: 2, last: 3 }, 4));
    table.install(loaded(3), None, 1);
    assert!(before > 0);
    assert_eq!(budget.used(), 0);
}

#[tokio::test]
async fn after_a_failed_seal_the_next_one_leaves_no_older_row_behind() {
    let budget = Arc::new(Budget::default());
    let table = table(&budget);
    push(&table, &budget, 1, 3);
    table.take(usize::MAX).await.expect("has rows");
    // Newer rows become columns, and the older ones are pending again.
    push(&table, &budget, 2, 3);
    assert_eq!(live_rows(&table).await.iter().sum::<usize>(), 6);
    table.put_back();
    let taken = table.take(1).await.expect("has rows");
    assert_eq!((taken.sequences, rows_of(&taken)), (Sequences { first: 1, last: 2 }, 6));
    table.install(loaded(2), None, 1);
    assert_eq!(budget.used(), 0);
}

#[tokio::test]
async fn a_question_sees_the_rows_of_a_seal_that_fails_while_it_asks() {
    let budget = Arc::new(Budget::default());
    let table = table(&budget);
    push(&table, &budget, 1, 3);
    push(&table, &budget, 2, 20_000);
    table.take(1).await.expect("has rows");
    let mut asked = Box::pin(table.snapshot());
    assert!(futures::poll!(&mut asked).is_pending());
    table.put_back();
    let live = asked.await.expect("snapshot").live;
    assert_eq!(live.iter().map(RecordBatch::num_rows).sum::<usize>(), 20_003);
}
