use std::time::Duration;

use super::Times;

#[test]
fn a_share_is_the_smallest_that_covers_it() {
    let times = Times::new((1..=100).rev().map(Duration::from_millis).collect());
    assert_eq!([0.5, 0.9, 0.99, 1.0].map(|share| times.ms(share)), ["50.00", "90.00", "99.00", "100.00"]);
    assert_eq!(Times::new(vec![Duration::from_millis(3)]).ms(0.5), "3.00");
    assert_eq!(Times::default().ms(0.5), "0.00");
}
