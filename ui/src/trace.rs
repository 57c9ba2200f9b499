//! The screen "Trace", `/traces/{trace_id}`: a trace from end to end.
//!
//! What decides is pure: [`model`] (spans in order), [`rows`] (which are visible, where keys lead), [`view_range`] (bars,
//! zoom, ticks), [`minimap`], [`find`], [`exceptions`], [`address`] (the URL). The rest draws.
//!
//! The URL holds `span`, `view` (two fractions), `only` (`errors`, `critical`), `tab` (`logs`), `find`, `closed`.
//! `data-testid`s: `trace-head`, `trace-duration`, `trace-spans`, `raw-json`, `trace-services`, `linked-upstream`,
//! `linked-downstream`, `tab-timeline`, `tab-logs`, `minimap`, `trace-tools`, `trace-find`, `trace-found`, `find-next`,
//! `find-previous`, `only-errors`, `only-critical`, `collapse-all`, `expand-all`, `zoom-in`, `zoom-out`, `zoom-reset`,
//! `waterfall`, `timeline-axis`, `span-row` (with `data-span`), `span-detail`, `dock-close`, `span-attributes`,
//! `span-resource`, `attribute`, `find-traces`, `exception`, `span-event`, `span-link`, `to-parent`, `span-logs`,
//! `no-span-logs`, `trace-logs`, `open-in-logs`.

mod address;
mod detail;
mod events;
mod exceptions;
mod find;
mod header;
mod logs;
mod minimap;
mod minimap_view;
mod model;
mod rows;
mod span_row;
mod state;
mod toolbar;
mod view_range;
mod waterfall;

use std::sync::Arc;

use api::ErrorKind;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::address::Tab;
use self::detail::Detail;
use self::header::{Header, Tabs};
use self::logs::TraceLogs;
use self::minimap_view::Minimap;
use self::model::Model;
use self::state::TraceState;
use self::toolbar::Toolbar;
use self::waterfall::Waterfall;
use crate::client;
use crate::load::load;
use crate::part::{EmptyState, LinkButton, Loaded, Skeleton};
use crate::shell::use_title;
use crate::url::use_place;

/// The screen.
#[component]
pub(crate) fn TraceScreen() -> impl IntoView {
    use_title(|| "Trace".to_owned());
    let params = use_params_map();
    let trace_id = Memo::new(move |_| params.read().get("trace_id").unwrap_or_default());
    // Another trace is another page: nothing of the one before stays on the screen.
    move || view! { <OneTrace trace_id=trace_id.get() /> }
}

#[component]
fn OneTrace(trace_id: String) -> impl IntoView {
    let place = use_place();
    let asked = trace_id.clone();
    let trace = load(move || {
        let id = asked.clone();
        async move { client::trace(id).await.map(Model::new) }
    });
    let missing = move || {
        trace.value.with(Option::is_none)
            && trace.failure.get().is_some_and(|failure| failure.error.kind == ErrorKind::NotFound)
    };
    let page = |model: Signal<Arc<Model>>| view! { <Page model /> }.into_any();
    let waiting = || view! { <Skeleton lines=3 /><Skeleton lines=12 /> }.into_any();
    move || {
        if missing() {
            let hint = format!(
                "Nothing is stored under {trace_id}. Its spans may not have arrived yet, may be older than the retention, or the id may be cut: a trace id has 32 hex digits."
            );
            return view! {
                <EmptyState title="There is no such trace" hint>
                    <LinkButton text="Search traces" href=Signal::derive(move || place.href("/traces", &[])) />
                </EmptyState>
            }
            .into_any();
        }
        view! { <Loaded load=trace view=page waiting=waiting /> }.into_any()
    }
}

#[component]
fn Page(model: Signal<Arc<Model>>) -> impl IntoView {
    let state = TraceState::new(model, use_place());
    let timeline = move || {
        view! {
            <Minimap state />
            <Toolbar state />
            <div class="docked" class:open=move || state.details.get() && state.selected.get().is_some()>
                <Waterfall state />
                <Detail state />
            </div>
        }
    };
    view! {
        <div class="trace" class:with-timeline=move || state.tab.get() == Tab::Timeline data-testid="trace">
            <Header state />
            <Tabs state />
            {move || match state.tab.get() {
                Tab::Timeline => timeline().into_any(),
                Tab::Logs => view! { <TraceLogs state /> }.into_any(),
            }}
        </div>
    }
}
