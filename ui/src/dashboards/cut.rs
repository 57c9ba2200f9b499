//! What a widget does not show of what there is. The server says what it left out; what the board leaves out itself is
//! said here in the same way. Pure.

use api::metric::SeriesAnswer;
use api::{Truncation, TruncationReason};

/// What the server left out of these answers, each said once: several lines of a chart are often cut alike.
pub(super) fn of_answers(answers: &[SeriesAnswer]) -> Vec<Truncation> {
    let mut cuts: Vec<Truncation> = Vec::new();
    for cut in answers.iter().filter_map(|answer| answer.truncated.as_ref()) {
        if !cuts.contains(cut) {
            cuts.push(cut.clone());
        }
    }
    cuts
}

/// So many of the board's own `things` are more than its limit; `None` where all are shown.
pub(super) fn own(found: usize, limit: usize, things: &str) -> Option<Truncation> {
    let message = || format!("{found} {things} were found; the {limit} largest are shown: raise the widget's `limit`");
    (found > limit).then(|| Truncation {
        reason: TruncationReason::Limit,
        limit: Some(limit as u64),
        message: message(),
    })
}

/// The answer with no more lines than this. What the server left out before stays said.
pub(super) fn limit_lines(answer: &mut SeriesAnswer, limit: usize) {
    let Some(mut cut) = own(answer.series.len(), limit, "lines") else { return };
    answer.series.truncate(limit);
    if let Some(before) = &answer.truncated {
        cut.message = format!("{}; before that, {}", cut.message, before.message);
    }
    answer.truncated = Some(cut);
}

#[cfg(test)]
mod tests {
    use api::metric::Series;

    use super::*;

    fn answer(lines: usize, truncated: Option<Truncation>) -> SeriesAnswer {
        let line = Series { labels: Default::default(), values: vec![Some(1.0)] };
        SeriesAnswer {
            start_unix_nano: api::Nanos(0),
            period_seconds: 60,
            unit: String::new(),
            series: vec![line; lines],
            exemplars: Vec::new(),
            statistics: api::Statistics::default(),
            truncated,
        }
    }

    #[test]
    fn how_many_of_how_many() {
        let cut = own(12, 8, "rows").unwrap();
        assert_eq!((cut.reason, cut.limit), (TruncationReason::Limit, Some(8)));
        assert!(cut.message.starts_with("12 rows were found; the 8 largest"));
        assert_eq!(own(8, 8, "rows"), None);
    }

    #[test]
    fn a_limit_of_the_board_does_not_hide_one_of_the_server() {
        let mut cut = answer(5, own(900, 500, "services"));
        limit_lines(&mut cut, 3);
        let message = cut.truncated.unwrap().message;
        assert_eq!(cut.series.len(), 3);
        assert!(message.contains("5 lines") && message.contains("900 services"), "{message}");
        let mut whole = answer(3, None);
        limit_lines(&mut whole, 3);
        assert_eq!((whole.series.len(), whole.truncated), (3, None));
    }

    #[test]
    fn the_same_cut_is_said_once() {
        let cut = own(80, 50, "lines");
        assert_eq!(of_answers(&[answer(1, cut.clone()), answer(1, None), answer(1, cut)]).len(), 1);
    }
}
