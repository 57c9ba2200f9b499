//! The screen "Trace".

use leptos::prelude::*;

use crate::shell::ScreenHead;

/// The screen.
#[component]
pub(crate) fn TraceScreen() -> impl IntoView {
    view! { <ScreenHead title="Trace" /> }
}
