//! The lines on the screen: the first page, older ones, and what follow mode brings.
//!
//! Follow mode asks every second for records from the newest one it has. A poll that fails stops nothing: the failure is
//! shown until the next poll succeeds. A poll that brings a full page says that there may be a gap.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use api::log::{LogHistogram, LogPage, LogSearch};
use api::{ApiError, Statistics, TimeRange, Truncation};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::filter::{BARS, Filter, PAGE};
use super::lines::Lines;
use crate::client;
use crate::clock;
use crate::load::{Load, load};
use crate::url::Place;

/// Between two polls.
const FOLLOW_EVERY: Duration = Duration::from_secs(1);

/// Follow mode without any line begins so far back.
const FOLLOW_FROM_NS: i64 = 5_000_000_000;

/// What follow mode is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Follow {
    /// Nothing.
    #[default]
    Off,
    /// Polling; so many lines came since it began.
    On {
        /// Lines so far.
        came: u64,
        /// A poll was full: lines between two polls may be missing.
        gap: bool,
        /// Why the last poll failed.
        failure: Option<String>,
    },
}

/// The lines and all that is known of them.
#[derive(Clone, Copy)]
pub(crate) struct LogState {
    /// The first page; its failure and loading are the screen's.
    pub(crate) page: Load<LogPage>,
    /// The filter, from the URL.
    pub(crate) filter: Memo<Filter>,
    /// Loaded lines.
    pub(crate) lines: RwSignal<Lines>,
    /// Where older lines begin; none: there are no older ones.
    pub(crate) cursor: RwSignal<Option<String>>,
    /// Whether older lines are under way, or why they did not come.
    pub(crate) older: RwSignal<(bool, Option<ApiError>)>,
    /// Counts over time.
    pub(crate) histogram: RwSignal<Option<Arc<LogHistogram>>>,
    /// Of the last page.
    pub(crate) statistics: RwSignal<(Statistics, Option<Truncation>)>,
    /// Opened lines, by key.
    pub(crate) open: RwSignal<HashSet<u64>>,
    /// Follow mode.
    pub(crate) follow: RwSignal<Follow>,
    generation: StoredValue<u64>,
    polling: StoredValue<bool>,
    /// The search of the first page, with its times resolved, so that older pages belong to it.
    asked: StoredValue<LogSearch>,
}

impl LogState {
    /// Asks for the first page, and again when the URL changes.
    pub(crate) fn new(place: Place) -> Self {
        let filter = Memo::new(move |_| Filter::read(|key| place.get(key)));
        let asked = StoredValue::new(LogSearch::default());
        let page = load(move || {
            let search =
                LogSearch { histogram_bars: Some(BARS), ..filter.get().search(pinned(place.range()), place.env()) };
            asked.set_value(search.clone());
            client::logs_search(search)
        });
        let state = Self {
            page,
            filter,
            lines: RwSignal::new(Lines::default()),
            cursor: RwSignal::new(None),
            older: RwSignal::new((false, None)),
            histogram: RwSignal::new(None),
            statistics: RwSignal::new((Statistics::default(), None)),
            open: RwSignal::new(HashSet::new()),
            follow: RwSignal::new(Follow::Off),
            generation: StoredValue::new(0),
            polling: StoredValue::new(false),
            asked,
        };
        Effect::new(move |_| {
            if let Some(page) = page.value.get() {
                state.begin(&page);
            }
        });
        let ticking = set_interval_with_handle(move || state.poll(), FOLLOW_EVERY).ok();
        on_cleanup(move || {
            if let Some(handle) = ticking {
                handle.clear();
            }
        });
        state
    }

    fn begin(self, page: &LogPage) {
        self.generation.update_value(|generation| *generation += 1);
        self.lines.set(Lines::first(page.records.clone()));
        self.cursor.set(page.cursor.clone());
        self.older.set((false, None));
        self.histogram.set(page.histogram.clone().map(Arc::new));
        self.statistics.set((page.statistics.clone(), page.truncated.clone()));
        self.open.set(HashSet::new());
    }

    /// Asks for the page after the last one.
    pub(crate) fn load_older(self) {
        let Some(cursor) = self.cursor.get_untracked() else { return };
        if self.older.with_untracked(|(under_way, _)| *under_way) {
            return;
        }
        self.older.set((true, None));
        let search = LogSearch { cursor: Some(cursor), histogram_bars: Some(0), ..self.asked.get_value() };
        let generation = self.generation.get_value();
        spawn_local(async move {
            let answer = client::logs_search(search).await;
            // A new search has begun meanwhile, or the screen is gone.
            if self.generation.try_get_value() != Some(generation) {
                return;
            }
            match answer {
                Ok(page) => {
                    self.lines.update(|lines| lines.older(page.records));
                    self.cursor.set(page.cursor);
                    self.statistics.set((page.statistics, page.truncated));
                    self.older.set((false, None));
                }
                Err(failure) => self.older.set((false, Some(failure))),
            }
        });
    }

    /// Begins or ends follow mode.
    pub(crate) fn toggle_follow(self) {
        let off = self.follow.with_untracked(|follow| *follow == Follow::Off);
        self.follow.set(if off { Follow::On { came: 0, gap: false, failure: None } } else { Follow::Off });
        self.poll();
    }

    fn poll(self) {
        let on = self.follow.try_with_untracked(|follow| *follow != Follow::Off).unwrap_or(false);
        if !on || self.polling.get_value() || self.page.loading.get_untracked() {
            return;
        }
        self.polling.set_value(true);
        let from = self.lines.with_untracked(Lines::newest).unwrap_or_else(|| clock::now_unix_nano() - FOLLOW_FROM_NS);
        // Clocks of senders may run ahead; what they sent is still new.
        let range = TimeRange { from: from.to_string(), to: "now+1h".to_owned() };
        let search = LogSearch { range, histogram_bars: Some(0), ..self.asked.get_value() };
        let generation = self.generation.get_value();
        spawn_local(async move {
            let answer = client::logs_search(search).await;
            if self.polling.try_set_value(false).is_some() || self.generation.try_get_value() != Some(generation) {
                return;
            }
            self.take(answer);
        });
    }

    fn take(self, answer: Result<LogPage, ApiError>) {
        let Follow::On { came, gap, .. } = self.follow.get_untracked() else { return };
        let next = match answer {
            Ok(page) => {
                let full = page.records.len() >= PAGE as usize;
                let mut fresh = 0;
                self.lines.maybe_update(|lines| {
                    fresh = lines.newer(page.records) as u64;
                    fresh > 0
                });
                Follow::On { came: came + fresh, gap: gap || (full && fresh >= u64::from(PAGE)), failure: None }
            }
            Err(failure) => Follow::On { came, gap, failure: Some(failure.error.message) },
        };
        self.follow.set(next);
    }
}

/// Relative times are resolved once, so that the pages of a search belong together.
fn pinned(range: TimeRange) -> TimeRange {
    match range.resolve(clock::now_unix_nano()) {
        Ok((from, to)) => TimeRange { from: from.to_string(), to: to.to_string() },
        // The server says what is wrong with it.
        Err(_) => range,
    }
}
