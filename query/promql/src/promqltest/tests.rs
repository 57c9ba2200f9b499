use super::run_script;

fn check(script: &str, passed: usize, failures: &[&str]) {
    let report = run_script(script, "s.test");
    assert_eq!(report.passed, passed, "{report:?}");
    assert_eq!(report.failures.len(), failures.len(), "{report:?}");
    for (failure, expected) in report.failures.iter().zip(failures) {
        let text = format!("{} {}", failure.place, failure.message);
        assert!(text.contains(expected), "{text:?} does not say {expected:?}");
    }
}

const LOAD: &str = "load 1m\n  x{a=\"b\"} 1 2 3\n\n";

#[test]
fn what_is_expected_passes_and_what_is_not_fails() {
    check(&format!("{LOAD}eval instant at 1m x\n  x{{a=\"b\"}} 2\n"), 1, &[]);
    check(&format!("{LOAD}eval instant at 1m x\n  x{{a=\"b\"}} 3\n"), 0, &["s.test:4 expected 3"]);
    check(&format!("{LOAD}eval instant at 1m x\n"), 0, &["unexpected series"]);
    check(&format!("{LOAD}eval instant at 1m x\n  x{{a=\"b\"}} 2\n  x{{a=\"c\"}} 2\n"), 0, &["which is not in"]);
    check(&format!("{LOAD}eval range from 0 to 2m step 1m x\n  x{{a=\"b\"}} 1 2 3\n"), 1, &[]);
    check(
        &format!("{LOAD}eval range from 0 to 2m step 1m x\n  x{{a=\"b\"}} 1 2 4\n"),
        0,
        &["expected 1@0 2@60000 4@120000"],
    );
    check(&format!("{LOAD}eval instant at 1m count(x)\n  2\n"), 0, &["expected a scalar"]);
    check("eval instant at 0 1 + 1\n  3\n", 0, &["expected the scalar 3"]);
    check("eval instant at 0 \"a\"\n  expect string \"b\"\n", 0, &["expected the string"]);
}

#[test]
fn failures_and_annotations_are_checked() {
    check("eval_fail instant at 0 1 +\n", 1, &[]);
    check("eval instant at 0 1\n  expect fail\n", 0, &["expected an error"]);
    check("eval instant at 0 1 +\n", 0, &["error reading the query"]);
    check("eval instant at 0 1 +\n  expect fail msg: something else\n", 0, &["expected the error"]);
    check(&format!("{LOAD}eval_warn instant at 1m x\n  x{{a=\"b\"}} 2\n"), 0, &["expected the warn annotation"]);
    check(
        &format!("{LOAD}eval instant at 1m rate(x[5m])\n  expect no_info\n  {{a=\"b\"}} 0.01\n"),
        0,
        &["expected no info"],
    );
}

#[test]
fn series_are_written_shortly() {
    let script = "load 1m\n  a 1+2x2 _ -1x1 stale\n  h {{schema:0 count:1 sum:1 buckets:[1]}}+{{count:1 sum:1 buckets:[1]}}x1\n\n";
    check(&format!("{script}eval range from 0 to 6m step 1m a\n  a 1 3 5 5 -1 -1 _\n"), 1, &[]);
    check(&format!("{script}eval instant at 1m h\n  h {{{{schema:0 count:2 sum:2 buckets:[2]}}}}\n"), 1, &[]);
    check("load 1m\n  a 1zx2\n", 0, &["cannot read the value \"1zx2\""]);
    check("load 1m\n  a 1\n\nclear\n\neval instant at 0 a\n", 1, &[]);
    check("nonsense\n", 0, &["invalid command"]);
}
