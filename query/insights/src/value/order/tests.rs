use std::cmp::Ordering;

use proptest::prelude::*;

use super::natural;
use crate::value::Value;

#[test]
fn the_natural_order() {
    let sorted = [
        Value::Null,
        Value::text(""),
        Value::text("2nd"),
        Value::text("10th"),
        Value::text("item"),
        Value::text("item2"),
        Value::text("item10"),
        Value::text("item10a"),
        Value::text("item010"),
        Value::text("ä"),
        Value::Number(-5.0),
        Value::text("2"),
        Value::Number(10.0),
        Value::Time(11),
    ];
    for (i, left) in sorted.iter().enumerate() {
        for (j, right) in sorted.iter().enumerate() {
            assert_eq!(natural(left, right), i.cmp(&j), "{left:?} {right:?}");
        }
    }
    assert_eq!(natural(&Value::text("1.0"), &Value::Number(1.0)), Ordering::Equal);
}

proptest! {
    #[test]
    fn it_is_a_total_order(texts in prop::collection::vec("[a-c0-9.]{0,4}", 3)) {
        let values: Vec<Value> = texts.iter().map(|text| Value::text(text)).collect();
        let order = |i: usize, j: usize| natural(&values[i], &values[j]);
        prop_assert_eq!(order(0, 1), order(1, 0).reverse());
        if order(0, 1).is_le() && order(1, 2).is_le() {
            prop_assert!(order(0, 2).is_le());
        }
    }
}
