use super::super::RemoteKind;
use super::super::tests::{Sample, client, internal, server, trace};
use super::*;

/// Causes as `service(entity entity) service(…)`, those that the client saw with `!`, inferred services with `?`.
#[track_caller]
fn check(samples: &[Sample], of: CauseKind, expected: &[&str]) {
    let trace = trace(samples);
    let entity = |entity: &CauseEntity| match entity.coverage {
        Some(coverage) => format!("{}={coverage}", entity.name),
        None => entity.name.clone(),
    };
    let service = |service: &CauseService| {
        let entities: Vec<String> = service.entity_path.iter().map(entity).collect();
        format!("{}{}({})", service.name, if service.inferred { "?" } else { "" }, entities.join(" "))
    };
    let cause = |cause: &RootCause| {
        let services: Vec<String> = cause.services.iter().map(service).collect();
        format!("{}{}", if cause.client_impacting { "!" } else { "" }, services.join(" "))
    };
    let found: Vec<String> = trace.root_causes(of).iter().map(cause).collect();
    assert_eq!(found, expected);
}

/// A shop: the front calls the weather service, which has a function of its own that reads a table.
fn shop(class: impl Fn(u8) -> Class) -> Vec<Sample> {
    vec![
        server(1, "front", "GET /").at(0, 1_000).class(class(1)),
        internal(2, "front", "render").below(1).at(10, 50).class(class(2)),
        client(3, "front", "GET").below(1).at(100, 800).class(class(3)),
        server(4, "weather", "GET /now").below(3).at(150, 700).class(class(4)),
        internal(5, "weather", "get_temperature").below(4).at(160, 600).class(class(5)),
        client(6, "weather", "GetItem").below(5).at(170, 400).class(class(6)).calls(
            RemoteKind::Database,
            "aws.dynamodb",
            "temperatures",
        ),
    ]
}

fn faults(ids: &'static [u8]) -> impl Fn(u8) -> Class {
    move |id| if ids.contains(&id) { Class::Fault } else { Class::Ok }
}

#[test]
fn a_fault_is_followed_to_the_deepest() {
    check(&shop(faults(&[])), CauseKind::Fault, &[]);
    check(&shop(faults(&[1])), CauseKind::Fault, &["!front(front)"]);
    check(&shop(faults(&[1, 2])), CauseKind::Fault, &["!front(front render)"]);
    check(&shop(faults(&[1, 3, 4])), CauseKind::Fault, &["!front(front GET) weather(weather)"]);
    check(
        &shop(faults(&[1, 2, 3, 4, 5, 6])),
        CauseKind::Fault,
        &["!front(front GET) weather(weather get_temperature temperatures) temperatures?(temperatures)"],
    );
    // An INTERNAL span without a status hides nothing.
    check(
        &shop(faults(&[1, 3, 4, 6])),
        CauseKind::Fault,
        &["!front(front GET) weather(weather temperatures) temperatures?(temperatures)"],
    );
}

#[test]
fn a_fault_that_was_handled_has_a_cause_too() {
    check(&shop(faults(&[3, 4])), CauseKind::Fault, &["front(GET) weather(weather)"]);
    check(&shop(faults(&[1, 4])), CauseKind::Fault, &["!front(front)", "weather(weather)"]);
    check(&shop(faults(&[4])), CauseKind::Error, &[]);
}

#[test]
fn an_error_is_a_4xx_of_either_kind() {
    let class = |id: u8| match id {
        1 | 3 => Class::Error,
        4 => Class::Throttle,
        _ => Class::Ok,
    };
    check(&shop(class), CauseKind::Error, &["!front(front GET) weather(weather)"]);
    check(&shop(class), CauseKind::Fault, &[]);
}

#[test]
fn of_two_as_deep_the_earlier_one() {
    let samples = [
        server(1, "a", "r").class(Class::Fault),
        client(2, "a", "second").below(1).at(50, 10).class(Class::Fault),
        client(3, "a", "first").below(1).at(10, 10).class(Class::Fault),
    ];
    check(&samples, CauseKind::Fault, &["!a(a first)"]);
}

#[test]
fn a_response_time_is_followed_along_the_longest_child() {
    check(
        &shop(faults(&[])),
        CauseKind::ResponseTime,
        &["!front(front=1 GET=0.8) weather(weather=0.7 get_temperature=0.6 temperatures=0.4) \
            temperatures?(temperatures=0.4)"],
    );
    // Nothing covers half of what is above it.
    let samples = [server(1, "a", "r").at(0, 100), internal(2, "a", "x").below(1).at(0, 49)];
    check(&samples, CauseKind::ResponseTime, &["!a(a=1)"]);
    let samples = [server(1, "a", "r").at(0, 100), internal(2, "a", "x").below(1).at(0, 50)];
    check(&samples, CauseKind::ResponseTime, &["!a(a=1 x=0.5)"]);
    // What goes on after the response is not waited for.
    let samples = [server(1, "a", "r").at(0, 100), internal(2, "a", "x").below(1).at(90, 500)];
    check(&samples, CauseKind::ResponseTime, &["!a(a=1)"]);
    check(&[server(1, "a", "r").at(0, 0)], CauseKind::ResponseTime, &["!a(a=1)"]);
}

#[test]
fn a_cold_start_is_a_cause_as_on_aws() {
    // A published summary of a function has the coverages 1, 0.863 and 0.863.
    let samples = [
        server(1, "fn", "fn").at(0, 1_000).text("faas.name", "fn").text("cloud.account.id", "498545057811"),
        internal(2, "fn", "Initialization").below(1).at(100, 863),
        internal(3, "fn", "Invocation").below(1).at(970, 20),
    ];
    check(&samples, CauseKind::ResponseTime, &["!fn(fn=1 Initialization=0.863)"]);
    let trace = trace(&samples);
    let service = &trace.root_causes(CauseKind::ResponseTime)[0].services[0];
    assert_eq!(service.types().collect::<Vec<_>>(), ["AWS::Lambda::Function", "AWS::Lambda"]);
    assert_eq!(service.account_id.as_deref(), Some("498545057811"));
    assert_eq!(service.entity_path[1].span[7], 2);
}

#[test]
fn exceptions_stand_at_their_entities() {
    let mut samples = shop(faults(&[1, 3, 4]));
    samples[3] = samples[3].clone().threw("KeyError", "no such town").threw("IOError", "closed");
    let trace = trace(&samples);
    let services = &trace.root_causes(CauseKind::Fault)[0].services;
    let exceptions = &services[1].entity_path[0].exceptions;
    let wanted = CauseException { name: "KeyError".to_owned(), message: "no such town".to_owned() };
    assert_eq!((exceptions.len(), &exceptions[0]), (2, &wanted));
    assert!(services[0].entity_path.iter().all(|entity| entity.exceptions.is_empty()));
    assert_eq!(services[0].entity_path.iter().map(|entity| entity.remote).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn the_number_of_causes_is_limited() {
    let mut samples = vec![server(1, "a", "r")];
    samples.extend((10..40).map(|id| internal(id, "a", "x").below(1).class(Class::Fault)));
    assert_eq!(trace(&samples).root_causes(CauseKind::Fault).len(), CAUSES_MAX);
}
