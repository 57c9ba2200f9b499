//! The screens "Alarms", one alarm, and its form.

use leptos::prelude::*;

use crate::shell::ScreenHead;

/// The list.
#[component]
pub(crate) fn AlarmsScreen() -> impl IntoView {
    view! { <ScreenHead title="Alarms" /> }
}

/// One alarm.
#[component]
pub(crate) fn AlarmScreen() -> impl IntoView {
    view! { <ScreenHead title="Alarm" /> }
}

/// The form of a new or present alarm.
#[component]
pub(crate) fn AlarmFormScreen() -> impl IntoView {
    view! { <ScreenHead title="New alarm" /> }
}
