//! The panel in which a webhook is made, with its secret shown once, or its name and address are changed.

use api::ApiError;
use api::alarm::{Webhook, WebhookSpec};
use leptos::prelude::*;

use crate::client;
use crate::load::act;
use crate::part::{Button, ButtonKind, Code, Notice, Panel, TextField, Tone};
use crate::shell::use_toasts;

/// Which webhook the panel is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Subject {
    /// One that is to be made.
    New,
    /// One that is there.
    Present(Webhook),
}

/// The panel; `done` is called when it is to be closed.
#[component]
pub(super) fn WebhookPanel(subject: Subject, done: Callback<()>) -> impl IntoView {
    let made = RwSignal::new(None::<Webhook>);
    let title = match &subject {
        Subject::New => "Add webhook",
        Subject::Present(_) => "Edit webhook",
    };
    view! {
        <Panel title=Signal::stored(title.to_owned()) on_close=done testid="webhook-panel">
            {move || match made.get() {
                None => view! { <Form subject=subject.clone() made done /> }.into_any(),
                Some(webhook) => view! { <Secret webhook done /> }.into_any(),
            }}
        </Panel>
    }
}

/// Name and address. A new webhook is handed to `made`, for its secret.
#[component]
fn Form(subject: Subject, made: RwSignal<Option<Webhook>>, done: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let (present, button, testid) = match subject {
        Subject::New => (None, "Create webhook", "create-webhook"),
        Subject::Present(webhook) => (Some(webhook), "Save webhook", "save-webhook"),
    };
    let name = RwSignal::new(present.as_ref().map(|webhook| webhook.name.clone()).unwrap_or_default());
    let url = RwSignal::new(present.as_ref().map(|webhook| webhook.url.clone()).unwrap_or_default());
    let id = present.map(|webhook| webhook.id);
    let keeps_secret = id.is_some();
    let failure = RwSignal::new(None::<ApiError>);
    let sending = RwSignal::new(false);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let spec = WebhookSpec {
            name: name.get_untracked().trim().to_owned(),
            url: url.get_untracked().trim().to_owned(),
            secret: None,
        };
        sending.set(true);
        let id = id.clone();
        let is_new = id.is_none();
        let saved = async move {
            match id {
                Some(id) => client::change_webhook(id, spec).await,
                None => client::create_webhook(spec).await,
            }
        };
        act(saved, move |answer| {
            // The panel may have been closed meanwhile.
            if sending.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(webhook) if is_new => made.set(Some(webhook)),
                Ok(webhook) => {
                    toasts.good(format!("The webhook {} is saved.", webhook.name));
                    done.run(());
                }
                Err(error) => failure.set(Some(error)),
            }
        });
    };
    view! {
        <form class="stack" on:submit=send>
            <TextField label="Name" value=name testid="webhook-name" placeholder="on-call" />
            <TextField label="Address" value=url testid="webhook-url" placeholder="https://example.com/hooks/alidade" hint="http or https; the notification is posted as JSON." />
            {keeps_secret.then(|| view! { <p class="quiet">"The secret stays as it is. For another one make a new webhook."</p> })}
            {move || failure.get().map(|error| view! { <div role="alert"><Notice tone=Tone::Fault>{error.error.message}" "{error.error.hint}</Notice></div> })}
            <div><Button text=button kind=ButtonKind::Primary kind_of="submit" disabled=sending testid=testid on_click=|_| () /></div>
        </form>
    }
}

/// The secret of a webhook that was just made.
#[component]
fn Secret(webhook: Webhook, done: Callback<()>) -> impl IntoView {
    view! {
        <div class="stack">
            <Notice tone=Tone::Ok>"The webhook "<b>{webhook.name}</b>" is made. Its secret signs each notification. It is shown only now: keep it where the receiver reads it."</Notice>
            <div data-testid="webhook-secret"><Code text=webhook.secret.unwrap_or_default() /></div>
            <div><Button text="Done" kind=ButtonKind::Primary testid="webhook-done" on_click=move |_| done.run(()) /></div>
        </div>
    }
}
