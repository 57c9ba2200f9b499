//! The state of the page: signals that the parts share, kept in the URL.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;

use super::address::{self, Address, Tab};
use super::find;
use super::model::Model;
use super::rows::{self, Only, Row, Step};
use super::view_range::ViewRange;
use crate::url::Place;

/// How long the state must rest before it is written into the URL.
const URL_REST: Duration = Duration::from_millis(200);

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(crate) struct TraceState {
    /// The trace.
    pub(crate) model: Signal<Arc<Model>>,
    /// The part of it that is shown.
    pub(crate) range: RwSignal<ViewRange>,
    /// Row of the selected span.
    pub(crate) selected: RwSignal<Option<usize>>,
    /// Whether its details are open.
    pub(crate) details: RwSignal<bool>,
    /// Rows that are closed.
    pub(crate) collapsed: RwSignal<HashSet<usize>>,
    /// Which spans are wanted.
    pub(crate) only: RwSignal<Only>,
    /// The open tab.
    pub(crate) tab: RwSignal<Tab>,
    /// The text to find.
    pub(crate) find: RwSignal<String>,
    /// Rows that hold it.
    pub(crate) found: Memo<Vec<usize>>,
    /// The visible rows.
    pub(crate) rows: Memo<Vec<Row>>,
    /// Row that the waterfall should bring into sight, and how often that was asked.
    pub(crate) reveal: RwSignal<(Option<usize>, u32)>,
}

impl TraceState {
    /// From the URL.
    pub(crate) fn new(model: Signal<Arc<Model>>, place: Place) -> Self {
        let start = untrack(|| Address::read(|key| place.get(key)));
        let trace = model.get_untracked();
        let collapsed = RwSignal::new(address::closed_rows(&trace, &start.collapsed));
        let selected = start.span.and_then(|id| trace.row(&id));
        let (only, find_text) = (RwSignal::new(start.only), RwSignal::new(start.find));
        let state = Self {
            model,
            range: RwSignal::new(start.range),
            selected: RwSignal::new(selected),
            details: RwSignal::new(selected.is_some()),
            collapsed,
            only,
            tab: RwSignal::new(start.tab),
            find: find_text,
            found: Memo::new(move |_| find::find(&model.get(), &find_text.get())),
            rows: Memo::new(move |_| rows::visible(&model.get(), &collapsed.read(), only.get())),
            reveal: RwSignal::new((selected, 0)),
        };
        state.follow_the_model();
        state.write_the_url(place);
        state
    }

    /// Selects a span, opens the rows above it and brings it into sight.
    pub(crate) fn select(self, row: usize) {
        let above = rows::ancestors(&self.model.get_untracked(), row);
        if self.collapsed.with_untracked(|closed| above.iter().any(|row| closed.contains(row))) {
            self.collapsed.update(|closed| closed.retain(|row| !above.contains(row)));
        }
        self.selected.set(Some(row));
        self.reveal.update(|(wanted, times)| (*wanted, *times) = (Some(row), *times + 1));
    }

    /// Opens or closes a row.
    pub(crate) fn toggle(self, row: usize) {
        self.collapsed.update(|closed| {
            if !closed.remove(&row) {
                closed.insert(row);
            }
        });
    }

    /// To the next match, or the one before.
    pub(crate) fn find_next(self, forward: bool) {
        let next = self.found.with_untracked(|found| find::next(found, self.selected.get_untracked(), forward));
        if let Some(row) = next {
            if !self.rows.with_untracked(|rows| rows.iter().any(|r| r.span == row)) {
                self.only.set(Only::All);
            }
            self.select(row);
        }
    }

    /// Does what a key asks for; false if it asks for nothing.
    pub(crate) fn key(self, key: &str, page: usize) -> bool {
        let model = self.model.get_untracked();
        let step = self.rows.with_untracked(|rows| {
            self.collapsed
                .with_untracked(|closed| rows::step(key, &model, rows, closed, self.selected.get_untracked(), page))
        });
        match step {
            Step::Select(row) => self.select(row),
            Step::Expand(row) | Step::Collapse(row) => self.toggle(row),
            Step::Toggle(_) => self.details.update(|open| *open = !*open),
            Step::Stay => return false,
        }
        true
    }

    fn address(self) -> Address {
        let model = self.model.get();
        Address {
            span: self.selected.get().and_then(|row| model.span(row)).map(|span| span.span_id.clone()),
            range: self.range.get(),
            collapsed: self.collapsed.with(|closed| address::closed_ids(&model, closed)),
            only: self.only.get(),
            tab: self.tab.get(),
            find: self.find.get(),
        }
    }

    /// A refreshed trace may have more spans: rows that are closed or selected keep their spans.
    fn follow_the_model(self) {
        Effect::new(move |before: Option<Arc<Model>>| {
            let model = self.model.get();
            if let Some(before) = before.filter(|before| !Arc::ptr_eq(before, &model)) {
                let closed = self.collapsed.with_untracked(|closed| address::closed_ids(&before, closed));
                self.collapsed.set(address::closed_rows(&model, &closed));
                let selected =
                    self.selected.get_untracked().and_then(|row| before.span(row)).map(|span| span.span_id.clone());
                self.selected.set(selected.and_then(|id| model.row(&id)));
            }
            model
        });
    }

    fn write_the_url(self, place: Place) {
        let waiting = StoredValue::new(None::<TimeoutHandle>);
        let stop = move || {
            if let Some(Some(handle)) = waiting.try_update_value(Option::take) {
                handle.clear();
            }
        };
        Effect::new(move |before: Option<Vec<(&'static str, String)>>| {
            let pairs = self.address().pairs();
            if before.is_some_and(|before| before != pairs) {
                stop();
                let pairs = pairs.clone();
                let write = move || {
                    let changes: Vec<(&str, Option<String>)> =
                        pairs.into_iter().map(|(key, value)| (key, Some(value))).collect();
                    place.replace(&changes);
                };
                waiting.set_value(set_timeout_with_handle(write, URL_REST).ok());
            }
            pairs
        });
        on_cleanup(stop);
    }
}
