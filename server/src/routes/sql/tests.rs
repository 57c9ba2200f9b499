use http::{Method, StatusCode};
use serde_json::json;

use super::*;
use crate::testing::{Server, bytes_of, request};

async fn ask(server: &Server, accept: &str, query: &str, limit: Option<u32>) -> Response {
    let body = json!({"query": query, "limit": limit.unwrap_or(10)});
    server.send(request(Method::POST, paths::SQL, &[("accept", accept)], Some(body))).await
}

#[test]
fn what_is_accepted_decides_the_form() {
    for (accept, expected) in [
        ("*/*", Some(Form::Json)),
        ("", Some(Form::Json)),
        ("application/json", Some(Form::Json)),
        ("text/csv", Some(Form::Csv)),
        ("Text/CSV; q=0.5, application/json", Some(Form::Csv)),
        ("image/png, application/vnd.apache.arrow.stream", Some(Form::Arrow)),
        ("image/png", None),
    ] {
        assert_eq!(form(accept), expected, "{accept}");
    }
}

#[tokio::test]
async fn csv_has_a_header_and_quotes_what_needs_it() {
    let server = Server::open().await;
    let query = "select 1 as n, 'a,b' as \"the text\", 'say \"hi\"' as q, null as nothing, true as yes, 1.5 as d";
    let response = ask(&server, "text/csv", query, None).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    assert!(response.headers().get(left_out::TRUNCATED).is_none());
    let text = String::from_utf8(bytes_of(response).await).unwrap();
    assert_eq!(text, "n,the text,q,nothing,yes,d\r\n1,\"a,b\",\"say \"\"hi\"\"\",,true,1.5\r\n");
}

#[tokio::test]
async fn an_arrow_stream_has_the_rows_and_the_types() {
    let server = Server::open().await;
    let response = ask(&server, ARROW, "select value as n from unnest(make_array(1, 2, 3)) as t(value)", Some(2)).await;
    assert_eq!((response.status(), &response.headers()["content-type"]), (StatusCode::OK, &ARROW.parse().unwrap()));
    let left_out = response.headers()[left_out::TRUNCATED].to_str().unwrap().to_owned();
    assert!(left_out.contains("more than 2 rows"), "{left_out}");
    let bytes = bytes_of(response).await;
    let reader = arrow::ipc::reader::StreamReader::try_new(bytes.as_slice(), None).unwrap();
    assert_eq!(reader.schema().field(0).name(), "n");
    let batches: Vec<_> = reader.collect::<Result<_, _>>().unwrap();
    assert_eq!(batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), 2);
}

#[tokio::test]
async fn a_form_that_there_is_not_is_refused() {
    let server = Server::open().await;
    let response = ask(&server, "image/png", "select 1", None).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let text = String::from_utf8(bytes_of(response).await).unwrap();
    assert!(text.contains("text/csv") && text.contains(ARROW), "{text}");
}
