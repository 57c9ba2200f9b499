use api::TimeRange;
use api::trace::TraceSearch;

use super::fixture::{SECOND, Shop, T0, hex, page_view, trace_id};
use super::{json, same_live_and_sealed};

fn search(filter: &str) -> TraceSearch {
    let range = TimeRange { from: T0.to_string(), to: (T0 + 3_600 * SECOND).to_string() };
    TraceSearch { range, filter: filter.to_owned(), limit: Some(1_000), ..TraceSearch::default() }
}

async fn ids(shop: &Shop, search: &TraceSearch) -> Vec<String> {
    let page = shop.engine.search_traces(&shop.tenant, search).await.unwrap();
    assert_eq!((page.cursor, page.truncated), (None, None), "{}", search.filter);
    page.traces.into_iter().map(|trace| trace.trace_id).collect()
}

/// Trace 1 is an order that fails, trace 2 works off its job, 200 more are page views, every tenth of them a 404.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expression_selects_whole_traces() {
    same_live_and_sealed(async |shop| {
        let order = vec![hex(&trace_id(1))];
        for (filter, expected) in [
            ("service(\"orders\")", order.clone()),
            ("service(\"orders\") { fault } AND service(\"gateway\") { http.method = \"POST\" }", order.clone()),
            ("edge(\"gateway\", \"orders\")", order.clone()),
            ("annotation[app.plan] = \"gold\" AND http.status = 500", order.clone()),
            ("annotation.app_missing = \"gold\"", vec![]),
            // The older name of the convention says the same.
            ("annotation[http.status_code] = 500", order.clone()),
            ("annotation[app.items] >= 3 AND annotation[app.price] < 13", order.clone()),
            ("fault AND responsetime > 0.39", order.clone()),
            ("fault AND responsetime > 0.41", vec![]),
            ("rootcause.fault.exception { message CONTAINS \"declined\" }", order.clone()),
            ("service(\"worker\") AND !service(\"gateway\")", vec![hex(&trace_id(2))]),
            ("service(\"shop@db1\")", order.clone()),
        ] {
            assert_eq!(ids(shop, &search(filter)).await, expected, "{filter}");
        }
        let errors = ids(shop, &search("error")).await;
        assert_eq!(errors.len(), 20);
        assert_eq!(errors[0], hex(&trace_id(100 + 190)), "the newest first");
        assert_eq!(ids(shop, &search("ok")).await.len(), 181);
        assert_eq!(ids(shop, &search("!ok")).await.len(), 21);
        json(shop.engine.search_traces(&shop.tenant, &search("error AND http.url BEGINSWITH \"\"")).await.unwrap())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_conditions_are_about_one_span_and_the_expression_about_the_trace() {
    same_live_and_sealed(async |shop| {
        let of = |service: &str, filter: &str| TraceSearch { service: Some(service.to_owned()), ..search(filter) };
        let page =
            shop.engine.search_traces(&shop.tenant, &of("orders", "service(\"gateway\") { fault }")).await.unwrap();
        assert_eq!((page.traces.len(), page.traces[0].matched_spans, page.traces[0].span_count), (1, 3, 5));
        assert_eq!(ids(shop, &of("worker", "service(\"gateway\")")).await, Vec::<String>::new());
        json(page)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_follow_each_other_without_a_gap() {
    same_live_and_sealed(async |shop| {
        let all = ids(shop, &search("error OR fault")).await;
        let mut paged = Vec::new();
        let mut cursor = None;
        loop {
            let asked = TraceSearch { limit: Some(8), cursor, ..search("error OR fault") };
            let page = shop.engine.search_traces(&shop.tenant, &asked).await.unwrap();
            paged.extend(page.traces.into_iter().map(|trace| trace.trace_id));
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!((paged.len(), &paged), (21, &all));
        json(paged)
    })
    .await;
}

/// Nothing of the expression can be asked of an index: traces are put together, up to a limit, and then it goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_would_cost_too_much_says_where_to_go_on() {
    let shop = Shop::with(query::Config { filter_traces_max: 30, ..query::Config::default() }).await;
    shop.append(storage::Batch::Spans((0..100).flat_map(page_view).collect())).await;
    let (mut pages, mut found, mut cursor) = (0, Vec::new(), None);
    loop {
        let asked = TraceSearch { cursor, ..search("error OR partial") };
        let page = shop.engine.search_traces(&shop.tenant, &asked).await.unwrap();
        pages += 1;
        found.extend(page.traces.into_iter().map(|trace| trace.trace_id));
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
        assert!(page.truncated.unwrap().message.contains("query.filter_traces_max"));
    }
    assert_eq!(found.len(), 10);
    assert!((4..=5).contains(&pages), "{pages}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_expression_says_where() {
    let shop = Shop::open().await;
    for (filter, part, position) in [
        ("service(\"a\") { falt }", "falt", Some(15)),
        ("responsetime = \"x\"", "number", Some(15)),
        ("fault AND", "", Some(9)),
        ("group.name = \"slow\"", "no group", Some(13)),
    ] {
        let error = shop.engine.search_traces(&shop.tenant, &search(filter)).await.unwrap_err();
        assert!(error.message.contains(part) && error.position == position, "{filter}: {error:?}");
    }
    let edge = TraceSearch { callee: Some("orders".to_owned()), ..search("fault") };
    let error = shop.engine.search_traces(&shop.tenant, &edge).await.unwrap_err();
    assert!(error.message.contains("edge("), "{error:?}");
}
