//! The document as JSON, checked while it is written.

use std::sync::Arc;

use api::dashboard::DashboardAnswer;
use leptos::prelude::*;
use serde_json::Value;

use crate::client;
use crate::load::act;
use crate::part::{Button, ButtonKind, Notice, Panel, Tone};
use crate::shell::use_toasts;

/// The document, or every mistake in it. Pure.
fn check(text: &str) -> Result<Value, Vec<String>> {
    let document: Value =
        serde_json::from_str(text).map_err(|error| vec![format!("This is not JSON yet: {error}.")])?;
    match ::dashboards::read(&document) {
        Ok(_) => Ok(document),
        Err(mistakes) => Err(mistakes.iter().map(ToString::to_string).collect()),
    }
}

/// The editor; `done` is told whether the document was changed.
#[component]
pub(super) fn Editor(stored: Arc<DashboardAnswer>, done: Callback<bool>) -> impl IntoView {
    let toasts = use_toasts();
    let text = RwSignal::new(serde_json::to_string_pretty(&stored.document).unwrap_or_default());
    let checked = Memo::new(move |_| check(&text.read()));
    let (id, version) = (stored.info.id.clone(), stored.version);
    let save = move |_| {
        let Ok(document) = checked.get_untracked() else { return };
        act(client::change_dashboard(id.clone(), version, document), move |answer| match answer {
            Ok(_) => {
                toasts.good("The dashboard is saved.");
                done.run(true);
            }
            Err(error) => toasts.bad(&error),
        });
    };
    let mistakes = move || {
        checked.get().err().map(|mistakes| {
            let lines = mistakes.into_iter().map(|mistake| view! { <li>{mistake}</li> }).collect_view();
            view! { <Notice tone=Tone::Error><ul data-testid="mistakes">{lines}</ul></Notice> }
        })
    };
    view! {
        <Panel title="Edit the document" on_close=Callback::new(move |()| done.run(false)) testid="dashboard-editor">
            <textarea class="area editor" aria-label="Document" spellcheck="false" data-testid="dashboard-json" prop:value=text.get_untracked()
                on:input=move |event| text.set(event_target_value(&event))></textarea>
            {mistakes}
            <div class="row"><Button text="Save" kind=ButtonKind::Primary testid="save-dashboard" disabled=Signal::derive(move || checked.read().is_err()) on_click=save /></div>
        </Panel>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_said_before_anything_is_sent() {
        assert!(check("{").unwrap_err()[0].starts_with("This is not JSON yet"));
        assert!(!check("{}").unwrap_err().is_empty());
        let builtin = ::dashboards::builtin(::dashboards::BUILTIN_IDS[0]).unwrap();
        assert!(check(&serde_json::to_string(&builtin).unwrap()).is_ok());
    }
}
