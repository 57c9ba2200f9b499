use super::*;

fn admission(requests: usize, bytes: usize) -> Admission {
    Admission::new(&Limits { concurrent_requests_max: requests, inflight_bytes_max: bytes, ..Limits::default() })
}

#[test]
fn a_request_above_the_permits_is_throttled_until_one_ends() {
    let admission = admission(1, 100);
    let first = admission.admit().unwrap();
    let refusal = admission.admit().unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Throttled);
    assert!(refusal.retry_after.is_some());
    assert!(refusal.message.contains("ingest.concurrent_requests_max"), "{}", refusal.message);
    drop(first);
    admission.admit().unwrap();
}

#[test]
fn bytes_are_shared_and_given_back() {
    let admission = admission(10, 100);
    let mut first = admission.admit().unwrap();
    let mut second = admission.admit().unwrap();
    first.hold(40).unwrap();
    first.hold(20).unwrap();
    assert_eq!(first.held(), 60);
    let refusal = second.hold(41).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Unavailable);
    assert!(refusal.retry_after.is_some());
    drop(first);
    second.hold(41).unwrap();
}

#[test]
fn what_can_never_fit_is_not_to_be_retried() {
    let admission = admission(10, 100);
    let mut request = admission.admit().unwrap();
    request.hold(60).unwrap();
    let refusal = request.hold(41).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::TooLarge);
    assert_eq!(refusal.retry_after, None);
}
