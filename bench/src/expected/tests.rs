use super::thinned::Thinned;
use super::{Expected, WATCHED_PHRASES, WATCHED_WORDS};
use crate::shop::log::LINES;

#[test]
fn a_watched_text_is_of_one_kind_of_line_and_no_variable() {
    for text in WATCHED_WORDS.iter().chain(&WATCHED_PHRASES) {
        assert_eq!(LINES.iter().filter(|line| line.text.contains(text)).count(), 1, "{text}");
        assert!(!text.contains(['{', '}']), "{text}");
    }
}

#[test]
fn samples_are_spread_over_the_whole_stream() {
    for length in [1_u64, 399, 400, 5_000] {
        let mut samples = Thinned::default();
        (0..length).for_each(|number| samples.offer(|| number));
        let kept = samples.kept();
        assert!(kept.len() as u64 >= length.min(200) && kept.len() < 400, "{length}: {}", kept.len());
        let steps: Vec<u64> = kept.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.iter().all(|step| *step == steps[0]), "{length}: {steps:?}");
        assert!(kept[kept.len() - 1] + steps.first().unwrap_or(&1) >= length, "{length}");
    }
}

#[test]
fn requests_of_one_report_are_added() {
    let mut expected = Expected::default();
    for (time, count) in [(1, 5), (1, 7), (2, 1)] {
        expected.requests("cart", time, count);
    }
    assert_eq!(expected.requests_since(1)["cart"], 13);
    assert_eq!(expected.requests_since(2)["cart"], 1);
}
