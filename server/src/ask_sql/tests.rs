use api::sql::SqlColumn;
use serde_json::json;

use super::*;

fn answer() -> SqlAnswer {
    let column = |name: &str| SqlColumn { name: name.to_owned(), data_type: "Utf8".to_owned() };
    SqlAnswer {
        columns: vec![column("service"), column("count")],
        rows: vec![
            vec![json!("checkout"), json!(3)],
            vec![json!(null), json!(12_345)],
            vec![json!("a\nb"), json!(null)],
        ],
        statistics: api::Statistics { rows_scanned: 7, elapsed_ms: 1.6, ..Default::default() },
        truncated: None,
    }
}

#[test]
fn numbers_stand_right_and_lines_stay_lines() {
    assert_eq!(table(&answer()), "service   count\n────────  ─────\ncheckout      3\n          12345\na b");
    assert_eq!(cell(&json!("x".repeat(200))).chars().count(), CELL_CHARS_MAX + 1);
}

#[test]
fn what_was_left_out_is_said() {
    let mut answer = answer();
    assert_eq!(summary(&answer), "3 rows; 7 scanned in 2 ms");
    let reason = api::TruncationReason::Limit;
    answer.truncated = Some(Truncation { reason, limit: Some(3), message: "raise limit".to_owned() });
    assert!(summary(&answer).ends_with("not all: raise limit"));
}

#[test]
fn failures_say_what_to_do() {
    let text = r#"{"error":{"kind":"unauthenticated","message":"log in first"}}"#;
    assert!(failure(http::StatusCode::UNAUTHORIZED, text).contains("ALIDADE_TOKEN"));
    assert!(failure(http::StatusCode::BAD_GATEWAY, "<html>").contains("502"));
}
