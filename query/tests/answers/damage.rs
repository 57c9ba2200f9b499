//! A damaged data page: the answer has the other rows, says which file is left out, and health names it.

use api::TruncationReason;
use api::sql::SqlRequest;
use storage::{Batch, Signal};

use super::fixture::{SECOND, Shop, T0, page_view};

async fn counted(shop: &Shop, query: &str) -> (u64, Option<api::Truncation>) {
    let request = SqlRequest { query: query.to_owned(), limit: None };
    let answer = shop.engine.sql(&shop.tenant, &request).await.unwrap();
    (answer.rows[0][0].as_u64().unwrap(), answer.truncated)
}

#[tokio::test]
async fn a_flipped_bit_in_a_page_costs_its_segment_only() {
    const QUERY: &str = "SELECT count(*) FROM spans WHERE length(name) + length(service_name) > 0 AND duration_ns >= 0";
    for part in [3, 5, 8] {
        let shop = Shop::empty().await;
        let mut rows = Vec::new();
        for batch in [0..120_i64, 120..300] {
            let spans: Vec<_> = batch.flat_map(|number| page_view(number.try_into().unwrap())).collect();
            rows.push(spans.len() as u64);
            shop.append(Batch::Spans(spans)).await;
            shop.store.seal_all().await.unwrap();
        }
        assert_eq!(counted(&shop, QUERY).await, (rows[0] + rows[1], None));
        let snapshot = shop.store.snapshot(&shop.tenant, Signal::Spans).await.unwrap();
        let damaged = snapshot.segments.iter().min_by_key(|segment| segment.rows).unwrap();
        let path = shop.directory.path().join(damaged.path.as_ref());
        let mut bytes = std::fs::read(&path).unwrap();
        // Every block of this part of the data, so that whatever the question reads is touched.
        let data = damaged.checksums.unwrap().data_bytes as usize;
        for at in (part..data).step_by(4_096) {
            bytes[at] ^= 0x10;
        }
        std::fs::write(&path, bytes).unwrap();
        // Pieces are read in another way than SQL reads: one of the files meets the damage first like this.
        if part == 5 {
            let range = api::TimeRange { from: T0.to_string(), to: (T0 + 3_600 * SECOND).to_string() };
            let asked = api::trace::TraceSearch { range, limit: Some(1_000), ..Default::default() };
            let page = shop.engine.search_traces(&shop.tenant, &asked).await.unwrap();
            assert_eq!(page.traces.len() as u64 * 2, rows[1]);
            assert_eq!(page.truncated.unwrap().reason, TruncationReason::MissingData);
        }
        for _ in 0..2 {
            let (count, truncated) = counted(&shop, QUERY).await;
            assert_eq!(count, rows[1]);
            let truncated = truncated.unwrap();
            assert_eq!(truncated.reason, TruncationReason::MissingData);
            assert!(truncated.message.contains(damaged.path.as_ref()), "{}", truncated.message);
        }
        let health = shop.store.health();
        assert!(health.set_aside.iter().any(|file| file.original.ends_with(damaged.path.filename().unwrap())));
    }
}

#[tokio::test]
async fn a_file_that_is_put_back_is_served_again() {
    let shop = Shop::open().await;
    shop.store.seal_all().await.unwrap();
    let all = counted(&shop, "SELECT count(*) FROM logs").await;
    let snapshot = shop.store.snapshot(&shop.tenant, Signal::Logs).await.unwrap();
    let path = shop.directory.path().join(snapshot.segments[0].path.as_ref());
    let away = path.with_extension("away");
    std::fs::rename(&path, &away).unwrap();
    assert!(counted(&shop, "SELECT count(*) FROM logs").await.1.is_some());
    assert_eq!(shop.store.health().set_aside.len(), 1);
    std::fs::rename(&away, &path).unwrap();
    assert_eq!(counted(&shop, "SELECT count(*) FROM logs").await, all);
    assert_eq!(shop.store.health().set_aside, []);
}
