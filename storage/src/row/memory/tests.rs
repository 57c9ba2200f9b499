use super::*;
use crate::codec::tests::log_record;

#[test]
fn it_is_what_the_rows_own() {
    let resource = Arc::new(Resource { attributes: Vec::with_capacity(2), ..Resource::default() });
    let one = Batch::Logs(vec![log_record(&resource, 1, "x")]);
    let two = Batch::Logs(vec![log_record(&resource, 1, "x"), log_record(&resource, 2, &"y".repeat(1000))]);
    let row = size_of::<LogRecord>();
    assert!(one.memory_bytes() > row + 2 * size_of::<(String, Value)>(), "{}", one.memory_bytes());
    let more = two.memory_bytes() - one.memory_bytes();
    // The second row shares the resource of the first; its body is larger.
    assert!((row + 1000..row + 2000).contains(&more), "{more}");
}

#[test]
fn nested_values_count_to_the_last() {
    let leaf = Value::String("z".repeat(100));
    let nested = Value::Array(vec![Value::Map(vec![("k".to_owned(), leaf.clone())]), leaf, Value::Bytes(vec![0; 50])]);
    assert!((2 * 100 + 50..1000).contains(&value(&nested)), "{}", value(&nested));
}
