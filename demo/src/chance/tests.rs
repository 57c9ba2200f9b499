use std::time::{Duration, UNIX_EPOCH};

use super::{Chance, rhythm};

#[test]
fn half_of_the_times_are_below_the_median() {
    let mut chance = Chance::new(7, 7);
    let below = (0..10_000).filter(|_| chance.millis(80.0, 0.6) < 80.0).count();
    assert!((4_800..5_200).contains(&below), "{below}");
}

#[test]
fn events_come_at_their_rate() {
    let mut chance = Chance::new(7, 7);
    let seconds: f64 = (0..10_000).map(|_| chance.until_next(5.0).as_secs_f64()).sum();
    assert!((1_900.0..2_100.0).contains(&seconds), "{seconds}");
}

#[test]
fn the_same_seed_decides_the_same_and_ids_have_their_own() {
    let draw = |seed, ids_seed| {
        let mut chance = Chance::new(seed, ids_seed);
        (chance.below(u64::MAX), (chance.trace_id(), chance.span_id(), chance.request_id()))
    };
    assert_eq!(draw(1, 5), draw(1, 5));
    assert_eq!(draw(1, 5).0, draw(1, 6).0);
    assert_ne!(draw(1, 5).1, draw(1, 6).1);
    assert_ne!(draw(1, 5).0, draw(2, 5).0);
}

#[test]
fn the_afternoon_is_busier_than_the_night() {
    let at_hour = |hour: u64| rhythm(UNIX_EPOCH + Duration::from_secs(hour * 3600));
    assert!(at_hour(14) > 1.39);
    assert!(at_hour(2) < 0.61);
    assert!((at_hour(14) - at_hour(14 + 240)).abs() < 1e-9, "every day is alike");
}
