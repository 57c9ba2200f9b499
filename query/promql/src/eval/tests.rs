use std::cell::Cell;
use std::sync::Arc;

use proptest::prelude::*;

use crate::histogram::{Buckets, FloatHistogram};
use crate::{EvalErrorKind, Labels, Limits, Query, Request, Series, Value, evaluate};

fn series(count: usize) -> Vec<Series> {
    let one = |at: usize| {
        let labels = Labels::new([("__name__", "x_total".to_owned()), ("i", at.to_string())]);
        Series::floats(labels, (0..60).map(|at| at * 1000).collect(), (0..60).map(f64::from).collect())
    };
    (0..count).map(one).collect()
}

fn answer(text: &str, request: &Request, limits: &Limits) -> Result<Value, crate::EvalError> {
    let query = Query::parse(text).unwrap();
    let lists: Vec<Vec<Series>> = query.selections(request).unwrap().iter().map(|_| series(10)).collect();
    evaluate(&query, request, &lists, limits, &|| false).map(|answer| answer.value)
}

fn check_error(text: &str, request: &Request, limits: &Limits, kind: EvalErrorKind, expected: &str) {
    let error = answer(text, request, limits).unwrap_err();
    assert_eq!(error.kind, kind, "{text}: {error}");
    assert!(error.message.contains(expected), "{text}: {error}");
}

#[test]
fn limits_are_kept_and_named() {
    let range = Request::range(0, 59_000, 1000);
    let few = Limits { samples_max: 500, ..Limits::default() };
    check_error("x_total", &range, &few, EvalErrorKind::Limit, "samples_max is 500");
    check_error("rate(x_total[5s])", &range, &few, EvalErrorKind::Limit, "samples_max");
    check_error("max_over_time(x_total[100y:1s])", &range, &few, EvalErrorKind::Limit, "samples_max");
    check_error("x_total + on (i) x_total", &range, &few, EvalErrorKind::Limit, "samples_max");
    assert!(answer("x_total", &Request::instant(5000), &few).is_ok());
    let short = Limits { steps_max: 59, ..Limits::default() };
    check_error("x_total", &range, &short, EvalErrorKind::Limit, "steps_max");
    // Parts that are done hold nothing: ten times ten series of 60 steps are never held together.
    let some = Limits { samples_max: 2000, ..Limits::default() };
    let sums = ["sum(x_total)"; 10].join(" + ");
    assert!(answer(&sums, &range, &some).is_ok());
}

#[test]
fn a_query_is_cancelled() {
    let query = Query::parse("sum(rate(x_total[5s]))").unwrap();
    let request = Request::range(0, 59_000, 1000);
    let questions = Cell::new(0);
    let after_some = || {
        questions.set(questions.get() + 1);
        questions.get() > 3
    };
    let error = evaluate(&query, &request, &[series(1000)], &Limits::default(), &after_some).unwrap_err();
    assert_eq!(error.kind, EvalErrorKind::Cancelled);
    assert_eq!(questions.get(), 4, "it goes on after it was told to stop");
}

#[test]
fn times_that_make_no_sense_are_refused() {
    let limits = Limits::default();
    check_error("x", &Request::range(10, 0, 1), &limits, EvalErrorKind::Invalid, "before start");
    check_error("x", &Request::range(0, 10, 0), &limits, EvalErrorKind::Invalid, "step");
    check_error("x", &Request::range(0, 10, -1), &limits, EvalErrorKind::Invalid, "step");
    check_error(
        "x[5m]",
        &Request::range(0, 10, 1),
        &limits,
        EvalErrorKind::Invalid,
        "must be Scalar or instant Vector",
    );
    check_error(
        "\"a\"",
        &Request::range(0, 10, 1),
        &limits,
        EvalErrorKind::Invalid,
        "must be Scalar or instant Vector",
    );
    let query = Query::parse("x + y").unwrap();
    let error = evaluate(&query, &Request::instant(0), &[Vec::new()], &limits, &|| false).unwrap_err();
    assert!(error.message.contains("1 lists of series came for 2 selections"));
}

fn check_selections(text: &str, request: &Request, expected: &[(i64, i64)]) {
    let query = Query::parse(text).unwrap();
    let found: Vec<(i64, i64)> =
        query.selections(request).unwrap().iter().map(|selection| (selection.from_ms, selection.to_ms)).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn selections_cover_what_is_looked_at() {
    const MINUTE: i64 = 60_000;
    let instant = Request::instant(100 * MINUTE);
    check_selections("x", &instant, &[(95 * MINUTE + 1, 100 * MINUTE)]);
    check_selections("x[10m]", &instant, &[(90 * MINUTE + 1, 100 * MINUTE)]);
    check_selections("x offset 10m", &instant, &[(85 * MINUTE + 1, 90 * MINUTE)]);
    check_selections("x @ 600", &instant, &[(5 * MINUTE + 1, 10 * MINUTE)]);
    check_selections("x[10m] anchored", &instant, &[(85 * MINUTE + 1, 100 * MINUTE)]);
    check_selections("x[10m] smoothed", &instant, &[(85 * MINUTE + 1, 105 * MINUTE)]);
    check_selections(
        "max_over_time(x[10m:]) + y",
        &instant,
        &[(85 * MINUTE + 1, 100 * MINUTE), (95 * MINUTE + 1, 100 * MINUTE)],
    );
    check_selections("max_over_time(rate(x[5m])[1h:] offset 10m)", &instant, &[(25 * MINUTE + 1, 90 * MINUTE)]);
    check_selections("info(x offset 10m)", &instant, &[(85 * MINUTE + 1, 90 * MINUTE); 2]);
    let range = Request::range(100 * MINUTE, 200 * MINUTE, MINUTE);
    check_selections("x", &range, &[(95 * MINUTE + 1, 200 * MINUTE)]);
    check_selections("x @ end()", &range, &[(195 * MINUTE + 1, 200 * MINUTE)]);
    check_selections("x[range()] @ end()", &range, &[(100 * MINUTE + 1, 200 * MINUTE)]);
}

#[test]
fn samples_outside_of_a_selection_change_nothing() {
    let request = Request::range(20_000, 30_000, 5000);
    for text in [
        "x_total",
        "rate(x_total[10s])",
        "x_total offset 5s",
        "sum_over_time(x_total[6s:2s])",
        "increase(x_total[7s] smoothed)",
    ] {
        let mut request = request.clone();
        request.lookback_ms = 3000;
        let query = Query::parse(text).unwrap();
        let selections = query.selections(&request).unwrap();
        let cut: Vec<Vec<Series>> = selections
            .iter()
            .map(|selection| {
                let within = |series: Series| {
                    let kept = series.floats.timestamps.iter().zip(&series.floats.values);
                    let (times, values) = kept
                        .filter(|(time, _)| (selection.from_ms..=selection.to_ms).contains(*time))
                        .map(|(t, v)| (*t, *v))
                        .unzip();
                    Series::floats(series.labels, times, values)
                };
                series(3).into_iter().map(within).collect()
            })
            .collect();
        let whole: Vec<Vec<Series>> = selections.iter().map(|_| series(3)).collect();
        let of = |lists: &[Vec<Series>]| evaluate(&query, &request, lists, &Limits::default(), &|| false).unwrap();
        assert_eq!(of(&cut), of(&whole), "{text}");
    }
}

/// Floats, native histograms, buckets of a classic histogram, and markers.
fn mixed_series() -> Vec<Series> {
    let histogram = |count: i32| {
        let positive: Buckets = (0..3).zip([1.0, f64::from(count), 2.0]).collect();
        Arc::new(FloatHistogram { count: f64::from(count) + 3.0, sum: 1.0, positive, ..FloatHistogram::default() })
    };
    let mut all = series(3);
    for (at, series) in all.iter_mut().enumerate() {
        series.labels = Labels::new([("__name__", "x"), ("i", "a"), ("le", ["1", "+Inf", ""][at])]);
        series.floats.values[30 + at] = crate::stale();
    }
    all[2].floats = crate::Samples::default();
    all[2].histograms = crate::Samples::new((0..60).map(|at| at * 1000).collect(), (0..60).map(histogram).collect());
    all
}

fn any_query() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "x",
        "x{le=\"1\"}",
        "x offset 7s",
        "x @ 20",
        "x smoothed",
        "2",
        "scalar(x)",
        "time()",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 16, 2, |inner| {
        let functions: Vec<&str> = crate::function_names().collect();
        let aggregations: Vec<&str> = crate::aggregation_names().collect();
        let ranges = vec!["[9s]", "[20s:3s]", "[15s] anchored", "[15s] smoothed", "[5s] offset -3s", "[30s:7s] @ 40"];
        let operators = vec![
            "+",
            "-",
            "/",
            "^",
            "% on (i)",
            "> bool",
            "==",
            "and",
            "or",
            "unless on (le)",
            "* on (i) group_left",
            "+ fill (1)",
            "</",
        ];
        prop_oneof![
            (prop::sample::select(functions.clone()), inner.clone()).prop_map(|(name, arg)| format!("{name}({arg})")),
            (prop::sample::select(functions), inner.clone(), prop::sample::select(ranges))
                .prop_map(|(name, arg, range)| format!("{name}({arg}{range})")),
            (prop::sample::select(aggregations.clone()), inner.clone())
                .prop_map(|(name, arg)| format!("{name} by (i) ({arg})")),
            (prop::sample::select(aggregations), inner.clone(), inner.clone())
                .prop_map(|(name, param, arg)| format!("{name}({param}, {arg})")),
            (inner.clone(), prop::sample::select(operators), inner.clone())
                .prop_map(|(lhs, op, rhs)| format!("({lhs}) {op} ({rhs})")),
            inner.clone().prop_map(|arg| format!("histogram_quantile(0.9, {arg})")),
            inner.clone().prop_map(|arg| format!("quantile_over_time(0.5, ({arg})[10s:2s])")),
            inner.prop_map(|arg| format!("label_replace(-({arg}), \"le\", \"$1\", \"i\", \"(.*)\")")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// Nothing panics, and an instant query has what a range query has at that time.
    #[test]
    fn instant_and_range_queries_agree(text in any_query()) {
        let Ok(query) = Query::parse(&text) else { return Ok(()) };
        let run = |request: &Request| {
            let lists: Vec<Vec<Series>> = query.selections(request)?.iter().map(|_| mixed_series()).collect();
            evaluate(&query, request, &lists, &Limits::default(), &|| false).map(|answer| answer.value)
        };
        let is_of_context = ["start()", "end()", "range()", "step()"].iter().any(|call| text.contains(call));
        let (instant, range) = (run(&Request::instant(35_000)), run(&Request::range(25_000, 45_000, 10_000)));
        let (Ok(Value::Vector(samples)), Ok(Value::Matrix(series)), false) = (instant, range, is_of_context) else {
            return Ok(());
        };
        let mut found: Vec<String> = samples.iter().map(|sample| format!("{} {:?}", sample.labels, sample.value)).collect();
        let mut expected = Vec::new();
        for series in series {
            if let Some(at) = series.floats.timestamps.iter().position(|time| *time == 35_000) {
                expected.push(format!("{} {:?}", series.labels, crate::Sample::Float(series.floats.values[at])));
            }
            if let Some(at) = series.histograms.timestamps.iter().position(|time| *time == 35_000) {
                let histogram = Arc::clone(&series.histograms.values[at]);
                expected.push(format!("{} {:?}", series.labels, crate::Sample::Histogram(histogram)));
            }
        }
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }
}
