use super::*;

fn point(x: f64, y: f64) -> Point {
    Point { x, y }
}

#[test]
fn a_straight_edge_runs_from_ring_to_ring() {
    let path = path(point(0.0, 0.0), point(200.0, 0.0), &[point(50.0, 0.0), point(150.0, 0.0)]);
    assert_eq!(path, "M29 0C100 0 100 0 171 0");
}

/// Past one column, as the layout writes it: the ends, and both sides of two gaps.
const PAST_ONE: [(f64, f64); 6] =
    [(24.0, 0.0), (40.0, 80.0), (160.0, 80.0), (240.0, 80.0), (360.0, 80.0), (376.0, 0.0)];

#[test]
fn a_column_is_passed_level() {
    let route = PAST_ONE.map(|(x, y)| point(x, y));
    let path = path(point(0.0, 0.0), point(400.0, 0.0), &route);
    assert!(path.contains("160 80H240C") && !path.contains("40 80"), "{path}");
    assert_eq!(middle(point(0.0, 0.0), point(400.0, 0.0), &route), point(200.0, 80.0));
}

#[test]
fn an_edge_that_runs_back_passes_its_column_backwards() {
    let mut route = PAST_ONE.map(|(x, y)| point(x, y));
    route.reverse();
    let path = path(point(400.0, 0.0), point(0.0, 0.0), &route);
    assert!(path.contains("240 80H160C"), "{path}");
}

#[test]
fn a_steep_edge_still_leaves_the_ring_at_its_side() {
    let start = border(point(0.0, 0.0), point(0.0, 500.0));
    assert!((start.x.hypot(start.y) - (RADIUS + GAP)).abs() < 1e-9);
    assert!(start.x > 15.0, "{start:?}");
}

#[test]
fn a_service_that_calls_itself_gets_a_loop() {
    let path = path(point(100.0, 100.0), point(100.0, 100.0), &[]);
    assert!(path.starts_with('M') && path.contains('C') && !path.contains("NaN"), "{path}");
    assert!(middle(point(100.0, 100.0), point(100.0, 100.0), &[]).y < 100.0 - RADIUS);
}

#[test]
fn width_grows_with_the_rate() {
    assert_eq!(width(0.0, 100.0), 1.0);
    assert!(width(1.0, 100.0) < width(10.0, 100.0));
    assert!(width(100.0, 100.0) <= 6.0);
    assert!(width(1e-9, 100.0) >= 1.0);
    assert!(width(5.0, 0.0).is_finite());
}
