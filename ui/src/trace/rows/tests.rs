use super::*;
use crate::trace::model::tests::{answer, family, span};

fn spans(rows: &[Row]) -> Vec<usize> {
    rows.iter().map(|r| r.span).collect()
}

#[test]
fn a_collapsed_span_hides_its_subtree_only() {
    let model = family();
    assert_eq!(spans(&visible(&model, &HashSet::new(), Only::All)), [0, 1, 2, 3, 4]);
    assert_eq!(spans(&visible(&model, &HashSet::from([1]), Only::All)), [0, 1, 4]);
    assert_eq!(spans(&visible(&model, &HashSet::from([0]), Only::All)), [0]);
}

#[test]
fn a_filter_keeps_the_ancestors_and_says_who_was_wanted() {
    let mut failing =
        answer(vec![span("a", "", 0, 100), span("b", "a", 0, 9), span("c", "b", 0, 9), span("d", "a", 0, 9)]);
    failing.spans[2].class = Class::Fault;
    let model = Model::new(failing);
    let rows = visible(&model, &HashSet::new(), Only::Failed);
    assert_eq!(spans(&rows), [0, 1, 2]);
    assert_eq!(rows.iter().map(|r| r.wanted).collect::<Vec<_>>(), [false, false, true]);
    assert!(visible(&model, &HashSet::new(), Only::Critical).is_empty());
}

#[test]
fn ancestors_run_up_to_the_root() {
    assert_eq!(ancestors(&family(), 3), [1, 0]);
    assert!(ancestors(&family(), 0).is_empty());
}

#[test]
fn collapsing_by_level_takes_spans_with_children() {
    assert_eq!(collapse_from(&family(), 1), HashSet::from([1]));
    assert_eq!(collapse_from(&family(), 0), HashSet::from([0, 1]));
}

#[test]
fn arrows_walk_the_tree() {
    let model = family();
    let none = HashSet::new();
    let rows = visible(&model, &none, Only::All);
    let go = |key: &str, from: usize| step(key, &model, &rows, &none, Some(from), 2);
    assert_eq!(go("ArrowDown", 0), Step::Select(1));
    assert_eq!(go("ArrowDown", 4), Step::Select(4));
    assert_eq!(go("ArrowUp", 0), Step::Select(0));
    assert_eq!(go("PageDown", 1), Step::Select(3));
    assert_eq!(go("PageUp", 1), Step::Select(0));
    assert_eq!(go("End", 0), Step::Select(4));
    assert_eq!(go("ArrowLeft", 1), Step::Collapse(1));
    assert_eq!(go("ArrowLeft", 2), Step::Select(1));
    assert_eq!(go("ArrowLeft", 4), Step::Select(0));
    assert_eq!(go("ArrowRight", 1), Step::Select(2));
    assert_eq!(go("ArrowRight", 4), Step::Stay);
    assert_eq!(go("Enter", 2), Step::Toggle(2));
    assert_eq!(go("x", 2), Step::Stay);
}

#[test]
fn arrows_open_what_is_closed_and_begin_at_the_top() {
    let model = family();
    let closed = HashSet::from([1]);
    let rows = visible(&model, &closed, Only::All);
    assert_eq!(step("ArrowRight", &model, &rows, &closed, Some(1), 2), Step::Expand(1));
    assert_eq!(step("ArrowLeft", &model, &rows, &closed, Some(1), 2), Step::Select(0));
    assert_eq!(step("ArrowDown", &model, &rows, &closed, None, 2), Step::Select(0));
    assert_eq!(step("ArrowDown", &model, &[], &closed, None, 2), Step::Stay);
}
