use super::TimeBound;
use crate::period::Period;

#[test]
fn bounds_are_moments() {
    let check =
        |bound: TimeBound, expected: Option<i64>| assert_eq!(bound.at(1_700_000_000_000), expected, "{bound:?}");
    check(TimeBound::Now, Some(1_700_000_000_000));
    check(TimeBound::Before(Period::parse("1h").unwrap()), Some(1_699_996_400_000));
    check(TimeBound::Epoch(1_600_000_000.5), Some(1_600_000_000_500));
    check(TimeBound::Epoch(1_600_000_000_000.0), Some(1_600_000_000_000));
    check(TimeBound::Date("1970-01-01 00:00:01".to_owned()), Some(1_000));
    check(TimeBound::Date("soon".to_owned()), None);
}
