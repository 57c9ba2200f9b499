use super::*;

#[test]
fn too_many_failures_wait_until_the_decisive_one_is_old() {
    let attempts = Attempts::new(3, Duration::from_secs(100));
    let (address, user) = (vec!["address 1".to_owned()], vec!["user ada".to_owned()]);
    for now in [0, 10, 20] {
        assert_eq!(attempts.begin(&address, now), Ok(()));
    }
    assert_eq!(attempts.begin(&address, 21), Err(79));
    assert_eq!(attempts.begin(&user, 21), Ok(()));
    assert_eq!(attempts.begin(&[user, address.clone()].concat(), 21), Err(79));
    assert_eq!(attempts.begin(&address, 100), Ok(()));
    assert_eq!(attempts.begin(&address, 101), Err(9));
    attempts.succeeded(&address);
    assert_eq!(attempts.begin(&address, 102), Ok(()));
}

#[test]
fn a_user_alone_waits_after_many_more_failures() {
    let attempts = Attempts::new(3, Duration::from_secs(100));
    let user = format!("{EVERYWHERE}ada");
    for number in 0..30 {
        let from_another_address = [format!("address {number}"), user.clone()];
        assert_eq!(attempts.begin(&from_another_address, 0), Ok(()));
    }
    assert_eq!(attempts.begin(&[user], 1), Err(99));
}

#[test]
fn memory_is_bounded() {
    let attempts = Attempts::new(3, Duration::from_secs(1_000_000));
    for number in 0..SOURCES_MAX + 5 {
        attempts.begin(&[format!("address {number}")], i64::try_from(number).unwrap()).unwrap();
    }
    assert_eq!(attempts.failures.lock().unwrap().len(), SOURCES_MAX);
}
