use super::*;

#[test]
fn a_sum_keeps_what_an_addition_loses() {
    let mut sum = Sum::default();
    for value in [1e100, 1.0, -1e100, 1.0] {
        sum.add(value);
    }
    assert_eq!(sum.total(), 2.0);
}

#[test]
fn a_mean_does_not_overflow() {
    let mut mean = Mean::of(f64::MAX);
    mean.add(f64::MAX);
    mean.add(f64::MAX);
    assert!((mean.value() / f64::MAX - 1.0).abs() < 1e-12, "{}", mean.value());
}

#[test]
fn an_infinite_value_stays() {
    let mut mean = Mean::of(1.0);
    mean.add(f64::INFINITY);
    assert_eq!(mean.value(), f64::INFINITY);
}
