use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{SpanKind, Status};
use opentelemetry::{Key, Value};

use super::{Service, Shop};
use crate::args::Incident;
use crate::plan::{Ids, Measured, Plan, PlannedSpan};

const START: SystemTime = UNIX_EPOCH;

fn minutes(count: u64, incident: Option<Incident>) -> Vec<Plan> {
    Shop::new(1, 1, incident, START).happen_until(START + Duration::from_secs(60 * count), 5.0)
}

fn spans(plans: &[Plan]) -> impl Iterator<Item = &PlannedSpan> {
    plans.iter().flat_map(|plan| &plan.spans)
}

fn attribute<'a>(span: &'a PlannedSpan, key: &'static str) -> Option<&'a Value> {
    span.attributes
        .iter()
        .find(|attribute| attribute.key == Key::from_static_str(key))
        .map(|attribute| &attribute.value)
}

fn share_of_failed_checkouts(plans: &[Plan]) -> f64 {
    let outcomes: Vec<&str> = plans
        .iter()
        .flat_map(|plan| &plan.measured)
        .filter_map(|measured| if let Measured::Order { outcome, .. } = measured { Some(*outcome) } else { None })
        .collect();
    assert!(outcomes.len() > 20, "too few orders to judge: {}", outcomes.len());
    outcomes.iter().filter(|outcome| ["failed", "throttled"].contains(outcome)).count() as f64 / outcomes.len() as f64
}

#[test]
fn every_service_and_every_remote_takes_part() {
    let plans = minutes(10, None);
    let services: BTreeSet<Service> = spans(&plans).map(|span| span.service).collect();
    assert_eq!(services.len(), Service::ALL.len());
    for (key, expected) in [
        ("db.system.name", vec!["aws.dynamodb", "postgresql", "redis"]),
        ("messaging.system", vec!["aws.sns", "aws_sqs"]),
        ("faas.trigger", vec!["http", "other", "pubsub"]),
    ] {
        let seen: BTreeSet<String> =
            spans(&plans).filter_map(|span| attribute(span, key)).map(ToString::to_string).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected, "{key}");
    }
}

#[test]
fn every_trace_is_whole() {
    let mut seen: HashMap<Ids, SystemTime> = HashMap::new();
    for plan in minutes(10, None) {
        let ids: BTreeMap<u64, &PlannedSpan> = plan.spans.iter().map(|span| (span.ids.span, span)).collect();
        assert_eq!(ids.len(), plan.spans.len(), "span ids repeat");
        assert_eq!(plan.spans.iter().filter(|span| span.parent.is_none()).count(), 1, "one root");
        for span in &plan.spans {
            assert!(span.start <= span.end, "{}", span.name);
            assert_eq!(span.ids.trace, plan.spans[0].ids.trace);
            if let Some(parent) = span.parent {
                let above = ids[&parent.ids.span];
                assert_eq!(parent.remote, above.service != span.service);
                assert!(above.start <= span.start, "{} begins before {}", span.name, above.name);
                // What is asynchronous may end after the span that caused it.
                assert!(
                    span.end <= above.end || span.kind == SpanKind::Consumer,
                    "{} outlives {}",
                    span.name,
                    above.name
                );
            }
        }
        for log in &plan.logs {
            let span = ids[&log.ids.span];
            assert_eq!(span.service, log.service);
            assert!(span.start <= log.at && log.at <= span.end, "{} outside of {}", log.body, span.name);
        }
        assert!(plan.spans.iter().all(|span| span.end <= plan.end()));
        seen.extend(plan.spans.iter().map(|span| (span.ids, span.end)));
        for (span, link) in plan.spans.iter().flat_map(|span| span.links.iter().map(move |link| (span, link))) {
            assert!(seen[link] <= span.start, "{} links to what is not over", span.name);
        }
    }
}

#[test]
fn batches_link_to_all_of_their_messages() {
    let plans = Shop::new(1, 1, None, START).happen_until(START + Duration::from_secs(300), 40.0);
    let batches: Vec<&PlannedSpan> =
        spans(&plans).filter(|span| span.service == Service::Fulfilment && span.kind == SpanKind::Consumer).collect();
    assert!(batches.iter().any(|batch| batch.links.len() > 1));
    for batch in batches {
        assert_eq!(attribute(batch, "messaging.batch.message_count"), Some(&Value::I64(batch.links.len() as i64)));
    }
}

#[test]
fn a_cold_start_has_an_initialization_and_later_invocations_are_warm() {
    let plans = minutes(10, None);
    let cold = |plans: &[Plan]| {
        let functions: Vec<bool> = spans(plans)
            .filter_map(|span| attribute(span, "faas.coldstart"))
            .map(|value| *value == Value::Bool(true))
            .collect();
        functions.iter().filter(|cold| **cold).count() as f64 / functions.len() as f64
    };
    assert!(cold(&plans) > 0.0 && cold(&plans) < 0.05, "{}", cold(&plans));
    assert!(cold(&minutes(3, Some(Incident::ColdStartStorm))) > 0.7);
    for plan in &plans {
        let cold_spans = plan.spans.iter().filter(|span| attribute(span, "faas.coldstart") == Some(&Value::Bool(true)));
        let initializations = plan.spans.iter().filter(|span| span.name == "initialization");
        assert_eq!(cold_spans.count(), initializations.count());
    }
}

#[test]
fn the_payment_host_decides_over_checkouts() {
    let steady = share_of_failed_checkouts(&minutes(10, None));
    assert!(steady < 0.1, "{steady}");
    let down = minutes(5, Some(Incident::PaymentDown));
    assert!(share_of_failed_checkouts(&down) > 0.9);
    assert!(share_of_failed_checkouts(&minutes(5, Some(Incident::PaymentThrottled))) > 0.25);
    let exceptions = spans(&down).flat_map(|span| &span.events).filter(|event| event.name == "exception").count();
    assert!(exceptions > 20, "{exceptions}");
    let gateway_faults = spans(&down).filter(|span| span.service == Service::Gateway && span.kind == SpanKind::Server);
    assert!(gateway_faults.filter(|span| matches!(span.status, Status::Error { .. })).count() > 20);
}

#[test]
fn a_slow_database_is_slow() {
    let worst = |incident| {
        let plans = minutes(5, incident);
        let took = spans(&plans).filter(|span| attribute(span, "db.system.name") == Some(&Value::from("postgresql")));
        let mut took: Vec<Duration> = took.filter_map(|span| span.end.duration_since(span.start).ok()).collect();
        took.sort();
        took[took.len() / 2]
    };
    assert!(worst(None) < Duration::from_millis(20));
    assert!(worst(Some(Incident::SlowDatabase)) > Duration::from_secs(1));
}

#[test]
fn the_queue_drains_except_in_a_backlog() {
    let end = START + Duration::from_secs(600);
    let depth = |incident| {
        let mut shop = Shop::new(1, 1, incident, START);
        shop.happen_until(end, 5.0);
        shop.queue_depth(end)
    };
    assert!(depth(None) < 10);
    assert!(depth(Some(Incident::QueueBacklog)) > 50, "{}", depth(Some(Incident::QueueBacklog)));
}

#[test]
fn the_same_seed_tells_the_same_story_in_any_steps() {
    let names = |plans: &[Plan]| spans(plans).map(|span| (span.ids, span.name.clone(), span.start)).collect::<Vec<_>>();
    let mut shop = Shop::new(1, 1, None, START);
    let mut stepwise = Vec::new();
    for second in 0..=60 {
        stepwise.extend(shop.happen_until(START + Duration::from_secs(second), 5.0));
    }
    assert_eq!(names(&stepwise), names(&minutes(1, None)));
}
