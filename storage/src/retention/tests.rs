use super::*;

const DAY_US: i64 = 86_400_000_000;

fn days(days: u64) -> Duration {
    Duration::from_secs(days * 86_400)
}

fn rules(services: &[(&str, Option<Signal>, u64)]) -> Rules {
    let services = services.iter().map(|(service, signal, age)| ServiceRetention {
        service: (*service).into(),
        signal: *signal,
        age: days(*age),
    });
    Rules::new(&Retention { logs: days(30), services: services.collect(), ..Retention::default() }, Signal::Logs)
}

fn segment() -> Segment {
    Segment {
        id: "a".into(),
        path: "a.parquet".into(),
        size_bytes: 1,
        rows: 1,
        day: 20_000,
        time_min_us: 0,
        time_max_us: 0,
        service_min: None,
        service_max: None,
        checksums: None,
        sidecar: None,
        expired: Vec::new(),
        columns: Vec::new(),
    }
}

/// The verdict on a segment whose newest row is this old.
fn verdict(rules: &Rules, age_days: i64, services: (&str, &str), expired: &[&str]) -> Verdict {
    let now_us = 20_000 * DAY_US;
    let segment = Segment {
        time_max_us: now_us - age_days * DAY_US - 1,
        service_min: Some(services.0.into()),
        service_max: Some(services.1.into()),
        expired: expired.iter().map(|rule| (*rule).to_owned()).collect(),
        ..segment()
    };
    rules.verdict(&segment, now_us * 1000)
}

fn rewrite(rules: &[&str]) -> Verdict {
    Verdict::Rewrite(rules.iter().map(|rule| (*rule).to_owned()).collect())
}

fn remove(rule: &str) -> Verdict {
    Verdict::Remove(Some(rule.to_owned()))
}

#[test]
fn a_segment_goes_when_its_newest_row_has_had_its_time() {
    let rules = rules(&[]);
    assert_eq!(verdict(&rules, 29, ("a", "z"), &[]), Verdict::Keep);
    assert_eq!(verdict(&rules, 30, ("a", "z"), &[]), remove("signal"));
}

#[test]
fn a_service_with_a_shorter_time_is_taken_out_once() {
    let rules = rules(&[("health", None, 1)]);
    assert_eq!(verdict(&rules, 0, ("a", "z"), &[]), Verdict::Keep);
    assert_eq!(verdict(&rules, 1, ("a", "z"), &[]), rewrite(&["service:health"]));
    assert_eq!(verdict(&rules, 2, ("a", "z"), &["service:health"]), Verdict::Keep);
    assert_eq!(verdict(&rules, 2, ("i", "z"), &[]), Verdict::Keep, "it has no row of the service");
    assert_eq!(verdict(&rules, 2, ("health", "health"), &[]), remove("service:health"), "it has no other rows");
    assert_eq!(verdict(&rules, 30, ("a", "z"), &["service:health"]), remove("signal"));
    assert_eq!(verdict(&rules, 30, ("a", "z"), &[]), Verdict::Remove(None), "rows of both rules may be in it");
}

#[test]
fn a_service_with_a_longer_time_stays_when_the_others_go() {
    let rules = rules(&[("audit", None, 400), ("shop", Some(Signal::Spans), 1)]);
    assert_eq!(verdict(&rules, 30, ("a", "z"), &[]), rewrite(&["signal"]));
    assert_eq!(verdict(&rules, 31, ("audit", "audit"), &["signal"]), Verdict::Keep);
    assert_eq!(
        verdict(&rules, 31, ("b", "z"), &[]),
        remove("signal"),
        "audit is not in it, and shop's rule is of spans"
    );
    assert_eq!(verdict(&rules, 400, ("a", "z"), &["signal"]), remove("service:audit"));
}

#[test]
fn a_rule_of_a_signal_comes_before_one_of_all() {
    let rules = rules(&[("shop", None, 90), ("shop", Some(Signal::Logs), 7)]);
    assert_eq!(verdict(&rules, 7, ("shop", "shop"), &[]), remove("service:shop"));
}

#[test]
fn rows_stay_by_their_service() {
    let rules = rules(&[("audit", None, 400), ("health", None, 1)]);
    let schema = crate::schema::schema(Signal::Logs);
    let names = ["audit", "health", "shop"];
    let columns = schema.fields().iter().map(|field| match field.name().as_str() {
        "service_name" => std::sync::Arc::new(arrow::array::StringArray::from(names.to_vec())) as _,
        _ => arrow::array::new_null_array(field.data_type(), names.len()),
    });
    let fields: Vec<_> = schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
    let batch = RecordBatch::try_new(std::sync::Arc::new(arrow::datatypes::Schema::new(fields)), columns.collect());
    let batch = batch.expect("a batch");
    let kept = |expired: &[&str]| {
        let expired: Vec<String> = expired.iter().map(|rule| (*rule).to_owned()).collect();
        let counts = Arc::default();
        let kept = rules.keep(&expired, &counts)(&batch).values().iter().collect::<Vec<bool>>();
        let counts = counts.lock().expect("no panic");
        assert_eq!(counts.total(), kept.iter().filter(|stays| !**stays).count() as u64);
        (kept, counts.by_service())
    };
    let health = || vec![("health".to_owned(), 1)];
    assert_eq!(kept(&["service:health"]), (vec![true, false, true], health()));
    assert_eq!(kept(&["service:health", "signal"]), (vec![true, false, false], health()));
    assert_eq!(kept(&["signal"]), (vec![true, true, false], vec![]));
}
