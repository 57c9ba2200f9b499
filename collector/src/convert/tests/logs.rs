use super::*;

fn log() -> logs_v1::LogRecord {
    logs_v1::LogRecord {
        time_unix_nano: 1000,
        observed_time_unix_nano: 2000,
        severity_number: 17,
        severity_text: "ERROR".to_owned(),
        body: Some(any(Sent::StringValue("payment failed".to_owned()))),
        ..Default::default()
    }
}

#[track_caller]
fn kept(change_it: impl FnOnce(&mut logs_v1::LogRecord)) -> storage::LogRecord<'static> {
    let mut changed = log();
    change_it(&mut changed);
    let (mut rows, refused) = convert_logs(vec![changed], &Limits::default());
    assert_eq!(refused.total(), 0, "{}", refused.message(Signal::Logs));
    rows.remove(0)
}

#[track_caller]
fn refused(reason: &str, break_it: impl FnOnce(&mut logs_v1::LogRecord)) {
    let mut broken = log();
    break_it(&mut broken);
    let limits = Limits { log_body_bytes_max: 20, ..Limits::default() };
    let (rows, refused) = convert_logs(vec![broken, log()], &limits);
    assert_eq!(refused.message(Signal::Logs), format!("1 log record refused: {reason} (1)"));
    assert_eq!(rows.len(), 1);
}

#[test]
fn a_log_without_ids_is_fine() {
    let row = kept(|_| {});
    assert_eq!((row.trace_id, row.span_id), (None, None));
    assert_eq!((row.severity_number, row.severity_text.as_ref()), (17, "ERROR"));
    assert_eq!(row.body, Value::String("payment failed".into()));
    assert_eq!(kept(|log| log.trace_id = vec![0; 16]).trace_id, None);
    assert_eq!(kept(|log| log.trace_id = vec![5; 16]).trace_id, Some([5; 16]));
    assert_eq!(kept(|log| log.span_id = vec![5; 8]).span_id, Some([5; 8]));
}

#[test]
fn ids_of_another_length_are_refused() {
    refused("trace_id is 8 bytes long, must be 16", |log| log.trace_id = vec![1; 8]);
    refused("span_id is 16 bytes long, must be 8", |log| log.span_id = vec![1; 16]);
}

#[test]
fn times_default_to_observed_and_to_now() {
    let row = kept(|_| {});
    assert_eq!((row.time_unix_nano, row.observed_time_unix_nano), (1000, 2000));
    let row = kept(|log| log.time_unix_nano = 0);
    assert_eq!((row.time_unix_nano, row.observed_time_unix_nano), (2000, 2000));
    let row = kept(|log| log.observed_time_unix_nano = 0);
    assert_eq!((row.time_unix_nano, row.observed_time_unix_nano), (1000, NOW));
    let row = kept(|log| (log.time_unix_nano, log.observed_time_unix_nano) = (0, 0));
    assert_eq!((row.time_unix_nano, row.observed_time_unix_nano), (NOW, NOW));
    let range = "is 18446744073709551615, must be at most 9223372036854775807";
    refused(&format!("time_unix_nano {range}"), |log| log.time_unix_nano = u64::MAX);
    refused(&format!("observed_time_unix_nano {range}"), |log| log.observed_time_unix_nano = u64::MAX);
}

#[test]
fn severities_out_of_range_are_unspecified() {
    for sent in [25, -1, 281, i32::MAX] {
        assert_eq!(kept(|log| log.severity_number = sent).severity_number, 0, "{sent}");
    }
    assert_eq!(kept(|log| log.severity_number = 24).severity_number, 24);
}

#[test]
fn bodies_may_be_structured_absent_or_too_large() {
    assert_eq!(kept(|log| log.body = None).body, Value::Empty);
    assert_eq!(kept(|log| log.body = Some(AnyValue { value: None })).body, Value::Empty);
    let list = KeyValueList { values: vec![pair("a", Sent::IntValue(1))] };
    let row = kept(|log| log.body = Some(any(Sent::KvlistValue(list))));
    assert_eq!(row.body, Value::Map(vec![("a".into(), Value::Int(1))]));
    refused("size of a value in bytes: 21, the limit ingest.log_body_bytes_max is 20", |log| {
        log.body = Some(any(Sent::StringValue("x".repeat(21))));
    });
}
