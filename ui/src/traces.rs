//! The screen "Traces".

use leptos::prelude::*;

use crate::shell::ScreenHead;

/// The screen.
#[component]
pub(crate) fn TracesScreen() -> impl IntoView {
    view! { <ScreenHead title="Traces" /> }
}
