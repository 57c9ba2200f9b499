use super::{flag_value, plan};

#[test]
fn reads_the_addresses_given_to_the_server() {
    let plan = plan(&["--demo", "--", "--http", "127.0.0.1:9080", "--otlp-grpc=127.0.0.1:5317"]).unwrap();
    assert!(plan.demo);
    assert_eq!(plan.http, "127.0.0.1:9080");
    assert_eq!(plan.grpc, "127.0.0.1:5317");
    assert_eq!(plan.otlp_http, "127.0.0.1:4318");
    assert_eq!(plan.serve_arguments.len(), 3);
}

#[test]
fn a_flag_is_not_taken_for_another_that_begins_alike() {
    assert_eq!(flag_value(&["--http-timeout", "3"], "--http"), None);
    assert_eq!(flag_value(&["--http"], "--http"), None);
}

#[test]
fn refuses_what_it_does_not_know() {
    assert!(plan(&["--demon"]).is_err_and(|error| error.contains("--demon")));
}
