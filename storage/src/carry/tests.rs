use super::*;
use crate::promoted::PromotedSet;

fn check(rows: &[(i32, usize)], days_max: usize, after: Option<i32>, expected: &[i32]) {
    let rows: BTreeMap<i32, usize> = rows.iter().copied().collect();
    let mut chosen = choose_days(&rows, days_max, after);
    chosen.sort_unstable();
    assert_eq!(chosen, expected, "{rows:?} {days_max} {after:?}");
}

#[test]
fn the_largest_day_always_and_the_others_in_turn() {
    check(&[], 3, None, &[]);
    check(&[(1, 1), (2, 1)], 3, None, &[1, 2]);
    let rows = [(-5, 1), (0, 1), (1, 9), (2, 1), (3, 1)];
    check(&rows, 3, None, &[-5, 0, 1]);
    check(&rows, 3, Some(0), &[1, 2, 3]);
    check(&rows, 3, Some(2), &[-5, 1, 3]);
    check(&rows, 3, Some(i32::MAX), &[-5, 0, 1]);
    check(&rows, 1, None, &[1]);
    check(&rows, 0, None, &[1]);
}

#[test]
fn what_is_encoded_decodes_to_the_same() {
    let batch = crate::codec::tests::log_record(&Default::default(), 5, "hello");
    let stored = crate::codec::tests::stored(&crate::Batch::Logs(vec![batch]));
    let batch = crate::columns::record_batch(Signal::Logs, &[stored], &PromotedSet::fixed()).expect("columns");
    let (_, payload) = encode(77, &batch.schema(), &[batch.clone(), batch.clone()]).expect("encodes");
    let (covers, decoded) = decode(Signal::Logs, &payload).expect("decodes");
    assert_eq!((covers, decoded.num_rows()), (77, 2));
    assert_eq!(decoded.slice(1, 1), batch);
    assert!(decode(Signal::Spans, &payload).is_err());
    assert!(decode(Signal::Logs, &payload[..5]).is_err());
}
