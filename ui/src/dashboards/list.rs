//! The list of dashboards.

use std::sync::Arc;

use ::dashboards::{Dashboard, SCHEMA_VERSION};
use api::TimeRange;
use api::dashboard::{DashboardInfo, DashboardList};
use leptos::prelude::*;

use crate::client;
use crate::load::{act, load};
use crate::part::{Badge, Button, ButtonKind, Column, EmptyState, Glyph, Loaded, Moment, Table};
use crate::shell::{ScreenHead, use_toasts};
use crate::url::{Place, use_place};

/// A board to begin with.
fn blank() -> Dashboard {
    Dashboard {
        schema_version: SCHEMA_VERSION,
        title: "New dashboard".to_owned(),
        description: String::new(),
        range: TimeRange::default(),
        refresh_seconds: None,
        variables: Vec::new(),
        widgets: Vec::new(),
    }
}

/// The screen.
#[component]
pub(crate) fn DashboardsScreen() -> impl IntoView {
    let place = use_place();
    let toasts = use_toasts();
    let list = load(client::dashboards);
    let create = move |_| {
        let Ok(document) = serde_json::to_value(blank()) else { return };
        act(client::create_dashboard(document), move |answer| match answer {
            Ok(made) => place.go(&untrack(|| place.href(&format!("/dashboards/{}", made.info.id), &[("edit", "1")]))),
            Err(error) => toasts.bad(&error),
        });
    };
    let table = move |list: Signal<Arc<DashboardList>>| {
        let rows = Signal::derive(move || list.get().dashboards.iter().cloned().map(Arc::new).collect::<Vec<_>>());
        let open = Callback::new(move |info: Arc<DashboardInfo>| {
            place.go(&untrack(|| place.href(&format!("/dashboards/{}", info.id), &[])))
        });
        view! {
            <Show when=move || !rows.read().is_empty() fallback=|| view! { <EmptyState icon=Glyph::Dashboards title="No dashboards yet" hint="Make one with the button above." /> }>
                <Table rows columns=columns(place) label="Dashboards" on_row=open testid="dashboard-table" />
            </Show>
        }
        .into_any()
    };
    view! {
        <ScreenHead title="Dashboards"><Button text="New dashboard" icon=Glyph::Add kind=ButtonKind::Primary testid="new-dashboard" on_click=create /></ScreenHead>
        <section class="card"><Loaded load=list view=table /></section>
    }
}

fn columns(place: Place) -> Vec<Column<DashboardInfo>> {
    vec![
        Column::new("Title", move |info: &DashboardInfo| {
            let href = place.href(&format!("/dashboards/{}", info.id), &[]);
            view! { <a class="strong" href=href>{info.title.clone()}</a> }.into_any()
        })
        .sorted_by(|a, b| a.title.cmp(&b.title)),
        Column::new("Kind", |info: &DashboardInfo| {
            if info.builtin { view! { <Badge text="Built in" /> }.into_any() } else { "Own".into_any() }
        }),
        Column::new("Widgets", |info: &DashboardInfo| info.widgets.into_any()).numeric(),
        Column::new("Changed", |info: &DashboardInfo| match info.updated_at_unix_nano {
            Some(at) => view! { <span class="quiet"><Moment at /></span> }.into_any(),
            None => view! { <span class="quiet">"–"</span> }.into_any(),
        }),
    ]
}
