use super::*;

#[test]
fn only_rows_near_the_screen_are_in_the_document() {
    let window = even(5_000, 20.0, 10_000.0, 400.0);
    assert_eq!((window.first, window.last), (500 - OVERSCAN, 520 + OVERSCAN));
    assert_eq!((window.before, window.total), (f64::from(500 - OVERSCAN as u32) * 20.0, 100_000.0));
    assert_eq!(even(0, 20.0, 0.0, 400.0), Window { first: 0, last: 0, before: 0.0, total: 0.0 });
    let beyond = even(10, 20.0, 9_999.0, 400.0);
    assert!(beyond.first <= beyond.last && beyond.last == 10);
}

#[test]
fn a_row_is_brought_to_the_screen_with_the_least_movement() {
    assert_eq!(scroll_to(5, 20.0, 0.0, 400.0), None);
    assert_eq!(scroll_to(20, 20.0, 0.0, 400.0), Some(20.0));
    assert_eq!(scroll_to(4, 20.0, 100.0, 400.0), Some(80.0));
    assert_eq!(scroll_to(0, 20.0, 5_000.0, 300.0), Some(0.0));
    assert_eq!(scroll_to(100, 20.0, 0.0, 300.0), Some(1_900.0));
}

#[test]
fn measured_rows_move_those_below() {
    let mut heights = Heights::new(20.0);
    let keys: Vec<u64> = (0..100).collect();
    assert!(heights.measure(3, 200.0));
    assert!(!heights.measure(3, 200.2));
    assert!(!heights.measure(4, 20.0));
    let window = heights.window(&keys, 0.0, 100.0);
    assert_eq!((window.first, window.total.round()), (0, 2_180.0));
    assert_eq!(window.last, 4 + OVERSCAN);
    let below = heights.window(&keys, 1_000.0, 100.0);
    assert_eq!(below.first, 41 - 1 - OVERSCAN);
    assert!((below.before - (below.first as f64 * 20.0 + 180.2)).abs() < 1e-6);
}

#[test]
fn every_pixel_of_the_screen_is_covered() {
    let mut heights = Heights::new(10.0);
    for key in 0..500 {
        heights.measure(key, 5.0 + (key % 7) as f64 * 9.0);
    }
    let keys: Vec<u64> = (0..500).collect();
    for scrolled in [0.0, 333.0, 4_000.0, 15_000.0] {
        let window = heights.window(&keys, scrolled, 600.0);
        let bottom = window.before + keys[window.first..window.last].iter().map(|k| heights.of(*k)).sum::<f64>();
        assert!(window.before <= scrolled, "{scrolled}");
        assert!(bottom >= (scrolled + 600.0).min(window.total) - 1e-6, "{scrolled}");
    }
}
