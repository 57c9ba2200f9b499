//! The screens "Dashboards" and one dashboard.

use leptos::prelude::*;

use crate::shell::ScreenHead;

/// The list.
#[component]
pub(crate) fn DashboardsScreen() -> impl IntoView {
    view! { <ScreenHead title="Dashboards" /> }
}

/// One dashboard.
#[component]
pub(crate) fn DashboardScreen() -> impl IntoView {
    view! { <ScreenHead title="Dashboard" /> }
}
