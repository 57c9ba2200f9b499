use super::{ALL, Part, parts};

#[test]
fn without_arguments_every_step_runs() {
    assert_eq!(parts(&[]).unwrap().len(), ALL.len());
}

#[test]
fn chosen_steps_run_in_their_order_not_in_the_order_given() {
    let chosen: Vec<Part> = parts(&["--only", "tests", "fmt"]).unwrap().into_iter().map(|(part, _)| part).collect();
    assert_eq!(chosen, [Part::Fmt, Part::Tests]);
}

#[test]
fn a_step_that_does_not_exist_is_named() {
    assert!(parts(&["--only", "fmt", "clipy"]).unwrap_err().contains("clipy"));
    assert!(parts(&["--only"]).is_err());
    assert!(parts(&["fmt"]).is_err());
}
