//! The screen "Service map", `/map`: who calls whom, how often, how long, and how it goes.
//!
//! The server lays the graph out; this draws it. Pure: [`ring`] (shares of the classes), [`route`] (lines), [`camera`]
//! (pan and zoom through `viewBox`), [`neighbours`], [`links`] (to evidence). [`miniature`] is the picture on a dashboard.
//!
//! The URL holds `node`, the id of the selected node or edge. `data-testid`s: `map`, `map-svg`, `map-node` (with `data-id`),
//! `map-edge` (with `data-id`), `map-find`, `map-zoom-in`, `map-zoom-out`, `map-fit`, `map-legend`, `map-panel`,
//! `dock-close`, `latency-histogram`, `brush-reading`, `view-traces`, `panel-classes`, `panel-latency`, `panel-phases`,
//! `panel-operations`, `link-traces`, `link-faults`, `link-slow`, `link-logs`, `link-metrics`; of the picture `map-miniature`.

mod camera;
mod canvas;
mod drawing;
mod latency;
mod links;
mod miniature;
mod neighbours;
mod panel;
mod ring;
mod route;

use std::sync::Arc;

use api::service::ServiceGraph;
use leptos::prelude::*;

pub(crate) use self::miniature::Miniature;

use self::canvas::Canvas;
use self::panel::MapPanel;
use crate::client;
use crate::load::load;
use crate::part::{EmptyState, Glyph, Loaded, Notice, Skeleton, StatisticsLine, Tone};
use crate::shell::use_title;
use crate::url::use_place;

/// The screen.
#[component]
pub(crate) fn MapScreen() -> impl IntoView {
    use_title(|| "Service map".to_owned());
    let place = use_place();
    let graph = load(move || client::service_graph(place.range(), place.env()));
    let draw = |graph: Signal<Arc<ServiceGraph>>| view! { <Map graph /> }.into_any();
    let waiting = || view! { <div class="map-waiting"><Skeleton lines=8 /></div> }.into_any();
    view! {
        <div class="map" data-testid="map">
            <h1 class="hide-visually" data-testid="screen-title">"Service map"</h1>
            <Loaded load=graph view=draw waiting=waiting />
        </div>
    }
}

#[component]
fn Map(graph: Signal<Arc<ServiceGraph>>) -> impl IntoView {
    let place = use_place();
    let selected = place.param("node");
    let select = Callback::new(move |id: Option<String>| place.set(&[("node", id)]));
    let empty = Memo::new(move |_| graph.with(|graph| graph.nodes.is_empty()));
    let statistics = Signal::derive(move || graph.get().statistics.clone());
    let truncated = Signal::derive(move || graph.get().truncated.clone());
    let cut = move || truncated.get().map(|cut| view! { <Notice tone=Tone::Error>{cut.message}</Notice> });
    move || {
        if empty.get() {
            let hint = "Nothing called anything in this time range. Choose a longer one at the top, or point an OTLP exporter at port 4317 (gRPC) or 4318 (HTTP): the map draws itself from the spans.";
            return view! { <EmptyState title="No traffic to draw" hint icon=Glyph::Map /> }.into_any();
        }
        view! {
            <div class="docked map-docked" class:open=move || selected.get().is_some()>
                <div class="map-stage">
                    <Canvas graph selected select />
                    <div class="map-foot">{cut}<StatisticsLine statistics truncated=Signal::stored(None) /></div>
                </div>
                <MapPanel graph selected close=Callback::new(move |()| select.run(None)) />
            </div>
        }
        .into_any()
    }
}
