use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::testing::{Server, request};

const TRACE: &str = "00f7651916cd43dd8448eb211c80319c";

/// A page calls a cart, whose work fails; the cart links to another trace.
async fn shop() -> (Server, i64) {
    let server = Server::open().await;
    let start = server.parts.clock.now_unix_nano() - 60_000_000_000;
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let span = |id: &str, parent: &str, name: &str, kind: u8, at_ms: i64, ms: i64| {
        let begin = start + at_ms * 1_000_000;
        json!({
            "traceId": TRACE, "spanId": id, "parentSpanId": parent, "name": name, "kind": kind,
            "startTimeUnixNano": begin.to_string(), "endTimeUnixNano": (begin + ms * 1_000_000).to_string(),
        })
    };
    let mut call = span("0000000000000002", "0000000000000001", "call cart", 3, 5, 80);
    call["traceState"] = json!("a=1");
    let mut work = span("0000000000000003", "0000000000000002", "GET /cart", 2, 10, 70);
    work["status"] = json!({"code": 2, "message": "no stock"});
    work["attributes"] = json!([
        {"key": "http.response.status_code", "value": {"intValue": "500"}},
        {"key": "app.price", "value": {"doubleValue": 1.5}},
        {"key": "app.new", "value": {"boolValue": true}},
        {"key": "app.parts", "value": {"arrayValue": {"values": [{"intValue": "1"}, {"stringValue": "b"}]}}},
    ]);
    work["events"] = json!([{
        "timeUnixNano": (start + 20_000_000).to_string(), "name": "exception",
        "attributes": [text("exception.type", "OutOfStock")],
    }]);
    work["links"] = json!([{"traceId": "11111111111111111111111111111111", "spanId": "2222222222222222"}]);
    let of = |service: &str, spans: Vec<Value>| {
        json!({
            "resource": {"attributes": [text("service.name", service), text("cell", "a")]},
            "scopeSpans": [{"scope": {"name": "lib", "version": "2"}, "spans": spans}],
        })
    };
    let page = vec![span("0000000000000001", "", "GET /", 2, 0, 100), call];
    let export = json!({"resourceSpans": [of("page", page), of("cart/eu", vec![work])]});
    let (status, reply) = server.call(Method::POST, "/v1/traces", &[], Some(export)).await;
    assert_eq!((status, reply), (StatusCode::OK, json!({})));
    (server, start)
}

async fn get(server: &Server, path: &str) -> (u16, Value) {
    let (status, answer) = server.call(Method::GET, &format!("/jaeger/api{path}"), &[], None).await;
    (status.as_u16(), answer)
}

fn tag(key: &str, kind: &str, value: Value) -> Value {
    json!({"key": key, "type": kind, "value": value})
}

#[tokio::test]
async fn services_and_operations() {
    let (server, _) = shop().await;
    let counted = |data: Value| {
        let total = data.as_array().unwrap().len();
        (200, json!({"data": data, "total": total, "limit": 0, "offset": 0, "errors": null}))
    };
    assert_eq!(get(&server, "/services").await, counted(json!(["cart/eu", "page"])));
    assert_eq!(get(&server, "/services/page/operations").await, counted(json!(["GET /", "call cart"])));
    assert_eq!(get(&server, "/services/cart%2Feu/operations").await, counted(json!(["GET /cart"])));
    assert_eq!(get(&server, "/services/nobody/operations").await, counted(json!([])));
    let both = json!([{"name": "GET /", "spanKind": "server"}, {"name": "call cart", "spanKind": "client"}]);
    assert_eq!(get(&server, "/operations?service=page").await, counted(both));
    let client = json!([{"name": "call cart", "spanKind": "client"}]);
    assert_eq!(get(&server, "/operations?service=page&spanKind=client").await, counted(client));
}

#[tokio::test]
async fn a_trace_as_jaeger_has_it() {
    let (server, start) = shop().await;
    // Jaeger leaves zeros in front out.
    let (status, answer) = get(&server, &format!("/traces/{}", &TRACE[2..])).await;
    assert_eq!((status, &answer["errors"], &answer["total"]), (200, &Value::Null, &json!(0)), "{answer}");
    let trace = &answer["data"][0];
    assert_eq!((&trace["traceID"], &trace["warnings"]), (&json!(TRACE), &Value::Null));
    let [page, call, work] = trace["spans"].as_array().unwrap().as_slice() else { panic!("{trace}") };
    assert_eq!((&page["operationName"], &page["references"]), (&json!("GET /"), &json!([])));
    assert_eq!(call["references"], json!([{"refType": "CHILD_OF", "traceID": TRACE, "spanID": "0000000000000001"}]));
    assert!(call["tags"].as_array().unwrap().contains(&tag("w3c.tracestate", "string", json!("a=1"))), "{call}");
    assert_eq!(
        *work,
        json!({
            "traceID": TRACE, "spanID": "0000000000000003", "flags": 0, "operationName": "GET /cart",
            "references": [
                {"refType": "CHILD_OF", "traceID": TRACE, "spanID": "0000000000000002"},
                {"refType": "FOLLOWS_FROM", "traceID": "1".repeat(32), "spanID": "2".repeat(16)},
            ],
            "startTime": start / 1_000 + 10_000, "duration": 70_000,
            "tags": [
                tag("app.new", "bool", json!(true)),
                tag("app.parts", "string", json!("[1,\"b\"]")),
                tag("app.price", "float64", json!(1.5)),
                tag("http.response.status_code", "int64", json!(500)),
                tag("otel.scope.name", "string", json!("lib")),
                tag("otel.scope.version", "string", json!("2")),
                tag("span.kind", "string", json!("server")),
                tag("otel.status_code", "string", json!("ERROR")),
                tag("error", "bool", json!(true)),
                tag("otel.status_description", "string", json!("no stock")),
            ],
            "logs": [{
                "timestamp": start / 1_000 + 20_000,
                "fields": [
                    tag("event", "string", json!("exception")),
                    tag("exception.type", "string", json!("OutOfStock")),
                ],
            }],
            "processID": "p2", "warnings": null,
        })
    );
    assert_eq!((&page["processID"], &call["processID"]), (&json!("p1"), &json!("p1")));
    let process = |service: &str| json!({"serviceName": service, "tags": [tag("cell", "string", json!("a"))]});
    assert_eq!(trace["processes"], json!({"p1": process("page"), "p2": process("cart/eu")}));
}

#[tokio::test]
async fn a_search_answers_whole_traces() {
    let (server, start) = shop().await;
    let found = async |query: &str| {
        let (status, answer) = get(&server, &format!("/traces?{query}")).await;
        assert_eq!(status, 200, "{query}: {answer}");
        let traces = answer["data"].as_array().unwrap();
        assert!(traces.iter().all(|trace| trace["spans"].as_array().unwrap().len() == 3), "{query}: {answer}");
        traces.len()
    };
    let (before, after) = (start / 1_000 - 1, start / 1_000 + 1_000_000);
    for (query, count) in [
        ("service=cart%2Feu".to_owned(), 1),
        (format!("service=cart%2Feu&start={before}&end={after}"), 1),
        (format!("service=cart%2Feu&start={after}&end={}", after + 1), 0),
        ("service=page&operation=call+cart&limit=1".to_owned(), 1),
        ("service=page&operation=GET+/cart".to_owned(), 0),
        ("service=cart%2Feu&minDuration=70ms&maxDuration=0.07s".to_owned(), 1),
        ("service=cart%2Feu&minDuration=71ms".to_owned(), 0),
        ("service=cart%2Feu&tags=%7B%22http.response.status_code%22:%22500%22,%22error%22:%22true%22%7D".to_owned(), 1),
        // By the older name of the convention as well.
        ("service=cart%2Feu&tag=http.status_code:500&tag=app.price:1.5&tag=app.new:true".to_owned(), 1),
        ("service=cart%2Feu&tag=http.status_code:404".to_owned(), 0),
        ("service=cart%2Feu&tag=span.kind:client".to_owned(), 0),
        ("service=cart%2Feu&tag=cell:a".to_owned(), 1),
        ("service=page&tag=error:true".to_owned(), 0),
        (format!("traceID={TRACE}&traceID=abc"), 1),
    ] {
        assert_eq!(found(&query).await, count, "{query}");
    }
}

#[tokio::test]
async fn who_calls_whom() {
    let (server, start) = shop().await;
    let (status, answer) = get(&server, &format!("/dependencies?endTs={}", start / 1_000_000 + 60_000)).await;
    assert_eq!((status, &answer["data"]), (200, &json!([{"parent": "page", "child": "cart/eu", "callCount": 1}])));
}

#[tokio::test]
async fn failures_have_jaegers_form() {
    let (server, _) = shop().await;
    let refused = async |path: &str, status: u16, part: &str| {
        let (found, answer) = get(&server, path).await;
        assert_eq!((found, &answer["data"], &answer["errors"][0]["code"]), (status, &Value::Null, &json!(status)));
        assert!(answer["errors"][0]["msg"].as_str().unwrap().contains(part), "{path}: {answer}");
    };
    refused("/traces", 400, "parameter 'service' is required").await;
    refused("/traces?service=a&limit=x", 400, "'limit'").await;
    refused("/traces?service=a&tag=span.kind:sideways", 400, "sideways").await;
    refused("/operations", 400, "'service'").await;
    refused("/traces/nonsense", 400, "'traceID'").await;
    refused("/traces/abc", 404, "trace not found").await;
    refused("/dependencies?endTs=x", 400, "'endTs'").await;
}

#[tokio::test]
async fn what_is_left_out_is_in_a_header() {
    let (server, start) = shop().await;
    let span = json!({
        "traceId": "1".repeat(32), "spanId": "3".repeat(16), "name": "GET /cart", "kind": 2,
        "startTimeUnixNano": start.to_string(), "endTimeUnixNano": (start + 1).to_string(),
    });
    let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": "cart/eu"}}]});
    let export = json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]});
    server.call(Method::POST, "/v1/traces", &[], Some(export)).await;
    let path = "/jaeger/api/traces?service=cart%2Feu&limit=";
    let header = async |limit: u32| {
        let response = server.send(request(Method::GET, &format!("{path}{limit}"), &[], None)).await;
        response.headers().get("x-alidade-truncated").map(|text| text.to_str().unwrap().to_owned())
    };
    assert!(header(1).await.unwrap().contains("1 traces a page"));
    assert_eq!(header(2).await, None);
}
