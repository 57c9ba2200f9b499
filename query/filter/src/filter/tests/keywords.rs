//! Keywords about the trace.

use super::*;
use crate::trace::Class;
use crate::trace::tests::{client, internal, server};

#[test]
fn flags_are_the_roots() {
    let of = |class| [server(1, "a", "r").class(class)];
    check_all(
        &of(Class::Ok),
        &["ok", "!error", "fault = false", "error != true"],
        &["error", "throttle", "fault", "!ok"],
    );
    check_all(&of(Class::Error), &["error", "!ok", "ok = false"], &["ok", "throttle", "fault"]);
    check_all(&of(Class::Throttle), &["error", "throttle", "error throttle"], &["ok", "fault"]);
    check_all(&of(Class::Fault), &["fault"], &["ok", "error", "throttle"]);
}

#[test]
fn a_fault_that_was_handled_is_none_of_the_trace() {
    let samples = [
        server(1, "a", "r"),
        client(2, "a", "c").below(1).class(Class::Fault),
        server(3, "b", "s").below(2).class(Class::Fault),
    ];
    check_all(
        &samples,
        &["ok", "service { fault }", "service(\"b\") { fault }", "edge(\"a\", \"b\") { fault }", "edge { fault }"],
        &["fault", "!ok", "service(\"a\") { fault }", "service(\"b\") { ok }", "service(\"b\") { error }"],
    );
}

#[test]
fn a_throttle_counts_wherever_it_was() {
    let samples = [server(1, "a", "r"), client(2, "a", "c").below(1).class(Class::Throttle)];
    check_all(&samples, &["throttle", "ok", "throttle ok"], &["!throttle", "error", "service(\"a\") { throttle }"]);
}

#[test]
fn times_are_seconds() {
    let samples = [server(1, "a", "r").at(0, 2_000), internal(2, "a", "later").below(1).at(1_900, 8_000)];
    check_all(
        &samples,
        &[
            "responsetime = 2",
            "responsetime >= 2 AND duration <= 10",
            "responseTime > 1.999",
            "duration = 9.9",
            "duration != 2",
            "duration > 5",
            "service(\"a\") { responsetime = 2 duration = 9.9 }",
        ],
        &["responsetime > 2", "responsetime < 2", "responsetime != 2", "duration < 9.9", "duration >= 10"],
    );
    check(&[server(1, "a", "r").at(0, 2_999)], "ok !partial duration <3", true);
}

#[test]
fn what_is_missing_makes_a_trace_partial() {
    let whole = [server(1, "a", "r")];
    check_all(&whole, &["!partial", "root", "ok !partial duration <3"], &["partial"]);
    let without_root = [server(2, "a", "s").below(1), server(3, "b", "t").below(2)];
    check_all(
        &without_root,
        &["partial", "!root", "service(\"a\") { partial }", "!service { root }"],
        &["service(\"b\") { partial }"],
    );
    let goes_on = [server(1, "a", "r").flag("aws.xray.inprogress", true)];
    check_all(&goes_on, &["partial", "service(\"a\") { partial }"], &[]);
}

#[test]
fn users_and_places_are_those_of_any_span() {
    let samples = [
        server(1, "a", "r").text("enduser.id", "alice").text("cloud.availability_zone", "eu-west-1a"),
        server(2, "b", "s")
            .below(1)
            .text("user.id", "bob")
            .text("host.id", "i-12")
            .text("cloud.resource_id", "arn:aws:lambda:eu-west-1:1:function:b"),
        internal(3, "b", "t").below(2).text("aws.lambda.invoked_arn", "arn:x"),
    ];
    check_all(
        &samples,
        &[
            "user = \"alice\"",
            "user = \"bob\"",
            "user != \"alice\"",
            "user CONTAINS \"\"",
            "availabilityzone BEGINSWITH \"eu\"",
            "instance.id = \"i-12\"",
            "resource.arn ENDSWITH \":b\"",
            "resource.arn = \"arn:x\"",
            "service(\"b\") { user = \"bob\" resource.arn = \"arn:x\" }",
            "service(\"a\") { user = \"alice\" }",
        ],
        &["user = \"carol\"", "!user", "service(\"a\") { user = \"bob\" }", "service(\"a\") { instance.id }"],
    );
}

#[test]
fn names_types_and_messages_of_the_root() {
    let samples = [
        server(1, "fn", "r").text("faas.name", "fn").class(Class::Fault),
        internal(2, "fn", "work").below(1).class(Class::Fault).threw("KeyError", "no such key"),
        server(3, "b", "s").below(1).threw("Other", "elsewhere"),
    ];
    check_all(
        &samples,
        &["name = fn", "type = \"AWS::Lambda\"", "type", "message CONTAINS \"key\"", "service(\"b\") { message }"],
        &[
            "name = b",
            "message = \"elsewhere\"",
            "service(\"b\") { type }",
            "service(\"b\") { message = \"no such key\" }",
        ],
    );
}

#[test]
fn annotations_are_every_attribute_of_every_span() {
    let samples = [
        server(1, "a", "r").text("gameid", "817DL6VO").number("age", 30.0),
        internal(2, "a", "i").below(1).flag("cold", true).text("request.id", "r-1"),
        server(3, "b", "s").below(2).number("age", 20.0).text("code", "500"),
    ];
    check_all(
        &samples,
        &[
            "annotation.gameid = \"817DL6VO\"",
            "annotation.gameid CONTAINS \"DL\"",
            "annotation.age",
            "annotation.age > 29",
            "annotation.age < 21",
            "annotation.age = 20",
            "annotation.age != 20",
            "annotation.cold",
            "annotation.cold = true",
            "annotation.cold != false",
            "annotation[request.id] = \"r-1\"",
            "annotation.request.id BEGINSWITH \"r\"",
            "annotation.code = 500",
            "annotation.code = \"500\"",
            "!annotation.Age",
            "service(\"a\") { annotation.cold = true AND annotation.age = 30 }",
            "service(\"b\") { annotation.age = 20 }",
            "service { annotation[request.id] = \"r-1\" }",
        ],
        &[
            "annotation.age > 30",
            "annotation.nothing",
            "annotation.nothing != 1",
            "annotation.cold = false",
            "annotation.code > 400",
            "!annotation.age",
            "service(\"b\") { annotation.cold }",
            "service(\"a\") { annotation.age = 20 }",
        ],
    );
}

#[test]
fn and_or_not_and_brackets() {
    let samples = [server(1, "a", "r").at(0, 1_000)];
    check_all(
        &samples,
        &["ok OR fault AND error", "ok responsetime = 1", "!(fault OR error)", "!!ok", "fault OR (ok !error)"],
        &["(ok OR fault) AND error", "ok responsetime = 2", "!(ok OR error)", "fault OR ok error"],
    );
}
