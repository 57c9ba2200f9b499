use super::{Table, thousands};

#[test]
fn numbers_are_grouped_from_the_right() {
    assert_eq!(
        [0, 12, 123, 1_234, 123_456, 1_234_567].map(thousands),
        ["0", "12", "123", "1,234", "123,456", "1,234,567"]
    );
}

#[test]
fn a_table_is_markdown() {
    let mut table = Table::new(&["", "spans"]);
    table.row(["bytes", "7"]);
    assert_eq!(table.to_string(), "|  | spans |\n|---|---|\n| bytes | 7 |");
}
