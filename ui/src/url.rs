//! The URL as state: what a colleague should see when a link is passed on stands in its query.
//!
//! Shared by all screens: `from`, `to` (as the API reads them; default the last hour), `env` (environment) and `live`
//! (seconds between refreshes). Links made by [`Place::href`] carry these along. Everything else belongs to a screen.

use std::sync::Arc;

use api::TimeRange;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::params::ParamsMap;

use crate::client::with_query;

/// Parameters that links carry from screen to screen.
const SHARED: [&str; 4] = ["from", "to", "env", "live"];

type Go = Arc<dyn Fn(&str, NavigateOptions) + Send + Sync>;

/// The URL, read and written. Cheap to copy; get it with [`use_place`].
#[derive(Clone, Copy)]
pub(crate) struct Place {
    query: Memo<ParamsMap>,
    path: Memo<String>,
    go: StoredValue<Go>,
    refreshes: RwSignal<u64>,
}

/// Makes [`use_place`] work below. Call once, inside the router.
pub(crate) fn provide_place() -> Place {
    let navigate = use_navigate();
    let go: Go = Arc::new(move |address: &str, options: NavigateOptions| navigate(address, options));
    let location = use_location();
    let place = Place {
        query: use_query_map(),
        path: location.pathname,
        go: StoredValue::new(go),
        refreshes: RwSignal::new(0),
    };
    provide_context(place);
    place
}

/// The URL of this page.
pub(crate) fn use_place() -> Place {
    expect_context::<Place>()
}

impl Place {
    /// The path; tracked.
    pub(crate) fn path(self) -> String {
        self.path.get()
    }

    /// A parameter that is present and not empty; tracked.
    pub(crate) fn get(self, key: &str) -> Option<String> {
        self.query.with(|query| query.get_str(key).filter(|value| !value.is_empty()).map(str::to_owned))
    }

    /// All values of a parameter that may stand several times, tracked: `class=fault,error`.
    pub(crate) fn list(self, key: &str) -> Vec<String> {
        self.get(key)
            .map(|text| text.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect())
            .unwrap_or_default()
    }

    /// A parameter as a memo, which wakes its readers only when this parameter changes.
    pub(crate) fn param(self, key: &'static str) -> Memo<Option<String>> {
        Memo::new(move |_| self.get(key))
    }

    /// The time range, as the API takes it; tracked.
    pub(crate) fn range(self) -> TimeRange {
        let default = TimeRange::default();
        TimeRange { from: self.get("from").unwrap_or(default.from), to: self.get("to").unwrap_or(default.to) }
    }

    /// The environment, if one is chosen; tracked.
    pub(crate) fn env(self) -> Option<String> {
        self.get("env")
    }

    /// Seconds between refreshes, if the page is live; tracked.
    pub(crate) fn live_seconds(self) -> Option<u32> {
        self.get("live").and_then(|text| text.parse().ok()).filter(|seconds| *seconds > 0)
    }

    /// Changes parameters and adds the change to the browser's history.
    pub(crate) fn set(self, changes: &[(&str, Option<String>)]) {
        self.change(changes, false);
    }

    /// Changes parameters in place of the present entry of the history: for what changes while typing.
    pub(crate) fn replace(self, changes: &[(&str, Option<String>)]) {
        self.change(changes, true);
    }

    /// Sets the time range and ends live, unless the range ends now.
    pub(crate) fn set_range(self, range: TimeRange) {
        let live = untrack(|| self.live_seconds()).filter(|_| range.to == "now").map(|seconds| seconds.to_string());
        self.set(&[("from", Some(range.from)), ("to", Some(range.to).filter(|to| to != "now")), ("live", live)]);
    }

    fn change(self, changes: &[(&str, Option<String>)], replace: bool) {
        let mut pairs = self.query.with_untracked(flat);
        for (key, value) in changes {
            pairs.retain(|(present, _)| present != key);
            if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
                pairs.push(((*key).to_owned(), value.clone()));
            }
        }
        let address = address(&self.path.get_untracked(), &pairs);
        let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
        self.go.with_value(|go| go(&address, options));
    }

    /// Goes to an address made by [`Place::href`].
    pub(crate) fn go(self, address: &str) {
        self.go.with_value(|go| go(address, NavigateOptions::default()));
    }

    /// The address of a screen with the shared parameters and these; these win. Tracked.
    pub(crate) fn href(self, path: &str, parameters: &[(&str, &str)]) -> String {
        let mut pairs = self.query.with(flat);
        pairs.retain(|(key, _)| SHARED.contains(&key.as_str()) && !parameters.iter().any(|(given, _)| given == key));
        pairs.extend(parameters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        address(path, &pairs)
    }

    /// Rises with each refresh, by hand or live; tracked. [`crate::load::load`] reads it.
    pub(crate) fn refreshes(self) -> u64 {
        self.refreshes.get()
    }

    /// Asks everything on the screen again.
    pub(crate) fn refresh(self) {
        self.refreshes.update(|count| *count += 1);
    }
}

fn flat(query: &ParamsMap) -> Vec<(String, String)> {
    query.latest_values().map(|(key, value)| (key.to_string(), value.to_owned())).collect()
}

fn address(path: &str, pairs: &[(String, String)]) -> String {
    let query: Vec<(&str, Option<&str>)> =
        pairs.iter().map(|(key, value)| (key.as_str(), Some(value.as_str()))).collect();
    with_query(path, &query)
}
