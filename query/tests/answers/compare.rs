use api::TimeRange;
use api::compare::{CompareRequest, ComparedAttribute, ComparedValue};
use api::trace::{Class, TraceSearch};

use super::fixture::{SECOND, Shop, T0};
use super::{json, same_live_and_sealed};

fn between(from_seconds: i64, to_seconds: i64) -> TraceSearch {
    let time = |seconds: i64| (T0 + seconds * SECOND).to_string();
    TraceSearch { range: TimeRange { from: time(from_seconds), to: time(to_seconds) }, ..TraceSearch::default() }
}

fn pick<'a>(attributes: &'a [ComparedAttribute], key: &str) -> &'a ComparedAttribute {
    attributes.iter().find(|attribute| attribute.key == key).unwrap_or_else(|| panic!("{key}: {attributes:#?}"))
}

fn value(value: &str, selection: u64, baseline: u64) -> ComparedValue {
    ComparedValue { value: value.to_owned(), selection, baseline }
}

/// 200 page views of two spans each; 20 of them are 404.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_went_wrong_against_the_rest() {
    same_live_and_sealed(async |shop| {
        let servers = TraceSearch { kinds: vec!["server".to_owned()], ..between(90, 3_600) };
        let request = CompareRequest {
            selection: TraceSearch { classes: vec![Class::Error], ..servers.clone() },
            baseline: servers,
            limit: None,
        };
        let answer = shop.engine.compare_spans(&shop.tenant, &request).await.unwrap();
        assert_eq!((answer.selection.spans, answer.baseline.spans), (20, 180));
        assert_eq!((answer.selection.counts.error, answer.baseline.counts.ok), (20, 180));
        let status = pick(&answer.attributes, "http.response.status_code");
        assert!((status.difference - 1.0).abs() < 1e-9, "{status:?}");
        assert_eq!(status.values, [value("200", 0, 180), value("404", 20, 0)]);
        let class = pick(&answer.attributes, "class");
        assert_eq!(class.values, [value("error", 20, 0), value("ok", 0, 180)]);
        // All of both are of one service, and so they do not differ by it.
        assert!(!answer.attributes.iter().any(|attribute| attribute.key == "service.name"), "{:#?}", answer.attributes);
        assert_eq!(answer.truncated, None);
        json(answer)
    })
    .await;
}

/// An attribute in the map, one that has a column, and the older name of one that has a column.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_time_against_another() {
    same_live_and_sealed(async |shop| {
        let request = CompareRequest { selection: between(60, 62), baseline: between(90, 3_600), limit: Some(200) };
        let answer = shop.engine.compare_spans(&shop.tenant, &request).await.unwrap();
        assert_eq!((answer.selection.spans, answer.baseline.spans), (6, 400));
        let status = pick(&answer.attributes, "http.response.status_code");
        assert!(status.values.contains(&value("200", 0, 180)) && status.missing == value("", 5, 200), "{status:?}");
        assert_eq!(status.others, value("", 1, 0), "the 500 of one span");
        let service = pick(&answer.attributes, "service.name");
        assert!(service.values.contains(&value("orders", 3, 0)), "{service:?}");
        let visitor = pick(&answer.attributes, "app.visitor");
        assert_eq!((visitor.values.len(), visitor.missing.selection), (7, 6));
        json(answer)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_out_is_said() {
    let shop = Shop::with(query::Config { attribute_rows_max: 10, ..query::Config::default() }).await;
    let spans = (0..20_000).flat_map(super::fixture::page_view).collect();
    shop.append(storage::Batch::Spans(spans)).await;
    let all = between(0, 100_000);
    let request = CompareRequest { selection: between(0, 101), baseline: all.clone(), limit: Some(1) };
    let answer = shop.engine.compare_spans(&shop.tenant, &request).await.unwrap();
    assert!(answer.truncated.unwrap().message.contains("attribute_rows_max"));
    for (wrong, part) in [
        (CompareRequest { limit: Some(0), ..request.clone() }, "limit"),
        (CompareRequest { selection: between(5, 1), ..request.clone() }, "before"),
        (CompareRequest { baseline: TraceSearch { callee: Some("x".into()), ..all }, ..request }, "callee"),
    ] {
        let refused = shop.engine.compare_spans(&shop.tenant, &wrong).await.unwrap_err();
        assert!(refused.message.contains(part), "{refused:?}");
    }
}
