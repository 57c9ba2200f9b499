use arrow::array::{BinaryArray, RecordBatch};
use arrow::datatypes::{Field, Schema};
use datafusion::prelude::SessionContext;

use super::*;

async fn evaluate(sql: &str) -> String {
    let session = SessionContext::new();
    all().into_iter().for_each(|function| session.register_udf(function.as_ref().clone()));
    let schema = Arc::new(Schema::new(vec![
        Field::new("trace_id", DataType::Binary, true),
        Field::new("text", DataType::Utf8, true),
    ]));
    let ids: ArrayRef = Arc::new(BinaryArray::from(vec![Some([0xab, 0x01].as_slice()), None]));
    let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("The card was declined"), None]));
    let batch = RecordBatch::try_new(schema, vec![ids, texts]).unwrap();
    session.register_batch("t", batch).unwrap();
    let answer = session.sql(&format!("SELECT {sql} FROM t")).await.unwrap().collect().await.unwrap();
    let column = answer[0].column(0).clone();
    let cell = |row| arrow::util::display::array_value_to_string(&column, row).unwrap();
    format!("{}|{}", cell(0), cell(1))
}

#[tokio::test]
async fn functions_answer_in_sql() {
    assert_eq!(evaluate("hex(trace_id)").await, "ab01|");
    assert_eq!(evaluate("trace_id = id('AB01')").await, "true|");
    assert_eq!(evaluate("matches(text, 'declined card -bank')").await, "true|false");
    assert_eq!(evaluate("matches(text, '-bank')").await, "true|true");
    assert_eq!(evaluate("span_class(404, NULL, NULL, 'error')").await, "error|error");
    assert_eq!(evaluate("hex(id('0a'))").await, "0a|0a");
}
