use super::*;

#[test]
fn calls_form_no_cycle_and_stay_inside() {
    for size in [1, 2, 5, 20, 60] {
        let graph = Graph::new(3, size, 2);
        assert_eq!(graph.functions.len(), size);
        for (index, function) in graph.functions.iter().enumerate() {
            assert!(function.calls.iter().all(|&callee| callee > index && callee < size));
            assert_eq!(function.instances.len(), 2);
            let called = graph.functions.iter().any(|caller| caller.calls.contains(&index));
            assert_eq!(called, index >= graph.entries);
        }
    }
}

#[test]
fn a_function_has_each_operation_once() {
    for function in Graph::new(1, 20, 3).functions {
        let operations = function.operations.iter().map(|operation| (operation.method, &operation.route));
        assert_eq!(operations.collect::<std::collections::BTreeSet<_>>().len(), 3, "{}", function.name);
    }
}
