//! The screen "Overview": whether the system is well, and where to look if it is not.
//!
//! Golden signals of all services, the services, alarms in ALARM, the newest errors, and whether data comes in. Before
//! the first data it says how to send some.

mod first_run;
mod golden;
mod intake;
mod latest;
mod services;
mod totals;

use api::service::ServiceList;
use leptos::prelude::*;

use crate::client;
use crate::load::load;
use crate::part::{EmptyState, Loaded, StatisticsLine};
use crate::services::use_services;
use crate::shell::ScreenHead;
use crate::url::use_place;

/// The screen.
#[component]
pub(crate) fn OverviewScreen() -> impl IntoView {
    let place = use_place();
    let asker = use_services();
    let services = load(move || asker.ask(place.range(), place.env()));
    let health = load(client::health);
    let nothing_ever = Memo::new(move |_| {
        let no_service = services.value.with(|list| list.as_ref().is_some_and(|list| list.services.is_empty()));
        no_service && health.value.with(|health| health.as_ref().is_some_and(|health| !first_run::has_data(health)))
    });
    view! {
        <ScreenHead title="Overview" />
        <Show when=move || nothing_ever.get() fallback=move || view! {
            <totals::Totals services />
            <golden::GoldenSignals />
            <div class="overview-columns">
                <section class="card" data-testid="services">
                    <header class="card-head"><h2>"Services"</h2></header>
                    <Loaded load=services lines=8 view=service_table />
                </section>
                <div class="stack overview-side">
                    <latest::AlarmsCard />
                    <latest::ErrorsCard />
                    <intake::IntakeCard health />
                </div>
            </div>
        }>
            <first_run::FirstRun />
        </Show>
    }
}

fn service_table(list: Signal<std::sync::Arc<ServiceList>>) -> AnyView {
    let empty = move || list.with(|list| list.services.is_empty());
    view! {
        <Show when=move || !empty() fallback=|| view! {
            <EmptyState title="No requests in this time range" hint="Choose a longer time range above, or another environment." />
        }>
            <services::ServiceTable list />
        </Show>
        <div class="card-foot">
            <StatisticsLine statistics=Signal::derive(move || list.with(|list| list.statistics.clone()))
                truncated=Signal::derive(move || list.with(|list| list.truncated.clone())) />
        </div>
    }
    .into_any()
}
