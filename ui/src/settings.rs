//! The screens "Settings", login and first set-up.

use leptos::prelude::*;

use crate::shell::ScreenHead;

/// The screen.
#[component]
pub(crate) fn SettingsScreen() -> impl IntoView {
    view! { <ScreenHead title="Settings" /> }
}

/// The login.
#[component]
pub(crate) fn LoginScreen() -> impl IntoView {
    view! { <h1>"Log in"</h1> }
}

/// The first account.
#[component]
pub(crate) fn SetupScreen() -> impl IntoView {
    view! { <h1>"Set up"</h1> }
}
