//! Runs our scripts, which say what each function, operator and modifier results in.

use std::fs;
use std::path::Path;

use promql::promqltest::run_script;

#[test]
fn scripts_result_in_what_they_expect() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let (mut passed, mut failures) = (0, Vec::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let report = run_script(&fs::read_to_string(&path).unwrap(), &name);
        assert!(report.passed + report.failures.len() > 0, "{name} evaluates nothing");
        passed += report.passed;
        let texts = report
            .failures
            .iter()
            .map(|failure| format!("{}: {}\n    {}", failure.place, failure.query, failure.message));
        failures.extend(texts);
    }
    assert!(failures.is_empty(), "{} failed, {passed} passed\n{}", failures.len(), failures.join("\n"));
    assert!(passed > 200, "only {passed} evaluations");
}

/// Every function of the documentation is called by a script.
#[test]
fn every_function_has_a_script() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let scripts: String =
        fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    let missing: Vec<&str> = promql::function_names()
        .chain(promql::aggregation_names())
        .filter(|name| !scripts.contains(&format!("{name}(")) && !scripts.contains(&format!("{name} by")))
        .collect();
    assert!(missing.is_empty(), "no script calls {missing:?}");
}
