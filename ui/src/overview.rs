//! The screen "Overview".

use leptos::prelude::*;

use crate::shell::ScreenHead;

/// The screen.
#[component]
pub(crate) fn OverviewScreen() -> impl IntoView {
    view! { <ScreenHead title="Overview" /> }
}
