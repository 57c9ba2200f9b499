use super::*;

fn shared(limit: usize) -> Config {
    let mut config = Config { memory_limit: limit, ..Config::default() };
    share_out(&mut config);
    give_questions_the_rest(&mut config, |_| false);
    config
}

#[test]
fn the_parts_sum_up_to_the_limit_whatever_it_is() {
    for limit in [LIMIT_MIN, 700 * MIB, GIB, 3 * GIB, 16 * GIB, 256 * GIB] {
        let config = shared(limit);
        let sum: usize = parts(&config).iter().map(|part| part.bytes).sum();
        assert!(sum <= limit, "{limit}: {sum} {:?}", parts(&config));
        // The questions get all that is left.
        assert!(limit - sum < MIB, "{limit}: {sum} {:?}", parts(&config));
        assert_eq!(mistakes(&config, Some(limit as u64)), Vec::<String>::new());
        assert!(config.query.query_memory_bytes >= QUERY_MIN, "{limit}: {:?}", config.query);
        assert!(config.storage.seal_bytes * 2 <= config.storage.buffer_bytes_max);
    }
}

#[test]
fn a_quarter_of_the_machine_and_never_too_little() {
    assert_eq!(default_limit(Some(16 << 30)), 4 * GIB);
    assert_eq!(default_limit(Some(1 << 30)), LIMIT_MIN);
    assert_eq!(default_limit(None), LIMIT_OF_UNKNOWN);
    assert_eq!(default_limit(Some(u64::MAX)), usize::MAX / 4);
}

#[test]
fn a_key_that_was_given_takes_from_the_questions_and_too_much_is_a_mistake() {
    let mut config = Config { memory_limit: GIB, ..Config::default() };
    share_out(&mut config);
    let before = shared(GIB).query.queries_memory_bytes;
    config.storage.buffer_bytes_max += 100 * MIB;
    give_questions_the_rest(&mut config, |_| false);
    assert!(config.query.queries_memory_bytes < before);
    assert_eq!(mistakes(&config, None), Vec::<String>::new());
    config.query.queries_concurrent_max = 3;
    give_questions_the_rest(&mut config, |key| key == "query.concurrent_max");
    assert_eq!(config.query.queries_concurrent_max, 3);
    assert_eq!(mistakes(&config, None), Vec::<String>::new());

    config.storage.buffer_bytes_max = GIB;
    let found = mistakes(&config, None);
    assert_eq!(found.len(), 1, "{found:?}");
    for part in ["memory_limit = 1024 MiB", "live rows 1024 MiB (storage.buffer_bytes_max)", "raise it or lower"] {
        assert!(found[0].contains(part), "{part}: {found:?}");
    }
}

#[test]
fn limits_that_cannot_be_kept_are_mistakes() {
    let little = Config { memory_limit: 100 * MIB, ..Config::default() };
    assert!(mistakes(&little, None)[0].contains("at least 640 MiB"));
    assert!(mistakes(&shared(8 * GIB), Some(4 << 30))[0].contains("has 4096 MiB"));
    let mut config = shared(GIB);
    config.query.query_memory_bytes = GIB;
    assert!(mistakes(&config, None)[0].contains("query.memory_total_bytes_max"));
}
