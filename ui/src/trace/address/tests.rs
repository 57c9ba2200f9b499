use std::collections::HashMap;

use super::*;
use crate::trace::model::tests::family;

fn round_trip(address: &Address) -> Address {
    let pairs: HashMap<&str, String> = address.pairs().into_iter().filter(|(_, v)| !v.is_empty()).collect();
    Address::read(|key| pairs.get(key).cloned())
}

#[test]
fn what_is_written_is_read_again() {
    let address = Address {
        span: Some("b".to_owned()),
        range: ViewRange::new(0.25, 0.5),
        collapsed: vec!["b".to_owned(), "e".to_owned()],
        only: Only::Failed,
        tab: Tab::Logs,
        find: "a & b = c".to_owned(),
    };
    assert_eq!(round_trip(&address), address);
    assert_eq!(round_trip(&Address::default()), Address::default());
    assert!(Address::default().pairs().iter().all(|(_, value)| value.is_empty()));
}

#[test]
fn closed_rows_and_ids_belong_together() {
    let model = family();
    let ids = closed_ids(&model, &HashSet::from([3, 1]));
    assert_eq!(ids, ["b", "d"]);
    assert_eq!(closed_rows(&model, &["b".to_owned(), "nobody".to_owned()]), HashSet::from([1]));
}

#[test]
fn too_many_closed_rows_stay_out_of_the_url() {
    let collapsed = vec!["0123456789abcdef".to_owned(); COLLAPSED_MAX + 1];
    let address = Address { collapsed, ..Address::default() };
    assert!(round_trip(&address).collapsed.is_empty());
}
