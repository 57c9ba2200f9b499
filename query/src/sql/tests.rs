use super::hints::nearest;

#[test]
fn the_nearest_name_is_near() {
    let names = ["service_name", "service_namespace", "start_time", "status_code"];
    assert_eq!(nearest("servce_name", names.into_iter()), Some("service_name"));
    assert_eq!(nearest("STATUSCODE", names.into_iter()), Some("status_code"));
    assert_eq!(nearest("banana", names.into_iter()), None);
}
