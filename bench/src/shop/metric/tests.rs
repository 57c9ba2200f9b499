use super::*;

#[test]
fn cumulative_values_never_fall_and_buckets_add_up() {
    let graph = Graph::new(1, 4, 2);
    let mut reporter = Reporter::all(&graph, 1, 0).remove(3);
    let mut before = 0;
    for step in 1..20u64 {
        let (report, count) = reporter.report(&graph, step * 1_000_000_000);
        assert_eq!(count, 3 + 2 * 9);
        for metric in &report.scope_metrics[0].metrics {
            if let Some(Data::Histogram(histogram)) = &metric.data {
                let total = histogram.data_points.iter().map(|p| p.count).sum::<u64>();
                assert!(total >= before);
                before = total;
                for point in &histogram.data_points {
                    assert_eq!(point.bucket_counts.iter().sum::<u64>(), point.count);
                }
            }
        }
    }
    assert!(before > 0);
}
