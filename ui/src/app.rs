//! The routes, and the door before them.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use crate::alarms::{AlarmFormScreen, AlarmScreen, AlarmsScreen};
use crate::dashboards::{DashboardScreen, DashboardsScreen};
use crate::load::Busy;
use crate::logs::LogsScreen;
use crate::map::MapScreen;
use crate::metrics::MetricsScreen;
use crate::overview::OverviewScreen;
use crate::part::{EmptyState, ErrorState, provide_zone};
use crate::services::provide_services;
use crate::session::{Gate, provide_session};
use crate::settings::{LoginScreen, SettingsScreen, SetupScreen};
use crate::shell::{Frame, provide_theme, provide_toasts};
use crate::trace::TraceScreen;
use crate::traces::TracesScreen;
use crate::url::provide_place;

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <Door />
        </Router>
    }
}

#[component]
fn Door() -> impl IntoView {
    provide_place();
    provide_zone();
    provide_theme();
    provide_toasts();
    provide_services();
    provide_context(Busy(RwSignal::new(0)));
    let session = provide_session();
    let gate = Memo::new(move |_| session.gate());
    move || match gate.get() {
        Gate::Asking => ().into_any(),
        Gate::Failed(error) => {
            let retry = Callback::new(move |()| session.ask_again());
            view! { <ErrorState error on_retry=retry /> }.into_any()
        }
        Gate::SetUp => view! { <SetupScreen /> }.into_any(),
        Gate::LogIn => view! { <LoginScreen /> }.into_any(),
        Gate::Open => view! { <Frame><Screens /></Frame> }.into_any(),
    }
}

#[component]
fn Screens() -> impl IntoView {
    let nowhere = || view! { <EmptyState title="There is no such page" hint="Choose a screen from the navigation, or press Ctrl-K and type where you want to go." /> };
    view! {
        <Routes fallback=nowhere>
            <Route path=path!("/") view=OverviewScreen />
            <Route path=path!("/map") view=MapScreen />
            <Route path=path!("/traces") view=TracesScreen />
            <Route path=path!("/traces/:trace_id") view=TraceScreen />
            <Route path=path!("/logs") view=LogsScreen />
            <Route path=path!("/metrics") view=MetricsScreen />
            <Route path=path!("/dashboards") view=DashboardsScreen />
            <Route path=path!("/dashboards/:id") view=DashboardScreen />
            <Route path=path!("/alarms") view=AlarmsScreen />
            <Route path=path!("/alarms/new") view=AlarmFormScreen />
            <Route path=path!("/alarms/:id/edit") view=AlarmFormScreen />
            <Route path=path!("/alarms/:id") view=AlarmScreen />
            <Route path=path!("/settings") view=SettingsScreen />
        </Routes>
    }
}
