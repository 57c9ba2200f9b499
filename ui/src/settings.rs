//! The screens "Settings", login and first set-up.

mod about;
mod credentials;
mod damage;
mod door;
mod health;
mod promoted;

use leptos::prelude::*;

use crate::shell::ScreenHead;

pub(crate) use door::{LoginScreen, SetupScreen};

/// The screen.
#[component]
pub(crate) fn SettingsScreen() -> impl IntoView {
    view! {
        <ScreenHead title="Settings" />
        <div class="settings">
            <div class="stack settings-column"><credentials::IngestKeys /><credentials::ApiTokens /><about::About /></div>
            <div class="stack settings-column"><health::HealthCards /><promoted::PromotedCard /></div>
        </div>
    }
}
