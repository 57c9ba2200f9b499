//! Which webhooks an alarm calls.

use api::alarm::Webhook;
use leptos::prelude::*;

use super::draft::Draft;
use super::webhook_panel::{Subject, WebhookPanel};
use crate::client;
use crate::load::load;
use crate::part::{Button, Glyph};

type List = fn(&mut Draft) -> &mut Vec<String>;

const STATES: [(&str, &str, List); 3] = [
    ("alarm", "In alarm", |draft| &mut draft.on_alarm),
    ("ok", "OK", |draft| &mut draft.on_ok),
    ("insufficient", "Insufficient data", |draft| &mut draft.on_insufficient),
];

/// A table of webhooks and states.
#[component]
pub(super) fn Actions(draft: RwSignal<Draft>) -> impl IntoView {
    let webhooks = load(client::webhooks);
    let adding = RwSignal::new(false);
    let cell = move |id: String, (name, title, list): (&'static str, &'static str, List)| {
        let present = id.clone();
        let on = Signal::derive(move || list(&mut draft.get()).contains(&present));
        let flip = move |_| {
            let id = id.clone();
            draft.update(|draft| {
                let list = list(draft);
                match list.iter().position(|present| *present == id) {
                    Some(at) => drop(list.remove(at)),
                    None => list.push(id),
                }
            });
        };
        view! { <td data-label=title><input type="checkbox" aria-label=title data-testid=format!("call-{name}") prop:checked=on on:change=flip /></td> }
    };
    let row = move |webhook: &Webhook| {
        let cells = STATES.map(|state| cell(webhook.id.clone(), state)).collect_view();
        view! { <tr><td><b>{webhook.name.clone()}</b>" "<span class="quiet mono breakable">{webhook.url.clone()}</span></td>{cells}</tr> }
    };
    let rows = move || webhooks.value.get().map(|list| list.webhooks.iter().map(row).collect_view());
    let none = move || webhooks.value.with(|list| list.as_ref().is_none_or(|list| list.webhooks.is_empty()));
    view! {
        <Show when=move || !none() fallback=|| view! { <p class="quiet">"There is no webhook yet. The alarm is evaluated without one; it then calls nobody."</p> }>
            <table class="table cards" aria-label="Webhooks by state">
                <thead><tr><th>"Webhook"</th>{STATES.map(|(_, title, _)| view! { <th>{title}</th> }).collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </Show>
        <div class="row wrap">
            <Button text="Add webhook" icon=Glyph::Add on_click=move |_| adding.set(true) />
            <label class="check">
                <input type="checkbox" prop:checked=move || draft.read().actions_enabled on:change=move |event| draft.update(|draft| draft.actions_enabled = event_target_checked(&event)) />
                "Call webhooks (off: evaluate only)"
            </label>
        </div>
        <Show when=move || adding.get()><WebhookPanel subject=Subject::New done=Callback::new(move |()| { adding.set(false); webhooks.retry() }) /></Show>
    }
}
