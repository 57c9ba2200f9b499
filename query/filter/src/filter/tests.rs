mod groups;
mod http;
mod keywords;
mod nodes;
mod summaries;

use proptest::prelude::*;

use super::*;
use crate::expression::parse;
use crate::expression::tests::expressions;
use crate::trace::tests::{Sample, samples, trace};

/// Whether the expression selects the trace.
#[track_caller]
fn check(samples: &[Sample], text: &str, expected: bool) {
    let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let filter = Filter::new(expression, &Groups::new()).unwrap();
    let trace = trace(samples);
    assert_eq!(filter.matches(&trace), expected, "{text}");
    assert!(!expected || filter.necessary().holds(&trace), "{text}: {:?}", filter.necessary());
}

/// Those that select the trace, and those that do not.
#[track_caller]
fn check_all(samples: &[Sample], selecting: &[&str], others: &[&str]) {
    selecting.iter().for_each(|text| check(samples, text, true));
    others.iter().for_each(|text| check(samples, text, false));
}

/// What the expression says of single spans.
#[track_caller]
fn check_necessary(text: &str, expected: &str) {
    let filter = Filter::new(parse(text).unwrap(), &Groups::new()).unwrap();
    assert_eq!(format!("{:?}", filter.necessary()), expected, "{text}");
}

#[test]
fn what_is_necessary_by_hand() {
    check_necessary("fault", "Span([Class([Fault])])");
    check_necessary("!OK", "Span([Class([Error, Throttle, Fault])])");
    check_necessary("error", "Span([Class([Error, Throttle])])");
    check_necessary("partial", "Anything");
    check_necessary("duration > 5", "Anything");
    check_necessary("fault OR duration > 5", "Anything");
    check_necessary("fault AND duration > 5", "Span([Class([Fault])])");
    check_necessary("responsetime > 2", "Span([DurationMin(1999999998)])");
    check_necessary(
        "!(fault OR ok)",
        "All([Span([Class([Ok, Error, Throttle])]), Span([Class([Error, Throttle, Fault])])])",
    );
    check_necessary("!annotation.a", "Anything");
    check_necessary("annotation.a", "Span([Attribute { keys: [\"a\"], compared: None }])");
    check_necessary(
        "http.status = 500",
        "Span([Attribute { keys: [\"http.response.status_code\", \"http.status_code\"], compared: Some(Number(Equal, 500.0)) }])",
    );
    check_necessary(
        "service(\"x\") { fault annotation.k }",
        "Either([All([Span([Service(Equal, \"x\"), Attribute { keys: [\"k\"], compared: None }]), Span([Service(Equal, \"x\"), \
         Class([Fault])])]), All([Span([RemoteNamed(\"x\")]), Span([Attribute { keys: [\"k\"], compared: None }]), \
         Span([Class([Fault])])])])",
    );
    check_necessary(
        "service(\"x\") { fault responsetime > 1 }",
        "Either([Span([Service(Equal, \"x\"), Class([Fault]), DurationMin(999999998)]), \
         All([Span([RemoteNamed(\"x\")]), Span([Class([Fault]), DurationMin(999999998)])])])",
    );
    check_necessary("service { fault }", "Span([Class([Fault])])");
    check_necessary("service(\"client\")", "Anything");
    check_necessary(
        "edge(\"a\", \"b\")",
        "All([Either([Span([Service(Equal, \"a\")]), Span([RemoteNamed(\"a\")])]), \
         Either([Span([Service(Equal, \"b\")]), Span([RemoteNamed(\"b\")])])])",
    );
    check_necessary("rootcause.error.entity { first }", "Span([Class([Error, Throttle])])");
    check_necessary(
        "rootcause.fault.service { last and name = \"x\" }",
        "All([Either([Span([Service(Equal, \"x\")]), Span([RemoteNamed(\"x\")])]), Span([Class([Fault])])])",
    );
}

fn groups() -> Groups {
    let group = |name: &str, text: &str| (name.to_owned(), parse(text).unwrap());
    [group("g", "fault OR group.name = \"h\""), group("h", "service(\"a\") { responsetime > 1 }")].into()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// A trace that is selected meets the condition that an index is asked with.
    #[test]
    fn what_is_necessary_holds_wherever_the_filter_does(
        expression in expressions(),
        all in prop::collection::vec(samples(), 1..6),
    ) {
        let filter = Filter::new(expression, &groups()).unwrap();
        let condition = filter.necessary();
        for samples in &all {
            let trace = trace(samples);
            prop_assert!(!filter.matches(&trace) || condition.holds(&trace), "{} {condition:?}", filter.expression());
        }
    }

    /// What is printed means the same.
    #[test]
    fn an_expression_means_what_its_text_means(expression in expressions(), samples in samples()) {
        let again = parse(&expression.to_string()).unwrap();
        let trace = trace(&samples);
        prop_assert_eq!(expression.matches(&trace, &groups()), again.matches(&trace, &groups()));
    }

    /// The laws of and, or and not.
    #[test]
    fn logic_holds(a in expressions(), b in expressions(), samples in samples()) {
        let trace = trace(&samples);
        let is = |expression: &Expression| expression.matches(&trace, &groups()).unwrap();
        let not = |one: Expression| Expression::Not(Box::new(one));
        let (both, either) = (Expression::And(vec![a.clone(), b.clone()]), Expression::Or(vec![a.clone(), b.clone()]));
        prop_assert_eq!(is(&both), is(&a) && is(&b));
        prop_assert_eq!(is(&either), is(&a) || is(&b));
        prop_assert_eq!(is(&not(a.clone())), !is(&a));
        let without = Expression::And(vec![not(a), not(b)]);
        prop_assert_eq!(is(&not(either)), is(&without));
    }
}
