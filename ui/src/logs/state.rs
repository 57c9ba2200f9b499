//! The lines on the screen: the first page, older ones, and what follow mode brings.
//!
//! Follow mode opens a live tail. When it begins, and whenever its connection has begun anew, the search is asked for what
//! came since the newest line. A tail that fails is opened again every second; the failure is shown until then.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use api::log::{LogHistogram, LogPage, LogSearch};
use api::tail::LogTail;
use api::{ApiError, Statistics, TimeRange, Truncation};
use futures::channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::filter::{BARS, Filter, PAGE};
use super::lines::Lines;
use super::tail::{self, News};
use crate::client;
use crate::clock;
use crate::load::{Load, load};
use crate::url::Place;

/// Between two attempts to open a tail.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// So long after the search was asked for what the tail does not have, the tail may bring some of the same.
const OVERLAP_NS: i64 = 2_000_000_000;

/// Follow mode without any line begins so far back.
const FOLLOW_FROM_NS: i64 = 5_000_000_000;

/// What follow mode is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Follow {
    /// Nothing.
    #[default]
    Off,
    /// Following; so many lines came since it began.
    On {
        /// Lines so far.
        came: u64,
        /// Rows that came faster than they could be shown; none of them was looked at.
        skipped: u64,
        /// While the connection was away more came than a page has: lines may be missing.
        gap: bool,
        /// Why there is no connection.
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
    /// Ends the tail when it is dropped.
    tail: StoredValue<Option<oneshot::Sender<()>>>,
    /// When the search was asked for what the tail does not have.
    caught_up: StoredValue<i64>,
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
            tail: StoredValue::new(None),
            caught_up: StoredValue::new(0),
            asked,
        };
        Effect::new(move |_| {
            if let Some(page) = page.value.get() {
                state.begin(&page);
            }
        });
        on_cleanup(move || state.tail.set_value(None));
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
        if self.is_following() {
            self.open_tail();
        }
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
        if self.is_following() {
            self.follow.set(Follow::Off);
            self.tail.set_value(None);
        } else {
            self.follow.set(Follow::On { came: 0, skipped: 0, gap: false, failure: None });
            self.open_tail();
        }
    }

    /// False where the screen is gone.
    fn is_following(self) -> bool {
        self.follow.try_with_untracked(|follow| *follow != Follow::Off).unwrap_or(false)
    }

    /// Follows what the first page asked for, in place of what was followed before.
    fn open_tail(self) {
        let (stop, stopped) = oneshot::channel();
        self.tail.set_value(Some(stop));
        let search = self.asked.get_value();
        spawn_local(async move {
            tail::follow(&search, stopped, async |news| self.take(news).await).await;
        });
    }

    async fn take(self, news: News) {
        match news {
            News::Opened => self.catch_up().await,
            News::Came(LogTail { mut records, skipped }) => {
                // They came in the order of time, more or less; lines have the newest first.
                records.reverse();
                let is_overlap = clock::now_unix_nano() - self.caught_up.get_value() < OVERLAP_NS;
                let mut fresh = records.len() as u64;
                self.lines.update(|lines| match is_overlap {
                    true => fresh = lines.newer(records) as u64,
                    false => lines.put_in_front(records),
                });
                self.note(|came, all_skipped, _| (*came, *all_skipped) = (*came + fresh, *all_skipped + skipped), None);
            }
            News::Failed(reason) => {
                self.note(|_, _, _| (), Some(reason));
                let generation = self.generation.get_value();
                let again = move || {
                    let is_same = self.generation.try_get_value() == Some(generation);
                    if is_same && self.is_following() {
                        self.open_tail();
                    }
                };
                set_timeout(again, AGAIN_AFTER);
            }
        }
    }

    /// Asks the search for what came between the newest line and the begin of the tail.
    async fn catch_up(self) {
        let from = self.lines.with_untracked(Lines::newest).unwrap_or_else(|| clock::now_unix_nano() - FOLLOW_FROM_NS);
        // Clocks of senders may run ahead; what they sent is still new.
        let range = TimeRange { from: from.to_string(), to: "now+1h".to_owned() };
        let search = LogSearch { range, histogram_bars: Some(0), ..self.asked.get_value() };
        let generation = self.generation.get_value();
        let answer = client::logs_search(search).await;
        if self.generation.try_get_value() != Some(generation) {
            return;
        }
        self.caught_up.set_value(clock::now_unix_nano());
        match answer {
            Ok(page) => {
                let is_full = page.records.len() >= PAGE as usize;
                let mut fresh = 0;
                self.lines.maybe_update(|lines| {
                    fresh = lines.newer(page.records) as u64;
                    fresh > 0
                });
                let is_cut = is_full && fresh >= u64::from(PAGE);
                self.note(|came, _, gap| (*came, *gap) = (*came + fresh, *gap || is_cut), None);
            }
            Err(failure) => self.note(|_, _, gap| *gap = true, Some(failure.error.message)),
        }
    }

    fn note(self, change: impl FnOnce(&mut u64, &mut u64, &mut bool), reason: Option<String>) {
        self.follow.update(|follow| {
            if let Follow::On { came, skipped, gap, failure } = follow {
                change(came, skipped, gap);
                *failure = reason;
            }
        });
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
