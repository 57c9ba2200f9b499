use super::{LambdaFields, NAMES, fields};

const ID: &str = "8f5df6fd-3b1f-4f44-9d8e-2a4f0cbe1f6f";

/// The fields of a message, with the request's id as `ID`.
#[track_caller]
fn check(message: &str, expected: LambdaFields) {
    assert_eq!(fields(&message.replace("ID", ID)), expected, "{message}");
}

fn id() -> Option<String> {
    Some(ID.to_owned())
}

#[test]
fn lines_of_the_platform() {
    check(
        "START RequestId: ID Version: $LATEST",
        LambdaFields { kind: Some("START"), request_id: id(), ..Default::default() },
    );
    check("END RequestId: ID\n", LambdaFields { kind: Some("END"), request_id: id(), ..Default::default() });
    let report = LambdaFields {
        kind: Some("REPORT"),
        request_id: id(),
        duration_ms: Some(12.34),
        billed_duration_ms: Some(13.0),
        memory_size_bytes: Some(128e6),
        max_memory_used_bytes: Some(67e6),
        ..Default::default()
    };
    let line = "REPORT RequestId: ID\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 67 MB\t";
    check(line, report.clone());
    check(&line.replace('\t', " "), report.clone());
    check(
        &format!("{line}Init Duration: 150.5 ms\t"),
        LambdaFields { init_duration_ms: Some(150.5), ..report.clone() },
    );
    check(
        &format!("{line}Restore Duration: 200.25 ms\tBilled Restore Duration: 52 ms\t"),
        LambdaFields { restore_duration_ms: Some(200.25), ..report.clone() },
    );
    check(
        &format!(
            "{line}\nXRAY TraceId: 1-5e272390-8c398be037738dc042009320\tSegmentId: 1713410f6a4a4f25\tSampled: true\t"
        ),
        LambdaFields {
            xray_trace_id: Some("1-5e272390-8c398be037738dc042009320".into()),
            xray_segment_id: Some("1713410f6a4a4f25".into()),
            ..report.clone()
        },
    );
    check(&format!("{line}Status: timeout"), LambdaFields { status: Some("timeout".into()), ..report.clone() });
    check(
        &format!("{line}Status: error\tError Type: Runtime.ExitError"),
        LambdaFields { status: Some("error".into()), error_type: Some("Runtime.ExitError".into()), ..report },
    );
    check(
        "INIT_REPORT Init Duration: 3000.41 ms\tPhase: init\tStatus: timeout",
        LambdaFields { init_duration_ms: Some(3000.41), status: Some("timeout".into()), ..Default::default() },
    );
}

#[test]
fn lines_of_functions() {
    let with_id = LambdaFields { request_id: id(), ..Default::default() };
    check("2024-01-01T00:00:00.000Z\tID\tINFO\thello", with_id.clone());
    check("[INFO]\t2024-01-01T00:00:00.000Z\tID\thello", with_id.clone());
    check("2024-01-01T00:00:00.000Z ID Task timed out after 3.00 seconds", with_id.clone());
    check("hello world this is far ID", LambdaFields::default());
    check("START of something", LambdaFields::default());
    check("", LambdaFields::default());
    check(r#"{"timestamp":"t","level":"INFO","requestId":"ID","message":"m"}"#, with_id.clone());
    check(r#"{"AWSRequestId":"ID"}"#, with_id);
    check(r#"{"message":"m"}"#, LambdaFields::default());
    check("{not json", LambdaFields::default());
}

#[test]
fn platform_events() {
    let start = r#"{"time":"t","type":"platform.start","record":{"requestId":"ID","version":"$LATEST","tracing":{"spanId":"54565fb41ac79632","type":"X-Amzn-Trace-Id","value":"Root=1-62e900b2-710d76f009d6e7785905449a;Parent=0efbd19962d95b05;Sampled=1"}}}"#;
    let traced = LambdaFields {
        kind: Some("START"),
        request_id: id(),
        xray_trace_id: Some("1-62e900b2-710d76f009d6e7785905449a".into()),
        xray_segment_id: Some("54565fb41ac79632".into()),
        ..Default::default()
    };
    check(start, traced);
    check(
        r#"{"type":"platform.report","record":{"requestId":"ID","metrics":{"durationMs":101.51,"billedDurationMs":300,"memorySizeMB":512,"maxMemoryUsedMB":33,"initDurationMs":116.67},"status":"success"}}"#,
        LambdaFields {
            kind: Some("REPORT"),
            request_id: id(),
            duration_ms: Some(101.51),
            billed_duration_ms: Some(300.0),
            memory_size_bytes: Some(512e6),
            max_memory_used_bytes: Some(33e6),
            init_duration_ms: Some(116.67),
            ..Default::default()
        },
    );
    check(
        r#"{"type":"platform.runtimeDone","record":{"requestId":"ID","status":"timeout","metrics":{"durationMs":3000}}}"#,
        LambdaFields { kind: Some("END"), request_id: id(), status: Some("timeout".into()), ..Default::default() },
    );
    let init = r#"{"type":"platform.initReport","record":{"status":"success","metrics":{"durationMs":125.33}}}"#;
    check(init, LambdaFields::default());
    check(
        &init.replace("success", "failure"),
        LambdaFields { init_duration_ms: Some(125.33), status: Some("failure".into()), ..Default::default() },
    );
}

#[test]
fn values_stand_in_the_order_of_the_names() {
    let found = fields("REPORT RequestId: a\tDuration: 2 ms");
    let values = found.values();
    let shown: Vec<String> = NAMES
        .iter()
        .zip(&values)
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(shown, ["@type=REPORT", "@requestId=a", "@duration=2"]);
}
