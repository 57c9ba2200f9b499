//! The screen "Service map".

use leptos::prelude::*;

use crate::shell::ScreenHead;

/// The screen.
#[component]
pub(crate) fn MapScreen() -> impl IntoView {
    view! { <ScreenHead title="Service map" /> }
}
