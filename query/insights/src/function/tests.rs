use super::{Context, Kind, Parameters, Regexes, all, named};
use crate::value::Value;

/// The result of a function, called by name.
#[track_caller]
pub(super) fn call(name: &str, arguments: &[Value]) -> Value {
    let context = Context { query_start_ms: 1_000, query_end_ms: 61_000, now_ms: 70_500, ..Context::default() };
    let function = named(name).unwrap_or_else(|| panic!("no function {name}"));
    (function.call)(arguments, &context)
}

#[test]
fn functions_are_found_in_any_case_and_names_are_unique() {
    assert_eq!(named("TOUPPER").map(|function| function.name), Some("toupper"));
    assert_eq!(named("ln").map(|function| function.name), Some("log"));
    assert!(named("nosuch").is_none());
    let mut names: Vec<String> = all().flat_map(|function| function.names()).map(str::to_lowercase).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count >= 70, "{count}");
}

#[test]
fn no_function_panics_on_any_arguments() {
    let odd = [
        Value::Null,
        Value::Bool(true),
        Value::Number(-1e300),
        Value::Number(1e18),
        Value::Number(0.0),
        Value::text(""),
        Value::text("ä€𝄞"),
        Value::text("5m"),
        Value::text("9999999y"),
        Value::text("%Y-yyyy'"),
        Value::text("["),
        Value::Time(i64::MAX),
        Value::Time(i64::MIN),
        Value::from_iter([Value::Null]),
    ];
    let context = Context::default();
    for function in all() {
        for count in 0..5 {
            for shift in 0..odd.len() {
                for step in 0..odd.len() {
                    let arguments: Vec<Value> =
                        (0..count).map(|i| odd[(shift + i * step) % odd.len()].clone()).collect();
                    let _ = (function.call)(&arguments, &context);
                }
            }
        }
    }
}

#[test]
fn parameters_say_how_many_arguments_they_take() {
    let check = |parameters: Parameters, count: usize, expected: Option<&str>| {
        assert_eq!(parameters.mismatch(count).as_deref(), expected);
    };
    const ONE: Parameters = Parameters::exactly(&[Kind::Any]);
    check(ONE, 1, None);
    check(ONE, 2, Some("1 argument"));
    check(Parameters { optional: &[Kind::Any, Kind::Any], ..ONE }, 4, Some("1 to 3 arguments"));
    check(Parameters { rest: Some(Kind::Any), ..ONE }, 0, Some("at least 1 argument"));
    check(Parameters { rest: Some(Kind::Any), ..ONE }, 99, None);
    check(Parameters::exactly(&[]), 1, Some("no arguments"));
}

#[test]
fn regular_expressions_are_kept_up_to_the_limit() {
    let regexes = Regexes::default();
    assert!(regexes.get("(").is_none() && regexes.get("(").is_none());
    for i in 0..Regexes::KEPT_MAX + 10 {
        assert!(regexes.get(&format!("a{i}")).is_some());
    }
    assert_eq!(regexes.compiled.lock().unwrap().len(), Regexes::KEPT_MAX);
}
