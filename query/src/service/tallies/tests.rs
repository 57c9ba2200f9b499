use super::*;

const SECOND: i64 = 1_000_000_000;

fn request(service: &'static str, entry: bool, start: i64, class: Class) -> Request<'static> {
    Request {
        service,
        operation: "GET /",
        entry,
        start,
        duration: 10_000_000,
        class,
        environment: Some("production"),
        function: false,
        cold_start: false,
    }
}

#[test]
fn a_service_without_requests_is_listed_with_none() {
    let mut tallies = Tallies::over(0, 30 * SECOND, false);
    tallies.add(&request("batch", false, 0, Class::Fault));
    tallies.add(&request("shop", true, 0, Class::Ok));
    tallies.add(&request("shop", true, 29 * SECOND, Class::Fault));
    tallies.add(&request("shop", false, 5 * SECOND, Class::Fault));
    let lines = tallies.finish();
    assert_eq!(lines.iter().map(|line| line.service.as_str()).collect::<Vec<_>>(), ["shop", "batch"]);
    assert_eq!(lines[0].counts, ClassCounts { ok: 1, fault: 1, ..ClassCounts::default() });
    assert_eq!((lines[0].trend[0], lines[0].trend[29], lines[0].fault_trend[29]), (1, 1, 1));
    assert_eq!(lines[0].trend.iter().sum::<u64>(), 2);
    assert!((lines[0].rate - 2.0 / 30.0).abs() < 1e-9);
    assert_eq!((lines[1].counts.total(), lines[1].latency.p99_ns), (0, 0.0));
}

#[test]
fn operations_are_of_entry_spans_only() {
    let mut tallies = Tallies::over(0, SECOND, true);
    tallies.add(&request("shop", false, 0, Class::Ok));
    tallies.add(&Request { operation: "POST /order", ..request("shop", true, 0, Class::Ok) });
    let lines = tallies.finish();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].operation.as_deref(), Some("POST /order"));
}

#[test]
fn measures_of_a_period() {
    let mut period = Period::default();
    assert_eq!(period.measure(ServiceMeasure::Requests, 60.0), None);
    for class in [Class::Ok, Class::Ok, Class::Fault, Class::Throttle] {
        period.add(class, 20_000_000);
    }
    assert_eq!(period.measure(ServiceMeasure::Requests, 60.0), Some(4.0));
    assert_eq!(period.measure(ServiceMeasure::FaultRate, 60.0), Some(25.0));
    assert_eq!(period.measure(ServiceMeasure::ErrorRate, 60.0), Some(0.0));
    assert_eq!(period.measure(ServiceMeasure::ThrottleRate, 60.0), Some(25.0));
    assert_eq!(period.measure(ServiceMeasure::LatencyP99, 60.0), Some(20.0));
}
