//! What can be done about a time range in the URL that cannot be asked for. Every screen that meets one offers it.

use api::TimeRange;
use leptos::prelude::*;

use crate::clock;
use crate::part::{Button, Glyph};
use crate::url::Place;

/// The ways out of a range that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Repair {
    /// The same ends in their order, where they are only the wrong way round.
    swapped: Option<TimeRange>,
}

impl Repair {
    /// What is wrong, in words of the screen.
    pub(crate) fn title(&self) -> &'static str {
        match self.swapped {
            Some(_) => "The time range ends before it begins",
            None => "This time range cannot be shown",
        }
    }
}

/// The repair of the page's range; `None` where nothing is wrong with it. Tracked.
pub(crate) fn needed(place: Place) -> Option<Repair> {
    repair(&place.range(), clock::now_unix_nano())
}

fn repair(range: &TimeRange, now: i64) -> Option<Repair> {
    if range.resolve(now).is_ok() {
        return None;
    }
    let reversed = TimeRange { from: range.to.clone(), to: range.from.clone() };
    Some(Repair { swapped: Some(reversed).filter(|reversed| reversed.resolve(now).is_ok()) })
}

/// A button for each way out.
#[component]
pub(crate) fn RangeButtons(place: Place, repair: Repair) -> impl IntoView {
    let swap = repair.swapped.map(|swapped| {
        let set = move |_| place.set_range(swapped.clone());
        view! { <Button text="Swap from and to" icon=Glyph::Refresh testid="range-swap" on_click=set /> }
    });
    view! {
        {swap}
        <Button text="Show the last hour" icon=Glyph::Clock testid="range-last-hour" on_click=move |_| place.set_range(TimeRange::default()) />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_769_860_800_000_000_000; // 2026-01-31T12:00:00Z

    fn of(from: &str, to: &str) -> Option<Repair> {
        repair(&TimeRange { from: from.to_owned(), to: to.to_owned() }, NOW)
    }

    #[test]
    fn a_range_that_can_be_asked_for_needs_nothing() {
        assert_eq!(of("now-1h", "now"), None);
        assert_eq!(of("2026-01-31T10:00:00Z", "now+1h"), None);
    }

    #[test]
    fn only_ends_that_are_the_wrong_way_round_can_be_swapped() {
        let swapped = |from: &str, to: &str| of(from, to).expect("wrong").swapped.map(|range| (range.from, range.to));
        assert_eq!(swapped("now", "now-1h"), Some(("now-1h".to_owned(), "now".to_owned())));
        assert_eq!(swapped("2027-01-01", "now"), Some(("now".to_owned(), "2027-01-01".to_owned())));
        assert_eq!(swapped("now-1h", "now-1h"), None);
        assert_eq!(swapped("yesterday", "now"), None);
        assert_eq!(swapped("now-1h", "tomorrow"), None);
    }
}
