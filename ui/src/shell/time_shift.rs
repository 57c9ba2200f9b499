//! Ranges and how the time picker moves them. Pure.

use api::TimeRange;
use api::time::format_rfc3339;

/// Presets: back from now, and in words.
pub(super) const PRESETS: [(&str, &str); 10] = [
    ("5m", "5 minutes"),
    ("15m", "15 minutes"),
    ("30m", "30 minutes"),
    ("1h", "1 hour"),
    ("3h", "3 hours"),
    ("6h", "6 hours"),
    ("12h", "12 hours"),
    ("1d", "1 day"),
    ("3d", "3 days"),
    ("7d", "7 days"),
];

/// The presets that [`wider`] goes through.
const LOOK_BACK: [&str; 4] = ["1h", "6h", "1d", "7d"];

/// How the range is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shift {
    /// Back by its own length.
    Earlier,
    /// Forward by its own length, at most to now.
    Later,
    /// Twice as long about its middle, at most to now.
    Wider,
}

/// The range that is moved, as absolute times; `None` if the present one cannot be read.
pub(super) fn shifted(range: &TimeRange, shift: Shift, now: i64) -> Option<TimeRange> {
    let (from, to) = range.resolve(now).ok()?;
    let length = to - from;
    let (from, to) = match shift {
        Shift::Earlier => (from - length, to - length),
        Shift::Later => {
            let to = (to + length).min(now.max(to));
            (to - length, to)
        }
        Shift::Wider => {
            let to = (to + length / 2).min(now.max(to));
            (to - 2 * length, to)
        }
    };
    Some(absolute(from, to))
}

/// A longer range that holds the present one, and what a button to it says; `None` if the present one cannot be read. One
/// that ends now takes the next of a few lengths, any other doubles.
pub(crate) fn wider(range: &TimeRange, now: i64) -> Option<(TimeRange, String)> {
    let (from, _) = range.resolve(now).ok()?;
    let since = |back: &str| TimeRange { from: format!("now-{back}"), to: "now".to_owned() };
    let is_longer = |back: &str| since(back).resolve(now).is_ok_and(|(earlier, _)| earlier < from);
    let next = PRESETS.iter().find(|(back, _)| LOOK_BACK.contains(back) && is_longer(back));
    match next.filter(|_| range.to == "now") {
        Some((back, words)) => Some((since(back), format!("Look back {words}"))),
        None => shifted(range, Shift::Wider, now).map(|range| (range, "Look twice as far".to_owned())),
    }
}

/// A range between two moments, to the millisecond.
pub(super) fn absolute(from: i64, to: i64) -> TimeRange {
    let whole = |nanos: i64| format_rfc3339(nanos - nanos.rem_euclid(1_000_000));
    TimeRange { from: whole(from), to: whole(to) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_769_860_800_000_000_000; // 2026-01-31T12:00:00Z

    fn range(from: &str, to: &str) -> TimeRange {
        TimeRange { from: from.to_owned(), to: to.to_owned() }
    }

    #[test]
    fn earlier_and_later_keep_the_length() {
        let earlier = shifted(&range("now-1h", "now"), Shift::Earlier, NOW).unwrap();
        assert_eq!(earlier, range("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z"));
        assert_eq!(
            shifted(&earlier, Shift::Later, NOW).unwrap(),
            range("2026-01-31T11:00:00Z", "2026-01-31T12:00:00Z")
        );
    }

    #[test]
    fn the_future_is_not_shown() {
        let later = shifted(&range("now-1h", "now"), Shift::Later, NOW).unwrap();
        assert_eq!(later, range("2026-01-31T11:00:00Z", "2026-01-31T12:00:00Z"));
        let wider = shifted(&range("now-1h", "now"), Shift::Wider, NOW).unwrap();
        assert_eq!(wider, range("2026-01-31T10:00:00Z", "2026-01-31T12:00:00Z"));
    }

    #[test]
    fn a_longer_range_is_found_for_any() {
        let text = |from: &str, to: &str| wider(&range(from, to), NOW).map(|(range, text)| (range.from, text));
        let look = |from: &str, text: &str| Some((from.to_owned(), text.to_owned()));
        assert_eq!(text("now-5m", "now"), look("now-1h", "Look back 1 hour"));
        assert_eq!(text("now-1h", "now"), look("now-6h", "Look back 6 hours"));
        assert_eq!(text("now-12h", "now"), look("now-1d", "Look back 1 day"));
        assert_eq!(text("now-7d", "now"), look("2026-01-17T12:00:00Z", "Look twice as far"));
        assert_eq!(
            text("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z"),
            look("2026-01-31T09:30:00Z", "Look twice as far")
        );
        assert_eq!(text("now", "now-1h"), None);
    }

    #[test]
    fn an_unreadable_range_is_not_moved() {
        assert_eq!(shifted(&range("yesterday", "now"), Shift::Earlier, NOW), None);
    }
}
