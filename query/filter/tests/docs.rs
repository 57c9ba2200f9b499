//! The examples of docs/filter-expressions.md are read.

#[test]
fn every_example_of_the_page_can_be_read() {
    let page = include_str!("../../../docs/filter-expressions.md");
    let mut examples = page.split("```xray\n").skip(1).map(|rest| rest.split("\n```").next().unwrap()).peekable();
    assert!(examples.peek().is_some());
    for example in examples {
        let read = filter::parse(example).unwrap_or_else(|error| panic!("{example}: {error}"));
        assert_eq!(filter::parse(&read.to_string()).unwrap(), read, "{example}");
    }
}
