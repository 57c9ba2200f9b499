//! The screen "Logs".

use leptos::prelude::*;

use crate::shell::ScreenHead;

/// The screen.
#[component]
pub(crate) fn LogsScreen() -> impl IntoView {
    view! { <ScreenHead title="Logs" /> }
}
