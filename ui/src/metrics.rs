//! The screen "Metrics".

use leptos::prelude::*;

use crate::shell::ScreenHead;

/// The screen.
#[component]
pub(crate) fn MetricsScreen() -> impl IntoView {
    view! { <ScreenHead title="Metrics" /> }
}
