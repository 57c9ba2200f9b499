use super::*;
use crate::shop::trace::trace;

#[test]
fn every_variable_is_filled() {
    let graph = Graph::new(1, 20, 3);
    let mut count = 0;
    for index in 0..2000 {
        let trace = trace(&graph, 1, index, 1_000_000_000_000);
        for line in lines(&graph, 1, index, &trace) {
            let Some(Value::StringValue(body)) = line.record.body.and_then(|b| b.value) else {
                panic!("a body is text")
            };
            for name in ["{n}", "{ms}", "{fn}", "{uuid}", "{id}", "{path}"] {
                assert!(!body.contains(name), "{body}");
            }
            count += 1;
        }
    }
    assert!(count > 2000);
}

#[test]
fn severity_ranges_match_the_table() {
    let first = |severity| LINES.iter().position(|l| l.severity == severity).unwrap();
    assert_eq!(first(DEBUG), FIRST_DEBUG);
    assert_eq!(first(WARN), FIRST_WARN);
    assert_eq!(first(ERROR), FIRST_ERROR);
}
