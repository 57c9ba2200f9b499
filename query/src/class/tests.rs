use super::*;

#[test]
fn classes_follow_the_table() {
    let check = |http_status, grpc_status, error_type, status, expected| {
        assert_eq!(
            classify(Outcome { http_status, grpc_status, error_type, status }),
            expected,
            "http {http_status:?}, grpc {grpc_status:?}, error.type {error_type:?}, status {status}"
        );
    };
    check(None, None, None, "unset", Class::Ok);
    check(Some(200), None, None, "ok", Class::Ok);
    check(Some(302), None, None, "unset", Class::Ok);
    check(Some(404), None, Some("404"), "error", Class::Error);
    check(Some(429), None, None, "error", Class::Throttle);
    check(Some(500), None, None, "unset", Class::Fault);
    check(Some(503), None, None, "error", Class::Fault);
    check(Some(200), None, None, "error", Class::Fault);
    check(None, None, Some("timeout"), "error", Class::Fault);
    check(None, None, Some("ThrottlingException"), "error", Class::Throttle);
    check(Some(400), None, Some("ProvisionedThroughputExceededException"), "error", Class::Throttle);
    check(None, Some(0), None, "unset", Class::Ok);
    check(None, Some(5), None, "error", Class::Error);
    check(None, Some(8), None, "error", Class::Throttle);
    check(None, Some(14), None, "error", Class::Fault);
}
