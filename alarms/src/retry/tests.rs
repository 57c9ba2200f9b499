use std::time::Duration;

use super::*;

const NOW: i64 = 1_790_000_000_000_000_000;

fn error(status: u16, retry_after_seconds: Option<u64>) -> DeliveryError {
    DeliveryError {
        message: "busy".to_owned(),
        status: Some(status),
        retry_after: retry_after_seconds.map(Duration::from_secs),
    }
}

fn pause(config: &Config, error: &DeliveryError, attempts: u32, random: f64) -> Duration {
    match after_failure(config, error, attempts, NOW, NOW, random) {
        Next::RetryAt(at) => Duration::from_nanos(u64::try_from(at - NOW).unwrap()),
        Next::GiveUp(why) => panic!("given up: {why}"),
    }
}

#[test]
fn pauses_double_up_to_the_longest_with_jitter_below() {
    let config = Config::default();
    let full = 0.999_999_999;
    for (attempts, seconds) in [(1, 1.0), (2, 2.0), (5, 16.0), (10, 512.0), (11, 600.0), (15, 600.0)] {
        let longest = pause(&config, &error(503, None), attempts, full).as_secs_f64();
        let shortest = pause(&config, &error(503, None), attempts, 0.0).as_secs_f64();
        assert!((longest - seconds).abs() < 0.001, "try {attempts}: {longest}");
        assert!((shortest - seconds / 2.0).abs() < 0.001, "try {attempts}: {shortest}");
    }
}

#[test]
fn retry_after_lengthens_a_pause_up_to_a_limit_and_never_shortens_one() {
    let config = Config::default();
    assert_eq!(pause(&config, &error(429, Some(120)), 1, 0.5), Duration::from_secs(120));
    assert_eq!(pause(&config, &error(429, Some(1_000_000)), 1, 0.5), config.retry_after_max);
    assert!(pause(&config, &error(429, Some(0)), 10, 0.0) >= Duration::from_secs(256));
}

#[test]
fn gone_worn_out_and_old_are_given_up() {
    let config = Config::default();
    let why = |next: Next| match next {
        Next::GiveUp(why) => why,
        Next::RetryAt(_) => panic!("tried again"),
    };
    assert!(why(after_failure(&config, &error(410, None), 1, NOW, NOW, 0.0)).contains("gone"));
    assert!(
        why(after_failure(&config, &error(500, None), config.delivery_attempts_max, NOW, NOW, 0.0))
            .contains("16 tries")
    );
    let old = NOW - nanos(config.delivery_age_max);
    assert!(why(after_failure(&config, &error(500, None), 3, old, NOW, 0.0)).contains("24 hours"));
}
