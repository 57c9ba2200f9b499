//! The traces on the screen: the first page and the older ones that were asked for.

use std::sync::Arc;

use api::trace::{TracePage, TraceSearch, TraceSummary};
use api::{ApiError, Statistics, TimeRange, Truncation};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::filter::Filter;
use crate::client;
use crate::clock;
use crate::load::{Load, load};
use crate::url::Place;

/// The list and all that is known of it.
#[derive(Clone, Copy)]
pub(crate) struct ListState {
    /// The first page; its failure and loading are the screen's.
    pub(crate) page: Load<TracePage>,
    /// The filter and what could not be read of it, from the URL.
    pub(crate) filter: Memo<(Filter, Vec<String>)>,
    /// Newest first.
    pub(crate) traces: RwSignal<Arc<Vec<TraceSummary>>>,
    /// Where older traces begin.
    pub(crate) cursor: RwSignal<Option<String>>,
    /// Whether older traces are under way, or why they did not come.
    pub(crate) older: RwSignal<(bool, Option<ApiError>)>,
    /// Of the last page.
    pub(crate) statistics: RwSignal<(Statistics, Option<Truncation>)>,
    /// The times that were asked for, epoch nanoseconds.
    pub(crate) times: RwSignal<Option<(i64, i64)>>,
    asked: StoredValue<(u64, TraceSearch)>,
}

impl ListState {
    /// Asks for the first page, and again when the URL changes.
    pub(crate) fn new(place: Place) -> Self {
        let filter = Memo::new(move |_| Filter::read(|key| place.get(key)));
        let asked = StoredValue::new((0, TraceSearch::default()));
        let asked_times = StoredValue::new(None);
        let page = load(move || {
            let range = place.range();
            let resolved = range.resolve(clock::now_unix_nano()).ok();
            asked_times.set_value(resolved);
            // The pages of a search belong to the same time; the server says what is wrong with a range.
            let range = resolved.map_or(range, |(from, to)| TimeRange { from: from.to_string(), to: to.to_string() });
            let search = filter.with(|(filter, _)| filter.search(range, place.env()));
            asked.update_value(|(generation, of)| (*generation, *of) = (*generation + 1, search.clone()));
            client::traces_search(search)
        });
        let state = Self {
            page,
            filter,
            traces: RwSignal::new(Arc::new(Vec::new())),
            cursor: RwSignal::new(None),
            older: RwSignal::new((false, None)),
            statistics: RwSignal::new((Statistics::default(), None)),
            times: RwSignal::new(None),
            asked,
        };
        Effect::new(move |_| {
            if let Some(page) = state.page.value.get() {
                state.times.set(asked_times.get_value());
                state.traces.set(Arc::new(page.traces.clone()));
                state.cursor.set(page.cursor.clone());
                state.older.set((false, None));
                state.statistics.set((page.statistics.clone(), page.truncated.clone()));
            }
        });
        state
    }

    /// Asks for the page after the last one.
    pub(crate) fn load_older(self) {
        let Some(cursor) = self.cursor.get_untracked() else { return };
        if self.older.with_untracked(|(under_way, _)| *under_way) {
            return;
        }
        self.older.set((true, None));
        let (generation, search) = self.asked.get_value();
        let search = TraceSearch { cursor: Some(cursor), ..search };
        spawn_local(async move {
            let answer = client::traces_search(search).await;
            // A new search has begun meanwhile, or the screen is gone.
            if self.asked.try_with_value(|(now, _)| *now) != Some(generation) {
                return;
            }
            match answer {
                Ok(page) => {
                    self.traces.update(|traces| Arc::make_mut(traces).extend(page.traces));
                    self.cursor.set(page.cursor);
                    self.statistics.set((page.statistics, page.truncated));
                    self.older.set((false, None));
                }
                Err(failure) => self.older.set((false, Some(failure))),
            }
        });
    }
}
