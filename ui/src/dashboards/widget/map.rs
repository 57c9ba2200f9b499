//! The service map on a board: a picture that leads to the screen, with the same environment and service.

use std::sync::Arc;

use api::service::ServiceGraph;
use leptos::prelude::*;

use crate::client;
use crate::load::load;
use crate::map::Miniature;
use crate::part::{Cuts, Loaded};
use crate::url::use_place;

/// The map. An environment of the document wins over the one that is chosen at the top.
#[component]
pub(super) fn ServiceMap(environment: Option<String>, service: Option<String>, height: u32) -> impl IntoView {
    let place = use_place();
    let id = service.as_ref().map(|service| format!("service:{service}"));
    let asked = environment.clone();
    let graph = load(move || client::service_graph(place.range(), asked.clone().or_else(|| place.env())));
    let node = id.clone();
    let href = Signal::derive(move || {
        let named = [("node", &node), ("env", &environment)];
        let query: Vec<(&str, &str)> =
            named.iter().filter_map(|(key, value)| Some((*key, value.as_deref()?))).collect();
        place.href("/map", &query)
    });
    let draw = move |graph: Signal<Arc<ServiceGraph>>| {
        let (id, sought) = (id.clone(), id.clone());
        let none = match &service {
            Some(service) => format!("{service} called nothing and was not called in this time range"),
            None => "Nothing called anything in this time range".to_owned(),
        };
        let found = Memo::new(move |_| {
            graph.with(|graph| graph.nodes.iter().any(|node| sought.as_ref().is_none_or(|id| node.id == *id)))
        });
        let cuts = Signal::derive(move || graph.with(|graph| graph.truncated.clone()).into_iter().collect::<Vec<_>>());
        view! {
            <Show when=move || found.get() fallback=move || view! { <p class="quiet">{none.clone()}</p> }>
                <Miniature graph id=id.clone() height href />
            </Show>
            <Cuts cuts />
        }
        .into_any()
    };
    view! { <Loaded load=graph view=draw /> }
}
